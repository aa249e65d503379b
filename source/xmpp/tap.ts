import {createElement, type Element, nameOf, namespaceOf} from './element.js';
import {serialize} from './serialize.js';

/** Something that crossed the wire, for a person to read: plain text, nothing secret in it. */
export type PassedXml = {
	readonly direction: 'in' | 'out';
	/** Of a stanza, or of what else it is. */
	readonly name: string;
	readonly from?: string;
	readonly to?: string;
	/** Indented by tabs; cut where it is long. Not yet `printable`. */
	readonly text: string;
};

/** Where whoever watches the wire hears of it. Costs nothing while it is closed. */
export type XmlTap = {
	isOpen(): boolean;
	passed(xml: PassedXml): void;
};

/** UTF-16 units shown of one stanza. */
const longestShown = 20_000;
/** Elements inside elements that are shown: what is deeper is told of, not written out. */
const deepestShown = 40;

const hidden = '[hidden]';
const secretName = /password|passphrase|secret|token|credential|^(?:response|challenge|digest|cookie|authorization)$/iu;
const saslNamespace = /^urn:(?:ietf:params:xml:ns:xmpp-sasl|xmpp:(?:sasl|fast))/u;
/** Headers of an upload carry what the store of files wants to see (XEP-0363). */
const uploadNamespace = 'urn:xmpp:http:upload:0';
/** Credentials of relays (XEP-0215). */
const servicesNamespace = 'urn:xmpp:extdisco:2';

/** Tells whoever watches of an element; of what may be part of a login, `briefly`, only its name. */
export function tell(tap: XmlTap | undefined, direction: 'in' | 'out', element: Element, briefly = false): void {
	if (tap === undefined || !tap.isOpen()) {
		return;
	}

	const {from, to} = element.attrs;
	const name = nameOf(element);
	tap.passed({
		direction,
		name,
		...(from === undefined ? {} : {from}),
		...(to === undefined ? {} : {to}),
		text: briefly ? `<${name}/>` : indented(withoutSecrets(element)),
	});
}

/** The same with everything replaced that could be used by whoever reads it over the shoulder. */
function withoutSecrets(element: Element, isSecret = false, depth = 0): Element {
	const namespace = namespaceOf(element);
	const hides =
		isSecret ||
		secretName.test(nameOf(element)) ||
		saslNamespace.test(namespace) ||
		(namespace === uploadNamespace && nameOf(element) === 'header') ||
		(nameOf(element) === 'field' &&
			(element.attrs.type === 'text-private' || secretName.test(element.attrs.var ?? '')));
	const attributes = Object.entries(element.attrs).map(([name, value]) => [
		name,
		secretName.test(name) || (namespace === servicesNamespace && name === 'username') ? hidden : value,
	]);
	const children =
		depth < deepestShown
			? element.children.map(child =>
					typeof child !== 'string'
						? withoutSecrets(child, hides, depth + 1)
						: hides && child.trim() !== ''
							? hidden
							: child,
				)
			: ['…'];
	return createElement(element.name, Object.fromEntries(attributes), ...children);
}

/** One element a line; one that has only text stays on its line. */
function indented(element: Element): string {
	const lines: string[] = [];
	let room = longestShown;
	const put = (depth: number, text: string) => {
		if (room > 0) {
			lines.push('\t'.repeat(depth) + (text.length > room ? `${text.slice(0, room)}…` : text));
			room -= text.length;
			if (room <= 0) {
				lines.push('…');
			}
		}
	};
	const write = (each: Element, depth: number, outer: string) => {
		const inner = namespaceOf(each);
		const parts = each.children.filter(child => typeof child !== 'string' || child.trim() !== '');
		if (parts.every(child => typeof child === 'string')) {
			put(depth, serialize(each, outer));
			return;
		}

		const empty = createElement(each.name, each.attrs);
		put(depth, serialize(empty, outer).replace(/\/>$/u, '>'));
		for (const child of parts) {
			if (room <= 0) {
				break;
			}

			if (typeof child === 'string') {
				put(depth + 1, serialize(createElement('t', {}, child)).slice('<t>'.length, -'</t>'.length));
			} else {
				write(child, depth + 1, inner);
			}
		}

		put(depth, `</${each.name}>`);
	};
	write(element, 0, '');
	return lines.join('\n');
}
