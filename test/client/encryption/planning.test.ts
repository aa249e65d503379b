import test from 'ava';
import {juliet, romeo, settled} from '../scene.js';
import {connect, offline, online, quiet, say, spoken} from './encrypted-scene.js';
import {bundleName, refusal} from './pep.js';

const bundles = (it: {readonly pep: {readonly asked: readonly string[]}}) =>
	it.pep.asked.filter(node => node.includes('.bundles:') && node.startsWith(romeo));

test('the bundles of many devices are asked for side by side, and not all at once', async t => {
	const it = await offline(t);
	await connect(it);
	for (let id = 1; id <= 30; id++) {
		await it.device(romeo, id);
	}

	const waiting: string[] = [];
	it.server.answerWith('iq', '');
	const release = it.server.hold();
	await it.actions.sendMessage({account: juliet, to: romeo, body: 'Wherefore art thou?'});
	await quiet(it);
	release();
	await quiet(it);
	waiting.push(...bundles(it));
	t.is(waiting.length, 30);
	t.is(spoken(it)[0]?.match(/<key /g)?.length, 30);
});

test('no more than a few sessions are begun in one turn, so that whoever types goes first', async t => {
	const it = await offline(t);
	await connect(it);
	for (let id = 1; id <= 20; id++) {
		await it.device(romeo, id);
	}

	await it.actions.sendMessage({account: juliet, to: romeo, body: 'Wherefore art thou?'});
	let before = 0;
	let most = 0;
	for (let turn = 0; turn < 500 && before < 20; turn++) {
		await settled();
		const count = it.storage.omemo.sessions(juliet, romeo).length;
		most = Math.max(most, count - before);
		before = count;
	}

	t.is(before, 20);
	t.true(most <= 4, `${most} in one turn`);
});

test('a device that comes up while the bundles of others are fetched gets the message too', async t => {
	const it = await online(t);
	const release = it.server.hold();
	await it.actions.sendMessage({account: juliet, to: romeo, body: 'Wherefore art thou?'});
	await quiet(it);
	const second = await it.device(romeo, 32);
	release();
	await quiet(it);
	await it.pep.push(romeo, 'eu.siacs.conversations.axolotl.devicelist');
	await quiet(it);
	await say(it, 'Deny thy father');
	t.true(second.isAddressed(spoken(it).at(-1) ?? ''));
});

test('a device that has both versions is reached in the other one where its bundle of the first is not there', async t => {
	const it = await offline(t);
	const his = await it.device(romeo, 31, 'legacy', 'omemo2');
	it.pep.remove(romeo, bundleName('legacy', 31));
	await connect(it);
	await say(it, 'Wherefore art thou?');
	t.is(his.text(spoken(it)[0] ?? ''), 'Wherefore art thou?');
	t.false(spoken(it)[0]?.includes('axolotl'));
});

test('a bundle of one version with another identity key than that of the other version is refused', async t => {
	const it = await offline(t);
	const his = await it.device(romeo, 31, 'legacy');
	await connect(it);
	await say(it, 'Wherefore art thou?');
	const liar = await it.device(romeo, 31, 'omemo2');
	it.pep.putList(romeo, 'legacy');
	it.pep.answer(romeo, bundleName('legacy', 31), refusal('item-not-found'));
	for (const place of it.storage.omemo.sessions(juliet, romeo)) {
		it.storage.omemo.removeSession(place);
	}

	await it.pep.push(romeo, 'urn:xmpp:omemo:2:devices');
	await it.pep.push(romeo, 'eu.siacs.conversations.axolotl.devicelist');
	await say(it, 'Deny thy father');
	t.is(spoken(it).length, 1);
	t.is(it.storage.omemo.device(juliet, romeo, 31)?.fingerprint, his.fingerprint);
	t.not(liar.fingerprint, his.fingerprint);
});

test('what is asked for a message is asked once, however many messages wait for it', async t => {
	const it = await online(t);
	const release = it.server.hold();
	for (const body of ['Deny', 'thy', 'father']) {
		await it.actions.sendMessage({account: juliet, to: romeo, body});
	}

	await quiet(it);
	release();
	await quiet(it);
	t.is(spoken(it).length, 3);
	t.is(bundles(it).length, 1);
});
