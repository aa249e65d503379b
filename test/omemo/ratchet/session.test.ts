import test, {type ExecutionContext} from 'ava';
import {type Decrypted, decrypt} from '../../../source/omemo/ratchet/decrypt.js';
import {type Bundle, bundleOf, hidePreKey, rotateSignedPreKey} from '../../../source/omemo/ratchet/device-keys.js';
import {encrypt} from '../../../source/omemo/ratchet/encrypt.js';
import {profiles} from '../../../source/omemo/ratchet/profile.js';
import {serializeSession} from '../../../source/omemo/ratchet/serialize.js';
import {identityOf, unansweredCount} from '../../../source/omemo/ratchet/session.js';
import {startSession} from '../../../source/omemo/ratchet/start-session.js';
import {bytes, createCouple, createParty, hex, type Sent, seededRandom, stateOf} from './support.js';

const material = (text: string) => new TextEncoder().encode(text.padEnd(32, '.'));

function hears(t: ExecutionContext, decrypted: Decrypted, text: string): void {
	t.is(decrypted.ok ? Buffer.from(decrypted.plaintext).toString() : decrypted.reason, text.padEnd(32, '.'));
}

const reasonOf = (decrypted: Decrypted) => (decrypted.ok ? 'decrypted' : decrypted.reason);

for (const profile of ['legacy', 'omemo2'] as const) {
	const check = (title: string, run: (t: ExecutionContext) => void) => test(`${profile}: ${title}`, run);
	const {format} = profiles[profile];

	/** A couple that has talked: both sides have sent and received. */
	const talking = (seed: string) => {
		const couple = createCouple(profile, seed);
		couple.romeo.receive('juliet', couple.juliet.send('romeo', material('a')));
		couple.juliet.receive('romeo', couple.romeo.send('juliet', material('b')));
		return couple;
	};

	/** The parts of a key exchange, some of them replaced. */
	const rewritten = (
		{message}: Sent,
		change: {readonly preKeyId?: number | undefined; readonly signedPreKeyId?: number; readonly identity?: Uint8Array},
	): Sent => {
		const read = format.readExchange(message);
		if (read === undefined) {
			throw new Error('no key exchange');
		}

		const changed = {...read, ...change};
		return {message: format.writeExchange(changed, changed.identity, changed.message), isKeyExchange: true};
	};

	check('every message carries the key exchange until something came back', t => {
		const {juliet, romeo} = createCouple(profile, 'carries');
		const first = juliet.send('romeo', material('wherefore'));
		const second = juliet.send('romeo', material('art thou'));
		t.true(first.isKeyExchange && second.isKeyExchange);
		const begun = romeo.receive('juliet', second);
		hears(t, begun, 'art thou');
		t.true(begun.ok && begun.usedPreKeyId !== undefined);
		const late = romeo.receive('juliet', first);
		hears(t, late, 'wherefore');
		t.false('usedPreKeyId' in late, 'the session was there already');
		const answer = romeo.send('juliet', material('shall I hear more'));
		t.false(answer.isKeyExchange);
		hears(t, juliet.receive('romeo', answer), 'shall I hear more');
		t.false(juliet.send('romeo', material('good night')).isKeyExchange);
	});

	check('what was decrypted once is a duplicate, in every chain', t => {
		const {juliet, romeo} = createCouple(profile, 'duplicate');
		const sent: Sent[] = [];
		for (let turn = 0; turn < 5; turn += 1) {
			const question = juliet.send('romeo', material('question'));
			hears(t, romeo.receive('juliet', question), 'question');
			hears(t, juliet.receive('romeo', romeo.send('juliet', material('answer'))), 'answer');
			sent.push(question);
		}

		const before = stateOf(romeo);
		t.deepEqual(
			sent.map(each => reasonOf(romeo.receive('juliet', each))),
			sent.map(() => 'duplicate'),
		);
		t.is(stateOf(romeo), before);
	});

	check('a step leaves the states that it was given as they were', t => {
		const {juliet, romeo} = talking('immutable');
		const [own, theirs] = [juliet.session('romeo'), romeo.session('juliet')];
		if (own === undefined || theirs === undefined) {
			t.fail();
			return;
		}

		const before = [serializeSession(own), serializeSession(theirs)];
		const random = seededRandom('immutable');
		const {message} = encrypt(encrypt(own, material('1'), random).session, material('2'), random);
		t.true(decrypt({device: romeo.device, profile, session: theirs, message, isKeyExchange: false}).ok);
		t.deepEqual([serializeSession(own), serializeSession(theirs)], before);
	});

	check('a message without a session and without a key exchange is refused', t => {
		const {juliet} = talking('no session');
		const stranger = createParty(profile, 'stranger');
		t.is(reasonOf(stranger.receive('juliet', juliet.send('romeo', material('x')))), 'no-session');
	});

	check('a key exchange without a one-time prekey is refused', t => {
		const {juliet, romeo} = createCouple(profile, 'without');
		const sent = juliet.send('romeo', material('x'));
		t.is(reasonOf(romeo.receive('juliet', rewritten(sent, {preKeyId: undefined}))), 'without-prekey');
		hears(t, romeo.receive('juliet', sent), 'x');
	});

	check('a key exchange with keys that we do not have is refused', t => {
		const {juliet, romeo} = createCouple(profile, 'unknown');
		const sent = juliet.send('romeo', material('x'));
		t.is(reasonOf(romeo.receive('juliet', rewritten(sent, {preKeyId: 4000}))), 'unknown-prekey');
		t.is(reasonOf(romeo.receive('juliet', rewritten(sent, {preKeyId: 2 ** 32 - 1}))), 'unknown-prekey');
		t.is(reasonOf(romeo.receive('juliet', rewritten(sent, {signedPreKeyId: 2}))), 'unknown-signed-prekey');
		hears(t, romeo.receive('juliet', sent), 'x');
		romeo.records.clear();
		t.is(reasonOf(romeo.receive('juliet', sent)), 'unknown-prekey', 'the prekey was used');
	});

	check('a prekey that was only hidden begins a session again', t => {
		const {juliet, romeo} = createCouple(profile, 'hidden');
		const id = format.readExchange(juliet.send('romeo', material('x')).message)?.preKeyId ?? 0;
		romeo.device = hidePreKey(romeo.device, profile, id);
		hears(t, romeo.receive('juliet', juliet.send('romeo', material('y'))), 'y');
	});

	check('a session may begin with the signed prekey before the present one, and not with the one before that', t => {
		const {juliet, romeo} = createCouple(profile, 'rotated');
		const random = seededRandom('rotated');
		const sent = juliet.send('romeo', material('late'));
		romeo.device = rotateSignedPreKey(romeo.device, profile, random);
		const {device} = romeo;
		hears(t, romeo.receive('juliet', sent), 'late');
		const twice = {...createParty(profile, 'x'), device: rotateSignedPreKey(device, profile, random)};
		t.is(reasonOf(decrypt({device: twice.device, profile, ...sent})), 'unknown-signed-prekey');
	});

	check('another identity than the known one is refused and told of', t => {
		const {juliet, romeo} = talking('identity');
		const tybalt = createParty(profile, 'tybalt');
		tybalt.begin('romeo', bundleOf(romeo.device, profile));
		const forged = tybalt.send('romeo', material('x'));
		const before = stateOf(romeo);
		const refused = romeo.receive('juliet', forged);
		t.is(reasonOf(refused), 'identity-changed');
		t.is('identity' in refused ? hex(refused.identity) : '', hex(tybalt.device.identity.public));
		const fresh = decrypt({device: romeo.device, profile, identity: juliet.device.identity.public, ...forged});
		t.is(reasonOf(fresh), 'identity-changed');
		const known = {device: romeo.device, profile, session: romeo.session('juliet')};
		const sent = juliet.send('romeo', material('y'));
		t.is(reasonOf(decrypt({...known, identity: tybalt.device.identity.public, ...sent})), 'identity-changed');
		t.is(stateOf(romeo), before);
		t.true(decrypt({...known, identity: juliet.device.identity.public, ...sent}).ok);
	});

	check('the identity of a later key exchange cannot be replaced either', t => {
		const {juliet, romeo} = createCouple(profile, 'replaced');
		romeo.receive('juliet', juliet.send('romeo', material('a')));
		const later = juliet.send('romeo', material('b'));
		const {identity} = bundleOf(createParty(profile, 'tybalt').device, profile);
		t.is(reasonOf(romeo.receive('juliet', rewritten(later, {identity}))), 'identity-changed');
		hears(t, romeo.receive('juliet', later), 'b');
	});

	check('both profiles know a peer by the same identity key', t => {
		const {juliet, romeo} = talking('same');
		const [own, theirs] = [juliet.session('romeo'), romeo.session('juliet')];
		t.is(own && hex(identityOf(own)), hex(romeo.device.identity.public));
		t.is(theirs && hex(identityOf(theirs)), hex(juliet.device.identity.public));
	});

	check('a bundle that is not in order begins no session', t => {
		const juliet = createParty(profile, 'bundles');
		const romeo = createParty(profile, 'bundles of romeo');
		const bundle = bundleOf(romeo.device, profile);
		const {key} = profiles[profile];
		const lowOrder = profile === 'legacy' ? bytes(`05${'00'.repeat(32)}`) : new Uint8Array(32);
		const start = (changed: Partial<Bundle>, identity?: Uint8Array) => {
			const started = startSession({
				device: juliet.device,
				profile,
				bundle: {...bundle, ...changed},
				random: seededRandom(1),
				identity,
			});
			return started.ok ? 'started' : started.reason;
		};

		t.is(start({}), 'started');
		t.is(start({}, romeo.device.identity.public), 'started');
		t.is(start({}, juliet.device.identity.public), 'identity-changed');
		t.is(start({preKeys: []}), 'no-prekeys');
		t.is(start({identity: lowOrder}), 'bad-key');
		t.is(start({identity: bundle.identity.subarray(1)}), 'bad-key');
		t.is(start({identity: bundleOf(juliet.device, profile).identity}), 'bad-signature');
		t.is(
			start({signedPreKey: {...bundle.signedPreKey, key: key.encode(juliet.device.identity.public)}}),
			'bad-signature',
		);
		t.is(start({signedPreKey: {...bundle.signedPreKey, key: lowOrder}}), 'bad-key');
		t.is(start({signedPreKey: {...bundle.signedPreKey, signature: new Uint8Array(64)}}), 'bad-signature');
		t.is(start({signedPreKey: {...bundle.signedPreKey, signature: new Uint8Array(0)}}), 'bad-signature');
		t.is(start({signedPreKey: {...bundle.signedPreKey, id: -1}}), 'bad-key');
		t.is(start({preKeys: [{id: 1, key: lowOrder}]}), 'bad-key');
		t.is(start({preKeys: [{id: 1.5, key: bundle.signedPreKey.key}]}), 'bad-key');
	});

	check('every prekey of a bundle is taken some time', t => {
		const juliet = createParty(profile, 'chooses');
		const whole = bundleOf(createParty(profile, 'chosen').device, profile);
		const bundle = {...whole, preKeys: whole.preKeys.slice(0, 5)};
		const random = seededRandom('chooses');
		const chosen = Array.from({length: 60}, () => {
			const started = startSession({device: juliet.device, profile, bundle, random});
			return started.ok ? started.session.states[0].exchange.preKeyId : 0;
		});
		t.deepEqual([...new Set(chosen)].sort(), [1, 2, 3, 4, 5]);
	});

	check('a message may pass over 1000 others and no more, in one chain', t => {
		const {juliet, romeo} = talking('far');
		const sent = Array.from({length: 1002}, (_, index) => juliet.send('romeo', material(`${index}`)));
		const before = stateOf(romeo);
		t.is(reasonOf(romeo.receive('juliet', sent[1001] as Sent)), 'too-far');
		t.is(stateOf(romeo), before);
		hears(t, romeo.receive('juliet', sent[1000] as Sent), '1000');
		t.is(romeo.session('juliet')?.states[0].ratchet.skipped.length, 1000);
		hears(t, romeo.receive('juliet', sent[0] as Sent), '0');
		hears(t, romeo.receive('juliet', sent[1001] as Sent), '1001');
	});

	check('messages passed over in the chain before count too', t => {
		const {juliet, romeo} = talking('two chains');
		const old = Array.from({length: 601}, (_, index) => juliet.send('romeo', material(`old ${index}`)));
		hears(t, romeo.receive('juliet', old[0] as Sent), 'old 0');
		hears(t, juliet.receive('romeo', romeo.send('juliet', material('turn'))), 'turn');
		const fresh = Array.from({length: 402}, (_, index) => juliet.send('romeo', material(`new ${index}`)));
		const before = stateOf(romeo);
		t.is(reasonOf(romeo.receive('juliet', fresh[401] as Sent)), 'too-far');
		t.is(stateOf(romeo), before);
		hears(t, romeo.receive('juliet', fresh[400] as Sent), 'new 400');
		hears(t, romeo.receive('juliet', old[1] as Sent), 'old 1');
		hears(t, romeo.receive('juliet', old[600] as Sent), 'old 600');
	});

	check('of the keys of messages passed over 1000 are kept, and the oldest go first', t => {
		const {juliet, romeo} = talking('kept');
		const old = Array.from({length: 701}, (_, index) => juliet.send('romeo', material(`old ${index}`)));
		hears(t, romeo.receive('juliet', old[700] as Sent), 'old 700');
		hears(t, juliet.receive('romeo', romeo.send('juliet', material('turn'))), 'turn');
		const fresh = Array.from({length: 501}, (_, index) => juliet.send('romeo', material(`new ${index}`)));
		hears(t, romeo.receive('juliet', fresh[500] as Sent), 'new 500');
		t.is(romeo.session('juliet')?.states[0].ratchet.skipped.length, 1000);
		t.not(reasonOf(romeo.receive('juliet', old[199] as Sent)), 'decrypted');
		for (const [sent, text] of [
			[old[200], 'old 200'],
			[old[699], 'old 699'],
			[fresh[0], 'new 0'],
			[fresh[499], 'new 499'],
		] as const) {
			hears(t, romeo.receive('juliet', sent as Sent), text);
		}
	});

	check('the highest counters there are are refused before any work', t => {
		const {juliet, romeo} = talking('highest');
		const read = format.readMessage(juliet.send('romeo', material('x')).message);
		if (read === undefined) {
			t.fail();
			return;
		}

		const before = stateOf(romeo);
		const otherKey = createParty(profile, 'other').device.identity.public;
		for (const change of [
			{counter: 2 ** 32 - 1},
			{counter: 2 ** 32 - 1, ratchetKey: otherKey},
			{previousCounter: 2 ** 32 - 1, ratchetKey: otherKey},
		]) {
			const body = format.writeBody({...read, ...change}, read.ciphertext);
			const message = format.writeMessage(body, read.mac);
			t.is(reasonOf(romeo.receive('juliet', {message, isKeyExchange: false})), 'too-far');
		}

		t.is(stateOf(romeo), before);
	});

	check('the first message of a chain with the counter 53 or a higher one wants an answer', t => {
		const {juliet, romeo} = talking('heartbeat');
		const wants = (sent: Sent | undefined) => {
			const decrypted = romeo.receive('juliet', sent as Sent);
			return decrypted.ok && decrypted.needsHeartbeat;
		};

		const chain = Array.from({length: 60}, () => juliet.send('romeo', material('x')));
		const wanted = chain.map((sent, index) => (wants(sent) ? index : -1)).filter(index => index >= 0);
		t.deepEqual(wanted, [53]);
		juliet.receive('romeo', romeo.send('juliet', material('turn')));
		const next = Array.from({length: 60}, () => juliet.send('romeo', material('x')));
		t.true(wants(next[57]), 'it need not be that very one');
		t.false(wants(next[53]), 'a late one is no news');
		t.false(wants(next[58]));
	});

	check('how many messages went out without an answer is told', t => {
		const {juliet, romeo} = createCouple(profile, 'unanswered');
		const count = () => unansweredCount(juliet.session('romeo') ?? t.fail());
		t.is(count(), 0);
		const sent = [1, 2, 3].map(index => juliet.send('romeo', material(`${index}`)));
		t.is(count(), 3);
		romeo.receive('juliet', sent[0] as Sent);
		juliet.receive('romeo', romeo.send('juliet', material('answer')));
		t.is(count(), 0);
	});

	check('both begin at once: each hears the other, and soon they use one session', t => {
		const {juliet, romeo} = createCouple(profile, 'both');
		romeo.begin('juliet', bundleOf(juliet.device, profile));
		const [hers, his] = [juliet.send('romeo', material('hers')), romeo.send('juliet', material('his'))];
		hears(t, juliet.receive('romeo', his), 'his');
		hears(t, romeo.receive('juliet', hers), 'hers');
		for (const text of ['one', 'two', 'three']) {
			hears(t, romeo.receive('juliet', juliet.send('romeo', material(text))), text);
			hears(t, juliet.receive('romeo', romeo.send('juliet', material(text))), text);
		}

		const [own, theirs] = [juliet.session('romeo')?.states[0], romeo.session('juliet')?.states[0]];
		t.is(hex(own?.exchange.baseKey), hex(theirs?.exchange.baseKey));
	});

	check('a new session takes the place of the old one, which still reads what is late and is not used for that', t => {
		const {juliet, romeo} = talking('archived');
		const late = juliet.send('romeo', material('late'));
		const last = juliet.send('romeo', material('last'));
		hears(t, romeo.receive('juliet', last), 'last');
		juliet.begin('romeo', bundleOf(romeo.device, profile));
		hears(t, romeo.receive('juliet', juliet.send('romeo', material('anew'))), 'anew');
		const used = romeo.session('juliet')?.states[0].exchange.baseKey;
		hears(t, romeo.receive('juliet', late), 'late');
		t.is(hex(romeo.session('juliet')?.states[0].exchange.baseKey), hex(used));
		hears(t, juliet.receive('romeo', romeo.send('juliet', material('answer'))), 'answer');
	});

	check('40 sessions are kept beside the one in use', t => {
		const romeo = createParty(profile, 'keeps');
		const juliet = createParty(profile, 'begins');
		const sent: Sent[] = [];
		for (let count = 0; count < 43; count += 1) {
			juliet.begin('romeo', bundleOf(romeo.device, profile));
			const first = juliet.send('romeo', material('first'));
			sent.push(juliet.send('romeo', material(`${count}`)));
			hears(t, romeo.receive('juliet', first), 'first');
		}

		t.is(romeo.session('juliet')?.states.length, 41);
		t.is(juliet.session('romeo')?.states.length, 41);
		t.is(reasonOf(romeo.receive('juliet', sent[1] as Sent)), 'unknown-prekey');
		hears(t, romeo.receive('juliet', sent[2] as Sent), '2');
	});

	check('a message of the other profile is not one of this', t => {
		const {juliet} = talking('other profile');
		const other = createParty(profile === 'legacy' ? 'omemo2' : 'legacy', 'other profile');
		for (const isKeyExchange of [true, false]) {
			const {message} = juliet.send('romeo', material('x'));
			t.is(reasonOf(other.receive('juliet', {message, isKeyExchange})), 'bad-format');
		}
	});

	check('a message under the flag of the other kind is refused', t => {
		const {juliet, romeo} = createCouple(profile, 'flag');
		const {message} = juliet.send('romeo', material('x'));
		t.is(reasonOf(romeo.receive('juliet', {message, isKeyExchange: false})), 'bad-format');
		hears(t, romeo.receive('juliet', {message, isKeyExchange: true}), 'x');
		juliet.receive('romeo', romeo.send('juliet', material('y')));
		const plain = juliet.send('romeo', material('z'));
		t.is(reasonOf(romeo.receive('juliet', {...plain, isKeyExchange: true})), 'bad-format');
		hears(t, romeo.receive('juliet', plain), 'z');
	});
}
