/** The verbs of encryption. */
import {isAbsolute} from 'node:path';
import type {DeviceActions} from '../model/device-actions.js';
import {XmppcError} from '../shared/errors.js';
import {type BareJid, bareOf, parseBareJid} from '../shared/jid.js';
import {keyBackupOf, readKeyBackup, takeUpKeyBackup, writeKeyBackup} from '../storage/key-backup.js';
import type {Storage} from '../storage/ports.js';
import type {AccountSession} from './account-session.js';
import {diagnose} from './encryption/diagnosis.js';
import {labelFact} from './encryption/publishing.js';
import {destinationIn} from './encryption/states.js';
import type {Journal} from './journal.js';

export type DeviceActionPorts = {readonly storage: Storage; readonly journal: Journal};

/** `sessionOf` throws for an account that is not set up. */
export function createDeviceActions(
	sessionOf: (account: BareJid) => AccountSession,
	{storage, journal}: DeviceActionPorts,
): DeviceActions {
	const encryptionOf = (account: BareJid) => sessionOf(account).encryption;
	const ownOf = (account: BareJid) => {
		const {book, own} = encryptionOf(account);
		const id = own.id();
		const device = id === undefined ? undefined : book.get(account, id);
		if (device === undefined) {
			throw noDevice(account);
		}

		return device;
	};

	return {
		async listDevices({account, owner = account, refresh}) {
			const {book, lists} = encryptionOf(account);
			if (refresh === true) {
				sessionOf(account).live();
				const problem = await lists.learn(owner, true);
				if (problem !== undefined) {
					throw new XmppcError(problem);
				}
			}

			return book.of(owner).toSorted((one, other) => Number(other.isThis === true) - Number(one.isThis === true));
		},
		async setTrust({account, owner, fingerprint, trust}) {
			const {book, trustMessages} = encryptionOf(account);
			if (book.of(owner).every(device => device.fingerprint !== fingerprint)) {
				throw new XmppcError({
					code: 'no-such-device',
					kind: 'usage',
					message: `No device of ${owner} with that fingerprint is known.`,
					hint: `/devices ${owner} lists theirs.`,
				});
			}

			journal.commit(() => trustMessages.decide(owner, fingerprint, trust));
		},
		async removeDevice({account, id}) {
			const {book, own, publishing} = encryptionOf(account);
			if (id === own.id()) {
				throw new XmppcError({
					code: 'own-device',
					kind: 'usage',
					message: 'That is the device you are using.',
					hint: '/omemo new-identity makes a new one in its place; /set omemo.default off stops encrypting.',
				});
			}

			sessionOf(account).live();
			await publishing.remove(id);
			journal.commit(() => book.remove(account, id));
		},
		async labelDevice({account, label}) {
			const {publishing} = encryptionOf(account);
			ownOf(account);
			journal.commit(() => storage.omemo.saveFact(account, labelFact, label === '' ? undefined : label));
			await publishing.relabel();
		},
		async chooseEncryption({buffer, choice}) {
			const [owner = ''] = buffer.split(' ');
			const account = parseBareJid(owner);
			if (account === undefined || storage.buffers.get(buffer) === undefined) {
				throw new XmppcError({code: 'buffer-not-open', kind: 'usage', message: 'This is no conversation.'});
			}

			const {outbox, encryption} = sessionOf(account);
			journal.commit(() => storage.omemo.choose(buffer, choice));
			if (choice === 'off') {
				// It was written to be encrypted: it goes out in clear only when the person says so of it.
				outbox.withhold(buffer, {
					code: 'encryption-turned-off',
					kind: 'notPermitted',
					message: 'It was written to be encrypted, and was not sent.',
					hint: '/resend sends it in clear.',
				});
			}

			const destination = destinationIn(buffer, account);
			if (destination !== undefined && encryption.policy.isBound(destination)) {
				outbox.protect(buffer);
			}

			encryption.sealing.stale(buffer);
			encryption.states.reassessBuffer(buffer);
			outbox.proceed();
			if (choice === 'on') {
				void encryption.wanted();
			}
		},
		async resetSessions({account, owner, device}) {
			const {book, reaching, sealing} = encryptionOf(account);
			sessionOf(account).live();
			const isMeant = (id: number) => (device === undefined ? book.get(owner, id)?.active === true : id === device);
			const places = storage.omemo.sessions(account, owner).filter(place => isMeant(place.device));
			const failures: unknown[] = [];
			for (const place of places) {
				await reaching.beginAnew(place).catch((error: unknown) => failures.push(error));
			}

			sealing.stale();
			if (failures.length > 0 && failures.length === places.length) {
				throw failures[0];
			}

			return {count: places.length - failures.length};
		},
		async diagnoseEncryption({account, with: jid}) {
			const {encryption, outbox, live} = sessionOf(account);
			live();
			const findings = await diagnose(bareOf(jid), account, encryption);
			// What was found to be well by now need not wait for its next turn.
			encryption.sealing.retry();
			outbox.proceed();
			return findings;
		},
		async resetIdentity({account, keep}) {
			await encryptionOf(account).renew(keep === true);
			return ownOf(account);
		},
		async exportKeys({account, path, passphrase}) {
			const {own} = encryptionOf(account);
			const problem = await own.open();
			const secret = own.secret();
			const deviceId = own.id();
			if (problem !== undefined || secret === undefined || deviceId === undefined) {
				throw problem === undefined ? noDevice(account) : new XmppcError(problem);
			}

			await writeKeyBackup(
				absolute(path),
				keyBackupOf(account, {identity: secret.identity, deviceId}, storage),
				passphrase,
			);
		},
		async importKeys({account, path, passphrase}) {
			const backup = await readKeyBackup(absolute(path), passphrase);
			if (backup.account !== account) {
				throw new XmppcError({
					code: 'backup-of-another',
					kind: 'badData',
					message: `These are the keys of ${backup.account}, and not of ${account}.`,
				});
			}

			// What is thought of keys first: the first message of the new device may go out at once.
			takeUpKeyBackup(backup, storage);
			await encryptionOf(account).renew(backup.identity);
			return ownOf(account);
		},
	};
}

function noDevice(account: BareJid): XmppcError {
	return new XmppcError({
		code: 'no-own-device',
		kind: 'unavailable',
		message: `${account} has no encryption keys here yet.`,
		hint: 'They are made at the next login, or when you turn encryption on somewhere: /omemo on.',
	});
}

/** The socket's other end has another working directory than whoever asks. */
function absolute(path: string): string {
	if (!isAbsolute(path)) {
		throw new XmppcError({
			code: 'path-not-absolute',
			kind: 'usage',
			message: `“${path}” does not say from which directory on.`,
			hint: 'Give the whole path.',
		});
	}

	return path;
}
