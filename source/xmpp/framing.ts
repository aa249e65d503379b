import {EventEmitter} from 'node:events';
import {clientNamespace, type Element, isElement} from './element.js';
import {type ParserEvents, StreamParser} from './parser.js';
import {escapeAttribute} from './serialize.js';
import {streamNamespace} from './stream-error.js';
import {type XmlCondition, XmlFault} from './xml-fault.js';

/** RFC 7395: a stream whose elements travel in messages of their own, and that has no root element. */
export const framingNamespace = 'urn:ietf:params:xml:ns:xmpp-framing';

/** In place of the closing tag of a stream (RFC 7395 §3.6). */
export const closeFrame = `<close xmlns="${framingNamespace}"/>`;

/** In place of the header of a stream (RFC 7395 §3.4). `header`: the one that would be written over TCP. */
export function openFrame({attrs}: Element): string {
	const {to, from, version} = attrs;
	const said = {to, from, version, 'xml:lang': attrs['xml:lang']};
	const known = Object.entries(said).map(([name, value]) =>
		value === undefined ? '' : ` ${name}="${escapeAttribute(value)}"`,
	);
	return `<open xmlns="${framingNamespace}"${known.join('')}/>`;
}

const tagStart = /^<[^\s/>]+/;

/**
 * One element, as `serialize` and its like write it for a stream, as a message of its own: it declares by itself what the
 * root of a stream would have declared for it (RFC 7395 §3.3.3).
 */
export function frame(text: string): string {
	const start = tagStart.exec(text)?.[0] ?? '';
	const rest = text.slice(start.length);
	if (start.startsWith('<stream:')) {
		return `${start} xmlns:stream="${streamNamespace}"${rest}`;
	}

	return rest.startsWith(' xmlns=') ? text : `${start} xmlns="${clientNamespace}"${rest}`;
}

const root = `<stream:stream xmlns:stream='${streamNamespace}' xmlns='${clientNamespace}'>`;
const lessThan = 0x3c;

/**
 * Reads the messages of one stream as strictly as {@link StreamParser} reads bytes: each holds one whole element and
 * nothing else. `onSeeOther`: where the server wants to be connected to instead, unchecked (RFC 7395 §3.6.1).
 */
export class FramedParser extends EventEmitter<ParserEvents> {
	/** A message has nothing behind its element. */
	readonly pending = 0;
	readonly #inner = new StreamParser();
	readonly #onSeeOther: (uri: string) => void;
	#found: Element[] = [];
	#isOpen = false;
	#isDead = false;

	constructor(onSeeOther: (uri: string) => void) {
		super();
		this.#onSeeOther = onSeeOther;
		this.#inner.write(root);
		this.#inner.on('element', element => this.#found.push(element));
		this.#inner.on('error', fault => this.#end(fault));
	}

	/** Reads one message. */
	writeBytes(message: Uint8Array): void {
		if (this.#isDead) {
			return;
		}

		if (message[0] !== lessThan) {
			this.#refuse('bad-format', 'a message that does not begin with an element');
			return;
		}

		this.#found = [];
		this.#inner.writeBytes(message);
		const [element, ...more] = this.#found;
		if (this.#isDead) {
			return;
		}

		if (element === undefined || more.length > 0 || this.#inner.pending > 0) {
			this.#refuse('not-well-formed', 'a message that is not one whole element');
		} else {
			this.#take(element);
		}
	}

	#take(element: Element): void {
		if (isElement(element, 'close', framingNamespace)) {
			const uri = element.attrs['see-other-uri'];
			if (uri !== undefined) {
				this.#onSeeOther(uri);
			}

			this.#isDead = true;
			this.emit('end', element);
		} else if (isElement(element, 'open', framingNamespace) !== this.#isOpen) {
			const isFirst = !this.#isOpen;
			this.#isOpen = true;
			this.emit(isFirst ? 'start' : 'element', element);
		} else {
			this.#refuse('invalid-namespace', this.#isOpen ? 'a second beginning' : 'something other than a beginning');
		}
	}

	#refuse(condition: XmlCondition, detail: string): void {
		this.#end(new XmlFault(condition, detail, this.#inner.position));
	}

	#end(fault: XmlFault): void {
		this.#isDead = true;
		if (this.listenerCount('error') > 0) {
			this.emit('error', fault);
		}
	}
}
