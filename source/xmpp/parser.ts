import {EventEmitter} from 'node:events';
import {SaxesParser, type SaxesTagNS} from 'saxes';
import {createDecoder} from './decoder.js';
import {clientNamespace, type Element} from './element.js';
import {createRestrictedXmlScan} from './restricted-xml.js';
import {defaultLimits, type ParserLimits, StanzaTree} from './stanza-tree.js';
import {streamNamespace} from './stream-error.js';
import {type XmlCondition, XmlFault} from './xml-fault.js';

/** What a reader of streams tells. */
export type ParserEvents = {
	/** The stream is open; the element is its header, without children. */
	start: [Element];
	/** A child of the stream is complete: a stanza, or one of the other elements. */
	element: [Element];
	/** The other side closed the stream; the element is its header. */
	end: [Element];
	/** The stream cannot be read on. Nothing comes after it. */
	error: [XmlFault];
};

/** Ends the work of the tokenizer in the middle; never leaves this module. */
const halt: unique symbol = Symbol('halt');
/** What is given to the tokenizer at once, so that a limit is noticed soon after it is passed. */
const sliceLength = 64 * 1024;

/**
 * The tokenizer keeps its listeners in properties of itself that it adds by computed name. V8 makes a slow dictionary of
 * an object that outgrows the room it was made with in that way, and parsing takes four times as long; an object of a
 * derived class is made with room to spare.
 */
class Tokenizer extends SaxesParser<{xmlns: true; forceXMLVersion: true; defaultXMLVersion: '1.0'; position: false}> {
	constructor() {
		super({xmlns: true, position: false, forceXMLVersion: true, defaultXMLVersion: '1.0'});
	}
}

/**
 * Reads one XML stream (RFC 6120 §4, §11), strictly: what a careful server would refuse is refused, nothing is
 * repaired or skipped. Fits where @xmpp/connection expects its own parser. After an error, the end, or {@link stop}, it
 * is dead and ignores what it is given.
 */
export class StreamParser extends EventEmitter<ParserEvents> {
	/** Why it died, if it did. Without a listener for `error`, this is the only trace. */
	fault: XmlFault | undefined;

	readonly #limits: ParserLimits;
	readonly #tree: StanzaTree;
	readonly #tokenizer = new Tokenizer();
	readonly #scan = createRestrictedXmlScan();
	readonly #decoder = createDecoder();
	#root: Element | undefined;
	/** A stanza, or the stream, that has ended; told as soon as it is sure that it ended well. */
	#ended: Element | undefined;
	#dead = false;
	#received = 0;
	#parsed = 0;
	#parsing = false;
	/** Where the last stanza ended. */
	#boundary = 0;

	constructor(limits: Partial<ParserLimits> = {}) {
		super();
		this.#limits = {...defaultLimits, ...limits};
		this.#tree = new StanzaTree(this.#limits, (condition, detail) => this.#refuse(condition, detail));
		this.#tokenizer.on('xmldecl', ({version, encoding}) => this.#declaration(version, encoding));
		this.#tokenizer.on('opentagstart', () => {
			this.#tell();
			this.#tree.begin();
		});
		this.#tokenizer.on('attribute', ({value}) => this.#tree.attribute(value));
		this.#tokenizer.on('opentag', tag => this.#opened(tag));
		this.#tokenizer.on('closetag', () => this.#closed());
		this.#tokenizer.on('text', text => this.#content(text));
		this.#tokenizer.on('cdata', text => this.#content(text));
		this.#tokenizer.on('processinginstruction', () => this.#refuse('restricted-xml', 'a processing instruction'));
		this.#tokenizer.on('error', ({message}) => this.#malformed(message));
	}

	/** UTF-16 units of decoded text parsed so far. */
	get position(): number {
		// The tokenizer's own figure is right only while it works.
		return this.#parsing ? this.#tokenizer.position : this.#parsed;
	}

	/**
	 * UTF-16 units received behind the element told last. Inside an `element` listener: whether the other side went on
	 * talking, which it must not after `<proceed/>`.
	 */
	get pending(): number {
		return this.#received - this.#boundary;
	}

	/** Whether it will tell nothing more. */
	get dead(): boolean {
		return this.#dead;
	}

	/** Reads on with decoded text. */
	write(text: string): void {
		if (this.#dead) {
			return;
		}

		const byteOrderMark = this.#received === 0 && text.startsWith('\uFEFF');
		this.#received += text.length;
		const scanned = this.#scan(text);
		this.#run(() => {
			if (byteOrderMark) {
				this.#refuse('bad-format', 'a byte order mark before the stream');
			}

			for (let from = 0; from < scanned.text.length; from += sliceLength) {
				this.#parse(scanned.text.slice(from, from + sliceLength));
			}

			if (scanned.restricted) {
				this.#refuse('restricted-xml', 'a comment, document type or processing instruction');
			}
		});
	}

	/** Reads on with bytes as they come from the socket, in whatever pieces. */
	writeBytes(bytes: Uint8Array): void {
		const text = this.#decoder.decode(bytes);
		if (text !== undefined) {
			this.write(text);
		} else if (!this.#dead) {
			this.#run(() => this.#refuse('unsupported-encoding', 'bytes that are not UTF-8'));
		}
	}

	/** Reads a last piece. Whether the other side closed the stream is told by `end` alone. */
	end(text?: string): void {
		if (text !== undefined) {
			this.write(text);
		}

		this.stop();
	}

	/** Makes it ignore the rest, in the middle of a read too: what follows `<proceed/>` is not for this parser. */
	stop(): void {
		this.#dead = true;
	}

	#parse(slice: string): void {
		this.#parsing = true;
		this.#tokenizer.write(slice);
		this.#parsing = false;
		this.#parsed += slice.length;
		this.#tell();
		this.#checkLength();
	}

	#run(work: () => void): void {
		try {
			work();
		} catch (error) {
			this.#dead = true;
			// A listener's own exception is for whoever wrote to us.
			if (error !== halt) {
				throw error;
			}

			// `error` without a listener would throw; a parser that was taken off its stream has none.
			if (this.fault !== undefined && this.listenerCount('error') > 0) {
				this.emit('error', this.fault);
			}
		}
	}

	#refuse(condition: XmlCondition, detail: string): never {
		this.fault = new XmlFault(condition, detail, this.position);
		throw halt;
	}

	#malformed(message: string): never {
		// The tokenizer closes elements before it complains that another one should have been closed.
		if (message.startsWith('unexpected close tag')) {
			this.#ended = undefined;
		}

		this.#tell();
		const isAboutNames = message.includes('prefix') || message.includes('namespace');
		this.#refuse(isAboutNames ? 'bad-namespace-prefix' : 'not-well-formed', message.replace(/\.$/, ''));
	}

	#tell(): void {
		const element = this.#ended;
		if (element === undefined) {
			return;
		}

		this.#ended = undefined;
		if (element === this.#root) {
			this.#dead = true;
			this.emit('end', element);
		} else {
			this.emit('element', element);
		}

		if (this.#dead) {
			throw halt;
		}
	}

	#checkLength(): void {
		if (this.position - this.#boundary > this.#limits.stanza) {
			this.#refuse('policy-violation', `a stanza longer than ${this.#limits.stanza} characters`);
		}
	}

	#declaration(version: string | undefined, encoding: string | undefined): void {
		if (version !== '1.0') {
			this.#refuse('bad-format', 'a version of XML other than 1.0');
		}

		if (encoding !== undefined && encoding.toLowerCase() !== 'utf-8') {
			this.#refuse('unsupported-encoding', 'an encoding other than UTF-8');
		}
	}

	#opened(tag: SaxesTagNS): void {
		if (this.#root === undefined) {
			this.#startStream(this.#tree.elementFrom(tag));
		} else {
			this.#tree.open(tag);
		}
	}

	#startStream(element: Element): void {
		this.#checkLength();
		if (element.name !== 'stream' || element.attrs.xmlns !== streamNamespace) {
			this.#refuse('invalid-namespace', 'something other than a stream of XMPP');
		}

		this.#root = element;
		this.#boundary = this.position;
		this.emit('start', element);
		if (this.#dead) {
			throw halt;
		}
	}

	#content(text: string): void {
		this.#tell();
		this.#tree.text(text);
	}

	#closed(): void {
		this.#tell();
		const closed = this.#tree.close();
		if (closed === undefined) {
			this.#ended = this.#root;
		} else if (closed.whole) {
			this.#checkLength();
			this.#boundary = this.position;
			this.#ended = closed.element;
		}
	}
}

const wrapperStart = `<stream:stream xmlns:stream='${streamNamespace}' xmlns='${clientNamespace}'>`;
const wrapperEnd = '</stream:stream>';
const loneSurrogate = /\p{Surrogate}/u;

/**
 * Reads one element on its own, as strictly as a stream: a stored stanza, the content of an encrypted envelope, a
 * fixture. Without a declaration it is in the namespace of stanzas. Answers `undefined` for anything else.
 */
export function parseElement(text: string, limits: Partial<ParserLimits> = {}): Element | undefined {
	// Decoded bytes never have one, and the tokenizer relies on that.
	if (loneSurrogate.test(text)) {
		return undefined;
	}

	const parser = new StreamParser(limits);
	const found: Element[] = [];
	let closed = false;
	parser.on('element', element => found.push(element));
	parser.write(wrapperStart);
	parser.write(text);
	// Only our own end tag counts: what comes after one in the text would go unread.
	parser.on('end', () => {
		closed = true;
	});
	parser.write(wrapperEnd);
	return closed && found.length === 1 ? found[0] : undefined;
}
