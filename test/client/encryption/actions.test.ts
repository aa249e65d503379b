import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {parseFingerprint} from '../../../source/model/device.js';
import {isXmppcError} from '../../../source/shared/errors.js';
import {juliet, romeo, withRomeo} from '../scene.js';
import {connect, offline, online, quiet, say, spoken} from './encrypted-scene.js';
import {bundleName, listName, refusal} from './pep.js';

async function refusedWith(t: ExecutionContext, code: string, action: Promise<unknown>): Promise<void> {
	const error = await t.throwsAsync(action);
	t.true(isXmppcError(error), String(error));
	t.is(isXmppcError(error) ? error.code : undefined, code);
}

test('the devices of the account are listed, this one first, and those of others', async t => {
	const it = await online(t);
	it.pep.putList(juliet, 'legacy', 3, ...it.pep.list(juliet, 'legacy'));
	await it.pep.push(juliet, listName('legacy'));
	const own = await it.actions.listDevices({account: juliet});
	t.true(own[0]?.isThis);
	t.is(own[0]?.trust, 'verified');
	t.is(own[1]?.id, 3);
	t.deepEqual(await it.actions.listDevices({account: juliet, owner: romeo}), []);
	const asked = await it.actions.listDevices({account: juliet, owner: romeo, refresh: true});
	t.like(asked[0], {id: 31, trust: 'undecided', active: true});
});

test('a list that cannot be refreshed says why', async t => {
	const it = await online(t);
	it.pep.answer(romeo, /./, refusal('forbidden', 'auth'));
	await refusedWith(t, 'devices-hidden', it.actions.listDevices({account: juliet, owner: romeo, refresh: true}));
});

test('nobody is trusted whose key was never seen', async t => {
	const it = await online(t);
	const fingerprint = parseFingerprint('ab'.repeat(32));
	if (fingerprint === undefined) {
		throw new Error('no fingerprint');
	}

	await refusedWith(
		t,
		'no-such-device',
		it.actions.setTrust({account: juliet, owner: romeo, fingerprint, trust: 'verified'}),
	);
});

test('an own device is removed from the lists and its keys from the server; this one is not', async t => {
	const it = await offline(t);
	await it.device(juliet, 77, 'legacy', 'omemo2');
	await connect(it);
	const own = it.storage.omemo.ownDeviceId(juliet) ?? 0;
	await it.actions.removeDevice({account: juliet, id: 77});
	for (const version of ['legacy', 'omemo2'] as const) {
		t.deepEqual(
			it.pep.list(juliet, version).map(({id}) => id),
			[own],
		);
	}

	t.deepEqual(it.pep.items(juliet, bundleName('legacy', 77)), []);
	t.deepEqual(
		it.pep.items(juliet, bundleName('omemo2', 77)).map(({id}) => id),
		[String(own)],
	);
	await refusedWith(t, 'own-device', it.actions.removeDevice({account: juliet, id: own}));
});

test('a device that the server does not let go stays, with the reason', async t => {
	const it = await offline(t);
	await it.device(juliet, 77);
	await connect(it);
	it.pep.answer(juliet, listName('legacy'), refusal('internal-server-error'));
	await refusedWith(t, 'stanza-internal-server-error', it.actions.removeDevice({account: juliet, id: 77}));
	t.not(it.storage.omemo.device(juliet, juliet, 77), undefined);
});

test('without a connection nothing is removed, reset or asked', async t => {
	const it = await offline(t);
	await refusedWith(t, 'not-connected', it.actions.removeDevice({account: juliet, id: 77}));
	await refusedWith(t, 'not-connected', it.actions.resetSessions({account: juliet, owner: romeo}));
	await refusedWith(t, 'not-connected', it.actions.diagnoseEncryption({account: juliet, with: romeo}));
	await refusedWith(t, 'no-own-device', it.actions.labelDevice({account: juliet, label: 'x'}));
});

test('a reset begins new sessions with the devices that are there, and says with how many', async t => {
	const it = await offline(t);
	const his = await it.device(romeo, 31);
	await it.device(romeo, 32);
	await connect(it);
	await say(it, 'Wherefore art thou?');
	it.pep.putList(romeo, 'legacy', 31);
	it.pep.remove(romeo, bundleName('legacy', 32));
	await it.pep.push(romeo, listName('legacy'));
	const {count} = await it.actions.resetSessions({account: juliet, owner: romeo});
	t.is(count, 1);
	his.forget();
	await say(it, 'Deny thy father');
	t.is(his.text(spoken(it)[1] ?? ''), 'Deny thy father');
});

test('a reset that no device can be reached for says why', async t => {
	const it = await online(t);
	await say(it, 'Wherefore art thou?');
	it.pep.remove(romeo, bundleName('legacy', 31));
	await refusedWith(t, 'no-bundle', it.actions.resetSessions({account: juliet, owner: romeo}));
	await say(it, 'Deny thy father');
	t.is(spoken(it).length, 2, 'the session that is there stays');
});

test('what is no conversation has no encryption to choose', async t => {
	const it = await online(t);
	await refusedWith(t, 'buffer-not-open', it.actions.chooseEncryption({buffer: withRomeo, choice: 'on'}));
	await refusedWith(t, 'buffer-not-open', it.actions.chooseEncryption({buffer: 'console' as never, choice: 'on'}));
});

test('a backup brings identity, trust and choices to another machine, and its trust counts for the first message', async t => {
	const directory = mkdtempSync(join(tmpdir(), 'xmppc-test-'));
	t.teardown(() => rmSync(directory, {recursive: true, force: true}));
	const path = join(directory, 'keys.json');
	const passphrase = 'parting is such sweet sorrow';
	const it = await online(t);
	const ghost = await it.device(romeo, 66);
	await say(it, 'Wherefore art thou?');
	await it.actions.setTrust({account: juliet, owner: romeo, fingerprint: ghost.fingerprint, trust: 'distrusted'});
	await it.actions.exportKeys({account: juliet, path, passphrase});
	const [device] = await it.actions.listDevices({account: juliet});
	await refusedWith(t, 'file-exists', it.actions.exportKeys({account: juliet, path, passphrase}));
	await refusedWith(t, 'path-not-absolute', it.actions.exportKeys({account: juliet, path: 'keys.json', passphrase}));

	const other = await offline(t);
	for (const party of [it.his, ghost]) {
		const [item] = it.pep.items(romeo, bundleName('legacy', party.id));
		other.pep.put(romeo, bundleName('legacy', party.id), item?.payload ?? '');
	}

	other.pep.putList(romeo, 'legacy', 31, 66);
	await connect(other);
	await refusedWith(t, 'wrong-passphrase', other.actions.importKeys({account: juliet, path, passphrase: 'no'}));
	const restored = await other.actions.importKeys({account: juliet, path, passphrase});
	await quiet(other);
	t.is(restored.fingerprint, device?.fingerprint);
	t.not(restored.id, device?.id);
	await say(other, 'Deny thy father');
	const [stanza = ''] = spoken(other);
	t.true(it.his.isAddressed(stanza));
	t.false(ghost.isAddressed(stanza));
});
