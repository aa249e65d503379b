import test from 'ava';
import type {BareJid} from '../../../source/shared/jid.js';
import {juliet, romeo} from '../scene.js';
import {connect, type EncryptedScene, empties, offline, online, pass, say, spoken} from './encrypted-scene.js';
import type {Party} from './party.js';
import {bundleName, listName} from './pep.js';

const stranger = 'paris@example.net' as BareJid;
const day = 24 * 60 * 60_000;

const forget = (it: EncryptedScene, owner: BareJid) => {
	for (const place of it.storage.omemo.sessions(juliet, owner)) {
		it.storage.omemo.removeSession(place);
	}
};

/** Both have a session that each has heard the other in. */
async function acquainted(it: EncryptedScene & {readonly his: Party}): Promise<void> {
	await say(it, 'Wherefore art thou?');
	it.his.read(spoken(it)[0] ?? '');
	await it.server.bring(it.his.write('Here'));
	await pass(it, 5000);
}

test('a device that begins a session gets an empty message, so that the session is complete', async t => {
	const it = await online(t);
	await it.server.bring(it.his.write('O, speak again'));
	await pass(it, 5000);
	const [answer = ''] = empties(it);
	t.is(empties(it).length, 1);
	t.is(it.his.read(answer).kind, 'empty');
	t.regex(answer, /<store /);
	t.notRegex(answer, /<body|urn:xmpp:eme/);
	t.regex(it.his.write('bright angel'), /<key rid="\d+">/, 'the next one needs no prekey');
});

test('a stranger gets no empty message, and is asked for no list and no bundle', async t => {
	const it = await online(t);
	const theirs = await it.device(stranger, 51);
	const before = it.pep.asked.length;
	await it.server.bring(theirs.write('My lady'));
	await pass(it, 10_000);
	t.deepEqual(empties(it), []);
	t.false(it.pep.asked.slice(before).some(node => node.startsWith(stranger)));
});

test('somebody the person has written to gets one, contact or not', async t => {
	const it = await online(t);
	const theirs = await it.device(stranger, 51);
	await say(it, 'Good sir', stranger);
	theirs.forget();
	await it.server.bring(theirs.write('My lady'));
	await pass(it, 5000);
	t.is(empties(it).length, 1);
});

test('a contact whom the account follows but who does not follow it gets none', async t => {
	const it = await offline(t);
	it.server.roster = `<item jid='${romeo}' subscription='to'/>`;
	const his = await it.device(romeo, 31);
	await connect(it);
	await it.server.bring(his.write('O, speak again'));
	await pass(it, 5000);
	t.deepEqual(empties(it), []);
});

test('while the archive is read nothing is answered; each device gets one answer after it', async t => {
	const it = await online(t);
	await it.actions.disconnect({account: juliet});
	for (const body of ['O', 'speak', 'again']) {
		it.server.archive.add({at: it.clock.now(), peer: romeo, message: it.his.write(body)});
	}

	let during = 0;
	it.server.archive.onPage = () => {
		during = Math.max(during, empties(it).length);
	};
	await connect(it);
	await pass(it, 10_000);
	t.is(during, 0);
	t.is(empties(it).length, 1);
});

test('an answer that the end of the connection came before is given in the next session', async t => {
	const it = await online(t);
	await it.server.bring(it.his.write('O, speak again'));
	await it.actions.disconnect({account: juliet});
	await connect(it);
	await pass(it, 5000);
	t.is(empties(it).length, 1);
});

test('whoever sends many messages without an answer gets a sign of life, once', async t => {
	const it = await online(t);
	await acquainted(it);
	const before = empties(it).length;
	for (let count = 0; count < 60; count++) {
		await it.server.bring(it.his.write(`line ${count}`));
	}

	await pass(it, 5000);
	t.is(empties(it).length, before + 1);
	t.is(it.his.read(empties(it).at(-1) ?? '').kind, 'empty');
});

test('a session that is lost is begun anew, once for a device and a day, over restarts too', async t => {
	const it = await online(t);
	await acquainted(it);
	const before = empties(it).length;
	forget(it, romeo);
	await it.server.bring(it.his.write('lost'));
	await pass(it, 5000);
	t.is(empties(it).length, before + 1);
	t.is(it.his.read(empties(it).at(-1) ?? '').kind, 'empty');

	forget(it, romeo);
	await it.server.bring(it.his.write('lost again'));
	await pass(it, 5000);
	t.is(empties(it).length, before + 1);

	await it.stop();
	const again = await offline(t, {profile: it});
	const theirs = await again.device(romeo, 31);
	await connect(again);
	t.not(theirs.fingerprint, it.his.fingerprint);
	await again.server.bring(it.his.write('and again').replace(/ to="[^"]*"/, ` to="${juliet}"`));
	await pass(again, 5000);
	t.deepEqual(empties(again), []);
});

test('after a day a session may be begun anew again', async t => {
	const it = await online(t);
	await acquainted(it);
	forget(it, romeo);
	await it.server.bring(it.his.write('lost'));
	await pass(it, 5000);
	const before = empties(it).length;
	it.his.read(empties(it).at(-1) ?? '');
	forget(it, romeo);
	it.clock.sleep(day + 1000);
	await it.server.bring(it.his.write('lost again'));
	await pass(it, 5000);
	t.is(empties(it).length, before + 1);
});

test('a broken session of the new version is left for the person to reset; one that is not there is begun', async t => {
	const it = await offline(t);
	const his = await it.device(romeo, 31, 'omemo2');
	await connect(it);
	await acquainted({...it, his});
	const before = empties(it).length;
	const broken = his
		.write('broken', {version: 'omemo2'})
		.replace(/(<key [^>]*>)([^<]*)/, (_, open: string, data: string) => {
			const bytes = Buffer.from(data, 'base64');
			bytes[8] = (bytes[8] ?? 0) ^ 1;
			return `${open}${bytes.toString('base64')}`;
		});
	await it.server.bring(broken);
	await pass(it, 5000);
	t.is(empties(it).length, before);

	forget(it, romeo);
	await it.server.bring(his.write('lost', {version: 'omemo2'}));
	await pass(it, 5000);
	t.is(empties(it).length, before + 1);
});

test('a device that is distrusted gets no new session', async t => {
	const it = await online(t);
	await acquainted(it);
	const before = empties(it).length;
	await it.actions.setTrust({account: juliet, owner: romeo, fingerprint: it.his.fingerprint, trust: 'distrusted'});
	const asked = it.pep.asked.length;
	forget(it, romeo);
	await it.server.bring(it.his.write('lost'));
	await pass(it, 5000);
	t.is(empties(it).length, before);
	t.false(it.pep.asked.slice(asked).includes(`${romeo} ${bundleName('legacy', 31)}`));
});

test('a session that is begun for a device nobody has written to makes it known, so that it gets what is written', async t => {
	const it = await online(t);
	const second = await it.device(romeo, 32);
	await it.pep.push(romeo, listName('legacy'));
	await say(it, 'Wherefore art thou?');
	second.read(spoken(it)[0] ?? '');
	it.storage.omemo.removeDevice(juliet, romeo, 32);
	await it.pep.push(romeo, listName('legacy'));
	await it.server.bring(second.write('Psst'));
	await pass(it, 5000);
	await say(it, 'Deny thy father');
	t.true(second.isAddressed(spoken(it)[1] ?? ''));
});
