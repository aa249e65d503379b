/** What is left of rooms that did not let anybody in. */
import test, {type ExecutionContext} from 'ava';
import {bufferId} from '../../source/model/buffer.js';
import type {BareJid} from '../../source/shared/jid.js';
import {den, presence, pubsubItems, said} from './room-scene.js';
import {juliet, offlineScene, type Scene, settled} from './scene.js';

const mistyped = 'den@rooms.exmaple.org' as BareJid;
const inMistyped = bufferId(juliet, 'room', mistyped);
const inDen = bufferId(juliet, 'room', den);

const refused = (room: BareJid, condition: string) =>
	`<presence from='${room}/juliet' type='error'><error type='cancel'><${condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>`;
const open = (it: Scene) => it.storage.buffers.list().map(({id}) => id);

async function connected(t: ExecutionContext, bookmarks: readonly BareJid[] = []): Promise<Scene> {
	const it = await offlineScene(t);
	it.server.answerWith('pubsub', payload =>
		payload.includes('<items') ? pubsubItems(...bookmarks).replaceAll(" autojoin='true'", '') : '',
	);
	await it.actions.connect({account: juliet});
	await settled();
	await settled();
	return it;
}

/** Asks to enter a room that refuses. */
async function tryInVain(it: Scene, room = mistyped, condition = 'remote-server-not-found'): Promise<void> {
	const joined = it.actions.joinRoom({account: juliet, room});
	joined.catch(() => {});
	await settled();
	await it.server.bring(refused(room, condition));
	await joined.catch(() => {});
	await settled();
}

async function enter(it: Scene, room = den): Promise<void> {
	const joined = it.actions.joinRoom({account: juliet, room});
	await settled();
	await it.server.bring(presence('juliet', {room, codes: [110]}));
	await joined;
	await settled();
}

/** The program starts with the same profile once more. */
const restarted = (t: ExecutionContext, it: Scene) => offlineScene(t, it);

for (const condition of ['remote-server-not-found', 'item-not-found', 'service-unavailable', 'not-allowed']) {
	test(`a room that refuses with ${condition} stays on the screen, and not over a restart`, async t => {
		const it = await connected(t);
		await tryInVain(it, mistyped, condition);
		t.deepEqual(open(it), [inMistyped]);
		t.like(it.saw.all('room.changed').at(-1)?.room, {jid: mistyped, status: 'refused'});
		await restarted(t, it);
		t.deepEqual(open(it), []);
		t.is(it.storage.buffers.arrangementOf(inMistyped), undefined);
	});
}

test('its buffer is closed when the person has entered the room they meant', async t => {
	const it = await connected(t);
	await tryInVain(it);
	t.deepEqual(it.saw.all('buffer.closed'), []);
	await enter(it);
	t.deepEqual(
		it.saw.all('buffer.closed').map(({buffer}) => buffer),
		[inMistyped],
	);
	t.deepEqual(open(it), [inDen]);
	await restarted(t, it);
	t.deepEqual(open(it), [inDen]);
});

test('a second mistake leaves the first one on the screen', async t => {
	const it = await connected(t);
	await tryInVain(it);
	await tryInVain(it, 'den@rooms.example.prg' as BareJid);
	t.is(open(it).length, 2);
});

test('a room that lets the person in at the second attempt has its buffer for good', async t => {
	const it = await connected(t);
	await tryInVain(it, den, 'not-authorized');
	await enter(it);
	await enter(it, 'cave@rooms.example.org' as BareJid);
	await restarted(t, it);
	t.is(open(it).length, 2);
});

test('a bookmarked room that refuses keeps its buffer', async t => {
	const it = await connected(t, [den]);
	await tryInVain(it, den, 'forbidden');
	await enter(it, 'cave@rooms.example.org' as BareJid);
	await restarted(t, it);
	t.true(open(it).includes(inDen));
});

test('so does one that is bookmarked after it refused', async t => {
	const it = await connected(t);
	await tryInVain(it, den, 'registration-required');
	await it.actions.setBookmark({account: juliet, room: den, name: 'The den'});
	await it.server.bring(
		`<message from='${juliet}'><event xmlns='http://jabber.org/protocol/pubsub#event'><items node='urn:xmpp:bookmarks:1'><item id='${den}'><conference xmlns='urn:xmpp:bookmarks:1' name='The den'/></item></items></event></message>`,
	);
	await settled();
	await restarted(t, it);
	t.deepEqual(open(it), [inDen]);
});

test('a room that refuses and has messages keeps its buffer', async t => {
	const it = await connected(t);
	await enter(it);
	await it.server.bring(said('hello'));
	await it.actions.closeBuffer({buffer: inDen});
	const left = it.actions.leaveRoom({account: juliet, room: den});
	await settled();
	await it.server.bring(presence('juliet', {type: 'unavailable', codes: [110]}));
	await left;
	await it.actions.removeBookmark({account: juliet, room: den});
	await tryInVain(it, den, 'forbidden');
	await enter(it, 'cave@rooms.example.org' as BareJid);
	await restarted(t, it);
	t.true(open(it).includes(inDen));
});

test('what was written for it is not thrown away with its buffer', async t => {
	for (const [draft, isKept] of [
		['good evening', true],
		['/me yawns', true],
		['/join den@ro', false],
	] as const) {
		const it = await connected(t);
		await tryInVain(it);
		await it.actions.saveView({drafts: {[inMistyped]: draft}});
		await enter(it);
		t.is(open(it).includes(inMistyped), isKept, draft);
	}
});

test('one that the person closes is gone like one that never was', async t => {
	const it = await connected(t);
	await tryInVain(it);
	await it.actions.closeBuffer({buffer: inMistyped});
	t.is(it.storage.buffers.arrangementOf(inMistyped), undefined);
	await enter(it);
	t.is(it.saw.all('buffer.closed').length, 1);
});

test('a program that ends while a room does not answer leaves nothing of it', async t => {
	const it = await connected(t);
	it.actions.joinRoom({account: juliet, room: mistyped}).catch(() => {});
	await settled();
	t.deepEqual(open(it), [inMistyped]);
	await restarted(t, it);
	t.deepEqual(open(it), []);
});

test('a one-liner that is not let in leaves no buffer on the screen', async t => {
	const it = await connected(t);
	const joined = it.actions.joinRoom({account: juliet, room: mistyped, remember: false, reserved: true});
	joined.catch(() => {});
	await settled();
	await it.server.bring(refused(mistyped, 'remote-server-not-found'));
	await t.throwsAsync(joined);
	t.deepEqual(open(it), []);
});

test('a one-liner leaves what the person reads where it is', async t => {
	const it = await connected(t);
	await tryInVain(it);
	const joined = it.actions.joinRoom({account: juliet, room: mistyped, remember: false, reserved: true});
	joined.catch(() => {});
	await settled();
	await it.server.bring(refused(mistyped, 'remote-server-not-found'));
	await t.throwsAsync(joined);
	t.deepEqual(open(it), [inMistyped]);
});
