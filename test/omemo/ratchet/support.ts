/** What tests of the ratchet have in common. */
import {createHash} from 'node:crypto';
import {type Decrypted, decrypt} from '../../../source/omemo/ratchet/decrypt.js';
import {
	type Bundle,
	bundleOf,
	createDevice,
	type DeviceKeys,
	removePreKey,
} from '../../../source/omemo/ratchet/device-keys.js';
import {encrypt} from '../../../source/omemo/ratchet/encrypt.js';
import type {ProfileName} from '../../../source/omemo/ratchet/profile.js';
import type {Random} from '../../../source/omemo/ratchet/random.js';
import {parseSession, serializeDevice, serializeSession} from '../../../source/omemo/ratchet/serialize.js';
import type {Session} from '../../../source/omemo/ratchet/session.js';
import {startSession} from '../../../source/omemo/ratchet/start-session.js';

export function bytes(hexadecimal: string): Uint8Array {
	return Uint8Array.from(Buffer.from(hexadecimal, 'hex'));
}

export function hex(value: Uint8Array | undefined): string | undefined {
	return value && Buffer.from(value).toString('hex');
}

/** A copy with one bit changed. */
export function flipped(value: Uint8Array, bit: number): Uint8Array {
	const copy = Uint8Array.from(value);
	const at = bit >> 3;
	copy[at] = (copy[at] ?? 0) ^ (1 << (bit & 7));
	return copy;
}

/** The same bytes for the same seed, so that a failure can be looked at again. */
export function seededRandom(seed: number | string): Random {
	let block = 0;
	return length => {
		block += 1;
		const parts = Array.from({length: Math.ceil(length / 32)}, (_, index) =>
			createHash('sha256').update(`${seed} ${block} ${index}`).digest(),
		);
		return Uint8Array.from(Buffer.concat(parts).subarray(0, length));
	};
}

export type Sent = {readonly message: Uint8Array; readonly isKeyExchange: boolean};

/** A device that keeps one session for each peer, by name, as a record: what is not in the record is not there. */
export type Party = {
	device: DeviceKeys;
	readonly records: Map<string, Uint8Array>;
	session(peer: string): Session | undefined;
	/** Begins a session, whatever there was before. Throws where the bundle is refused. */
	begin(peer: string, bundle: Bundle): void;
	send(peer: string, material: Uint8Array): Sent;
	/** Keeps the new state where the message was good, and forgets the prekey that was used. */
	receive(peer: string, sent: Sent): Decrypted;
};

export function createParty(profile: ProfileName, seed: number | string, device?: DeviceKeys): Party {
	const random = seededRandom(seed);
	const party: Party = {
		device: device ?? createDevice(random),
		records: new Map(),
		session(peer) {
			const record = party.records.get(peer);
			return record && parseSession(record);
		},
		begin(peer, bundle) {
			const started = startSession({device: party.device, profile, bundle, random, session: party.session(peer)});
			if (!started.ok) {
				throw new Error(started.reason);
			}

			party.records.set(peer, serializeSession(started.session));
		},
		send(peer, material) {
			const session = party.session(peer);
			if (session === undefined) {
				throw new Error(`no session with ${peer}`);
			}

			const {session: next, ...sent} = encrypt(session, material, random);
			party.records.set(peer, serializeSession(next));
			return sent;
		},
		receive(peer, sent) {
			const decrypted = decrypt({device: party.device, profile, session: party.session(peer), ...sent});
			if (decrypted.ok) {
				party.records.set(peer, serializeSession(decrypted.session));
				if (decrypted.usedPreKeyId !== undefined) {
					party.device = removePreKey(party.device, profile, decrypted.usedPreKeyId);
				}
			}

			return decrypted;
		},
	};
	return party;
}

/** Two devices, the first of which has begun a session with the second and not yet sent anything. */
export function createCouple(
	profile: ProfileName,
	seed: number | string,
): {readonly juliet: Party; readonly romeo: Party} {
	const juliet = createParty(profile, `juliet ${seed}`);
	const romeo = createParty(profile, `romeo ${seed}`);
	juliet.begin('romeo', bundleOf(romeo.device, profile));
	return {juliet, romeo};
}

/** Everything a device keeps, for comparing. */
export function stateOf({device, records}: Party): string {
	return JSON.stringify([hex(serializeDevice(device)), ...[...records].map(([peer, record]) => [peer, hex(record)])]);
}
