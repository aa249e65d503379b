import test from 'ava';
import {destinationIn} from '../../../source/client/encryption/states.js';
import {bufferId, consoleBuffer} from '../../../source/model/buffer.js';
import type {BareJid, Jid} from '../../../source/shared/jid.js';
import type {OmemoStore} from '../../../source/storage/omemo-ports.js';
import {profileWith} from '../profile.js';
import {juliet, romeo, withRomeo} from '../scene.js';
import {connect, offline, online, quiet, say, stateOf} from './encrypted-scene.js';
import {listName} from './pep.js';

test('how a conversation is protected is told when it changes, and not again', async t => {
	const it = await online(t);
	await it.actions.openBuffer({account: juliet, jid: romeo});
	await quiet(it);
	const told = () => it.saw.all('encryption.changed').map(({encryption}) => encryption);
	t.deepEqual(told(), ['omemo']);
	await it.pep.push(romeo, listName('legacy'));
	await say(it, 'Wherefore art thou?');
	await it.server.bring(it.his.write('Here'));
	t.deepEqual(told(), ['omemo']);
	await it.actions.chooseEncryption({buffer: withRomeo, choice: 'off'});
	t.deepEqual(told(), ['omemo', 'none']);
});

test('the id of a conversation with somebody in a room names all of their nick', t => {
	const whisper = (nick: string) => bufferId(juliet, 'private', `den@rooms.example.org/${nick}` as Jid);
	t.deepEqual(destinationIn(whisper('the nurse of juliet'), juliet), {
		kind: 'private',
		jid: 'den@rooms.example.org/the nurse of juliet' as Jid,
	});
	t.deepEqual(destinationIn(withRomeo, juliet), {kind: 'chat', jid: romeo});
	t.is(destinationIn(withRomeo, romeo), undefined);
	t.is(destinationIn(consoleBuffer, juliet), undefined);
});

test('a conversation that is closed and opened again says how it is protected', async t => {
	const it = await online(t);
	await say(it, 'Wherefore art thou?');
	await it.actions.closeBuffer({buffer: withRomeo});
	const before = it.saw.all('encryption.changed').length;
	await it.actions.openBuffer({account: juliet, jid: romeo});
	t.is(it.saw.all('encryption.changed').length, before + 1);
	t.is(it.saw.all('encryption.changed').at(-1)?.encryption, 'omemo');
});

test('a conversation that was encrypted says so without a connection', async t => {
	const profile = await profileWith(t, [{jid: juliet}], {'omemo.default': 'on'});
	const before = await online(t, {profile});
	await say(before, 'Wherefore art thou?');
	await before.stop();
	const it = await offline(t, {profile});
	t.is((await stateOf(it))?.encryption, 'omemo');
});

test('a snapshot asks the store as often for a thousand conversations as for one', async t => {
	const profile = await profileWith(t, [{jid: juliet}], {'omemo.default': 'on'});
	let asked = 0;
	const counting = new Proxy(profile.storage.omemo, {
		get(store, name: keyof OmemoStore) {
			asked++;
			return store[name];
		},
	});
	const it = await offline(t, {profile: {...profile, storage: {...profile.storage, omemo: counting}}});
	await connect(it);
	const count = async () => {
		const before = asked;
		await it.actions.snapshot({});
		return asked - before;
	};
	await it.actions.openBuffer({account: juliet, jid: romeo});
	const one = await count();
	for (let index = 0; index < 1000; index++) {
		const jid = `p${index}@example.net` as BareJid;
		it.storage.buffers.open({id: bufferId(juliet, 'chat', jid), kind: 'chat', account: juliet, jid});
	}

	t.is(await count(), one);
});

test('that something came from a device of one’s own looks at no other conversation', async t => {
	const profile = await profileWith(t, [{jid: juliet}], {'omemo.default': 'on'});
	let listed = 0;
	const {buffers} = profile.storage;
	const counted = {
		...buffers,
		list() {
			listed++;
			return buffers.list();
		},
	};
	const it = await offline(t, {profile: {...profile, storage: {...profile.storage, buffers: counted}}});
	await connect(it);
	const phone = await it.device(juliet, 77);
	await it.pep.push(juliet, listName('legacy'));
	await it.server.bring(phone.write('one', {from: `${juliet}/phone`}));
	await quiet(it);
	const before = listed;
	it.clock.sleep(120_000);
	await it.server.bring(phone.write('two', {from: `${juliet}/phone`}));
	await quiet(it);
	t.is(listed, before);
	t.is(it.saw.all('devices.changed').at(-1)?.owner, juliet);
});
