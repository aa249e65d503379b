/**
 * What the servers have of the own device: that it is on the lists, and a bundle that is right (`protocol.md` §2.3). Looked at
 * in each new session, and after prekeys were used.
 */
import {type OmemoVersion, omemoVersions} from '../../model/device.js';
import type {DeviceNodes} from '../../omemo/device-nodes.js';
import {published} from '../../omemo/keys.js';
import type {OwnKeysStore} from '../../omemo/own-keys.js';
import {
	bundleOf,
	type DeviceKeys,
	refillPreKeys,
	removeHiddenPreKeys,
	rotateSignedPreKey,
} from '../../omemo/ratchet/device-keys.js';
import {type Random, randomBelow} from '../../omemo/ratchet/random.js';
import {sign} from '../../omemo/ratchet/signature.js';
import type {Bundle} from '../../omemo/wire/bundle.js';
import type {ListedDevice} from '../../omemo/wire/device-list.js';
import type {Clock, Dispose} from '../../shared/clock.js';
import {isXmppcError, type Problem, problemOf} from '../../shared/errors.js';
import type {BareJid} from '../../shared/jid.js';
import type {Log} from '../../shared/log.js';
import type {OmemoStore} from '../../storage/omemo-ports.js';

export type PublishingPorts = {
	readonly account: BareJid;
	readonly store: OmemoStore;
	readonly own: OwnKeysStore;
	readonly nodes: () => DeviceNodes | undefined;
	/** Whether there is an own device that may be used: nothing is told of one that is in use elsewhere. */
	readonly isOpen: () => boolean;
	readonly commit: <Result>(work: () => Result) => Result;
	/** The server's list, as it is known from now on. */
	readonly heard: (version: OmemoVersion, devices: readonly ListedDevice[]) => void;
	/** The server does not take what it has to have; told once a session. */
	readonly refused: (problem: Problem) => void;
	readonly random: Random;
	readonly clock: Clock;
	readonly log: Log;
};

export type Publishing = {
	/**
	 * Sees to it that lists and bundles are as they should be. As with all of it that is about this device, nothing is done for
	 * one that must not be used, and it never rejects: what stands in the way is told by `problem`.
	 */
	publish(): Promise<void>;
	/** Resolves when what `publish` was asked for last is done. */
	published(): Promise<void>;
	/** Somebody else wrote an own list. */
	listChanged(version: OmemoVersion, devices: readonly ListedDevice[]): void;
	/** Used prekeys are replaced and the bundles published, once the archive is read. */
	replenish(): Promise<void>;
	/** Takes an own device off the lists, and its bundles away. Rejects with a stanza error, or `malformed-answer`. */
	remove(id: number): Promise<void>;
	/** The name of this device is told. */
	relabel(): Promise<void>;
	/** What the server refused when it was asked last. */
	problem(): Problem | undefined;
	/** A fresh session: lists may be repaired again. */
	began(): void;
	/** The session is over: nothing is tried again before the next. */
	ended(): void;
};

/** Milliseconds after which the signed prekey is replaced. */
const rotation = 14 * 24 * 60 * 60_000;
/** Times that a list is repaired in one session: two programs could do that to each other for ever. */
const mostRepairs = 3;
/** Milliseconds until what a server did not manage is tried again, twice as many each time; and how often in one session. */
const patience = 60_000;
const mostRetries = 6;
/** Milliseconds that a repair may wait, by chance: of two devices that repair at once, one undoes what the other did. */
const repairSpread = 2000;
/** The name of the fact that says what this device is called. */
export const labelFact = 'label';

export function createPublishing(ports: PublishingPorts): Publishing {
	const {account, store, own, commit, random, clock, log} = ports;
	let refused: Problem | undefined;
	let repairs = 0;
	/** Before that a list that lacks this device lacks nothing: there may be no bundle yet. */
	let isPublishing = false;
	let isTold = false;
	let retries = 0;
	let stopWaiting: Dispose | undefined;
	let running: Promise<unknown> = Promise.resolve();
	const repairing = new Map<OmemoVersion, Dispose>();
	let publishing: Promise<void> = Promise.resolve();

	/** A device that is on no list gets nothing, and one whose used prekeys are still offered gets what it cannot read. */
	const tryAgain = () => {
		if (stopWaiting === undefined && retries < mostRetries) {
			stopWaiting = clock.after(patience * 2 ** retries++, () => {
				stopWaiting = undefined;
				void publish();
			});
		}
	};

	const stopRetrying = () => {
		stopWaiting?.();
		stopWaiting = undefined;
		retries = 0;
	};

	/** One after the other: two that publish at once undo each other. Rejects with why it failed. */
	const inTurn = (work: (nodes: DeviceNodes) => Promise<void>): Promise<void> => {
		const mine = running.then(async () => {
			const nodes = ports.nodes();
			if (nodes !== undefined) {
				await work(nodes);
			}
		});
		running = mine.catch(() => undefined);
		return mine;
	};

	/** The same for this device, where it may be used. Never rejects. */
	const ofOwn = async (work: (nodes: DeviceNodes, id: number) => Promise<void>): Promise<void> => {
		try {
			await inTurn(async nodes => {
				const id = ports.isOpen() ? store.ownDeviceId(account) : undefined;
				if (id !== undefined) {
					await work(nodes, id);
				}

				refused = undefined;
			});
		} catch (error) {
			refused = problemOf(error);
			log.note('omemo', `not published: ${refused.message}`);
			if (!isTold && ports.nodes() !== undefined) {
				isTold = true;
				ports.refused(refused);
			}

			if (refused.kind === 'temporary' && ports.nodes() !== undefined) {
				tryAgain();
			}
		}
	};

	const selfOn = (id: number): ListedDevice => {
		const label = store.fact(account, labelFact);
		const keys = own.load()?.keys;
		return label === undefined || keys === undefined
			? {id}
			: {id, label, labelSignature: sign(keys.identity, Uint8Array.from(Buffer.from(label, 'utf8')), random)};
	};

	/** What cannot be read names nobody: it is replaced. */
	const listOn = (nodes: DeviceNodes, version: OmemoVersion) =>
		nodes.fetchList(account, version).catch((error: unknown) => {
			if (isMalformed(error)) {
				return [];
			}

			throw error;
		});

	const bundleOn = (nodes: DeviceNodes, version: OmemoVersion, id: number) =>
		nodes.fetchBundle(account, id, version).catch((error: unknown) => {
			if (isMalformed(error)) {
				return undefined;
			}

			throw error;
		});

	const list = async (nodes: DeviceNodes, version: OmemoVersion, id: number, again: boolean) => {
		const devices = await listOn(nodes, version);
		const isThere = devices.some(device => device.id === id);
		const wanted = [...devices.filter(device => device.id !== id), selfOn(id)];
		if (!isThere || again) {
			await nodes.publishList(version, wanted);
		}

		ports.heard(version, isThere && !again ? devices : wanted);
	};

	/** Fresh where they are due: prekeys that were used, a signed prekey of long ago. */
	const renewed = (keys: DeviceKeys, version: OmemoVersion): DeviceKeys => {
		const fact = `rotated ${version}`;
		const at = Number(store.fact(account, fact));
		const isDue = Number.isFinite(at) && at > 0 && clock.now() - at > rotation;
		if (isDue || !(at > 0)) {
			store.saveFact(account, fact, String(clock.now()));
		}

		return refillPreKeys(isDue ? rotateSignedPreKey(keys, version, random) : keys, version, random);
	};

	const bundle = async (nodes: DeviceNodes, version: OmemoVersion, isKnown: boolean) => {
		const wanted = commit(() => {
			const self = own.load();
			if (self === undefined) {
				return undefined;
			}

			const keys = renewed(self.keys, version);
			if (keys !== self.keys) {
				own.save({...self, keys});
			}

			return {id: self.id, isNew: keys !== self.keys, bundle: published(bundleOf(keys, version))};
		});
		if (wanted === undefined) {
			return;
		}

		const there = wanted.isNew || isKnown ? undefined : await bundleOn(nodes, version, wanted.id);
		if (there === undefined ? wanted.isNew || !isKnown : !isSameBundle(there, wanted.bundle)) {
			await nodes.publishBundle(version, wanted.id, wanted.bundle);
		}
	};

	/** The versions have nodes of their own, so neither waits for the other. Throws when both are done. */
	const all = async (work: (version: OmemoVersion) => Promise<void>) => {
		const outcomes = await Promise.allSettled(omemoVersions.map(work));
		for (const outcome of outcomes) {
			if (outcome.status === 'rejected') {
				throw outcome.reason;
			}
		}
	};

	const publish = (): Promise<void> => {
		isPublishing = true;
		publishing = ofOwn(async (nodes, id) => {
			// The bundle first: whoever sees the device on the list wants its keys.
			await all(version => bundle(nodes, version, false));
			await all(version => list(nodes, version, id, false));
		});
		return publishing;
	};

	return {
		publish,
		published: () => publishing,
		listChanged(version, devices) {
			const isLacking =
				isPublishing && ports.isOpen() && devices.every(device => device.id !== store.ownDeviceId(account));
			if (!isLacking || repairs >= mostRepairs || repairing.has(version)) {
				return;
			}

			repairs++;
			const delay = randomBelow(random, repairSpread);
			const repair = clock.after(delay, () => {
				repairing.delete(version);
				void ofOwn((nodes, id) => list(nodes, version, id, false));
			});
			repairing.set(version, repair);
		},
		replenish: () =>
			ofOwn(async nodes => {
				commit(() => {
					const self = own.load();
					const keys = self && omemoVersions.reduce((kept, version) => removeHiddenPreKeys(kept, version), self.keys);
					if (self !== undefined && keys !== undefined && keys !== self.keys) {
						own.save({...self, keys});
					}
				});
				await all(version => bundle(nodes, version, true));
			}),
		remove: id =>
			inTurn(nodes =>
				all(async version => {
					const devices = await nodes.fetchList(account, version);
					const rest = devices.filter(device => device.id !== id);
					if (rest.length < devices.length) {
						await nodes.publishList(version, rest);
					}

					ports.heard(version, rest);
					await nodes.retractBundle(version, id);
				}),
			),
		relabel: () => ofOwn((nodes, id) => list(nodes, 'omemo2', id, true)),
		problem: () => refused,
		began() {
			repairs = 0;
			isPublishing = false;
			isTold = false;
			stopRetrying();
		},
		ended() {
			for (const stop of repairing.values()) {
				stop();
			}

			repairing.clear();
			stopRetrying();
		},
	};
}

function isMalformed(error: unknown): boolean {
	return isXmppcError(error) && error.code === 'malformed-answer';
}

function isSameBundle(one: Bundle, other: Bundle): boolean {
	const said = ({identityKey, signedPrekey, signature, prekeys}: Bundle) =>
		JSON.stringify([
			hex(identityKey),
			signedPrekey.id,
			hex(signedPrekey.key),
			hex(signature),
			prekeys.map(({id, key}) => `${id} ${hex(key)}`).toSorted(),
		]);
	return said(one) === said(other);
}

function hex(bytes: Uint8Array): string {
	return Buffer.from(bytes).toString('hex');
}
