import {type Log, silentLog} from '../shared/log.js';
import {createElement, type Element} from './element.js';
import {serialize} from './serialize.js';

/** Attributes that carry a secret by themselves. */
const secretAttributes: ReadonlySet<string> = new Set(['password', 'secret', 'token']);

/** Notes an element in the debug log, with every text and secret attribute replaced by its length. */
export function logElement(log: Log, direction: '<' | '>', element: Element): void {
	// Most of the time nobody is looking, and a second serialisation of every stanza is not free.
	if (log !== silentLog) {
		log.xml(direction, serialize(withoutText(element)));
	}
}

function withoutText(element: Element): Element {
	const attributes = Object.entries(element.attrs).map(([name, value]) => [
		name,
		secretAttributes.has(name.toLowerCase()) ? `[${value.length}]` : value,
	]);
	return createElement(
		element.name,
		Object.fromEntries(attributes),
		...element.children.map(child => (typeof child === 'string' ? `[${child.length}]` : withoutText(child))),
	);
}
