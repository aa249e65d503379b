/** What people in rooms, rooms and strangers may try on a client that is in rooms (`protocol.md` §4.1). */
import test from 'ava';
import {bufferId} from '../../source/model/buffer.js';
import {type BareJid, bareOf, type Jid} from '../../source/shared/jid.js';
import {
	archived,
	before,
	den,
	entries,
	identifying,
	inDen,
	inside,
	occupantId,
	presence,
	pubsubItems,
	reflection,
	said,
	say,
	self,
	shown,
	spoken,
	stanzaId,
	status,
	userX,
	words,
} from './room-scene.js';
import {juliet, offlineScene, romeo, type Scene, settled, withRomeo} from './scene.js';

const cave = 'cave@rooms.example.org' as BareJid;
const inCave = bufferId(juliet, 'room', cave);
const through = (nick: string, room: BareJid = den) => bufferId(juliet, 'private', `${room}/${nick}` as Jid);
const late = (by: string = den) => `<delay xmlns='urn:xmpp:delay' from='${by}' stamp='2020-01-01T00:00:00Z'/>`;
const recorded = (it: Scene) => it.saw.all('message.recorded').map(({message}) => message);
const result = (room: string, queryId: string, id: string, message: string) =>
	`<message from='${room}'><result xmlns='urn:xmpp:mam:2' queryid='${queryId}' id='${id}'><forwarded xmlns='urn:xmpp:forward:0'>` +
	`<delay xmlns='urn:xmpp:delay' stamp='2020-01-01T00:00:00Z'/>${message}</forwarded></result></message>`;
const question = (it: Scene, room: string) => {
	const asked = it.server.asked.find(text => text.includes(`to="${room}"`) && text.includes('urn:xmpp:mam:2"'));
	return /queryid="([^"]*)"/.exec(asked ?? '')?.[1] ?? '';
};

// --- row 7

test('what one room hands out for the archive of another is not taken', async t => {
	const it = await offlineScene(t);
	it.server.room(den, archived);
	it.server.room(cave, archived);
	it.server.answerWith('pubsub', payload => (payload.includes('<items') ? pubsubItems(den, cave) : ''));
	await it.actions.connect({account: juliet});
	await settled();
	await settled();
	const release = it.server.hold();
	await it.server.bring(self(), presence('juliet', {room: cave, codes: [110]}));
	await settled();
	const [ofDen, ofCave] = [question(it, den), question(it, cave)];
	t.true(ofDen !== '' && ofCave !== '' && ofDen !== ofCave);
	await it.server.bring(
		result(cave, ofDen, 'x1', said('in the name of the den')),
		result(cave, ofDen, 'x2', said('of its own', {room: cave})),
		result(`${den}/romeo`, ofDen, 'x3', said('by somebody in it')),
		result(juliet, ofDen, 'x4', said('by the account')),
		result(den, ofDen, 'x5', said('about another', {room: cave})),
		result(
			den,
			ofDen,
			'x6',
			`<message xmlns='jabber:client' type='chat' from='${romeo}/orchard' to='${juliet}'><body>as a chat</body></message>`,
		),
		result(den, ofDen, 'x7', said('true')),
	);
	release();
	await settled();
	await settled();
	t.deepEqual([words(it), words(it, inCave), words(it, withRomeo)], [['true'], [], []]);
});

// --- row 22

test('an id in the archive counts only where the room gave it, and gives one at all', async t => {
	const ids = (it: Scene) => shown(it).map(({archiveId}) => archiveId);
	const giving = await inside(t);
	await giving.server.bring(
		said('own', {more: stanzaId('r1')}),
		said('of an occupant', {more: stanzaId('f1', `${den}/romeo`)}),
		said('of the account', {more: stanzaId('f2', juliet)}),
		said('two', {more: stanzaId('f3') + stanzaId('f4')}),
		said('nested', {more: `<forwarded xmlns='urn:xmpp:forward:0'>${stanzaId('f5')}</forwarded>`}),
	);
	t.deepEqual(ids(giving), ['r1', undefined, undefined, undefined, undefined]);
	const plain = await inside(t, {features: []});
	await plain.server.bring(said('forged', {more: stanzaId('f6')}));
	t.deepEqual(ids(plain), [undefined]);
});

test('an id by which a room would hide what somebody says is no id', async t => {
	const it = await inside(t, {features: []});
	await it.server.bring(said('first', {more: stanzaId('r1')}), said('second', {more: stanzaId('r1')}));
	t.deepEqual(words(it), ['first', 'second']);
});

// --- row 23

test('who somebody is counts only where the room says it, once', async t => {
	const ids = (it: Scene) => shown(it).map(message => message.occupantId);
	const plain = await inside(t);
	await plain.server.bring(said('one', {more: occupantId('o-forged')}));
	t.deepEqual(ids(plain), [undefined]);
	const giving = await inside(t, {features: [...archived, ...identifying], more: occupantId('o-juliet')});
	await giving.server.bring(
		said('one', {more: occupantId('o-romeo')}),
		said('two', {more: occupantId('o-romeo') + occupantId('o-nurse')}),
		said('three', {more: occupantId('x'.repeat(129))}),
		said('four', {more: `<reply xmlns='urn:xmpp:reply:0'>${occupantId('o-nurse')}</reply>`}),
	);
	t.deepEqual(ids(giving), ['o-romeo', undefined, undefined, undefined]);
});

// --- groupchat where there is none

test('a room that nobody entered says nothing, however it comes', async t => {
	const it = await inside(t);
	const carbon = (direction: string, message: string) =>
		`<message from='${juliet}'><${direction} xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>${message}</forwarded></${direction}></message>`;
	await it.server.bring(
		said('live', {room: cave}),
		carbon('received', said('copied', {to: juliet})),
		carbon('sent', said('sent', {room: cave, to: juliet})),
		`<message type='groupchat' from='${romeo}/orchard' id='p'><body>from a person</body></message>`,
		`<message type='groupchat' from='${juliet}/phone' id='q'><body>from ourselves</body></message>`,
		`<message type='groupchat' id='r'><body>from nobody</body></message>`,
	);
	t.deepEqual(recorded(it), []);
});

test('what the own archive has of rooms is not taken, whether we are in them or not', async t => {
	const it = await offlineScene(t);
	it.server.room(den, archived);
	it.server.answerWith('pubsub', payload => (payload.includes('<items') ? pubsubItems(den) : ''));
	for (const message of [said('of the den', {to: juliet}), said('of the cave', {room: cave, to: juliet})]) {
		it.server.archive.add({at: it.clock.now(), peer: den, message});
	}

	await it.actions.connect({account: juliet});
	await settled();
	await it.server.bring(self());
	await settled();
	await settled();
	t.deepEqual(recorded(it), []);
});

// --- row 26

test('what somebody says through a room is no chat with the room, and no chat of theirs', async t => {
	const it = await inside(t);
	await it.server.bring(
		`<message type='chat' from='${den}/romeo' id='p1'><body>psst</body>${userX('')}</message>`,
		`<message type='chat' from='${den}/romeo' id='p2'><body>unmarked</body></message>`,
		`<message from='${den}/romeo' id='p3'><body>normal</body></message>`,
	);
	t.deepEqual(words(it, through('romeo')), ['psst', 'unmarked', 'normal']);
	t.deepEqual(words(it), []);
	t.deepEqual(words(it, bufferId(juliet, 'chat', den)), []);
});

test('a contact who marks a message as one through a room does not pass for somebody else', async t => {
	const it = await inside(t);
	await it.server.bring(
		`<message type='chat' from='${romeo}/orchard' id='p1'><body>hello</body>${userX('')}</message>`,
	);
	const [message] = recorded(it);
	t.is(message?.author, `${romeo}/orchard` as Jid);
	t.not(message?.buffer, inDen);
	t.true(message?.buffer.includes(romeo));
});

// --- row 25

const invitations = (it: Scene) => it.saw.all('room.invited').map(({invitation}) => invitation);
const direct = (room: string, from: string, type = 'normal') =>
	`<message from='${from}' type='${type}'><x xmlns='jabber:x:conference' jid='${room}' reason='come'/></message>`;

test('an invitation says who sent it: the room names its inviter, a direct one is from whoever sent it', async t => {
	const it = await inside(t);
	await it.server.bring(
		direct(cave, `${romeo}/orchard`),
		`<message from='attic@rooms.example.org'>${userX(`<invite from='${romeo}'><reason>up</reason></invite>`)}</message>`,
	);
	t.deepEqual(
		invitations(it).map(({room, from, direct: isDirect}) => [room, from && bareOf(from), isDirect]),
		[
			[cave, romeo, true],
			['attic@rooms.example.org' as BareJid, romeo, false],
		],
	);
	t.deepEqual(entries(it), [`${den}/juliet`]);
});

test('nobody in a room can invite in the name of somebody else, and nobody in the room as a whole', async t => {
	const it = await inside(t);
	await it.server.bring(
		// Through the room, from somebody in it: the room has not said this.
		`<message from='${den}/romeo'>${userX(`<invite from='${juliet}'/>`)}</message>`,
		direct(cave, `${den}/romeo`),
		direct(cave, `${den}/romeo`, 'groupchat'),
		direct(cave, den, 'groupchat'),
		said('look', {more: userX(`<invite from='nurse@example.org'/>`)}),
		direct(cave, `${romeo}/orchard`, 'error'),
		direct('not a room@', `${romeo}/orchard`),
		`<message from='nurse@example.org/x'>${userX(`<invite from='${romeo}'/>`)}</message>`,
	);
	t.deepEqual(invitations(it), []);
});

test('a storm of invitations is told ten times and enters nothing', async t => {
	const it = await inside(t);
	await it.server.bring(
		...Array.from({length: 500}, (_, index) => direct(`r${index}@rooms.example.org`, `${romeo}/orchard`)),
	);
	t.is(invitations(it).length, 10);
	t.deepEqual(entries(it), [`${den}/juliet`]);
});

// --- row 28 and status codes from those who have no say

test('what the room is, and who was thrown out, only the room says', async t => {
	const it = await inside(t);
	const {features} = it.saw.all('room.changed').at(-1)?.room ?? {};
	const asked = it.server.asked.length;
	const everything = status(100, 101, 104, 110, 170, 171, 172, 173, 174, 201, 301, 303, 307, 321, 322, 332);
	await it.server.bring(
		said('look', {more: userX(everything)}),
		`<message type='groupchat' from='${den}/romeo' id='e'>${userX(everything)}</message>`,
		`<message type='chat' from='${den}/romeo' id='f'><body>psst</body>${userX(everything)}</message>`,
		`<message from='${romeo}/orchard' id='g'>${userX(everything)}</message>`,
	);
	await settled();
	t.is(it.server.asked.length, asked);
	t.deepEqual(it.saw.all('room.changed').at(-1)?.room.features, features);
	t.is(it.saw.all('room.changed').at(-1)?.room.status, 'joined');
});

test('what somebody else is thrown out for throws out nobody but them', async t => {
	const it = await inside(t);
	await it.server.bring(presence('romeo', {type: 'unavailable', codes: [307]}));
	t.is(it.saw.all('room.changed').at(-1)?.room.status, 'joined');
	t.is(it.saw.all('occupant.left').at(-1)?.nick, 'romeo');
});

// --- row 29

test('a subject comes alone and from those in the room; with words it is a message', async t => {
	const it = await inside(t);
	const subject = () => it.saw.all('room.changed').at(-1)?.room.subject;
	await it.server.bring(`<message type='groupchat' from='${den}/romeo'><subject>true</subject></message>`);
	t.is(subject(), 'true');
	await it.server.bring(
		`<message type='groupchat' from='${den}/romeo' id='s1'><subject>false</subject><body>words</body></message>`,
		`<message type='chat' from='${den}/romeo' id='s2'><subject>false</subject></message>`,
		`<message type='groupchat' from='${cave}/romeo' id='s3'><subject>false</subject></message>`,
		`<message type='error' from='${den}' id='s4'><subject>false</subject><error type='auth'><forbidden xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>`,
	);
	t.is(subject(), 'true');
	t.true(words(it).includes('words'));
});

// --- rows 17 and 27: names

test('whoever takes the name of somebody who left is another one, by what the room says of them', async t => {
	const it = await inside(t, {features: [...archived, ...identifying], more: occupantId('o-juliet')});
	await it.server.bring(
		said('mine', {more: occupantId('o-romeo')}),
		presence('romeo', {type: 'unavailable'}),
		presence('romeo', {more: occupantId('o-paris')}),
		said('his', {more: occupantId('o-paris')}),
	);
	t.deepEqual(
		shown(it).map(message => [message.body, message.occupantId]),
		[
			['mine', 'o-romeo'],
			['his', 'o-paris'],
		],
	);
});

test('the same words under the same id by somebody else are not the same message', async t => {
	const it = await inside(t, {features: []});
	await it.server.bring(
		said('yes', {id: 'one'}),
		presence('nurse'),
		said('yes', {id: 'one', nick: 'nurse'}),
		said('no', {id: 'one'}),
	);
	t.deepEqual(
		shown(it).map(({author, body}) => [author, body]),
		[
			[`${den}/romeo` as Jid, 'yes'],
			[`${den}/nurse` as Jid, 'yes'],
			[`${den}/romeo` as Jid, 'no'],
		],
	);
});

test('what was said under our name before we had it is not ours, in the archive or repeated', async t => {
	const filed = await before(t);
	filed.archive.add({at: filed.clock.now() - 60_000, peer: den, message: said('from the archive', {nick: 'juliet'})});
	await filed.server.bring(self());
	await settled();
	await settled();
	t.deepEqual(
		shown(filed).map(({body, direction}) => [body, direction]),
		[['from the archive', 'incoming']],
	);
	const repeated = await before(t, {features: []});
	await repeated.server.bring(self(), said('repeated', {nick: 'juliet', more: late()}));
	t.deepEqual(
		shown(repeated).map(({body, direction}) => [body, direction]),
		[['repeated', 'incoming']],
	);
});

test('our own words that a room repeats are ours, and not said twice', async t => {
	const it = await inside(t, {features: []});
	await say(it, 'hello');
	const [written = ''] = spoken(it);
	await it.server.bring(reflection(written));
	await it.server.bring(reflection(written, late()));
	t.deepEqual(
		shown(it).map(({body, direction, state}) => [body, direction, state]),
		[['hello', 'outgoing', 'delivered']],
	);
});

test('somebody who repeats our words under our id does not settle what became of ours', async t => {
	const it = await inside(t, {features: [...archived, ...identifying], more: occupantId('o-juliet')});
	const {key} = await say(it, 'hello');
	const [written = ''] = spoken(it);
	await it.server.bring(reflection(written, occupantId('o-romeo'), 'romeo'));
	t.is(it.storage.messages.get(key)?.state, 'written');
	t.deepEqual(
		shown(it).map(({direction}) => direction),
		['outgoing', 'incoming'],
	);
});

// --- how many

test('of a room with more people than anybody can look at, the first twenty thousand are kept, and ourselves', async t => {
	const it = await before(t);
	const crowd = Array.from({length: 20_001}, (_, index) => presence(`n${index}`));
	await it.server.bring(...crowd, self());
	await settled();
	const occupants = it.saw.all('occupants.loaded').at(-1)?.occupants ?? [];
	t.is(occupants.length, 20_001);
	t.is(occupants.at(-1)?.nick, 'juliet');
	await it.server.bring(presence('one too many'), presence('n20000', {type: 'unavailable'}));
	t.false(it.saw.all('occupant.changed').some(({occupant}) => occupant.nick === 'one too many'));
});

test('names as they must not be do no harm', async t => {
	const it = await inside(t);
	const names = ['a\nb', 'x'.repeat(1023), '\u202Eevil', ' ', 'j\u0443liet', '<b>'.replaceAll('<', '&lt;')];
	await it.server.bring(...names.map(name => presence(name.replaceAll('\n', '&#10;'))));
	await it.server.bring(`<presence from='${den}/'>${userX("<item affiliation='owner' role='moderator'/>")}</presence>`);
	await it.server.bring(`<presence from='${den}'>${userX("<item affiliation='owner' role='moderator'/>")}</presence>`);
	t.is(it.saw.all('room.changed').at(-1)?.room.status, 'joined');
	await it.server.bring(said('hello'));
	t.deepEqual(words(it), ['hello']);
});

test('a reason, a closing word and a hat of any length are cut', async t => {
	const it = await inside(t);
	const long = 'x'.repeat(100_000);
	await it.server.bring(
		presence('tybalt', {more: `<hats xmlns='urn:xmpp:hats:0'><hat uri='u' title='${long}'/></hats>`}),
		presence('tybalt', {item: "affiliation='none' role='visitor'", inside: `<reason>${long}</reason>`}),
		presence('tybalt', {type: 'unavailable', codes: [307], inside: `<actor nick='${long}'/><reason>${long}</reason>`}),
		`<presence from='${den}/juliet' type='unavailable'>${userX(`<item affiliation='none' role='none'/><destroy><reason>${long}</reason></destroy>${status(110)}`)}</presence>`,
	);
	await settled();
	const [came, changed] = it.saw.all('occupant.changed');
	t.true((came?.occupant.hats?.[0]?.length ?? 0) < 2000);
	t.true((changed?.activity?.text?.length ?? 0) < 2000);
	t.true((it.saw.all('occupant.left').at(-1)?.activity?.text?.length ?? 0) < 2000);
	t.true((it.saw.all('room.changed').at(-1)?.room.reason?.length ?? 0) < 2000);
});

test('a name that nobody can have is no new name', async t => {
	for (const nick of ['', 'x'.repeat(2000)]) {
		const it = await inside(t);
		const item = `affiliation='none' role='participant' nick='${nick}'`;
		await it.server.bring(presence('romeo', {type: 'unavailable', codes: [303], item}));
		t.deepEqual(
			it.saw.all('occupant.changed').filter(({activity}) => activity?.what === 'renamed'),
			[],
		);
		t.like(it.saw.all('occupant.left').at(-1), {nick: 'romeo'});
	}
});
