import test from 'ava';
import {isXmppcError} from '../../../source/shared/errors.js';
import {openSettings} from '../../../source/storage/settings.js';
import {temporaryProfile, temporaryStorage} from '../../storage/temporary-profile.js';
import {memorySecrets, type Profile, profileWith} from '../profile.js';
import {juliet, romeo, settled} from '../scene.js';
import {connect, notices, offline, online, quiet, say, spoken, stateOf} from './encrypted-scene.js';
import {bundleName, listName} from './pep.js';

test('a device is made in steps, so that whoever types goes first', async t => {
	const it = await offline(t);
	const turns = new Set<number>();
	let turn = 0;
	const connecting = connect(it);
	while (it.storage.omemo.ownDeviceId(juliet) === undefined && turn < 1000) {
		turns.add(turn++);
		await settled();
	}

	await connecting;
	t.true(turns.size >= 20, `${turns.size} turns`);
	t.not(it.storage.omemo.ownDeviceId(juliet), undefined);
});

test('the id of a new device is none that another one of the account has', async t => {
	const it = await offline(t);
	it.pep.putList(juliet, 'legacy', 77);
	await connect(it);
	const asked = it.pep.asked.indexOf(`${juliet} ${listName('legacy')}`);
	const published = it.server.asked.findIndex(text => text.includes('<publish '));
	t.true(asked >= 0 && published > 0);
	t.not(it.storage.omemo.ownDeviceId(juliet), 77);
});

test('the same device is there after a restart', async t => {
	const profile = await profileWith(t, [{jid: juliet}], {'omemo.default': 'on'});
	const before = await online(t, {profile});
	await say(before, 'Wherefore art thou?');
	const id = before.storage.omemo.ownDeviceId(juliet);
	before.his.read(spoken(before)[0] ?? '');
	await before.stop();
	const it = await offline(t, {profile});
	await connect(it);
	t.is(it.storage.omemo.ownDeviceId(juliet), id);
	await it.server.bring(before.his.write('Here'));
	t.is(it.storage.messages.page(`${juliet} chat ${romeo}` as never, {limit: 5}).at(-1)?.body, 'Here');
});

/** A profile on the disk, whose storage can be opened again as another process does. */
async function restartable(t: Parameters<typeof temporaryProfile>[0]) {
	const directories = temporaryProfile(t);
	const settings = openSettings(directories);
	await settings.update(current => ({
		...current,
		'omemo.default': 'on',
		accounts: [{jid: juliet, enabled: true, secrets: 'key-file'}],
	}));
	const secrets = memorySecrets({[juliet]: 'pencil'});
	return {
		secrets,
		open: async (): Promise<Profile> => ({settings, secrets, storage: await temporaryStorage(t, directories)}),
	};
}

test('an account whose identity is gone from the place of secrets opens no session, and makes no other one', async t => {
	const {secrets, open} = await restartable(t);
	const before = await offline(t, {profile: await open()});
	await connect(before);
	const id = before.storage.omemo.ownDeviceId(juliet);
	await before.stop();
	before.storage.close();
	await secrets.forIdentity({jid: juliet, secrets: 'key-file'}).delete(juliet, 'identity');

	const it = await offline(t, {profile: await open()});
	const error = await t.throwsAsync(it.actions.connect({account: juliet}));
	t.true(isXmppcError(error) && error.kind === 'configuration' && error.code === 'identity-missing');
	t.is(it.server.logins, 0);
	t.is(it.storage.omemo.ownDeviceId(juliet), id);
});

test('a new device that is to have the identity of before is not made while that cannot be read', async t => {
	const {secrets, open} = await restartable(t);
	const before = await offline(t, {profile: await open()});
	await connect(before);
	const id = before.storage.omemo.ownDeviceId(juliet);
	await before.stop();
	before.storage.close();
	const kept = secrets.forIdentity({jid: juliet, secrets: 'key-file'});
	const identity = await kept.get(juliet, 'identity');
	await kept.delete(juliet, 'identity');

	const it = await offline(t, {profile: await open()});
	const error = await t.throwsAsync(it.actions.resetIdentity({account: juliet, keep: true}));
	t.true(isXmppcError(error) && error.code === 'identity-missing');
	t.is(it.storage.omemo.ownDeviceId(juliet), id);
	t.is(await kept.get(juliet, 'identity').catch(() => undefined), undefined);

	await kept.set(juliet, 'identity', identity ?? '');
	const [fingerprint] = (await it.actions.listDevices({account: juliet})).map(device => device.fingerprint);
	const device = await it.actions.resetIdentity({account: juliet, keep: true});
	t.not(device.id, id);
	t.is(device.fingerprint, fingerprint);
});

test('a database that is a copy encrypts nothing and publishes nothing until there is a new device', async t => {
	const profile = await profileWith(t, [{jid: juliet}], {'omemo.default': 'on'});
	const before = await online(t, {profile});
	await say(before, 'Wherefore art thou?');
	before.server.acknowledge();
	await before.stop();

	let isAccepted = false;
	const epoch = {
		begin: () => (isAccepted ? ('same' as const) : ('copied' as const)),
		accept() {
			isAccepted = true;
		},
	};
	const it = await offline(t, {profile: {...profile, storage: {...profile.storage, epoch}}});
	const his = await it.device(romeo, 31);
	it.storage.omemo.removeDevice(juliet, romeo, 31);
	await connect(it);
	await say(it, 'Deny thy father');
	t.deepEqual(spoken(it), []);
	t.deepEqual(it.pep.published, []);
	t.is((await stateOf(it))?.encryptionProblem?.code, 'device-in-doubt');

	const former = it.storage.omemo.ownDeviceId(juliet) ?? 0;
	const device = await it.actions.resetIdentity({account: juliet, keep: true});
	await quiet(it);
	t.not(device.id, former);
	t.true(isAccepted);
	t.is(his.text(spoken(it)[0] ?? ''), 'Deny thy father');
});

test('a new identity takes the former device off the lists, keeps the history, and begins sessions anew', async t => {
	const it = await online(t);
	await say(it, 'Wherefore art thou?');
	const [former, identity] = [
		it.storage.omemo.ownDeviceId(juliet) ?? 0,
		(await it.actions.listDevices({account: juliet}))[0]?.fingerprint,
	];
	const device = await it.actions.resetIdentity({account: juliet});
	await quiet(it);
	t.not(device.fingerprint, identity);
	t.deepEqual(
		it.pep.list(juliet, 'legacy').map(({id}) => id),
		[device.id],
	);
	t.deepEqual(it.pep.items(juliet, bundleName('legacy', former)), []);
	t.false(notices(it).some(text => text.includes('new device')));
	await say(it, 'Deny thy father');
	t.regex(spoken(it)[1] ?? '', new RegExp(`sid="${device.id}"`));
	t.is(it.storage.messages.page(`${juliet} chat ${romeo}` as never, {limit: 5})[0]?.body, 'Wherefore art thou?');
});

test('a new device whose former one cannot be taken off the list is there all the same, and that is said', async t => {
	const it = await online(t);
	it.pep.answer(juliet, listName('omemo2'), undefined);
	const resetting = it.actions.resetIdentity({account: juliet, keep: true});
	await quiet(it);
	for (let round = 0; round < 6; round++) {
		it.clock.advance(60_000);
		await quiet(it);
	}

	const device = await resetting;
	t.is(it.storage.omemo.ownDeviceId(juliet), device.id);
	t.true(notices(it).some(text => text.includes('could not be taken off')));
});
