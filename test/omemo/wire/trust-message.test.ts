import {fc, testProp} from '@fast-check/ava';
import test from 'ava';
import {decodeEnvelope, encodeEnvelope} from '../../../source/omemo/wire/envelope.js';
import {type TrustMessage, trustMessage, trustMessageIn} from '../../../source/omemo/wire/trust-message.js';
import {address, bytesOf, damaged, juliet, overTheWire, romeo} from './arbitrary.js';

const key = (mark: number) => new Uint8Array(32).fill(mark);
const message: TrustMessage = [
	{jid: juliet, trusted: [key(1)], distrusted: []},
	{jid: romeo, trusted: [], distrusted: [key(2), key(3)]},
];
const noon = Date.UTC(2026, 6, 1, 12);
const expected = {from: juliet, to: romeo, isGroup: false, at: noon};

test('a trust message in an envelope is found, with the time it was made', t => {
	const content = [trustMessage.encode(message)];
	const bytes = encodeEnvelope({content, from: juliet, to: romeo, time: noon}, length => new Uint8Array(length));
	t.deepEqual(trustMessageIn(decodeEnvelope(bytes, expected)), {owners: message, at: noon});
});

test('a trust message counts only in an envelope that is in order and says a time to be believed', t => {
	const content = [trustMessage.encode(message)];
	t.is(trustMessageIn({ok: true, content, isTimeDoubtful: false}), undefined);
	t.is(trustMessageIn({ok: true, content, time: noon, isTimeDoubtful: true}), undefined);
	t.is(trustMessageIn({ok: false, reason: 'wrong-sender'}), undefined);
	t.is(trustMessageIn({ok: true, content: [], time: noon, isTimeDoubtful: false}), undefined);
	t.not(trustMessageIn({ok: true, content, time: noon, isTimeDoubtful: false}), undefined);
});

test('of two trust messages in one envelope neither counts', t => {
	const content = [trustMessage.encode(message), trustMessage.encode(message)];
	t.is(trustMessageIn({ok: true, content, time: noon, isTimeDoubtful: false}), undefined);
});

test('a key that is both trusted and distrusted is distrusted', t => {
	const owner = {jid: juliet, trusted: [key(1), key(2)], distrusted: [key(2)]};
	t.deepEqual(trustMessage.decode(trustMessage.encode([owner])), [{...owner, trusted: [key(1)]}]);
});

test('a key that one part of a message trusts and another distrusts is distrusted', t => {
	const parts = [
		{jid: juliet, trusted: [key(1), key(2)], distrusted: []},
		{jid: juliet, trusted: [], distrusted: [key(2)]},
	];
	t.deepEqual(trustMessage.decode(trustMessage.encode(parts)), [
		{jid: juliet, trusted: [key(1)], distrusted: [key(2)]},
	]);
});

test('a message about very many keys is cut', t => {
	const keys = Array.from({length: 101}, (_, mark) => key(mark));
	const owners = Array.from({length: 101}, (_, index) => ({
		jid: address(`guest${index}@example.org`),
		trusted: [key(1)],
		distrusted: [],
	}));
	t.is(
		trustMessage.decode(trustMessage.encode([{jid: juliet, trusted: keys, distrusted: []}]))?.[0]?.trusted.length,
		100,
	);
	t.is(trustMessage.decode(trustMessage.encode(owners))?.length, 100);
});

const keys = fc.uniqueArray(bytesOf(32), {minLength: 1, maxLength: 6, selector: String});

testProp('a trust message is read as it was written', [keys, fc.nat(6)], (t, all, count) => {
	const owners = [{jid: romeo, trusted: all.slice(0, count), distrusted: all.slice(count)}];
	t.deepEqual(trustMessage.decode(overTheWire(trustMessage.encode(owners))), owners);
});

testProp(
	'whatever a trust message holds, its keys have the right length',
	[damaged(trustMessage.encode(message))],
	(t, element) => {
		const owners = trustMessage.decode(element) ?? [];
		t.true(owners.every(({trusted, distrusted}) => trusted.length + distrusted.length > 0));
		t.true(owners.every(({trusted, distrusted}) => [...trusted, ...distrusted].every(({length}) => length === 32)));
	},
);
