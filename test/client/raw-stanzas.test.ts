/** The stanzas of messages as they crossed the wire, and in which message's details they stand. */
import test from 'ava';
import {createRawStanzas} from '../../source/client/raw-stanzas.js';
import type {MessageChange} from '../../source/model/message.js';
import {stanzasKept} from '../../source/model/message-actions.js';
import type {BareJid} from '../../source/shared/jid.js';
import {append, createElement} from '../../source/xmpp/element.js';
import {parseElement} from '../../source/xmpp/parser.js';
import {message} from '../tui/support.js';
import {keep as archived, connect, idle} from './archive-scene.js';
import {here, juliet, offlineScene, romeo, type Scene, scene, withRomeo} from './scene.js';

const orchard = 'romeo@example.net/orchard';
const said = (key: number, more: Partial<Parameters<typeof message>[2]> = {}) => ({
	...message(0, 'x', {account: juliet, ...more}),
	key,
});
const text = (body: string) => `<message><body>${body}</body></message>`;
const stanzas = (forgets = false) => createRawStanzas({account: juliet, forgetsRetracted: () => forgets});

const shown = ({storage}: Scene) => storage.messages.page(withRomeo, {limit: 100});
const xmlOf = async ({actions}: Scene, key = 0) => (await actions.messageDetails({account: juliet, key})).xml;
/** The stanzas of the conversation with Romeo. */
const all = async (it: Scene) => Promise.all(shown(it).map(({key}) => xmlOf(it, key)));
const fromRomeo = (body: string, id = 'm1', more = '') =>
	`<message from='${orchard}' to='${here}' type='chat' id='${id}'><body>${body}</body>${more}</message>`;

test('the last messages are kept, as many as there may be', t => {
	const kept = stanzas();
	for (let key = 1; key <= stanzasKept.messages + 1; key++) {
		kept.keep(said(key), text(`${key}`));
	}

	t.is(kept.xmlOf(1), undefined);
	t.regex(kept.xmlOf(2) ?? '', /<body>2</u);
	t.regex(kept.xmlOf(stanzasKept.messages + 1) ?? '', /<body>2001</u);
});

test('all of them together take no more than they may, however few that makes', t => {
	const kept = stanzas();
	// Octets count, not characters, and something for what an entry takes besides.
	const each = text('é'.repeat(stanzasKept.longest / 16));
	const fit = Math.floor(stanzasKept.octets / (Buffer.byteLength(each) + 200));
	for (let key = 1; key <= 2 * fit; key++) {
		kept.keep(said(key), each);
	}

	const there = Array.from({length: 2 * fit}, (_, index) => index + 1).filter(key => kept.xmlOf(key) !== undefined);
	t.true(there.length < fit && there.length > 0.95 * fit, `${there.length} of ${fit}`);
	t.is(there.at(-1), 2 * fit);
	t.is((there[0] ?? 0) + there.length - 1, 2 * fit);
});

test('a stanza that is too long is not kept, and pushes no other out', t => {
	const kept = stanzas();
	kept.keep(said(1), text('one'));
	kept.keep(said(2), text('x'.repeat(stanzasKept.longest)));
	// Octets count, not characters.
	kept.keep(said(3), text('€'.repeat(stanzasKept.longest / 2)));
	t.not(kept.xmlOf(1), undefined);
	t.is(kept.xmlOf(2), undefined);
	t.is(kept.xmlOf(3), undefined);
});

test('of a message that goes out again the last stanza counts, once', t => {
	const kept = stanzas();
	for (let round = 0; round <= stanzasKept.messages; round++) {
		kept.keep(said(1), text(`${round}`));
	}

	kept.keep(said(2), text('other'));
	t.regex(kept.xmlOf(1) ?? '', /<body>2000</u);
	kept.keep(said(1), text('x'.repeat(stanzasKept.longest)));
	t.is(kept.xmlOf(1), undefined, 'what is there is not what went out');
});

test('what only changed another message takes no place of one that can be looked at', t => {
	const kept = stanzas();
	kept.keep(said(1), text('said'));
	for (let key = 2; key <= stanzasKept.messages + 2; key++) {
		kept.keep(said(key, {hidden: true}), text('changed'));
	}

	t.not(kept.xmlOf(1), undefined);
	t.is(kept.xmlOf(2), undefined);
});

test('an element is kept with all that is around it', t => {
	const inner = createElement('message', {xmlns: 'jabber:client', id: 'm1'});
	const outer = createElement('message', {from: juliet});
	append(outer, [createElement('received', {xmlns: 'urn:xmpp:carbons:2'}, inner)]);
	const kept = stanzas();
	kept.keep(said(1), inner);
	t.is(
		kept.xmlOf(1),
		[
			`<message from="${juliet}">`,
			'\t<received xmlns="urn:xmpp:carbons:2">',
			'\t\t<message xmlns="jabber:client" id="m1"/>',
			'\t</received>',
			'</message>',
		].join('\n'),
	);
});

test('no name that the network may send keeps a stanza from being kept', t => {
	const stanza = parseElement("<message><a\u200Cb xmlns='urn:a' \u2070='1'/></message>");
	const kept = stanzas();
	if (stanza !== undefined) {
		kept.keep(said(1), stanza);
	}

	t.is(kept.xmlOf(1), '<message>\n\t<a\u200Cb xmlns="urn:a" \u2070="1"/>\n</message>');
});

test('what somebody could use who reads it over the shoulder is not in it, and a huge one is cut', t => {
	const kept = stanzas();
	kept.keep(said(1), "<message><x xmlns='jabber:x:conference' jid='a@b' password='s3cr3t'/></message>");
	kept.keep(said(2), `<message>${'<a><b/></a>'.repeat(5000)}</message>`);
	t.true(kept.xmlOf(1)?.includes('password="[hidden]"'));
	t.true((kept.xmlOf(2) ?? '').length < 40_000);
	t.true(kept.xmlOf(2)?.endsWith('…'));
});

test('what is forgotten is forgotten here too', t => {
	const retracted = {by: 'author', at: 0} as const;
	const takeBack = (kept: ReturnType<typeof stanzas>, account: BareJid, change: Partial<MessageChange>) =>
		kept.hear({type: 'message.changed', change: {key: 1, account, buffer: withRomeo, ...change}});
	const kept = stanzas(true);
	kept.keep(said(1), text('Tybalt'));
	takeBack(kept, juliet, {state: 'acked'});
	takeBack(kept, romeo, {retracted});
	t.not(kept.xmlOf(1), undefined);
	takeBack(kept, juliet, {retracted});
	t.is(kept.xmlOf(1), undefined);
	kept.keep(said(1, {retracted}), text('Tybalt'));
	t.is(kept.xmlOf(1), undefined, 'nor is it kept when it goes out once more');

	const remembering = stanzas(false);
	remembering.keep(said(1), text('Tybalt'));
	takeBack(remembering, juliet, {retracted});
	t.not(remembering.xmlOf(1), undefined);
});

test('the details of what came carry the stanza', async t => {
	const it = await scene(t);
	await it.server.bring(fromRomeo('Good morrow', 'm1', "<request xmlns='urn:xmpp:receipts'/>"));
	t.deepEqual(await all(it), [
		[
			`<message from="${orchard}" to="${here}" type="chat" id="m1">`,
			'\t<body>Good morrow</body>',
			'\t<request xmlns="urn:xmpp:receipts"/>',
			'</message>',
		].join('\n'),
	]);
});

test('the details of what went out carry what was written, and nothing before it was', async t => {
	const it = await offlineScene(t);
	const {key} = await it.actions.sendMessage({account: juliet, to: romeo, body: 'Ay me!'});
	t.is(await xmlOf(it, key), undefined);
	await it.actions.connect({account: juliet});
	const written = it.server.written.find(each => each.includes('Ay me!')) ?? '';
	const xml = (await xmlOf(it, key)) ?? '';
	t.regex(xml, /^\t<body>Ay me!<\/body>$/mu);
	t.is(xml.replaceAll(/\n\t*/gu, ''), written);
	const online = await it.actions.sendMessage({account: juliet, to: romeo, body: 'Wherefore?'});
	t.regex((await xmlOf(it, online.key)) ?? '', /Wherefore\?/u);
});

test('a copy of what another device sent or got is there as it came, wrapper and all', async t => {
	const it = await scene(t);
	await it.server.bring(
		`<message from='${juliet}' to='${here}'><sent xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' from='${juliet}/phone' to='${romeo}' type='chat' id='c1'><body>From my phone</body></message></forwarded></sent></message>`,
	);
	const [xml = ''] = await all(it);
	t.regex(xml, /^<message .*\n\t<sent xmlns="urn:xmpp:carbons:2">\n\t\t<forwarded/u);
	t.regex(xml, /From my phone/u);
});

test('what comes out of the archive is there with its result', async t => {
	const it = await offlineScene(t);
	const [id] = archived(it, {n: 'Good night', ago: 1000});
	await connect(it);
	await idle(it);
	const [xml = ''] = await all(it);
	t.true(xml.includes('<result xmlns="urn:xmpp:mam:2"'));
	t.true(xml.includes(`id="${id}"`));
	t.true(xml.includes('<body>Good night</body>'));
});

test('who uses an id again, or copies what comes out of others, puts nothing into a message of theirs', async t => {
	const it = await scene(t);
	await it.server.bring(fromRomeo('I love thee'));
	const {key, id} = await it.actions.sendMessage({account: juliet, to: romeo, body: 'And I thee'});
	const tybalt = fromRomeo('I hate thee').replace(orchard, 'tybalt@example.net/square');
	await it.server.bring(
		tybalt,
		tybalt.replace("id='m1'", `id='${id}'`),
		// The same id by the same author, with other words.
		fromRomeo('I hate thee too'),
		// A carbon that nobody may send but the account itself.
		`<message from='tybalt@example.net' to='${here}'><received xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>${fromRomeo('forged')}</forwarded></received></message>`,
	);
	const [first, own, second, ...others] = await all(it);
	t.deepEqual(others, []);
	t.true(first?.includes('I love thee'));
	t.true(own?.includes('And I thee'));
	t.is(own, await xmlOf(it, key));
	t.true(second?.includes('I hate thee too'));
});

test('a correction comes in a stanza of its own: the message keeps the one it was said in', async t => {
	const it = await scene(t);
	await it.server.bring(fromRomeo('airlock'));
	await it.server.bring(fromRomeo('window', 'm2', "<replace xmlns='urn:xmpp:message-correct:0' id='m1'/>"));
	const [xml, ...others] = await all(it);
	t.deepEqual(others, []);
	t.true(xml?.includes('airlock'));
});

test('where the text of what is taken back is forgotten, so is its stanza', async t => {
	const it = await scene(t);
	await it.actions.changeSetting({name: 'retractions.forget', value: true});
	const takeBack = (id: string) =>
		`<message from='${orchard}' to='${here}' type='chat' id='r${id}'><retract xmlns='urn:xmpp:message-retract:1' id='${id}'/></message>`;
	// Before, in one with, and after what it is about.
	await it.server.bring(takeBack('m1'));
	await it.server.bring(fromRomeo('one', 'm1'), fromRomeo('two', 'm2'), takeBack('m2'), fromRomeo('three', 'm3'));
	await it.server.bring(takeBack('m3'));
	t.is(shown(it).length, 3);
	t.deepEqual(await all(it), [undefined, undefined, undefined]);
});

test('nothing of it is there after a restart', async t => {
	const it = await scene(t);
	await it.server.bring(fromRomeo('Good morrow'));
	await it.stop();
	const again = await offlineScene(t, it);
	t.is(shown(again).length, 1);
	t.deepEqual(await all(again), [undefined]);
});
