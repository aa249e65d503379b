/**
 * RFC 6121 §3: Managing Presence Subscriptions, with pre-approval (§3.4).
 * https://www.rfc-editor.org/rfc/rfc6121#section-3
 */
import {blockOf} from '../model/blocking.js';
import type {Contact, SubscriptionRequest} from '../model/contact.js';
import {XmppcError} from '../shared/errors.js';
import {type BareJid, bareOf} from '../shared/jid.js';
import {createRateLimit} from '../shared/rate-limit.js';
import {printable, shortened} from '../shared/text.js';
import {attribute, element, optionalAttribute, optionalChildText} from '../xmpp/codec.js';
import {clientNamespace} from '../xmpp/element.js';
import {defineExtension, type ExtensionContext} from '../xmpp/extension.js';
import {choice, jid, nonEmpty} from '../xmpp/scalars.js';
import {blocking} from './blocking.js';
import type {ExtensionPorts} from './ports.js';
import {roster} from './roster.js';

const nickNamespace = 'http://jabber.org/protocol/nick';

const change = element(clientNamespace, 'presence', {
	from: optionalAttribute('from', jid),
	to: optionalAttribute('to', jid),
	type: attribute('type', choice('subscribe', 'subscribed', 'unsubscribe', 'unsubscribed')),
	status: optionalChildText('status', nonEmpty),
	/** XEP-0172: how they call themselves. */
	nick: optionalChildText('nick', nonEmpty, nickNamespace),
});

/** Code points that are kept of what comes along. */
const longestText = 1024;
/** Requests that wait for an answer, at most; the server keeps the others for the next login. */
const mostWaiting = 100;
/** New requests within a window, at most. */
const mostPerWindow = 10;
const window = 60_000;

export type Subscriptions = {
	requests(): readonly SubscriptionRequest[];
	/** Asks to see a contact's presence. */
	subscribe(jid: BareJid): void;
	/** Lets somebody see our presence who asked, or will ask. Throws where the server cannot keep that in advance. */
	accept(jid: BareJid): void;
	/** The same where it is possible, else nothing. */
	acceptWherePossible(jid: BareJid): void;
	/** Refuses a request or takes back what was given. Throws where there is neither. */
	deny(jid: BareJid): void;
};

export const subscription = defineExtension<Subscriptions, ExtensionPorts>({
	name: 'subscription',
	since: '0.1.0',
	status: 'complete',
	features: [],
	codecs: [change],
	requires: [roster, blocking],
	attach: context => attachSubscriptions(context),
});

/** Whether we have a subscription to their presence. */
const sees = (contact: Contact | undefined) => contact?.subscription === 'to' || contact?.subscription === 'both';

function attachSubscriptions(context: ExtensionContext<ExtensionPorts>): Subscriptions {
	const {session, clock, publish} = context;
	const account = bareOf(context.jid);
	const contacts = context.use(roster);
	const waiting = new Map<BareJid, SubscriptionRequest>();
	/**
	 * Contacts whose answer the roster shows already: it is told before the answer itself by ejabberd, though RFC 6121
	 * §3.1.6 has it the other way round.
	 */
	const answered = new Set<BareJid>();
	const rate = createRateLimit(clock, {most: mostPerWindow, window});

	const notice = (level: 'info' | 'warning', text: string) => {
		publish({type: 'notice', level, text, account, at: clock.now()});
	};

	const isFlood = () => {
		const verdict = rate();
		if (verdict === 'refused-first') {
			notice('warning', `Many people ask ${account} for a subscription at once: the rest is left for the next login.`);
		}

		return verdict !== 'allowed' || waiting.size >= mostWaiting;
	};

	const ask = (from: BareJid, text: string | undefined) => {
		if (from === account || contacts.isSubscribed(from) || waiting.has(from) || isFlood()) {
			return;
		}

		const request = {account, jid: from, ...(text === undefined ? {} : {text: shortened(text, longestText)})};
		waiting.set(from, request);
		publish({type: 'subscription.requested', request});
	};

	const resolve = (jid: BareJid) => {
		if (waiting.delete(jid)) {
			publish({type: 'subscription.resolved', account, jid});
		}
	};

	context.onPresence(stanza => {
		const found = change.decode(stanza);
		if (found?.from === undefined) {
			return;
		}

		const from = bareOf(found.from);
		const contact = contacts.get(from);
		switch (found.type) {
			case 'subscribe':
				ask(from, found.nick ?? found.status);
				break;
			case 'unsubscribe':
				resolve(from);
				break;
			// Whoever was not asked cannot agree or refuse (RFC 6121 §3.1.6, §3.2.3); the roster push says what is true.
			case 'subscribed':
				if (contact?.asking || (answered.delete(from) && sees(contact))) {
					notice('info', `${printable(from, 'identifier')} lets you see their presence.`);
				}

				break;
			case 'unsubscribed':
				if (contact?.asking || sees(contact) || answered.delete(from)) {
					notice('info', `${printable(from, 'identifier')} does not let you see their presence.`);
				}

				break;
		}
	});
	// Another resource of ours may have answered.
	context.onDispose(
		contacts.changed(({contact, before}) => {
			if (contacts.isSubscribed(contact.jid)) {
				resolve(contact.jid);
			}

			if ((before?.asking && !contact.asking) || (sees(before) && !sees(contact))) {
				answered.add(contact.jid);
			}
		}),
	);

	// Whoever is blocked gets no answer, on whichever device that was done.
	context.onDispose(
		context.use(blocking).changed(blocked => {
			for (const jid of [...waiting.keys()].filter(each => blockOf(blocked, each) !== undefined)) {
				resolve(jid);
			}
		}),
	);

	const send = (to: BareJid, type: 'subscribe' | 'subscribed' | 'unsubscribed') => {
		session.send(change.encode({to, type}));
	};

	const canApprove = (jid: BareJid) => waiting.has(jid) || session.features.preApproval;

	return {
		requests: () => [...waiting.values()],
		subscribe: jid => send(jid, 'subscribe'),
		accept(jid) {
			if (contacts.isSubscribed(jid)) {
				return;
			}

			if (!canApprove(jid)) {
				throw new XmppcError({
					code: 'no-pre-approval',
					kind: 'unavailable',
					message: `${jid} has not asked to see your presence, and the server cannot keep an answer in advance.`,
					hint: `Add them with /add ${jid} and wait until they ask.`,
				});
			}

			send(jid, 'subscribed');
			resolve(jid);
		},
		acceptWherePossible(jid) {
			if (!contacts.isSubscribed(jid) && canApprove(jid)) {
				send(jid, 'subscribed');
				resolve(jid);
			}
		},
		deny(jid) {
			if (!waiting.has(jid) && !contacts.isSubscribed(jid) && contacts.get(jid)?.approved !== true) {
				throw new XmppcError({
					code: 'nothing-to-deny',
					kind: 'usage',
					message: `${jid} has neither asked for a subscription nor has one.`,
				});
			}

			send(jid, 'unsubscribed');
			resolve(jid);
		},
	};
}
