import test from 'ava';
import {reconnectDelay} from '../../source/client/reconnection.js';
import type {AccountSettings} from '../../source/model/account.js';
import {bufferId} from '../../source/model/buffer.js';
import type {Problem} from '../../source/shared/errors.js';
import {XmppcError} from '../../source/shared/errors.js';
import type {BareJid} from '../../source/shared/jid.js';
import {lost} from './fake-server.js';
import {countingCommits, profileWith} from './profile.js';
import {juliet, offlineScene, romeo, type Scene, scene, settled, withRomeo} from './scene.js';

const statuses = ({saw}: Scene) => saw.all('account.changed').map(({account}) => account.status);
const notices = ({saw}: Scene) => saw.all('notice').map(({level, text}) => `${level}: ${text}`);
const payloads = ({server}: Scene) =>
	server.asked.map(text => /^<iq type="(?:get|set)"[^>]*><(\w+)[^>]*xmlns="([^"]*)"/.exec(text)?.[2] ?? text);

test('a fresh session asks for carbons, the roster and its own features at once, and then shows itself', async t => {
	const it = await offlineScene(t);
	const release = it.server.hold();
	const connecting = it.actions.connect({account: juliet});
	await settled();
	t.deepEqual(it.server.written, []);
	t.deepEqual(statuses(it), ['connecting']);
	release();
	await connecting;
	const discovery = 'http://jabber.org/protocol/disco#info';
	// Of the server, for which nothing waits, and of the account.
	const questions = ['urn:xmpp:carbons:2', 'jabber:iq:roster', discovery, discovery];
	// The archive is looked at once presence is out: that brings what waits for nobody else. Then, whether it keeps anything.
	const bookmarks = ['http://jabber.org/protocol/pubsub', 'jabber:iq:private'];
	// What other devices have read is asked for with the first questions: what comes after that is read already.
	const read = 'http://jabber.org/protocol/pubsub';
	t.deepEqual(payloads(it), [...questions, 'urn:xmpp:mam:2', read, 'urn:xmpp:mam:2', ...bookmarks]);
	t.is(it.server.written.length, 1);
	t.regex(it.server.written[0] ?? '', /^<presence><c xmlns="http:\/\/jabber\.org\/protocol\/caps" hash="sha-1"/);
	t.deepEqual(statuses(it), ['connecting', 'online']);
	t.like(it.saw.all('account.changed').at(-1)?.account, {
		availability: 'available',
		security: {tls: 'TLSv1.3', mechanism: 'SCRAM-SHA-256'},
	});
});

test('a server without carbons or with a broken roster does not keep anybody offline', async t => {
	const it = await offlineScene(t);
	const refusal = "<error type='cancel'><feature-not-implemented xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>";
	it.server.answerWith('enable', refusal);
	it.server.answerWith('query', refusal);
	await it.actions.connect({account: juliet});
	t.is(statuses(it).at(-1), 'online');
	t.true(notices(it).some(text => /^warning: The contact list of juliet@example\.org could not be loaded/.test(text)));
});

test('SCRAM is remembered, so that the password is never shown to a server afterwards', async t => {
	const it = await scene(t);
	t.true(it.settings.read().accounts[0]?.scramPinned);
});

test('the presence that was chosen is told, and again at the next login', async t => {
	const it = await scene(t);
	await it.actions.setPresence({account: juliet, availability: 'dnd', statusText: 'Dying\u0007'});
	t.regex(it.server.written.at(-1) ?? '', /^<presence><show>dnd<\/show><status>Dying<\/status><c /);
	await it.actions.disconnect({account: juliet});
	t.is(it.saw.all('account.changed').at(-1)?.account.availability, 'unavailable');
	await it.actions.connect({account: juliet});
	t.regex(it.server.written[0] ?? '', /<show>dnd<\/show>/);
	await it.actions.setPresence({availability: 'unavailable', statusText: ''});
	t.is(it.server.written.at(-1), '<presence type="unavailable"/>');
});

test('a presence that is chosen during the login is the one that is told, and not before carbons are on', async t => {
	const it = await offlineScene(t);
	const release = it.server.hold();
	const connecting = it.actions.connect({account: juliet});
	await settled();
	await it.actions.setPresence({account: juliet, availability: 'dnd', statusText: ''});
	t.deepEqual(it.server.written, []);
	release();
	await connecting;
	t.is(it.server.written.length, 1);
	t.regex(it.server.written[0] ?? '', /<show>dnd<\/show>/);
});

test('requests for a subscription do not outlive the connection they came by', async t => {
	const it = await scene(t);
	await it.server.bring("<presence type='subscribe' from='nurse@example.org'/>");
	it.server.drop();
	t.deepEqual(
		it.saw.all('subscription.resolved').map(({jid}) => String(jid)),
		['nurse@example.org'],
	);
	t.deepEqual((await it.actions.snapshot({})).requests, []);
});

// --- interruptions

test('a lost connection is told once and tried again with growing pauses', async t => {
	const it = await scene(t);
	it.server.refuse(lost);
	it.server.drop();
	t.is(statuses(it).at(-1), 'interrupted');
	t.is(it.saw.all('presence.cleared').length, 1);
	const pauses: number[] = [];
	for (let attempt = 0; attempt < 4; attempt++) {
		const before = statuses(it).length;
		let waited = 0;
		while (statuses(it).length === before && waited < 600) {
			it.clock.advance(1000);
			waited++;
			await settled();
		}

		pauses.push(waited);
	}

	t.deepEqual(pauses, [1, 2, 4, 8]);
	t.is(notices(it).filter(text => text.startsWith('warning')).length, 1);
	it.server.refuse(undefined);
	it.clock.advance(60_000);
	await settled();
	t.is(statuses(it).at(-1), 'online');
});

test('the pause is at least half of its ceiling, at most five minutes, and spread by chance', t => {
	t.is(
		reconnectDelay(0, () => 0),
		500,
	);
	t.is(
		reconnectDelay(0, () => 1),
		1000,
	);
	t.is(
		reconnectDelay(3, () => 0.5),
		6000,
	);
	t.is(
		reconnectDelay(500, () => 1),
		300_000,
	);
});

test('a connection that does not last counts as a failure, one that lasted does not', async t => {
	const it = await scene(t);
	const pause = async () => {
		const logins = it.server.logins;
		let waited = 0;
		while (it.server.logins === logins && waited < 600) {
			it.clock.advance(1000);
			waited++;
			await settled();
		}

		return waited;
	};
	it.server.drop();
	t.is(await pause(), 1);
	it.server.drop();
	t.is(await pause(), 2);
	it.clock.advance(120_000);
	it.server.drop();
	t.is(await pause(), 1);
});

test('asking to connect does not wait for the pause to end, and two askers share one login', async t => {
	const it = await scene(t);
	it.server.drop();
	await Promise.all([it.actions.connect({account: juliet}), it.actions.connect({account: juliet})]);
	t.is(it.server.logins, 2);
	t.is(statuses(it).at(-1), 'online');
	it.clock.advance(600_000);
	await settled();
	t.is(it.server.logins, 2);
});

test('an account that was told to disconnect stays offline', async t => {
	const it = await scene(t);
	it.server.drop();
	await it.actions.disconnect({account: juliet});
	t.is(statuses(it).at(-1), 'offline');
	it.clock.advance(600_000);
	await settled();
	t.is(it.server.logins, 1);
	await t.throwsAsync(it.actions.ping({account: juliet}), {message: /is not connected/});
});

test('an attempt that is given up ends offline, and a later one is not disturbed by it', async t => {
	const it = await offlineScene(t);
	const attempt = t.throwsAsync(it.actions.connect({account: juliet}));
	await it.actions.disconnect({account: juliet});
	t.like(await attempt, {code: 'connect-cancelled'});
	t.is(statuses(it).at(-1), 'offline');
	await it.actions.connect({account: juliet});
	t.is(statuses(it).at(-1), 'online');
	await settled();
	t.is(statuses(it).at(-1), 'online');
});

test('connecting while the last connection still closes waits for that and logs in again', async t => {
	const it = await scene(t);
	const release = it.server.holdEnd();
	const disconnecting = it.actions.disconnect({account: juliet});
	const connecting = it.actions.connect({account: juliet});
	release();
	await Promise.all([disconnecting, connecting]);
	await settled();
	t.is(it.server.logins, 2);
	t.is(statuses(it).at(-1), 'online');
});

const wrongPassword: Problem = {
	code: 'wrong-password',
	kind: 'notPermitted',
	message: 'Wrong password.',
	hint: 'Change it.',
};

test('what only a person can mend is not tried again', async t => {
	const it = await offlineScene(t);
	it.server.refuse(wrongPassword);
	t.like(await t.throwsAsync(it.actions.connect({account: juliet})), {code: 'wrong-password'});
	t.like(it.saw.all('account.changed').at(-1)?.account, {status: 'failed', problem: {code: 'wrong-password'}});
	t.like(it.saw.all('notice').at(-1), {level: 'error', text: 'Wrong password.', account: juliet});
	t.is(it.clock.pending, 0);
});

test('a stored password that is refused is replaced by setting the account up anew', async t => {
	const it = await offlineScene(t);
	it.server.refuse(wrongPassword);
	await t.throwsAsync(it.actions.connect({account: juliet}));
	t.regex(it.saw.all('notice').at(-1)?.hint ?? '', /xmppc account remove .*; xmppc account add /);
});

test('what may pass is tried again, and the person told what to look at where it may be the address', async t => {
	const it = await offlineScene(t);
	it.server.refuse({code: 'no-such-host', kind: 'noSuchHost', message: 'No such server.', hint: 'Check the address.'});
	await t.throwsAsync(it.actions.connect({account: juliet}));
	t.is(it.saw.all('notice').at(-1)?.hint, 'Check the address. Trying again by itself.');
});

test('a session that the server ends for good is not begun again', async t => {
	const it = await scene(t);
	it.server.drop({
		problem: {code: 'stream-conflict', kind: 'temporary', message: 'Another login took over.'},
		recoverable: false,
	});
	t.is(statuses(it).at(-1), 'failed');
	it.clock.advance(600_000);
	await settled();
	t.is(it.server.logins, 1);
});

test('a store of secrets that is closed locks the account until it is opened', async t => {
	const profile = await profileWith(t, [{jid: juliet, secrets: 'passphrase'}]);
	let locked = true;
	const it = await offlineScene(t, {
		...profile,
		secrets: {
			...profile.secrets,
			forAccount: settings => ({
				...profile.secrets.forAccount(settings),
				async get() {
					if (locked) {
						throw new XmppcError({code: 'secrets-locked', kind: 'unavailable', message: 'Locked.', hint: 'Unlock it.'});
					}

					return 'pencil';
				},
			}),
			async unlock(passphrase) {
				if (passphrase !== 'open') {
					throw new XmppcError({code: 'wrong-passphrase', kind: 'notPermitted', message: 'No.'});
				}

				locked = false;
			},
		},
	});
	await it.start();
	await it.saw.until('account.changed', ({account}) => account.status === 'locked');
	await t.throwsAsync(it.actions.unlock({passphrase: 'shut'}), {message: 'No.'});
	await it.actions.unlock({passphrase: 'open'});
	await it.saw.until('account.changed', ({account}) => account.status === 'online');
	t.pass();
});

test('starting connects who is enabled, and returns before that is done', async t => {
	const nurse = 'nurse@example.org' as BareJid;
	const it = await offlineScene(t, await profileWith(t, [{jid: juliet}, {jid: nurse, enabled: false}]));
	await it.start();
	t.not(statuses(it).at(-1), 'online');
	await it.saw.until('account.changed', ({account}) => account.jid === juliet && account.status === 'online');
	t.deepEqual(
		(await it.actions.listAccounts({})).map(({jid, status}) => [jid, status]),
		[
			[juliet, 'online'],
			[nurse, 'offline'],
		],
	);
});

// --- the outbox

const stateOf = (it: Scene, key: number) => it.storage.messages.get(key)?.state;
const send = (it: Scene, body: string) => it.actions.sendMessage({account: juliet, to: romeo, body});
const bodies = ({server}: Scene) => server.written.flatMap(text => /<body>(.*)<\/body>/.exec(text)?.[1] ?? []);

test('a message is on record before it is written, and carries its id twice', async t => {
	const it = await scene(t);
	const {key, id, state} = await send(it, 'Good <night>');
	t.is(state, 'written');
	t.regex(id, /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
	t.is(
		it.server.written.at(-1),
		`<message to="${romeo}" type="chat" id="${id}"><body>Good &lt;night&gt;</body>` +
			`<origin-id xmlns="urn:xmpp:sid:0" id="${id}"/><request xmlns="urn:xmpp:receipts"/>` +
			'<markable xmlns="urn:xmpp:chat-markers:0"/><active xmlns="http://jabber.org/protocol/chatstates"/></message>',
	);
	t.is(it.storage.outbox.waiting(juliet).length, 1);
	it.server.acknowledge();
	await settled();
	t.is(stateOf(it, key), 'acked');
	t.deepEqual(it.storage.outbox.waiting(juliet), []);
	t.deepEqual(it.saw.types().slice(-4), ['buffer.opened', 'message.recorded', 'buffer.unread', 'message.changed']);
});

test('nothing is written of a message that could not be committed', async t => {
	const it = await scene(t);
	const before = it.server.written.length;
	it.storage.close();
	await t.throwsAsync(send(it, 'Lost?'));
	t.is(it.server.written.length, before);
	t.deepEqual(it.saw.all('message.recorded'), []);
});

test('a message without words, too long or to a room is refused', async t => {
	const it = await scene(t);
	t.like(await t.throwsAsync(send(it, ' \n\t ')), {code: 'empty-message', kind: 'badData'});
	t.like(await t.throwsAsync(send(it, '\0\u0007')), {code: 'empty-message'});
	t.like(await t.throwsAsync(send(it, 'x'.repeat(1_000_000))), {code: 'message-too-long', kind: 'badData'});
	await t.throwsAsync(it.actions.sendMessage({account: juliet, to: romeo, body: 'x', kind: 'groupchat'}));
	await t.throwsAsync(it.actions.sendMessage({account: romeo, to: juliet, body: 'x'}), {message: /no account/});
	t.deepEqual(it.saw.all('message.recorded'), []);
});

test('characters that would end the stream are gone before the commit', async t => {
	const it = await scene(t);
	const {key} = await send(it, 'a\0b\u001B[31mc\uD800d\r\ne');
	t.is(it.storage.messages.get(key)?.body, 'ab[31mc\uFFFDd\ne');
	t.false(it.storage.outbox.waiting(juliet)[0]?.stanza.includes('\u001B'));
});

test('a letter has its subject and type, and asks for no receipt', async t => {
	const it = await scene(t);
	await it.actions.sendMessage({account: juliet, to: romeo, body: 'Dear', kind: 'normal', subject: 'Us\ntwo'});
	t.regex(
		it.server.written.at(-1) ?? '',
		/^<message to="romeo@example\.net" id="[^"]*"><subject>Us two<\/subject><body>Dear/,
	);
	t.false(it.server.written.at(-1)?.includes('receipts'));
});

test('messages wait while offline and go out in their order, under the same ids', async t => {
	const it = await offlineScene(t);
	const first = await send(it, 'one');
	const second = await send(it, 'two');
	t.is(first.state, 'queued');
	await it.actions.connect({account: juliet});
	t.deepEqual(bodies(it), ['one', 'two']);
	t.true(it.server.written[1]?.includes(`id="${first.id}"`));
	t.true(it.server.written[0]?.startsWith('<presence'));
	t.false(it.server.written[1]?.includes('urn:xmpp:delay'));
	t.is(stateOf(it, second.key), 'written');
	it.server.acknowledge();
	await settled();
	t.is(stateOf(it, second.key), 'acked');
});

test('what the server acknowledges at once is recorded in one transaction', async t => {
	const {profile, commits} = countingCommits(await profileWith(t, [{jid: juliet}]));
	const it = await offlineScene(t, profile);
	await it.actions.connect({account: juliet});
	const messages = [await send(it, 'one'), await send(it, 'two'), await send(it, 'three')];
	const before = commits();
	it.server.acknowledge();
	await settled();
	t.is(commits(), before + 1);
	t.deepEqual(
		messages.map(({key}) => stateOf(it, key)),
		['acked', 'acked', 'acked'],
	);
});

test('an acknowledgement right before the end of the stream leaves no doubt', async t => {
	const it = await scene(t);
	const {key} = await send(it, 'Hi');
	it.server.acknowledge();
	it.server.drop();
	t.is(stateOf(it, key), 'acked');
});

test('an acknowledgement that cannot be recorded is told of', async t => {
	const it = await scene(t);
	await send(it, 'Hi');
	it.storage.close();
	it.server.acknowledge();
	await settled();
	t.true(notices(it).some(text => /^error: That the server of juliet@example\.org has 1 /.test(text)));
});

test('a message that waited long says when it was composed', async t => {
	const it = await offlineScene(t);
	const composed = new Date(it.clock.now()).toISOString().replace('.000Z', 'Z');
	await send(it, 'late');
	it.clock.advance(3_600_000);
	await it.actions.connect({account: juliet});
	t.true(it.server.written[1]?.includes(`<delay xmlns="urn:xmpp:delay" stamp="${composed}" from="${juliet}"/>`));
	t.is(it.storage.outbox.waiting(juliet)[0]?.stanza, it.server.written[1]);
});

test('what was written and not acknowledged is uncertain, is told, and without an archive not sent again', async t => {
	const it = await offlineScene(t);
	it.server.accountFeatures = [];
	await it.actions.connect({account: juliet});
	const {key} = await send(it, 'Did it?');
	it.server.drop();
	t.is(stateOf(it, key), 'uncertain');
	t.true(notices(it).some(text => text.includes('may or may not have arrived')));
	const {key: next} = await send(it, 'And this?');
	t.is(stateOf(it, next), 'queued');
	await it.actions.connect({account: juliet});
	t.deepEqual(bodies(it), ['And this?']);
	t.is(stateOf(it, key), 'uncertain');
});

test('a receipt settles an uncertain message', async t => {
	const it = await scene(t);
	const {key, id} = await send(it, 'Did it?');
	it.server.drop();
	await it.actions.connect({account: juliet});
	await it.server.bring(
		`<message from='${romeo}/x' to='${juliet}'><received xmlns='urn:xmpp:receipts' id='${id}'/></message>`,
	);
	t.is(stateOf(it, key), 'delivered');
	t.deepEqual(it.storage.outbox.waiting(juliet), []);
});

test('what a process wrote that was killed is uncertain at the next start; what it had not written goes out', async t => {
	const profile = await profileWith(t, [{jid: juliet}]);
	const killed = await offlineScene(t, profile);
	await killed.actions.connect({account: juliet});
	const {key} = await send(killed, 'written');
	const it = await offlineScene(t, profile);
	it.server.accountFeatures = [];
	await it.start();
	t.is(stateOf(it, key), 'uncertain');
	t.is(it.saw.all('message.changed')[0]?.change.state, 'uncertain');
	await it.saw.until('account.changed', ({account}) => account.status === 'online');
	t.deepEqual(bodies(it), []);
});

test('a row that cannot be read is a failed message and stops no other', async t => {
	const it = await offlineScene(t);
	const {key} = await send(it, 'broken');
	await send(it, 'whole');
	it.storage.outbox.put({key, account: juliet, to: romeo, stanza: '<message'});
	await it.actions.connect({account: juliet});
	t.is(stateOf(it, key), 'failed');
	t.deepEqual(bodies(it), ['whole']);
});

test('a message to one resource is in the buffer of the contact', async t => {
	const it = await scene(t);
	await it.server.bring(`<message from='${romeo}/orchard' to='${juliet}' type='chat'><body>Hi</body></message>`);
	const author = it.saw.all('message.recorded')[0]?.message.author ?? romeo;
	await it.actions.sendMessage({account: juliet, to: author, body: 'Just you'});
	t.true(it.server.written.at(-1)?.startsWith('<message to="romeo@example.net/orchard"'));
	t.is(it.storage.messages.page(withRomeo, {limit: 10}).length, 2);
});

// --- buffers, history, view

test('an answer marks the conversation as read; so does saying it was read', async t => {
	const it = await scene(t);
	const arrive = (text: string) =>
		it.server.bring(`<message from='${romeo}/x' to='${juliet}' type='chat'><body>${text}</body></message>`);
	await arrive('one');
	t.is(it.saw.all('buffer.unread').at(-1)?.unread, 1);
	await send(it, 'answer');
	t.is(it.saw.all('buffer.unread').at(-1)?.unread, 0);
	await arrive('two');
	const newest = it.saw.all('message.recorded').at(-1)?.message.key ?? 0;
	await it.actions.markRead({buffer: withRomeo, upTo: newest});
	t.like(it.saw.all('buffer.unread').at(-1), {unread: 0, readUpTo: newest});
});

test('a message that waited at the server is unread, though an own one has a later time', async t => {
	const it = await offlineScene(t);
	const earlier = new Date(it.clock.now()).toISOString();
	it.clock.advance(60_000);
	await send(it, 'Are you there?');
	await it.actions.connect({account: juliet});
	await it.server.bring(
		`<message from='${romeo}/x' to='${juliet}' type='chat' id='o1'><body>Call me</body>` +
			`<delay xmlns='urn:xmpp:delay' from='example.org' stamp='${earlier}'/></message>`,
	);
	t.is(it.saw.all('buffer.unread').at(-1)?.unread, 1);
});

test('history is read from its beginning too, up to the newest', async t => {
	const it = await scene(t);
	for (const text of ['1', '2', '3', '4', '5']) {
		await send(it, text);
	}

	const following = async (key: number) => {
		await it.actions.loadHistory({buffer: withRomeo, limit: 3, after: key});
		return it.saw.all('history.loaded').at(-1);
	};
	const oldest = await following(0);
	t.deepEqual(
		oldest?.messages.map(({body}) => body),
		['1', '2', '3'],
	);
	t.like(oldest, {complete: true, following: {key: 0, last: false}});
	const key = oldest?.messages.at(-1)?.key ?? 0;
	const newest = await following(key);
	t.deepEqual(
		newest?.messages.map(({body}) => body),
		['4', '5'],
	);
	t.like(newest, {complete: false, following: {key, last: true}});
});

test('history comes in pages, the last of which says so', async t => {
	const it = await scene(t);
	for (const text of ['1', '2', '3', '4', '5', '6']) {
		await send(it, text);
	}

	const page = async (before?: number) => {
		await it.actions.loadHistory({buffer: withRomeo, limit: 3, ...(before === undefined ? {} : {before})});
		return it.saw.all('history.loaded').at(-1);
	};
	const newest = await page();
	t.deepEqual(
		newest?.messages.map(({body}) => body),
		['4', '5', '6'],
	);
	t.false(newest?.complete);
	const oldest = await page(newest?.messages[0]?.key);
	t.deepEqual(
		oldest?.messages.map(({body}) => body),
		['1', '2', '3'],
	);
	t.true(oldest?.complete);
});

test('a buffer is opened once, closed, and comes back with its draft', async t => {
	const it = await scene(t);
	const buffer = await it.actions.openBuffer({account: juliet, jid: romeo});
	t.is(buffer.id, withRomeo);
	await it.actions.openBuffer({account: juliet, jid: romeo});
	t.is(it.saw.all('buffer.opened').length, 1);
	await it.actions.saveView({active: withRomeo, drafts: {[withRomeo]: 'O, swear not', nonsense: 'x'}});
	t.like(await it.actions.snapshot({}), {active: withRomeo, buffers: [{id: withRomeo, draft: 'O, swear not'}]});
	const scroll = {key: 5, rows: 2};
	await it.actions.saveView({scroll: {[withRomeo]: scroll, nonsense: scroll}});
	t.like((await it.actions.snapshot({})).buffers[0], {draft: 'O, swear not', scroll});
	await it.actions.saveView({scroll: {[withRomeo]: 'newest'}});
	t.is((await it.actions.snapshot({})).buffers[0]?.scroll, undefined);
	await it.actions.closeBuffer({buffer: withRomeo});
	t.deepEqual((await it.actions.snapshot({})).buffers, []);
	await send(it, 'opens it again');
	t.is(it.saw.all('buffer.opened').at(-1)?.buffer.draft, 'O, swear not');
});

test('a buffer is arranged bit by bit, and what is not given stays', async t => {
	const it = await scene(t);
	await it.actions.openBuffer({account: juliet, jid: romeo});
	await it.actions.arrangeBuffer({buffer: withRomeo, pinned: true, notify: 'mentions'});
	await it.actions.arrangeBuffer({buffer: withRomeo, muted: true});
	await it.actions.arrangeBuffer({buffer: withRomeo, pinned: false});
	t.deepEqual(
		it.saw.all('buffer.changed').map(({arrangement}) => arrangement),
		[
			{pinned: true, notify: 'mentions'},
			{pinned: true, muted: true, notify: 'mentions'},
			{muted: true, notify: 'mentions'},
		],
	);
	t.like((await it.actions.snapshot({})).buffers[0], {pinned: undefined, muted: true, notify: 'mentions'});
	const nowhere = bufferId(juliet, 'chat', 'nobody@example.org' as BareJid);
	await t.throwsAsync(it.actions.arrangeBuffer({buffer: nowhere, muted: true}), {code: 'buffer-not-open'});
});

test('what counts as a highlight is told with what calls from a buffer', async t => {
	const it = await scene(t);
	await it.actions.openBuffer({account: juliet, jid: romeo});
	await it.actions.arrangeBuffer({buffer: withRomeo, notify: 'mentions'});
	t.deepEqual(it.saw.types().slice(-2), ['buffer.changed', 'buffer.unread']);
});

test('a split view is saved with the view', async t => {
	const it = await scene(t);
	await it.actions.openBuffer({account: juliet, jid: romeo});
	await it.actions.saveView({beside: withRomeo});
	await it.actions.saveView({active: withRomeo});
	t.like(await it.actions.snapshot({}), {beside: withRomeo, focus: 'first'});
	await it.actions.saveView({focus: 'second'});
	t.like(await it.actions.snapshot({}), {beside: withRomeo, focus: 'second'});
	await it.actions.saveView({beside: 'none'});
	t.is((await it.actions.snapshot({})).beside, undefined);
});

test('a removed account takes its buffers along, and with its history everything else', async t => {
	const it = await scene(t);
	await it.actions.disconnect({account: juliet});
	const {key} = await send(it, 'never sent');
	await it.actions.removeAccount({account: juliet, history: false});
	t.is(stateOf(it, key), 'failed');
	t.deepEqual((await it.actions.snapshot({})).accounts, []);
	t.deepEqual((await it.actions.snapshot({})).buffers, []);
	t.deepEqual(it.settings.read().accounts, []);
	await t.throwsAsync(it.actions.connect({account: juliet}), {message: /There is no account/});
});

test('an account that is removed leaves nothing of its encryption behind, whatever becomes of its history', async t => {
	for (const history of [false, true]) {
		const it = await scene(t);
		const {omemo} = it.storage;
		await it.secrets.forIdentity({jid: juliet, secrets: 'key-file'}).set(juliet, 'identity', 'secret');
		omemo.unlock(juliet, Buffer.alloc(32, 7));
		omemo.saveOwnDevice(juliet, {id: 7, record: Buffer.from('prekeys')});
		await it.actions.removeAccount({account: juliet, history});
		t.is(omemo.status(juliet), 'none');
		t.is(await it.secrets.forIdentity({jid: juliet, secrets: 'key-file'}).get(juliet, 'identity'), undefined);
	}
});

test('an identity that cannot be deleted is told of, and the account is gone', async t => {
	const home = await profileWith(t, [{jid: juliet}]);
	const stuck = async () => {
		throw new XmppcError({code: 'secrets-locked', kind: 'unavailable', message: 'The keychain is locked.'});
	};
	const secrets = {
		...home.secrets,
		forIdentity: (account: Pick<AccountSettings, 'jid' | 'secrets'>) => ({
			...home.secrets.forIdentity(account),
			delete: stuck,
		}),
	};
	const it = await offlineScene(t, {...home, secrets});
	await it.actions.removeAccount({account: juliet, history: false});
	t.regex(
		notices(it).join('\n'),
		/encryption identity of juliet@example\.org could not be deleted: The keychain is locked/,
	);
	t.deepEqual((await it.actions.snapshot({})).accounts, []);
});

test('an account that is being removed cannot be connected any more', async t => {
	const it = await scene(t);
	const release = it.server.holdEnd();
	const removing = it.actions.removeAccount({account: juliet, history: false});
	await t.throwsAsync(it.actions.connect({account: juliet}), {message: /There is no account/});
	release();
	await removing;
	t.is(it.server.logins, 1);
	t.is(it.saw.types().at(-1), 'account.removed');
});

test('an account that could not be taken out of the settings is still there', async t => {
	const home = await profileWith(t, [{jid: juliet}]);
	const full = new XmppcError({code: 'disk-full', kind: 'storage', message: 'The disk is full.'});
	const it = await offlineScene(t, {...home, settings: {...home.settings, update: () => Promise.reject(full)}});
	await t.throwsAsync(it.actions.removeAccount({account: juliet, history: false}), {message: 'The disk is full.'});
	await it.actions.connect({account: juliet});
	t.is(statuses(it).at(-1), 'online');
});

test('adding an account twice at once keeps the first with its password', async t => {
	const it = await offlineScene(t, await profileWith(t, []));
	const account = {jid: juliet, password: 'pencil', secrets: 'key-file'} as const;
	const first = it.actions.addAccount(account);
	await t.throwsAsync(it.actions.addAccount(account), {message: /is there already/});
	await first;
	await it.actions.connect({account: juliet});
	t.is(statuses(it).at(-1), 'online');
});
