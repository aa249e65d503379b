/** Who asks to be let into a room, and does not wait for the answer. */
import test from 'ava';
import {archived, den, entries, presence, self} from './room-scene.js';
import {juliet, offlineScene, settled} from './scene.js';

test('who changes their mind before a room has told what it is does not come in', async t => {
	const it = await offlineScene(t);
	it.server.room(den, ['http://jabber.org/protocol/muc', ...archived]);
	await it.actions.connect({account: juliet});
	await settled();
	const answer = it.server.hold();
	const joined = it.actions.joinRoom({account: juliet, room: den});
	joined.catch(() => {});
	await settled();
	await it.actions.leaveRoom({account: juliet, room: den});
	answer();
	await settled();
	await settled();
	t.deepEqual(entries(it), []);
	t.is(it.saw.all('room.changed').at(-1)?.room.status, 'parted');
	t.like(await t.throwsAsync(joined), {code: 'room-out'});
});

test('who leaves a room that says nothing is not told a minute later that it says nothing', async t => {
	const it = await offlineScene(t);
	it.server.room(den, ['http://jabber.org/protocol/muc', ...archived]);
	await it.actions.connect({account: juliet});
	await settled();
	const joined = it.actions.joinRoom({account: juliet, room: den});
	joined.catch(() => {});
	await settled();
	const left = it.actions.leaveRoom({account: juliet, room: den});
	await settled();
	it.clock.advance(5000);
	await left;
	t.like(await t.throwsAsync(joined), {code: 'room-out'});
});

test('who asks again while a room says nothing comes in for good', async t => {
	const it = await offlineScene(t);
	it.server.room(den, ['http://jabber.org/protocol/muc', ...archived]);
	await it.actions.connect({account: juliet});
	await settled();
	it.actions.joinRoom({account: juliet, room: den}).catch(() => {});
	await settled();
	const again = it.actions.joinRoom({account: juliet, room: den, again: true});
	await settled();
	await it.server.bring(presence('juliet', {type: 'unavailable', codes: [110]}));
	await settled();
	await it.server.bring(self());
	await again;
	await settled();
	await settled();
	t.true(it.server.asked.some(text => text.includes('<publish ') && text.includes('autojoin="true"')));
});
