/** What holds for every order of messages, every changed bit and every input. */
import {fc, testProp} from '@fast-check/ava';
import test from 'ava';
import {decrypt} from '../../../source/omemo/ratchet/decrypt.js';
import {type Bundle, bundleOf, createDevice} from '../../../source/omemo/ratchet/device-keys.js';
import {mostSkipped} from '../../../source/omemo/ratchet/double-ratchet.js';
import type {ProfileName} from '../../../source/omemo/ratchet/profile.js';
import {parseDevice, parseSession, serializeDevice, serializeSession} from '../../../source/omemo/ratchet/serialize.js';
import {createCouple, createParty, flipped, hex, type Party, type Sent, seededRandom, stateOf} from './support.js';

const names = ['nurse', 'juliet', 'romeo', 'tybalt', 'benvolio'];
/** Keys take longest to make, and devices do not change. */
const devices = names.map(name => createDevice(seededRandom(name)));
const profile = fc.constantFrom('legacy' as const, 'omemo2' as const);

const person = fc.nat({max: 4});
const event = fc.oneof(
	{weight: 6, arbitrary: fc.record({do: fc.constant('send' as const), from: person, to: person})},
	{weight: 8, arbitrary: fc.record({do: fc.constant('deliver' as const), which: fc.nat()})},
	{weight: 1, arbitrary: fc.record({do: fc.constant('begin' as const), from: person, to: person})},
	{weight: 1, arbitrary: fc.record({do: fc.constant('lose' as const), which: fc.nat()})},
);

type Message = {readonly from: string; readonly to: Party; readonly sent: Sent; readonly text: string; read: boolean};

/** Devices that know each other's names only, and what is on its way between them. */
function createWorld(profile: ProfileName, count: number) {
	const parties = names.slice(0, count).map((name, index) => createParty(profile, `world of ${name}`, devices[index]));
	const handedOut = new Map<Party, number>();
	/** A bundle with one prekey that nobody else was given: that two take the same one is another story. */
	const ownBundle = (party: Party): Bundle => {
		const bundle = bundleOf(party.device, profile);
		const index = (handedOut.get(party) ?? 0) + 1;
		handedOut.set(party, index);
		return {...bundle, preKeys: bundle.preKeys.filter(({id}) => id === index)};
	};

	return {parties, ownBundle, nameOf: (party: Party) => names[parties.indexOf(party)] ?? ''};
}

testProp(
	'in whatever order messages come, are lost or come again, each is decrypted once, and what fails changes nothing',
	[profile, fc.integer({min: 2, max: 5}), fc.array(event, {minLength: 10, maxLength: 120, size: 'max'})],
	(t, profile, count, events) => {
		const {parties, ownBundle, nameOf} = createWorld(profile, count);
		const all: Message[] = [];
		let begun = 0;
		const deliver = (message: Message) => {
			const before = stateOf(message.to);
			const decrypted = message.to.receive(message.from, message.sent);
			if (decrypted.ok) {
				t.false(message.read, 'nothing is decrypted twice');
				t.is(Buffer.from(decrypted.plaintext).toString(), message.text);
				message.read = true;
			} else {
				t.true(message.read, `${decrypted.reason} for a message that came the first time`);
				t.is(decrypted.reason, 'duplicate');
				t.is(stateOf(message.to), before);
			}
		};

		for (const event of events) {
			if (event.do === 'send' || event.do === 'begin') {
				const from = parties[event.from % count];
				const to = parties[(event.from + 1 + (event.to % (count - 1))) % count];
				if (from === undefined || to === undefined) {
					continue;
				}

				if ((event.do === 'begin' && begun < 35) || from.session(nameOf(to)) === undefined) {
					begun += 1;
					from.begin(nameOf(to), ownBundle(to));
				}

				const text = `${all.length}`.padStart(32, '0');
				all.push({from: nameOf(from), to, sent: from.send(nameOf(to), Buffer.from(text)), text, read: false});
				continue;
			}

			const message = all[event.which % Math.max(1, all.length)];
			if (message !== undefined && event.do === 'lose') {
				all.splice(all.indexOf(message), 1);
			} else if (message !== undefined) {
				deliver(message);
			}
		}

		for (const message of all.filter(({read}) => !read).reverse()) {
			deliver(message);
		}

		t.true(all.every(({read}) => read));
	},
	{numRuns: 60},
);

/** A first message, one of a session that talks, and a late one, each with the device that waits for it. */
function messagesOf(profile: ProfileName): ReadonlyArray<readonly [what: string, receiver: Party, sent: Sent]> {
	const text = new Uint8Array(profile === 'legacy' ? 32 : 48).fill(7);
	const couple = () => createCouple(profile, 'flips');
	const first = couple();
	const begins = first.juliet.send('romeo', text);

	const second = couple();
	second.romeo.receive('juliet', second.juliet.send('romeo', text));
	const repeats = second.juliet.send('romeo', text);

	const third = couple();
	third.romeo.receive('juliet', third.juliet.send('romeo', text));
	third.juliet.receive('romeo', third.romeo.send('juliet', text));
	const turns = third.juliet.send('romeo', text);

	const fourth = couple();
	fourth.romeo.receive('juliet', fourth.juliet.send('romeo', text));
	fourth.juliet.receive('romeo', fourth.romeo.send('juliet', text));
	const late = fourth.juliet.send('romeo', text);
	fourth.romeo.receive('juliet', fourth.juliet.send('romeo', text));
	const next = fourth.juliet.send('romeo', text);
	return [
		['a first message', first.romeo, begins],
		['a key exchange of a session that is there', second.romeo, repeats],
		['a message under a new ratchet key', third.romeo, turns],
		['a late message', fourth.romeo, late],
		['the next message', fourth.romeo, next],
	];
}

for (const profile of ['legacy', 'omemo2'] as const) {
	for (const [what, receiver, {message, isKeyExchange}] of messagesOf(profile)) {
		test(`${profile}: ${what} with any one bit changed, or cut off anywhere, is refused and changes nothing`, t => {
			const before = stateOf(receiver);
			for (let bit = 0; bit < message.length * 8; bit += 1) {
				const decrypted = receiver.receive('juliet', {message: flipped(message, bit), isKeyExchange});
				t.false(decrypted.ok, `bit ${bit}`);
			}

			for (let length = 0; length < message.length; length += 1) {
				t.false(receiver.receive('juliet', {message: message.slice(0, length), isKeyExchange}).ok, `${length} bytes`);
			}

			t.is(stateOf(receiver), before);
			t.true(receiver.receive('juliet', {message, isKeyExchange}).ok);
		});
	}
}

const wild = {legacy: createCouple('legacy', 'wild'), omemo2: createCouple('omemo2', 'wild')};
for (const {juliet, romeo} of Object.values(wild)) {
	romeo.receive('juliet', juliet.send('romeo', new Uint8Array(32)));
	juliet.receive('romeo', romeo.send('juliet', new Uint8Array(32)));
}

testProp(
	'bytes from anywhere are refused and change nothing',
	[
		profile,
		fc.boolean(),
		fc.oneof(
			fc.uint8Array({maxLength: 300}),
			fc.uint8Array({maxLength: 300}).map(rest => Uint8Array.of(0x33, ...rest)),
		),
	],
	(t, profile, isKeyExchange, message) => {
		const {romeo} = wild[profile];
		const before = stateOf(romeo);
		const device = serializeDevice(romeo.device);
		t.false(romeo.receive('juliet', {message, isKeyExchange}).ok);
		t.false(decrypt({device: romeo.device, profile, message, isKeyExchange}).ok);
		t.is(stateOf(romeo), before);
		t.deepEqual(serializeDevice(romeo.device), device);
	},
	{numRuns: 300},
);

testProp(
	'pieces of real messages, put together anew, are refused and change nothing',
	[profile, fc.boolean(), fc.nat(), fc.nat(), fc.nat()],
	(t, profile, isKeyExchange, one, other, third) => {
		const {juliet, romeo} = createCouple(profile, 'pieces');
		const first = juliet.send('romeo', new Uint8Array(32).fill(1)).message;
		const second = juliet.send('romeo', new Uint8Array(32).fill(2)).message;
		const at = (bytes: Uint8Array, place: number) => place % bytes.length;
		const message = Uint8Array.of(
			...first.slice(0, at(first, one)),
			...second.slice(at(second, other)),
			...first.slice(at(first, third)),
		);
		const before = stateOf(romeo);
		const isReal = [hex(first), hex(second)].includes(hex(message));
		t.is(romeo.receive('juliet', {message, isKeyExchange}).ok, isReal && isKeyExchange);
		t.true(isReal || stateOf(romeo) === before);
	},
	{numRuns: 60},
);

testProp(
	'however messages are passed over, no more than 1000 keys of them are kept, and the newest are',
	[profile, fc.array(fc.tuple(fc.integer({min: 0, max: 600}), fc.boolean()), {minLength: 1, maxLength: 8})],
	(t, profile, steps) => {
		const {juliet, romeo} = createCouple(profile, 'gaps');
		const text = new Uint8Array(32);
		romeo.receive('juliet', juliet.send('romeo', text));
		let newest: Sent | undefined;
		for (const [gap, turns] of steps) {
			for (let passed = 0; passed < gap; passed += 1) {
				newest = juliet.send('romeo', text);
			}

			t.true(romeo.receive('juliet', juliet.send('romeo', text)).ok);
			const {skipped} = romeo.session('juliet')?.states[0].ratchet ?? {skipped: []};
			t.true(skipped.length <= mostSkipped);
			if (turns) {
				juliet.receive('romeo', romeo.send('juliet', text));
			}
		}

		t.true(newest === undefined || romeo.receive('juliet', newest).ok);
	},
	{numRuns: 12},
);

testProp(
	'a record gives what was written, and none that was cut off, lengthened or changed gives anything',
	[profile, fc.nat(), fc.nat(), fc.uint8Array({minLength: 1, maxLength: 9})],
	(t, profile, bit, length, more) => {
		const {juliet, romeo} = wild[profile];
		romeo.receive('juliet', juliet.send('romeo', new Uint8Array(32)));
		for (const session of [juliet.session('romeo'), romeo.session('juliet')]) {
			t.deepEqual(session && parseSession(serializeSession(session)), session);
		}

		t.deepEqual(parseDevice(serializeDevice(juliet.device)), juliet.device);
		const record = juliet.records.get('romeo') ?? new Uint8Array();
		for (const [written, parse] of [
			[record, parseSession],
			[serializeDevice(romeo.device), parseDevice],
		] as const) {
			t.truthy(parse(written));
			t.is(parse(flipped(written, bit % (written.length * 8))), undefined);
			t.is(parse(written.slice(0, length % written.length)), undefined);
			t.is(parse(Uint8Array.of(...written, ...more)), undefined);
			t.is(parse(more), undefined);
		}

		t.is(parseDevice(record), undefined, 'a session is no device');
		t.is(parseSession(serializeDevice(romeo.device)), undefined, 'nor the other way round');
	},
	{numRuns: 60},
);
