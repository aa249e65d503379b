import {isDeepStrictEqual} from 'node:util';
import type {Codec} from '../../source/xmpp/codec.js';
import {bareElement, children, Element, nameOf, namespaceOf} from '../../source/xmpp/element.js';
import {parseElement} from '../../source/xmpp/parser.js';
import {serialize} from '../../source/xmpp/serialize.js';

/** One pair of files: an element as it is on the wire, and the value it stands for. */
export type Fixture = {
	readonly xml: string;
	/** `null`: the element must decode to nothing. */
	readonly json: string;
	/** Only reading is checked, for elements with parts that we ignore or never write. */
	readonly readOnly: boolean;
};

/**
 * Checks a fixture in both directions, with whichever codec claims the first element it knows, from the root down in
 * document order. Answers what is wrong, or the codec that fits.
 */
export function checkFixture(fixture: Fixture, codecs: readonly Codec<unknown>[]): Codec<unknown> | string {
	const root = parseElement(fixture.xml);
	if (root === undefined) {
		return 'the XML is not one well-formed element';
	}

	const source = firstKnown(root, codecs);
	if (source === undefined) {
		return 'no codec knows any element of it';
	}

	const expected: unknown = JSON.parse(fixture.json);
	const candidates = codecs.filter(codec => codec.is(source));
	if (expected === null) {
		const decoding = candidates.find(codec => codec.decode(source) !== undefined);
		return decoding ? `it decodes to ${JSON.stringify(plainOf(decoding.decode(source)))}` : (candidates[0] ?? '');
	}

	const problems: string[] = [];
	for (const codec of candidates) {
		const problem = problemWith(codec, source, expected, fixture.readOnly);
		if (problem === undefined) {
			return codec;
		}

		problems.push(problem);
	}

	return problems.join('\n');
}

function problemWith(codec: Codec<unknown>, source: Element, expected: unknown, readOnly: boolean): string | undefined {
	const decoded = codec.decode(source);
	const plain = plainOf(decoded);
	if (!isDeepStrictEqual(plain, expected)) {
		return `it decodes to ${JSON.stringify(plain)}`;
	}

	if (readOnly) {
		return undefined;
	}

	// Bytes and elements have no form of their own in JSON; then what was decoded is encoded again.
	const isPlain = isDeepStrictEqual(plain, decoded);
	const encoded = canonical(codec.encode(isPlain ? expected : decoded));
	return encoded === canonical(source) ? undefined : `it encodes to ${encoded}`;
}

function firstKnown(element: Element, codecs: readonly Codec<unknown>[]): Element | undefined {
	if (codecs.some(codec => codec.is(element))) {
		return element;
	}

	for (const child of children(element)) {
		const found = firstKnown(child, codecs);
		if (found !== undefined) {
			return found;
		}
	}

	return undefined;
}

/** A value as JSON can hold it: elements as XML, bytes as base64, nothing as `null`. */
function plainOf(value: unknown): unknown {
	if (value === undefined || value === null) {
		return null;
	}

	if (value instanceof Element) {
		return canonical(value);
	}

	if (value instanceof Uint8Array) {
		return Buffer.from(value).toString('base64');
	}

	if (Array.isArray(value)) {
		return value.map(entry => plainOf(entry));
	}

	return typeof value === 'object'
		? Object.fromEntries(Object.entries(value).map(([key, part]) => [key, plainOf(part)]))
		: value;
}

/**
 * An element in one spelling: attributes by name, children by namespace and name but otherwise in order, without the
 * white space that only lays out the file.
 */
export function canonical(element: Element): string {
	return serialize(canonicalTree(element));
}

function canonicalTree(element: Element): Element {
	const copy = bareElement(nameOf(element));
	copy.attrs.xmlns = namespaceOf(element);
	for (const [key, value] of Object.entries(element.attrs).sort(([a], [b]) => (a < b ? -1 : 1))) {
		if (key !== 'xmlns') {
			copy.attrs[key] = value;
		}
	}

	const inner = children(element);
	if (inner.length === 0) {
		copy.children = [...element.children];
		return copy;
	}

	const key = (node: Element) => `${namespaceOf(node)} ${nameOf(node)}`;
	const text = element.children.filter(node => typeof node === 'string' && node.trim() !== '');
	const sorted = [...inner].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
	copy.children = [...text, ...sorted.map(node => canonicalTree(node))];
	return copy;
}
