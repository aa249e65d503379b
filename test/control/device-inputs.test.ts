import test from 'ava';
import {isActionName, readInput} from '../../source/control/inputs.js';

const account = 'juliet@example.org';
const fingerprint = 'a1b2c3d4'.repeat(8);

test('what the verbs of encryption take is checked before it reaches the client', t => {
	t.true(['listDevices', 'setTrust', 'removeDevice', 'exportKeys'].every(isActionName));
	t.deepEqual(readInput('setTrust', {account, owner: 'Romeo@example.net', fingerprint, trust: 'verified', more: 1}), {
		account,
		owner: 'romeo@example.net',
		fingerprint,
		trust: 'verified',
	} as never);
	t.deepEqual(readInput('listDevices', {account}), {account} as never);
	t.deepEqual(readInput('chooseEncryption', {buffer: 'b'}), {buffer: 'b'} as never);
});

test('a key that is none, a device id that cannot be, and a trust that there is not are refused', t => {
	for (const wrong of [{fingerprint: fingerprint.slice(1)}, {trust: 'maybe'}, {owner: 'romeo@example.net/orchard'}]) {
		const input = {account, owner: 'romeo@example.net', fingerprint, trust: 'verified', ...wrong};
		t.is(readInput('setTrust', input), undefined);
	}

	for (const id of [0, 2 ** 31, 1.5, '7', undefined]) {
		t.is(readInput('removeDevice', {account, id}), undefined);
	}

	t.is(readInput('chooseEncryption', {buffer: 'b', choice: 'maybe'}), undefined);
	t.is(readInput('exportKeys', {account, path: '/tmp/keys'}), undefined);
});
