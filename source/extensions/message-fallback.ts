/**
 * XEP-0428: Fallback Indication, version 0.2.1: which part of a text is only for programs that do not know a payload.
 * https://xmpp.org/extensions/xep-0428.html
 *
 * Offsets count code points of the decoded body (XEP-0426), the end not included.
 */
import {attribute, children, element, optionalAttribute} from '../xmpp/codec.js';
import {childrenNamed, children as childrenOf, type Element} from '../xmpp/element.js';
import {defineExtension} from '../xmpp/extension.js';
import {integer, nonEmpty} from '../xmpp/scalars.js';

const namespace = 'urn:xmpp:fallback:0';

const range = {start: optionalAttribute('start', integer()), end: optionalAttribute('end', integer())};
export const fallback = element(namespace, 'fallback', {
	for: attribute('for', nonEmpty),
	bodies: children(element(namespace, 'body', range)),
	subjects: children(element(namespace, 'subject', range)),
});

/** More in one message are not read. */
const mostRanges = 20;

/** A text as it is for whoever knows the payloads. `taken`: what stood there for the others. */
export type Stripped = {readonly text: string; readonly taken: string};

/**
 * Takes out of a body what is only there for programs that do not know one of `known`. A range that is none, or that others
 * overlap, counts for nothing; one without ends is all of the text.
 */
export function withoutFallback(body: string, stanza: Element, known: ReadonlySet<string>): Stripped {
	const found = childrenNamed(stanza, 'fallback', namespace).flatMap(each => {
		const read = fallback.decode(each);
		// A range that cannot be read is none, and not all of the text.
		return read !== undefined && known.has(read.for) ? [childrenOf(each).length === 0 ? [{}] : read.bodies] : [];
	});
	if (found.length === 0) {
		return {text: body, taken: ''};
	}

	const points = Array.from(body);
	const ranges = found
		.flat()
		.slice(0, mostRanges)
		.map(({start = 0, end = points.length}: {readonly start?: number; readonly end?: number}) => ({
			start,
			end: Math.min(end, points.length),
		}))
		.filter(({start, end}) => start < end)
		.toSorted((one, other) => one.start - other.start);
	let text = '';
	let taken = '';
	let at = 0;
	for (const {start, end} of ranges) {
		if (start >= at) {
			text += points.slice(at, start).join('');
			taken += points.slice(start, end).join('');
			at = end;
		}
	}

	return {text: text + points.slice(at).join(''), taken};
}

export const messageFallback = defineExtension<void>({
	name: 'fallback indication',
	xep: '0428',
	version: '0.2.1',
	since: '0.3.0',
	status: 'complete',
	features: [namespace],
	codecs: [fallback],
	requires: [],
	attach() {},
});
