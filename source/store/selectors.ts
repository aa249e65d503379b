import type {Account, Availability} from '../model/account.js';
import type {BufferId} from '../model/buffer.js';
import type {Contact, ResourcePresence} from '../model/contact.js';
import {type BareJid, bareOf, type Jid} from '../shared/jid.js';
import {type ByKey, noneByKey, valueFor, valuesOf} from './by-key.js';
import type {BufferState, PerContact, State} from './state.js';

const nobody: readonly ResourcePresence[] = [];

export function accountOf(state: State, jid: BareJid | undefined): Account | undefined {
	return jid === undefined ? undefined : state.accounts.find(account => account.jid === jid);
}

export function bufferOf(state: State, id: BufferId): BufferState | undefined {
	return state.buffers[id];
}

/** 1 for the console; `undefined` when it is not open. */
export function numberOf(state: State, id: BufferId): number | undefined {
	return state.numbers[id];
}

/** The buffer with that number. */
export function numbered(state: State, number: number): BufferId | undefined {
	return state.order.find(id => state.numbers[id] === number);
}

/** The open buffers by their numbers. */
export function byNumber(state: State): readonly BufferId[] {
	return state.order.toSorted((one, other) => (state.numbers[one] ?? 0) - (state.numbers[other] ?? 0));
}

export function highestNumber({numbers}: State): number {
	const known = highest.get(numbers) ?? Math.max(...Object.values(numbers));
	highest.set(numbers, known);
	return known;
}

/** Asked for by each row of the list. */
const highest = new WeakMap<State['numbers'], number>();

/** The roster item for a contact; `jid` may be full. */
export function contactOf(state: State, account: BareJid | undefined, jid: Jid | undefined): Contact | undefined {
	return rowOf(state.contacts, account, jid);
}

/** All resources of a contact, an empty list when offline; `jid` may be full. */
export function presenceOf(
	state: State,
	account: BareJid | undefined,
	jid: Jid | undefined,
): readonly ResourcePresence[] {
	return rowOf(state.presence, account, jid) ?? nobody;
}

/** What a contact calls themselves; `jid` may be full. User text. */
export function nickOf(state: State, account: BareJid | undefined, jid: Jid | undefined): string | undefined {
	return rowOf(state.nicks, account, jid);
}

const reachability: Readonly<Record<Availability, number>> = {
	chat: 5,
	available: 4,
	away: 3,
	dnd: 2,
	xa: 1,
	unavailable: 0,
};

/** The resource that speaks for the contact: highest priority, then the most reachable, then the latest. */
export function foremost(resources: readonly ResourcePresence[]): ResourcePresence | undefined {
	let best: ResourcePresence | undefined;
	for (const each of resources) {
		if (best === undefined || outranks(each, best)) {
			best = each;
		}
	}

	return best;
}

function outranks(one: ResourcePresence, other: ResourcePresence): boolean {
	return (
		(one.priority - other.priority ||
			reachability[one.availability] - reachability[other.availability] ||
			one.since - other.since) > 0
	);
}

function rowOf<Value>(all: PerContact<Value>, account: BareJid | undefined, jid: Jid | undefined): Value | undefined {
	return account === undefined || jid === undefined ? undefined : valueFor(ofAccount(all, account), bareOf(jid));
}

/** The roster or the presences of one account; the same object until one of them changes. */
export function ofAccount<Value>(all: PerContact<Value>, account: BareJid): ByKey<Value> {
	return (Object.hasOwn(all, account) ? all[account] : undefined) ?? noneByKey;
}

/** The contacts of one account, or of all, in no particular order. */
export function contactsOf(state: State, account?: BareJid): readonly Contact[] {
	return account === undefined
		? Object.values(state.contacts).flatMap(valuesOf)
		: valuesOf(ofAccount(state.contacts, account));
}
