/** Many rooms at the same time: their server has others to serve. */
import test from 'ava';
import {type BareJid, bareOf, type Jid} from '../../source/shared/jid.js';
import {entries, presence, pubsubItems, status, userX} from './room-scene.js';
import {juliet, offlineScene, settled} from './scene.js';

test('rooms that their service has lost together are entered again a few at a time', async t => {
	const it = await offlineScene(t);
	const rooms = Array.from({length: 40}, (_, index) => `room${index}@rooms.example.org` as BareJid);
	it.server.answerWith('pubsub', payload => (payload.includes('<items') ? pubsubItems(...rooms) : ''));
	await it.actions.connect({account: juliet});
	for (let turn = 0; turn < 10; turn++) {
		await settled();
		await it.server.bring(...entries(it).map(entry => presence('juliet', {room: bareOf(entry as Jid), codes: [110]})));
		await settled();
	}
	t.is(new Set(entries(it)).size, 40);
	const earlier = entries(it).length;
	await it.server.bring(
		...rooms.map(
			room =>
				`<presence from='${room}/juliet' type='unavailable'>${userX(`<item affiliation='none' role='none'/>${status(110, 332)}`)}</presence>`,
		),
	);
	await settled();
	it.clock.advance(1000);
	await settled();
	await settled();
	t.is(entries(it).length - earlier, 10);
});
