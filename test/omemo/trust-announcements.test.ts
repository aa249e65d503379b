import test from 'ava';
import {parseFingerprint} from '../../source/model/device.js';
import {announcementsOf, type Keyed} from '../../source/omemo/trust-announcements.js';
import type {BareJid} from '../../source/shared/jid.js';
import {addressOf} from '../support/scripted-session.js';

const juliet = addressOf('juliet@example.org');
const romeo = addressOf('romeo@example.net');
const nurse = addressOf('nurse@example.org');

function device(owner: BareJid, id: number): Keyed {
	const fingerprint = parseFingerprint(id.toString(16).padStart(64, '0'));
	if (fingerprint === undefined) {
		throw new Error('no fingerprint');
	}

	return {account: juliet, owner, id, fingerprint, trust: 'verified', active: true, versions: ['omemo2'], firstSeen: 0};
}

const [laptop, phone] = [device(juliet, 2), device(juliet, 3)];
const [his, hers] = [device(romeo, 31), device(nurse, 41)];
const verified = [laptop, phone, his, hers];

/** Whom each goes to, and the keys in it. */
function told({owner, fingerprint}: Keyed, trust: 'verified' | 'distrusted', among = verified) {
	return announcementsOf({owner, fingerprint, trust}, among, juliet).map(({to, devices, keys}) => [
		to,
		devices.map(({id}) => id),
		keys.map(key => `${key.trust} ${Number.parseInt(key.fingerprint, 16)}`),
	]);
}

test('that a contact’s key is verified is told to the own devices, and the own keys to that device alone', t => {
	t.deepEqual(told(his, 'verified'), [
		[juliet, [2, 3], ['verified 31']],
		[romeo, [31], ['verified 2', 'verified 3']],
	]);
});

test('that an own key is verified is told to everybody’s devices, and all keys to that device alone', t => {
	t.deepEqual(told(phone, 'verified'), [
		[juliet, [2], ['verified 3']],
		[romeo, [31], ['verified 3']],
		[nurse, [41], ['verified 3']],
		[juliet, [3], ['verified 2', 'verified 31', 'verified 41']],
	]);
});

test('that a contact’s key is distrusted is told to the own devices', t => {
	t.deepEqual(told(his, 'distrusted', [laptop, hers]), [[juliet, [2], ['distrusted 31']]]);
});

test('that an own key is distrusted is told to everybody’s devices, and not to that one', t => {
	t.deepEqual(told(phone, 'distrusted', [laptop, his]), [
		[juliet, [2], ['distrusted 3']],
		[romeo, [31], ['distrusted 3']],
	]);
});

test('where nothing else is verified nobody is told', t => {
	t.deepEqual(told(his, 'verified', [his]), []);
	t.deepEqual(told(his, 'distrusted', []), []);
});

test('more keys than a reader takes of one message go in several', t => {
	const many = Array.from({length: 150}, (_, index) => device(romeo, 100 + index));
	const parts = announcementsOf({...laptop, trust: 'verified'}, [laptop, ...many], juliet).filter(
		({to}) => to === juliet,
	);
	t.deepEqual(
		parts.map(({keys}) => keys.length),
		[100, 50],
	);
});
