/** What of a message is encrypted and what stays beside it, and the message that comes out again. */
import type {OmemoVersion} from '../../model/device.js';
import {
	child,
	children,
	clientNamespace,
	createElement,
	detached,
	type Element,
	isElement,
	nameOf,
	namespaceOf,
	textOf,
} from '../../xmpp/element.js';
import {exposureOf, isHeededOutside} from './sensitive.js';

export type Parts = {
	/** To be encrypted. Legacy: the body whose text that is, or nothing. */
	readonly inside: readonly Element[];
	readonly outside: readonly Element[];
	/** What this version cannot carry without showing it to servers. It is not sent; who asked for it should know. */
	readonly withheld: readonly Element[];
};

/** What the person lets servers see of messages that the legacy version encrypts. */
export type Shown = {
	/** Which message is answered, and which part of the encrypted text repeats it; threads. */
	readonly replies?: boolean;
	/** Reactions: the emoji itself. */
	readonly reactions?: boolean;
};

/**
 * Takes an outgoing message apart. A stanza with both versions takes the `inside` of each, and of the outsides the legacy
 * one, in which that of `omemo2` is. The elements are copies.
 */
export function partsOf(message: Element, version: OmemoVersion, shown: Shown = {}): Parts {
	const places = version === 'legacy' ? legacyPlaces(message, shown) : envelopePlaces(message);
	const at = (wanted: keyof Parts) =>
		places.filter(({place}) => place === wanted).map(({element}) => detached(element));
	return {inside: at('inside'), outside: at('outside'), withheld: at('withheld')};
}

type Placed = {readonly element: Element; readonly place: keyof Parts};

function envelopePlaces(message: Element): readonly Placed[] {
	return children(message).map(element => {
		const exposure = exposureOf(element);
		const isPublic = exposure === 'server' || exposure === 'mark' || exposure === 'identity';
		return {element, place: isPublic ? 'outside' : exposure === 'nowhere' ? 'withheld' : 'inside'};
	});
}

function legacyPlaces(message: Element, {replies = false, reactions = false}: Shown): readonly Placed[] {
	const body = children(message).find(element => isElement(element, 'body', clientNamespace));
	const place = (element: Element): keyof Parts => {
		switch (exposureOf(element)) {
			case 'server':
			case 'mark':
			case 'identity':
			case 'metadata':
				return 'outside';
			case 'reply':
				return replies ? 'outside' : 'withheld';
			case 'reaction':
				return reactions ? 'outside' : 'withheld';
			default:
				// One text is encrypted: translations of it would have no place.
				return element === body ? 'inside' : 'withheld';
		}
	};
	return children(message).map(element => ({element, place: place(element)}));
}

/**
 * The text that the legacy version encrypts of a message. That a text is to be opened before it is read (XEP-0382) has no place
 * in it but the text: beside it servers would learn what it is about, and without it the reader would see at once what they
 * were not to. So the hint is folded in, before the text; only not where the message says which part of its text repeats another
 * one (XEP-0428), which counts from the beginning of the text.
 */
export function legacyText(message: Element, inside: readonly Element[]): string {
	const text = inside.map(textOf).join('');
	const spoiler = child(message, 'spoiler', 'urn:xmpp:spoiler:0');
	const isCounted = child(message, 'fallback', 'urn:xmpp:fallback:0') !== undefined;
	if (spoiler === undefined || isCounted || text === '') {
		return text;
	}

	const hint = textOf(spoiler);
	return `${hint === '' ? 'Spoiler' : `Spoiler: ${hint}`}\n\n${text}`;
}

/**
 * The message as it was before it was encrypted: the stanza with what was inside (legacy: a body), without what is encrypted
 * and without anything beside it that does not count there. It shares no element with either.
 */
export function rebuilt(stanza: Element, content: readonly Element[], version: OmemoVersion): Element {
	// The sender's id of the message counts where it is sure to be the sender's.
	const isRepeated = (element: Element) =>
		exposureOf(element) === 'identity' &&
		content.some(inner => isElement(inner, nameOf(element), namespaceOf(element)));
	const beside = children(stanza).filter(element => isHeededOutside(element, version) && !isRepeated(element));
	return createElement(nameOf(stanza), {...stanza.attrs}, ...[...beside, ...content].map(detached));
}
