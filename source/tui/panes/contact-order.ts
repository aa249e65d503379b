import type {Contact, ResourcePresence} from '../../model/contact.js';
import type {BareJid} from '../../shared/jid.js';
import type {ByKey} from '../../store/by-key.js';
import {keepOrder} from '../../store/kept-order.js';
import {contactsOf, foremost, ofAccount, presenceOf} from '../../store/selectors.js';
import type {State} from '../../store/state.js';
import {contactName} from './words.js';

/** The contacts of one account, or of all: those who are online first, then by name. */
export function contactsInOrder(state: State, account?: BareJid): readonly Contact[] {
	return contactsOf(state, account)
		.map(contact => ({
			contact,
			online: isOnline(state, contact) ? 0 : 1,
			name: contactName(contact, contact.jid).toLowerCase(),
		}))
		.sort(
			(one, other) =>
				one.online - other.online || order(one.name, other.name) || order(one.contact.jid, other.contact.jid),
		)
		.map(({contact}) => contact);
}

const byName = keepOrder<Contact>(contact => ({
	rank: 0,
	name: contactName(contact, contact.jid).toLowerCase(),
	unique: contact.jid,
}));

type Listed = {readonly sorted: readonly Contact[]; readonly presence: object; readonly listed: readonly Contact[]};

const lastListed = new Map<BareJid, Listed>();

/** The contacts of an account, those online first, then by name; the same array until roster or presence change. */
export function listedContacts(state: State, account: BareJid): readonly Contact[] {
	const sorted = byName(account, ofAccount(state.contacts, account));
	const presence = ofAccount(state.presence, account);
	const known = lastListed.get(account);
	if (known?.sorted === sorted && known.presence === presence) {
		return known.listed;
	}

	const present = presentIn(presence);
	const listed =
		present.size === 0
			? sorted
			: [...sorted.filter(({jid}) => present.has(jid)), ...sorted.filter(({jid}) => !present.has(jid))];
	lastListed.set(account, {sorted, presence, listed});
	return listed;
}

/** Who of an account is there; a contact that is offline has no row. */
function presentIn({shards}: ByKey<readonly ResourcePresence[]>): ReadonlySet<string> {
	return new Set(shards.flatMap(shard => Object.keys(shard)));
}

function isOnline(state: State, {account, jid}: Contact): boolean {
	return (foremost(presenceOf(state, account, jid))?.availability ?? 'unavailable') !== 'unavailable';
}

function order(one: string, other: string): number {
	return one < other ? -1 : one > other ? 1 : 0;
}
