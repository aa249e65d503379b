/**
 * RFC 6121 §2: Managing the Roster, with versioning (§2.6). https://www.rfc-editor.org/rfc/rfc6121#section-2
 */
import type {Contact} from '../model/contact.js';
import {createEmitter, type Subscribe} from '../shared/emitter.js';
import {messageOf, XmppcError} from '../shared/errors.js';
import {type BareJid, bareOf, domainOf, type Jid} from '../shared/jid.js';
import {sanitizeOutgoing} from '../shared/text.js';
import {attribute, children, childTexts, type Decoded, element, optionalAttribute} from '../xmpp/codec.js';
import {childrenNamed, type Element} from '../xmpp/element.js';
import {defineExtension, type ExtensionContext} from '../xmpp/extension.js';
import type {IqRequest} from '../xmpp/iq.js';
import {bareJid, boolean, choice} from '../xmpp/scalars.js';
import {refusal} from '../xmpp/stanza-error.js';
import type {ExtensionPorts} from './ports.js';

const namespace = 'jabber:iq:roster';

/** `subscription='remove'` ends an item; a missing one is `none`. */
const rosterItem = element(namespace, 'item', {
	jid: attribute('jid', bareJid),
	name: optionalAttribute('name'),
	subscription: optionalAttribute('subscription', choice('none', 'to', 'from', 'both', 'remove')),
	ask: optionalAttribute('ask', choice('subscribe')),
	approved: optionalAttribute('approved', boolean),
	groups: childTexts('group'),
});

export const rosterQuery = element(namespace, 'query', {
	version: optionalAttribute('ver'),
	items: children(rosterItem),
});

const rosterVersion = element(namespace, 'query', {version: optionalAttribute('ver')});

type RosterItem = Decoded<typeof rosterItem>;

/** Contacts that are read at once. */
const slice = 300;

export type Roster = {
	get(jid: BareJid): Contact | undefined;
	/** Whether this contact has a subscription to our presence. Nothing automatic goes to anybody else. */
	isSubscribed(jid: Jid): boolean;
	/** Whether an iq of this sender may learn that we are here: a subscribed contact, the own account, the own server. */
	mayKnowUs(jid: Jid | undefined): boolean;
	/** Adds a contact or changes name and groups. Resolves when the server agreed; the change itself comes as a push. */
	set(contact: {readonly jid: BareJid; readonly name?: string; readonly groups: readonly string[]}): Promise<void>;
	/** Removes a contact, which ends both subscriptions. */
	remove(jid: BareJid): Promise<void>;
	/** Every contact as it becomes, and what it was before; not the removed ones. */
	readonly changed: Subscribe<ContactChange>;
};

export type ContactChange = {readonly contact: Contact; readonly before: Contact | undefined};

export const roster = defineExtension<Roster, ExtensionPorts>({
	name: 'roster',
	since: '0.1.0',
	status: 'complete',
	features: [],
	codecs: [rosterQuery],
	requires: [],
	attach: context => attachRoster(context),
});

function attachRoster(context: ExtensionContext<ExtensionPorts>): Roster {
	const {ports, session, publish} = context;
	const account = bareOf(context.jid);
	const known = ports.rosters.load(account);
	const changed = createEmitter<ContactChange>();
	let contacts = byJid(known.contacts);
	/**
	 * The roster that is on its way. Pushes wait for it: one that came behind it in the same read must not be undone by it.
	 * Without one they are taken at once, so that those of one read share its transaction.
	 */
	let loading: Promise<void> | undefined;

	/** Keys get their turn between the slices of a long roster. Presence comes after it, so nothing is missed meanwhile. */
	const readContacts = async (answer: Element): Promise<readonly Contact[]> => {
		const items = childrenNamed(answer, 'item', namespace);
		const found: Contact[] = [];
		for (let from = 0; from < items.length; from += slice) {
			if (from > 0) {
				await new Promise<void>(resolve => setImmediate(resolve));
			}

			for (const element of items.slice(from, from + slice)) {
				const item = rosterItem.decode(element);
				if (item !== undefined) {
					found.push(contactOf(account, item));
				}
			}
		}

		return found;
	};

	const load = async () => {
		// An empty version asks for all of it, and tells that we understand versions.
		const version = session.features.rosterVersioning ? (known.version ?? '') : undefined;
		try {
			const answer = await context.request(
				undefined,
				'get',
				rosterQuery.encode({...(version === undefined ? {} : {version}), items: []}),
			);
			const fresh = answer && {...rosterVersion.decode(answer), contacts: await readContacts(answer)};
			ports.commit(() => {
				// No answer inside the answer: ours is the current one, or pushes will make it so.
				if (fresh !== undefined) {
					contacts = byJid(fresh.contacts);
					ports.rosters.replace(account, fresh.version, [...contacts.values()]);
				}

				publish({type: 'roster.loaded', account, contacts: [...contacts.values()]});
			});
		} catch (error) {
			publish({
				type: 'notice',
				level: 'warning',
				text: `The contact list of ${account} could not be loaded: ${messageOf(error)}`,
				account,
				at: context.clock.now(),
			});
		} finally {
			loading = undefined;
		}
	};

	const apply = (item: RosterItem, version: string | undefined) => {
		const contact = contactOf(account, item);
		ports.commit(() => {
			if (item.subscription === 'remove') {
				ports.rosters.remove(account, item.jid, version);
				publish({type: 'contact.removed', account, jid: item.jid});
			} else {
				ports.rosters.put(contact, version);
				publish({type: 'contact.changed', contact});
			}
		});
		if (item.subscription === 'remove') {
			contacts.delete(item.jid);
		} else {
			const before = contacts.get(item.jid);
			contacts.set(item.jid, contact);
			changed.emit({contact, before});
		}
	};

	const takePush = async ({from, payload}: IqRequest) => {
		// Anybody may send such an iq; only the own account may change the roster (CVE-2015-8688).
		if (from !== undefined && from !== account) {
			throw refusal('service-unavailable');
		}

		const push = rosterQuery.decode(payload);
		const [item, ...others] = push?.items ?? [];
		if (item === undefined || others.length > 0) {
			throw refusal('bad-request');
		}

		if (loading !== undefined) {
			await loading;
		}

		apply(item, push?.version);
		return undefined;
	};

	context.onIq(namespace, 'query', 'set', takePush);
	context.onStarted(() => {
		loading = load();
		return loading;
	});

	const isSubscribed = (jid: Jid) => {
		const subscription = contacts.get(bareOf(jid))?.subscription;
		return subscription === 'from' || subscription === 'both';
	};

	return {
		get: jid => contacts.get(jid),
		isSubscribed,
		mayKnowUs: jid => jid === undefined || bareOf(jid) === account || jid === domainOf(account) || isSubscribed(jid),
		async set({jid, name, groups}) {
			if (jid === account) {
				throw new XmppcError({code: 'own-contact', kind: 'usage', message: `${jid} is your own address.`});
			}

			const clean = sanitizeOutgoing(name ?? '').trim();
			const item = {
				jid,
				...(clean === '' ? {} : {name: clean}),
				groups: groups.map(group => sanitizeOutgoing(group).trim()).filter(group => group !== ''),
			};
			await context.request(undefined, 'set', rosterQuery.encode({items: [item]}));
		},
		async remove(jid) {
			const item = {jid, subscription: 'remove', groups: []} as const;
			await context.request(undefined, 'set', rosterQuery.encode({items: [item]}));
		},
		changed: changed.subscribe,
	};
}

/** A roster item as the program keeps it. An empty name is none; a group is named once. */
function contactOf(account: BareJid, item: RosterItem): Contact {
	const {jid, name, subscription = 'none', ask, approved = false, groups} = item;
	return {
		account,
		jid,
		...(name === undefined || name === '' ? {} : {name}),
		subscription: subscription === 'remove' ? 'none' : subscription,
		asking: ask === 'subscribe',
		approved,
		groups: [...new Set(groups)].filter(group => group !== ''),
	};
}

function byJid(contacts: readonly Contact[]): Map<BareJid, Contact> {
	return new Map(contacts.map(contact => [contact.jid, contact]));
}
