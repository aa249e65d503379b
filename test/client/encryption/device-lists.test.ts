import test from 'ava';
import {juliet, romeo} from '../scene.js';
import {connect, type EncryptedScene, notices, offline, online, quiet, say, spoken} from './encrypted-scene.js';
import {bundleName, listName} from './pep.js';

const his = (it: EncryptedScene) => it.storage.omemo.devices(juliet, romeo);
const list = (...ids: ReadonlyArray<number | string>) =>
	`<list xmlns='eu.siacs.conversations.axolotl'>${ids.map(id => `<device id='${id}'/>`).join('')}</list>`;
const legacy = listName('legacy');

test('ids that no device can have, and those that are there twice, are left out', async t => {
	const it = await offline(t);
	await connect(it);
	it.pep.put(romeo, legacy, list(0, -1, 31, '0x20', 31, 4294967295, '', 'thirty', 2147483647));
	await it.pep.push(romeo, legacy);
	t.deepEqual(
		his(it).map(({id}) => id),
		[31, 2147483647],
	);
});

test('of more than fifty devices the first fifty count, and that is told once', async t => {
	const it = await offline(t);
	await connect(it);
	it.pep.put(romeo, legacy, list(...Array.from({length: 80}, (_, index) => index + 1)));
	await it.pep.push(romeo, legacy);
	await it.pep.push(romeo, legacy);
	t.is(his(it).length, 50);
	t.is(notices(it).filter(text => text.includes('lists 80 devices')).length, 1);
});

test('of an own list that is too long the own device is never left out', async t => {
	const it = await offline(t);
	it.pep.put(juliet, legacy, list(...Array.from({length: 80}, (_, index) => index + 1)));
	await connect(it);
	const own = it.storage.omemo.ownDeviceId(juliet) ?? 0;
	t.true(it.storage.omemo.device(juliet, juliet, own)?.versions.includes('legacy'));
	t.is(it.storage.omemo.devices(juliet, juliet).filter(({versions}) => versions.length > 0).length, 50);
});

test('a list that cannot be read changes nothing', async t => {
	const it = await online(t);
	await it.pep.push(romeo, legacy);
	it.pep.put(romeo, legacy, "<devices xmlns='urn:x'/>");
	await it.pep.push(romeo, legacy);
	t.deepEqual(his(it)[0]?.versions, ['legacy']);
});

test('the list of somebody counts only from themselves, and only of a contact', async t => {
	const it = await online(t);
	it.pep.put(romeo, legacy, list(31, 666));
	await it.pep.push(romeo, legacy, 'tybalt@example.net');
	await it.pep.push('tybalt@example.net' as typeof romeo, legacy);
	t.deepEqual(his(it), []);
	t.deepEqual(it.storage.omemo.devices(juliet, 'tybalt@example.net' as typeof romeo), []);
});

test('an older list that is taken back does not take back the newest one', async t => {
	const it = await online(t);
	await it.pep.push(romeo, legacy);
	const retraction = (id: string) =>
		`<message xmlns='jabber:client' from='${romeo}' to='${juliet}' type='headline'><event xmlns='http://jabber.org/protocol/pubsub#event'><items node='${legacy}'><retract id='${id}'/></items></event></message>`;
	await it.server.bring(retraction('an-older-one'));
	t.deepEqual(his(it)[0]?.versions, ['legacy']);
	await it.server.bring(retraction('current'));
	t.deepEqual(his(it)[0]?.versions, []);
});

test('a new own device raises an alarm, once; those that were there at the first login raise none', async t => {
	const it = await offline(t);
	it.pep.putList(juliet, 'legacy', 77);
	await connect(it);
	const alarms = () => notices(it).filter(text => text.includes('new device'));
	t.deepEqual(alarms(), []);
	const own = it.storage.omemo.ownDeviceId(juliet) ?? 0;
	it.pep.putList(juliet, 'legacy', 77, own, 666);
	await it.pep.push(juliet, legacy);
	await it.pep.push(juliet, legacy);
	it.pep.putList(juliet, 'omemo2', own, 666);
	await it.pep.push(juliet, listName('omemo2'));
	t.deepEqual(alarms(), [
		`The account ${juliet} has a new device (666), which can read what is encrypted from now on.`,
	]);
});

test('a new own device that sends something before it is listed raises the alarm when it is', async t => {
	const it = await offline(t);
	await connect(it);
	const ghost = await it.device(juliet, 666);
	const own = it.storage.omemo.ownDeviceId(juliet) ?? 0;
	await it.server.bring(ghost.write('Hither', {from: `${juliet}/ghost`}));
	it.pep.putList(juliet, 'legacy', own, 666);
	await it.pep.push(juliet, legacy);
	t.is(notices(it).filter(text => text.includes('new device (666)')).length, 1);
});

test('a label counts only where the key of the device has signed it', async t => {
	const it = await offline(t);
	const party = await it.device(romeo, 31, 'omemo2');
	const liar = await it.device(romeo, 32, 'omemo2');
	await connect(it);
	await say(it, 'Wherefore art thou?');
	it.pep.putList(romeo, 'omemo2', party.labelled('Orchard'), {...party.labelled('Forged'), id: liar.id});
	await it.pep.push(romeo, listName('omemo2'));
	t.deepEqual(
		his(it).map(({label}) => label),
		['Orchard', undefined],
	);
});

test('a label that came before the key was known counts once it is', async t => {
	const it = await offline(t);
	const party = await it.device(romeo, 31, 'omemo2');
	it.pep.putList(romeo, 'omemo2', party.labelled('Orchard'));
	await connect(it);
	await it.pep.push(romeo, listName('omemo2'));
	t.is(his(it)[0]?.label, undefined);
	await say(it, 'Wherefore art thou?');
	t.is(his(it)[0]?.label, 'Orchard');
});

test('sessions are begun right before something is sent, and not because of a list', async t => {
	const it = await online(t);
	await it.pep.push(romeo, legacy);
	await quiet(it);
	t.false(it.pep.asked.includes(`${romeo} ${bundleName('legacy', 31)}`));
	await say(it, 'Wherefore art thou?');
	t.true(it.pep.asked.includes(`${romeo} ${bundleName('legacy', 31)}`));
	t.is(spoken(it).length, 1);
});

test('a bundle is found under whatever name its item has', async t => {
	const it = await online(t);
	const [item] = it.pep.items(romeo, bundleName('legacy', 31));
	it.pep.remove(romeo, bundleName('legacy', 31));
	it.pep.put(romeo, bundleName('legacy', 31), item?.payload ?? '', '1');
	await say(it, 'Wherefore art thou?');
	t.is(it.his.text(spoken(it)[0] ?? ''), 'Wherefore art thou?');
});

test('looking at a conversation with a contact finds out their devices; with a stranger it does not', async t => {
	const it = await online(t);
	await it.actions.openBuffer({account: juliet, jid: romeo});
	await it.actions.openBuffer({account: juliet, jid: 'paris@example.net' as typeof romeo});
	await quiet(it);
	t.true(it.pep.asked.includes(`${romeo} ${legacy}`));
	t.false(it.pep.asked.some(node => node.startsWith('paris')));
});

test('who is no contact is asked again after an hour: nobody tells of a new device of theirs', async t => {
	const it = await offline(t);
	const tybalt = 'tybalt@example.net' as typeof romeo;
	await it.device(tybalt, 51);
	await connect(it);
	await say(it, 'What, drawn, and talk of peace?', tybalt);
	const another = await it.device(tybalt, 52);
	it.pep.putList(tybalt, 'legacy', 51, 52);
	await say(it, 'I hate the word', tybalt);
	t.false(another.isAddressed(spoken(it)[1] ?? ''));
	it.clock.advance(60 * 60_000);
	await quiet(it);
	await say(it, 'as I hate hell', tybalt);
	t.true(another.isAddressed(spoken(it)[2] ?? ''));
});
