/**
 * XEP-0066: Out of Band Data, version 1.5, in messages. https://xmpp.org/extensions/xep-0066.html
 *
 * A link beside the text is shown with it. Nothing is fetched; what iqs ask to be fetched is not even looked at
 * (`protocol.md` §4.1, row 32).
 */
import {shortened} from '../shared/text.js';
import {childText, element, optionalChildText} from '../xmpp/codec.js';
import type {Element} from '../xmpp/element.js';
import {defineExtension} from '../xmpp/extension.js';
import {address} from '../xmpp/scalars.js';

/** Also for what goes out: a text that is this link is a file. */
export const outOfBandData = element('jabber:x:oob', 'x', {
	url: childText('url', address),
	desc: optionalChildText('desc'),
});

export const outOfBand = defineExtension<void>({
	name: 'out of band data',
	xep: '0066',
	version: '1.5',
	since: '0.4.0',
	status: 'partial',
	features: [],
	codecs: [outOfBandData],
	requires: [],
	attach() {},
});

/** More of one message are not shown. */
const mostLinks = 5;
/** Code points of what a link is said to be. */
const longestDescription = 200;

/** Where the links of a message lead, as they are written. */
export function linkedAddresses(message: Element): readonly string[] {
	return outOfBandData
		.findAll(message)
		.slice(0, mostLinks)
		.map(({url}) => url);
}

/** The links that a message has beside its text, each once, as `what it is: where`; without those of `known`. */
export function linksBeside(message: Element, body: string, known: (url: string) => boolean): readonly string[] {
	const links = new Map<string, string>();
	for (const {url, desc = ''} of outOfBandData.findAll(message).slice(0, mostLinks)) {
		// A text that is the link, or has it in it, says all of it (§3: the body is for whoever cannot read this).
		if (!body.includes(url) && !links.has(url) && !known(url)) {
			const what = shortened(
				desc
					.slice(0, 4 * longestDescription)
					.replace(/\s+/gu, ' ')
					.trim(),
				longestDescription,
			);
			links.set(url, what === '' || what === url ? url : `${what}: ${url}`);
		}
	}

	return [...links.values()];
}
