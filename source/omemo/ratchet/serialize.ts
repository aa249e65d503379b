/** Sessions and devices as bytes for the store, and back. A record that is broken anywhere gives nothing, never half of it. */
import {type DeviceKeys, fullPreKeys, type PreKey, type ProfileKeys, type SignedPreKey} from './device-keys.js';
import {type Chain, mostFormer, mostSkipped, type RatchetState, type SkippedKey} from './double-ratchet.js';
import {type KeyPair, keyLength} from './keys.js';
import {type ProfileName, profiles} from './profile.js';
import {type RecordReader, type RecordWriter, readRecord, recordWriter} from './record-bytes.js';
import {mostArchived, type Session, type SessionState} from './session.js';
import {signatureLength} from './signature.js';

/** Raised with the layout: an older record is then read by what knew it. */
const version = 1;
const kinds = {session: 1, device: 2} as const;
const profileNames: readonly ProfileName[] = ['legacy', 'omemo2'];
/** A catch-up may hide many prekeys before it forgets them. */
const mostPreKeys = 100 * fullPreKeys;

export function serializeSession({profile, states}: Session): Uint8Array {
	const writer = recordWriter();
	writer.byte(version);
	writer.byte(kinds.session);
	writer.byte(profileNames.indexOf(profile));
	writer.list(states, state => writeState(writer, state));
	return writer.end();
}

/** `undefined`: not a record of a session, or a broken one. */
export function parseSession(record: Uint8Array): Session | undefined {
	return readRecord(record, reader => {
		const profile = isHeadOf(reader, kinds.session) ? profileNames[reader.byte(profileNames.length)] : undefined;
		if (profile === undefined) {
			return undefined;
		}

		const [first, ...archived] = reader.list(1 + mostArchived, () => readState(reader, profile));
		return first && {profile, states: [first, ...archived]};
	});
}

export function serializeDevice({identity, profiles}: DeviceKeys): Uint8Array {
	const writer = recordWriter();
	writer.byte(version);
	writer.byte(kinds.device);
	writePair(writer, identity);
	for (const name of profileNames) {
		writeProfileKeys(writer, profiles[name]);
	}

	return writer.end();
}

/** `undefined`: not a record of a device, or a broken one. */
export function parseDevice(record: Uint8Array): DeviceKeys | undefined {
	return readRecord(record, reader => {
		if (!isHeadOf(reader, kinds.device)) {
			return undefined;
		}

		const identity = readPair(reader);
		const [legacy, omemo2] = [readProfileKeys(reader), readProfileKeys(reader)];
		return {identity, profiles: {legacy, omemo2}};
	});
}

function isHeadOf(reader: RecordReader, kind: number): boolean {
	return reader.byte(256) === version && reader.byte(256) === kind;
}

function writeState(writer: RecordWriter, state: SessionState): void {
	writer.fixed(state.identity);
	writer.fixed(state.identities.own);
	writer.fixed(state.identities.theirs);
	writer.byte(state.isInitiator ? 1 : 0);
	writer.byte(state.isAnswered ? 1 : 0);
	writer.uint32(state.exchange.preKeyId);
	writer.uint32(state.exchange.signedPreKeyId);
	writer.fixed(state.exchange.baseKey);
	writeRatchet(writer, state.ratchet);
}

function readState(reader: RecordReader, profile: ProfileName): SessionState {
	const {length} = profiles[profile].identity;
	return {
		identity: reader.fixed(keyLength),
		identities: {own: reader.fixed(length), theirs: reader.fixed(length)},
		isInitiator: reader.byte(2) === 1,
		isAnswered: reader.byte(2) === 1,
		exchange: {preKeyId: reader.uint32(), signedPreKeyId: reader.uint32(), baseKey: reader.fixed(keyLength)},
		ratchet: readRatchet(reader),
	};
}

function writeRatchet(writer: RecordWriter, ratchet: RatchetState): void {
	writer.fixed(ratchet.rootKey);
	writer.uint32(ratchet.previousCounter);
	writer.optional(ratchet.own, pair => writePair(writer, pair));
	writer.optional(ratchet.sending, chain => writeChain(writer, chain));
	writer.optional(ratchet.theirs, writer.fixed);
	writer.optional(ratchet.receiving, chain => writeChain(writer, chain));
	writer.list(ratchet.skipped, key => {
		writer.fixed(key.ratchetKey);
		writer.uint32(key.counter);
		writer.fixed(key.messageKey);
	});
	writer.list(ratchet.former, writer.fixed);
}

function readRatchet(reader: RecordReader): RatchetState {
	const key = () => reader.fixed(keyLength);
	const chain = (): Chain => ({chainKey: key(), next: reader.uint32()});
	const rootKey = key();
	const previousCounter = reader.uint32();
	const own = reader.optional(() => readPair(reader));
	const sending = reader.optional(chain);
	const theirs = reader.optional(key);
	const receiving = reader.optional(chain);
	return {
		rootKey,
		previousCounter,
		...(own && {own}),
		...(sending && {sending}),
		...(theirs && {theirs}),
		...(receiving && {receiving}),
		skipped: reader.list(
			mostSkipped,
			(): SkippedKey => ({ratchetKey: key(), counter: reader.uint32(), messageKey: key()}),
		),
		former: reader.list(mostFormer, key),
	};
}

function writeChain(writer: RecordWriter, {chainKey, next}: Chain): void {
	writer.fixed(chainKey);
	writer.uint32(next);
}

function writePair(writer: RecordWriter, pair: KeyPair): void {
	writer.fixed(pair.secret);
	writer.fixed(pair.public);
}

function readPair(reader: RecordReader): KeyPair {
	return {secret: reader.fixed(keyLength), public: reader.fixed(keyLength)};
}

function writeProfileKeys(writer: RecordWriter, keys: ProfileKeys): void {
	writeSignedPreKey(writer, keys.signedPreKey);
	writer.optional(keys.formerSignedPreKey, key => writeSignedPreKey(writer, key));
	writer.uint32(keys.nextPreKeyId);
	writer.list(keys.preKeys, ({id, pair, isHidden}) => {
		writer.uint32(id);
		writePair(writer, pair);
		writer.byte(isHidden ? 1 : 0);
	});
}

function readProfileKeys(reader: RecordReader): ProfileKeys {
	const signedPreKey = readSignedPreKey(reader);
	const formerSignedPreKey = reader.optional(() => readSignedPreKey(reader));
	return {
		signedPreKey,
		...(formerSignedPreKey && {formerSignedPreKey}),
		nextPreKeyId: reader.uint32(),
		preKeys: reader.list(
			mostPreKeys,
			(): PreKey => ({id: reader.uint32(), pair: readPair(reader), isHidden: reader.byte(2) === 1}),
		),
	};
}

function writeSignedPreKey(writer: RecordWriter, {id, pair, signature}: SignedPreKey): void {
	writer.uint32(id);
	writePair(writer, pair);
	writer.fixed(signature);
}

function readSignedPreKey(reader: RecordReader): SignedPreKey {
	return {id: reader.uint32(), pair: readPair(reader), signature: reader.fixed(signatureLength)};
}
