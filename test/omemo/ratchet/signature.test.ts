import {fc, testProp} from '@fast-check/ava';
import {ed25519} from '@noble/curves/ed25519.js';
import test from 'ava';
import {edwardsEncoding} from '../../../source/omemo/ratchet/key-encoding.js';
import {createKeyPair} from '../../../source/omemo/ratchet/keys.js';
import {toEdwards, toMontgomery} from '../../../source/omemo/ratchet/points.js';
import {sign, verifyEdwards, verifyMontgomery} from '../../../source/omemo/ratchet/signature.js';
import {bytes, flipped, hex, seededRandom} from './support.js';

const message = fc.uint8Array({maxLength: 80});

testProp(
	'what XEdDSA signs is an Ed25519 signature under the Edwards form of the key, and a legacy one',
	[fc.nat(), message],
	(t, seed, signed) => {
		const random = seededRandom(seed);
		const pair = createKeyPair(random);
		const signature = sign(pair, signed, random);
		const edwards = edwardsEncoding.encode(pair.public);
		t.true(ed25519.verify(signature, signed, edwards, {zip215: false}));
		t.true(verifyEdwards(edwards, signed, signature));
		t.true(verifyMontgomery(pair.public, signed, signature));
		t.is((signature[63] ?? 0) & 128, 0);
		t.not(hex(sign(pair, signed, random)), hex(signature), 'each signature has randomness of its own');
	},
	{numRuns: 25},
);

testProp(
	'a peer that has an Ed25519 seed is verified in both profiles, whatever the sign of its key',
	[fc.uint8Array({minLength: 32, maxLength: 32}), message],
	(t, seed, signed) => {
		const edwards = ed25519.getPublicKey(seed);
		const signature = ed25519.sign(signed, seed);
		const u = toMontgomery(edwards);
		t.is(hex(u), hex(ed25519.utils.toMontgomery(edwards)));
		t.true(verifyEdwards(edwards, signed, signature));
		const signBit = (edwards[31] ?? 0) & 128;
		t.is(hex(u && toEdwards(u, signBit === 0 ? 0 : 1)), hex(edwards));
		const legacy = Uint8Array.from(signature);
		legacy[63] = (legacy[63] ?? 0) | signBit;
		t.true(u !== undefined && verifyMontgomery(u, signed, legacy));
		t.false(u !== undefined && verifyMontgomery(u, signed, flipped(legacy, 511)));
	},
	{numRuns: 25},
);

test('a signature whose number is not below the order of the group is refused', t => {
	const key = bytes('3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c');
	const commitment = '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da';
	const number = '085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00';
	t.true(verifyEdwards(key, Uint8Array.of(0x72), bytes(commitment + number)));
	const larger = BigInt(`0x${Buffer.from(number, 'hex').reverse().toString('hex')}`) + ed25519.Point.Fn.ORDER;
	const written = Buffer.from(larger.toString(16).padStart(64, '0'), 'hex').reverse().toString('hex');
	t.false(verifyEdwards(key, Uint8Array.of(0x72), bytes(commitment + written)));
});

test('signatures and keys of other lengths are refused', t => {
	const random = seededRandom(1);
	const pair = createKeyPair(random);
	const signature = sign(pair, new Uint8Array(33), random);
	for (const length of [0, 32, 63, 65, 128]) {
		const other = Uint8Array.from({length}, (_, index) => signature[index] ?? 0);
		t.false(verifyMontgomery(pair.public, new Uint8Array(33), other));
		t.false(verifyEdwards(edwardsEncoding.encode(pair.public), new Uint8Array(33), other));
	}

	t.false(verifyEdwards(pair.public.subarray(1), new Uint8Array(33), signature));
	t.false(verifyMontgomery(pair.public.subarray(1), new Uint8Array(33), signature));
});
