/**
 * XEP-0420: Stanza Content Encryption, version 0.5.0, in the profile of XEP-0384 §"SCE Profile": what `urn:xmpp:omemo:2`
 * encrypts. https://xmpp.org/extensions/xep-0420.html
 */
import {isUtf8} from 'node:buffer';
import {type BareJid, bareOf, type Jid} from '../../shared/jid.js';
import {type Codec, codec} from '../../xmpp/codec.js';
import {
	append,
	attributeOf,
	children,
	childrenNamed,
	clientNamespace,
	createElement,
	detached,
	type Element,
	isElement,
	textOf,
} from '../../xmpp/element.js';
import {parseElement} from '../../xmpp/parser.js';
import {dateTime, jid} from '../../xmpp/scalars.js';
import {serialize} from '../../xmpp/serialize.js';
import {isAllowedInside} from './sensitive.js';

const namespace = 'urn:xmpp:sce:1';
const partNames = ['content', 'from', 'to', 'time', 'rpad'] as const;

export type Envelope = {
	/** See `partsOf`; each is written in the namespace it is in. */
	readonly content: readonly Element[];
	readonly from: BareJid;
	/** A must in rooms, or a server could make a private message of what was said there, and the reverse. */
	readonly to: BareJid;
	/** Milliseconds since the epoch. */
	readonly time: number;
};

/** An envelope as it is written; nothing in it is checked against the stanza around it. */
export type RawEnvelope = {
	readonly content: readonly Element[];
	/** Some write a full address, as the examples do, where a bare one belongs. */
	readonly from?: Jid;
	readonly to?: Jid;
	/** Should be a moment of XEP-0082. */
	readonly stamp?: string;
	readonly padding?: string;
};

/** One with a part twice, or with an address that is none, cannot be read: each reader would see another envelope. */
export const envelopeElement: Codec<RawEnvelope> = codec(namespace, 'envelope', {
	decode(source) {
		const parts = partNames.map(name => childrenNamed(source, name, namespace));
		const [[content] = [], [from] = [], [to] = [], [time] = [], [padding] = []] = parts;
		const sender = from && jid.parse(attributeOf(from, 'jid') ?? '');
		const recipient = to && jid.parse(attributeOf(to, 'jid') ?? '');
		const isHalf = (from && !sender) || (to && !recipient) || parts.some(({length}) => length > 1);
		return content === undefined || isHalf
			? undefined
			: {
					content: children(content),
					...(sender === undefined ? {} : {from: sender}),
					...(recipient === undefined ? {} : {to: recipient}),
					...(time === undefined ? {} : {stamp: attributeOf(time, 'stamp') ?? ''}),
					...(padding === undefined ? {} : {padding: textOf(padding)}),
				};
	},
	encode({content, from, to, stamp, padding}, target) {
		append(target, [
			createElement('content', {xmlns: namespace}, ...content.map(detached)),
			from && createElement('from', {xmlns: namespace, jid: from}),
			to && createElement('to', {xmlns: namespace, jid: to}),
			stamp === undefined ? undefined : createElement('time', {xmlns: namespace, stamp}),
			padding === undefined ? undefined : createElement('rpad', {xmlns: namespace}, padding),
		]);
	},
});

/** Gives so many unpredictable bytes. */
export type Random = (length: number) => Uint8Array;

/** Bytes that no envelope is shorter than, so that "yes" and "no" look like a sentence. */
const shortest = 512;
/** Characters that may come on top. */
const mostPadding = 200;

/**
 * The bytes to encrypt. Throws `XmppcError` code `illegal-character` for text that XML cannot carry, which
 * `sanitizeOutgoing` takes out long before.
 */
export function encodeEnvelope({content, from, to, time}: Envelope, random: Random): Uint8Array {
	const raw = {content, from, to, stamp: dateTime.format(time)};
	const written = (padding: string) => Buffer.from(serialize(envelopeElement.encode({...raw, padding})));
	// An empty element is written shorter than one with a text.
	const lacking = shortest - (written(' ').length - 1);
	return new Uint8Array(written(paddingOf(Math.max(0, lacking), random)));
}

/** `least` characters and a random number more. */
function paddingOf(least: number, random: Random): string {
	const length = least + (Buffer.from(random(4)).readUInt32BE() % (mostPadding + 1));
	return Buffer.from(random(length)).toString('base64url').slice(0, length);
}

/** What the stanza around an envelope says, as far as it is to be believed. */
export type Expected = {
	/** The real address of who sent it, in rooms too. */
	readonly from: BareJid;
	/** The room; else the account it was sent to, which in a copy of what the own account sent is the other one. */
	readonly to: BareJid;
	readonly isGroup: boolean;
	/** When the stanza was sent, milliseconds since the epoch: now, or as the archive says. */
	readonly at: number;
	/** Milliseconds that the sender's clock may be off, and that the message may have waited. */
	readonly tolerance?: number;
};

export type EnvelopeFault =
	/** It is not one, or says something twice. */
	| 'malformed'
	/** Made by, or made for, somebody else: it was taken out of one message and put into another. */
	| 'wrong-sender'
	| 'wrong-recipient'
	/** What is said in a room must name the room. */
	| 'recipient-missing';

export type Opened =
	| {
			readonly ok: true;
			/** Without what must not be inside. Nothing of it was shown to be anything but XML. */
			readonly content: readonly Element[];
			/** When the sender made it, milliseconds since the epoch. */
			readonly time?: number;
			/** It says a time that is none, or far from the stanza's: a wrong clock, or an old message sent again. */
			readonly isTimeDoubtful: boolean;
	  }
	| {readonly ok: false; readonly reason: EnvelopeFault};

const defaultTolerance = 15 * 60_000;

/** Reads what was decrypted, as strictly as the stream is read. Never throws. */
export function decodeEnvelope(bytes: Uint8Array, expected: Expected): Opened {
	const element = isUtf8(bytes) ? parseElement(Buffer.from(bytes).toString('utf8')) : undefined;
	const envelope = element && envelopeElement.decode(element);
	if (envelope === undefined) {
		return refused('malformed');
	}

	const {content, from, to, stamp} = envelope;
	const {at, isGroup, tolerance = defaultTolerance} = expected;
	if (from !== undefined && bareOf(from) !== expected.from) {
		return refused('wrong-sender');
	}

	if (to === undefined ? isGroup : bareOf(to) !== expected.to) {
		return refused(to === undefined ? 'recipient-missing' : 'wrong-recipient');
	}

	const time = stamp === undefined ? undefined : dateTime.parse(stamp);
	return {
		ok: true,
		content: content.filter(element => isAllowedInside(element) && !(isGroup && isSubject(element))),
		...(time === undefined ? {} : {time}),
		isTimeDoubtful: stamp !== undefined && (time === undefined || Math.abs(time - at) > tolerance),
	};
}

function refused(reason: EnvelopeFault): Opened {
	return {ok: false, reason};
}

/** What a room is about, only the room may say: its server knows who is allowed to change that. */
function isSubject(element: Element): boolean {
	return isElement(element, 'subject', clientNamespace);
}
