/** What a session that goes on, or a fresh one behind it, owes to server and contacts (`protocol.md` §3.4 and §3.6). */
import test, {type ExecutionContext} from 'ava';
import {XmppcError} from '../../source/shared/errors.js';
import type {Storage} from '../../source/storage/ports.js';
import {asked, deliver, idle, keep, leave, lines, numbers, stateOf, stored} from './archive-scene.js';
import {profileWith} from './profile.js';
import {here, juliet, offlineScene, romeo, type Scene, scene, settled} from './scene.js';

const receiptRequest = "<request xmlns='urn:xmpp:receipts'/>";
const receiptsIn = (written: readonly string[]) =>
	written.flatMap(text => [...text.matchAll(/<received xmlns="urn:xmpp:receipts" id="([^"]*)"/g)].map(([, id]) => id));
const asking = (id: string) =>
	`<message from='${romeo}/orchard' to='${here}' type='chat' id='${id}'><body>${id}</body>${receiptRequest}</message>`;

async function afterwards({clock}: Scene, milliseconds = 0): Promise<void> {
	clock.advance(milliseconds);
	await settled();
	await settled();
}

test('a session that goes on says again whether anybody looks, since the server may have forgotten it', async t => {
	const it = await offlineScene(t);
	it.server.features = {...it.server.features, clientState: true};
	await it.actions.connect({account: juliet});
	await afterwards(it, 10_000);
	const before = it.server.written.length;
	it.server.interrupt();
	await afterwards(it);
	t.is(it.server.resumptions, 1);
	t.deepEqual(it.server.written.slice(before), ['<active xmlns="urn:xmpp:csi:0"/>']);
});

test('a receipt that no server confirmed to have goes out again with the next session, and then no more', async t => {
	const it = await scene(t);
	await it.server.bring(asking('m1'));
	it.server.acknowledge();
	await it.server.bring(asking('m2'));
	t.deepEqual(receiptsIn(it.server.written), ['m1', 'm2']);
	it.server.keepsSessions = false;
	it.server.interrupt();
	await afterwards(it);
	t.is(it.server.logins, 2);
	t.deepEqual(receiptsIn(it.server.written), ['m2']);
	it.server.acknowledge();
	await leave(it);
	await it.actions.connect({account: juliet});
	t.deepEqual(receiptsIn(it.server.written), []);
});

test('neither presence nor questions of a session that is over are written in the next one', async t => {
	const it = await scene(t);
	const release = it.server.hold();
	const answer = t.throwsAsync(it.actions.ping({account: juliet}), {code: 'disconnected'});
	await it.actions.setPresence({account: juliet, availability: 'dnd', statusText: 'busy'});
	it.server.keepsSessions = false;
	it.server.interrupt();
	await afterwards(it);
	await answer;
	release();
	await afterwards(it);
	t.is(it.server.logins, 2);
	t.is(it.server.written.filter(text => text.startsWith('<presence')).length, 1);
	t.deepEqual(
		it.server.asked.filter(text => text.includes('urn:xmpp:ping')),
		[],
	);
});

test('at the first login what comes live while the first page is on its way stays behind that page', async t => {
	const it = await offlineScene(t);
	it.server.archive.resolution = 1;
	keep(it, {n: 1, ago: 2000}, {n: 2, ago: 1000});
	it.server.archive.onPage = () => {
		it.server.archive.onPage = () => {};
		void deliver(it, {n: 3}, 'a3');
	};
	await it.actions.connect({account: juliet});
	await idle(it);
	t.deepEqual(stored(it), ['1', '2', '3']);
});

test('what came live and is listed in a page is not the head, where the page goes on behind it', async t => {
	const it = await offlineScene(t);
	keep(it, {n: 1, ago: 5000});
	await it.actions.connect({account: juliet});
	await idle(it);
	await leave(it);
	it.clock.advance(60_000);
	const [second] = keep(it, {n: 2, ago: 3000});
	it.server.archive.onPage = () => {
		it.server.archive.onPage = () => {};
		void deliver(it, {n: 2}, second);
	};
	const [third] = keep(it, {n: 3, ago: 2000, own: true});
	await it.actions.connect({account: juliet});
	await idle(it);
	t.deepEqual(stored(it), ['1', '2', '3']);
	t.is(stateOf(it)?.head?.id, third);
});

test('a page of the archive that was asked for before an interruption is taken behind it, and not asked for again', async t => {
	const it = await offlineScene(t);
	keep(it, ...lines(250));
	let release = () => {};
	it.server.archive.onPage = ({before}) => {
		if (before === 'a151') {
			release = it.server.hold();
		}
	};
	await it.actions.connect({account: juliet});
	await afterwards(it);
	it.server.interrupt();
	await afterwards(it);
	t.is(it.server.resumptions, 1);
	release();
	await idle(it);
	t.deepEqual(stored(it), numbers(250));
	t.deepEqual(asked(it), [{before: ''}, {before: 'a151'}, {before: 'a51'}]);
});

/** A scene whose transactions fail at their very end while `isFull`. */
async function fullScene(t: ExecutionContext) {
	const home = await profileWith(t, [{jid: juliet}]);
	const disk = {isFull: false};
	let depth = 0;
	const transaction: Storage['transaction'] = work =>
		home.storage.transaction(() => {
			depth++;
			try {
				const result = work();
				if (disk.isFull && depth === 1) {
					throw new XmppcError({code: 'disk-full', kind: 'storage', message: 'The disk is full.'});
				}

				return result;
			} finally {
				depth--;
			}
		});
	return {disk, it: await offlineScene(t, {...home, storage: {...home.storage, transaction}})};
}

const bodiesIn = (written: readonly string[]) =>
	written.flatMap(text => [...text.matchAll(/<body>([^<]*)<\/body>/g)].map(([, body]) => body));

test('a message is written when it is committed, and not if that fails in the end', async t => {
	const {disk, it} = await fullScene(t);
	await it.actions.connect({account: juliet});
	disk.isFull = true;
	await t.throwsAsync(it.actions.sendMessage({account: juliet, to: romeo, body: 'lost'}), {code: 'disk-full'});
	disk.isFull = false;
	await it.actions.sendMessage({account: juliet, to: romeo, body: 'kept'});
	t.deepEqual(bodiesIn(it.server.written), ['kept']);
});

test('neither is what waited written, where it cannot be recorded that it is', async t => {
	const {disk, it} = await fullScene(t);
	await it.actions.sendMessage({account: juliet, to: romeo, body: 'waits'});
	const stopWatching = it.events(event => {
		disk.isFull ||= event.type === 'notice' && event.text.includes('is connected');
	});
	await it.actions.connect({account: juliet}).catch(() => undefined);
	await afterwards(it);
	t.true(disk.isFull);
	t.deepEqual(bodiesIn(it.server.written), []);
	stopWatching();
	disk.isFull = false;
	await afterwards(it, 3_600_000);
	await it.actions.connect({account: juliet});
	await afterwards(it);
	t.deepEqual(bodiesIn(it.server.written), ['waits']);
});
