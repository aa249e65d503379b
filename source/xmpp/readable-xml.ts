import {clientNamespace, createElement, type Element, nameOf, namespaceOf} from './element.js';
import {serialize} from './serialize.js';

/** UTF-16 units shown of one element. */
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

/**
 * XML for a person to read: one element a line, indented by tabs, cut where it is long, with nothing secret in it. Not yet
 * `printable`. `inside`: `stream` leaves out the namespace that a stanza has from its stream.
 */
export function readableXml(element: Element, inside: 'nothing' | 'stream' = 'nothing'): string {
	return indented(withoutSecrets(element), inside === 'stream' ? clientNamespace : '');
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
function indented(element: Element, outermost: string): string {
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
	write(element, 0, outermost);
	return lines.join('\n');
}
