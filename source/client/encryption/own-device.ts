/** The device that we are: opened at the start, made where there is none and encryption is wanted, made anew on request. */
import {randomBytes} from 'node:crypto';
import type {AccountSettings} from '../../model/account.js';
import {type OwnKeysStore, ownKeysIn} from '../../omemo/own-keys.js';
import {createDeviceGradually} from '../../omemo/ratchet/device-keys.js';
import {keyPairOf} from '../../omemo/ratchet/keys.js';
import type {Random} from '../../omemo/ratchet/random.js';
import {isXmppcError, type Problem, problemOf} from '../../shared/errors.js';
import {type IdentityPorts, keepIdentity, openIdentity} from '../../storage/identity.js';
import type {Storage} from '../../storage/ports.js';
import type {IdentitySecret} from '../../storage/secrets/identity-secret.js';

export type OwnDevicePorts = {
	readonly settings: () => AccountSettings;
	readonly storage: Pick<Storage, 'omemo' | 'epoch' | 'transaction'>;
	readonly secrets: IdentityPorts['secrets'];
	readonly random: Random;
	/** Ids that other devices of the account have. */
	readonly takenIds: () => readonly number[];
};

export type OwnDevice = {
	readonly keys: OwnKeysStore;
	id(): number | undefined;
	/** Whether there is one, and its keys can be used. */
	isOpen(): boolean;
	/** Why it cannot be used, where there is one. To be asked before each login: a keychain may be open by then. */
	open(): Promise<Problem | undefined>;
	/** The same, and makes one where there is none. */
	ensure(): Promise<Problem | undefined>;
	/** Makes another one in its place; with `identity` (32 bytes) it has that one. */
	renew(identity?: Uint8Array): Promise<void>;
	/** The secret, for a backup; undefined where it is locked or there is none. */
	secret(): IdentitySecret | undefined;
};

/** Device ids are positive numbers of 31 bits (XEP-0384 §5.3.1). */
const highestId = 2 ** 31 - 1;

export function createOwnDevice({settings, storage, secrets, random, takenIds}: OwnDevicePorts): OwnDevice {
	const {omemo, epoch} = storage;
	const account = settings().jid;
	const keys = ownKeysIn(omemo, account);
	const ports = {secrets, omemo};
	let secret: IdentitySecret | undefined;
	let spare: IdentitySecret | undefined;
	let problem: Problem | undefined;
	let running: Promise<Problem | undefined> | undefined;

	const freeId = (): number => {
		const taken = new Set(takenIds());
		for (;;) {
			const id = (new DataView(Uint8Array.from(random(4)).buffer).getUint32(0) % highestId) + 1;
			if (!taken.has(id)) {
				return id;
			}
		}
	};

	const make = async (wanted: IdentitySecret | undefined) => {
		const fresh = await createDeviceGradually(
			random,
			turn,
			wanted === undefined ? undefined : keyPairOf(wanted.identity),
		);
		const kept = wanted ?? {identity: fresh.identity.secret, storeKey: randomBytes(32)};
		await keepIdentity(settings(), kept, ports);
		storage.transaction(() => keys.save({id: freeId(), keys: fresh}));
		secret = kept;
		spare = undefined;
		problem = undefined;
	};

	const open = async (): Promise<Problem | undefined> => {
		if (secret !== undefined && omemo.status(account) === 'open') {
			return problem;
		}

		const access = await openIdentity(settings(), ports);
		if (access.state === 'locked') {
			return access.problem;
		}

		if (access.state === 'none') {
			spare = access.spare;
			return undefined;
		}

		({secret} = access);
		const verdict = epoch.begin();
		problem =
			verdict === 'rolled-back' || verdict === 'copied'
				? inUseElsewhere(account, verdict)
				: keys.load() === undefined
					? keysDamaged(account)
					: undefined;
		return problem;
	};

	/** Goes on here, once no account has a device that may be in use elsewhere. */
	const accept = () => {
		try {
			epoch.accept();
		} catch (error) {
			if (!isXmppcError(error) || error.code !== 'devices-not-renewed') {
				throw error;
			}
		}
	};

	return {
		keys,
		id: () => omemo.ownDeviceId(account),
		isOpen: () => problem === undefined && omemo.status(account) === 'open',
		open,
		ensure() {
			running ??= (async () => {
				try {
					const found = await open();
					if (found === undefined && omemo.ownDeviceId(account) === undefined) {
						epoch.begin();
						await make(spare);
					}

					return found;
				} catch (error) {
					return problemOf(error);
				} finally {
					running = undefined;
				}
			})();
			return running;
		},
		async renew(identity) {
			epoch.begin();
			storage.transaction(() => omemo.forgetOwnDevice(account));
			// Before there is another one: a process that dies in between leaves no device that is in doubt.
			accept();
			await make(identity === undefined ? undefined : {identity, storeKey: randomBytes(32)});
		},
		secret: () => secret,
	};
}

/** Lets everything run that waits for its turn. */
function turn(): Promise<void> {
	return new Promise(resolve => setImmediate(resolve));
}

function inUseElsewhere(account: string, verdict: 'rolled-back' | 'copied'): Problem {
	const what = verdict === 'copied' ? 'a copy of one that is used elsewhere' : 'older than it was: it was restored';
	return {
		code: 'device-in-doubt',
		kind: 'configuration',
		message: `The database of ${account} is ${what}. Its encryption keys must not be used twice, so nothing is encrypted.`,
		hint: '/omemo new-device makes a new device for this one; your contacts go on trusting the same identity.',
	};
}

function keysDamaged(account: string): Problem {
	return {
		code: 'keys-damaged',
		kind: 'storage',
		message: `The encryption keys of ${account} cannot be read.`,
		hint: '/omemo new-identity makes a new device; the history stays.',
	};
}
