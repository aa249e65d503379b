import {Element} from '@xmpp/xml';

/**
 * The element tree of the wire (ltx, as @xmpp/* use it). Elements made by our parser carry local names without prefix
 * and their namespace in `attrs.xmlns`. Only `xmpp/`, `extensions/`, `omemo/` and the pipeline may touch one.
 */
export {Element};

/** The namespace of stanzas, which an element without any declaration is in (RFC 6120 §4.8.2). */
export const clientNamespace = 'jabber:client';

export type ElementChild = Element | string | undefined | readonly ElementChild[];

export type ElementAttributes = Readonly<Record<string, string | number | boolean | undefined>>;

/**
 * Makes an element. Undefined attributes and children are left out, so that optional parts can be written in place.
 * The namespace goes into `attributes.xmlns`; without one the element is in its parent's.
 */
export function createElement(
	name: string,
	attributes: ElementAttributes = {},
	...children: readonly ElementChild[]
): Element {
	const element = bareElement(name);
	for (const [key, value] of Object.entries(attributes)) {
		if (value !== undefined) {
			element.attrs[key] = String(value);
		}
	}

	append(element, children);
	return element;
}

/**
 * An element whose attribute table has no prototype: an attribute called `__proto__` is kept like any other, and
 * looking for one called `constructor` finds nothing that is not there.
 */
export function bareElement(name: string): Element {
	const element = new Element(name);
	element.attrs = Object.create(null);
	return element;
}

/** Adds children at the end; an element belongs to one parent at a time. */
export function append(parent: Element, children: readonly ElementChild[]): void {
	for (const child of children) {
		if (typeof child === 'string') {
			if (child !== '') {
				parent.children.push(child);
			}
		} else if (child instanceof Element) {
			child.parent = parent;
			parent.children.push(child);
		} else if (child !== undefined) {
			append(parent, child);
		}
	}
}

/** The name without a prefix. */
export function nameOf(element: Element): string {
	const {name} = element;
	const colon = name.indexOf(':');
	return colon < 0 ? name : name.slice(colon + 1);
}

/** The namespace an element is in: its own declaration, else its nearest ancestor's, else that of stanzas. */
export function namespaceOf(element: Element): string {
	const colon = element.name.indexOf(':');
	const declaration = colon < 0 ? 'xmlns' : `xmlns:${element.name.slice(0, colon)}`;
	for (let at: Element | null = element; at !== null; at = at.parent) {
		const namespace = attributeOf(at, declaration);
		if (namespace !== undefined) {
			return namespace;
		}
	}

	return clientNamespace;
}

/** Only the pair counts: the right name in the wrong namespace is another element. */
export function isElement(element: Element, name: string, namespace: string): boolean {
	return nameOf(element) === name && namespaceOf(element) === namespace;
}

/** An attribute as it is written, e.g. `id` or `xml:lang`. */
export function attributeOf(element: Element, name: string): string | undefined {
	return Object.hasOwn(element.attrs, name) ? element.attrs[name] : undefined;
}

/** What an element came in: itself, or the one around all that is around it. */
export function outermost(element: Element): Element {
	let at = element;
	while (at.parent !== null) {
		at = at.parent;
	}

	return at;
}

/** The direct child elements, without the text between them. */
export function children(element: Element): readonly Element[] {
	return element.children.filter(node => node instanceof Element);
}

/** The first direct child with this name and namespace. */
export function child(element: Element, name: string, namespace: string): Element | undefined {
	for (const node of element.children) {
		if (node instanceof Element && isElement(node, name, namespace)) {
			return node;
		}
	}

	return undefined;
}

/** All direct children with this name and namespace, in order. */
export function childrenNamed(element: Element, name: string, namespace: string): readonly Element[] {
	return children(element).filter(node => isElement(node, name, namespace));
}

/** The text directly inside an element, without that of its children. */
export function textOf(element: Element): string {
	let text = '';
	for (const node of element.children) {
		if (typeof node === 'string') {
			text += node;
		}
	}

	return text;
}

/** A deep copy without a parent, with its namespace declared on it: what an element becomes when it changes place. */
export function detached(element: Element): Element {
	const copy = copyOf(element);
	if (!copy.name.includes(':')) {
		copy.attrs.xmlns = namespaceOf(element);
	}

	return copy;
}

function copyOf(element: Element): Element {
	const copy = bareElement(element.name);
	for (const [key, value] of Object.entries(element.attrs)) {
		copy.attrs[key] = value;
	}

	append(
		copy,
		element.children.map(node => (typeof node === 'string' ? node : copyOf(node))),
	);
	return copy;
}
