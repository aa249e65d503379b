import test, {type ExecutionContext} from 'ava';
import {type BufferId, bufferId} from '../../source/model/buffer.js';
import type {BareJid} from '../../source/shared/jid.js';
import {
	archived,
	den,
	identifying,
	inDen,
	inside,
	occupantId,
	presence,
	reflection,
	said,
	say,
	shown,
	spoken,
	stanzaId,
} from './room-scene.js';
import {here, juliet, romeo, type Scene, scene, settled, withRomeo} from './scene.js';

const namespace = 'urn:xmpp:chat-markers:0';
const orchard = `${romeo}/orchard`;
const tybalt = 'tybalt@example.org' as BareJid;
const displayed = (id: string) => `<displayed xmlns='${namespace}' id='${id}'/>`;
const marker = (id: string, from: string, more = '', type = 'chat') =>
	`<message xmlns='jabber:client' from='${from}' to='${here}' type='${type}'>${displayed(id)}${more}</message>`;
const inRoom = (id: string, nick: string, more = '') => marker(id, `${den}/${nick}`, more, 'groupchat');

/** Who is known to have read how much of a buffer: a name and a key, news by news. */
const moved = ({saw}: Scene, buffer: BufferId = inDen) =>
	saw.all('reader.moved').flatMap(event => (event.buffer === buffer ? [[event.reader, event.upTo] as const] : []));

const write = (it: Scene, body: string) => it.actions.sendMessage({account: juliet, to: romeo, body});

test('a contact who has read is known to have, and the message says it', async t => {
	const it = await scene(t);
	const {key, id} = await write(it, 'Ay me');
	await it.server.bring(marker(id, orchard));
	t.deepEqual(moved(it, withRomeo), [[romeo, key]]);
	t.is(it.storage.messages.get(key)?.state, 'displayed');
	t.deepEqual((await it.actions.snapshot({})).readers, [{buffer: withRomeo, reader: romeo, upTo: key}]);
});

test('reading moves forward only', async t => {
	const it = await scene(t);
	const first = await write(it, 'Ay me');
	const second = await write(it, 'Good night');
	await it.server.bring(marker(second.id, orchard), marker(first.id, orchard), marker(second.id, orchard));
	t.deepEqual(moved(it, withRomeo), [[romeo, second.key]]);
});

test('nobody has read what was written to somebody else (row 16)', async t => {
	const it = await scene(t);
	const {key, id} = await write(it, 'Ay me');
	await it.server.bring(marker(id, `${tybalt}/home`), marker(id, `${den}/romeo`), marker(id, `${juliet}/phone`));
	t.deepEqual(it.saw.all('reader.moved'), []);
	t.is(it.storage.messages.get(key)?.state, 'written');
	t.deepEqual(it.storage.readers.list(juliet), []);
});

test('a copy of what the person’s phone said to have read is not the contact’s word', async t => {
	const it = await scene(t);
	const {id} = await write(it, 'Ay me');
	await it.server.bring(
		`<message from='${juliet}' to='${here}'><sent xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>${marker(id, `${juliet}/phone`).replace(here, romeo)}</forwarded></sent></message>`,
	);
	t.deepEqual(it.saw.all('reader.moved'), []);
});

test('an error that has a marker in it says nothing of reading', async t => {
	const it = await scene(t);
	const {id} = await write(it, 'Ay me');
	await it.server.bring(
		marker(id, orchard, "<error type='cancel'><gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>", 'error'),
	);
	t.deepEqual(it.saw.all('reader.moved'), []);
});

test('what was read before it is here counts when it comes, also in another process', async t => {
	const it = await scene(t);
	await write(it, 'Ay me');
	await it.server.bring(marker('s9', orchard));
	t.deepEqual(moved(it, withRomeo), []);
	t.is(it.storage.readers.get(withRomeo, romeo)?.awaits, 's9');
	await it.actions.disconnect({account: juliet});
	await it.actions.connect({account: juliet});
	await it.server.bring(
		`<message from='${juliet}' to='${here}'><sent xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' from='${juliet}/phone' to='${romeo}' type='chat' id='s9'><body>From my phone</body></message></forwarded></sent></message>`,
	);
	const key = it.storage.messages.newest(withRomeo) ?? 0;
	t.deepEqual(moved(it, withRomeo), [[romeo, key]]);
	t.is(it.storage.readers.get(withRomeo, romeo)?.awaits, undefined);
});

test('strangers who claim to have read something leave no trace', async t => {
	const it = await scene(t);
	await it.server.bring(...['a', 'b', 'c'].map(name => marker('x', `${name}@example.com/r`)));
	t.deepEqual(it.storage.readers.list(juliet), []);
	t.deepEqual((await it.actions.snapshot({})).buffers, []);
});

// --- rooms

const identified = [...archived, ...identifying, 'muc_membersonly', 'muc_nonanonymous'];

/** A room in which Romeo said `s1` and `s2`, with Romeo and the nurse by their occupant-ids. */
async function room(t: ExecutionContext, features: readonly string[] = identified) {
	const it = await inside(t, {features});
	await it.server.bring(
		presence('romeo', {more: occupantId('o-romeo')}),
		presence('nurse', {more: occupantId('o-nurse')}),
		said('Hark', {more: stanzaId('s1')}),
		said('Soft', {more: stanzaId('s2')}),
	);
	const [first = 0, second = 0] = shown(it).map(({key}) => key);
	return {...it, first, second};
}

test('in a room everybody counts for themselves, for anybody’s messages', async t => {
	const it = await room(t);
	await say(it, 'Ay me');
	await it.server.bring(reflection(spoken(it).at(-1) ?? '', stanzaId('s3')));
	const third = it.storage.messages.newest(inDen) ?? 0;
	await it.server.bring(
		inRoom('s1', 'nurse', occupantId('o-nurse')),
		inRoom('s3', 'romeo', occupantId('o-romeo')),
		inRoom('s2', 'nurse', occupantId('o-nurse')),
	);
	t.deepEqual(moved(it), [
		['nurse', it.first],
		['romeo', third],
		['nurse', it.second],
	]);
	t.is(it.storage.messages.get(third)?.state, 'delivered');
	t.deepEqual(
		it.storage.readers.of(inDen).map(({speaker}) => speaker),
		['o-nurse', 'o-romeo'],
	);
});

test('without occupant-ids the real address counts', async t => {
	const it = await inside(t, {features: [...archived, 'muc_nonanonymous']});
	await it.server.bring(
		presence('romeo', {item: `affiliation='none' role='participant' jid='${orchard}'`}),
		said('Hark', {more: stanzaId('s1')}),
		inRoom('s1', 'romeo'),
	);
	t.deepEqual(
		it.storage.readers.of(inDen).map(({speaker, name}) => [speaker, name]),
		[[romeo, 'romeo']],
	);
});

test('a name alone counts for nobody, nor does an id that anybody could have given', async t => {
	const anonymous = await inside(t, {features: archived});
	await anonymous.server.bring(said('Hark', {more: stanzaId('s1')}), inRoom('s1', 'romeo'));
	t.deepEqual(moved(anonymous), []);

	const unstable = await inside(t, {features: [...identifying]});
	await unstable.server.bring(said('Hark', {id: 'm1', more: stanzaId('s1')}), inRoom('m1', 'romeo', occupantId('o')));
	t.deepEqual(moved(unstable), []);

	const it = await room(t);
	await it.server.bring(inRoom('Hark', 'nurse', occupantId('o-nurse')));
	t.deepEqual(moved(it), []);
});

test('who takes another name is one reader, and a name that somebody else takes is not theirs any more', async t => {
	const it = await room(t);
	await it.server.bring(inRoom('s2', 'nurse', occupantId('o-nurse')));
	await it.server.bring(inRoom('s2', 'Angelica', occupantId('o-nurse')));
	await it.server.bring(inRoom('s1', 'nurse', occupantId('o-tybalt')));
	t.deepEqual(moved(it), [
		['nurse', it.second],
		['nurse', 0],
		['Angelica', it.second],
		['nurse', it.first],
	]);
	await it.server.bring(inRoom('s1', 'Angelica', occupantId('o-tybalt')));
	t.deepEqual((await it.actions.snapshot({})).readers, [{buffer: inDen, reader: 'Angelica', upTo: it.first}]);
});

test('a marker of ours that the room says is nobody else’s, and what the phone has read in a room is read here', async t => {
	const it = await room(t);
	await it.server.bring(inRoom('s2', 'juliet'));
	t.deepEqual(moved(it), []);
	t.like(it.saw.all('buffer.unread').at(-1), {buffer: inDen, unread: 0});
});

test('what an ignored one has read does not show', async t => {
	const it = await room(t);
	await it.actions.ignoreOccupant({account: juliet, room: den, nick: 'nurse'});
	await it.server.bring(inRoom('s1', 'nurse', occupantId('o-nurse')));
	t.deepEqual(moved(it), []);
});

test('an id of one room’s message says nothing in another', async t => {
	const it = await room(t);
	const cave = 'cave@rooms.example.org' as BareJid;
	it.server.room(cave, ['http://jabber.org/protocol/muc', ...identified]);
	const joining = it.actions.joinRoom({account: juliet, room: cave, nick: 'juliet'});
	await settled();
	await it.server.bring(presence('juliet', {room: cave, codes: [110]}));
	await joining;
	await it.server.bring(inRoom('s1', 'nurse', occupantId('o-nurse')).replaceAll(den, cave));
	t.deepEqual(moved(it, bufferId(juliet, 'room', cave)), []);
	t.deepEqual(moved(it), []);
});

test('a buffer that is opened again shows who has read', async t => {
	const it = await room(t);
	await it.server.bring(inRoom('s1', 'nurse', occupantId('o-nurse')));
	await it.actions.closeBuffer({buffer: inDen});
	await it.actions.openBuffer({account: juliet, jid: den});
	t.deepEqual(moved(it), [
		['nurse', it.first],
		['nurse', it.first],
	]);
});

test('of a crowd no more than a thousand readers are kept', async t => {
	const it = await room(t);
	await it.server.bring(
		...Array.from({length: 1010}, (_, index) => inRoom('s1', `guest${index}`, occupantId(`o-${index}`))),
	);
	t.is(it.storage.readers.of(inDen).length, 1000);
});
