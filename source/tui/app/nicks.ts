import type {BufferId} from '../../model/buffer.js';
import {resourcepartOf} from '../../shared/jid.js';
import {valuesOf} from '../../store/by-key.js';
import {bufferOf} from '../../store/selectors.js';
import type {State} from '../../store/state.js';

/** Everybody in a room but the person: who spoke last first, then by the alphabet. User text. */
export function nicksIn(state: State, buffer: BufferId): readonly string[] {
	const known = state.rooms[buffer];
	if (known === undefined) {
		return [];
	}

	const order = new Map<string, number>();
	const {entries} = bufferOf(state, buffer) ?? {entries: []};
	for (const entry of entries.toReversed()) {
		const nick = entry.type === 'message' ? resourcepartOf(entry.message.author) : undefined;
		if (nick !== undefined && !order.has(nick)) {
			order.set(nick, order.size);
		}
	}

	const rank = (nick: string) => order.get(nick) ?? order.size;
	return valuesOf(known.occupants)
		.map(({nick}) => nick)
		.filter(nick => nick !== known.room.nick)
		.sort((one, other) => rank(one) - rank(other) || (one.toLowerCase() < other.toLowerCase() ? -1 : 1));
}

/** Those who have said something in a buffer that is not shown, because the person does not want to hear them. User text. */
export function ignoredIn(state: State, buffer: BufferId): readonly string[] {
	const {entries} = bufferOf(state, buffer) ?? {entries: []};
	const nicks = entries.flatMap(entry =>
		entry.type === 'message' && entry.message.ignored === true ? (resourcepartOf(entry.message.author) ?? []) : [],
	);
	return [...new Set(nicks)];
}
