/** What the property tests of the wire formats have in common. */
import {fc} from '@fast-check/ava';
import {type BareJid, parseBareJid} from '../../../source/shared/jid.js';
import {append, children, createElement, detached, type Element} from '../../../source/xmpp/element.js';
import {parseElement} from '../../../source/xmpp/parser.js';
import {serialize} from '../../../source/xmpp/serialize.js';

export function address(text: string): BareJid {
	const jid = parseBareJid(text);
	if (jid === undefined) {
		throw new Error(`${text} is no bare JID`);
	}

	return jid;
}

export const juliet = address('juliet@example.org');
export const romeo = address('romeo@example.net');
export const nurse = address('nurse@example.org');
export const balcony = address('balcony@rooms.example.org');

/** An element as somebody else gets it. */
export function overTheWire(element: Element): Element {
	return xml(serialize(element));
}

export function xml(text: string): Element {
	const element = parseElement(text);
	if (element === undefined) {
		throw new Error(`not one well-formed element: ${text}`);
	}

	return element;
}

export const deviceIds = fc.integer({min: 1, max: 2 ** 31 - 1});
export const prekeyIds = fc.integer({min: 0, max: 2 ** 31 - 1});

export function bytesOf(length: number): fc.Arbitrary<Uint8Array> {
	return fc.uint8Array({minLength: length, maxLength: length});
}

/** A key of Curve25519 with the byte before it that the legacy version has. */
export const typedKeys = bytesOf(32).map(key => new Uint8Array([5, ...key]));

const nonsense = fc.oneof(
	fc.string(),
	fc.constantFrom(
		'',
		'0',
		'1',
		'true',
		'yes',
		'-1',
		'4294967296',
		'2147483647',
		'1e999',
		'juliet@example.org',
		'@',
		'=',
	),
	fc.base64String({maxLength: 60}),
	bytesOf(32).map(key => Buffer.from(key).toString('base64')),
	bytesOf(64).map(key => Buffer.from(key).toString('base64')),
);
const damage = fc.record({
	at: fc.nat(),
	attribute: fc.nat(),
	what: fc.constantFrom('removed', 'twice', 'attribute', 'no attribute', 'text', 'more text', 'elsewhere', 'swallowed'),
	text: nonsense,
});

/** An element of which some parts are gone, there twice, in another namespace, in another place or say nonsense. */
export function damaged(whole: Element): fc.Arbitrary<Element> {
	return fc.array(damage, {minLength: 1, maxLength: 6}).map(damages => {
		const copy = detached(whole);
		for (const one of damages) {
			const all = elementsOf(copy);
			const element = all[one.at % all.length] ?? copy;
			const attributes = Object.keys(element.attrs);
			const attribute = attributes[one.attribute % attributes.length] ?? 'id';
			const siblings = element.parent?.children ?? [];
			switch (one.what) {
				case 'removed':
					siblings.splice(siblings.indexOf(element), element.parent === null ? 0 : 1);
					break;
				case 'twice':
					append(element.parent ?? element, [detached(element)]);
					break;
				case 'attribute':
					element.attrs[attribute] = one.text;
					break;
				case 'no attribute':
					delete element.attrs[attribute];
					break;
				case 'text':
					element.children = [one.text];
					break;
				case 'more text':
					append(element, [one.text]);
					break;
				case 'elsewhere':
					element.attrs.xmlns = 'urn:example:elsewhere';
					break;
				case 'swallowed':
					append(element, [detached(copy)]);
			}
		}

		return copy;
	});
}

function elementsOf(element: Element): readonly Element[] {
	return [element, ...children(element).flatMap(elementsOf)];
}

/** Trees of elements with these names, attributes and namespaces, and mostly nonsense in them. */
export function garbage(
	names: readonly string[],
	attributes: readonly string[],
	namespaces: readonly string[],
): fc.Arbitrary<Element> {
	const {tree} = fc.letrec<{tree: Element}>(tie => ({
		tree: fc
			.tuple(
				fc.constantFrom(...names),
				fc.constantFrom(...namespaces),
				fc.dictionary(fc.constantFrom(...attributes, '__proto__', 'constructor'), nonsense),
				fc.array(fc.oneof({depthSize: 'small'}, nonsense, tie('tree')), {maxLength: 6}),
			)
			.map(([name, xmlns, others, children]) => {
				const element = createElement(name, {...others, xmlns});
				append(element, children);
				return element;
			}),
	}));
	return tree;
}
