/** Which ids are believed, and what counts as the same message (`protocol.md` §3.5), rule by rule. */
import test from 'ava';
import {after, anchor, connect, keep, leave, lines, stanzaId, stateOf, stored} from './archive-scene.js';
import {here, juliet, offlineScene, romeo, type Scene, scene, settled, withRomeo} from './scene.js';

const orchard = `${romeo}/orchard`;
const day = 24 * 60 * 60_000;

const fromRomeo = (content: string, attributes = "type='chat' id='m1'") =>
	`<message xmlns='jabber:client' from='${orchard}' to='${here}' ${attributes}>${content}</message>`;
const body = (text: string) => `<body>${text}</body>`;
const delayed = (at: number, from: string = romeo) =>
	`<delay xmlns='urn:xmpp:delay' from='${from}' stamp='${new Date(at).toISOString()}'/>`;
const originId = (id: string) => `<origin-id xmlns='urn:xmpp:sid:0' id='${id}'/>`;
const carbon = (inner: string, beside = '') =>
	`<message from='${juliet}' to='${here}' type='chat'><received xmlns='urn:xmpp:carbons:2'>
		<forwarded xmlns='urn:xmpp:forward:0'>${inner}</forwarded></received>${beside}</message>`;

const shown = ({saw}: Scene) => saw.all('message.recorded').map(({message}) => message);
const bodies = (it: Scene) => shown(it).map(({body}) => body);

// --- whose ids are believed

for (const feature of ['urn:xmpp:sid:0', 'urn:xmpp:mam:2']) {
	test(`an account that announces ${feature} alone gives ids that count`, async t => {
		const it = await offlineScene(t);
		it.server.accountFeatures = [feature];
		await it.actions.connect({account: juliet});
		await it.server.bring(fromRomeo(body('x') + stanzaId('a1')));
		t.is(shown(it)[0]?.archiveId, 'a1');
	});
}

test('an account that does not tell what it does gives no ids that count', async t => {
	const it = await offlineScene(t);
	const refusal = "<error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>";
	it.server.answerWith('query', payload =>
		payload.includes('disco#info') ? refusal : "<query xmlns='jabber:iq:roster'/>",
	);
	await it.actions.connect({account: juliet});
	await it.server.bring(fromRomeo(body('x') + stanzaId('a1')));
	t.is(shown(it)[0]?.archiveId, undefined);
});

test('of a carbon the id inside of it counts, and none that stands beside it', async t => {
	const it = await scene(t);
	const inner = (text: string, id: string, more = '') =>
		`<message xmlns='jabber:client' from='${orchard}' to='${juliet}/phone' type='chat' id='${id}'>${body(text)}${more}</message>`;
	await it.server.bring(carbon(inner('1', 'c1', stanzaId('a1'))), carbon(inner('2', 'c2'), stanzaId('a2')));
	t.deepEqual(
		shown(it).map(({archiveId}) => archiveId),
		['a1', undefined],
	);
});

test('of a result of the archive its own id counts, whatever id the message inside of it has', async t => {
	const it = await after(t, lines(1));
	const [id] = keep(it, {n: 2, extra: stanzaId('elsewhere')});
	await connect(it);
	t.is(it.storage.messages.byArchiveId(juliet, juliet, 'elsewhere'), undefined);
	t.is(it.storage.messages.byArchiveId(juliet, juliet, id ?? '')?.body, '2');
	t.is(anchor(it)?.id, id);
});

// --- own messages

test('an own message is known by its origin-id where the id was changed on the way, and by the id where that is all', async t => {
	const it = await scene(t);
	const first = await it.actions.sendMessage({account: juliet, to: romeo, body: 'first'});
	const second = await it.actions.sendMessage({account: juliet, to: romeo, body: 'second'});
	const copy = (attributes: string, content: string) =>
		`<message xmlns='jabber:client' from='${here}' to='${romeo}' type='chat' ${attributes}>${content}</message>`;
	it.server.archive.add({
		at: it.clock.now(),
		peer: romeo,
		message: copy("id='changed'", body('first') + originId(first.id ?? '')),
	});
	it.server.archive.add({at: it.clock.now(), peer: romeo, message: copy(`id='${second.id}'`, body('second'))});
	await leave(it);
	await connect(it);
	t.deepEqual(stored(it), ['first', 'second']);
	t.like(it.storage.messages.get(first.key), {state: 'acked', archiveId: 'a1'});
	t.like(it.storage.messages.get(second.key), {state: 'acked', archiveId: 'a2'});
});

test('whoever takes the id of a message of ours for one of theirs does not make it disappear, nor change ours', async t => {
	const it = await scene(t);
	const {key, id = ''} = await it.actions.sendMessage({account: juliet, to: romeo, body: 'mine'});
	await it.server.bring(fromRomeo(body('theirs') + originId(id) + stanzaId('a1'), `type='chat' id='${id}'`));
	t.deepEqual(bodies(it), ['mine', 'theirs']);
	t.is(it.storage.messages.get(key)?.archiveId, undefined);
	t.is(it.storage.messages.get(key)?.state, 'written');
});

test('an own message to somebody else with the same id is another one', async t => {
	const it = await scene(t);
	const {key, id = ''} = await it.actions.sendMessage({account: juliet, to: romeo, body: 'to Romeo'});
	await it.server.bring(
		`<message from='${juliet}' to='${here}' type='chat'><sent xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>
			<message xmlns='jabber:client' from='${juliet}/phone' to='nurse@example.org' type='chat' id='${id}'>${body('to Nurse')}</message>
		</forwarded></sent></message>`,
	);
	t.deepEqual(bodies(it), ['to Romeo', 'to Nurse']);
	t.is(it.storage.messages.get(key)?.state, 'written');
});

// --- messages of others, where one of the copies has no archive's id

test('the same words under the same id twice, without a detour, are two messages', async t => {
	const it = await scene(t);
	await it.server.bring(fromRomeo(body('Knock')), fromRomeo(body('Knock')));
	t.deepEqual(bodies(it), ['Knock', 'Knock']);
});

test('a repetition that took a detour is one for three days, and only under the same id', async t => {
	const it = await scene(t);
	await it.server.bring(fromRomeo(body('Knock')));
	it.clock.advance(3 * day - 1000);
	await it.server.bring(fromRomeo(body('Knock') + delayed(it.clock.now())));
	t.deepEqual(bodies(it), ['Knock']);
	await it.server.bring(fromRomeo(body('Knock') + delayed(it.clock.now()), "type='chat' id='m2'"));
	t.deepEqual(bodies(it), ['Knock', 'Knock']);
	it.clock.advance(2000);
	await it.server.bring(fromRomeo(body('Knock') + delayed(it.clock.now())));
	t.deepEqual(bodies(it), ['Knock', 'Knock', 'Knock']);
});

test('two that the archive keeps under two ids are two, whatever their own ids and words', async t => {
	const it = await after(t, lines(1));
	keep(it, {n: 'Knock', id: 'same'}, {n: 'Knock', id: 'same'});
	await connect(it);
	t.deepEqual(stored(it), ['1', 'Knock', 'Knock']);
});

test('a letter that waited at the server and is in the archive is one, also where it has nothing but a subject', async t => {
	const it = await offlineScene(t);
	const subject = (text: string) => `<subject>${text}</subject>`;
	const letters = [subject('Come'), subject('Come') + body('tonight'), subject('Go') + body('tonight')].map(
		(content, index) => ({content, attributes: `type='normal' id='${index === 0 ? 'l1' : 'l2'}'`}),
	);
	for (const {content, attributes} of letters) {
		it.server.archive.add({at: it.clock.now() - 5000, peer: romeo, message: fromRomeo(content, attributes)});
	}

	await connect(it);
	await it.server.bring(
		...letters.map(({content, attributes}) =>
			fromRomeo(content + delayed(it.clock.now() - 5000, 'example.org'), attributes),
		),
	);
	t.deepEqual(
		it.storage.messages.page(withRomeo, {limit: 10}).map(({subject, body}) => [subject, body]),
		[
			['Come', ''],
			['Come', 'tonight'],
			['Go', 'tonight'],
		],
	);
	t.is(stateOf(it)?.head?.id, 'a3');
	await it.server.bring(
		fromRomeo(subject('Stay') + body('tonight') + delayed(it.clock.now(), 'example.org'), "type='normal' id='l2'"),
	);
	t.is(it.storage.messages.page(withRomeo, {limit: 10}).at(-1)?.subject, 'Stay');
});

test('what comes with Bind 2 before the account has said what it does is known again in the archive', async t => {
	const it = await after(t, lines(1));
	it.server.features = {...it.server.features, bind2: true, carbonsEnabled: true};
	const inner = `<message xmlns='jabber:client' from='${orchard}' to='${juliet}/phone' type='chat'>${body('2')}`;
	it.server.archive.add({id: 'a2', at: it.clock.now(), peer: romeo, message: `${inner}</message>`});
	const release = it.server.hold();
	const connecting = it.actions.connect({account: juliet});
	await settled();
	await it.server.bring(carbon(`${inner}${stanzaId('a2')}</message>`));
	release();
	await connecting;
	t.deepEqual(stored(it), ['1', '2']);
});
