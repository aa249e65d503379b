/** Strangers: what they write waits, and nothing of it goes back to them (`docs/decisions/0025-requests.md`). */
import test from 'ava';
import {createOpenBuffers} from '../../source/client/buffers.js';
import {createJournal} from '../../source/client/journal.js';
import {createRequests} from '../../source/client/requests.js';
import {bufferId} from '../../source/model/buffer.js';
import type {Event} from '../../source/model/events.js';
import type {BareJid, Jid} from '../../source/shared/jid.js';
import {connect as connectArchive, idle, keep} from './archive-scene.js';
import {connect, empties, held, online, pass, say, spoken, stateOf} from './encryption/encrypted-scene.js';
import {profileWith} from './profile.js';
import {here, juliet, offlineScene, romeo, type Scene, scene, settled, withRomeo} from './scene.js';

const tybalt = 'tybalt@example.net' as BareJid;
const withTybalt = bufferId(juliet, 'chat', tybalt);
const room = 'square@rooms.example.net' as BareJid;

const body = (text: string) => `<body>${text}</body>`;
const asks = "<request xmlns='urn:xmpp:receipts'/><markable xmlns='urn:xmpp:chat-markers:0'/>";
const from = (author: string, inside: string, attributes = "type='chat' id='1'") =>
	`<message from='${author}' to='${here}' ${attributes}>${inside}</message>`;
const byTybalt = (text: string, more = '') => from(`${tybalt}/street`, body(text) + more);

const shown = ({saw}: Scene) => saw.all('message.recorded').map(({message}) => message.body);
const opened = ({saw}: Scene) => saw.all('buffer.opened').map(({buffer}) => buffer.jid);
const waiting = async ({actions}: Scene) => (await actions.snapshot({})).messageRequests ?? [];
/** Everything that left since. */
const since = ({server}: Scene) => {
	const before = [server.asked.length, server.written.length];
	return () => [...server.asked.slice(before[0]), ...server.written.slice(before[1])];
};

test('what a stranger writes is recorded and waits; it opens no buffer and is no message of one', async t => {
	const it = await scene(t);
	await it.server.bring(byTybalt('What, drawn, and talk of peace?'), byTybalt('I hate the word'));
	t.deepEqual(opened(it), []);
	t.deepEqual(shown(it), []);
	t.is(it.storage.messages.page(withTybalt, {limit: 5}).length, 2);
	const [request, ...others] = await waiting(it);
	t.deepEqual(others, []);
	t.deepEqual(request, {
		account: juliet,
		buffer: withTybalt,
		jid: tybalt,
		text: 'What, drawn, and talk of peace?',
		count: 2,
		at: it.clock.now(),
	});
	t.deepEqual(it.saw.all('request.changed').at(-1)?.request, request);
	t.deepEqual((await it.actions.snapshot({})).buffers, []);
});

test('nothing goes back to a stranger, whatever they ask for, nor is anything asked about them', async t => {
	const it = await scene(t);
	const left = since(it);
	await it.server.bring(
		byTybalt('peace', asks),
		from(`${tybalt}/street`, "<composing xmlns='http://jabber.org/protocol/chatstates'/>"),
		`<presence from='${tybalt}/street' to='${here}'><c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='n' ver='v'/><x xmlns='vcard-temp:x:update'><photo>da39a3ee5e6b4b0d3255bfef95601890afd80709</photo></x></presence>`,
		`<presence from='${tybalt}' to='${juliet}' type='subscribe'><status>Turn</status></presence>`,
	);
	await settled();
	await it.actions.loadHistory({buffer: withTybalt, limit: 10});
	await it.actions.snapshot({});
	await settled();
	t.deepEqual(
		left().filter(text => !text.includes('urn:xmpp:mam:2')),
		[],
	);
	t.false(left().some(text => text.includes(tybalt)));
});

test('whoever waits, or was accepted and not answered, learns neither that somebody writes nor that it was read', async t => {
	const it = await scene(t);
	const chatStates = 'http://jabber.org/protocol/chatstates';
	it.server.room(`${tybalt}/street`, [chatStates]);
	await it.server.bring(byTybalt('peace', `${asks}<active xmlns='${chatStates}'/>`));
	const left = since(it);
	const looks = async () => {
		await it.actions.setTyping({buffer: withTybalt, state: 'composing'});
		await it.actions.markRead({buffer: withTybalt, upTo: it.storage.messages.newest(withTybalt) ?? 0});
		it.clock.advance(60_000);
		await settled();
	};
	await looks();
	t.is((await waiting(it)).length, 1);
	await it.actions.acceptRequest({account: juliet, jid: tybalt});
	await looks();
	t.is(it.storage.buffers.get(withTybalt)?.unread, 0);
	t.deepEqual(
		it.storage.ownReads.owed(juliet).filter(({told}) => told === 'others'),
		[],
	);
	t.false(left().some(text => text.includes(tybalt)));
	await it.actions.disconnect({account: juliet});
	await it.actions.connect({account: juliet});
	await settled();
	t.false([...it.server.asked, ...it.server.written].some(text => text.includes(tybalt)));
});

test('what only says something about another message is no stranger’s message, and takes nobody’s place', async t => {
	const profile = await profileWith(t, [{jid: juliet}]);
	const first = await offlineScene(t, profile);
	await first.actions.connect({account: juliet});
	const reacts = (author: string) =>
		from(
			author,
			"<reactions xmlns='urn:xmpp:reactions:0' id='1'><reaction>👍</reaction></reactions>",
			"type='chat' id='2'",
		);
	const corrects = (id: string, text: string) =>
		from(
			`${tybalt}/street`,
			`${body(text)}<replace xmlns='urn:xmpp:message-correct:0' id='1'/>`,
			`type='chat' id='${id}'`,
		);
	await first.server.bring(...Array.from({length: 30}, (_, index) => reacts(`s${index}@example.net/x`)));
	t.deepEqual(await waiting(first), []);
	await first.server.bring(byTybalt('peece'), reacts(`${tybalt}/street`), corrects('3', 'peace'));
	t.like((await waiting(first))[0], {text: 'peace', count: 1});
	t.is((await waiting(first)).length, 1);
	await first.stop();
	const again = await offlineScene(t, profile);
	t.like((await waiting(again))[0], {text: 'peace', count: 1});
	t.is((await waiting(again)).length, 1);
});

test('what was taken back before anybody looked is not quoted', async t => {
	const profile = await profileWith(t, [{jid: juliet}]);
	const first = await offlineScene(t, profile);
	await first.actions.connect({account: juliet});
	const retracts = from(
		`${tybalt}/street`,
		"<retract xmlns='urn:xmpp:message-retract:1' id='1'/>",
		"type='chat' id='2'",
	);
	await first.server.bring(retracts, byTybalt('Villain'));
	t.like((await waiting(first))[0], {jid: tybalt, text: '', count: 1});
	await first.stop();
	t.like((await waiting(await offlineScene(t, profile)))[0], {jid: tybalt, text: '', count: 1});
});

test('an encrypted message of a stranger is read, and nothing of that goes back before the person answers', async t => {
	const it = await online(t);
	const theirs = await it.device(tybalt, 51);
	const before = it.pep.asked.length;
	const left = since(it);
	await it.server.bring(theirs.write('Villain'));
	await pass(it, 10_000);
	const [request] = await waiting(it);
	t.is(request?.text, 'Villain');
	await it.actions.loadHistory({buffer: withTybalt, limit: 10});
	await it.actions.acceptRequest({account: juliet, jid: tybalt});
	await pass(it, 10_000);
	t.deepEqual(empties(it), []);
	t.false(it.pep.asked.slice(before).some(node => node.startsWith(tybalt)));
	t.false(left().some(text => text.includes(tybalt)));
});

test('what a stranger wrote encrypted says nothing of their other devices: encryption is not given up for it', async t => {
	const it = await online(t);
	const theirs = await it.device(tybalt, 51);
	await it.server.bring(theirs.write('Villain'));
	await it.actions.acceptRequest({account: juliet, jid: tybalt});
	await pass(it, 10_000);
	t.deepEqual(held(it), []);
	t.not((await stateOf(it, withTybalt))?.encryption, 'unavailable');
	await say(it, 'Good den', tybalt);
	t.is(theirs.read(spoken(it).at(-1) ?? '').kind, 'message');
	t.is((await stateOf(it, withTybalt))?.encryption, 'omemo');
});

test('accepting opens the conversation with what was written, which waits to be read', async t => {
	const it = await scene(t);
	await it.server.bring(byTybalt('peace'), byTybalt('I hate the word'));
	const left = since(it);
	const {buffer} = await it.actions.acceptRequest({account: juliet, jid: tybalt});
	t.like(buffer, {id: withTybalt, jid: tybalt, kind: 'chat', unread: 2});
	t.deepEqual(it.saw.types().slice(-2), ['buffer.opened', 'request.resolved']);
	t.deepEqual(await waiting(it), []);
	await it.server.bring(byTybalt('as I hate hell', asks));
	t.deepEqual(shown(it), ['as I hate hell']);
	// Not even now: only whoever sees our presence learns that we are here.
	t.deepEqual(left(), []);
});

test('who was accepted stays accepted, closed buffer or not, over restarts', async t => {
	const profile = await profileWith(t, [{jid: juliet}]);
	const first = await offlineScene(t, profile);
	await first.actions.connect({account: juliet});
	await first.server.bring(byTybalt('peace'));
	await first.actions.acceptRequest({account: juliet, jid: tybalt});
	await first.actions.closeBuffer({buffer: withTybalt});
	await first.stop();
	const again = await offlineScene(t, profile);
	await again.actions.connect({account: juliet});
	await again.server.bring(byTybalt('turn, Benvolio'));
	t.deepEqual(shown(again), ['turn, Benvolio']);
	t.deepEqual(await waiting(again), []);
});

test('a request waits over restarts, with how much came', async t => {
	const profile = await profileWith(t, [{jid: juliet}]);
	const first = await offlineScene(t, profile);
	await first.actions.connect({account: juliet});
	await first.server.bring(byTybalt('peace'), byTybalt('I hate the word'));
	await first.stop();
	const again = await offlineScene(t, profile);
	t.like((await waiting(again))[0], {jid: tybalt, text: 'peace', count: 2});
	await again.actions.connect({account: juliet});
	await again.server.bring(byTybalt('as I hate hell'));
	t.like((await waiting(again))[0], {text: 'peace', count: 3});
	t.deepEqual(shown(again), []);
});

test('a declined one waits no more and hears nothing; what they write later waits once more', async t => {
	const it = await scene(t);
	await it.server.bring(byTybalt('peace'));
	const left = since(it);
	await it.actions.declineRequest({account: juliet, jid: tybalt});
	t.deepEqual(left(), []);
	t.deepEqual(await waiting(it), []);
	t.deepEqual(it.saw.all('request.resolved').at(-1), {type: 'request.resolved', account: juliet, buffer: withTybalt});
	await it.server.bring(byTybalt('turn, Benvolio'));
	t.like((await waiting(it))[0], {text: 'turn, Benvolio', count: 1});
	t.deepEqual(opened(it), []);
});

test('somebody who does not wait is neither accepted nor declined', async t => {
	const it = await scene(t);
	const problem = {code: 'no-such-request'};
	t.like(await t.throwsAsync(it.actions.acceptRequest({account: juliet, jid: tybalt})), problem);
	t.like(await t.throwsAsync(it.actions.declineRequest({account: juliet, jid: tybalt})), problem);
});

test('who writes and asks to see presence is answered at once for both', async t => {
	const subscribe = `<presence from='${tybalt}' to='${juliet}' type='subscribe'/>`;
	const it = await scene(t);
	await it.server.bring(byTybalt('peace'), subscribe);
	await it.actions.acceptRequest({account: juliet, jid: tybalt});
	t.true(it.server.written.some(text => /type="subscribed"/.test(text) && text.includes(tybalt)));
	t.deepEqual((await it.actions.snapshot({})).requests, []);

	const other = await scene(t);
	await other.server.bring(byTybalt('peace'), subscribe);
	await other.actions.declineRequest({account: juliet, jid: tybalt});
	t.true(other.server.written.some(text => /type="unsubscribed"/.test(text) && text.includes(tybalt)));
	t.deepEqual(await waiting(other), []);
	t.deepEqual((await other.actions.snapshot({})).requests, []);
});

test('accepted as a contact, they are added and asked to show their presence', async t => {
	const it = await scene(t);
	await it.server.bring(byTybalt('peace'));
	await it.actions.acceptRequest({account: juliet, jid: tybalt, add: true});
	t.true(it.server.asked.some(text => text.includes('jabber:iq:roster') && text.includes(tybalt)));
	t.true(it.server.written.some(text => /type="subscribe"/.test(text)));
	t.deepEqual(opened(it), [tybalt]);
});

test('what only adds a contact needs a connection; what only opens a conversation does not', async t => {
	const it = await scene(t);
	await it.server.bring(byTybalt('peace'));
	await it.actions.disconnect({account: juliet});
	const adding = it.actions.acceptRequest({account: juliet, jid: tybalt, add: true});
	t.like(await t.throwsAsync(adding), {code: 'not-connected'});
	t.is((await waiting(it)).length, 1);
	t.like(await it.actions.acceptRequest({account: juliet, jid: tybalt}), {buffer: {jid: tybalt}});
});

test('whom the person writes to first is no stranger, nor whom they wrote to from another device', async t => {
	const it = await scene(t);
	await it.actions.sendMessage({account: juliet, to: tybalt, body: 'Good den'});
	await it.actions.closeBuffer({buffer: withTybalt});
	await it.server.bring(byTybalt('A word'));
	t.deepEqual(shown(it), ['Good den', 'A word']);

	const other = await scene(t);
	const sent = `<message xmlns='jabber:client' from='${juliet}/phone' to='${tybalt}' type='chat'>${body('Good den')}</message>`;
	await other.server.bring(
		byTybalt('peace'),
		`<message from='${juliet}' to='${here}'><sent xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>${sent}</forwarded></sent></message>`,
	);
	t.deepEqual(opened(other), [tybalt]);
	t.deepEqual(await waiting(other), []);
});

test('whom the person wrote to long ago, by the archive, is no stranger', async t => {
	const it = await offlineScene(t);
	keep(
		it,
		{n: 'Good den', own: true, peer: tybalt, ago: 900_000},
		...Array.from({length: 120}, (_, n) => ({n, ago: 500_000 - n})),
	);
	await connectArchive(it);
	await idle(it);
	await it.actions.loadHistory({buffer: withTybalt, limit: 10});
	await idle(it);
	t.is(it.storage.messages.page(withTybalt, {limit: 5}).length, 1);
	await it.server.bring(byTybalt('A word'));
	t.deepEqual(await waiting(it), []);
	t.true(opened(it).includes(tybalt));
});

test('what a stranger wrote while nobody was here waits as well', async t => {
	const it = await scene(t);
	await it.server.bring(from(`${romeo}/orchard`, body('hello')));
	await it.actions.disconnect({account: juliet});
	keep(it, {n: 'peace', peer: tybalt});
	await connectArchive(it);
	await idle(it);
	t.like((await waiting(it))[0], {jid: tybalt, text: 'peace', count: 1});
	t.false(opened(it).includes(tybalt));
});

test('a contact is no stranger: who becomes one, here or on another device, waits no more', async t => {
	const it = await scene(t);
	await it.server.bring(byTybalt('peace'));
	await it.server.bring(
		`<iq type='set' id='p1'><query xmlns='jabber:iq:roster'><item jid='${tybalt}' subscription='none'/></query></iq>`,
	);
	await settled();
	t.deepEqual(opened(it), [tybalt]);
	t.deepEqual(await waiting(it), []);
});

test('who opens the conversation by hand has answered', async t => {
	const it = await scene(t);
	await it.server.bring(byTybalt('peace'));
	t.like(await it.actions.openBuffer({account: juliet, jid: tybalt}), {unread: 1});
	t.deepEqual(await waiting(it), []);
});

test('the own server and the own account are no strangers', async t => {
	const it = await scene(t);
	await it.server.bring(from('example.org', body('Maintenance at ten')), from(juliet, body('note')));
	t.deepEqual(shown(it), ['Maintenance at ten', 'note']);
	t.deepEqual(await waiting(it), []);
});

test('somebody in a room that nobody entered waits under the address they have there', async t => {
	const it = await scene(t);
	const author = `${room}/Friar Laurence` as Jid;
	await it.server.bring(from(author, `${body('psst')}<x xmlns='http://jabber.org/protocol/muc#user'/>`));
	const [request] = await waiting(it);
	t.like(request, {jid: author, buffer: bufferId(juliet, 'private', author)});
	const {buffer} = await it.actions.acceptRequest({account: juliet, jid: author});
	t.like(buffer, {kind: 'private', jid: author});
});

test('a long first message is kept short, and a letter is known by its subject', async t => {
	const it = await scene(t);
	await it.server.bring(
		byTybalt('word '.repeat(1000)),
		from('paris@example.net/x', '<subject>A suit</subject>', "id='2'"),
	);
	const [first, second] = await waiting(it);
	t.is(Array.from(first?.text ?? '').length, 280);
	t.is(second?.text, 'A suit');
});

test('the account goes, and with it who waits for it', async t => {
	const it = await scene(t);
	await it.server.bring(byTybalt('peace'));
	await it.actions.removeAccount({account: juliet, history: true});
	t.deepEqual(await waiting(it), []);
	t.deepEqual(it.storage.requests.list(), []);
});

test('the first words follow what becomes of the first message, and of no other', async t => {
	const it = await scene(t);
	await it.server.bring(byTybalt('Have at the, coward'), byTybalt('Turn'));
	const [first, second] = it.storage.messages.page(withTybalt, {limit: 5}).map(({key}) => key);
	const told: Event[] = [];
	const journal = createJournal(it.storage, event => told.push(event));
	const requests = createRequests({storage: it.storage, journal, buffers: createOpenBuffers(it.storage, journal)});
	const change = {account: juliet, buffer: withTybalt};
	requests.hear({type: 'message.changed', change: {...change, key: second ?? 0, body: 'Another'}});
	t.deepEqual(told, []);
	requests.hear({type: 'message.changed', change: {...change, key: first ?? 0, body: 'Have at thee, coward'}});
	t.is(requests.waiting()[0]?.text, 'Have at thee, coward');
	requests.hear({
		type: 'message.changed',
		change: {...change, key: first ?? 0, retracted: {by: 'author', at: it.clock.now()}},
	});
	t.like(requests.waiting()[0], {text: '', count: 2});
	t.deepEqual(
		told.map(({type}) => type),
		['request.changed', 'request.changed'],
	);
});

// --- floods

const fromStranger = (index: number, text = 'Buy!') => from(`s${index}@example.net/x`, body(text), "type='chat'");

test('a flood of strangers: some wait, the rest is kept, told of once, and waits when they write later', async t => {
	const it = await scene(t);
	await it.server.bring(...Array.from({length: 150}, (_, index) => fromStranger(index)));
	await it.server.bring(
		...Array.from({length: 150}, (_, index) => fromStranger(150 + index)),
		from(`${romeo}/orchard`, body('Hi')),
	);
	t.is((await waiting(it)).length, 20);
	t.deepEqual(shown(it), ['Hi']);
	t.is(it.saw.all('notice').filter(({text}) => text.startsWith('Many strangers')).length, 1);

	const last = 's299@example.net' as BareJid;
	t.is((await it.actions.openBuffer({account: juliet, jid: last})).unread, 1);
	it.clock.advance(60_000);
	await it.server.bring(fromStranger(298, 'Please!'));
	t.like((await waiting(it)).at(-1), {jid: 's298@example.net', text: 'Please!', count: 1});
	await it.actions.acceptRequest({account: juliet, jid: 's298@example.net' as BareJid});
	t.is(it.saw.all('buffer.opened').at(-1)?.buffer.unread, 2);
});

test('a hundred strangers wait, whatever time they take; answering one makes room', async t => {
	const it = await scene(t);
	for (let minute = 0; minute < 10; minute++) {
		await it.server.bring(...Array.from({length: 15}, (_, index) => fromStranger(minute * 15 + index)));
		it.clock.advance(60_000);
	}

	t.is((await waiting(it)).length, 100);
	await it.actions.declineRequest({account: juliet, jid: 's3@example.net' as BareJid});
	await it.server.bring(fromStranger(149), fromStranger(148));
	const jids = (await waiting(it)).map(({jid}) => jid);
	t.is(jids.length, 100);
	t.true(jids.includes('s149@example.net' as BareJid));
	t.false(jids.includes('s148@example.net' as BareJid));
});

test('who waits and writes on takes nobody’s place', async t => {
	const it = await scene(t);
	await it.server.bring(...Array.from({length: 500}, () => byTybalt('Turn!')), fromStranger(1));
	t.deepEqual(
		(await waiting(it)).map(({jid, count}) => [jid, count]),
		[
			[tybalt, 500],
			['s1@example.net', 1],
		],
	);
	t.deepEqual(
		it.saw.all('notice').filter(({level}) => level === 'warning'),
		[],
	);
});

test('a first message that cannot be recorded leaves nobody waiting', async t => {
	const profile = await profileWith(t, [{jid: juliet}]);
	const {requests} = profile.storage;
	let fails = true;
	const storage = {
		...profile.storage,
		requests: {
			...requests,
			add(...input: Parameters<typeof requests.add>) {
				requests.add(...input);
				if (fails) {
					throw new TypeError('a defect');
				}
			},
		},
	};
	const it = await offlineScene(t, {...profile, storage});
	await it.actions.connect({account: juliet});
	await it.server.bring(byTybalt('peace'), from(`${romeo}/orchard`, body('hello')));
	t.deepEqual(await waiting(it), []);
	t.deepEqual(requests.list(), []);
	t.true(opened(it).includes(romeo));
	fails = false;
	await it.server.bring(byTybalt('turn'));
	t.is((await waiting(it)).length, 1);
	t.is(it.storage.messages.page(withRomeo, {limit: 1}).length, 1);
});

test('with encryption the account logs in while somebody waits as ever', async t => {
	const it = await online(t);
	await it.server.bring(byTybalt('peace'));
	await it.actions.disconnect({account: juliet});
	const before = it.pep.asked.length;
	await connect(it);
	t.false(it.pep.asked.slice(before).some(node => node.startsWith(tybalt)));
	t.is((await waiting(it)).length, 1);
});
