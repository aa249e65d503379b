import test from 'ava';
import {den, entries, self} from './room-scene.js';
import {juliet, offlineScene, settled} from './scene.js';

const form = `<query xmlns='http://jabber.org/protocol/muc#owner'><x xmlns='jabber:x:data' type='form'><field var='muc#roomconfig_roomsecret' type='text-private'/><field var='muc#roomconfig_passwordprotectedroom' type='boolean'><value>0</value></field></x></query>`;
const information = `<query xmlns='http://jabber.org/protocol/disco#info'><identity category='conference' type='text'/></query>`;
const shutDown = `<presence from='${den}/juliet' type='unavailable'><x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='none' role='none'/><status code='110'/><status code='332'/></x></presence>`;

test('whoever gives a room a password enters with it again, and remembers it', async t => {
	const it = await offlineScene(t);
	it.server.answerWith('pubsub', payload =>
		payload.includes('<items')
			? `<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='urn:xmpp:bookmarks:1'/></pubsub>`
			: '',
	);
	await it.actions.connect({account: juliet});
	await settled();
	const joined = it.actions.joinRoom({account: juliet, room: den});
	await settled();
	await it.server.bring(self());
	await joined;
	await settled();

	it.server.answerWith('query', payload => (payload.includes('muc#owner') ? form : information));
	await it.actions.configureRoom({
		account: juliet,
		room: den,
		answers: {'muc#roomconfig_roomsecret': ['swordfish'], 'muc#roomconfig_passwordprotectedroom': ['1']},
	});
	await settled();
	t.regex(it.server.asked.findLast(text => text.includes('<publish')) ?? '', /<password>swordfish<\/password>/);

	const before = entries(it).length;
	await it.server.bring(shutDown);
	await it.clock.advance(1000);
	await settled();
	t.is(entries(it).length, before + 1);
	t.true(
		it.server.written.findLast(text => text.includes('jabber.org/protocol/muc"'))?.includes('<password>swordfish'),
	);

	await it.server.bring(self());
	await it.actions.configureRoom({
		account: juliet,
		room: den,
		answers: {'muc#roomconfig_passwordprotectedroom': ['0']},
	});
	await settled();
	t.notRegex(it.server.asked.findLast(text => text.includes('<publish')) ?? '', /<password>./);
});
