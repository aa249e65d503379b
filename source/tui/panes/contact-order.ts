import type {Contact} from '../../model/contact.js';
import type {BareJid} from '../../shared/jid.js';
import {contactsOf, foremost, presenceOf} from '../../store/selectors.js';
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

function isOnline(state: State, {account, jid}: Contact): boolean {
	return (foremost(presenceOf(state, account, jid))?.availability ?? 'unavailable') !== 'unavailable';
}

function order(one: string, other: string): number {
	return one < other ? -1 : one > other ? 1 : 0;
}
