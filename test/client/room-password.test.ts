import test, {type ExecutionContext} from 'ava';
import {den, entries, self} from './room-scene.js';
import {juliet, offlineScene, type Scene, settled} from './scene.js';

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

const taken = `<presence from='${den}/juliet' type='error'><error type='cancel'><conflict xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>`;
const entered = (nick: string) => self().replace(`${den}/juliet`, `${den}/${nick}`);

/** The last request to enter a room that was written. */
const lastEntry = ({server}: Scene) => server.written.findLast(text => text.includes('jabber.org/protocol/muc"')) ?? '';

async function connected(t: ExecutionContext): Promise<Scene> {
	const it = await offlineScene(t);
	await it.actions.connect({account: juliet});
	await settled();
	return it;
}

test('a password need not be typed again with the next name where the first one was taken', async t => {
	const it = await connected(t);
	const refused = t.throwsAsync(it.actions.joinRoom({account: juliet, room: den, password: 'pearl'}), {
		code: 'nick-taken',
	});
	await settled();
	await it.server.bring(taken);
	await refused;

	const joined = it.actions.joinRoom({account: juliet, room: den, nick: 'juliet_'});
	await settled();
	t.regex(lastEntry(it), /juliet_".*<password>pearl<\/password>/);
	await it.server.bring(entered('juliet_'));
	await joined;
});

test('a room that wants a password is left and entered again without typing it', async t => {
	const it = await connected(t);
	const joined = it.actions.joinRoom({account: juliet, room: den, password: 'pearl'});
	await settled();
	await it.server.bring(self());
	await joined;

	const again = it.actions.joinRoom({account: juliet, room: den, nick: 'juliet', again: true});
	await settled();
	await it.server.bring(self().replace('<presence', "<presence type='unavailable'"));
	await settled();
	t.is(entries(it).length, 2);
	t.regex(lastEntry(it), /<password>pearl<\/password>/);
	await it.server.bring(self());
	await again;
});

test('who was thrown out of a room that wants a password comes back with the one it was entered with', async t => {
	const it = await connected(t);
	it.server.answerWith('pubsub', () => '');
	const joined = it.actions.joinRoom({account: juliet, room: den, password: 'pearl'});
	await settled();
	await it.server.bring(self());
	await joined;
	await settled();

	await it.server.bring(shutDown.replace("'332'", "'307'"));
	const again = it.actions.joinRoom({account: juliet, room: den, nick: 'juliet', again: true});
	await settled();
	t.is(entries(it).length, 2);
	t.regex(lastEntry(it), /<password>pearl<\/password>/);
	await it.server.bring(self());
	await again;
});
