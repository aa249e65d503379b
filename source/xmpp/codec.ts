import {
	append,
	attributeOf,
	child as childOf,
	childrenNamed,
	createElement,
	detached,
	Element,
	isElement,
	textOf,
} from './element.js';
import {type Scalar, string} from './scalars.js';

/**
 * One element, described once: gives decoding, encoding and the TypeScript type. Nothing here throws on input: an
 * element with a required part missing, or any attribute or text malformed, decodes to `undefined`, and counts as not
 * there for whatever contains it.
 */
export type Codec<Value> = {
	readonly namespace: string;
	readonly name: string;
	/** Whether an element is the one described, whatever is in it. */
	is(element: Element): boolean;
	decode(element: Element): Value | undefined;
	encode(value: Value): Element;
	/** The first direct child of `parent` that decodes. */
	find(parent: Element): Value | undefined;
	/** All direct children of `parent` that decode, in order. */
	findAll(parent: Element): readonly Value[];
};

/** The type a codec decodes to. */
export type Decoded<C> = C extends Codec<infer Value> ? Value : never;

const absent: unique symbol = Symbol('absent');
const malformed: unique symbol = Symbol('malformed');

/** One part of an element. Made by the functions below; the type parameters carry what inference needs. */
export type Field<Value, Presence extends 'required' | 'optional' = 'required'> = {
	readonly presence: Presence;
	read(element: Element, namespace: string): Value | typeof absent | typeof malformed;
	write(element: Element, value: Value, namespace: string): void;
};

type Fields = Readonly<Record<string, Field<unknown, 'required' | 'optional'>>>;
type FieldValue<F> = F extends Field<infer Value, 'required' | 'optional'> ? Value : never;
type KeysOf<F extends Fields, Presence> = {
	[Key in keyof F]: F[Key]['presence'] extends Presence ? Key : never;
}[keyof F];
type Flat<T> = {readonly [Key in keyof T]: T[Key]};

/** The plain value of an element with these fields; optional fields may be missing, never `undefined`. */
export type ValueOf<F extends Fields> = Flat<
	{[Key in KeysOf<F, 'required'>]: FieldValue<F[Key]>} & {[Key in KeysOf<F, 'optional'>]?: FieldValue<F[Key]>}
>;

/**
 * Describes an element: `element('urn:xmpp:receipts', 'received', {id: attribute('id')})`. Unknown attributes and
 * children are ignored when reading, as XMPP wants.
 */
export function element<F extends Fields>(namespace: string, name: string, fields: F): Codec<ValueOf<F>> {
	const entries = Object.entries(fields);
	return codec(namespace, name, {
		decode(source) {
			const pairs: Array<readonly unknown[]> = [];
			for (const [key, field] of entries) {
				const value = field.read(source, namespace);
				if (value === malformed || (value === absent && field.presence === 'required')) {
					return undefined;
				}

				if (value !== absent) {
					pairs.push([key, value]);
				}
			}

			return Object.fromEntries(pairs);
		},
		encode(value, target) {
			const values = new Map<string, unknown>(Object.entries(value));
			for (const [key, field] of entries) {
				const part = values.get(key);
				if (part !== undefined) {
					field.write(target, part, namespace);
				}
			}
		},
	});
}

/** A codec written by hand, for the rare element that fields cannot describe (a choice between shapes). */
export function codec<Value>(
	namespace: string,
	name: string,
	{decode, encode}: {decode(element: Element): Value | undefined; encode(value: Value, target: Element): void},
): Codec<Value> {
	const is = (candidate: Element) => isElement(candidate, name, namespace);
	const findAll = (parent: Element) =>
		childrenNamed(parent, name, namespace)
			.map(candidate => decode(candidate))
			.filter(value => value !== undefined);
	return {
		namespace,
		name,
		is,
		decode: candidate => (is(candidate) ? decode(candidate) : undefined),
		encode(value) {
			const target = createElement(name, {xmlns: namespace});
			encode(value, target);
			return target;
		},
		find(parent) {
			for (const node of parent.children) {
				const value = node instanceof Element && is(node) ? decode(node) : undefined;
				if (value !== undefined) {
					return value;
				}
			}

			return undefined;
		},
		findAll,
	};
}

function optional<Value>(field: Field<Value>): Field<Value, 'optional'> {
	return {presence: 'optional', read: field.read, write: field.write};
}

/** An attribute that must be there: `attribute('id')`, `attribute('max', integer(0, 500))`. */
export function attribute(name: string): Field<string>;
export function attribute<Value>(name: string, scalar: Scalar<Value>): Field<Value>;
export function attribute(name: string, scalar: Scalar<unknown> = string): Field<unknown> {
	return {
		presence: 'required',
		read(source) {
			const text = attributeOf(source, name);
			return text === undefined ? absent : (scalar.parse(text) ?? malformed);
		},
		write(target, value) {
			target.attrs[name] = scalar.format(value);
		},
	};
}

/** An attribute that may be missing. Present but malformed makes the whole element undefined: never half true. */
export function optionalAttribute(name: string): Field<string, 'optional'>;
export function optionalAttribute<Value>(name: string, scalar: Scalar<Value>): Field<Value, 'optional'>;
export function optionalAttribute(name: string, scalar: Scalar<unknown> = string): Field<unknown, 'optional'> {
	return optional(attribute(name, scalar));
}

/** The text directly inside the element, which may be empty unless the scalar forbids it. */
export function text(): Field<string>;
export function text<Value>(scalar: Scalar<Value>): Field<Value>;
export function text(scalar: Scalar<unknown> = string): Field<unknown> {
	return {
		presence: 'required',
		read: source => scalar.parse(textOf(source)) ?? malformed,
		write(target, value) {
			append(target, [scalar.format(value)]);
		},
	};
}

/** The text of a child in the same namespace, or in another one: `childText('os')`. */
export function childText(name: string): Field<string>;
export function childText<Value>(name: string, scalar: Scalar<Value>, namespace?: string): Field<Value>;
export function childText(name: string, scalar: Scalar<unknown> = string, namespace?: string): Field<unknown> {
	return {
		presence: 'required',
		read(source, own) {
			const found = childOf(source, name, namespace ?? own);
			return found === undefined ? absent : (scalar.parse(textOf(found)) ?? absent);
		},
		write(target, value, own) {
			append(target, [createElement(name, {xmlns: namespace ?? own}, scalar.format(value))]);
		},
	};
}

/** The text of a child that may be missing; one with a malformed text counts as missing. */
export function optionalChildText(name: string): Field<string, 'optional'>;
export function optionalChildText<Value>(
	name: string,
	scalar: Scalar<Value>,
	namespace?: string,
): Field<Value, 'optional'>;
export function optionalChildText(
	name: string,
	scalar: Scalar<unknown> = string,
	namespace?: string,
): Field<unknown, 'optional'> {
	return optional(childText(name, scalar, namespace));
}

/** The texts of all children with this name, in order; none is an empty list. */
export function childTexts(name: string): Field<readonly string[]>;
export function childTexts<Value>(name: string, scalar: Scalar<Value>, namespace?: string): Field<readonly Value[]>;
export function childTexts(
	name: string,
	scalar: Scalar<unknown> = string,
	namespace?: string,
): Field<readonly unknown[]> {
	return {
		presence: 'required',
		read: (source, own) =>
			childrenNamed(source, name, namespace ?? own)
				.map(found => scalar.parse(textOf(found)))
				.filter(value => value !== undefined),
		write(target, values, own) {
			append(
				target,
				values.map(value => createElement(name, {xmlns: namespace ?? own}, scalar.format(value))),
			);
		},
	};
}

/** A child that must be there and decode. */
export function child<Value>(of: Codec<Value>): Field<Value> {
	return {
		presence: 'required',
		read: source => of.find(source) ?? absent,
		write(target, value) {
			append(target, [of.encode(value)]);
		},
	};
}

/** A child that may be missing; one that does not decode counts as missing. */
export function optionalChild<Value>(of: Codec<Value>): Field<Value, 'optional'> {
	return optional(child(of));
}

/** All children that decode, in order; none is an empty list. */
export function children<Value>(of: Codec<Value>): Field<readonly Value[]> {
	return {
		presence: 'required',
		read: source => of.findAll(source),
		write(target, values) {
			append(
				target,
				values.map(value => of.encode(value)),
			);
		},
	};
}

/** Whether an empty child of this name is there: `<required/>`. */
export function flag(name: string, namespace?: string): Field<boolean> {
	return {
		presence: 'required',
		read: (source, own) => childOf(source, name, namespace ?? own) !== undefined,
		write(target, value, own) {
			if (value) {
				append(target, [createElement(name, {xmlns: namespace ?? own})]);
			}
		},
	};
}

/** A child kept as the element it is, such as the stanza inside `<forwarded/>`. It may be missing. */
export function rawChild(name: string, namespace: string): Field<Element, 'optional'> {
	return {
		presence: 'optional',
		read: source => childOf(source, name, namespace) ?? absent,
		write(target, value) {
			append(target, [detached(value)]);
		},
	};
}
