import {type Element, nameOf} from './element.js';
import {readableXml} from './readable-xml.js';

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
		text: briefly ? `<${name}/>` : readableXml(element),
	});
}
