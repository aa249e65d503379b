/** A file of a message, checked before it reaches the client. */
import type {Attachment, FileKey} from '../model/attachment.js';
import {all, type Check, integer, members, text} from './checks.js';

const count = integer(0, Number.MAX_SAFE_INTEGER);
const mark: Check<true> = value => (value === true ? true : undefined);
const secureAddress: Check<string> = value =>
	typeof value === 'string' && /^https:\/\//iu.test(value) && URL.canParse(value) ? value : undefined;
const key: Check<FileKey> = all({key: text, iv: text});

const checked = members(
	{},
	{
		url: secureAddress,
		key,
		name: text,
		mediaType: text,
		size: count,
		sha256: text,
		width: count,
		height: count,
		duration: count,
		description: text,
		isInline: mark,
		isSticker: mark,
	},
);

/** What is not there is not a member. */
export const attachment: Check<Attachment> = value => checked(value) as Attachment | undefined;
