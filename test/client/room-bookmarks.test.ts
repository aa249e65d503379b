/** Bookmarks that change while others do, or before they are known: an item is written as a whole. */
import test from 'ava';
import {before, den, pubsubItems, self} from './room-scene.js';
import {juliet, offlineScene, settled} from './scene.js';

test('a bookmark that is changed before all of them are there keeps what other clients wrote into it', async t => {
	const it = await offlineScene(t);
	it.server.answerWith('pubsub', payload =>
		payload.includes('<items')
			? pubsubItems(den).replace('/></item>', '><extensions><mark xmlns="x:y"/></extensions></conference></item>')
			: '',
	);
	it.server.unanswered.add('pubsub');
	await it.actions.connect({account: juliet});
	await settled();
	it.server.unanswered.delete('pubsub');
	await it.actions.setBookmark({account: juliet, room: den, name: 'The den'});
	await settled();
	const last = it.server.asked.filter(text => text.includes('<publish ')).at(-1) ?? '';
	t.regex(last, /The den/);
	t.regex(last, /x:y/);
});

test('two changes of a bookmark at the same time are both kept', async t => {
	const it = await before(t);
	await it.server.bring(self());
	await settled();
	const answer = it.server.hold();
	const all = [
		it.actions.setBookmark({account: juliet, room: den, name: 'The den'}),
		it.actions.setBookmark({account: juliet, room: den, nick: 'Lady'}),
	];
	await settled();
	answer();
	await Promise.all(all);
	await settled();
	const last = it.server.asked.filter(text => text.includes('<publish ')).at(-1) ?? '';
	t.regex(last, /The den/);
	t.regex(last, /Lady/);
});
