import {roster} from '../extensions/roster.js';
import {subscription} from '../extensions/subscription.js';
import type {ActionInput} from '../model/actions.js';
import {XmppcError} from '../shared/errors.js';
import type {BareJid} from '../shared/jid.js';
import type {Use} from '../xmpp/extension.js';

/**
 * Adds a contact, lets them see our presence where that can be said now, and asks to see theirs. Resolves when the server
 * has the contact; what they answer comes later.
 */
export async function addContact(
	use: Use,
	{jid, name, groups}: Omit<ActionInput<'addContact'>, 'account'>,
): Promise<void> {
	const known = use(roster).get(jid);
	await use(roster).set({
		jid,
		groups: groups ?? known?.groups ?? [],
		...((name ?? known?.name) === undefined ? {} : {name: name ?? known?.name ?? ''}),
	});
	use(subscription).acceptWherePossible(jid);
	if (known?.subscription !== 'to' && known?.subscription !== 'both') {
		use(subscription).subscribe(jid);
	}
}

/** Changes name or groups and keeps the rest. Throws `no-such-contact`. */
export async function changeContact(
	use: Use,
	jid: BareJid,
	change: {readonly name?: string; readonly groups?: readonly string[]},
): Promise<void> {
	const {name = '', groups} = known(use, jid);
	await use(roster).set({jid, name, groups, ...change});
}

/** Removes a contact and with it both subscriptions. Throws `no-such-contact`. */
export async function removeContact(use: Use, jid: BareJid): Promise<void> {
	known(use, jid);
	await use(roster).remove(jid);
}

function known(use: Use, jid: BareJid) {
	const contact = use(roster).get(jid);
	if (contact === undefined) {
		throw new XmppcError({
			code: 'no-such-contact',
			kind: 'usage',
			message: `${jid} is not among your contacts.`,
			hint: `Add them with /add ${jid}.`,
		});
	}

	return contact;
}
