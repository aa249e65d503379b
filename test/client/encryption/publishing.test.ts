import test from 'ava';
import type {BareJid} from '../../../source/shared/jid.js';
import {profileWith} from '../profile.js';
import {juliet, romeo} from '../scene.js';
import {connect, type EncryptedScene, notices, offline, pass, quiet, say, spoken} from './encrypted-scene.js';
import {bundleName, listName, refusal} from './pep.js';

const own = (it: EncryptedScene) => it.storage.omemo.ownDeviceId(juliet) ?? 0;
const ids = (it: EncryptedScene, version: 'legacy' | 'omemo2' = 'legacy') =>
	it.pep.list(juliet, version).map(({id}) => id);
const versions = ['legacy', 'omemo2'] as const;

test('at the first login a device is made, and its bundles are there before it is on the lists', async t => {
	const it = await offline(t);
	await connect(it);
	const id = own(it);
	t.true(id >= 1 && id < 2 ** 31);
	for (const version of versions) {
		t.deepEqual(ids(it, version), [id]);
		t.is(it.pep.items(juliet, bundleName(version, id)).length, 1);
	}

	const at = (wanted: string) => it.pep.published.findIndex(each => each.startsWith(wanted));
	t.true(at(bundleName('omemo2', id)) < at(listName('legacy')));
});

test('lists and bundles are published for everybody to read', async t => {
	const it = await offline(t);
	await connect(it);
	const published = it.server.asked.filter(text => text.includes('<publish ') && /omemo|axolotl/.test(text));
	t.is(published.length, 4);
	for (const text of published) {
		t.regex(text, /pubsub#access_model"><value>open<\/value>/);
		t.regex(text, /pubsub#persist_items"><value>true<\/value>/);
	}

	t.regex(published.find(text => text.includes(':bundles"')) ?? '', /pubsub#max_items"><value>max<\/value>/);
});

test('the devices that are on the list already stay there', async t => {
	const it = await offline(t);
	it.pep.putList(juliet, 'legacy', 77, 78);
	await connect(it);
	t.deepEqual(ids(it), [77, 78, own(it)]);
});

test('of a long list nobody is taken off, and the own device is added', async t => {
	const it = await offline(t);
	const many = Array.from({length: 120}, (_, index) => 1000 + index);
	it.pep.putList(juliet, 'legacy', ...many);
	await connect(it);
	t.deepEqual(ids(it), [...many, own(it)]);
});

test('a list that cannot be read is replaced', async t => {
	const it = await offline(t);
	it.pep.put(juliet, listName('legacy'), '<list xmlns="urn:x"/>');
	await connect(it);
	t.deepEqual(ids(it), [own(it)]);
});

test('the next login publishes nothing where all is as it should be, and what is not', async t => {
	const profile = await profileWith(t, [{jid: juliet}], {'omemo.default': 'on'});
	const it = await offline(t, {profile});
	await connect(it);
	const before = it.pep.published.length;
	await it.actions.disconnect({account: juliet});
	await connect(it);
	t.is(it.pep.published.length, before);

	await it.actions.disconnect({account: juliet});
	it.pep.remove(juliet, bundleName('legacy', own(it)));
	await connect(it);
	t.deepEqual(it.pep.published.slice(before), [`${bundleName('legacy', own(it))} current`]);
});

test('a session that goes on publishes nothing', async t => {
	const it = await offline(t);
	await connect(it);
	const before = it.server.asked.length;
	it.server.interrupt();
	it.clock.advance(1000);
	await quiet(it);
	t.is(it.server.resumptions, 1);
	t.is(it.server.asked.slice(before).filter(text => text.includes('pubsub')).length, 0);
});

test('an own device that another one takes off the list puts itself on again, three times in a session', async t => {
	const it = await offline(t);
	await connect(it);
	const id = own(it);
	let repairs = 0;
	for (let round = 0; round < 5; round++) {
		it.pep.putList(juliet, 'legacy', 77);
		await it.pep.push(juliet, listName('legacy'));
		await pass(it, 5000);
		repairs += ids(it).includes(id) ? 1 : 0;
	}

	t.is(repairs, 3);
	t.false(ids(it).includes(id));
});

test('a list that others publish, or that comes from somebody else, changes nothing of ours', async t => {
	const it = await offline(t);
	await connect(it);
	const before = it.pep.published.length;
	it.pep.putList(juliet, 'legacy', 666);
	await it.pep.push(juliet, listName('legacy'), romeo);
	await it.pep.push(juliet, listName('legacy'), 'tybalt@example.net');
	await it.pep.push(juliet, listName('legacy'), `${juliet}/phone`);
	await pass(it, 5000);
	t.is(it.pep.published.length, before);
	t.is(it.storage.omemo.device(juliet, juliet, 666), undefined);
	t.false(notices(it).some(text => text.includes('new device')));
});

test('a server that takes no keys is told of once, and what is written waits for nothing but that', async t => {
	const it = await offline(t);
	const his = await it.device(romeo, 31);
	it.pep.answer(juliet, /bundles/, refusal('forbidden', 'auth'));
	await connect(it);
	t.is(notices(it).filter(text => text.includes('could not be put on its server')).length, 1);
	await say(it, 'Wherefore art thou?');
	t.is(his.text(spoken(it)[0] ?? ''), 'Wherefore art thou?');
});

test('after two weeks the signed prekey is another one, and what was begun with the one before is still read', async t => {
	const profile = await profileWith(t, [{jid: juliet}], {'omemo.default': 'on'});
	const it = await offline(t, {profile});
	await connect(it);
	const his = await it.device(romeo, 31);
	const signed = () =>
		/signedPreKeyId="(\d+)"/.exec(it.pep.items(juliet, bundleName('legacy', own(it)))[0]?.payload ?? '')?.[1];
	const first = signed();
	const late = his.write('late');
	await it.actions.disconnect({account: juliet});
	it.clock.sleep(15 * 24 * 60 * 60_000);
	await connect(it);
	t.not(signed(), first);
	await it.server.bring(late);
	t.is(it.storage.messages.page(`${juliet} chat ${romeo}` as never, {limit: 5})[0]?.body, 'late');
});

test('a name that the person gives the device is signed, and shown by whoever has the key', async t => {
	const it = await offline(t);
	await connect(it);
	await it.actions.labelDevice({account: juliet, label: 'Balcony'});
	await quiet(it);
	const [listed] = it.pep.list(juliet, 'omemo2');
	t.is(listed?.label, 'Balcony');
	t.not(listed?.labelSignature, undefined);
	t.deepEqual(Object.keys(it.pep.list(juliet, 'legacy')[0] ?? {}), ['id']);
});

test('nothing is published for a device that may be in use elsewhere', async t => {
	const profile = await profileWith(t, [{jid: juliet}], {'omemo.default': 'on'});
	const before = await offline(t, {profile});
	await connect(before);
	await before.stop();
	const doubtful = {...profile.storage, epoch: {begin: () => 'copied' as const, accept() {}}};
	const it = await offline(t, {profile: {...profile, storage: doubtful}});
	const his = await it.device(romeo, 31);
	it.pep.putList(juliet, 'legacy', 77);
	await connect(it);
	await it.pep.push(juliet, listName('legacy'));
	await pass(it, 10_000);
	t.deepEqual(it.pep.published, []);
	await say(it, 'Deny thy father');
	t.deepEqual(spoken(it), []);
	t.false(his.isAddressed(spoken(it)[0] ?? "<message xmlns='jabber:client'/>"));
	t.is(it.pep.list('nobody@example.org' as BareJid, 'legacy').length, 0);
});
