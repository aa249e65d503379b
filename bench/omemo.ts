import {randomBytes} from 'node:crypto';
import {decrypt} from '../source/omemo/ratchet/decrypt.js';
import {bundleOf, createDevice, type DeviceKeys} from '../source/omemo/ratchet/device-keys.js';
import {encrypt} from '../source/omemo/ratchet/encrypt.js';
import {encryptPayload} from '../source/omemo/ratchet/payload.js';
import type {ProfileName} from '../source/omemo/ratchet/profile.js';
import {parseSession, serializeSession} from '../source/omemo/ratchet/serialize.js';
import type {Session} from '../source/omemo/ratchet/session.js';
import {startSession} from '../source/omemo/ratchet/start-session.js';
import {type Figure, percentile} from './figures.js';

const recipients = 30;
const rounds = 60;
const messages = 3000;
/** Peers are made beforehand: what they cost is not what is measured. */
const text = new TextEncoder().encode('But, soft! what light through yonder window breaks?');

type Kept = {record: Uint8Array};

/** What the ratchet costs by itself, with sessions read from and written to records as the store has them. */
export async function omemo(): Promise<readonly Figure[]> {
	const made = Array.from({length: rounds}, () => elapsed(() => createDevice(randomBytes)));
	const own = createDevice(randomBytes);
	const peers = Array.from({length: recipients}, () => createDevice(randomBytes));
	const figures = (['legacy', 'omemo2'] as const).flatMap(profile => figuresOf(profile, own, peers));
	return [{name: 'omemo: a device with its prekeys', unit: 'ms', target: 300, xmppc: percentile(made, 95)}, ...figures];
}

function figuresOf(profile: ProfileName, own: DeviceKeys, peers: readonly DeviceKeys[]): readonly Figure[] {
	const slices: number[] = [];
	const bundles = peers.map(peer => bundleOf(peer, profile));
	const sendTo = (kept: Kept, material: Uint8Array) => {
		const {session, message, isKeyExchange} = encrypt(open(kept), material, randomBytes);
		kept.record = serializeSession(session);
		return {message, isKeyExchange};
	};

	const first = Array.from({length: rounds}, () =>
		elapsed(() => {
			const {keyMaterial} = encryptPayload(profile, text, randomBytes);
			for (const bundle of bundles) {
				slices.push(elapsed(() => sendTo(begun(profile, own, bundle), keyMaterial)));
			}
		}),
	);

	const pairs = peers.map((device, index) => couple(profile, own, device, bundles[index] ?? bundleOf(device, profile)));
	const within: number[] = [];
	const turning: number[] = [];
	for (let round = 0; round < rounds; round += 1) {
		for (const {ours, theirs} of pairs) {
			receive(profile, own, ours, sendTo(theirs, text));
		}

		for (const times of [turning, within]) {
			const {keyMaterial} = encryptPayload(profile, text, randomBytes);
			const sent: Array<ReturnType<typeof sendTo>> = [];
			times.push(
				elapsed(() => {
					for (const {ours} of pairs) {
						slices.push(elapsed(() => sent.push(sendTo(ours, keyMaterial))));
					}
				}),
			);
			for (const [index, {theirs}] of pairs.entries()) {
				receive(profile, peers[index] ?? own, theirs, sent[index] ?? sent[0]);
			}
		}
	}

	const [pair] = pairs;
	const speed = pair === undefined ? undefined : decryptionSpeed(profile, own, pair, sendTo);
	const name = (what: string) => `omemo: ${what}, ${profile}`;
	return [
		{name: name('to 30 devices, in their chains, p95'), unit: 'ms', target: 15, xmppc: percentile(within, 95)},
		{name: name('to 30 devices, all of which answered, p95'), unit: 'ms', target: 15, xmppc: percentile(turning, 95)},
		{name: name('first to 30 new devices, p95'), unit: 'ms', target: 250, xmppc: percentile(first, 95)},
		{name: name('decrypting'), unit: 'msg/s', least: 2000, xmppc: speed?.decrypting},
		{name: name('decrypting over 1000 missing ones'), unit: 'ms', xmppc: speed?.over},
		{name: name('longest step, p99'), unit: 'ms', xmppc: percentile(slices, 99)},
	];
}

function decryptionSpeed(
	profile: ProfileName,
	own: DeviceKeys,
	{ours, theirs}: {readonly ours: Kept; readonly theirs: Kept},
	sendTo: (kept: Kept, material: Uint8Array) => {readonly message: Uint8Array; readonly isKeyExchange: boolean},
): {readonly decrypting: number; readonly over: number} {
	const {keyMaterial} = encryptPayload(profile, text, randomBytes);
	const sent = Array.from({length: messages}, () => sendTo(theirs, keyMaterial));
	const took = elapsed(() => {
		for (const each of sent) {
			receive(profile, own, ours, each);
		}
	});
	for (let passed = 0; passed < 1000; passed += 1) {
		sendTo(theirs, keyMaterial);
	}

	const last = sendTo(theirs, keyMaterial);
	return {decrypting: (messages / took) * 1000, over: elapsed(() => receive(profile, own, ours, last))};
}

/** Two devices that have heard each other. */
function couple(profile: ProfileName, own: DeviceKeys, peer: DeviceKeys, bundle: ReturnType<typeof bundleOf>) {
	const ours = begun(profile, own, bundle);
	const theirs: Kept = {record: new Uint8Array()};
	const {session, message, isKeyExchange} = encrypt(open(ours), text, randomBytes);
	ours.record = serializeSession(session);
	receive(profile, peer, theirs, {message, isKeyExchange});
	return {ours, theirs};
}

function begun(profile: ProfileName, device: DeviceKeys, bundle: ReturnType<typeof bundleOf>): Kept {
	const started = startSession({device, profile, bundle, random: randomBytes});
	if (!started.ok) {
		throw new Error(`no session: ${started.reason}`);
	}

	return {record: serializeSession(started.session)};
}

function open({record}: Kept): Session {
	const session = parseSession(record);
	if (session === undefined) {
		throw new Error('a record is broken');
	}

	return session;
}

function receive(
	profile: ProfileName,
	device: DeviceKeys,
	kept: Kept,
	sent: {readonly message: Uint8Array; readonly isKeyExchange: boolean} | undefined,
): void {
	const session = kept.record.length === 0 ? undefined : open(kept);
	const {message = new Uint8Array(), isKeyExchange = false} = sent ?? {};
	const decrypted = decrypt({device, profile, session, message, isKeyExchange});
	if (!decrypted.ok) {
		throw new Error(`not decrypted: ${decrypted.reason}`);
	}

	kept.record = serializeSession(decrypted.session);
}

function elapsed(work: () => unknown): number {
	const started = performance.now();
	work();
	return performance.now() - started;
}
