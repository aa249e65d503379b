import {fc, testProp} from '@fast-check/ava';
import test from 'ava';
import {type Bundle, bundleAmong, bundleItem, bundleNode, wantedBundle} from '../../../source/omemo/wire/bundle.js';
import {bytesOf, damaged, garbage, juliet, overTheWire, prekeyIds, typedKeys} from './arbitrary.js';

const bundle = (mark: number, prekeys = 1): Bundle => ({
	identityKey: new Uint8Array(32).fill(mark),
	signedPrekey: {id: 1, key: new Uint8Array(32).fill(mark)},
	signature: new Uint8Array(64).fill(mark),
	prekeys: Array.from({length: prekeys}, (_, id) => ({id, key: new Uint8Array(32).fill(mark)})),
});

test('a device of the legacy version has a node of its own, whose newest item counts', t => {
	const {payload: _, ...node} = bundleNode('legacy', 31415);
	t.deepEqual(node, {name: 'eu.siacs.conversations.axolotl.bundles:31415', access: 'everybody'});
	t.is(bundleItem('legacy', 31415), 'current');
	t.deepEqual(wantedBundle('legacy', juliet, 31415), {owner: juliet, newest: 1});
});

test('all devices of an account share a node today, each with an item of its own', t => {
	const {payload: _, ...node} = bundleNode('omemo2', 31415);
	t.deepEqual(node, {name: 'urn:xmpp:omemo:2:bundles', access: 'everybody', maxItems: 'max'});
	t.is(bundleItem('omemo2', 31415), '31415');
	t.deepEqual(wantedBundle('omemo2', juliet, 31415), {owner: juliet, ids: ['31415']});
});

test('a legacy bundle counts whatever its item is called', t => {
	const value = bundle(1);
	t.is(bundleAmong([{id: '1', value}], 'legacy', 4223), value);
	t.is(bundleAmong([{id: 'a3f0', value}], 'legacy', 4223), value);
	t.is(bundleAmong([], 'legacy', 4223), undefined);
});

test('a bundle of another device is not taken for the one that was wanted', t => {
	const items = [
		{id: '1', value: bundle(1)},
		{id: '2', value: bundle(2)},
	];
	t.is(bundleAmong(items, 'omemo2', 2), items[1]?.value);
	t.is(bundleAmong(items, 'omemo2', 3), undefined);
});

test('of very many prekeys the first five hundred count', t => {
	const {payload} = bundleNode('omemo2', 1);
	t.is(payload.decode(payload.encode(bundle(1, 500)))?.prekeys.length, 500);
	t.is(payload.decode(payload.encode(bundle(1, 501)))?.prekeys.length, 500);
	t.is(payload.decode(payload.encode(bundle(1, 15_000)))?.prekeys.length, 500);
});

test('a bundle whose usable prekeys come after hundreds of broken ones cannot be read', t => {
	const {payload} = bundleNode('omemo2', 1);
	const broken = Array.from({length: 500}, (_, id) => ({id, key: new Uint8Array(31)}));
	const {prekeys, ...rest} = bundle(1);
	t.not(payload.decode(payload.encode({...rest, prekeys: [...broken.slice(1), ...prekeys]})), undefined);
	t.is(payload.decode(payload.encode({...rest, prekeys: [...broken, ...prekeys]})), undefined);
});

const bundles = (keys: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Bundle> => {
	const prekey = fc.record({id: prekeyIds, key: keys}, {noNullPrototype: true});
	return fc.record(
		{
			signedPrekey: prekey,
			signature: bytesOf(64),
			identityKey: keys,
			prekeys: fc.uniqueArray(prekey, {minLength: 1, maxLength: 10, selector: ({id}) => id}),
		},
		{noNullPrototype: true},
	);
};

testProp(
	'a bundle is read as it was written, byte for byte',
	[bundles(typedKeys), bundles(bytesOf(32))],
	(t, old, today) => {
		const legacy = bundleNode('legacy', 1).payload;
		t.deepEqual(legacy.decode(overTheWire(legacy.encode(old))), old);
		t.is(legacy.decode(overTheWire(legacy.encode(today))), undefined);
		const {payload} = bundleNode('omemo2', 1);
		t.deepEqual(payload.decode(overTheWire(payload.encode(today))), today);
		t.is(payload.decode(overTheWire(payload.encode(old))), undefined);
	},
);

testProp(
	'whatever a bundle holds, what is read has keys of the right length',
	[
		garbage(['bundle', 'spk', 'spks', 'ik', 'prekeys', 'pk'], ['id'], ['urn:xmpp:omemo:2']),
		damaged(bundleNode('omemo2', 1).payload.encode(bundle(1, 3))),
	],
	(t, ...elements) => {
		for (const element of elements) {
			const found = bundleNode('omemo2', 1).payload.decode(element);
			const keys = found && [found.identityKey, found.signedPrekey.key, ...found.prekeys.map(({key}) => key)];
			t.true(keys === undefined || (keys.length > 2 && keys.every(({length}) => length === 32)));
			t.true(found === undefined || found.signature.length === 64);
		}
	},
);
