import test from 'ava';
import {bufferId} from '../../source/model/buffer.js';
import type {BareJid} from '../../source/shared/jid.js';
import {connect, idle, leave} from './archive-scene.js';
import {here, juliet, offlineScene, romeo, type Scene, scene, withRomeo} from './scene.js';

const orchard = `${romeo}/orchard`;
const propose = (id: string, inner = "<description xmlns='urn:xmpp:jingle:apps:rtp:1' media='audio'/>") =>
	`<propose xmlns='urn:xmpp:jingle-message:0' id='${id}'>${inner}</propose><store xmlns='urn:xmpp:hints'/>`;
const message = (content: string, {from = orchard, to = here, more = "type='chat'"} = {}) =>
	`<message from='${from}' to='${to}' ${more} xmlns='jabber:client'>${content}</message>`;
const carbon = (direction: 'sent' | 'received', inner: string) =>
	`<message from='${juliet}' to='${here}' type='chat'><${direction} xmlns='urn:xmpp:carbons:2'>
		<forwarded xmlns='urn:xmpp:forward:0'>${inner}</forwarded></${direction}></message>`;
const said = (what: string, id: string) => `<${what} xmlns='urn:xmpp:jingle-message:0' id='${id}'/>`;
const texts = ({storage}: Scene, buffer = withRomeo) =>
	storage.messages.page(buffer, {limit: 100}).map(({body}) => body);
const missed = `[Missed call from ${romeo} (calls are not supported by xmppc)]`;

test('the offer of a call is a line, and nothing of it is answered', async t => {
	const it = await scene(t);
	const before = it.server.written.length;
	await it.server.bring(
		message(`${propose('c1')}<request xmlns='urn:xmpp:receipts'/><markable xmlns='urn:xmpp:chat-markers:0'/>`, {
			more: "type='chat' id='jm-propose-c1'",
		}),
	);
	t.deepEqual(texts(it), [missed]);
	t.deepEqual(it.server.written.slice(before), []);
	t.is(it.saw.all('buffer.unread').at(-1)?.unread, 1);
});

test('a call with a picture is called one', async t => {
	const it = await scene(t);
	await it.server.bring(
		message(
			propose(
				'c1',
				"<description xmlns='urn:xmpp:jingle:apps:rtp:1' media='audio'/><description xmlns='urn:xmpp:jingle:apps:rtp:1' media='video'/>",
			),
		),
	);
	t.deepEqual(texts(it), [`[Missed video call from ${romeo} (calls are not supported by xmppc)]`]);
});

test('one call is one line, by whatever ways it is offered and whatever becomes of it', async t => {
	const it = await scene(t);
	const toAll = message(propose('c1'), {to: juliet, more: "type='chat' id='1'"});
	await it.server.bring(
		toAll,
		toAll,
		message(propose('c1'), {from: `${romeo}/tablet`}),
		carbon('received', toAll),
		message(said('ringing', 'c1')),
		carbon('sent', message(said('ringing', 'c1'), {from: `${juliet}/phone`, to: orchard})),
		carbon('sent', message(said('proceed', 'c1'), {from: `${juliet}/phone`, to: orchard})),
		carbon('sent', message(said('accept', 'c1'), {from: `${juliet}/phone`, to: juliet})),
		carbon('sent', message(said('reject', 'c1'), {from: `${juliet}/phone`, to: orchard})),
		message(said('retract', 'c1')),
		message(said('finish', 'c1')),
	);
	t.deepEqual(texts(it), [missed]);
	await it.server.bring(message(propose('c2')));
	t.deepEqual(texts(it), [missed, missed]);
});

test('a call that the account makes elsewhere is no line', async t => {
	const it = await scene(t);
	await it.server.bring(carbon('sent', message(propose('c1'), {from: `${juliet}/phone`, to: romeo})));
	t.deepEqual(texts(it), []);
});

test('what says to be an offer and is none, or comes in a room or as an error, is no line', async t => {
	const it = await scene(t);
	await it.server.bring(
		message("<propose xmlns='urn:xmpp:jingle-message:0'/>"),
		message("<propose xmlns='urn:xmpp:jingle-message:0' id=''/>"),
		message(propose('x'.repeat(5000))),
		message("<propose xmlns='urn:other' id='c'/>"),
		message(`<wrap xmlns='urn:other'>${propose('c')}</wrap>`),
		message(propose('c'), {more: "type='error'"}),
		message(propose('c'), {more: "type='headline'"}),
		message(propose('c'), {more: "type='groupchat'", from: 'orchard@rooms.example.net/romeo'}),
	);
	t.deepEqual(texts(it), []);
});

test('an offer with a text says that text', async t => {
	const it = await scene(t);
	await it.server.bring(message(`<body>I call you</body>${propose('c1')}`));
	t.deepEqual(texts(it), ['I call you']);
});

test('a stranger who rings and rings gets few lines, and more once something was said', async t => {
	const it = await scene(t);
	const tybalt = 'tybalt@example.net' as BareJid;
	const buffer = bufferId(juliet, 'chat', tybalt);
	const ring = (from: number) =>
		it.server.bring(...[1, 2, 3, 4, 5, 6].map(number => message(propose(`t${from + number}`), {from: `${tybalt}/x`})));
	await ring(0);
	t.is(texts(it, buffer).length, 3);
	await it.server.bring(message('<body>Answer me</body>', {from: `${tybalt}/x`, more: "type='chat' id='m'"}));
	await ring(10);
	t.is(texts(it, buffer).length, 7);
});

test('a contact who rings without end gets no line without end', async t => {
	const it = await scene(t);
	await it.server.bring(...Array.from({length: 80}, (_, number) => message(propose(`c${number}`))));
	t.is(texts(it).length, 50);
});

test('what was offered live and is in the archive too, or in the archive twice, is one line', async t => {
	const it = await offlineScene(t);
	const offer = (id: string, to: string = juliet) => message(propose(id), {to, more: "type='chat'"});
	const keepOffer = (id: string) => it.server.archive.add({at: it.clock.now(), peer: romeo, message: offer(id)});
	await connect(it);
	await it.server.bring(offer('c1', here));
	await leave(it);
	keepOffer('c1');
	keepOffer('c2');
	keepOffer('c2');
	it.server.archive.add({at: it.clock.now(), peer: romeo, message: message(said('retract', 'c2'), {to: juliet})});
	await connect(it);
	await idle(it);
	t.deepEqual(texts(it), [missed, missed]);
	t.deepEqual(
		it.server.written.filter(text => text.includes('<message')),
		[],
	);
});
