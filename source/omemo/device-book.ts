/**
 * Who has which devices, and what is thought of their keys. Trust belongs to a key and never to an id (`protocol.md` §2.5): a
 * device that goes and comes back is thought of as before, and another key under its id is another device.
 */
import type {Device, Fingerprint, OmemoVersion, Trust} from '../model/device.js';
import type {BareJid} from '../shared/jid.js';
import type {KnownDevice, OmemoStore} from '../storage/omemo-ports.js';
import {firstTrust, type TrustMode} from './trust.js';

export type DeviceBookPorts = {
	readonly account: BareJid;
	readonly store: OmemoStore;
	/** Milliseconds since the epoch. */
	readonly now: () => number;
	readonly mode: () => TrustMode;
	/** Somebody's devices are not what they were; told in the transaction in which they changed. */
	readonly changed: (owner: BareJid) => void;
	/** Something came from one of them, and nothing else is new. */
	readonly seen: (owner: BareJid) => void;
	/** The key of a device was seen for the first time. */
	readonly keyLearned: (owner: BareJid, id: number) => void;
};

/** A device as its owner's list names it. */
export type Listed = {readonly id: number; readonly label?: string};

/** What came of a key that was seen under an id. */
export type KeySeen = 'new' | 'known' | 'another-key';

export type DeviceBook = {
	/** Ascending by id; the account's own device among its own. */
	of(owner: BareJid): readonly Device[];
	get(owner: BareJid, id: number): Device | undefined;
	/** The same of everybody, read at once: for whoever asks about many. It does not follow what changes. */
	all(): Pick<DeviceBook, 'of'>;
	/** Everybody who has a device with this id. */
	ownersOf(id: number): readonly BareJid[];
	/** Another number than before wherever anything but the time of a sign of life may have changed. */
	revision(): number;
	/** The list of somebody, as it is now. Answers the ids that none of theirs named before. */
	listed(owner: BareJid, version: OmemoVersion, list: readonly Listed[]): readonly number[];
	/** Whether the list of somebody was ever read. */
	knowsList(owner: BareJid, version: OmemoVersion): boolean;
	/** A key was seen under an id, in a bundle or a message; another one than before is refused. */
	keySeen(owner: BareJid, id: number, fingerprint: Fingerprint): KeySeen;
	/** What its owner calls a device, once its key vouches for that. */
	label(owner: BareJid, id: number, label: string): void;
	/** Something came from a device; `at`: when, milliseconds since the epoch. */
	heardFrom(owner: BareJid, id: number, at: number): void;
	trust(owner: BareJid, fingerprint: Fingerprint): Trust | undefined;
	setTrust(owner: BareJid, fingerprint: Fingerprint, trust: Trust): void;
	remove(owner: BareJid, id: number): void;
};

/** When a device was last seen is kept this exactly, milliseconds: a write for each message would cost. */
export const seenStep = 60_000;

export function createDeviceBook({account, store, now, mode, ...ports}: DeviceBookPorts): DeviceBook {
	let revision = 0;
	const changed = (owner: BareJid) => {
		revision++;
		ports.changed(owner);
	};

	const deviceOf = (known: KnownDevice, trustIn: (key: Fingerprint) => Trust | undefined): Device => {
		const {fingerprint, versions} = known;
		const isThis = known.owner === account && known.id === store.ownDeviceId(account);
		return {
			...known,
			trust: isThis ? 'verified' : ((fingerprint === undefined ? undefined : trustIn(fingerprint)) ?? 'undecided'),
			active: versions.length > 0,
			...(isThis ? {isThis} : {}),
		};
	};

	const knownAs = (owner: BareJid, id: number): KnownDevice =>
		store.device(account, owner, id) ?? {account, owner, id, versions: [], firstSeen: now()};

	const write = (device: KnownDevice) => {
		store.saveDevice(device);
		changed(device.owner);
	};

	return {
		of(owner) {
			const trust = store.trust(account, owner);
			return store.devices(account, owner).map(known => deviceOf(known, key => trust.get(key)));
		},
		all() {
			const trust = new Map<BareJid, Map<Fingerprint, Trust>>();
			for (const known of store.trustOfAll(account)) {
				trust.set(known.owner, (trust.get(known.owner) ?? new Map()).set(known.fingerprint, known.trust));
			}

			const devices = new Map<BareJid, Device[]>();
			for (const known of store.devices(account)) {
				const device = deviceOf(known, key => trust.get(known.owner)?.get(key));
				devices.set(known.owner, [...(devices.get(known.owner) ?? []), device]);
			}

			return {of: owner => devices.get(owner) ?? []};
		},
		ownersOf: id => store.devices(account).flatMap(device => (device.id === id ? [device.owner] : [])),
		revision: () => revision,
		get(owner, id) {
			const known = store.device(account, owner, id);
			return known === undefined ? undefined : deviceOf(known, key => store.keyTrust(account, owner, key));
		},
		listed(owner, version, list) {
			const known = new Map(store.devices(account, owner).map(device => [device.id, device]));
			const wanted = new Map(list.map(listed => [listed.id, listed]));
			for (const device of known.values()) {
				const isListed = wanted.has(device.id);
				if (isListed !== device.versions.includes(version)) {
					const others = device.versions.filter(each => each !== version);
					write({...device, versions: isListed ? [...others, version] : others});
				}
			}

			for (const {id} of list) {
				if (!known.has(id)) {
					write({account, owner, id, versions: [version], firstSeen: now()});
				}
			}

			for (const {id, label} of list) {
				const device = knownAs(owner, id);
				if (device.label !== label && version === 'omemo2') {
					const {label: _, ...unnamed} = device;
					write(label === undefined ? unnamed : {...unnamed, label});
				}
			}

			store.rememberListed(account, owner, version, now());
			// One that sent something, or was taken off, was on none either.
			return list.flatMap(({id}) => ((known.get(id)?.versions.length ?? 0) === 0 ? [id] : []));
		},
		knowsList: (owner, version) => store.listedAt(account, owner, version) !== undefined,
		keySeen(owner, id, fingerprint) {
			const device = knownAs(owner, id);
			if (device.fingerprint !== undefined) {
				return device.fingerprint === fingerprint ? 'known' : 'another-key';
			}

			const known = store.trust(account, owner);
			if (!known.has(fingerprint)) {
				store.setTrust(account, owner, fingerprint, firstTrust(known, mode()));
			}

			write({...device, fingerprint});
			ports.keyLearned(owner, id);
			return 'new';
		},
		label(owner, id, label) {
			const device = knownAs(owner, id);
			if (device.label !== label) {
				write({...device, label});
			}
		},
		heardFrom(owner, id, at) {
			const device = knownAs(owner, id);
			if (device.lastSeen === undefined || at - device.lastSeen >= seenStep) {
				store.saveDevice({...device, lastSeen: at});
				ports.seen(owner);
			}
		},
		trust: (owner, fingerprint) => store.keyTrust(account, owner, fingerprint),
		setTrust(owner, fingerprint, trust) {
			store.setTrust(account, owner, fingerprint, trust);
			changed(owner);
		},
		remove(owner, id) {
			store.removeDevice(account, owner, id);
			changed(owner);
		},
	};
}
