import {dirname} from 'node:path';
import type {BareJid} from '../../shared/jid.js';
import {ensurePrivateDirectory, type Notice} from '../directories.js';
import type {SecretName} from '../ports.js';
import {readPrivateFile, writePrivateFile} from '../private-file.js';
import {isScryptCost, type ScryptCost} from './passphrase-key.js';
import {fitsCheck, seal, sealCheck, unseal} from './seal.js';
import {secretsCorrupt} from './secret-errors.js';

/** A file of sealed secrets. Only names and sizes can be read without the key. */
export type SealedFile = {
	readonly version: 1;
	/** Where the key comes from a passphrase. */
	readonly kdf?: ScryptCost;
	/** A sealed constant: tells a wrong key from a damaged record. */
	readonly check: string;
	/** Base64 by `<bare JID>/<secret name>`. */
	readonly records: Readonly<Record<string, string>>;
};

const recordPlace = (id: string) => ({table: 'secret', id, version: 1});
/** A bare JID holds no `/`. */
const recordId = (account: BareJid, name: SecretName) => `${account}/${name}`;

/** A new file, with nothing in it yet. */
export function emptySealedFile(key: Uint8Array, kdf?: ScryptCost): SealedFile {
	return {
		version: 1,
		...(kdf === undefined ? {} : {kdf}),
		check: sealCheck(key).toString('base64'),
		records: {},
	};
}

/** The file as it is, undefined where there is none. @throws XmppcError `secrets-corrupt` */
export function readSealedFile(path: string): SealedFile | undefined {
	const text = readPrivateFile(path);
	if (text === undefined) {
		return undefined;
	}

	const value = parse(text, path);
	if (!isSealedFile(value)) {
		throw secretsCorrupt(path, 'it is not a file of sealed secrets of this version of xmppc');
	}

	return value;
}

/** Puts the file in place of the old one, in one step. */
export function writeSealedFile(path: string, file: SealedFile, notice: Notice): void {
	ensurePrivateDirectory(dirname(path), notice);
	writePrivateFile(path, `${JSON.stringify(file, undefined, '\t')}\n`);
}

/** Whether this is the key the file was made with. */
export function fitsKey(file: SealedFile, key: Uint8Array): boolean {
	return fitsCheck(key, Buffer.from(file.check, 'base64'));
}

/** One secret; undefined where there is none. @throws XmppcError `secrets-corrupt` */
export function openRecord(
	file: SealedFile,
	key: Uint8Array,
	account: BareJid,
	name: SecretName,
	path: string,
): string | undefined {
	const id = recordId(account, name);
	const record = Object.hasOwn(file.records, id) ? file.records[id] : undefined;
	if (record === undefined) {
		return undefined;
	}

	const content = unseal(key, Buffer.from(record, 'base64'), recordPlace(id));
	if (content === undefined) {
		throw secretsCorrupt(path, `the record ${id} was damaged or changed`);
	}

	return content.toString();
}

/** Whether it holds a secret, readable or not; takes no key. */
export function hasRecord(file: SealedFile, account: BareJid, name: SecretName): boolean {
	return Object.hasOwn(file.records, recordId(account, name));
}

/** The file with one secret put in or replaced. */
export function withRecord(
	file: SealedFile,
	key: Uint8Array,
	account: BareJid,
	name: SecretName,
	value: string,
): SealedFile {
	const id = recordId(account, name);
	const record = seal(key, Buffer.from(value), recordPlace(id)).toString('base64');
	return {...file, records: {...file.records, [id]: record}};
}

/** The file without one secret; takes no key. */
export function withoutRecord(file: SealedFile, account: BareJid, name: SecretName): SealedFile {
	const id = recordId(account, name);
	return {...file, records: Object.fromEntries(Object.entries(file.records).filter(([other]) => other !== id))};
}

function parse(text: string, path: string): unknown {
	try {
		return JSON.parse(text);
	} catch (error) {
		throw secretsCorrupt(path, 'it is not JSON', error);
	}
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSealedFile(value: unknown): value is SealedFile {
	return (
		isRecord(value) &&
		value.version === 1 &&
		typeof value.check === 'string' &&
		isRecord(value.records) &&
		Object.values(value.records).every(record => typeof record === 'string') &&
		(value.kdf === undefined || isScryptCost(value.kdf))
	);
}
