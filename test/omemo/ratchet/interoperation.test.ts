/** Against other people's implementations of both profiles, as programs of their own: python-oldmemo and python-twomemo. */
import {randomBytes} from 'node:crypto';
import test, {type ExecutionContext} from 'ava';
import {decrypt} from '../../../source/omemo/ratchet/decrypt.js';
import {bundleOf, createDevice, removePreKey, rotateSignedPreKey} from '../../../source/omemo/ratchet/device-keys.js';
import {encrypt} from '../../../source/omemo/ratchet/encrypt.js';
import {isEmptyKeyMaterial} from '../../../source/omemo/ratchet/payload.js';
import type {ProfileName} from '../../../source/omemo/ratchet/profile.js';
import {parseSession, serializeSession} from '../../../source/omemo/ratchet/serialize.js';
import type {Session} from '../../../source/omemo/ratchet/session.js';
import {startSession} from '../../../source/omemo/ratchet/start-session.js';
import {type OmemoPeer, type PeerMessage, startOmemoPeer} from '../../support/peers/ratchet.js';

/** Our side: a device that keeps its session as a record, as the program does. */
function ourDevice(t: ExecutionContext, profile: ProfileName) {
	let device = createDevice(randomBytes);
	let record: Uint8Array | undefined;
	const session = (): Session | undefined => record && parseSession(record);
	const present = (): Session => {
		const found = session();
		if (found === undefined) {
			throw new Error('there is no session');
		}

		return found;
	};

	return {
		material: () => randomBytes(profile === 'legacy' ? 32 : 48),
		bundle: () => bundleOf(device, profile),
		rotate() {
			device = rotateSignedPreKey(device, profile, randomBytes);
		},
		async start(peer: OmemoPeer) {
			const started = startSession({
				device,
				profile,
				bundle: await peer.bundle(),
				random: randomBytes,
				session: session(),
			});
			if (!started.ok) {
				throw new Error(`no session: ${started.reason}`);
			}

			record = serializeSession(started.session);
		},
		encrypt(material: Uint8Array): PeerMessage {
			const {session, message, isKeyExchange} = encrypt(present(), material, randomBytes);
			record = serializeSession(session);
			return {message, isKeyExchange};
		},
		/** What is wrong with a message, or what is in it. */
		decrypt({message, isKeyExchange}: PeerMessage): Uint8Array | string {
			const decrypted = decrypt({device, profile, session: session(), message, isKeyExchange});
			if (!decrypted.ok) {
				return decrypted.reason;
			}

			record = serializeSession(decrypted.session);
			device = decrypted.usedPreKeyId === undefined ? device : removePreKey(device, profile, decrypted.usedPreKeyId);
			return decrypted.plaintext;
		},
		hears(message: PeerMessage, material: Uint8Array) {
			t.deepEqual(Buffer.from(this.decrypt(message)), Buffer.from(material));
		},
	};
}

for (const profile of ['legacy', 'omemo2'] as const) {
	const withPeer = (title: string, run: (t: ExecutionContext, peer: OmemoPeer) => Promise<void>) =>
		test(`${profile}: ${title}`, async t => {
			const peer = startOmemoPeer(profile);
			try {
				await run(t, peer);
			} finally {
				await peer.stop();
			}
		});

	for (const begins of ['we begin', 'the peer begins'] as const) {
		withPeer(`${begins}, then 200 messages, some late and some lost, in both directions`, async (t, peer) => {
			const us = ourDevice(t, profile);
			const first = us.material();
			if (begins === 'we begin') {
				await us.start(peer);
				const message = us.encrypt(first);
				t.true(message.isKeyExchange);
				t.deepEqual(Buffer.from(await peer.decrypt(message)), Buffer.from(first));
			} else {
				const message = await peer.start(us.bundle(), first);
				t.true(message.isKeyExchange);
				us.hears(message, first);
			}

			let count = 1;
			for (let turn = 0; count < 200; turn += 1) {
				const sizes = [1, 3, 2, 7, 1, 5];
				const materials = Array.from({length: sizes[turn % sizes.length] ?? 1}, us.material);
				const isOurs = (turn % 2 === 0) === (begins === 'the peer begins');
				const messages: PeerMessage[] = [];
				for (const material of materials) {
					messages.push(isOurs ? us.encrypt(material) : await peer.encrypt(material));
				}

				// The last one first, the second one never.
				const order = messages.map((_, index) => index).reverse();
				for (const index of order.filter(index => index !== 1)) {
					const [message, material] = [messages[index], materials[index]];
					if (message !== undefined && material !== undefined && isOurs) {
						t.deepEqual(Buffer.from(await peer.decrypt(message)), Buffer.from(material));
					} else if (message !== undefined && material !== undefined) {
						us.hears(message, material);
						t.is(us.decrypt(message), 'duplicate');
					}
				}

				count += messages.length;
			}
		});
	}

	withPeer('until the peer answered every message carries the exchange, and each of them is read', async (t, peer) => {
		const us = ourDevice(t, profile);
		await us.start(peer);
		const materials = [us.material(), us.material(), us.material()] as const;
		const messages = materials.map(us.encrypt);
		for (const index of [2, 0, 1]) {
			const message = messages[index];
			t.true(message?.isKeyExchange);
			t.deepEqual(message && Buffer.from(await peer.decrypt(message)), materials[index]);
		}

		const answer = us.material();
		us.hears(await peer.encrypt(answer), answer);
		t.false(us.encrypt(us.material()).isKeyExchange);
	});

	withPeer('so does the peer, until we answered', async (t, peer) => {
		const us = ourDevice(t, profile);
		const materials = [us.material(), us.material(), us.material()] as const;
		const messages = [
			await peer.start(us.bundle(), materials[0]),
			await peer.encrypt(materials[1]),
			await peer.encrypt(materials[2]),
		] as const;
		us.hears(messages[1], materials[1]);
		us.hears(messages[2], materials[2]);
		us.hears(messages[0], materials[0]);
		t.is(us.decrypt(messages[0]), 'duplicate');
		const answer = us.material();
		t.deepEqual(Buffer.from(await peer.decrypt(us.encrypt(answer))), answer);
		t.false((await peer.encrypt(us.material())).isKeyExchange);
	});

	withPeer('both begin at the same time and come to use one session', async (t, peer) => {
		const us = ourDevice(t, profile);
		await us.start(peer);
		const [ours, theirs, answer] = [us.material(), us.material(), us.material()];
		const sent = us.encrypt(ours);
		const received = await peer.start(us.bundle(), theirs);
		us.hears(received, theirs);
		t.deepEqual(Buffer.from(await peer.decrypt(sent)), ours);
		// The peer has one session only, the one that came last: it answers in ours.
		us.hears(await peer.encrypt(answer), answer);
		for (let turn = 0; turn < 5; turn += 1) {
			const [one, other] = [us.material(), us.material()];
			const message = us.encrypt(one);
			t.false(message.isKeyExchange);
			t.deepEqual(Buffer.from(await peer.decrypt(message)), one);
			us.hears(await peer.encrypt(other), other);
		}
	});

	withPeer('the signatures of ten identities of the peer are good, whatever their sign', async (t, peer) => {
		const others = Array.from({length: 9}, () => startOmemoPeer(profile));
		try {
			for (const each of [peer, ...others]) {
				const us = ourDevice(t, profile);
				await us.start(each);
				const material = us.material();
				t.deepEqual(Buffer.from(await each.decrypt(us.encrypt(material))), material);
			}
		} finally {
			await Promise.all(others.map(each => each.stop()));
		}
	});

	withPeer('our signature is good for the peer, and a changed one is not', async (t, peer) => {
		const us = ourDevice(t, profile);
		us.rotate();
		const bundle = us.bundle();
		const signature = Uint8Array.from(bundle.signedPreKey.signature);
		signature[7] = (signature[7] ?? 0) ^ 1;
		const forged = {...bundle, signedPreKey: {...bundle.signedPreKey, signature}};
		await t.throwsAsync(peer.start(forged, us.material()), {message: /KeyExchangeFailed/});
		const material = us.material();
		us.hears(await peer.start(bundle, material), material);
	});

	withPeer('empty messages of the peer are known as such', async (t, peer) => {
		const us = ourDevice(t, profile);
		await us.start(peer);
		await peer.decrypt(us.encrypt(us.material()));
		const empty = us.decrypt(await peer.empty());
		t.true(typeof empty !== 'string' && isEmptyKeyMaterial(profile, empty));
	});

	withPeer('what was changed on the way neither side takes', async (t, peer) => {
		const us = ourDevice(t, profile);
		await us.start(peer);
		const changed = ({message, isKeyExchange}: PeerMessage): PeerMessage => {
			const bytes = Uint8Array.from(message);
			const at = bytes.length - 3;
			bytes[at] = (bytes[at] ?? 0) ^ 16;
			return {message: bytes, isKeyExchange};
		};

		const first = us.encrypt(us.material());
		await t.throwsAsync(peer.decrypt(changed(first)));
		await peer.decrypt(first);
		const answer = us.material();
		const message = await peer.encrypt(answer);
		t.is(us.decrypt(changed(message)), 'bad-mac');
		us.hears(message, answer);
	});
}
