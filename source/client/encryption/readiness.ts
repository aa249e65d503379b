/** Sees to it that the account has a device where it is to have one, that it is known and published, or another in its place. */
import {omemoVersions} from '../../model/device.js';
import type {DeviceBook} from '../../omemo/device-book.js';
import {fingerprintOf} from '../../omemo/keys.js';
import {type Problem, XmppcError} from '../../shared/errors.js';
import type {BareJid} from '../../shared/jid.js';
import type {OmemoStore} from '../../storage/omemo-ports.js';
import type {DeviceLists} from './device-lists.js';
import type {EncryptionNotices} from './encryption-notices.js';
import {encryptionLocked} from './encryption-problems.js';
import type {OwnDevice} from './own-device.js';
import type {Publishing} from './publishing.js';

export type ReadinessPorts = {
	readonly account: BareJid;
	readonly store: Pick<OmemoStore, 'conversations'>;
	readonly book: DeviceBook;
	readonly lists: Pick<DeviceLists, 'learn'>;
	readonly own: OwnDevice;
	readonly publishing: Pick<Publishing, 'publish' | 'published' | 'remove'>;
	readonly isUsual: () => boolean;
	readonly isConnected: () => boolean;
	/** Whether the session stays: then what the server says of the lists is heard. */
	readonly stays: () => boolean;
	readonly commit: <Result>(work: () => Result) => Result;
	readonly tell: Pick<EncryptionNotices, 'notRemoved'>;
};

export type Readiness = {
	/** Why the device cannot be used, as far as that was found out. */
	problem(): Problem | undefined;
	/** Opens the device that is there; answers why it cannot be used. */
	open(): Promise<Problem | undefined>;
	/** The same, and makes and publishes one where there is none. */
	ensure(): Promise<Problem | undefined>;
	/** Makes and publishes a device where the account is to have one by itself. Rejects with a failure of the storage. */
	prepare(): Promise<void>;
	/** See `AccountEncryption`. `replaced` runs before anything is published of the new one. */
	renew(identity: boolean | Uint8Array, replaced: () => void): Promise<void>;
};

export function createReadiness(ports: ReadinessPorts): Readiness {
	const {account, store, book, lists, own, publishing, commit} = ports;
	let problem: Problem | undefined;

	/** The own device stands among the others of its account, with its key. */
	const noteOwnKey = () => {
		const self = own.keys.load();
		if (self !== undefined && book.get(account, self.id)?.fingerprint === undefined) {
			commit(() => book.keySeen(account, self.id, fingerprintOf(self.keys.identity.public)));
		}
	};

	const ensure = async (): Promise<Problem | undefined> => {
		const before = own.id();
		if (before === undefined) {
			// What ids the others have, as far as that can be found out.
			await lists.learn(account);
		}

		problem = await own.ensure();
		noteOwnKey();
		const id = own.id();
		// Who stays has seen to it in the beginning, and hears of it.
		const isListed =
			ports.stays() || (id !== undefined && book.get(account, id)?.versions.length === omemoVersions.length);
		if (problem === undefined && isListed && id === before) {
			await publishing.published();
		} else if (problem === undefined) {
			// Whoever gets a message has to find the keys of who sent it.
			await publishing.publish();
		}

		return problem;
	};

	const isWanted = () =>
		own.id() !== undefined || ports.isUsual() || store.conversations(account).some(({choice}) => choice === 'on');

	/** Throws where it cannot be read: those who verified it are not to meet another one in its place unasked. */
	const identityOfBefore = async (): Promise<Uint8Array | undefined> => {
		const refusal = await own.open();
		const secret = own.secret();
		if (secret === undefined && own.id() !== undefined) {
			throw new XmppcError(refusal ?? encryptionLocked(account));
		}

		return secret?.identity;
	};

	return {
		problem: () => problem,
		async open() {
			problem = own.id() === undefined ? undefined : await own.open();
			return problem;
		},
		ensure,
		async prepare() {
			const before = own.id();
			const isReady = isWanted() && (await ensure()) === undefined;
			// A device that was made just now is published already.
			if (isReady && own.id() === before) {
				await publishing.publish();
			}
		},
		async renew(identity, replaced) {
			const former = own.id();
			const kept = identity === true ? await identityOfBefore() : identity === false ? undefined : identity;
			await own.renew(kept);
			problem = undefined;
			noteOwnKey();
			replaced();
			if (ports.isConnected()) {
				await publishing.publish();
				if (former !== undefined) {
					await publishing.remove(former).catch((error: unknown) => ports.tell.notRemoved(former, error));
				}
			}
		},
	};
}
