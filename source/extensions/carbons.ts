/**
 * XEP-0280: Message Carbons, version 1.0.1. https://xmpp.org/extensions/xep-0280.html
 *
 * Copies of what other resources of the account send and receive. A forged copy could put words into anybody's mouth
 * (CVE-2017-5589 and its kin), so the origin is checked before anything inside is looked at.
 */
import {type BareJid, bareOf, parseJid} from '../shared/jid.js';
import {children as allOf, element, rawChild} from '../xmpp/codec.js';
import {attributeOf, child, children, clientNamespace, type Element, isElement, namespaceOf} from '../xmpp/element.js';
import {defineExtension} from '../xmpp/extension.js';
import {isStanzaError} from '../xmpp/stanza-error.js';
import type {ExtensionPorts} from './ports.js';

const namespace = 'urn:xmpp:carbons:2';
/** XEP-0297: Stanza Forwarding. */
export const forwardNamespace = 'urn:xmpp:forward:0';

/** XEP-0297. */
const forwarded = element(forwardNamespace, 'forwarded', {message: rawChild('message', clientNamespace)});

/** What another resource of the account received. */
const received = element(namespace, 'received', {forwarded: allOf(forwarded)});
/** What another resource of the account sent. */
const sent = element(namespace, 'sent', {forwarded: allOf(forwarded)});
/** Asks the server for copies. */
const enable = element(namespace, 'enable', {});

export type Carbons = {
	/** Whether the server would not send any. Known once the session has started. */
	isRefused(): boolean;
};

export const carbons = defineExtension<Carbons, ExtensionPorts>({
	name: 'carbons',
	xep: '0280',
	version: '1.0.1',
	since: '0.1.0',
	status: 'complete',
	features: [],
	codecs: [received, sent, enable],
	requires: [],
	attach(context) {
		let isRefused = false;
		// Presence waits for this: what comes in between would be lost or come twice.
		context.onStarted(async () => {
			if (context.session.features.carbonsEnabled === true) {
				return;
			}

			try {
				await context.request(undefined, 'set', enable.encode({}));
			} catch (error) {
				isRefused = isStanzaError(error);
				throw error;
			}
		});
		// A server that ends the old connection behind our back may end the copies with it (ejabberd 23.01).
		context.onResumed(async () => {
			if (!isRefused) {
				await context.request(undefined, 'set', enable.encode({}));
			}
		});
		return {isRefused: () => isRefused};
	},
});

/** Wrappers that must not be inside a carbon: one level of forwarding is all there is. */
const wrappers: ReadonlyArray<readonly [namespace: string, name: string]> = [
	[namespace, 'received'],
	[namespace, 'sent'],
	['urn:xmpp:mam:2', 'result'],
];

/** `copy`: the message inside. `forged`: to be dropped whole. `plain`: no carbon at all. */
export type Carbon =
	| {readonly type: 'plain'}
	| {readonly type: 'forged'}
	| {readonly type: 'copy'; readonly direction: 'sent' | 'received'; readonly message: Element};

const plain: Carbon = {type: 'plain'};
const forged: Carbon = {type: 'forged'};

/**
 * Looks into a message that may be a carbon. Believed is only what comes from the own bare JID, neither from a full JID
 * nor from the server nor without a sender (§11), and holds exactly one message of this account that is neither groupchat
 * nor a wrapper again.
 */
export function openCarbon(message: Element, own: BareJid): Carbon {
	const copies = children(message).filter(payload => namespaceOf(payload) === namespace && isWrapper(payload));
	const [copy] = copies;
	if (copy === undefined) {
		return plain;
	}

	if (copies.length > 1 || parseJid(attributeOf(message, 'from') ?? '') !== own) {
		return forged;
	}

	const inner = onlyMessage(copy);
	if (inner === undefined || attributeOf(inner, 'type') === 'groupchat') {
		return forged;
	}

	if (wrappers.some(([namespace, name]) => child(inner, name, namespace) !== undefined)) {
		return forged;
	}

	const direction = isElement(copy, 'sent', namespace) ? 'sent' : 'received';
	const mine = parseJid(attributeOf(inner, direction === 'sent' ? 'from' : 'to') ?? '');
	return mine !== undefined && bareOf(mine) === own ? {type: 'copy', direction, message: inner} : forged;
}

function isWrapper(payload: Element): boolean {
	return isElement(payload, 'received', namespace) || isElement(payload, 'sent', namespace);
}

/** The message of the one `<forwarded/>`, where that holds no other stanza. */
function onlyMessage(copy: Element): Element | undefined {
	const [envelope, ...others] = children(copy);
	if (envelope === undefined || others.length > 0 || !isElement(envelope, 'forwarded', forwardNamespace)) {
		return undefined;
	}

	const stanzas = children(envelope).filter(payload => namespaceOf(payload) === clientNamespace);
	const [message] = stanzas;
	return stanzas.length === 1 && message !== undefined && isElement(message, 'message', clientNamespace)
		? message
		: undefined;
}
