import type {Message} from '../../model/message.js';
import {parseBareJid, resourcepartOf} from '../../shared/jid.js';
import {printable} from '../../shared/text.js';
import {confusingNicks} from '../../store/confusing-nicks.js';
import {bufferOf, contactOf} from '../../store/selectors.js';
import type {State} from '../../store/state.js';
import {inClear} from './message-words.js';
import {bufferName, contactName, nameOf, shortJid} from './words.js';

/** Who wrote a message, as the person knows them. Harmless for a terminal. */
export function authorName(state: State, message: Message): string {
	const {author, buffer, direction, kind} = message;
	const info = bufferOf(state, buffer)?.info;
	if (direction === 'outgoing') {
		return 'you';
	}

	if (kind === 'groupchat' || info?.kind === 'room') {
		// The resource of an address in a room is the nick there (XEP-0045 §3).
		const slash = author.indexOf('/');
		return slash < 0 ? shortJid(author) : printable(author.slice(slash + 1), 'identifier');
	}

	return info?.jid === undefined
		? shortJid(author)
		: info.kind === 'private'
			? bufferName(state, info)
			: // What somebody calls themselves is nothing to be heard without their address.
				contactName(contactOf(state, info.account, info.jid), info.jid);
}

/** Whether their nick may be taken for that of another one in the room. */
export function isConfusing(state: State, {author, buffer, direction, kind}: Message): boolean {
	const nick = kind === 'groupchat' && direction === 'incoming' ? resourcepartOf(author) : undefined;
	return nick !== undefined && confusingNicks(state, buffer).has(nick);
}

/** Who reacted, in rooms by the nick they had, elsewhere as the person knows them. Harmless for a terminal. */
export function reactorName(state: State, {account, kind}: Message, by: string): string {
	const jid = kind === 'groupchat' ? undefined : parseBareJid(by);
	return jid === undefined ? printable(by, 'identifier') : nameOf(state, account, jid);
}

/** Who thinks what of a message: the emoji once each, with names. Of what came in clear where all else is encrypted it is said. */
export function reactorsOf(
	state: State,
	message: Message,
): ReadonlyArray<{readonly emoji: string; readonly names: readonly string[]}> {
	const names = new Map<string, string[]>();
	for (const {emoji, by, own, unprotected} of message.reactions ?? []) {
		const name = own === true ? 'you' : reactorName(state, message, by);
		for (const each of emoji) {
			names.set(each, [...(names.get(each) ?? []), unprotected === true ? `${name} (${inClear})` : name]);
		}
	}

	return [...names].map(([emoji, people]) => ({emoji, names: people}));
}
