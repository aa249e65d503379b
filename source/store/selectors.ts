import type {Account, Availability} from '../model/account.js';
import type {BufferId} from '../model/buffer.js';
import type {Contact, ResourcePresence} from '../model/contact.js';
import {type BareJid, bareOf, type Jid} from '../shared/jid.js';
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
	const index = state.order.indexOf(id);
	return index < 0 ? undefined : index + 1;
}

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

/** Own properties only: `constructor` is a valid domain, and so a JID that a roster may hold. */
function rowOf<Value>(all: PerContact<Value>, account: BareJid | undefined, jid: Jid | undefined): Value | undefined {
	if (account === undefined || jid === undefined || !Object.hasOwn(all, account)) {
		return undefined;
	}

	const row = all[account];
	const key = bareOf(jid);
	return row !== undefined && Object.hasOwn(row, key) ? row[key] : undefined;
}
