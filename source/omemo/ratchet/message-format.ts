/** The two forms in which messages of the ratchet are on the wire. */
import {concat} from './bytes.js';
import {edwardsEncoding, type KeyEncoding, plainEncoding, prefixedEncoding} from './key-encoding.js';
import {mostBytes, readFields, type Schema, type Values, writeFields} from './protobuf.js';

/** What goes in the clear with each message. */
export type MessageHeader = {
	/** The sender's ratchet key, a u-coordinate. */
	readonly ratchetKey: Uint8Array;
	/** The message's place in its chain, from 0. */
	readonly counter: number;
	/** How many messages the sender's chain before this one had. */
	readonly previousCounter: number;
};

export type ReadMessage = MessageHeader & {
	readonly ciphertext: Uint8Array;
	/** What the code of authenticity covers, behind the associated data. */
	readonly body: Uint8Array;
	readonly mac: Uint8Array;
};

/** What the receiver of a first message needs to agree on the same secret. */
export type Exchange = {
	/** `undefined`: the sender used none, which is refused. */
	readonly preKeyId: number | undefined;
	readonly signedPreKeyId: number;
	/** The sender's ephemeral key, a u-coordinate. */
	readonly baseKey: Uint8Array;
};

export type ReadExchange = Exchange & {
	/** The sender's identity key as it is on the wire, which the associated data is made of. */
	readonly identity: Uint8Array;
	readonly message: Uint8Array;
};

export type MessageFormat = {
	readonly writeBody: (header: MessageHeader, ciphertext: Uint8Array) => Uint8Array;
	readonly writeMessage: (body: Uint8Array, mac: Uint8Array) => Uint8Array;
	/** `undefined`: no message of this form. */
	readonly readMessage: (bytes: Uint8Array) => ReadMessage | undefined;
	readonly writeExchange: (exchange: Exchange, identity: Uint8Array, message: Uint8Array) => Uint8Array;
	/** `undefined`: no key exchange of this form. */
	readonly readExchange: (bytes: Uint8Array) => ReadExchange | undefined;
};

/** Version 3 of the messages, twice: what the sender speaks, and the highest that it knows. */
const version = Uint8Array.of(0x33);
const legacyMacLength = 8;
const omemo2MacLength = 16;

const legacyMessage = {
	ratchetKey: [1, 'bytes'],
	counter: [2, 'uint32'],
	previousCounter: [3, 'uint32'],
	ciphertext: [4, 'bytes'],
} as const satisfies Schema;

/** Field 5 would be a registration id, which OMEMO has no use for. */
const legacyExchange = {
	preKeyId: [1, 'uint32'],
	baseKey: [2, 'bytes'],
	identity: [3, 'bytes'],
	message: [4, 'bytes'],
	signedPreKeyId: [6, 'uint32'],
} as const satisfies Schema;

/** XEP-0384 §Protobuf Schemas: OMEMOMessage, OMEMOAuthenticatedMessage, OMEMOKeyExchange. */
const omemo2Message = {
	counter: [1, 'uint32'],
	previousCounter: [2, 'uint32'],
	ratchetKey: [3, 'bytes'],
	ciphertext: [4, 'bytes'],
} as const satisfies Schema;
const omemo2Authenticated = {mac: [1, 'bytes'], message: [2, 'bytes']} as const satisfies Schema;
const omemo2Exchange = {
	preKeyId: [1, 'uint32'],
	signedPreKeyId: [2, 'uint32'],
	identity: [3, 'bytes'],
	baseKey: [4, 'bytes'],
	message: [5, 'bytes'],
} as const satisfies Schema;

/** eu.siacs.conversations.axolotl: a version byte, the fields, and the code behind them. */
export const legacyFormat: MessageFormat = {
	writeBody: (header, ciphertext) =>
		concat(version, writeFields(legacyMessage, {...encoded(header, prefixedEncoding), ciphertext})),
	writeMessage: concat,
	readMessage(bytes) {
		if (bytes.length > mostBytes || bytes[0] !== version[0] || bytes.length <= legacyMacLength) {
			return undefined;
		}

		const body = bytes.subarray(0, -legacyMacLength);
		const fields = readFields(legacyMessage, body.subarray(1));
		// Peers may leave out a counter of the chain before when there was none.
		return fields && message({previousCounter: 0, ...fields}, prefixedEncoding, body, bytes.slice(-legacyMacLength));
	},
	writeExchange: (exchange, identity, message) =>
		concat(version, writeFields(legacyExchange, {...written(exchange, prefixedEncoding), identity, message})),
	readExchange(bytes) {
		const fields = bytes[0] === version[0] ? readFields(legacyExchange, bytes.subarray(1)) : undefined;
		return fields && exchange(fields, prefixedEncoding, prefixedEncoding);
	},
};

/** urn:xmpp:omemo:2: fields in fields. */
export const omemo2Format: MessageFormat = {
	writeBody: (header, ciphertext) => writeFields(omemo2Message, {...encoded(header, plainEncoding), ciphertext}),
	writeMessage: (body, mac) => writeFields(omemo2Authenticated, {mac, message: body}),
	readMessage(bytes) {
		const outer = readFields(omemo2Authenticated, bytes);
		if (outer?.message === undefined || outer.mac?.length !== omemo2MacLength) {
			return undefined;
		}

		const fields = readFields(omemo2Message, outer.message);
		return fields && message(fields, plainEncoding, outer.message, outer.mac);
	},
	writeExchange: (exchange, identity, message) =>
		writeFields(omemo2Exchange, {...written(exchange, plainEncoding), identity, message}),
	readExchange(bytes) {
		const fields = readFields(omemo2Exchange, bytes);
		return fields && exchange(fields, plainEncoding, edwardsEncoding);
	},
};

function encoded(header: MessageHeader, encoding: KeyEncoding): MessageHeader {
	return {...header, ratchetKey: encoding.encode(header.ratchetKey)};
}

function written({preKeyId, signedPreKeyId, baseKey}: Exchange, encoding: KeyEncoding) {
	return {...(preKeyId === undefined ? {} : {preKeyId}), signedPreKeyId, baseKey: encoding.encode(baseKey)};
}

function message(
	{ratchetKey: key, counter, previousCounter, ciphertext}: Values<typeof legacyMessage>,
	encoding: KeyEncoding,
	body: Uint8Array,
	mac: Uint8Array,
): ReadMessage | undefined {
	const ratchetKey = key && encoding.decode(key);
	if (ratchetKey === undefined || counter === undefined || previousCounter === undefined || !isCiphertext(ciphertext)) {
		return undefined;
	}

	return {ratchetKey, counter, previousCounter, ciphertext, body, mac};
}

/** Whole blocks of AES-CBC, at least one. */
function isCiphertext(bytes: Uint8Array | undefined): bytes is Uint8Array {
	return bytes !== undefined && bytes.length > 0 && bytes.length % 16 === 0;
}

function exchange(
	{preKeyId, signedPreKeyId, baseKey: key, identity, message}: Values<typeof legacyExchange>,
	keys: KeyEncoding,
	identities: KeyEncoding,
): ReadExchange | undefined {
	const baseKey = key && keys.decode(key);
	if (
		baseKey === undefined ||
		signedPreKeyId === undefined ||
		message === undefined ||
		identity?.length !== identities.length
	) {
		return undefined;
	}

	return {preKeyId, signedPreKeyId, baseKey, identity, message};
}
