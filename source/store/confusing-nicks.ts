import type {BufferId} from '../model/buffer.js';
import type {Occupant} from '../model/room.js';
import {confusableKeys} from '../shared/confusable.js';
import {type ByKey, noneByKey} from './by-key.js';
import {occupantsOf} from './room-selectors.js';
import type {State} from './state.js';

/** The nicks of a room that a person may take for another one there. */
export type ConfusingNicks = {
	/** Also of somebody who has left: whether they could be taken for somebody who is there. */
	has(nick: string): boolean;
};

/** Nobody can be taken for anybody. One object, so that it can be compared by identity. */
export const noConfusion: ConfusingNicks = {has: () => false};

type Known = {
	readonly occupants: ByKey<Occupant>;
	/** Who looks like that. Changed in place: only the newest is ever asked. */
	readonly looks: Map<string, string | Set<string>>;
	readonly nicks: ConfusingNicks;
};

/** By buffer: what was found last. Rooms that were left are few. */
const remembered = new Map<BufferId, Known>();

/**
 * Whose nick in a room looks like another's there, one's own included. The same object until that changes; a change of
 * presence costs nothing worth telling in a room of thousands.
 */
export function confusingNicks(state: State, buffer: BufferId): ConfusingNicks {
	const occupants = occupantsOf(state, buffer);
	if (occupants.size === 0) {
		remembered.delete(buffer);
		return noConfusion;
	}

	const before = remembered.get(buffer);
	if (before?.occupants === occupants) {
		return before.nicks;
	}

	const looks = before?.looks ?? new Map<string, string | Set<string>>();
	const isOther = follow(looks, before?.occupants ?? noneByKey, occupants);
	const nicks = before === undefined || isOther ? among(looks) : before.nicks;
	remembered.set(buffer, {occupants, looks, nicks});
	return nicks;
}

function among(looks: Known['looks']): ConfusingNicks {
	return {
		has: nick =>
			confusableKeys(nick).some(look => {
				const alike = looks.get(look);
				return alike !== undefined && (typeof alike === 'string' ? alike !== nick : alike.size > 1 || !alike.has(nick));
			}),
	};
}

/** Brings the looks up to date. Answers whether somebody can be taken for another now, or no longer. */
function follow(looks: Known['looks'], before: ByKey<Occupant>, now: ByKey<Occupant>): boolean {
	let isOther = false;
	const count = Math.max(before.shards.length, now.shards.length);
	for (let index = 0; index < count; index++) {
		const old = before.shards[index] ?? {};
		const fresh = now.shards[index] ?? {};
		if (old === fresh) {
			continue;
		}

		for (const nick of Object.keys(old)) {
			if (!Object.hasOwn(fresh, nick)) {
				isOther = leave(looks, nick) || isOther;
			}
		}

		for (const nick of Object.keys(fresh)) {
			if (!Object.hasOwn(old, nick)) {
				isOther = come(looks, nick) || isOther;
			}
		}
	}

	return isOther;
}

function come(looks: Known['looks'], nick: string): boolean {
	let meets = false;
	for (const look of confusableKeys(nick)) {
		const alike = looks.get(look);
		// Most look like nobody else: a set for each would be what a crowd costs.
		if (alike === undefined) {
			looks.set(look, nick);
		} else if (typeof alike === 'string') {
			looks.set(look, new Set([alike, nick]));
			meets = true;
		} else {
			alike.add(nick);
			meets = true;
		}
	}

	return meets;
}

function leave(looks: Known['looks'], nick: string): boolean {
	let met = false;
	for (const look of confusableKeys(nick)) {
		const alike = looks.get(look);
		if (typeof alike === 'string' || alike === undefined) {
			looks.delete(look);
			continue;
		}

		met ||= alike.size > 1;
		alike.delete(nick);
		if (alike.size === 0) {
			looks.delete(look);
		}
	}

	return met;
}
