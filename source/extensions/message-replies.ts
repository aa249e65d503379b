/**
 * XEP-0461: Message Replies, version 0.2.1. https://xmpp.org/extensions/xep-0461.html
 */
import type {Reply} from '../model/relation.js';
import type {Jid} from '../shared/jid.js';
import {attribute, element, optionalAttribute} from '../xmpp/codec.js';
import type {Element} from '../xmpp/element.js';
import {defineExtension} from '../xmpp/extension.js';
import {jid, nonEmpty} from '../xmpp/scalars.js';
import {fallback} from './message-fallback.js';

export const replyNamespace = 'urn:xmpp:reply:0';

const reply = element(replyNamespace, 'reply', {
	id: attribute('id', nonEmpty),
	to: optionalAttribute('to', jid),
});

/** Code points that are kept of what an answer repeats, and lines that one of ours does. */
const longestQuoted = 500;
const mostLines = 4;

export const messageReplies = defineExtension<void>({
	name: 'message replies',
	xep: '0461',
	version: '0.2.1',
	since: '0.3.0',
	status: 'complete',
	features: [replyNamespace],
	codecs: [reply],
	requires: [],
	attach() {},
});

/** What a message answers, if it does; `taken`: what its fallback said. */
export function replyIn(stanza: Element, taken: string): Reply | undefined {
	const found = reply.find(stanza);
	if (found === undefined) {
		return undefined;
	}

	const quoted = Array.from(taken.replaceAll(/^> ?/gm, '').trim()).slice(0, longestQuoted).join('');
	return {
		target: found.id,
		...(found.to === undefined ? {} : {to: found.to}),
		...(quoted === '' ? {} : {quoted}),
	};
}

/** What an answer says before its own words, for programs that know no answers. Ends in a newline. */
export function quotation(text: string): string {
	const lines = text.split('\n');
	const shown = lines.length > mostLines ? [...lines.slice(0, mostLines), '…'] : lines;
	return shown.map(line => `> ${line}\n`).join('');
}

/** The elements of an answer whose body begins with a quotation of so many code points; 0: with none. */
export function replyElements(to: {readonly id: string; readonly author?: Jid}, quoted: number): readonly Element[] {
	return [
		reply.encode({id: to.id, ...(to.author === undefined ? {} : {to: to.author})}),
		...(quoted === 0 ? [] : [fallback.encode({for: replyNamespace, bodies: [{start: 0, end: quoted}], subjects: []})]),
	];
}
