import test, {type ExecutionContext} from 'ava';
import {bufferId} from '../../source/model/buffer.js';
import type {BareJid} from '../../source/shared/jid.js';
import {deliver, keep, stanzaId, stanzaOf} from './archive-scene.js';
import {archived, den, identifying, stanzaId as idOfRoom, inDen, inside, said} from './room-scene.js';
import {here, juliet, offlineScene, romeo, type Scene, settled, withRomeo} from './scene.js';

const namespace = 'urn:xmpp:mds:displayed:0';
const pubsub = 'http://jabber.org/protocol/pubsub';

const item = (chat: string, id: string, by: string = juliet) =>
	`<item id='${chat}'><displayed xmlns='${namespace}'><stanza-id xmlns='urn:xmpp:sid:0' id='${id}' by='${by}'/></displayed></item>`;
/** What the server says when another device has read. */
const event = (items: string, from: string = `from='${juliet}'`) =>
	`<message ${from} to='${here}' type='headline'><event xmlns='${pubsub}#event'><items node='${namespace}'>${items}</items></event></message>`;

/** What is published of reading, in the order in which it is. */
const published = ({server}: Scene) =>
	server.asked.flatMap(text =>
		text.includes(`<publish node="${namespace}">`)
			? [`${/<item id="([^"]*)"/.exec(text)?.[1]} ${/<stanza-id[^>]* id="([^"]*)"/.exec(text)?.[1]}`]
			: [],
	);
const unread = ({storage}: Scene, buffer = withRomeo) => storage.buffers.get(buffer)?.unread;

/** Juliet's client and a server that keeps `items` for her devices. */
async function synced(t: ExecutionContext, items: () => string = () => '', features: readonly string[] = []) {
	const it = await offlineScene(t);
	it.server.accountFeatures = [...it.server.accountFeatures, `${pubsub}#publish-options`, ...features];
	it.server.answerWith('pubsub', payload =>
		payload.includes(`<items node="${namespace}"`)
			? `<pubsub xmlns='${pubsub}'><items node='${namespace}'>${items()}</items></pubsub>`
			: '',
	);
	await it.actions.connect({account: juliet});
	await settled();
	return it;
}

async function read(it: Scene, buffer = withRomeo): Promise<void> {
	await it.actions.markRead({buffer, upTo: it.storage.messages.newest(buffer) ?? 0});
	it.clock.advance(2000);
	await settled();
	await settled();
}

test('what is read here is published for the own devices, with all that the node has to be', async t => {
	const it = await synced(t);
	await deliver(it, {n: 1}, 'a1');
	await deliver(it, {n: 2}, 'a2');
	await read(it);
	await read(it);
	t.deepEqual(published(it), [`${romeo} a2`]);
	const [text = ''] = it.server.asked.filter(asked => asked.includes('<publish '));
	t.true(text.includes(`<stanza-id xmlns="urn:xmpp:sid:0" id="a2" by="${juliet}"/>`));
	for (const [field, value] of [
		['persist_items', 'true'],
		['max_items', 'max'],
		['send_last_published_item', 'never'],
		['access_model', 'whitelist'],
	]) {
		t.true(text.includes(`<field var="pubsub#${field}"><value>${value}</value></field>`), field);
	}
});

test('it is published whatever others are to learn, for strangers too', async t => {
	const it = await synced(t);
	await it.actions.changeSetting({name: 'markers.send', value: false});
	await deliver(it, {n: 1, peer: 'tybalt@example.org'}, 'a1');
	const {id} = await it.actions.openBuffer({account: juliet, jid: 'tybalt@example.org' as BareJid});
	await read(it, id);
	t.deepEqual(published(it), ['tybalt@example.org a1']);
});

test('what has no id of the archive, or comes from this device, is nothing to publish', async t => {
	const it = await synced(t);
	await deliver(it, {n: 1});
	await read(it);
	await it.actions.sendMessage({account: juliet, to: romeo, body: 'Ay me'});
	await read(it);
	t.deepEqual(published(it), []);
});

test('what another device reads is read here, and the counts say so', async t => {
	const it = await synced(t);
	await deliver(it, {n: 1}, 'a1');
	await deliver(it, {n: 2}, 'a2');
	await it.server.bring(event(item(romeo, 'a1')));
	t.like(it.saw.all('buffer.unread').at(-1), {buffer: withRomeo, unread: 1});
	await it.server.bring(event(item(romeo, 'a2')));
	t.like(it.saw.all('buffer.unread').at(-1), {buffer: withRomeo, unread: 0});
	t.is(unread(it), 0);
	it.clock.advance(5000);
	await settled();
	t.deepEqual(published(it), []);
});

test('reading never goes back (row 13)', async t => {
	const it = await synced(t);
	await deliver(it, {n: 1}, 'a1');
	await deliver(it, {n: 2}, 'a2');
	await it.server.bring(event(item(romeo, 'a2')), event(item(romeo, 'a1')));
	t.is(unread(it), 0);
});

test('a device that tells less than was told before is contradicted, once', async t => {
	const it = await synced(t);
	for (const n of [1, 2, 3]) {
		await deliver(it, {n}, `a${n}`);
	}

	await it.server.bring(event(item(romeo, 'a2')));
	for (let times = 0; times < 2; times++) {
		await it.server.bring(event(item(romeo, 'a1')));
		it.clock.advance(5000);
		await settled();
		await settled();
		t.deepEqual(published(it), [`${romeo} a2`]);
		t.is(unread(it), 1);
	}

	await it.server.bring(event(item(romeo, 'a3')));
	t.is(unread(it), 0);
});

test('what was told here and is gone from the node at the next login is told again', async t => {
	let items = '';
	const it = await synced(t, () => items);
	await deliver(it, {n: 1}, 'a1');
	await deliver(it, {n: 2}, 'a2');
	await read(it);
	items = item(romeo, 'a1');
	await it.actions.disconnect({account: juliet});
	t.deepEqual(published(it), [`${romeo} a2`]);
	await it.actions.connect({account: juliet});
	await settled();
	await settled();
	t.deepEqual(published(it), [`${romeo} a2`]);
	t.is(unread(it), 0);
});

test('an answer from a device that tells what it reads shows nothing of what it may have crossed', async t => {
	const it = await synced(t);
	const phone = `${juliet}/phone`;
	const answer = (n: number) =>
		it.server.bring(
			`<message from='${juliet}' to='${here}' type='chat'><sent xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>${stanzaOf({n, own: true})}</forwarded></sent></message>`,
		);
	const says = async (features: readonly string[]) => {
		it.server.room(phone, features);
		await it.server.bring(`<presence from='${phone}'/>`);
		await settled();
	};

	await deliver(it, {n: 1}, 'x1');
	await says([`${namespace}+notify`]);
	await answer(2);
	t.is(unread(it), 1);
	await it.actions.disconnect({account: juliet});
	keep(it, {n: 3}, {n: 4, own: true});
	await it.actions.connect({account: juliet});
	await settled();
	await settled();
	await settled();
	t.is(unread(it), 2);
	await says(['urn:xmpp:ping']);
	await answer(5);
	t.is(unread(it), 0);
});

test('an edit or a reaction is nothing that other devices could have read', async t => {
	const it = await synced(t);
	await deliver(it, {n: 1}, 'a1');
	await it.server.bring(
		`<message from='${romeo}/orchard' to='${here}' type='chat' id='r1'><reactions xmlns='urn:xmpp:reactions:0' id='${it.storage.messages.get(it.storage.messages.newest(withRomeo) ?? 0)?.id}'><reaction>👍</reaction></reactions>${stanzaId('a2')}</message>`,
	);
	await it.actions.markRead({buffer: withRomeo, upTo: Number.MAX_SAFE_INTEGER});
	it.clock.advance(2000);
	await settled();
	await settled();
	t.deepEqual(published(it), [`${romeo} a1`]);
});

test('only the account itself says what its devices have read (rows 10 to 12)', async t => {
	const it = await synced(t);
	await deliver(it, {n: 1}, 'a1');
	for (const from of [
		`from='${romeo}'`,
		`from='${romeo}/orchard'`,
		`from='${juliet}/phone'`,
		"from='example.org'",
		"from='tybalt@example.org'",
	]) {
		await it.server.bring(event(item(romeo, 'a1'), from));
		t.is(unread(it), 1, from);
	}

	await it.server.bring(event(item(romeo, 'a1'), ''));
	t.is(unread(it), 0);
});

test('an id of another chat, or of another archive, says nothing (row 13)', async t => {
	const it = await synced(t);
	await deliver(it, {n: 1}, 'a1');
	await deliver(it, {n: 2, peer: 'nurse@example.org'}, 'a2');
	await it.server.bring(
		event(item('nurse@example.org', 'a1')),
		event(item(romeo, 'a2')),
		event(item(romeo, 'a1', romeo)),
		event(item(romeo, 'a1', `${juliet}/phone`)),
		event(item('not an address', 'a1')),
		event(`<item id='${romeo}'><displayed xmlns='${namespace}'/></item>`),
	);
	t.is(unread(it), 1);
});

test('a chat that is not open is not opened by it', async t => {
	const it = await synced(t, () => item(romeo, 'nowhere') + item('nurse@example.org', 'a9'));
	await it.server.bring(event(item('tybalt@example.org', 'a1')));
	t.deepEqual((await it.actions.snapshot({})).buffers, []);
});

test('what was read elsewhere while nobody was here is read when it comes out of the archive', async t => {
	let items = '';
	const it = await synced(t, () => items);
	await deliver(it, {n: 1}, 'a1');
	await it.actions.disconnect({account: juliet});
	it.clock.advance(60_000);
	const [, second = ''] = keep(it, {n: 2}, {n: 3}, {n: 4});
	items = item(romeo, second);
	await it.actions.connect({account: juliet});
	await settled();
	t.is(unread(it), 1);
	t.deepEqual(it.storage.ownReads.displayed(juliet), [{chat: romeo, archiveId: second, isApplied: true}]);
});

test('an id that is not here yet waits for its message, over restarts', async t => {
	const it = await synced(t);
	await it.server.bring(event(item(romeo, 'a2')));
	t.deepEqual(it.storage.ownReads.displayed(juliet), [{chat: romeo, archiveId: 'a2', isApplied: false}]);
	await it.actions.disconnect({account: juliet});
	await it.actions.connect({account: juliet});
	await deliver(it, {n: 1}, 'a1');
	t.is(unread(it), 1);
	await deliver(it, {n: 2}, 'a2');
	t.is(unread(it), 0);
});

test('what is read without a connection is published at the next login, unless another device was further', async t => {
	let items = '';
	const it = await synced(t, () => items);
	await deliver(it, {n: 1}, 'a1');
	await it.actions.disconnect({account: juliet});
	await read(it);
	await it.actions.connect({account: juliet});
	await settled();
	await settled();
	t.deepEqual(published(it), [`${romeo} a1`]);

	await deliver(it, {n: 2}, 'a2');
	await deliver(it, {n: 3}, 'a3');
	await it.actions.disconnect({account: juliet});
	await it.actions.markRead({buffer: withRomeo, upTo: (it.storage.messages.newest(withRomeo) ?? 0) - 1});
	items = item(romeo, 'a3');
	await it.actions.connect({account: juliet});
	await settled();
	await settled();
	t.deepEqual(published(it), []);
	t.is(unread(it), 0);
});

test('a fresh device does not tell the others that all is read', async t => {
	const it = await offlineScene(t);
	keep(it, {n: 1}, {n: 2});
	await it.actions.connect({account: juliet});
	await settled();
	await it.actions.openBuffer({account: juliet, jid: romeo});
	await read(it);
	t.deepEqual(published(it), []);
});

test('a server that keeps no such node is asked once a session', async t => {
	const it = await synced(t);
	it.server.answerWith(
		'pubsub',
		"<error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>",
	);
	await deliver(it, {n: 1}, 'a1');
	await read(it);
	await deliver(it, {n: 2}, 'a2');
	await read(it);
	t.deepEqual(published(it), [`${romeo} a1`]);
});

// --- with the server's help

const markable = "<markable xmlns='urn:xmpp:chat-markers:0'/>";
const assisted = 'urn:xmpp:mds:server-assist:0';

test('a server that helps gets both in one message to the bare address', async t => {
	const it = await synced(t, () => '', [assisted]);
	await deliver(it, {n: 1, extra: markable}, 'a1');
	await read(it);
	t.deepEqual(published(it), []);
	t.regex(
		it.server.written.at(-1) ?? '',
		/^<message to="romeo@example\.net" type="chat" id="[^"]+"><displayed xmlns="urn:xmpp:chat-markers:0" id="m1"\/><displayed xmlns="urn:xmpp:mds:displayed:0"><stanza-id xmlns="urn:xmpp:sid:0" id="a1" by="juliet@example\.org"\/><\/displayed><store/,
	);
	it.server.acknowledge();
	t.deepEqual(it.storage.ownReads.owed(juliet), []);
});

test('without a marker it goes the long way, and a server that does not help is sent nothing of the kind', async t => {
	const helping = await synced(t, () => '', [assisted]);
	await deliver(helping, {n: 1}, 'a1');
	await read(helping);
	t.deepEqual(published(helping), [`${romeo} a1`]);

	const other = await synced(t);
	await deliver(other, {n: 1, extra: markable}, 'a1');
	await read(other);
	t.deepEqual(published(other), [`${romeo} a1`]);
	t.false(other.server.written.some(text => text.includes(namespace)));
});

// --- rooms

test('of a room its own id is published, and taken', async t => {
	const it = await inside(t, {features: [...archived, ...identifying]});
	await it.server.bring(said('Hark', {more: idOfRoom('s1')}), said('Soft', {more: idOfRoom('s2')}));
	await read(it, inDen);
	t.deepEqual(published(it), [`${den} s2`]);

	await it.server.bring(said('Again', {more: idOfRoom('s3')}));
	await it.server.bring(event(item(den, 's3')));
	t.is(unread(it, inDen), 1);
	await it.server.bring(event(item(den, 's3', den)));
	t.is(unread(it, inDen), 0);
});

test('who is talked to in private through a room is named by the full address', async t => {
	const it = await inside(t, {features: archived});
	await it.server.bring(
		`<message xmlns='jabber:client' from='${den}/romeo' to='${here}' type='chat' id='p1'><body>Psst</body>${stanzaId('a1')}</message>`,
	);
	const [buffer = withRomeo] = it.saw.all('message.recorded').map(({message}) => message.buffer);
	t.is(buffer as string, bufferId(juliet, 'private', `${den}/romeo` as typeof romeo));
	await read(it, buffer);
	t.deepEqual(published(it), [`${den}/romeo a1`]);
});
