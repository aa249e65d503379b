import test, {type ExecutionContext} from 'ava';
import {bufferId} from '../../source/model/buffer.js';
import type {BareJid} from '../../source/shared/jid.js';
import {keep} from './archive-scene.js';
import {archived, den, identifying, inDen, inside, presence, said, self, stanzaId} from './room-scene.js';
import {here, juliet, offlineScene, romeo, type Scene, scene, settled, withRomeo} from './scene.js';

const namespace = 'urn:xmpp:chat-markers:0';
const orchard = `${romeo}/orchard`;
const tybalt = 'tybalt@example.org' as BareJid;
const markable = `<markable xmlns='${namespace}'/>`;
const privately = [...archived, ...identifying, 'muc_membersonly', 'muc_nonanonymous'];

const message = (id: string, more = markable, from = orchard) =>
	`<message xmlns='jabber:client' from='${from}' to='${here}' type='chat' id='${id}'><body>${id}</body>${more}</message>`;

/** Markers that were written: whom to, and about which message. */
const marked = ({server}: Scene) =>
	server.written.flatMap(text => {
		const id = /<displayed xmlns="urn:xmpp:chat-markers:0" id="([^"]*)"/.exec(text)?.[1];
		return id === undefined ? [] : [`${/ to="([^"]*)"/.exec(text)?.[1]} ${id}`];
	});

/** Reads all that is in a buffer, and waits for what is told of it. */
async function read(it: Scene, buffer = withRomeo): Promise<void> {
	await it.actions.markRead({buffer, upTo: it.storage.messages.newest(buffer) ?? 0});
	it.clock.advance(2000);
	await settled();
}

test('who asked learns of the newest message that was read, once, in a message that is kept', async t => {
	const it = await scene(t);
	await it.server.bring(message('m1'), message('m2'));
	t.deepEqual(marked(it), []);
	await read(it);
	await read(it);
	t.deepEqual(marked(it), [`${romeo} m2`]);
	t.regex(
		it.server.written.at(-1) ?? '',
		/^<message to="romeo@example\.net" type="chat" id="[^"]+"><displayed [^>]*\/><store xmlns="urn:xmpp:hints"\/><\/message>$/,
	);
});

test('what was read in one go is told in one go, a moment later', async t => {
	const it = await scene(t);
	for (const id of ['m1', 'm2', 'm3']) {
		await it.server.bring(message(id));
		await it.actions.markRead({buffer: withRomeo, upTo: it.storage.messages.newest(withRomeo) ?? 0});
	}

	t.deepEqual(marked(it), []);
	it.clock.advance(2000);
	await settled();
	t.deepEqual(marked(it), [`${romeo} m3`]);
});

test('nobody is told who did not ask', async t => {
	const it = await scene(t);
	await it.server.bring(message('m1'), message('m2', ''));
	await read(it);
	t.deepEqual(marked(it), [`${romeo} m1`]);
	await it.server.bring(message('m3', ''));
	await read(it);
	t.deepEqual(marked(it), [`${romeo} m1`]);
});

test('whoever answers has read', async t => {
	const it = await scene(t);
	await it.server.bring(message('m1'));
	await it.actions.sendMessage({account: juliet, to: romeo, body: 'Ay me'});
	it.clock.advance(2000);
	await settled();
	t.deepEqual(marked(it), [`${romeo} m1`]);
});

test('a stranger learns nothing, nor does a contact who does not see our presence', async t => {
	const it = await scene(t);
	await it.server.bring(message('m1', markable, `${tybalt}/home`));
	await it.actions.openBuffer({account: juliet, jid: tybalt});
	await read(it, bufferId(juliet, 'chat', tybalt));
	t.is(it.storage.buffers.get(bufferId(juliet, 'chat', tybalt))?.unread, 0);
	await it.server.bring(
		`<iq type='set' id='p'><query xmlns='jabber:iq:roster'><item jid='${romeo}' subscription='to'/></query></iq>`,
		message('m2'),
	);
	await read(it);
	t.deepEqual(marked(it), []);
	t.deepEqual(it.storage.ownReads.owed(juliet), []);
});

test('the setting turns it off, and a conversation on again; what was read meanwhile is not told later', async t => {
	const it = await scene(t);
	await it.actions.changeSetting({name: 'markers.send', value: false});
	await it.server.bring(message('m1'));
	await read(it);
	await it.actions.arrangeBuffer({buffer: withRomeo, markers: 'on'});
	await read(it);
	t.deepEqual(marked(it), []);
	await it.server.bring(message('m2'));
	await read(it);
	t.deepEqual(marked(it), [`${romeo} m2`]);
	await it.actions.arrangeBuffer({buffer: withRomeo, markers: 'default'});
	await it.server.bring(message('m3'));
	await read(it);
	t.deepEqual(marked(it), [`${romeo} m2`]);
});

test('a conversation is kept out of it whatever the setting says, and that stays so', async t => {
	const it = await scene(t);
	await it.server.bring(message('m1'));
	await it.actions.arrangeBuffer({buffer: withRomeo, markers: 'off'});
	await read(it);
	t.deepEqual(marked(it), []);
	t.is(it.storage.buffers.get(withRomeo)?.markers, 'off');
	t.like(it.saw.all('buffer.changed').at(-1), {buffer: withRomeo, arrangement: {markers: 'off'}});
});

test('what is read without a connection is told at the next login, the newest alone', async t => {
	const it = await scene(t);
	await it.server.bring(message('m1'), message('m2'));
	await it.actions.disconnect({account: juliet});
	await read(it);
	await it.actions.connect({account: juliet});
	await settled();
	t.deepEqual(marked(it), [`${romeo} m2`]);
});

test('what the server has not confirmed is told again at the next login, and then no more', async t => {
	const it = await scene(t);
	await it.server.bring(message('m1'));
	await read(it);
	await it.actions.disconnect({account: juliet});
	await it.actions.connect({account: juliet});
	await settled();
	t.deepEqual(marked(it), [`${romeo} m1`]);
	it.server.acknowledge();
	await it.actions.disconnect({account: juliet});
	await it.actions.connect({account: juliet});
	await settled();
	t.deepEqual(marked(it), []);
});

test('a buffer that is closed right after reading is told of all the same', async t => {
	const it = await scene(t);
	await it.server.bring(message('m1'));
	await it.actions.markRead({buffer: withRomeo, upTo: it.storage.messages.newest(withRomeo) ?? 0});
	await it.actions.closeBuffer({buffer: withRomeo});
	it.clock.advance(2000);
	await settled();
	t.deepEqual(marked(it), [`${romeo} m1`]);
});

test('what the archive had before the first login is not told of', async t => {
	const it = await offlineScene(t);
	keep(it, {n: 'old', extra: markable});
	await it.actions.connect({account: juliet});
	await settled();
	await it.actions.openBuffer({account: juliet, jid: romeo});
	t.is(it.storage.ownReads.newestAsked(withRomeo, {after: 0, upTo: Number.MAX_SAFE_INTEGER}), undefined);
	await read(it);
	t.deepEqual(marked(it), []);
});

test('what came while nobody was here is told of when it is read', async t => {
	const it = await scene(t);
	await it.server.bring(message('m1'));
	await read(it);
	await it.actions.disconnect({account: juliet});
	it.clock.advance(1000);
	keep(it, {n: 2, extra: markable});
	await it.actions.connect({account: juliet});
	await settled();
	it.server.acknowledge();
	await read(it);
	t.deepEqual(marked(it).at(-1), `${romeo} m2`);
});

const carbon = (content: string) =>
	`<message from='${juliet}' to='${here}'><sent xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' from='${juliet}/phone' to='${romeo}' type='chat'>${content}</message></forwarded></sent></message>`;

test('what the phone said to have read is read here too, and not said once more', async t => {
	const it = await scene(t);
	await it.server.bring(message('m1'), message('m2'));
	await it.server.bring(carbon(`<displayed xmlns='${namespace}' id='m1'/>`));
	t.like(it.saw.all('buffer.unread').at(-1), {buffer: withRomeo, unread: 1});
	await it.server.bring(carbon(`<displayed xmlns='${namespace}' id='m2'/>`));
	t.like(it.saw.all('buffer.unread').at(-1), {buffer: withRomeo, unread: 0});
	await read(it);
	t.deepEqual(marked(it), []);
	t.deepEqual(it.saw.all('reader.moved'), []);
});

// --- rooms

const room = async (t: ExecutionContext, features: readonly string[] = privately) => {
	const it = await inside(t, {features});
	await it.server.bring(said('Hark', {more: stanzaId('s1')}), said('Soft', {more: stanzaId('s2')}));
	return it;
};

test('a room for members who know each other learns it by the room’s own id, without having asked', async t => {
	const it = await room(t);
	await read(it, inDen);
	t.deepEqual(marked(it), [`${den} s2`]);
	t.regex(it.server.written.at(-1) ?? '', /type="groupchat".*<store xmlns="urn:xmpp:hints"\/>/);
});

test('no other room does', async t => {
	for (const features of [
		[...archived, ...identifying],
		[...archived, 'muc_membersonly'],
		[...archived, 'muc_nonanonymous'],
		['muc_membersonly', 'muc_nonanonymous'],
	]) {
		const it = await room(t, features);
		await read(it, inDen);
		t.deepEqual(marked(it), [], features.join(' '));
	}
});

test('who may not speak in a room says nothing there', async t => {
	const it = await room(t);
	await it.server.bring(presence('juliet', {codes: [110], item: "affiliation='none' role='visitor'"}));
	await read(it, inDen);
	t.deepEqual(marked(it), []);
});

test('what was read in a room without a connection is told once it was entered again', async t => {
	const it = await room(t);
	await it.actions.disconnect({account: juliet});
	await read(it, inDen);
	await it.actions.connect({account: juliet});
	await settled();
	await settled();
	t.deepEqual(marked(it), []);
	await it.server.bring(presence('romeo'), self());
	await settled();
	await settled();
	t.deepEqual(marked(it), [`${den} s2`]);
});

test('who is talked to in private through a room learns nothing', async t => {
	const it = await inside(t, {features: privately});
	await it.server.bring(message('p1', markable, `${den}/romeo`));
	const [{buffer} = {buffer: withRomeo}] = it.saw.all('message.recorded').map(({message: found}) => found);
	t.is(buffer, bufferId(juliet, 'private', `${den}/romeo` as BareJid));
	await read(it, buffer);
	t.deepEqual(marked(it), []);
});
