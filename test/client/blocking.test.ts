/** Whom the person blocks and reports. */
import test from 'ava';
import {bufferId} from '../../source/model/buffer.js';
import type {TypingState} from '../../source/model/message-actions.js';
import type {BareJid} from '../../source/shared/jid.js';
import {keep} from './archive-scene.js';
import {here, juliet, offlineScene, romeo, type Scene, settled, withRomeo} from './scene.js';

const tybalt = 'tybalt@example.net' as BareJid;

async function connected(t: Parameters<typeof offlineScene>[0], blocked: readonly string[] = []): Promise<Scene> {
	const it = await offlineScene(t);
	it.server.accountFeatures = [...it.server.accountFeatures, 'urn:xmpp:blocking', 'urn:xmpp:reporting:1'];
	const items = blocked.map(jid => `<item jid='${jid}'/>`).join('');
	it.server.answerWith('blocklist', `<blocklist xmlns='urn:xmpp:blocking'>${items}</blocklist>`);
	await it.actions.connect({account: juliet});
	await settled();
	return it;
}

const stanzaId = (id: string, by: string = juliet) => `<stanza-id xmlns='urn:xmpp:sid:0' id='${id}' by='${by}'/>`;
const byTybalt = (text: string, more = '') =>
	`<message from='${tybalt}/street' to='${here}' type='chat'><body>${text}</body>${more}</message>`;
const reports = ({server}: Scene) => server.asked.filter(text => text.includes('<report '));

test('whoever is blocked cannot be written to: it is said what to do, and nothing is recorded', async t => {
	const it = await connected(t, [romeo, 'evil.example']);
	const send = (to: BareJid) => it.actions.sendMessage({account: juliet, to, body: 'hello'});
	t.like(await t.throwsAsync(send(romeo)), {
		code: 'recipient-blocked',
		kind: 'notPermitted',
		message: `You have blocked ${romeo}.`,
		hint: `/unblock ${romeo} ends that.`,
	});
	t.like(await t.throwsAsync(send('iago@evil.example' as BareJid)), {
		message: 'iago@evil.example cannot be written to: you have blocked evil.example.',
		hint: '/unblock evil.example ends that.',
	});
	t.deepEqual(it.storage.messages.page(withRomeo, {limit: 5}), []);
	t.deepEqual(it.storage.outbox.waiting(juliet), []);
	t.deepEqual((await it.actions.snapshot({})).blocked, [{account: juliet, jids: [romeo, 'evil.example' as BareJid]}]);
});

test('a message that the server sends back for a block says so, and what to do', async t => {
	const it = await connected(t);
	const {key, id} = await it.actions.sendMessage({account: juliet, to: romeo, body: 'hello'});
	await it.server.bring(
		`<message type='error' from='${romeo}' to='${here}' id='${id}'><error type='cancel'><not-acceptable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><blocked xmlns='urn:xmpp:blocking:errors'/></error></message>`,
	);
	t.is(it.storage.messages.get(key)?.failure, `You have blocked ${romeo}. /unblock ${romeo} ends that.`);
	t.is(it.saw.all('message.changed').at(-1)?.change.problem?.code, 'recipient-blocked');
});

test('a server that only refuses is understood where it is known whom it blocks', async t => {
	const it = await connected(t);
	const send = () => it.actions.sendMessage({account: juliet, to: romeo, body: 'hello'});
	const refuse = (id: string) =>
		it.server.bring(
			`<message type='error' from='${romeo}' to='${here}' id='${id}'><error type='cancel'><not-acceptable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>`,
		);
	const before = await send();
	const after = await send();
	await refuse(before.id);
	t.is(it.storage.messages.get(before.key)?.failure, 'The message breaks a rule of the server example.net.');
	await it.server.bring(
		`<iq type='set' id='p1' to='${here}'><block xmlns='urn:xmpp:blocking'><item jid='example.net'/></block></iq>`,
	);
	await settled();
	await refuse(after.id);
	t.is(
		it.storage.messages.get(after.key)?.failure,
		`${romeo} cannot be written to: you have blocked example.net. /unblock example.net ends that.`,
	);
});

test('who is blocked waits among the requests no more, and gets no answer', async t => {
	const it = await connected(t);
	await it.server.bring(byTybalt('peace'), `<presence from='${tybalt}' to='${juliet}' type='subscribe'/>`);
	const before = it.server.written.length;
	await it.actions.block({account: juliet, jid: 'example.net' as BareJid});
	const {messageRequests, requests, buffers} = await it.actions.snapshot({});
	t.deepEqual([messageRequests, requests, buffers], [[], [], []]);
	t.deepEqual(it.storage.requests.list(), []);
	t.is(it.server.written.length, before);
	t.deepEqual(await it.actions.unblock({account: juliet}).catch((error: unknown) => error), {unblocked: []});
});

test('a report names what they wrote by the ids of the own archive, the newest, and nothing of its text', async t => {
	const it = await connected(t);
	await it.server.bring(
		...Array.from({length: 25}, (_, index) => byTybalt(`Buy ${index}`, stanzaId(`a${index}`))),
		byTybalt('no id'),
		byTybalt('forged', stanzaId('f1', tybalt)),
	);
	const answer = await it.actions.report({account: juliet, jid: tybalt, reason: 'spam', text: ' Every \u0000day '});
	t.deepEqual(answer, {messages: 20});
	const [report = ''] = reports(it);
	t.deepEqual(
		[...report.matchAll(/<stanza-id [^>]*id="([^"]+)" by="([^"]+)"/g)].map(([, id, by]) => [id, by]),
		Array.from({length: 20}, (_, index) => [`a${index + 5}`, juliet]),
	);
	t.regex(report, /<text[^>]*>Every day<\/text>/);
	t.notRegex(report, /Buy/);
	t.deepEqual((await it.actions.snapshot({})).messageRequests, []);
});

test('somebody who wrote nothing can be reported as well', async t => {
	const it = await connected(t);
	t.deepEqual(await it.actions.report({account: juliet, jid: tybalt, reason: 'abuse'}), {messages: 0});
	t.regex(reports(it)[0] ?? '', /reason="urn:xmpp:reporting:abuse"\/>/);
});

test('without a connection nobody is blocked', async t => {
	const it = await connected(t);
	await it.actions.disconnect({account: juliet});
	t.like(await t.throwsAsync(it.actions.block({account: juliet, jid: tybalt})), {code: 'not-connected'});
	t.like(await t.throwsAsync(it.actions.listBlocked({account: juliet})), {code: 'not-connected'});
});

const chatStates = 'http://jabber.org/protocol/chatstates';
const asks = "<request xmlns='urn:xmpp:receipts'/><markable xmlns='urn:xmpp:chat-markers:0'/>";
const byRomeo = (id: string) =>
	`<message from='${romeo}/orchard' to='${here}' type='chat' id='${id}'><body>${id}</body>${asks}<active xmlns='${chatStates}'/></message>`;
/** What was written to Romeo, by what it says. */
const toRomeo = ({server}: Scene) =>
	server.written.flatMap(text =>
		text.includes(` to="${romeo}`) ? [/<(composing|paused|active|displayed|received)/.exec(text)?.[1] ?? text] : [],
	);
const reads = async (it: Scene) => {
	await it.actions.markRead({buffer: withRomeo, upTo: it.storage.messages.newest(withRomeo) ?? 0});
	it.clock.advance(2000);
	await settled();
};
const types = async (it: Scene, state: TypingState) => {
	await it.actions.setTyping({buffer: withRomeo, state});
	await settled();
};

test('a contact who is blocked learns neither what the person writes, nor what came or was read', async t => {
	const it = await connected(t);
	it.server.room(`${romeo}/orchard`, [chatStates]);
	await it.server.bring(`<presence from='${romeo}/orchard'/>`, byRomeo('m1'));
	await types(it, 'composing');
	await reads(it);
	t.deepEqual(toRomeo(it), ['received', 'composing', 'displayed']);

	await it.actions.block({account: juliet, jid: romeo});
	await it.server.bring(byRomeo('m2'));
	await types(it, 'none');
	await types(it, 'composing');
	it.clock.advance(10_000);
	await reads(it);
	t.deepEqual(toRomeo(it), ['received', 'composing', 'displayed']);

	it.server.answerWith('blocklist', `<blocklist xmlns='urn:xmpp:blocking'><item jid='${romeo}'/></blocklist>`);
	await it.actions.unblock({account: juliet, jid: romeo});
	await reads(it);
	await it.server.bring(byRomeo('m3'));
	await reads(it);
	t.deepEqual(toRomeo(it), ['received', 'composing', 'displayed', 'received', 'displayed']);
});

test('what is owed to somebody whom another device has blocked meanwhile is not told them at the next login', async t => {
	const it = await connected(t);
	await it.server.bring(byRomeo('m1'));
	t.deepEqual(toRomeo(it), ['received']);
	await it.actions.disconnect({account: juliet});
	await it.actions.markRead({buffer: withRomeo, upTo: it.storage.messages.newest(withRomeo) ?? 0});
	it.server.answerWith('blocklist', `<blocklist xmlns='urn:xmpp:blocking'><item jid='${romeo}'/></blocklist>`);
	keep(it, {n: 'm2', id: 'm2', extra: asks});
	await it.actions.connect({account: juliet});
	await it.server.bring(byRomeo('m3'));
	await settled();
	await settled();
	t.is(it.storage.messages.page(withRomeo, {limit: 5}).length, 3);
	t.deepEqual(toRomeo(it), []);
	t.deepEqual(
		it.storage.ownReads.owed(juliet).filter(({told}) => told === 'others'),
		[],
	);
});

test('what is due waits until it is known who is blocked, and is sent where that cannot be known', async t => {
	const it = await connected(t);
	await it.actions.disconnect({account: juliet});
	it.server.unanswered.add('blocklist');
	await it.actions.connect({account: juliet});
	await it.server.bring(byRomeo('m1'));
	await reads(it);
	t.deepEqual(toRomeo(it), []);
	it.clock.advance(30_000);
	await settled();
	t.deepEqual(toRomeo(it), ['received', 'displayed']);
});

test('the conversation stays as it was, whoever is blocked', async t => {
	const it = await connected(t);
	await it.server.bring(`<message from='${romeo}/orchard' to='${here}' type='chat'><body>hello</body></message>`);
	await it.actions.block({account: juliet, jid: romeo});
	const {buffers} = await it.actions.snapshot({});
	t.deepEqual(
		buffers.map(({id}) => id),
		[bufferId(juliet, 'chat', romeo)],
	);
	t.is(it.storage.messages.page(withRomeo, {limit: 5}).length, 1);
});
