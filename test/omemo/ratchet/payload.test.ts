import {createCipheriv} from 'node:crypto';
import {fc, testProp} from '@fast-check/ava';
import test from 'ava';
import {
	decryptPayload,
	emptyKeyMaterial,
	encryptPayload,
	isEmptyKeyMaterial,
} from '../../../source/omemo/ratchet/payload.js';
import {bytes, flipped, seededRandom} from './support.js';

const profile = fc.constantFrom('legacy' as const, 'omemo2' as const);

testProp(
	'a payload is decrypted with its key material and no other, and not with a changed bit',
	[profile, fc.uint8Array({maxLength: 100}), fc.nat()],
	(t, profile, plaintext, seed) => {
		const random = seededRandom(seed);
		const encrypted = encryptPayload(profile, plaintext, random);
		t.is(encrypted.keyMaterial.length, profile === 'legacy' ? 32 : 48);
		t.deepEqual(decryptPayload(profile, encrypted), {ok: true, plaintext});
		const other = encryptPayload(profile, plaintext, random);
		t.deepEqual(decryptPayload(profile, {...encrypted, keyMaterial: other.keyMaterial}), {
			ok: false,
			reason: 'bad-mac',
		});
		for (const part of ['payload', 'iv', 'keyMaterial'] as const) {
			const value = encrypted[part] ?? new Uint8Array();
			for (let bit = 0; bit < value.length * 8; bit += 1) {
				const changed = decryptPayload(profile, {...encrypted, [part]: flipped(value, bit)});
				t.false(changed.ok, `${part}, bit ${bit}`);
			}
		}
	},
	{numRuns: 20},
);

testProp(
	'no bytes make decryption throw',
	[profile, fc.uint8Array({maxLength: 80}), fc.uint8Array({maxLength: 20}), fc.uint8Array({maxLength: 80})],
	(t, profile, payload, iv, keyMaterial) => {
		t.false(decryptPayload(profile, {payload, iv, keyMaterial}).ok);
	},
);

test('legacy: IVs of 12 and of 16 bytes are taken, others not', t => {
	const key = new Uint8Array(16).fill(1);
	for (const [length, isTaken] of [
		[12, true],
		[16, true],
		[8, false],
		[0, false],
	] as const) {
		const iv = new Uint8Array(length).fill(2);
		const cipher = createCipheriv('aes-128-gcm', key, length === 0 ? new Uint8Array(12) : iv);
		const payload = Buffer.concat([cipher.update('wherefore'), cipher.final()]);
		const decrypted = decryptPayload('legacy', {payload, iv, keyMaterial: Buffer.concat([key, cipher.getAuthTag()])});
		t.is(decrypted.ok, isTaken, `${length} bytes`);
	}
});

test('legacy: a part of the ciphertext may come with the tag, and the tag with the ciphertext it may not', t => {
	const {payload, iv = bytes(''), keyMaterial} = encryptPayload('legacy', bytes('00'.repeat(20)), seededRandom(1));
	const [key, tag] = [keyMaterial.subarray(0, 16), keyMaterial.subarray(16)];
	const moved = {payload: payload.subarray(0, 12), iv, keyMaterial: Buffer.concat([key, payload.subarray(12), tag])};
	t.true(decryptPayload('legacy', moved).ok);
	t.deepEqual(decryptPayload('legacy', {payload: Buffer.concat([payload, tag]), iv, keyMaterial: key}), {
		ok: false,
		reason: 'without-tag',
	});
	t.deepEqual(decryptPayload('legacy', {payload, iv, keyMaterial: keyMaterial.subarray(0, 31)}), {
		ok: false,
		reason: 'bad-length',
	});
});

test('omemo:2: key material has 48 bytes exactly', t => {
	const {payload, keyMaterial} = encryptPayload('omemo2', bytes('00'), seededRandom(1));
	for (const wrong of [keyMaterial.subarray(1), Buffer.concat([keyMaterial, bytes('00')]), bytes('')]) {
		t.deepEqual(decryptPayload('omemo2', {payload, keyMaterial: wrong}), {ok: false, reason: 'bad-length'});
	}
});

test('an empty message is a key in the legacy profile and zeros in omemo:2', t => {
	const random = seededRandom(1);
	t.is(emptyKeyMaterial('legacy', random).length, 16);
	t.deepEqual(emptyKeyMaterial('omemo2', random), new Uint8Array(32));
	t.true(isEmptyKeyMaterial('legacy', emptyKeyMaterial('legacy', random)));
	t.true(isEmptyKeyMaterial('legacy', new Uint8Array(32)));
	t.false(isEmptyKeyMaterial('legacy', new Uint8Array(15)));
	t.true(isEmptyKeyMaterial('omemo2', emptyKeyMaterial('omemo2', random)));
	t.false(isEmptyKeyMaterial('omemo2', new Uint8Array(48)));
	t.false(isEmptyKeyMaterial('omemo2', new Uint8Array(32).fill(1)));
});
