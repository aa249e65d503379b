/** XEP-0382: Spoiler messages, version 0.2.0. https://xmpp.org/extensions/xep-0382.html */
import {shortened} from '../shared/text.js';
import {element, text} from '../xmpp/codec.js';
import {attributeOf, childrenNamed, type Element, textOf} from '../xmpp/element.js';
import {defineExtension} from '../xmpp/extension.js';

const namespace = 'urn:xmpp:spoiler:0';

export const spoiler = element(namespace, 'spoiler', {hint: text()});

export const spoilers = defineExtension<void>({
	name: 'spoilers',
	xep: '0382',
	version: '0.2.0',
	since: '0.4.0',
	status: 'complete',
	features: [namespace],
	codecs: [spoiler],
	requires: [],
	attach() {},
});

/** Code points of what a text is said to be about. */
export const longestHint = 200;

/**
 * What a text is about that is to be opened before it is read, in the stream's own language where there are several; empty:
 * its author does not say. `undefined`: it is no such text.
 */
export function spoilerIn(message: Element): string | undefined {
	const candidates = childrenNamed(message, 'spoiler', namespace);
	const best = candidates.find(each => attributeOf(each, 'xml:lang') === undefined) ?? candidates[0];
	return best === undefined ? undefined : asHint(textOf(best));
}

/** One line of a sane length. */
export function asHint(hint: string): string {
	return shortened(
		hint
			.slice(0, 4 * longestHint)
			.replace(/\s+/gu, ' ')
			.trim(),
		longestHint,
	);
}
