import type {Message} from '../../model/message.js';
import {printable} from '../../shared/text.js';
import {firstAbove} from '../../store/entries.js';
import type {Entry} from '../../store/state.js';
import type {Frame} from './frame.js';
import {authorOf} from './message-lines.js';
import type {Answered} from './message-relations.js';
import {briefWords} from './message-words.js';

export type {Answered} from './message-relations.js';

/** More of a quotation is not looked at. */
const longestRead = 400;

/** What stands for a message that is answered and of which nothing is known. */
export const olderMessage = 'an older message';

/** The message of a key among these. */
export function messageIn(entries: readonly Entry[], key: number): Message | undefined {
	for (let index = firstAbove(entries, key) - 1; entries[index]?.key === key; index--) {
		const entry = entries[index];
		if (entry?.type === 'message') {
			return entry.message;
		}
	}

	return undefined;
}

/**
 * What a message answers: the message itself where it is loaded, else the words that the answer repeats. Who wrote those is
 * only what the answer says, so no name stands beside them.
 */
export function answeredBy({reply}: Message, entries: readonly Entry[], frame: Frame): Answered | undefined {
	return reply === undefined ? undefined : answeredWords(reply, entries, message => authorOf(message, frame).name);
}

/** The same for any place. `nameOf`: who wrote a message, made harmless. */
export function answeredWords(
	reply: NonNullable<Message['reply']>,
	entries: readonly Entry[],
	nameOf: (message: Message) => string,
): Answered {
	const known = reply.key === undefined ? undefined : messageIn(entries, reply.key);
	if (known !== undefined && known.ignored !== true) {
		return {name: nameOf(known), words: briefWords(known)};
	}

	const quoted = printable((reply.quoted ?? '').slice(0, longestRead).replace(/\s+/gu, ' ').trim(), 'line');
	return {words: quoted === '' ? olderMessage : `“${quoted}”`};
}
