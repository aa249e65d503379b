import test from 'ava';
import {
	bundleOf,
	createDevice,
	type DeviceKeys,
	findPreKey,
	findSignedPreKey,
	hidePreKey,
	refillPreKeys,
	removeHiddenPreKeys,
	removePreKey,
	rotateSignedPreKey,
} from '../../../source/omemo/ratchet/device-keys.js';
import {profiles} from '../../../source/omemo/ratchet/profile.js';
import {hex, seededRandom} from './support.js';

const names = ['legacy', 'omemo2'] as const;
const random = seededRandom('device');
const device = createDevice(random);
const idsOf = (device: DeviceKeys) => bundleOf(device, 'legacy').preKeys.map(({id}) => id);

test('a new device has one identity, and a signed prekey and 100 prekeys in each profile', t => {
	for (const name of names) {
		const bundle = bundleOf(device, name);
		const {identity, key, verify} = profiles[name];
		t.is(hex(identity.decode(bundle.identity)), hex(device.identity.public));
		t.true(verify(bundle.identity, bundle.signedPreKey.key, bundle.signedPreKey.signature));
		t.deepEqual(
			bundle.preKeys.map(({id}) => id),
			Array.from({length: 100}, (_, index) => index + 1),
		);
		t.true(bundle.preKeys.every(preKey => key.decode(preKey.key) !== undefined));
	}

	const keys = names.flatMap(name => bundleOf(device, name).preKeys.map(preKey => hex(preKey.key.slice(-32))));
	t.is(new Set(keys).size, 200);
});

test('a bundle has the key lengths of its profile', t => {
	const lengths = names.map(name => {
		const {identity, signedPreKey, preKeys} = bundleOf(device, name);
		return [identity, signedPreKey.key, preKeys[0]?.key, signedPreKey.signature].map(key => key?.length);
	});
	t.deepEqual(lengths, [
		[33, 33, 33, 64],
		[32, 32, 32, 64],
	]);
});

test('a new signed prekey has the next id, and the one before is kept once', t => {
	const once = rotateSignedPreKey(device, 'legacy', random);
	const twice = rotateSignedPreKey(once, 'legacy', random);
	t.is(bundleOf(once, 'legacy').signedPreKey.id, 2);
	t.deepEqual(findSignedPreKey(once, 'legacy', 1), device.profiles.legacy.signedPreKey);
	t.deepEqual(findSignedPreKey(twice, 'legacy', 2), once.profiles.legacy.signedPreKey);
	t.is(findSignedPreKey(twice, 'legacy', 1), undefined);
	t.is(twice.profiles.omemo2, device.profiles.omemo2, 'the other profile is as it was');
	t.is(bundleOf(device, 'legacy').signedPreKey.id, 1, 'so is the device it was made of');
});

test('a used prekey goes, and the bundle is filled up with ids that were not there before', t => {
	const used = removePreKey(removePreKey(device, 'legacy', 7), 'legacy', 100);
	t.is(idsOf(used).length, 98);
	t.is(findPreKey(used, 'legacy', 7), undefined);
	const filled = refillPreKeys(used, 'legacy', random);
	t.is(idsOf(filled).length, 100);
	t.deepEqual(idsOf(filled).slice(-2), [101, 102]);
	t.is(refillPreKeys(filled, 'legacy', random), filled);
});

test('a hidden prekey is not in the bundle but can be used until the hidden ones are removed', t => {
	const hidden = refillPreKeys(hidePreKey(device, 'legacy', 7), 'legacy', random);
	t.false(idsOf(hidden).includes(7));
	t.is(idsOf(hidden).length, 100);
	t.is(findPreKey(hidden, 'legacy', 7)?.id, 7);
	const after = removeHiddenPreKeys(hidden, 'legacy');
	t.is(findPreKey(after, 'legacy', 7), undefined);
	t.deepEqual(idsOf(after), idsOf(hidden));
});

test('ids begin again at 1 before they are longer than 31 bits, and pass over those in use', t => {
	const highest = 2 ** 31 - 1;
	const {legacy} = device.profiles;
	const late: DeviceKeys = {
		...device,
		profiles: {
			...device.profiles,
			legacy: {
				...legacy,
				nextPreKeyId: highest,
				preKeys: legacy.preKeys.slice(0, 97),
				signedPreKey: {...legacy.signedPreKey, id: highest},
			},
		},
	};
	t.deepEqual(idsOf(refillPreKeys(late, 'legacy', random)).slice(-3), [highest, 98, 99]);
	t.is(bundleOf(rotateSignedPreKey(late, 'legacy', random), 'legacy').signedPreKey.id, 1);
});
