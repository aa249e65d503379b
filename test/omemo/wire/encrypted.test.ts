import {fc, testProp} from '@fast-check/ava';
import test from 'ava';
import {
	type Encrypted,
	type EncryptedKey,
	encryptedElement,
	encryptedIn,
	keysFor,
} from '../../../source/omemo/wire/encrypted.js';
import {fallbackText, outsideElements} from '../../../source/omemo/wire/outside.js';
import {append, createElement, type Element} from '../../../source/xmpp/element.js';
import {serialize} from '../../../source/xmpp/serialize.js';
import {bytesOf, damaged, deviceIds, garbage, juliet, nurse, overTheWire, romeo} from './arbitrary.js';

type EncryptedIn<Version> = Extract<Encrypted, {version: Version}>;

const filled = (length: number, mark = 1) => new Uint8Array(length).fill(mark);
const key = (device: number, mark = 1): EncryptedKey => ({device, isKeyExchange: false, data: filled(90, mark)});
const legacy: EncryptedIn<'legacy'> = {
	version: 'legacy',
	sender: 4223,
	keys: [key(31415)],
	iv: filled(12),
	payload: filled(20),
};
const today: EncryptedIn<'omemo2'> = {
	version: 'omemo2',
	sender: 4223,
	keys: [{owner: juliet, ...key(31415)}],
	payload: filled(560),
};

function message(...children: readonly Element[]): Element {
	const stanza = createElement('message', {from: romeo, to: juliet});
	append(stanza, children);
	return overTheWire(stanza);
}

test('a message may have one of each version', t => {
	t.deepEqual(encryptedIn(message(encryptedElement(today), encryptedElement(legacy))), [legacy, today]);
	t.deepEqual(encryptedIn(message()), []);
});

test('of two of one version neither counts, and the other version does', t => {
	const again = {...legacy, sender: 1};
	t.deepEqual(encryptedIn(message(encryptedElement(legacy), encryptedElement(today), encryptedElement(again))), [
		today,
	]);
	const broken = createElement('encrypted', {xmlns: 'urn:xmpp:omemo:2'});
	t.deepEqual(encryptedIn(message(encryptedElement(legacy), encryptedElement(today), broken)), [legacy]);
});

test('only a direct child of the message counts', t => {
	const forwarded = createElement('forwarded', {xmlns: 'urn:xmpp:forward:0'}, encryptedElement(legacy));
	t.deepEqual(encryptedIn(message(forwarded)), []);
});

test('a payload of no bytes is there, unlike none', t => {
	const [empty] = encryptedIn(message(encryptedElement({...legacy, payload: filled(0)})));
	t.deepEqual(empty?.payload, filled(0));
	const {payload: _, ...without} = legacy;
	t.deepEqual(encryptedIn(message(encryptedElement(without))), [without]);
});

test('keys for people’s devices are written together, in the order they came', t => {
	const keys = [
		{owner: juliet, ...key(1)},
		{owner: nurse, ...key(2), isKeyExchange: true},
		{owner: juliet, ...key(3)},
	];
	const written = serialize(encryptedElement({...today, keys}));
	t.regex(written, /<keys jid="juliet@example\.org"><key rid="1">[^<]+<\/key><key rid="3">[^<]+<\/key><\/keys>/);
	t.regex(written, /<keys jid="nurse@example\.org"><key rid="2" kex="true">/);
});

test('the legacy version does not tell whose devices it is for', t => {
	t.notRegex(serialize(encryptedElement({...legacy, keys: [{owner: juliet, ...key(1)}]})), /juliet/);
});

test('in the legacy version each key for the id is to be tried, up to eight', t => {
	const keys = [key(7, 1), key(8, 2), key(7, 3)];
	t.deepEqual(keysFor({...legacy, keys}, juliet, 7), [key(7, 1), key(7, 3)]);
	const many = Array.from({length: 500}, (_, mark) => key(7, mark));
	t.deepEqual(keysFor({...legacy, keys: many}, juliet, 7), many.slice(0, 8));
});

test('in today’s version a key is for one person’s device, and the first one counts', t => {
	const keys = [
		{owner: romeo, ...key(7, 1)},
		{owner: juliet, ...key(7, 2)},
		{owner: juliet, ...key(7, 3)},
	];
	t.deepEqual(keysFor({...today, keys}, juliet, 7), [{owner: juliet, ...key(7, 2)}]);
	t.deepEqual(keysFor({...today, keys}, juliet, 8), []);
	t.deepEqual(keysFor({...today, keys}, nurse, 7), []);
});

test('more than a thousand keys are too many', t => {
	const keys = Array.from({length: 1001}, (_, index) => key(index + 1));
	const owned = keys.map(one => ({owner: juliet, ...one}));
	t.is(encryptedIn(message(encryptedElement({...legacy, keys: keys.slice(1)})))[0]?.keys.length, 1000);
	t.deepEqual(encryptedIn(message(encryptedElement({...legacy, keys}))), []);
	t.is(encryptedIn(message(encryptedElement({...today, keys: owned.slice(1)})))[0]?.keys.length, 1000);
	t.deepEqual(encryptedIn(message(encryptedElement({...today, keys: owned}))), []);
});

test('more than a thousand people are too many, with or without keys', t => {
	const groups = (count: number) => {
		const header = createElement('header', {sid: 1});
		append(
			header,
			Array.from({length: count}, (_, index) => createElement('keys', {jid: `guest${index}@example.org`})),
		);
		return message(createElement('encrypted', {xmlns: 'urn:xmpp:omemo:2'}, header));
	};
	t.is(encryptedIn(groups(1000)).length, 1);
	t.is(encryptedIn(groups(1001)).length, 0);
});

test('a key longer than any honest one does not count, nor does a header of long ones', t => {
	const long = (length: number, count: number) =>
		encryptedIn(
			message(
				encryptedElement({
					...legacy,
					keys: Array.from({length: count}, (_, device) => ({...key(device + 1), data: filled(length)})),
				}),
			),
		)[0]?.keys.length;
	t.is(long(1024, 1), 1);
	t.is(long(1025, 1), 0);
	t.is(long(1024, 256), 256);
	t.is(long(1024, 257), undefined);
});

test('a thousand key exchanges of the longest kind can be read', t => {
	const keys = Array.from({length: 1000}, (_, device) => ({
		owner: juliet,
		device: device + 1,
		isKeyExchange: true,
		data: filled(220),
	}));
	t.is(encryptedIn(message(encryptedElement({...today, keys})))[0]?.keys.length, 1000);
});

test('a message says beside what is encrypted what it is, and asks archives to keep it', t => {
	t.deepEqual(
		outsideElements(['omemo2'], {isEmpty: false}).map(element => serialize(element)),
		[
			'<encryption xmlns="urn:xmpp:eme:0" namespace="urn:xmpp:omemo:2" name="OMEMO"/>',
			'<store xmlns="urn:xmpp:hints"/>',
		],
	);
});

test('only the legacy version has a text for people whose app cannot decrypt', t => {
	const bodies = (versions: Parameters<typeof outsideElements>[0]) =>
		outsideElements(versions, {isEmpty: false})
			.filter(({name}) => name === 'body')
			.map(element => serialize(element));
	t.deepEqual(bodies(['omemo2']), []);
	t.deepEqual(bodies(['legacy']), [`<body>${fallbackText}</body>`]);
	t.deepEqual(bodies(['legacy', 'omemo2']), [`<body>${fallbackText}</body>`]);
});

test('nobody is told of an empty message', t => {
	t.deepEqual(
		outsideElements(['legacy', 'omemo2'], {isEmpty: true}).map(element => serialize(element)),
		['<store xmlns="urn:xmpp:hints"/>'],
	);
});

const keys = fc.array(
	fc.record(
		{device: deviceIds, isKeyExchange: fc.boolean(), data: fc.uint8Array({minLength: 1, maxLength: 250})},
		{noNullPrototype: true},
	),
	{maxLength: 8},
);

testProp(
	'what is encrypted is read as it was written',
	[deviceIds, keys, keys, fc.oneof(bytesOf(12), bytesOf(16)), fc.uint8Array({maxLength: 300})],
	(t, sender, one, other, iv, payload) => {
		const old: Encrypted = {version: 'legacy', sender, keys: [...one, ...other], iv, payload};
		t.deepEqual(encryptedIn(message(encryptedElement(old))), [old]);
		const owned = [...one.map(entry => ({owner: juliet, ...entry})), ...other.map(entry => ({owner: romeo, ...entry}))];
		const recent: Encrypted = {version: 'omemo2', sender, keys: owned, payload};
		t.deepEqual(encryptedIn(message(encryptedElement(recent))), [recent]);
	},
);

testProp(
	'whatever a message holds, what is read is within the limits',
	[
		garbage(
			['encrypted', 'header', 'keys', 'key', 'iv', 'payload'],
			['sid', 'rid', 'kex', 'prekey', 'jid'],
			['urn:xmpp:omemo:2', 'eu.siacs.conversations.axolotl'],
		),
		damaged(encryptedElement(legacy)),
		damaged(encryptedElement(today)),
	],
	(t, ...elements) => {
		const found = encryptedIn(createElement('message', {}, ...elements));
		const isId = (id: number) => Number.isInteger(id) && id > 0 && id < 2 ** 31;
		t.deepEqual(
			found.filter(
				({version, sender, keys, iv, payload}) =>
					!isId(sender) ||
					(version === 'legacy' && payload !== undefined && iv?.length !== 12 && iv?.length !== 16) ||
					keys.some(({owner, device, data}) => !isId(device) || data.length === 0 || !owner === (version === 'omemo2')),
			),
			[],
		);
	},
);
