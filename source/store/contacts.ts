import type {SubscriptionRequest} from '../model/contact.js';
import type {BareJid} from '../shared/jid.js';
import {type ByKey, byKey, noneByKey, withoutValue, withValue} from './by-key.js';
import type {PerContact, State, StoreEvent} from './state.js';

/** Roster, presence of contacts, and subscription requests. */
export function reduceContacts(state: State, event: StoreEvent): State {
	switch (event.type) {
		case 'snapshot.loaded': {
			const {contacts, presence, nicks = [], requests} = event.snapshot;
			return {
				...state,
				contacts: gathered(contacts.map(each => [each.account, each.jid, each])),
				presence: gathered(presence.map(each => [each.account, each.jid, each.resources])),
				nicks: gathered(nicks.map(each => [each.account, each.jid, each.nick])),
				requests,
			};
		}

		case 'roster.loaded': {
			const roster = byKey(event.contacts.map(contact => [contact.jid, contact]));
			return {...state, contacts: {...state.contacts, [event.account]: roster}};
		}

		case 'contact.changed': {
			const {contact} = event;
			return {...state, contacts: put(state.contacts, contact.account, contact.jid, contact)};
		}

		case 'contact.removed':
			return {
				...state,
				contacts: drop(state.contacts, event.account, event.jid),
				nicks: drop(state.nicks, event.account, event.jid),
			};
		case 'presence.changed':
			return {
				...state,
				presence:
					event.resources.length === 0
						? drop(state.presence, event.account, event.jid)
						: put(state.presence, event.account, event.jid, event.resources),
			};
		case 'contact.nicked':
			return {
				...state,
				nicks:
					event.nick === ''
						? drop(state.nicks, event.account, event.jid)
						: put(state.nicks, event.account, event.jid, event.nick),
			};
		case 'presence.cleared':
			return {...state, presence: {...state.presence, [event.account]: noneByKey}};
		case 'subscription.requested':
			return {...state, requests: [...without(state.requests, event.request), event.request]};
		case 'subscription.resolved':
			return {...state, requests: without(state.requests, event)};
		case 'account.removed':
			return {
				...state,
				contacts: forget(state.contacts, event.account),
				presence: forget(state.presence, event.account),
				nicks: forget(state.nicks, event.account),
				requests: state.requests.filter(request => request.account !== event.account),
			};
		default:
			return state;
	}
}

function gathered<Value>(rows: ReadonlyArray<readonly [BareJid, BareJid, Value]>): PerContact<Value> {
	const accounts = new Map<BareJid, Array<readonly [BareJid, Value]>>();
	for (const [account, jid, value] of rows) {
		const row = accounts.get(account) ?? [];
		row.push([jid, value]);
		accounts.set(account, row);
	}

	return Object.fromEntries([...accounts].map(([account, row]) => [account, byKey(row)]));
}

function put<Value>(all: PerContact<Value>, account: BareJid, jid: BareJid, value: Value): PerContact<Value> {
	return {...all, [account]: withValue<Value>(rowOf(all, account), jid, value)};
}

function drop<Value>(all: PerContact<Value>, account: BareJid, jid: BareJid): PerContact<Value> {
	const row = rowOf(all, account);
	const rest = withoutValue(row, jid);
	return rest === row ? all : {...all, [account]: rest};
}

function rowOf<Value>(all: PerContact<Value>, account: BareJid): ByKey<Value> {
	return all[account] ?? noneByKey;
}

function forget<Value>(all: PerContact<Value>, account: BareJid): PerContact<Value> {
	const {[account]: _, ...rest} = all;
	return rest;
}

function without(
	requests: readonly SubscriptionRequest[],
	gone: {readonly account: BareJid; readonly jid: BareJid},
): readonly SubscriptionRequest[] {
	return requests.filter(request => request.account !== gone.account || request.jid !== gone.jid);
}
