/** The primitives against the numbers of their specifications, and of what other implementations are held to. */
import test from 'ava';
import {hkdf, messageKeyOf, nextChainKey} from '../../../source/omemo/ratchet/derivation.js';
import {edwardsEncoding, plainEncoding, prefixedEncoding} from '../../../source/omemo/ratchet/key-encoding.js';
import {agree, keyPairOf} from '../../../source/omemo/ratchet/keys.js';
import {cbcKeys} from '../../../source/omemo/ratchet/message-cipher.js';
import {toEdwards, toMontgomery} from '../../../source/omemo/ratchet/points.js';
import {profiles} from '../../../source/omemo/ratchet/profile.js';
import {verifyEdwards, verifyMontgomery} from '../../../source/omemo/ratchet/signature.js';
import {bytes, flipped, hex} from './support.js';

const x25519 = (scalar: Uint8Array, u: Uint8Array) => agree(keyPairOf(scalar), u) ?? new Uint8Array();

test('X25519 gives what RFC 7748 §5.2 says', t => {
	t.is(
		hex(
			x25519(
				bytes('a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4'),
				bytes('e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c'),
			),
		),
		'c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552',
	);
	const base = new Uint8Array(32);
	base[0] = 9;
	let [scalar, u]: readonly [Uint8Array, Uint8Array] = [base, base];
	for (let round = 1; round <= 1000; round += 1) {
		[scalar, u] = [x25519(scalar, u), scalar];
		if (round === 1) {
			t.is(hex(scalar), '422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079');
		}
	}

	t.is(hex(scalar), '684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51');
});

test('both sides of X25519 agree as in RFC 7748 §6.1', t => {
	const alice = keyPairOf(bytes('77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a'));
	t.is(hex(alice.public), '8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a');
	const bob = keyPairOf(bytes('5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb'));
	t.is(hex(bob.public), 'de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f');
	const shared = '4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742';
	t.is(hex(agree(alice, bob.public)), shared);
	t.is(hex(agree(bob, alice.public)), shared);
});

test('keys of the legacy profile agree as in other implementations', t => {
	const alice = keyPairOf(bytes('c806439dc9d2c476ffed8f2580c0888d58ab406bf7ae3698879021b96bb4bf59'));
	const bob = keyPairOf(bytes('b03b34c33a1c44f225b662d2bf4859b8135411fa7b0386d45fb75dc5b91b4466'));
	t.is(
		hex(prefixedEncoding.encode(alice.public)),
		'051bb75966f2e93a3691dfff942bb2a466a1c08b8d78ca3f4d6df8b8bfa2e4ee28',
	);
	t.is(hex(prefixedEncoding.encode(bob.public)), '05653614993d2b15ee9e5fd3d86ce719ef4ec1daae1886a87b3f5fa9565a27a22f');
	t.is(hex(agree(alice, bob.public)), '325f239328941ced6e673b86ba41017448e99b649a9c3806c1dd7ca4c477e629');
});

test('HKDF gives what RFC 5869 §A.3 says', t => {
	t.is(
		hex(hkdf(new Uint8Array(22).fill(11), '', 42)),
		'8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8',
	);
});

test('Ed25519 signatures of RFC 8032 §7.1 verify, and none of them with a changed bit', t => {
	const examples = [
		[
			'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
			'',
			'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
		],
		[
			'3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
			'72',
			'92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
		],
		[
			'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
			'af82',
			'6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
		],
	] as const;
	for (const [key, message, signature] of examples) {
		t.true(verifyEdwards(bytes(key), bytes(message), bytes(signature)));
		for (let bit = 0; bit < 512; bit += 1) {
			t.false(verifyEdwards(bytes(key), bytes(message), flipped(bytes(signature), bit)));
		}
	}
});

test('a legacy signature with its sign in the last byte verifies, and none with a changed bit', t => {
	const identity = bytes('ab7e717d4a163b7d9a1d8071dfe9dcf8cdcd1cea3339b6356be84d887e322c64');
	const signed = bytes('05edce9d9c415ca78cb7252e72c2c4a554d3eb29485a0e1d503118d1a82d99fb4a');
	const signature = bytes(
		'5de88ca9a89b4a115da79109c67c9c7464a3e4180274f1cb8c63c2984e286dfbede82deb9dcd9fae0bfbb821569b3d9001bd8130cd11d486cef047bd60b86e88',
	);
	t.is(hex(keyPairOf(bytes('c097248412e58bf05df487968205132794178e367637f5818f81e0e6ce73e865')).public), hex(identity));
	t.true(verifyMontgomery(identity, signed, signature));
	for (let bit = 0; bit < 512; bit += 1) {
		t.false(verifyMontgomery(identity, signed, flipped(signature, bit)), `bit ${bit}`);
	}
});

test('the map of RFC 7748 §4.1 takes one base point to the other', t => {
	const nine = `09${'00'.repeat(31)}`;
	const base = `58${'66'.repeat(31)}`;
	t.is(hex(toEdwards(bytes(nine), 0)), base);
	t.is(hex(toMontgomery(bytes(base))), nine);
	t.is(hex(toMontgomery(bytes(`58${'66'.repeat(30)}e6`))), nine);
});

test('a step of a chain gives the keys that other implementations are held to, in both profiles', t => {
	const chain = bytes('8ab72d6f4cc5ac0d387eaf463378ddb28edd07385b1cb01250c715982e7ad48f');
	const keys = (profile: 'legacy' | 'omemo2') => cbcKeys(messageKeyOf(chain), profiles[profile].info.message);
	t.is(hex(nextChainKey(chain)), '28e8f8fee54b801eef7c5cfb2f17f32c7b334485bbb70fac6ec10342a246d15d');
	t.is(hex(keys('legacy').encryption), 'bf51e9d75e0e31031051f82a2491ffc084fa298b7793bd9db620056febf45217');
	t.is(hex(keys('legacy').authentication), 'c6c77d6a73a354337a56435e34607dfe48e3ace14e77314dc6abc172e7a7030b');
	t.is(hex(keys('omemo2').encryption), '0f6c976863336e89bf7c8c10c18d9fde60b4debd1ff832b863bbb19eeb4c8824');
	t.is(hex(keys('omemo2').authentication), '360a0e0a032caa4ff68092a56e90bbe53e81e224e93ffb2d0bb7c0f4c2a01838');
});

/** Of order 1, 2, 4 and 8, below the prime and in the other ways to write them. */
const lowOrder = [
	'00'.repeat(32),
	`01${'00'.repeat(31)}`,
	'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
	'5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
	`ec${'ff'.repeat(30)}7f`,
	`ed${'ff'.repeat(30)}7f`,
	`ee${'ff'.repeat(30)}7f`,
	'cdeb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b880',
	'4c9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f11d7',
	`d9${'ff'.repeat(31)}`,
	`da${'ff'.repeat(31)}`,
	`db${'ff'.repeat(31)}`,
];

test('keys of low order are refused however they are written', t => {
	const own = keyPairOf(bytes('5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb'));
	for (const key of lowOrder) {
		t.is(agree(own, bytes(key)), undefined, key);
		t.is(plainEncoding.decode(bytes(key)), undefined, key);
		t.is(prefixedEncoding.decode(bytes(`05${key}`)), undefined, key);
		t.is(toEdwards(bytes(key), 0), undefined, key);
	}

	for (const edwards of [
		`01${'00'.repeat(31)}`,
		`01${'00'.repeat(30)}80`,
		`ec${'ff'.repeat(30)}7f`,
		'00'.repeat(32),
		`${'00'.repeat(31)}80`,
		'26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
		'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
		`ee${'ff'.repeat(30)}7f`,
		`ed${'ff'.repeat(30)}ff`,
	]) {
		t.is(edwardsEncoding.decode(bytes(edwards)), undefined, edwards);
	}
});

test('a key that is not written as its profile has it is refused', t => {
	const u = '653614993d2b15ee9e5fd3d86ce719ef4ec1daae1886a87b3f5fa9565a27a22f';
	t.is(hex(plainEncoding.decode(bytes(u))), u);
	t.is(hex(prefixedEncoding.decode(bytes(`05${u}`))), u);
	for (const [encoding, wrong] of [
		[plainEncoding, `05${u}`],
		[plainEncoding, u.slice(2)],
		[plainEncoding, ''],
		// The same number, as X25519 reads it.
		[plainEncoding, u.replace(/2f$/, 'af')],
		[prefixedEncoding, u],
		[prefixedEncoding, `06${u}`],
		[prefixedEncoding, `05${u}00`],
		[edwardsEncoding, `05${u}`],
		[edwardsEncoding, ''],
		// No point of the curve has this y.
		[edwardsEncoding, `02${'00'.repeat(31)}`],
	] as const) {
		t.is(encoding.decode(bytes(wrong)), undefined, wrong);
	}
});
