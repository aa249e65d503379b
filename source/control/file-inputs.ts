/** What the verbs about files take, checked before it reaches the client. */
import {isAbsolute} from 'node:path';
import type {ActionInput} from '../model/actions.js';
import type {EncryptionWish} from '../model/device.js';
import {type FileActions, type FileToSend, mostFiles} from '../model/file-actions.js';
import type {MessageKind} from '../model/message.js';
import {type AllMembers, all, bareJid, type Check, flag, integer, jid, list, members, oneOf, text} from './checks.js';
import {messageKey} from './message-inputs.js';

const kinds: readonly MessageKind[] = ['chat', 'normal', 'headline', 'groupchat'];
const wishes: readonly EncryptionWish[] = ['require', 'off'];
/** Of one message. */
const mostIndex = 1000;

const path: Check<string> = value =>
	typeof value === 'string' && isAbsolute(value) && !value.includes('\0') ? value : undefined;
const fileMembers = members({path}, {name: text});
const file: Check<FileToSend> = value => {
	const found = fileMembers(value);
	return found === undefined ? undefined : {path: found.path, ...(found.name === undefined ? {} : {name: found.name})};
};

const files: Check<readonly FileToSend[]> = value => {
	const found = list(file)(value);
	return found === undefined || found.length === 0 || found.length > mostFiles ? undefined : found;
};

export const fileInputs: {readonly [Name in keyof FileActions]: Check<AllMembers<ActionInput<Name>>>} = {
	sendFiles: members(
		{account: bareJid, to: jid, files},
		{kind: oneOf(kinds), caption: text, encryption: oneOf(wishes)},
	),
	uploadFile: members({account: bareJid, file}, {encrypted: flag}),
	downloadFile: members({key: messageKey}, {index: integer(0, mostIndex), path}),
	cancelTransfer: all({id: text}),
	retryTransfer: all({id: text}),
};
