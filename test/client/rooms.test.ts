import test, {type ExecutionContext} from 'ava';
import {bufferId} from '../../source/model/buffer.js';
import type {BareJid, Jid} from '../../source/shared/jid.js';
import type {Profile} from './profile.js';
import {juliet, offlineScene, type Scene, settled} from './scene.js';

const den = 'den@rooms.example.org' as BareJid;
const inDen = bufferId(juliet, 'room', den);

const self = (nick = 'juliet', codes = '') =>
	`<presence from='${den}/${nick}'><x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='member' role='participant'/><status code='110'/>${codes}</x></presence>`;
const out = (codes: string) =>
	`<presence from='${den}/juliet' type='unavailable'><x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='none' role='none'/><status code='110'/>${codes}</x></presence>`;
const refusal = (condition: string, nick = 'juliet') =>
	`<presence from='${den}/${nick}' type='error'><error type='cancel'><${condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>`;
const said = (body: string, nick = 'romeo', more = '') =>
	`<message type='groupchat' from='${den}/${nick}' id='${body}'><body>${body}</body>${more}</message>`;

type Remembered = {
	readonly room: string;
	readonly autojoin: boolean;
	readonly nick?: string;
	readonly extensions?: string;
};

/** Bookmarks as the server has them. */
const items = (...rooms: readonly Remembered[]) =>
	`<pubsub xmlns='http://jabber.org/protocol/pubsub'>${listed(rooms)}</pubsub>`;
const listed = (rooms: readonly Remembered[]) =>
	`<items node='urn:xmpp:bookmarks:1'>${rooms
		.map(
			({room, autojoin, nick, extensions = ''}) =>
				`<item id='${room}'><conference xmlns='urn:xmpp:bookmarks:1' autojoin='${autojoin}'>${nick === undefined ? '' : `<nick>${nick}</nick>`}<extensions>${extensions}</extensions></conference></item>`,
		)
		.join('')}</items>`;
/** What another device has changed. */
const pushed = (...rooms: readonly Remembered[]) =>
	`<message from='${juliet}'><event xmlns='http://jabber.org/protocol/pubsub#event'>${listed(rooms)}</event></message>`;
const pinned = `<pinned xmlns='urn:xmpp:bookmarks-pinning:0'/>`;
const notify = (word: string, more = '') =>
	`<notify xmlns='urn:xmpp:notification-settings:1'><${word}/>${more}</notify>`;

/** Requests to enter rooms that were written, as `room/nick`. */
const entries = ({server}: Scene) =>
	server.written.flatMap(
		text => /<presence[^>]* to="([^"]*)".*xmlns="http:\/\/jabber.org\/protocol\/muc"/.exec(text)?.[1] ?? [],
	);

async function connected(t: ExecutionContext, bookmarks = items(), profile?: Profile): Promise<Scene> {
	const it = await offlineScene(t, profile);
	it.server.answerWith('pubsub', payload => (payload.includes('<items') ? bookmarks : ''));
	await it.actions.connect({account: juliet});
	await settled();
	return it;
}

/** Juliet in the den, which has an archive unless told otherwise. */
async function inTheDen(t: ExecutionContext, {archived = true}: {readonly archived?: boolean} = {}): Promise<Scene> {
	const it = await connected(t);
	if (!archived) {
		it.server.accountFeatures = [];
	}

	const joined = it.actions.joinRoom({account: juliet, room: den});
	await settled();
	await it.server.bring(self());
	await joined;
	await settled();
	return it;
}

test('entering a room opens its buffer, takes the localpart for a name, and is remembered for all devices', async t => {
	const it = await inTheDen(t);
	t.deepEqual(entries(it), [`${den}/juliet`]);
	t.like(it.saw.all('buffer.opened').at(-1)?.buffer, {id: inDen, kind: 'room', jid: den});
	t.true(
		it.server.asked.some(
			text => text.includes('<publish node="urn:xmpp:bookmarks:1">') && text.includes('autojoin="true"'),
		),
	);
});

test('a room that refuses is not remembered', async t => {
	const it = await connected(t);
	const joined = it.actions.joinRoom({account: juliet, room: den});
	joined.catch(() => {});
	await settled();
	await it.server.bring(refusal('forbidden'));
	t.like(await t.throwsAsync(joined), {code: 'room-banned'});
	t.false(it.server.asked.some(text => text.includes('<publish')));
	const sent = it.actions.sendMessage({account: juliet, to: den, body: 'hello', kind: 'groupchat'});
	t.like(await t.throwsAsync(sent), {code: 'room-not-joined'});
});

test('bookmarked rooms are entered after the login, those without autojoin are not', async t => {
	const other = 'cave@rooms.example.org';
	const it = await connected(
		t,
		items({room: den, autojoin: true, nick: 'Nightingale'}, {room: other, autojoin: false}),
	);
	t.deepEqual(entries(it), [`${den}/Nightingale`]);
});

test('where somebody else has the name, a room is entered by itself under another one', async t => {
	const it = await connected(t, items({room: den, autojoin: true}));
	await it.server.bring(refusal('conflict'));
	await settled();
	t.deepEqual(entries(it), [`${den}/juliet`, `${den}/juliet_`]);
});

test('many rooms are entered a few at a time', async t => {
	const rooms = Array.from({length: 20}, (_, index) => ({room: `r${index}@rooms.example.org`, autojoin: true}));
	const it = await connected(t, items(...rooms));
	t.is(entries(it).length, 10);
	await it.server.bring(self().replaceAll(den, 'r0@rooms.example.org'));
	await settled();
	t.is(entries(it).length, 11);
});

test('many rooms that another device brings while we are there are entered a few at a time too, in their order', async t => {
	const it = await connected(t);
	const rooms = Array.from({length: 200}, (_, index) => ({room: `r${index}@rooms.example.org`, autojoin: true}));
	await it.server.bring(pushed(...rooms));
	await settled();
	t.is(entries(it).length, 10);
	for (let index = 0; index < 190; index++) {
		await it.server.bring(self().replaceAll(den, `r${index}@rooms.example.org`));
		await settled();
		t.is(entries(it).length, 11 + index);
	}

	t.deepEqual(
		entries(it),
		rooms.map(({room}) => `${room}/juliet`),
	);
});

test('those of them that are taken back before their turn are not entered, and have no buffer', async t => {
	const it = await connected(t);
	const rooms = Array.from({length: 12}, (_, index) => ({room: `r${index}@rooms.example.org`, autojoin: true}));
	await it.server.bring(pushed(...rooms));
	await it.server.bring(pushed({room: 'r10@rooms.example.org', autojoin: false}));
	await it.server.bring(self().replaceAll(den, 'r0@rooms.example.org'));
	await settled();
	t.is(entries(it).at(-1), 'r11@rooms.example.org/juliet');
	t.false(it.saw.all('buffer.opened').some(({buffer}) => buffer.jid === 'r10@rooms.example.org'));
});

test('a person who enters a room does not wait for those that are entered by themselves', async t => {
	const it = await connected(t);
	const rooms = Array.from({length: 20}, (_, index) => ({room: `r${index}@rooms.example.org`, autojoin: true}));
	await it.server.bring(pushed(...rooms));
	it.actions.joinRoom({account: juliet, room: 'r15@rooms.example.org' as BareJid}).catch(() => {});
	await settled();
	t.is(entries(it).at(-1), 'r15@rooms.example.org/juliet');
	for (let index = 0; index < 10; index++) {
		await it.server.bring(self().replaceAll(den, `r${index}@rooms.example.org`));
		await settled();
	}

	t.is(entries(it).length, 20);
	t.true(it.saw.all('notice').every(({level}) => level === 'info'));
});

test('a room that another device leaves and enters again at once is entered again', async t => {
	const it = await connected(t, items({room: den, autojoin: true}));
	await it.server.bring(self());
	await settled();
	await it.server.bring(pushed({room: den, autojoin: false}));
	await it.server.bring(pushed({room: den, autojoin: true}));
	await it.server.bring(out(''));
	await settled();
	await it.clock.advance(1000);
	await settled();
	t.is(entries(it).length, 2);
	t.true(it.saw.all('notice').every(({level}) => level === 'info'));
});

test('after a new login the rooms of before are entered again', async t => {
	const it = await inTheDen(t);
	it.server.drop({problem: {code: 'connection-lost', kind: 'unavailable', message: 'Gone.'}, recoverable: true});
	await it.clock.advance(5000);
	await settled();
	await it.saw.until('account.changed', ({account}) => account.status === 'online');
	await settled();
	t.true(entries(it).includes(`${den}/juliet`));
});

for (const [why, code] of [
	['the service stopped', '332'],
	['an error of the service', '333'],
] as const) {
	test(`thrown out because of ${why}, we come back`, async t => {
		const it = await inTheDen(t);
		const before = entries(it).length;
		await it.server.bring(out(`<status code='${code}'/>`));
		await it.clock.advance(1000);
		await settled();
		t.is(entries(it).length, before + 1);
	});
}

test('whoever was kicked stays out', async t => {
	const it = await inTheDen(t);
	const before = entries(it).length;
	await it.server.bring(out(`<status code='307'/>`));
	await it.clock.advance(600_000);
	t.is(entries(it).length, before);
});

test('a room that does not know us any more is noticed after a quiet quarter of an hour, and entered again', async t => {
	const it = await inTheDen(t);
	const before = entries(it).length;
	it.server.answerWith(
		'ping',
		`<error type='cancel'><not-acceptable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>`,
	);
	await it.clock.advance(15 * 60_000);
	await settled();
	await it.clock.advance(1000);
	await settled();
	t.is(entries(it).length, before + 1);
});

test('what is said in a room is recorded with who said it; what we say waits until we are in it', async t => {
	const it = await connected(t, items({room: den, autojoin: true}));
	await it.actions.sendMessage({account: juliet, to: den, body: 'early', kind: 'groupchat'});
	t.false(it.server.written.some(text => text.includes('early')));
	await it.server.bring(self());
	await settled();
	t.true(it.server.written.some(text => text.includes('<body>early</body>') && text.includes('type="groupchat"')));
	await it.server.bring(said('hello'));
	const {message} = await it.saw.until('message.recorded', ({message: {body}}) => body === 'hello');
	t.like(message, {buffer: inDen, kind: 'groupchat', direction: 'incoming', author: `${den}/romeo`});
});

test('nothing is taken for what a room says that we are not in', async t => {
	const it = await connected(t);
	await it.server.bring(said('hello'));
	t.deepEqual(it.saw.all('message.recorded'), []);
});

test('words that name us call us, by the name that we have there', async t => {
	const it = await inTheDen(t);
	await it.server.bring(said('is juliet there'), said('nobody is'));
	t.deepEqual(
		it.saw.all('message.recorded').map(({message}) => message.highlight === true),
		[true, false],
	);
});

test('leaving forgets the room on all devices', async t => {
	const it = await inTheDen(t);
	const left = it.actions.leaveRoom({account: juliet, room: den, text: 'bye'});
	await settled();
	await it.server.bring(out(''));
	await left;
	t.true(it.server.asked.at(-1)?.includes('autojoin="false"'));
});

test('what a room without an archive repeats at the first visit is history, and what follows is news', async t => {
	const it = await inTheDen(t, {archived: false});
	const earlier = `<delay xmlns='urn:xmpp:delay' from='${den}' stamp='2020-01-01T00:00:00Z'/>`;
	await it.server.bring(said('juliet was here', 'romeo', earlier), said('long ago', 'romeo', earlier));
	t.is(it.saw.all('buffer.unread').at(-1)?.unread, 0);
	t.true(it.saw.all('message.recorded').every(({past, message}) => past === true && message.via === 'archive'));
	await it.server.bring(said('now'));
	t.is(it.saw.all('buffer.unread').at(-1)?.unread, 1);
});

test('a room that was visited before is asked for what came since', async t => {
	const it = await inTheDen(t, {archived: false});
	await it.server.bring(said('hello'));
	const left = it.actions.leaveRoom({account: juliet, room: den});
	await settled();
	await it.server.bring(out(''));
	await left;
	const joined = it.actions.joinRoom({account: juliet, room: den});
	await settled();
	t.regex(it.server.written.at(-1) ?? '', /<history seconds="/);
	const earlier = `<delay xmlns='urn:xmpp:delay' from='${den}' stamp='${new Date(it.clock.now()).toISOString()}'/>`;
	await it.server.bring(self());
	await joined;
	await it.server.bring(said('hello', 'romeo', earlier), said('while away', 'romeo', earlier));
	t.deepEqual(
		it.saw.all('message.recorded').map(({message}) => message.body),
		['hello', 'while away'],
	);
	t.is(it.saw.all('buffer.unread').at(-1)?.unread, 2);
});

test('who is mentioned by nick is named, and who is named is called whatever the words', async t => {
	const it = await inTheDen(t);
	await it.server.bring(self('romeo').replace(`<status code='110'/>`, ''));
	await it.actions.sendMessage({account: juliet, to: den, body: '😀 romeo: hark, romeos!', kind: 'groupchat'});
	const stanza = it.server.written.at(-1) ?? '';
	t.is(stanza.match(/<reference /g)?.length, 1);
	t.regex(stanza, /type="mention" begin="2" end="7" uri="xmpp:den@rooms.example.org\/romeo"/);
	const mention = (uri: string) => `<reference xmlns='urn:xmpp:reference:0' type='mention' uri='${uri}'/>`;
	await it.server.bring(
		said('you there', 'romeo', mention(`xmpp:${den}/juliet`)),
		said('her there', 'romeo', mention(`xmpp:${den}/nurse`)),
	);
	t.deepEqual(
		it.saw
			.all('message.recorded')
			.filter(({message}) => message.direction === 'incoming')
			.map(({message}) => message.highlight === true),
		[true, false],
	);
});

test('who closes the buffer of a room stays in it, and it comes back when it calls', async t => {
	const it = await inTheDen(t);
	const before = entries(it).length;
	await it.actions.closeBuffer({buffer: inDen});
	await it.server.bring(said('by the way', 'juliet'), said('nothing much'));
	t.false(it.server.written.some(text => text.includes('type="unavailable"')));
	t.is(it.saw.all('buffer.opened').filter(({buffer}) => buffer.id === inDen).length, 1);
	t.is(it.storage.buffers.get(inDen), undefined);
	await it.server.bring(said('where is juliet'));
	const {buffer} = it.saw.all('buffer.opened').at(-1) ?? {};
	t.is(buffer?.id, inDen);
	// What was said meanwhile is there, and waits to be read.
	t.like(it.saw.all('buffer.unread').at(-1), {unread: 2, highlights: 1});
	t.is(entries(it).length, before);
});

for (const [rule, body, expected] of [
	['all', 'nothing much', 2],
	['none', 'where is juliet', 1],
] as const) {
	test(`a closed room that calls for ${rule} ${expected === 2 ? 'comes back with any message' : 'stays closed'}`, async t => {
		const it = await inTheDen(t);
		await it.actions.arrangeBuffer({buffer: inDen, notify: rule});
		await it.actions.closeBuffer({buffer: inDen});
		await it.server.bring(said(body));
		t.is(it.saw.all('buffer.opened').filter(({buffer}) => buffer.id === inDen).length, expected);
	});
}

test('a room whose buffer was closed is entered after the next login, and its buffer stays closed', async t => {
	const first = await inTheDen(t);
	await first.actions.closeBuffer({buffer: inDen});
	await first.stop();
	const it = await connected(t, items({room: den, autojoin: true}), first);
	await it.server.bring(self());
	await settled();
	t.deepEqual(entries(it), [`${den}/juliet`]);
	t.deepEqual(it.saw.all('buffer.opened'), []);
	t.like((await it.actions.snapshot({})).rooms?.[0]?.room, {status: 'joined'});
	await it.actions.joinRoom({account: juliet, room: den});
	t.is(it.saw.all('buffer.opened').at(-1)?.buffer.id, inDen);
});

test('another device that enters a room opens its buffer here, though it was closed', async t => {
	const it = await inTheDen(t);
	const left = it.actions.leaveRoom({account: juliet, room: den});
	await settled();
	await it.server.bring(out(''));
	await left;
	await it.actions.closeBuffer({buffer: inDen});
	await it.server.bring(pushed({room: den, autojoin: true}));
	t.is(it.saw.all('buffer.opened').at(-1)?.buffer.id, inDen);
});

test('how a room is arranged goes into its bookmark, and what is in there for others stays', async t => {
	const others = '<mute xmlns="urn:example:0"/>';
	const desktop = `<never client-type='pc'/>`;
	const it = await connected(t, items({room: den, autojoin: true, extensions: others + notify('on-mention', desktop)}));
	await it.server.bring(self());
	await settled();
	t.like(it.storage.buffers.get(inDen), {notify: 'mentions'});
	await it.actions.arrangeBuffer({buffer: inDen, pinned: true, notify: 'all', muted: true});
	await settled();
	const stanza = it.server.asked.findLast(text => text.includes('<publish node="urn:xmpp:bookmarks:1">')) ?? '';
	for (const part of ['autojoin="true"', 'urn:example:0', '<pinned ', '<always', 'client-type="pc"']) {
		t.true(stanza.includes(part), part);
	}

	t.false(stanza.includes('on-mention'));
});

test('another device arranges the buffer here too, open or not, and leaves alone what is muted', async t => {
	const it = await connected(t, items({room: den, autojoin: true}));
	await it.server.bring(self());
	await it.actions.arrangeBuffer({buffer: inDen, muted: true});
	await it.server.bring(pushed({room: den, autojoin: true, extensions: pinned + notify('never')}));
	t.deepEqual(it.saw.all('buffer.changed').at(-1)?.arrangement, {pinned: true, muted: true, notify: 'none'});
	await it.actions.closeBuffer({buffer: inDen});
	await it.server.bring(pushed({room: den, autojoin: true, extensions: notify('always')}));
	t.like(it.storage.buffers.arrangementOf(inDen), {muted: true, notify: 'all', pinned: undefined});
	t.false(it.server.asked.some(text => text.includes('<publish')));
});

test('what was arranged while nobody was connected is told after the login, unless another device said otherwise', async t => {
	const cave = 'cave@rooms.example.org' as BareJid;
	const first = await connected(t, items({room: den, autojoin: true}, {room: cave, autojoin: true}));
	await first.actions.disconnect({account: juliet});
	await first.actions.arrangeBuffer({buffer: inDen, pinned: true});
	await first.actions.arrangeBuffer({buffer: bufferId(juliet, 'room', cave), notify: 'none'});
	await first.stop();
	const it = await connected(
		t,
		items({room: den, autojoin: true}, {room: cave, autojoin: true, extensions: notify('always')}),
		first,
	);
	const published = it.server.asked.filter(text => text.includes('<publish node="urn:xmpp:bookmarks:1">'));
	t.is(published.length, 1);
	t.regex(published[0] ?? '', /den@rooms.*<pinned /);
	t.is(it.storage.buffers.get(bufferId(juliet, 'room', cave))?.notify, 'all');
});

const someone = (nick: string, {jid, occupantId}: {readonly jid?: string; readonly occupantId?: string} = {}) =>
	`<presence from='${den}/${nick}'><x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='none' role='participant'${jid === undefined ? '' : ` jid='${jid}'`}/></x>${idElement(occupantId)}</presence>`;
const idElement = (id: string | undefined) =>
	id === undefined ? '' : `<occupant-id xmlns='urn:xmpp:occupant-id:0' id='${id}'/>`;
const privately = (body: string, nick = 'romeo', more = '') =>
	`<message type='chat' from='${den}/${nick}' to='${juliet}' id='p${body}'><body>${body}</body><x xmlns='http://jabber.org/protocol/muc#user'/>${more}</message>`;
const bodiesOf = (it: Scene, ignored: boolean) =>
	it.saw
		.all('message.recorded')
		.filter(({message}) => (message.ignored === true) === ignored)
		.map(({message}) => message.body);

test('who is ignored is recorded, but neither counted nor called, nor opens a buffer, under any nick', async t => {
	const it = await offlineScene(t);
	it.server.accountFeatures = ['urn:xmpp:occupant-id:0'];
	it.server.answerWith('pubsub', () => items({room: den, autojoin: true}));
	await it.actions.connect({account: juliet});
	await settled();
	await it.server.bring(self(), someone('romeo', {occupantId: 'r1'}), someone('nurse', {occupantId: 'n1'}));
	await it.server.bring(said('before', 'romeo', idElement('r1')));
	const {ignored} = await it.actions.ignoreOccupant({account: juliet, room: den, nick: 'romeo'});
	t.like(ignored, {knownBy: 'occupantId', value: 'r1', nick: 'romeo'});
	t.is(it.saw.all('buffer.unread').at(-1)?.unread, 0);
	t.deepEqual(
		it.saw.all('message.changed').map(({change}) => change.ignored),
		[true],
	);
	await it.server.bring(
		said('is juliet there', 'montague', idElement('r1')),
		said('she is', 'nurse', idElement('n1')),
		privately('psst', 'romeo', idElement('r1')),
	);
	t.deepEqual(bodiesOf(it, true), ['is juliet there']);
	t.like(it.saw.all('buffer.unread').at(-1), {unread: 1, highlights: 0});
	t.is(it.storage.buffers.get(bufferId(juliet, 'private', `${den}/romeo` as Jid)), undefined);
	t.deepEqual(await it.actions.listIgnored({account: juliet}), [ignored]);

	const {heard} = await it.actions.unignoreOccupant({account: juliet, room: den, nick: 'romeo'});
	t.deepEqual(heard, [ignored]);
	t.like(it.saw.all('buffer.unread').at(-1), {unread: 3});
	await it.server.bring(said('again', 'romeo', idElement('r1')));
	t.like(it.saw.all('message.recorded').at(-1)?.message, {body: 'again', ignored: undefined});
	t.like(await t.throwsAsync(it.actions.unignoreOccupant({account: juliet, room: den, nick: 'romeo'})), {
		code: 'not-ignored',
	});
});

test('without occupant-ids an address says who is ignored, also after a restart, and in the end a nick', async t => {
	const first = await inTheDen(t);
	await first.server.bring(someone('romeo', {jid: 'romeo@example.net/x'}), someone('nurse'));
	const ignore = (nick: string) => first.actions.ignoreOccupant({account: juliet, room: den, nick});
	t.like((await ignore('romeo')).ignored, {knownBy: 'jid', value: 'romeo@example.net'});
	t.like((await ignore('nurse')).ignored, {knownBy: 'nick', value: 'nurse'});
	t.like(await t.throwsAsync(ignore('nobody')), {code: 'no-such-occupant'});
	t.like(await t.throwsAsync(ignore('juliet')), {code: 'self'});
	await first.stop();
	const it = await connected(t, items({room: den, autojoin: true}), first);
	await it.server.bring(self(), someone('montague', {jid: 'romeo@example.net/y'}), someone('nurse'), someone('romeo'));
	await it.server.bring(said('one', 'montague'), said('two', 'nurse'), said('three'));
	t.deepEqual(bodiesOf(it, true), ['one', 'two']);
	t.deepEqual(bodiesOf(it, false), ['three']);
});

test('who is ignored does not bring back a closed room', async t => {
	const it = await inTheDen(t);
	await it.server.bring(someone('romeo'));
	await it.actions.ignoreOccupant({account: juliet, room: den, nick: 'romeo'});
	await it.actions.closeBuffer({buffer: inDen});
	await it.server.bring(said('where is juliet'));
	t.is(it.storage.buffers.get(inDen), undefined);
});

test('who somebody is really is kept with what they say, where the room shows it', async t => {
	const it = await inTheDen(t);
	await it.server.bring(someone('romeo', {jid: 'romeo@example.net/x'}), someone('nurse'));
	const forged = `<x xmlns='http://jabber.org/protocol/muc#user'><item jid='${juliet}'/></x>`;
	await it.server.bring(said('hello'), said('hush', 'nurse', forged));
	const [hello, hush] = it.saw.all('message.recorded').map(({message}) => message);
	t.is(hello?.realJid, 'romeo@example.net/x' as Jid);
	t.is(it.storage.messages.get(hello?.key ?? 0)?.realJid, 'romeo@example.net/x' as Jid);
	t.like(hush, {realJid: undefined, direction: 'incoming'});
});

test('the subject that a room has when we come is no news, and one that changes is', async t => {
	const it = await inTheDen(t);
	const subject = (text: string) =>
		`<message type='groupchat' from='${den}/romeo'><subject>${text}</subject></message>`;
	await it.server.bring(subject('The ball'));
	t.deepEqual(it.saw.all('message.recorded'), []);
	t.is(it.saw.all('room.changed').at(-1)?.room.subject, 'The ball');
	await it.server.bring(subject('The tomb'));
	t.deepEqual(
		it.saw.all('message.recorded').map(({message}) => message.subject),
		['The tomb'],
	);
});

test('what is read of the archive of a room is told of that room, now and to who looks later', async t => {
	const it = await connected(t);
	it.server.room(den, ['urn:xmpp:mam:2', 'urn:xmpp:sid:0']);
	const joined = it.actions.joinRoom({account: juliet, room: den});
	await settled();
	await it.server.bring(self());
	await joined;
	await settled();
	const told = it.saw.all('archive.changed').filter(({room}) => room === den);
	t.deepEqual(
		told.map(({loading}) => loading),
		[true, false],
	);
	t.true((await it.actions.snapshot({})).archives?.some(({room}) => room === den));
});

const pages = (it: Scene) => it.saw.all('message.recorded').map(({message}) => [message.body, message.direction]);

for (const [kind, more, direction] of [
	['tells addresses', ['muc_nonanonymous'], 'outgoing'],
	['hides addresses', ['muc_semianonymous'], 'incoming'],
] as const) {
	test(`in an archive of a room that ${kind}, an address says ${direction === 'outgoing' ? '' : 'nothing '}what is ours`, async t => {
		const it = await connected(t);
		const archive = it.server.room(den, [
			'http://jabber.org/protocol/muc',
			'urn:xmpp:mam:2',
			'urn:xmpp:sid:0',
			...more,
		]);
		const at = it.clock.now() - 1000;
		const real = `<x xmlns='http://jabber.org/protocol/muc#user'><item jid='${juliet}/phone'/></x>`;
		archive.add({
			at,
			peer: den,
			message: said('from the phone', 'Nightingale', real).replace('<message', `<message xmlns='jabber:client'`),
		});
		const joined = it.actions.joinRoom({account: juliet, room: den});
		await settled();
		await it.server.bring(self());
		await joined;
		await settled();
		t.deepEqual(pages(it), [['from the phone', direction]]);
	});
}

test('what another device says of a room while we write is the last word', async t => {
	const it = await connected(t, items({room: den, autojoin: true}));
	await it.server.bring(self());
	await settled();
	const release = it.server.hold();
	await it.actions.arrangeBuffer({buffer: inDen, pinned: true});
	await settled();
	await it.server.bring(pushed({room: den, autojoin: true, extensions: notify('never')}));
	release();
	await settled();
	await settled();
	t.like(it.storage.buffers.get(inDen), {pinned: undefined, notify: 'none'});
	const known = it.saw.all('bookmarks.changed').at(-1)?.bookmarks;
	t.like(known?.[0], {pinned: undefined, notify: 'none'});
});
