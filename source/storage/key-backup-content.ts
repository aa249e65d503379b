import type {BufferId} from '../model/buffer.js';
import {
	type EncryptionChoice,
	type Fingerprint,
	type OmemoVersion,
	omemoVersions,
	type Trust,
} from '../model/device.js';
import {type BareJid, parseBareJid} from '../shared/jid.js';
import type {KnownConversation, KnownDevice, KnownTrust} from './omemo-ports.js';

export type KeyBackup = {
	readonly account: BareJid;
	/** The private half of the identity key, 32 bytes. */
	readonly identity: Uint8Array;
	/** The id of the device it was made of: another one's now, or to be taken off the list. */
	readonly deviceId: number;
	readonly devices: readonly KnownDevice[];
	readonly trust: readonly KnownTrust[];
	readonly conversations: readonly KnownConversation[];
};

const keyLength = 32;
const largestDeviceId = 2 ** 31 - 1;

/** What is sealed in a key backup, as text. */
export function encodeBackup({identity, deviceId, devices, trust, conversations}: KeyBackup): string {
	return JSON.stringify({
		identity: Buffer.from(identity).toString('base64'),
		deviceId,
		devices: devices.map(({account: _, ...device}) => device),
		trust,
		conversations,
	});
}

/** What such a text says; undefined where a part is missing or is not what it has to be. */
export function decodeBackup(text: string, account: BareJid): KeyBackup | undefined {
	const value = objectIn(parsed(text));
	if (value === undefined) {
		return undefined;
	}

	const identity = keyIn(value.identity);
	const deviceId = deviceIdIn(value.deviceId);
	const devices = listIn(value.devices, entry => deviceIn(entry, account));
	const trust = listIn(value.trust, trustIn);
	const conversations = listIn(value.conversations, entry => conversationIn(entry, account));
	return identity === undefined ||
		deviceId === undefined ||
		devices === undefined ||
		trust === undefined ||
		conversations === undefined
		? undefined
		: {account, identity, deviceId, devices, trust, conversations};
}

type Fields = Readonly<Record<string, unknown>>;

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		// The answer is that it is none.
		return undefined;
	}
}

function objectIn(value: unknown): Fields | undefined {
	return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

/** All entries, or undefined where one of them is wrong. */
function listIn<Entry>(value: unknown, read: (entry: Fields) => Entry | undefined): readonly Entry[] | undefined {
	if (!Array.isArray(value)) {
		return undefined;
	}

	const entries = value.map(entry => {
		const fields = objectIn(entry);
		return fields === undefined ? undefined : read(fields);
	});
	return entries.every(entry => entry !== undefined) ? entries : undefined;
}

function deviceIn(entry: Fields, account: BareJid): KnownDevice | undefined {
	const {fingerprint, label, lastSeen} = entry;
	const owner = jidIn(entry.owner);
	const id = deviceIdIn(entry.id);
	const versions = versionsIn(entry.versions);
	const firstSeen = timeIn(entry.firstSeen);
	if (
		owner === undefined ||
		id === undefined ||
		versions === undefined ||
		firstSeen === undefined ||
		(fingerprint !== undefined && !isFingerprint(fingerprint)) ||
		(label !== undefined && typeof label !== 'string') ||
		(lastSeen !== undefined && timeIn(lastSeen) === undefined)
	) {
		return undefined;
	}

	return {
		account,
		owner,
		id,
		...(fingerprint === undefined ? {} : {fingerprint}),
		versions,
		...(label === undefined ? {} : {label}),
		firstSeen,
		...(lastSeen === undefined ? {} : {lastSeen: lastSeen as number}),
	};
}

function trustIn(entry: Fields): KnownTrust | undefined {
	const owner = jidIn(entry.owner);
	const {fingerprint, trust} = entry;
	return owner === undefined || !isFingerprint(fingerprint) || !isTrust(trust)
		? undefined
		: {owner, fingerprint, trust};
}

function conversationIn(entry: Fields, account: BareJid): KnownConversation | undefined {
	const {buffer, choice, wasEncrypted} = entry;
	return typeof buffer !== 'string' ||
		!buffer.startsWith(`${account} `) ||
		(choice !== undefined && !isChoice(choice)) ||
		typeof wasEncrypted !== 'boolean'
		? undefined
		: {buffer: buffer as BufferId, ...(choice === undefined ? {} : {choice}), wasEncrypted};
}

function keyIn(value: unknown): Uint8Array | undefined {
	const key = typeof value === 'string' ? Buffer.from(value, 'base64') : undefined;
	return key?.length === keyLength && key.toString('base64') === value ? key : undefined;
}

function deviceIdIn(value: unknown): number | undefined {
	return typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= largestDeviceId
		? value
		: undefined;
}

function timeIn(value: unknown): number | undefined {
	return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

/** Only as it was written: normalised. */
function jidIn(value: unknown): BareJid | undefined {
	const jid = typeof value === 'string' ? parseBareJid(value) : undefined;
	return jid === value ? jid : undefined;
}

function versionsIn(value: unknown): readonly OmemoVersion[] | undefined {
	const versions = Array.isArray(value) ? omemoVersions.filter(version => value.includes(version)) : undefined;
	return Array.isArray(value) && versions?.length === value.length ? versions : undefined;
}

function isFingerprint(value: unknown): value is Fingerprint {
	return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
}

const trusts: readonly unknown[] = [
	'undecided',
	'blind',
	'trusted',
	'verified',
	'distrusted',
] satisfies readonly Trust[];

function isTrust(value: unknown): value is Trust {
	return trusts.includes(value);
}

function isChoice(value: unknown): value is EncryptionChoice {
	return value === 'on' || value === 'off';
}
