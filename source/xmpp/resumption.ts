import type {BareJid} from '../shared/jid.js';
import {append, child, clientNamespace, createElement, type Element, isElement} from './element.js';
import {parseElement} from './parser.js';
import {serialize} from './serialize.js';
import {type SentStanza, streamManagementNamespace} from './stream-management.js';

const delayNamespace = 'urn:xmpp:delay';
/** XEP-0198 §5 limits the id of a session to this many bytes. */
const longestId = 4000;

/** What the server gave for going on with a session over another connection. */
export type Resumption = {
	/** SM-ID, opaque. */
	readonly id: string;
	/** Where the server wants to be connected to for it: `host` or `host:port`, unchecked. */
	readonly location?: string;
};

/** What `<enabled/>` says about resuming; `undefined` where the server does not keep sessions. */
export function readEnabled(enabled: Element): Resumption | undefined {
	const {resume, id, location} = enabled.attrs;
	if ((resume !== 'true' && resume !== '1') || id === undefined || id === '' || Buffer.byteLength(id) > longestId) {
		return undefined;
	}

	return {id, ...(location === undefined ? {} : {location})};
}

/** `h`: how many of the server's stanzas were handled. */
export function resumeRequest({id}: Resumption, h: number): Element {
	return createElement('resume', {xmlns: streamManagementNamespace, previd: id, h});
}

/** How a stanza is written again on the stream that resumes its own: a message says when it was written first (XEP-0203). */
export function textToResend({text, at}: SentStanza, account: BareJid): string {
	const stanza = text.startsWith('<message') ? parseElement(text) : undefined;
	if (
		!stanza ||
		!isElement(stanza, 'message', clientNamespace) ||
		child(stanza, 'delay', delayNamespace) !== undefined
	) {
		return text;
	}

	const stamp = new Date(at).toISOString();
	append(stanza, [createElement('delay', {xmlns: delayNamespace, from: account, stamp})]);
	return serialize(stanza);
}
