import {delay} from '../extensions/delayed-delivery.js';
import type {Problem} from '../shared/errors.js';
import type {BareJid, Jid} from '../shared/jid.js';
import {serialize} from '../xmpp/serialize.js';

/**
 * Bytes that a stanza may have where the server names no limit: the usual servers end the stream for more than 256 KiB, and
 * would do so again with the same message at every login.
 */
const usualLimit = 250_000;
/** Bytes left for what may come to a stanza besides the time at which it was composed. */
const margin = 256;

/**
 * Why a stanza is too long for the server of `account`, or `undefined` where it is not. It counts what the stanza gains
 * when it is written late: the time at which it was composed (XEP-0203).
 * @param announced bytes, what the server said (XEP-0478)
 */
export function tooLong(
	stanza: string,
	{account, to, announced}: {readonly account: BareJid; readonly to: Jid; readonly announced: number | undefined},
): Problem | undefined {
	const limit = announced ?? usualLimit;
	const bytes =
		Buffer.byteLength(stanza) + Buffer.byteLength(serialize(delay.encode({stamp: 0, from: account}))) + margin;
	if (bytes <= limit) {
		return undefined;
	}

	const allowed =
		announced === undefined ? `servers usually take ${size(limit)}` : `the server of ${account} takes ${size(limit)}`;
	return {
		code: 'message-too-long',
		kind: 'badData',
		message: `The message to ${to} is too long: it makes ${size(bytes)}, and ${allowed} at most.`,
		hint: `Shorten it by ${size(bytes - limit)}, or send it in parts.`,
	};
}

function size(bytes: number): string {
	return bytes < 10_000 ? `${bytes} bytes` : `${Math.ceil(bytes / 1000)} kB`;
}
