import type {Buffer} from '../../model/buffer.js';
import {isUsable} from '../../model/device.js';
import {undecidedIn} from '../../model/device-words.js';
import {bareOf} from '../../shared/jid.js';
import {printable} from '../../shared/text.js';
import {devicesAround, devicesOf, peersOf} from '../../store/devices.js';
import {bufferOf} from '../../store/selectors.js';
import type {BufferState, State} from '../../store/state.js';
import {bufferName} from '../panes/words.js';
import {undecidedNotice} from './device-text.js';

export type EncryptionText = {readonly text: string; readonly hint: string};

/** `/omemo`: how the messages of a buffer are protected, why it is so, and what can be done. */
export function encryptionText(state: State, id: Buffer['id'], key?: string): EncryptionText {
	const buffer = bufferOf(state, id);
	switch (buffer?.info.encryption) {
		case 'omemo':
			return encryptedText(state, buffer);
		case 'unavailable':
			return stoppedText(state, buffer, key);
		default:
			return {
				text: `Messages here are not end-to-end encrypted: the servers they pass can read them.${reasonOf(buffer)}`,
				hint:
					buffer?.encryptionProblem?.hint ?? '/omemo on encrypts what you write here from now on, or does not send it.',
			};
	}
}

function reasonOf(buffer: BufferState | undefined): string {
	const message = buffer?.encryptionProblem?.message;
	return message === undefined ? '' : ` ${printable(message, 'line')}`;
}

function encryptedText(state: State, buffer: BufferState): EncryptionText {
	const {info} = buffer;
	const {account, jid} = info;
	const name = info.kind === 'room' ? 'the members of this room' : bufferName(state, info);
	const isOwn = jid !== undefined && account === bareOf(jid);
	const readers = isOwn ? 'your own devices' : `your devices and those of ${name}`;
	const theirs = devicesAround(state, info).filter(({owner, active}) => owner !== account && active);
	const used = theirs.filter(({trust, fingerprint}) => fingerprint !== undefined && isUsable(trust));
	const verified = used.filter(({trust}) => trust === 'verified').length;
	const own = account === undefined ? [] : devicesOf(state, account, account).filter(({active}) => active);
	const count =
		used.length === 0
			? ''
			: ` That is ${counted(used.length)} of theirs, ${verified === 0 ? 'none' : verified === used.length ? 'all' : verified} verified${own.length === 0 ? '' : `, and ${counted(own.length)} of yours`}.`;
	return {
		text: `Messages here are end-to-end encrypted (OMEMO): only ${readers} can read them, no server can.${count}`,
		hint:
			used.length > 0 && verified < used.length
				? 'Not all their fingerprints were compared yet: /devices helps with that. /omemo off writes in clear.'
				: '/devices shows them. /omemo off writes in clear.',
	};
}

function counted(count: number): string {
	return count === 1 ? '1 device' : `${count} devices`;
}

function stoppedText(state: State, buffer: BufferState, key: string | undefined): EncryptionText {
	const {info, encryptionProblem: problem} = buffer;
	const waiting = undecidedIn(devicesAround(state, info));
	if (waiting.length > 0 && info.account !== undefined) {
		return undecidedNotice(waiting, info.account, key);
	}

	return {
		text: `Nothing is sent here, because it cannot be encrypted now.${reasonOf(buffer)}`,
		hint: problem?.hint ?? '/omemo doctor looks for the reason. /omemo off sends in clear from now on.',
	};
}

/** Who has to do with what stops a conversation, to be asked for. */
export function concernedBy(state: State, info: Buffer): ReturnType<typeof peersOf> {
	return info.account === undefined ? [] : [...peersOf(state, info), info.account];
}
