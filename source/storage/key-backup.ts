/**
 * A file with which an account is the same to others on a new machine: the identity key, and what is thought of the keys of
 * others, sealed with a passphrase. It holds no sessions, no prekeys and no store key: a ratchet that is put back is used
 * twice. The device that is made of it has a new id (`docs/decisions/0022-encryption-at-rest.md`).
 */
import {closeSync, constants, fstatSync, fsyncSync, openSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {dirname} from 'node:path';
import {XmppcError} from '../shared/errors.js';
import {type BareJid, parseBareJid} from '../shared/jid.js';
import {errorNumberName, fileError, fileExists} from './file-errors.js';
import {decodeBackup, encodeBackup, type KeyBackup} from './key-backup-content.js';
import type {KnownDevice} from './omemo-ports.js';
import type {Storage} from './ports.js';
import {syncDirectory} from './private-file.js';
import {checkPassphrase, deriveKey, isScryptCost, newCost, type ScryptCost} from './secrets/passphrase-key.js';
import {fitsCheck, type SealedPlace, seal, sealCheck, unseal} from './secrets/seal.js';

/** What a backup of an account holds now. */
export function keyBackupOf(
	account: BareJid,
	own: {readonly identity: Uint8Array; readonly deviceId: number},
	{omemo}: Pick<Storage, 'omemo'>,
): KeyBackup {
	const {identity, deviceId} = own;
	const isOwn = ({owner, id}: KnownDevice) => owner === account && id === deviceId;
	return {
		account,
		identity,
		deviceId,
		devices: omemo.devices(account).filter(device => !isOwn(device)),
		trust: omemo.trustOfAll(account),
		conversations: omemo.conversations(account),
	};
}

/**
 * Takes devices, trust and conversations into the store. What the person decided here since stays as it is; what was decided
 * by itself gives way. The own device is not made: that takes a new id, and the identity key of the backup.
 */
export function takeUpKeyBackup(backup: KeyBackup, {transaction, omemo}: Pick<Storage, 'transaction' | 'omemo'>): void {
	const {account, devices, trust, conversations} = backup;
	transaction(() => {
		for (const device of devices) {
			if (omemo.device(account, device.owner, device.id) === undefined) {
				omemo.saveDevice(device);
			}
		}

		for (const {owner, fingerprint, trust: wanted} of trust) {
			const here = omemo.trust(account, owner).get(fingerprint);
			if (here === undefined || ((here === 'undecided' || here === 'blind') && wanted !== 'undecided')) {
				omemo.setTrust(account, owner, fingerprint, wanted);
			}
		}

		for (const {buffer, choice, wasEncrypted} of conversations) {
			if (choice !== undefined && omemo.choice(buffer) === undefined) {
				omemo.choose(buffer, choice);
			}

			if (wasEncrypted) {
				omemo.rememberEncrypted(buffer);
			}
		}
	});
}

/** What can be read of the file without the passphrase. */
type BackupFile = {
	readonly xmppc: 'key-backup';
	readonly version: 1;
	readonly account: BareJid;
	readonly kdf: ScryptCost;
	/** Base64, like `content`. */
	readonly check: string;
	readonly content: string;
};

const contentPlace = (account: BareJid): SealedPlace => ({table: 'key-backup', id: account, version: 1});

/**
 * Writes a new file that only we may read (0600).
 * @throws XmppcError `file-exists`, `empty-passphrase`, or of kind `storage`
 */
export async function writeKeyBackup(path: string, backup: KeyBackup, passphrase: string): Promise<void> {
	checkPassphrase(passphrase);
	const {account} = backup;
	const kdf = newCost();
	const key = await deriveKey(passphrase, kdf);
	const file: BackupFile = {
		xmppc: 'key-backup',
		version: 1,
		account,
		kdf,
		check: sealCheck(key, account).toString('base64'),
		content: seal(key, Buffer.from(encodeBackup(backup)), contentPlace(account)).toString('base64'),
	};
	createWhole(path, `${JSON.stringify(file, undefined, '\t')}\n`);
}

/** Creates the file with all of its text, or not at all. */
function createWhole(path: string, text: string): void {
	let descriptor: number;
	try {
		descriptor = openSync(path, 'wx', 0o600);
	} catch (error) {
		throw errorNumberName(error) === 'EEXIST'
			? fileExists(path, error)
			: fileError(error, 'write the key backup', path);
	}

	try {
		writeFileSync(descriptor, text);
		fsyncSync(descriptor);
		syncDirectory(dirname(path));
	} catch (error) {
		rmSync(path, {force: true});
		throw fileError(error, 'write the key backup', path);
	} finally {
		closeSync(descriptor);
	}
}

/** @throws XmppcError `wrong-passphrase`, `not-a-key-backup`, or of kind `storage` */
export async function readKeyBackup(path: string, passphrase: string): Promise<KeyBackup> {
	const file = parseFile(readBounded(path), path);
	const {account} = file;
	const key = await deriveKey(passphrase, file.kdf);
	if (!fitsCheck(key, Buffer.from(file.check, 'base64'), account)) {
		throw new XmppcError({
			code: 'wrong-passphrase',
			kind: 'notPermitted',
			message: `The passphrase does not open the key backup ${path}.`,
			hint: 'Try again with the passphrase it was written with. It cannot be recovered.',
		});
	}

	const content = unseal(key, Buffer.from(file.content, 'base64'), contentPlace(account));
	if (content === undefined) {
		throw notABackup(path, 'what is sealed in it was damaged or changed');
	}

	const backup = decodeBackup(content.toString(), account);
	if (backup === undefined) {
		throw notABackup(path, 'what is sealed in it cannot be understood');
	}

	return backup;
}

/** Bytes; ten thousand devices take some two million. */
const largestFile = 32 * 1024 * 1024;

function readBounded(path: string): string {
	let descriptor: number;
	try {
		// What is no file must not be waited for.
		descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
	} catch (error) {
		throw fileError(error, 'read the key backup', path);
	}

	try {
		const found = fstatSync(descriptor);
		if (!found.isFile() || found.size > largestFile) {
			throw notABackup(path, found.isFile() ? 'it is too large for one' : 'it is no ordinary file');
		}

		return readFileSync(descriptor, 'utf8');
	} finally {
		closeSync(descriptor);
	}
}

function parseFile(text: string, path: string): BackupFile {
	const value = parsed(text);
	if (value?.xmppc !== 'key-backup') {
		throw notABackup(path, 'xmppc did not write it as one');
	}

	if (value.version !== 1) {
		throw notABackup(path, 'another version of xmppc wrote it');
	}

	const {kdf, check, content} = value;
	const account = typeof value.account === 'string' ? parseBareJid(value.account) : undefined;
	if (account !== value.account || account === undefined || !isScryptCost(kdf) || !isText(check) || !isText(content)) {
		throw notABackup(path, 'parts of it are missing or changed');
	}

	return {xmppc: 'key-backup', version: 1, account, kdf, check, content};
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
	try {
		const value: unknown = JSON.parse(text);
		return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
	} catch {
		// No JSON: whoever asked says that it is no backup.
		return undefined;
	}
}

function isText(value: unknown): value is string {
	return typeof value === 'string';
}

function notABackup(path: string, reason: string): XmppcError {
	return new XmppcError({
		code: 'not-a-key-backup',
		kind: 'badData',
		message: `${path} is no key backup that can be read: ${reason}.`,
		hint: 'Nothing was changed. Name the file that the export of the keys wrote.',
	});
}
