import {type Log, silentLog} from '../shared/log.js';
import {createElement, type Element, nameOf} from './element.js';
import {serialize} from './serialize.js';
import {tell, type XmlTap} from './tap.js';

/** Attributes that carry a secret by themselves. */
const secretAttributes: ReadonlySet<string> = new Set(['password', 'secret', 'token']);

/** Who hears of what crosses the wire. */
export type Witnesses = {
	readonly log: Log;
	readonly tap?: XmlTap;
};

type Mark = '<' | '>';

/** Notes an element in the debug log, with every text and secret attribute replaced by its length, and tells who watches. */
export function logElement({log, tap}: Witnesses, mark: Mark, element: Element): void {
	// Most of the time nobody is looking, and a second serialisation of every stanza is not free.
	if (log !== silentLog) {
		log.xml(mark, serialize(withoutText(element)));
	}

	tell(tap, mark === '>' ? 'out' : 'in', element);
}

/** Of what may be part of a login only the name. */
export function logName({log, tap}: Witnesses, mark: Mark, element: Element): void {
	log.xml(mark, `<${nameOf(element)}/>`);
	tell(tap, mark === '>' ? 'out' : 'in', element, true);
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
