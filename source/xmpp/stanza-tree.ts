import type {SaxesTagNS} from 'saxes';
import {bareElement, type Element} from './element.js';
import type {XmlCondition} from './xml-fault.js';

/** What one stanza may be at most. Lengths are UTF-16 units of decoded text, never more than its bytes. */
export type ParserLimits = {
	/** Length of one stanza, and of the white space between two. */
	readonly stanza: number;
	/** Levels of elements in a stanza, itself included. */
	readonly depth: number;
	/** Attributes of one element. */
	readonly attributes: number;
	/** Child elements of one element. */
	readonly children: number;
	/** All elements of a stanza: a tree of empty ones takes a hundred times the room of its text. */
	readonly elements: number;
	/** Length of one run of text, or of one attribute. */
	readonly text: number;
};

/** Far above what honest servers send. */
export const defaultLimits: ParserLimits = {
	stanza: 2 * 1024 * 1024,
	depth: 64,
	attributes: 256,
	children: 20_000,
	elements: 100_000,
	text: 1024 * 1024,
};

/** Ends the parsing for a reason; never returns. */
export type Refuse = (condition: XmlCondition, detail: string) => never;

const xmlNamespace = 'http://www.w3.org/XML/1998/namespace';
const notWhiteSpace = /[^ \t\r\n]/;

/** Puts one stanza after the other together from its tags and text, within the limits. */
export class StanzaTree {
	readonly #limits: ParserLimits;
	readonly #refuse: Refuse;
	/** From the stanza down to the element whose content is being read. */
	readonly #open: Element[] = [];
	/** How many child elements each of `#open` has so far. */
	readonly #childCounts: number[] = [];
	#elements = 0;
	#attributes = 0;

	constructor(limits: ParserLimits, refuse: Refuse) {
		this.#limits = limits;
		this.#refuse = refuse;
	}

	/** A tag begins; its attributes follow. */
	begin(): void {
		this.#attributes = 0;
		if (this.#open.length >= this.#limits.depth) {
			this.#refuse('policy-violation', `elements nested deeper than ${this.#limits.depth}`);
		}
	}

	attribute(value: string): void {
		this.#attributes++;
		if (this.#attributes > this.#limits.attributes) {
			this.#refuse('policy-violation', `an element with more than ${this.#limits.attributes} attributes`);
		}

		if (value.length > this.#limits.text) {
			this.#refuse('policy-violation', `an attribute longer than ${this.#limits.text} characters`);
		}
	}

	/** A start tag is complete. */
	open(tag: SaxesTagNS): void {
		const element = this.elementFrom(tag);
		const parent = this.#open.at(-1);
		if (parent === undefined) {
			this.#elements = 0;
		} else {
			this.#countChild();
			element.parent = parent;
			parent.children.push(element);
		}

		this.#elements++;
		if (this.#elements > this.#limits.elements) {
			this.#refuse('policy-violation', `a stanza of more than ${this.#limits.elements} elements`);
		}

		this.#open.push(element);
		this.#childCounts.push(0);
	}

	/** The innermost element ends; answers it, and whether it was a whole stanza. Nothing was open: `undefined`. */
	close(): {readonly element: Element; readonly whole: boolean} | undefined {
		const element = this.#open.pop();
		this.#childCounts.pop();
		return element && {element, whole: this.#open.length === 0};
	}

	text(text: string): void {
		const parent = this.#open.at(-1);
		if (parent === undefined) {
			// White space between stanzas keeps connections alive (RFC 6120 §4.6.1); anything else is no XMPP.
			if (notWhiteSpace.test(text)) {
				this.#refuse('bad-format', 'text outside of any stanza');
			}

			return;
		}

		const last = parent.children.at(-1);
		const run = typeof last === 'string' ? last + text : text;
		if (run.length > this.#limits.text) {
			this.#refuse('policy-violation', `a text longer than ${this.#limits.text} characters`);
		}

		if (typeof last === 'string') {
			parent.children[parent.children.length - 1] = run;
		} else if (run !== '') {
			parent.children.push(run);
		}
	}

	/** Resolves prefixes: afterwards only attributes may carry one, and then its declaration stands beside it. */
	elementFrom(tag: SaxesTagNS): Element {
		if (tag.uri === xmlNamespace) {
			this.#refuse('bad-namespace-prefix', 'an element in the namespace of XML itself');
		}

		const element = bareElement(tag.local);
		element.attrs.xmlns = tag.uri;
		for (const {prefix, name, uri, value} of Object.values(tag.attributes)) {
			if (name === 'xmlns' || prefix === 'xmlns') {
				continue;
			}

			element.attrs[name] = value;
			if (prefix !== '' && prefix !== 'xml') {
				element.attrs[`xmlns:${prefix}`] = uri;
			}
		}

		return element;
	}

	#countChild(): void {
		const count = (this.#childCounts.pop() ?? 0) + 1;
		this.#childCounts.push(count);
		if (count > this.#limits.children) {
			this.#refuse('policy-violation', `an element with more than ${this.#limits.children} children`);
		}
	}
}
