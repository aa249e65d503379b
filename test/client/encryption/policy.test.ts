import test from 'ava';
import type {BareJid} from '../../../source/shared/jid.js';
import {profileWith} from '../profile.js';
import {juliet, romeo, withRomeo} from '../scene.js';
import {connect, held, offline, online, quiet, say, spoken, stateOf} from './encrypted-scene.js';
import {listName} from './pep.js';

const off = {'omemo.default': 'off'} as const;

test('with omemo.default off no device is made or published, nothing is asked for, and all goes out in clear', async t => {
	const it = await online(t, {preferences: off});
	await it.actions.openBuffer({account: juliet, jid: romeo});
	await say(it, 'Good morrow');
	t.regex(spoken(it)[0] ?? '', /<body>Good morrow<\/body>/);
	t.is(it.storage.omemo.ownDeviceId(juliet), undefined);
	t.deepEqual(it.pep.published, []);
	t.deepEqual(
		it.pep.asked.filter(node => /axolotl|omemo/.test(node)),
		[],
	);
	t.is((await stateOf(it))?.encryption, 'none');
});

test('with omemo.default off a conversation for which it was chosen is encrypted, and a device is made for that', async t => {
	const it = await online(t, {preferences: off});
	await it.actions.openBuffer({account: juliet, jid: romeo});
	await it.actions.chooseEncryption({buffer: withRomeo, choice: 'on'});
	await quiet(it);
	const id = it.storage.omemo.ownDeviceId(juliet) ?? 0;
	t.true(it.pep.list(juliet, 'legacy').some(device => device.id === id));
	await say(it, 'Deny thy father');
	t.is(it.his.text(spoken(it)[0] ?? ''), 'Deny thy father');
});

test('with omemo.default off a device that was made for one conversation is there again after the next login', async t => {
	const profile = await profileWith(t, [{jid: juliet}], off);
	const before = await online(t, {profile});
	await before.actions.openBuffer({account: juliet, jid: romeo});
	await before.actions.chooseEncryption({buffer: withRomeo, choice: 'on'});
	await quiet(before);
	const id = before.storage.omemo.ownDeviceId(juliet);
	await before.stop();
	const it = await offline(t, {profile});
	await connect(it);
	t.deepEqual(
		it.pep.list(juliet, 'legacy').map(device => device.id),
		[id],
	);
});

test('turning omemo.default on makes and publishes a device at once', async t => {
	const it = await online(t, {preferences: off});
	await it.actions.changeSetting({name: 'omemo.default', value: 'on'});
	await quiet(it);
	const id = it.storage.omemo.ownDeviceId(juliet);
	t.deepEqual(
		it.pep.list(juliet, 'legacy').map(device => device.id),
		[id],
	);
});

test('what was chosen for a conversation is remembered over a restart', async t => {
	const profile = await profileWith(t, [{jid: juliet}], {'omemo.default': 'on'});
	const before = await online(t, {profile});
	await before.actions.openBuffer({account: juliet, jid: romeo});
	await before.actions.chooseEncryption({buffer: withRomeo, choice: 'off'});
	await before.stop();

	const it = await offline(t, {profile});
	const his = await it.device(romeo, 31);
	await connect(it);
	await say(it, 'Good morrow');
	t.regex(spoken(it)[0] ?? '', /<body>Good morrow<\/body>/);
	await it.actions.chooseEncryption({buffer: withRomeo});
	await say(it, 'Deny thy father');
	t.is(his.text(spoken(it)[1] ?? ''), 'Deny thy father');
});

test('a conversation that is to be encrypted sends nothing to whoever cannot read it', async t => {
	const it = await offline(t);
	await connect(it);
	await it.actions.openBuffer({account: juliet, jid: romeo});
	await it.actions.chooseEncryption({buffer: withRomeo, choice: 'on'});
	const key = await say(it, 'Deny thy father');
	t.deepEqual(spoken(it), []);
	t.is(it.storage.messages.get(key)?.state, 'queued');
	t.is((await stateOf(it))?.encryptionProblem?.code, 'no-omemo-device');
});

test('a message that was written to be encrypted is not sent in clear because omemo.default is turned off', async t => {
	const it = await online(t);
	await say(it, 'Wherefore art thou?');
	it.pep.putList(romeo, 'legacy');
	await it.pep.push(romeo, listName('legacy'));
	const key = await say(it, 'Deny thy father');
	await it.actions.changeSetting({name: 'omemo.default', value: 'off'});
	await quiet(it);
	t.is(spoken(it).length, 1);
	t.is(it.storage.messages.get(key)?.state, 'queued');
});

test('new devices of somebody with a verified key are asked about, told once, and what waits goes out after the decision', async t => {
	const it = await online(t);
	await say(it, 'Wherefore art thou?');
	await it.actions.setTrust({account: juliet, owner: romeo, fingerprint: it.his.fingerprint, trust: 'verified'});
	const other = await it.device(romeo, 32);
	await it.pep.push(romeo, listName('legacy'));
	await quiet(it);
	const key = await say(it, 'Deny thy father');
	t.is(spoken(it).length, 1);
	t.is(it.storage.messages.get(key)?.state, 'queued');
	t.is((await stateOf(it))?.encryptionProblem?.code, 'device-undecided');
	await say(it, 'and refuse thy name');
	t.deepEqual(held(it), ['device-undecided']);

	await it.actions.setTrust({account: juliet, owner: romeo, fingerprint: other.fingerprint, trust: 'trusted'});
	await quiet(it);
	t.deepEqual(
		spoken(it)
			.slice(1)
			.map(stanza => other.text(stanza)),
		['Deny thy father', 'and refuse thy name'],
	);
	t.is((await stateOf(it))?.encryption, 'omemo');
});

test('a device that the person distrusts gets nothing, and the others go on', async t => {
	const it = await online(t);
	await say(it, 'Wherefore art thou?');
	await it.actions.setTrust({account: juliet, owner: romeo, fingerprint: it.his.fingerprint, trust: 'verified'});
	const ghost = await it.device(romeo, 66);
	await it.pep.push(romeo, listName('legacy'));
	await say(it, 'Deny thy father');
	await it.actions.setTrust({account: juliet, owner: romeo, fingerprint: ghost.fingerprint, trust: 'distrusted'});
	await quiet(it);
	t.is(spoken(it).length, 2);
	t.true(it.his.isAddressed(spoken(it)[1] ?? ''));
	t.false(ghost.isAddressed(spoken(it)[1] ?? ''));
});

test('where all devices are distrusted nothing is sent', async t => {
	const it = await online(t);
	await say(it, 'Wherefore art thou?');
	await it.actions.setTrust({account: juliet, owner: romeo, fingerprint: it.his.fingerprint, trust: 'distrusted'});
	await say(it, 'Deny thy father');
	t.is(spoken(it).length, 1);
	t.is((await stateOf(it))?.encryptionProblem?.code, 'no-usable-device');
});

test('with omemo.trust manual every device is asked about', async t => {
	const it = await online(t, {preferences: {'omemo.trust': 'manual'}});
	await say(it, 'Wherefore art thou?');
	t.deepEqual(spoken(it), []);
	t.is((await stateOf(it))?.encryptionProblem?.code, 'device-undecided');
	await it.actions.setTrust({account: juliet, owner: romeo, fingerprint: it.his.fingerprint, trust: 'trusted'});
	await quiet(it);
	t.is(it.his.text(spoken(it)[0] ?? ''), 'Wherefore art thou?');
});

test('a new own device of an account with a verified one holds back what would go to it', async t => {
	const it = await offline(t);
	const his = await it.device(romeo, 31);
	const phone = await it.device(juliet, 77);
	await connect(it);
	await say(it, 'Wherefore art thou?');
	await it.actions.setTrust({account: juliet, owner: juliet, fingerprint: phone.fingerprint, trust: 'verified'});
	const ghost = await it.device(juliet, 66);
	await it.pep.push(juliet, listName('legacy'));
	await say(it, 'Deny thy father');
	t.is(spoken(it).length, 1);
	t.is((await stateOf(it))?.encryptionProblem?.code, 'device-undecided');
	await it.actions.setTrust({account: juliet, owner: juliet, fingerprint: ghost.fingerprint, trust: 'distrusted'});
	await quiet(it);
	const [, second = ''] = spoken(it);
	t.true(phone.isAddressed(second));
	t.false(ghost.isAddressed(second));
	t.true(his.isAddressed(second));
});

test('what is thought of a key stays with the key when its device goes and comes back under another id', async t => {
	const it = await online(t);
	await say(it, 'Wherefore art thou?');
	await it.actions.setTrust({account: juliet, owner: romeo, fingerprint: it.his.fingerprint, trust: 'distrusted'});
	await say(it, 'Deny thy father');
	it.pep.putList(romeo, 'legacy', 39);
	const [item] = it.pep.items(romeo, 'eu.siacs.conversations.axolotl.bundles:31');
	it.pep.put(romeo, 'eu.siacs.conversations.axolotl.bundles:39', item?.payload ?? '');
	await it.pep.push(romeo, listName('legacy'));
	await say(it, 'and refuse thy name');
	t.is(spoken(it).length, 1);
	const devices = await it.actions.listDevices({account: juliet, owner: romeo});
	t.like(
		devices.find(({id}) => id === 39),
		{trust: 'distrusted', active: true},
	);
});

test('the accounts of a profile encrypt each for themselves', async t => {
	const nurse = 'nurse@example.org' as BareJid;
	const profile = await profileWith(t, [{jid: juliet}, {jid: nurse}], {'omemo.default': 'on'});
	const it = await offline(t, {profile});
	await connect(it);
	await it.actions.disconnect({account: juliet});
	await it.actions.connect({account: nurse});
	await quiet(it);
	const ids = [it.storage.omemo.ownDeviceId(juliet), it.storage.omemo.ownDeviceId(nurse)];
	t.true(ids.every(id => id !== undefined));
	t.not(ids[0], ids[1]);
	t.deepEqual(it.storage.omemo.sessions(nurse), []);
});
