import {XmppcError} from '../shared/errors.js';
import {clientNamespace, type Element} from './element.js';

const illegal = /[^\t\n\r -\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;
/** All the names that XMPP itself uses. */
const plainName = /^(?:[A-Za-z]+:)?[A-Za-z][\w.-]*$/;
/** What a name begins with and what it goes on with (XML 1.0 §2.3, colons aside). */
const nameStart =
	'A-Z_a-z\\u00C0-\\u00D6\\u00D8-\\u00F6\\u00F8-\\u02FF\\u0370-\\u037D\\u037F-\\u1FFF\\u200C\\u200D\\u2070-\\u218F\\u2C00-\\u2FEF\\u3001-\\uD7FF\\uF900-\\uFDCF\\uFDF0-\\uFFFD\\u{10000}-\\u{EFFFF}';
const nameRest = `${nameStart}\\-.0-9\\u00B7\\u0300-\\u036F\\u203F\\u2040`;
let madeName: RegExp | undefined;
/** Not made before it is asked: few ever need it. */
const isName = (text: string) => {
	madeName ??= new RegExp(`^(?:[${nameStart}][${nameRest}]*:)?[${nameStart}][${nameRest}]*$`, 'u');
	return madeName.test(text);
};
const inText = /[&<>\r]/g;
const inAttribute = /[&<>"'\t\n\r]/g;

const escapes: Readonly<Record<string, string>> = {
	'&': '&amp;',
	'<': '&lt;',
	'>': '&gt;',
	'"': '&quot;',
	"'": '&apos;',
	'\t': '&#9;',
	'\n': '&#10;',
	'\r': '&#13;',
};

/**
 * Writes an element as XML, to stand inside one whose default namespace is `parentNamespace`: a namespace is declared
 * exactly where it changes. Does not recurse. Throws `XmppcError` with code `illegal-character` rather than write what
 * XML cannot carry and would end the stream; text from people is cleaned by `sanitizeOutgoing` long before.
 */
export function serialize(element: Element, parentNamespace: string = clientNamespace): string {
	let out = '';
	/** Elements whose end tag is still to be written, with the next child of each and the namespace inside. */
	const open: Array<{readonly element: Element; readonly namespace: string; next: number}> = [];

	const begin = (child: Element, outer: string) => {
		const namespace = child.attrs.xmlns ?? outer;
		out += startTag(child, namespace === outer ? undefined : namespace);
		if (child.children.length === 0) {
			out += '/>';
		} else {
			out += '>';
			open.push({element: child, namespace, next: 0});
		}
	};

	begin(element, parentNamespace);
	for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
		const node = top.element.children[top.next];
		top.next++;
		if (node === undefined) {
			out += `</${top.element.name}>`;
			open.pop();
		} else if (typeof node === 'string') {
			out += escapeText(node);
		} else {
			begin(node, top.namespace);
		}
	}

	return out;
}

function startTag(element: Element, declared: string | undefined): string {
	let tag = `<${checkedName(element.name)}`;
	if (declared !== undefined) {
		tag += ` xmlns="${escapeAttribute(declared)}"`;
	}

	for (const [key, value] of Object.entries(element.attrs)) {
		if (key !== 'xmlns') {
			tag += ` ${checkedName(key)}="${escapeAttribute(value)}"`;
		}
	}

	return tag;
}

function escapeText(text: string): string {
	return checked(text).replace(inText, character => escapes[character] ?? character);
}

/** What stands between the quotation marks of an attribute. Throws as {@link serialize}. */
export function escapeAttribute(text: string): string {
	return checked(text).replace(inAttribute, character => escapes[character] ?? character);
}

function checked(text: string): string {
	const found = illegal.exec(text);
	if (found !== null) {
		const code = (found[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
		throw new XmppcError({
			code: 'illegal-character',
			kind: 'badData',
			message: `The text has a character (U+${code}) that XMPP cannot carry.`,
			hint: 'Remove it and try again.',
		});
	}

	return text;
}

function checkedName(text: string): string {
	if (!plainName.test(text) && !isName(text)) {
		throw new XmppcError({
			code: 'illegal-name',
			kind: 'bug',
			message: 'An element or attribute was given a name that XML does not allow.',
		});
	}

	return text;
}
