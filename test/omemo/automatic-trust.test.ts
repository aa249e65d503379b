import test, {type ExecutionContext} from 'ava';
import type {Fingerprint, Trust} from '../../source/model/device.js';
import {createAutomaticTrust, type KeyDecision} from '../../source/omemo/automatic-trust.js';
import {createDeviceBook} from '../../source/omemo/device-book.js';
import {fingerprintIn, fingerprintOf, keyIdentifierOf} from '../../source/omemo/keys.js';
import {ownKeysIn} from '../../source/omemo/own-keys.js';
import {createDevice} from '../../source/omemo/ratchet/device-keys.js';
import {createKeyPair} from '../../source/omemo/ratchet/keys.js';
import {toEdwards} from '../../source/omemo/ratchet/points.js';
import type {TrustMessage} from '../../source/omemo/wire/trust-message.js';
import type {BareJid} from '../../source/shared/jid.js';
import {now, temporaryStorage} from '../storage/temporary-profile.js';
import {addressOf} from '../support/scripted-session.js';
import {seededRandom} from './ratchet/support.js';

const juliet = addressOf('juliet@example.org');
const romeo = addressOf('romeo@example.net');
const tybalt = addressOf('tybalt@example.net');

const keyOf = (name: string) => fingerprintOf(createKeyPair(seededRandom(name)).public);
const identifier = (fingerprint: Fingerprint) => keyIdentifierOf(fingerprint) ?? new Uint8Array();
const about = (
	jid: BareJid,
	trusted: readonly Fingerprint[],
	distrusted: readonly Fingerprint[] = [],
): TrustMessage => [{jid, trusted: trusted.map(identifier), distrusted: distrusted.map(identifier)}];

/** Juliet's device, and what it knows of others. Whoever `isStrange` is nobody of whom anything is kept. */
async function hers(t: ExecutionContext) {
	const {omemo: store} = await temporaryStorage(t);
	const random = seededRandom('hers');
	store.unlock(juliet, random(32));
	ownKeysIn(store, juliet).save({id: 1, keys: createDevice(random)});
	const book = createDeviceBook({
		account: juliet,
		store,
		now: () => now,
		mode: () => 'blind-before-verification',
		changed() {},
		seen() {},
		keyLearned() {},
	});
	const told: KeyDecision[] = [];
	const trust = createAutomaticTrust({
		account: juliet,
		store,
		book,
		now: () => now,
		mayHear: owner => owner !== tybalt,
		told: (_by, decisions) => told.push(...decisions),
	});
	const device = (owner: BareJid, id: number, thought?: Trust): Fingerprint => {
		const fingerprint = keyOf(`${owner} ${id}`);
		book.keySeen(owner, id, fingerprint);
		if (thought !== undefined) {
			book.setTrust(owner, fingerprint, thought);
		}

		return fingerprint;
	};
	return {store, book, trust, told, device};
}

test('a verified own device is believed about anybody’s keys', async t => {
	const {book, trust, told, device} = await hers(t);
	device(juliet, 2, 'verified');
	const [phone, his, tybalts] = [device(juliet, 3), device(romeo, 31), device(tybalt, 41)];
	trust.heard(
		{at: now, owners: [...about(juliet, [phone]), ...about(romeo, [his]), ...about(tybalt, [], [tybalts])]},
		{owner: juliet, device: 2},
	);
	t.is(book.trust(juliet, phone), 'verified');
	t.is(book.trust(romeo, his), 'verified');
	t.is(book.trust(tybalt, tybalts), 'distrusted');
	t.is(told.length, 3);
});

test('a verified device of a contact is believed about their keys, and about nobody else’s', async t => {
	const {book, trust, told, device} = await hers(t);
	device(romeo, 31, 'verified');
	const [his, hers_, tybalts] = [device(romeo, 32), device(juliet, 3), device(tybalt, 41)];
	const owners = [...about(romeo, [his]), ...about(juliet, [], [hers_]), ...about(tybalt, [tybalts])];
	trust.heard({at: now, owners}, {owner: romeo, device: 31});
	t.deepEqual(told, [{owner: romeo, fingerprint: his, trust: 'verified'}]);
	t.is(book.trust(juliet, hers_), 'blind');
	t.is(book.trust(tybalt, tybalts), 'blind');
});

for (const thought of ['blind', 'trusted', 'undecided'] as const) {
	test(`what a device says that is ${thought} counts once it is verified`, async t => {
		const {book, trust, told, device} = await hers(t);
		const sender = device(romeo, 31, thought);
		const his = device(romeo, 32);
		trust.heard({at: now - 2, owners: about(romeo, [his])}, {owner: romeo, device: 31});
		t.is(book.trust(romeo, his), 'blind');
		t.deepEqual(told, []);
		book.setTrust(romeo, sender, 'verified');
		trust.decided(romeo, sender, 'verified', true);
		t.is(book.trust(romeo, his), 'verified');
		t.is(told.length, 1);
	});
}

test('what was kept of a device that is verified by the word of another one counts as well', async t => {
	const {book, trust, device} = await hers(t);
	const [laptop, his, other] = [device(juliet, 2), device(romeo, 31), device(romeo, 32)];
	trust.heard({at: now - 3, owners: about(romeo, [other])}, {owner: romeo, device: 31});
	trust.heard({at: now - 2, owners: about(romeo, [his])}, {owner: juliet, device: 2});
	book.setTrust(juliet, laptop, 'verified');
	trust.decided(juliet, laptop, 'verified', true);
	t.is(book.trust(romeo, his), 'verified');
	t.is(book.trust(romeo, other), 'verified');
});

test('what was kept of a device that was verified in another way counts at the next start', async t => {
	const {book, trust, device} = await hers(t);
	const [sender, his] = [device(romeo, 31), device(romeo, 32)];
	trust.heard({at: now - 2, owners: about(romeo, [his])}, {owner: romeo, device: 31});
	book.setTrust(romeo, sender, 'verified');
	t.is(book.trust(romeo, his), 'blind');
	trust.takeUp();
	t.is(book.trust(romeo, his), 'verified');
});

test('a device that is distrusted is not heard, and what it said before is forgotten', async t => {
	const {book, trust, told, device} = await hers(t);
	const [sender, his] = [device(romeo, 31), device(romeo, 32)];
	trust.heard({at: now - 2, owners: about(romeo, [his])}, {owner: romeo, device: 31});
	book.setTrust(romeo, sender, 'distrusted');
	trust.decided(romeo, sender, 'distrusted', true);
	trust.heard({at: now - 1, owners: about(romeo, [his])}, {owner: romeo, device: 31});
	book.setTrust(romeo, sender, 'verified');
	trust.decided(romeo, sender, 'verified', true);
	t.is(book.trust(romeo, his), 'blind');
	t.deepEqual(told, []);
});

test('nothing is kept of what a stranger says', async t => {
	const {book, trust, device} = await hers(t);
	const [sender, other] = [device(tybalt, 41), device(tybalt, 42)];
	trust.heard({at: now - 2, owners: about(tybalt, [other])}, {owner: tybalt, device: 41});
	book.setTrust(tybalt, sender, 'verified');
	trust.decided(tybalt, sender, 'verified', true);
	t.is(book.trust(tybalt, other), 'blind');
});

test('a key that was never seen is verified, or distrusted, when it is', async t => {
	const {book, trust, device} = await hers(t);
	device(romeo, 31, 'verified');
	const owners = about(romeo, [keyOf(`${romeo} 32`)], [keyOf(`${romeo} 33`)]);
	trust.heard({at: now, owners}, {owner: romeo, device: 31});
	device(romeo, 32);
	device(romeo, 33);
	t.is(book.get(romeo, 32)?.trust, 'verified');
	t.is(book.get(romeo, 33)?.trust, 'distrusted');
});

test('what the person distrusts no device makes verified again', async t => {
	const {book, trust, device} = await hers(t);
	device(juliet, 2, 'verified');
	const his = device(romeo, 31, 'distrusted');
	trust.decided(romeo, his, 'distrusted', true);
	trust.heard({at: now + 60_000, owners: about(romeo, [his])}, {owner: juliet, device: 2});
	t.is(book.trust(romeo, his), 'distrusted');
});

test('what a verified device distrusted it may verify later, and nothing that it said before undoes that', async t => {
	const {book, trust, device} = await hers(t);
	device(juliet, 2, 'verified');
	const his = device(romeo, 31);
	const from = {owner: juliet, device: 2};
	trust.heard({at: now, owners: about(romeo, [], [his])}, from);
	trust.heard({at: now - 1000, owners: about(romeo, [his])}, from);
	t.is(book.trust(romeo, his), 'distrusted');
	trust.heard({at: now + 1000, owners: about(romeo, [his])}, from);
	t.is(book.trust(romeo, his), 'verified');
});

test('what is distrusted stays so whatever was said by a device that was not verified then', async t => {
	const {book, trust, device} = await hers(t);
	device(juliet, 2, 'verified');
	const [phone, his] = [device(juliet, 3), device(romeo, 31)];
	trust.heard({at: now, owners: about(romeo, [], [his])}, {owner: juliet, device: 2});
	trust.heard({at: now + 1000, owners: about(romeo, [his])}, {owner: juliet, device: 3});
	book.setTrust(juliet, phone, 'verified');
	trust.decided(juliet, phone, 'verified', true);
	t.is(book.trust(romeo, his), 'distrusted');
});

test('what the person decided is not undone by what was said before', async t => {
	const {book, trust, device} = await hers(t);
	device(juliet, 2, 'verified');
	const his = device(romeo, 31, 'verified');
	trust.decided(romeo, his, 'verified', true);
	trust.heard({at: now - 1, owners: about(romeo, [], [his])}, {owner: juliet, device: 2});
	t.is(book.trust(romeo, his), 'verified');
	trust.heard({at: now + 1, owners: about(romeo, [], [his])}, {owner: juliet, device: 2});
	t.is(book.trust(romeo, his), 'distrusted');
});

test('nobody distrusts the device that we are', async t => {
	const {store, book, trust, told, device} = await hers(t);
	const own = device(juliet, 1);
	device(juliet, 2, 'verified');
	trust.heard({at: now, owners: about(juliet, [], [own])}, {owner: juliet, device: 2});
	t.is(store.keyTrust(juliet, juliet, own), 'blind');
	t.is(book.get(juliet, 1)?.trust, 'verified');
	t.deepEqual(told, []);
});

test('of a person so many keys are known and no more, of those that were never seen', async t => {
	const {store, trust, device} = await hers(t);
	device(juliet, 2, 'verified');
	for (let count = 0; count < 4; count++) {
		const keys = Array.from({length: 100}, (_, index) => keyOf(`made up ${count} ${index}`));
		trust.heard({at: now + count, owners: about(romeo, keys)}, {owner: juliet, device: 2});
	}

	t.is(store.trust(juliet, romeo).size, 300);
});

test('of two things that a device said of a key before it was verified the later one counts, whichever came first', async t => {
	const {book, trust, device} = await hers(t);
	const [sender, his] = [device(juliet, 2), device(romeo, 31)];
	trust.heard({at: now - 1, owners: about(romeo, [his])}, {owner: juliet, device: 2});
	trust.heard({at: now - 2, owners: about(romeo, [], [his])}, {owner: juliet, device: 2});
	book.setTrust(juliet, sender, 'verified');
	trust.decided(juliet, sender, 'verified', true);
	t.is(book.trust(romeo, his), 'verified');
});

test('of what is kept of a device there is so much and no more', async t => {
	const {store, book, trust, told, device} = await hers(t);
	const [sender, his] = [device(juliet, 2), device(romeo, 31)];
	const from = {owner: juliet, device: 2};
	for (let count = 0; count < 3; count++) {
		const keys = Array.from({length: 99}, (_, index) => keyOf(`made up ${count} ${index}`));
		trust.heard({at: now - 1 + count, owners: [...about(romeo, [], [his]), ...about(tybalt, keys)]}, from);
	}

	book.setTrust(juliet, sender, 'verified');
	trust.decided(juliet, sender, 'verified', true);
	t.is(book.trust(romeo, his), 'distrusted');
	t.is(told.length, 200);
	t.is(store.fact(juliet, `kept word ${juliet}`), undefined);
});

test('so many devices of a person are heard that are not verified, those that spoke last', async t => {
	const {book, trust, device} = await hers(t);
	for (let id = 1; id <= 12; id++) {
		device(romeo, id);
		trust.heard({at: now - 1, owners: about(romeo, [keyOf(`vouched for by ${id}`)])}, {owner: romeo, device: id});
	}

	for (let id = 1; id <= 12; id++) {
		book.setTrust(romeo, keyOf(`${romeo} ${id}`), 'verified');
		trust.decided(romeo, keyOf(`${romeo} ${id}`), 'verified', true);
	}

	const vouched = Array.from({length: 12}, (_, index) => book.trust(romeo, keyOf(`vouched for by ${index + 1}`)));
	t.deepEqual(vouched, [undefined, undefined, ...Array.from({length: 10}, () => 'verified')]);
});

test('a key is the same under both of its identifiers, and what is none names no key', t => {
	const fingerprint = keyOf('any');
	const u = Uint8Array.from(Buffer.from(fingerprint, 'hex'));
	for (const sign of [0, 1] as const) {
		t.is(fingerprintIn(toEdwards(u, sign) ?? new Uint8Array()), fingerprint);
	}

	t.is(fingerprintIn(new Uint8Array(32).fill(255)), undefined);
	t.is(fingerprintIn(new Uint8Array(31)), undefined);
});
