/** The keys of one device: one identity for both profiles, and for each of them a signed prekey and prekeys of its own. */
import {createKeyPair, type KeyPair} from './keys.js';
import {type Profile, type ProfileName, profiles} from './profile.js';
import type {Random} from './random.js';
import {sign} from './signature.js';

export type SignedPreKey = {readonly id: number; readonly pair: KeyPair; readonly signature: Uint8Array};

/** `isHidden`: used, and no longer in the bundle, but kept for who used it too until the archive is caught up with. */
export type PreKey = {readonly id: number; readonly pair: KeyPair; readonly isHidden: boolean};

export type ProfileKeys = {
	readonly signedPreKey: SignedPreKey;
	/** The one before, for messages that are late. */
	readonly formerSignedPreKey?: SignedPreKey;
	readonly preKeys: readonly PreKey[];
	readonly nextPreKeyId: number;
};

export type DeviceKeys = {readonly identity: KeyPair; readonly profiles: Readonly<Record<ProfileName, ProfileKeys>>};

/** What a device publishes, each key as it is on the wire of its profile. */
export type Bundle = {
	readonly identity: Uint8Array;
	readonly signedPreKey: {readonly id: number; readonly key: Uint8Array; readonly signature: Uint8Array};
	readonly preKeys: ReadonlyArray<{readonly id: number; readonly key: Uint8Array}>;
};

/** So many prekeys a bundle is filled up to (XEP-0384 §Key Exchange). */
export const fullPreKeys = 100;
/** Ids are positive numbers of 31 bits. */
const highestId = 2 ** 31 - 1;

/** A device with all its keys: some ten milliseconds. */
export function createDevice(random: Random, identity: KeyPair = createKeyPair(random)): DeviceKeys {
	return {
		identity,
		profiles: {
			legacy: profileKeys(profiles.legacy, identity, random),
			omemo2: profileKeys(profiles.omemo2, identity, random),
		},
	};
}

/** The same in steps of about a millisecond, for whoever must not stand still: `pause` is waited for in between. */
export async function createDeviceGradually(
	random: Random,
	pause: () => Promise<void>,
	identity: KeyPair = createKeyPair(random),
): Promise<DeviceKeys> {
	const bare = (profile: Profile) => profileKeys(profile, identity, random, 0);
	let device: DeviceKeys = {identity, profiles: {legacy: bare(profiles.legacy), omemo2: bare(profiles.omemo2)}};
	for (const name of ['legacy', 'omemo2'] as const) {
		for (let count = keysInStep; count <= fullPreKeys; count += keysInStep) {
			await pause();
			device = withKeys(device, name, filledUp(device.profiles[name], random, count));
		}
	}

	return device;
}

/** Divides {@link fullPreKeys}. */
const keysInStep = 10;

function profileKeys(profile: Profile, identity: KeyPair, random: Random, count = fullPreKeys): ProfileKeys {
	const signedPreKey = createSignedPreKey(profile, identity, 1, random);
	return filledUp({signedPreKey, preKeys: [], nextPreKeyId: 1}, random, count);
}

function createSignedPreKey(profile: Profile, identity: KeyPair, id: number, random: Random): SignedPreKey {
	const pair = createKeyPair(random);
	return {id, pair, signature: sign(identity, profile.key.encode(pair.public), random)};
}

/** What is to be published of a device in one profile: hidden prekeys and the former signed prekey are not. */
export function bundleOf(device: DeviceKeys, name: ProfileName): Bundle {
	const {key, identity} = profiles[name];
	const {signedPreKey, preKeys} = device.profiles[name];
	return {
		identity: identity.encode(device.identity.public),
		signedPreKey: {
			id: signedPreKey.id,
			key: key.encode(signedPreKey.pair.public),
			signature: signedPreKey.signature,
		},
		preKeys: preKeys.filter(({isHidden}) => !isHidden).map(({id, pair}) => ({id, key: key.encode(pair.public)})),
	};
}

/** Replaces the signed prekey, due once a week to once a month. The one before stays until the next time. */
export function rotateSignedPreKey(device: DeviceKeys, name: ProfileName, random: Random): DeviceKeys {
	const keys = device.profiles[name];
	const id = idAfter(keys.signedPreKey.id);
	return withKeys(device, name, {
		...keys,
		signedPreKey: createSignedPreKey(profiles[name], device.identity, id, random),
		formerSignedPreKey: keys.signedPreKey,
	});
}

/** Makes new prekeys until the bundle has {@link fullPreKeys}. The same device when it has them. */
export function refillPreKeys(device: DeviceKeys, name: ProfileName, random: Random): DeviceKeys {
	const keys = device.profiles[name];
	const filled = filledUp(keys, random);
	return filled === keys ? device : withKeys(device, name, filled);
}

function filledUp(keys: ProfileKeys, random: Random, count = fullPreKeys): ProfileKeys {
	const missing = count - keys.preKeys.filter(({isHidden}) => !isHidden).length;
	if (missing <= 0) {
		return keys;
	}

	const preKeys = [...keys.preKeys];
	const taken = new Set(preKeys.map(({id}) => id));
	let id = keys.nextPreKeyId;
	for (let made = 0; made < missing; id = idAfter(id)) {
		if (!taken.has(id)) {
			preKeys.push({id, pair: createKeyPair(random), isHidden: false});
			made += 1;
		}
	}

	return {...keys, preKeys, nextPreKeyId: id};
}

/** Takes a prekey out of the bundle and keeps it: for a session that was begun while the archive is caught up with. */
export function hidePreKey(device: DeviceKeys, name: ProfileName, id: number): DeviceKeys {
	const keys = device.profiles[name];
	const preKeys = keys.preKeys.map(preKey => (preKey.id === id ? {...preKey, isHidden: true} : preKey));
	return withKeys(device, name, {...keys, preKeys});
}

/** Forgets a prekey that was used. */
export function removePreKey(device: DeviceKeys, name: ProfileName, id: number): DeviceKeys {
	const keys = device.profiles[name];
	return withKeys(device, name, {...keys, preKeys: keys.preKeys.filter(preKey => preKey.id !== id)});
}

/** Forgets the prekeys that were hidden: the archive is caught up with. The same device where none was. */
export function removeHiddenPreKeys(device: DeviceKeys, name: ProfileName): DeviceKeys {
	const keys = device.profiles[name];
	if (!keys.preKeys.some(({isHidden}) => isHidden)) {
		return device;
	}

	return withKeys(device, name, {...keys, preKeys: keys.preKeys.filter(({isHidden}) => !isHidden)});
}

/** The signed prekey with this id, the present one or the one before. */
export function findSignedPreKey(device: DeviceKeys, name: ProfileName, id: number): SignedPreKey | undefined {
	const {signedPreKey, formerSignedPreKey} = device.profiles[name];
	return [signedPreKey, formerSignedPreKey].find(key => key?.id === id);
}

/** The prekey with this id, hidden or not. */
export function findPreKey(device: DeviceKeys, name: ProfileName, id: number): PreKey | undefined {
	return device.profiles[name].preKeys.find(preKey => preKey.id === id);
}

function withKeys(device: DeviceKeys, name: ProfileName, keys: ProfileKeys): DeviceKeys {
	return {...device, profiles: {...device.profiles, [name]: keys}};
}

function idAfter(id: number): number {
	return id >= highestId ? 1 : id + 1;
}
