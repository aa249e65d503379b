import test from 'ava';
import {bufferId} from '../../source/model/buffer.js';
import type {BareJid} from '../../source/shared/jid.js';
import {countingCommits, profileWith} from './profile.js';
import {here, juliet, offlineScene, romeo, type Scene, scene, settled, withRomeo} from './scene.js';

const orchard = 'romeo@example.net/orchard';
const body = (text: string) => `<body>${text}</body>`;
const receiptRequest = "<request xmlns='urn:xmpp:receipts'/>";

/** A message of Romeo's. */
function fromRomeo(content: string, attributes = "type='chat' id='m1'"): string {
	return `<message from='${orchard}' to='${here}' ${attributes}>${content}</message>`;
}

function carbon(direction: 'sent' | 'received', inner: string, outer = `from='${juliet}'`): string {
	return `<message ${outer} to='${here}' type='chat'><${direction} xmlns='urn:xmpp:carbons:2'>
		<forwarded xmlns='urn:xmpp:forward:0'>${inner}</forwarded></${direction}></message>`;
}

const sentElsewhere = `<message xmlns='jabber:client' from='juliet@example.org/phone' to='${romeo}' type='chat'
	id='s1'>${body('From my phone')}</message>`;
const receivedElsewhere = `<message xmlns='jabber:client' from='${orchard}' to='juliet@example.org/phone' type='chat'
	id='s2'>${body('To your phone')}${receiptRequest}</message>`;

const shown = ({saw}: Scene) => saw.all('message.recorded').map(({message}) => message);
const receipts = ({server}: Scene) => server.written.filter(text => text.includes('urn:xmpp:receipts'));

test('a message opens its buffer, is recorded, and is counted as unread', async t => {
	const it = await scene(t);
	await it.server.bring(fromRomeo(`${body('Good morrow')}<thread>t1</thread>`));
	const [message] = shown(it);
	t.like(message, {
		account: juliet,
		buffer: withRomeo,
		kind: 'chat',
		direction: 'incoming',
		author: orchard,
		body: 'Good morrow',
		thread: 't1',
		id: 'm1',
		receivedAt: it.clock.now(),
		via: 'live',
	});
	t.deepEqual(it.storage.messages.page(withRomeo, {limit: 10}), message === undefined ? [] : [message]);
	t.deepEqual(it.saw.types().slice(-3), ['buffer.opened', 'message.recorded', 'buffer.unread']);
	t.is(it.saw.all('buffer.unread').at(-1)?.unread, 1);
});

test('a message that has a word of the person or their name in it is recorded as one that calls them', async t => {
	const it = await scene(t);
	await it.actions.changeSetting({name: 'highlight.words', value: ['balcony']});
	const texts = ['To the Balcony!', 'juliet, come', 'Good morrow'];
	await it.server.bring(...texts.map((text, index) => fromRomeo(body(text), `type='chat' id='h${index}'`)));
	await it.server.bring(fromRomeo(body('juliet: news'), "type='headline' id='h9'"));
	await it.server.bring(carbon('sent', sentElsewhere.replace('From my phone', 'juliet here')));
	t.deepEqual(
		it.storage.messages.page(withRomeo, {limit: 10}).map(({highlight}) => highlight),
		[true, true, undefined, undefined, undefined],
	);
	t.true(shown(it)[0]?.highlight);
});

test('a batch is one transaction, told afterwards, with one count a buffer', async t => {
	const it = await scene(t);
	const texts = ['one', 'two', 'three'];
	await it.server.bring(...texts.map((text, index) => fromRomeo(body(text), `type='chat' id='b${index}'`)));
	t.deepEqual(
		shown(it).map(({body}) => body),
		texts,
	);
	t.deepEqual(
		it.saw.all('buffer.unread').map(({unread}) => unread),
		[3],
	);
	t.is(it.saw.all('buffer.opened').length, 1);
});

test('what one read brings is one transaction, whatever presence and pushes lie between the messages', async t => {
	const {profile, commits} = countingCommits(await profileWith(t, [{jid: juliet}]));
	const it = await offlineScene(t, profile);
	await it.actions.connect({account: juliet});
	const before = commits();
	await it.server.bring(
		fromRomeo(body('one')),
		`<presence from='${orchard}'/>`,
		fromRomeo(body('two'), "type='chat' id='m2'"),
		`<iq type='set' id='p'><query xmlns='jabber:iq:roster' ver='2'><item jid='${romeo}' name='R'/></query></iq>`,
		fromRomeo(body('three'), "type='chat' id='m3'"),
	);
	t.is(commits(), before + 1);
	t.deepEqual(
		it.saw
			.types()
			.filter(type => type !== 'buffer.opened' && type !== 'buffer.unread')
			.slice(-5),
		['message.recorded', 'presence.changed', 'message.recorded', 'contact.changed', 'message.recorded'],
	);
	t.true(it.server.asked.at(-1)?.startsWith('<iq type="result" id="p"'));
});

test('a message of every type is shown as what it is, an unknown type as normal', async t => {
	const it = await scene(t);
	await it.server.bring(
		fromRomeo(body('a'), "type='chat'"),
		fromRomeo(body('b'), "type='headline'"),
		fromRomeo(body('c'), "type='normal'"),
		fromRomeo(body('d'), ''),
		fromRomeo(body('e'), "type='shout'"),
	);
	t.deepEqual(
		shown(it).map(({kind}) => kind),
		['chat', 'headline', 'normal', 'normal', 'normal'],
	);
});

test('groupchat of a room that is not joined is dropped', async t => {
	const it = await scene(t);
	await it.server.bring(
		`<message from='room@rooms.example.net/romeo' to='${here}' type='groupchat'>${body('Hey')}</message>`,
	);
	t.deepEqual(shown(it), []);
});

test('without anything to read nothing is recorded', async t => {
	const it = await scene(t);
	await it.server.bring(
		fromRomeo(''),
		fromRomeo('<body/>'),
		fromRomeo("<composing xmlns='http://jabber.org/protocol/chatstates'/>"),
		fromRomeo('<subject>About us</subject>'),
		fromRomeo("<body xmlns='urn:other'>other</body>"),
		fromRomeo("<html xmlns='http://jabber.org/protocol/xhtml-im'><body>rich</body></html>"),
	);
	t.deepEqual(shown(it), []);
	t.deepEqual((await it.actions.snapshot({})).buffers, []);
});

test('a letter or headline may have nothing but a subject', async t => {
	const it = await scene(t);
	await it.server.bring(fromRomeo('<subject>Maintenance at noon</subject>', "type='headline'"));
	t.like(shown(it)[0], {body: '', subject: 'Maintenance at noon', kind: 'headline'});
});

test('of several bodies the one without a language counts, else the first', async t => {
	const it = await scene(t);
	await it.server.bring(
		fromRomeo(`<body xml:lang='de'>Hallo</body>${body('Hello')}${body('Again')}`),
		fromRomeo("<body xml:lang='de'>Hallo</body><body xml:lang='fr'>Salut</body>"),
		fromRomeo(`<body/>${body('Not empty')}`),
	);
	t.deepEqual(
		shown(it).map(({body}) => body),
		['Hello', 'Hallo', 'Not empty'],
	);
});

test('a ciphertext is never shown, neither is the sentence for other clients', async t => {
	const it = await scene(t);
	const omemo =
		"<encrypted xmlns='eu.siacs.conversations.axolotl'><header sid='1'/><payload>SECRET</payload></encrypted>";
	await it.server.bring(
		fromRomeo(`${body('I sent you an OMEMO message')}${omemo}`),
		fromRomeo(`${body('fallback')}<encrypted xmlns='urn:xmpp:omemo:2'><header/><payload>SECRET</payload></encrypted>`),
		fromRomeo(`${body('This message is encrypted')}<x xmlns='jabber:x:encrypted'>SECRET</x>`),
		fromRomeo(body('?OTR:SECRET')),
		fromRomeo(`${body('SECRET')}<encryption xmlns='urn:xmpp:eme:0' namespace='urn:new' name='New\u009bthing'/>`),
	);
	t.deepEqual(
		shown(it).map(({body}) => body.replace(/^\[This message is encrypted with (.*?)\..*$/, '$1')),
		['OMEMO', 'OMEMO', 'OpenPGP', 'OTR', 'New\uFFFDthing'],
	);
	t.false(JSON.stringify(shown(it)).includes('SECRET'));
});

test('an OMEMO message that only carries keys is nothing to read', async t => {
	const it = await scene(t);
	await it.server.bring(
		fromRomeo(`${body('fallback')}<encrypted xmlns='eu.siacs.conversations.axolotl'><header sid='1'/></encrypted>`),
	);
	t.deepEqual(shown(it), []);
});

// --- carbons (protocol rows 1 to 5)

test('a carbon of what was sent elsewhere becomes an outgoing message that the server has', async t => {
	const it = await scene(t);
	await it.server.bring(carbon('sent', sentElsewhere));
	t.like(shown(it)[0], {
		buffer: withRomeo,
		body: 'From my phone',
		direction: 'outgoing',
		author: 'juliet@example.org/phone',
		via: 'carbon',
		state: 'acked',
	});
	t.is(it.saw.all('buffer.unread').at(-1)?.unread, 0);
});

test('a carbon of what was received elsewhere is an incoming message, and its receipt is not ours to give', async t => {
	const it = await scene(t);
	await it.server.bring(carbon('received', receivedElsewhere));
	t.like(shown(it)[0], {buffer: withRomeo, body: 'To your phone', direction: 'incoming', via: 'carbon'});
	t.deepEqual(receipts(it), []);
});

const forgeries: Readonly<Record<string, string>> = {
	'from a contact': carbon('sent', sentElsewhere, `from='${romeo}'`),
	'from the own full JID': carbon('sent', sentElsewhere, `from='${here}'`),
	'from the server': carbon('received', receivedElsewhere, "from='example.org'"),
	'without a sender': carbon('received', receivedElsewhere, ''),
	'inside a carbon': carbon(
		'received',
		carbon('received', receivedElsewhere).replace('<message', "<message xmlns='jabber:client'"),
	),
	'around an archive result': carbon(
		'received',
		receivedElsewhere.replace('<body>', "<result xmlns='urn:xmpp:mam:2' id='1'/><body>"),
	),
	'around groupchat': carbon('received', receivedElsewhere.replace("type='chat'", "type='groupchat'")),
	'around a presence': carbon('received', `<presence xmlns='jabber:client' from='${orchard}' to='${juliet}'/>`),
	'around two messages': carbon('received', receivedElsewhere + receivedElsewhere),
	'around nothing': carbon('received', ''),
	'in two wrappers': carbon('sent', sentElsewhere).replace(
		/<\/message>$/,
		"<received xmlns='urn:xmpp:carbons:2'/></message>",
	),
	'of something sent by somebody else': carbon('sent', receivedElsewhere),
	'of something received by somebody else': carbon('received', sentElsewhere),
	'in a foreign namespace': carbon('received', receivedElsewhere.replace('jabber:client', 'jabber:server')),
};

for (const [what, stanza] of Object.entries(forgeries)) {
	test(`a carbon ${what} is dropped whole`, async t => {
		const it = await scene(t);
		await it.server.bring(stanza, fromRomeo(body('after')));
		t.deepEqual(
			shown(it).map(({body}) => body),
			['after'],
		);
	});
}

// --- addresses

test('what is addressed to somebody else is dropped, not what was kept for another device of the account', async t => {
	const it = await scene(t);
	await it.server.bring(
		`<message from='${orchard}' to='nurse@example.org' type='chat'>${body('x')}</message>`,
		`<message from='${orchard}' to='juliet@example.org/phone' type='chat'>${body('to the phone')}</message>`,
		`<message from='ro meo@example.net' to='${here}' type='chat'>${body('x')}</message>`,
		`<message from='${orchard}' to='${juliet}' type='chat'>${body('to the account')}</message>`,
	);
	t.deepEqual(
		shown(it).map(({body}) => body),
		['to the phone', 'to the account'],
	);
});

test('addresses are compared in their one form', async t => {
	const it = await scene(t);
	await it.server.bring(
		`<message from='ROMEO@Example.NET/orchard' to='JULIET@example.org' type='chat'>${body('Hey')}</message>`,
	);
	t.is(shown(it)[0]?.buffer, withRomeo);
});

test('a note to oneself from another resource is outgoing', async t => {
	const it = await scene(t);
	await it.server.bring(
		`<message from='juliet@example.org/phone' to='${juliet}' type='chat' id='n'>${body('Buy poison')}</message>`,
	);
	t.like(shown(it)[0], {buffer: bufferId(juliet, 'chat', juliet), direction: 'outgoing', state: 'acked'});
});

// --- receipts

test('a contact who sees our presence gets the receipt they ask for, once', async t => {
	const it = await scene(t);
	await it.server.bring(fromRomeo(body('Did you get it?') + receiptRequest));
	const [receipt, ...others] = receipts(it);
	t.deepEqual(others, []);
	t.regex(receipt ?? '', /to="romeo@example\.net\/orchard"/);
	t.regex(receipt ?? '', /<received xmlns="urn:xmpp:receipts" id="m1"\/>/);
	t.regex(receipt ?? '', /<store xmlns="urn:xmpp:hints"\/>/);
	t.notRegex(receipt ?? '', /<request/);
});

const undeserving: Readonly<Record<string, string>> = {
	'that does not ask': fromRomeo(body('x')),
	'without an id': fromRomeo(body('x') + receiptRequest, "type='chat'"),
	'from a stranger': `<message from='tybalt@example.net/x' to='${here}' type='chat' id='1'>${body('x')}${receiptRequest}</message>`,
	'of type headline': fromRomeo(body('x') + receiptRequest, "type='headline' id='1'"),
	'of type error': fromRomeo(body('x') + receiptRequest, "type='error' id='1'"),
	'with nothing to read': fromRomeo(receiptRequest),
	'of our own': `<message from='juliet@example.org/phone' to='${juliet}' type='chat' id='1'>${body('x')}${receiptRequest}</message>`,
};

for (const [what, stanza] of Object.entries(undeserving)) {
	test(`a message ${what} gets no receipt`, async t => {
		const it = await scene(t);
		await it.server.bring(stanza);
		t.deepEqual(receipts(it), []);
	});
}

test('a contact whose presence we only see gets no receipt', async t => {
	const it = await scene(t);
	await it.server.bring(
		`<iq type='set' id='p1'><query xmlns='jabber:iq:roster'><item jid='${romeo}' subscription='to'/></query></iq>`,
	);
	await settled();
	await it.server.bring(fromRomeo(body('x') + receiptRequest));
	t.deepEqual(receipts(it), []);
});

test('with receipts switched off nobody gets one', async t => {
	const profile = await profileWith(t, [{jid: juliet}]);
	await profile.settings.update(settings => ({...settings, receipts: false}));
	const it = await offlineScene(t, profile);
	await it.actions.connect({account: juliet});
	await it.server.bring(fromRomeo(body('x') + receiptRequest));
	t.is(shown(it).length, 1);
	t.deepEqual(receipts(it), []);
});

async function sentBy(it: Scene): Promise<{readonly key: number; readonly id: string}> {
	const sent = await it.actions.sendMessage({account: juliet, to: romeo, body: 'Wherefore?'});
	it.server.acknowledge();
	return sent;
}

const receiptFor = (id: string, from: string, type = "type='chat'") =>
	`<message from='${from}' to='${here}' ${type}><received xmlns='urn:xmpp:receipts' id='${id}'/></message>`;

test('a receipt of any resource of the addressee marks the message as delivered', async t => {
	const it = await scene(t);
	const {key, id} = await sentBy(it);
	await it.server.bring(receiptFor(id, 'romeo@example.net/phone'));
	t.is(it.storage.messages.get(key)?.state, 'delivered');
	t.like(it.saw.all('message.changed').at(-1)?.change, {key, buffer: withRomeo, state: 'delivered'});
});

test('a receipt that comes before the acknowledgement stays', async t => {
	const it = await scene(t);
	const {key, id} = await it.actions.sendMessage({account: juliet, to: romeo, body: 'Wherefore?'});
	await it.server.bring(receiptFor(id, orchard));
	it.server.acknowledge();
	t.is(it.storage.messages.get(key)?.state, 'delivered');
	t.deepEqual(it.storage.outbox.waiting(juliet), []);
});

test('receipts from anybody else, of type error, in a foreign carbon or for unknown ids change nothing', async t => {
	const it = await scene(t);
	const {key, id} = await sentBy(it);
	await it.server.bring(
		receiptFor(id, 'tybalt@example.net/x'),
		receiptFor(id, juliet),
		receiptFor(id, 'example.net'),
		receiptFor(id, orchard, "type='error'"),
		receiptFor('unknown', orchard),
		carbon(
			'received',
			receiptFor(id, orchard).replace('<message', "<message xmlns='jabber:client'"),
			`from='${romeo}'`,
		),
	);
	t.is(it.storage.messages.get(key)?.state, 'acked');
	t.is(shown(it).length, 1);
});

test('what our other resource says it received is not about what we sent', async t => {
	const it = await scene(t);
	const {key, id} = await sentBy(it);
	const theirs = `<message xmlns='jabber:client' from='juliet@example.org/phone' to='${orchard}' type='chat'>
		<received xmlns='urn:xmpp:receipts' id='${id}'/></message>`;
	await it.server.bring(carbon('sent', theirs));
	t.is(it.storage.messages.get(key)?.state, 'acked');
});

// --- displayed markers

const markerFor = (id: string, from: string, type = "type='chat'") =>
	`<message from='${from}' to='${here}' ${type}><displayed xmlns='urn:xmpp:chat-markers:0' id='${id}'/></message>`;
const stateOf = (it: Scene, key: number) => it.storage.messages.get(key)?.state;

test('a displayed marker says that the message was read, and all that the server had before it', async t => {
	const it = await scene(t);
	const first = await sentBy(it);
	const second = await sentBy(it);
	await it.server.bring(receiptFor(first.id, orchard));
	const third = await sentBy(it);
	const waiting = await it.actions.sendMessage({account: juliet, to: romeo, body: 'On its way'});
	await it.server.bring(markerFor(second.id, orchard));
	t.deepEqual(
		[first, second, third, waiting].map(({key}) => stateOf(it, key)),
		['displayed', 'displayed', 'acked', 'written'],
	);
	await it.server.bring(markerFor(first.id, orchard), receiptFor(second.id, orchard));
	t.is(stateOf(it, second.key), 'displayed');
	t.is(stateOf(it, third.key), 'acked');
	// A marker is no message.
	t.is(shown(it).length, 4);
});

test('a message that came back is not said to have been read by a marker for a later one', async t => {
	const it = await scene(t);
	const first = await sentBy(it);
	const second = await sentBy(it);
	await it.server.bring(bounce(first.id, romeo), markerFor(second.id, orchard));
	t.is(stateOf(it, first.key), 'failed');
	t.is(stateOf(it, second.key), 'displayed');
});

test('markers from anybody else, of type error or for unknown ids change nothing', async t => {
	const it = await scene(t);
	const {key, id} = await sentBy(it);
	await it.server.bring(
		markerFor(id, 'tybalt@example.net/x'),
		markerFor(id, juliet),
		markerFor(id, orchard, "type='error'"),
		markerFor('unknown', orchard),
	);
	t.is(stateOf(it, key), 'acked');
});

// --- bounces

const bounce = (
	id: string,
	from: string,
	error = "<service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>",
) =>
	`<message from='${from}' to='${here}' type='error' id='${id}'>${body('Wherefore?')}
		<error type='cancel'>${error}</error></message>`;

test('an error from the addressee marks the message as failed, with the reason', async t => {
	const it = await scene(t);
	const {key, id} = await sentBy(it);
	await it.server.bring(bounce(id, romeo));
	t.like(it.storage.messages.get(key), {
		state: 'failed',
		failure: 'romeo@example.net does not exist or takes no messages.',
	});
	t.is(shown(it).length, 1);
});

test('the words of an error are made harmless', async t => {
	const it = await scene(t);
	const {key, id} = await sentBy(it);
	const text = "<text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>go\u009b31m away</text>";
	await it.server.bring(bounce(id, romeo, `<forbidden xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>${text}`));
	t.is(
		it.storage.messages.get(key)?.failure,
		'romeo@example.net does not accept messages from this account (“go\uFFFD31m away”).',
	);
});

test('an error from anybody else, or about nothing we sent, is dropped and never shown', async t => {
	const it = await scene(t);
	const {key, id} = await sentBy(it);
	await it.server.bring(
		bounce(id, 'tybalt@example.net'),
		bounce(id, 'example.net'),
		bounce('unknown', romeo),
		`<message from='${romeo}' to='${here}' type='error'>${body('Send me your password')}</message>`,
	);
	t.is(it.storage.messages.get(key)?.state, 'acked');
	t.is(shown(it).length, 1);
});

test('an error after a receipt does not take the delivery back', async t => {
	const it = await scene(t);
	const {key, id} = await sentBy(it);
	await it.server.bring(receiptFor(id, orchard), bounce(id, romeo));
	t.is(it.storage.messages.get(key)?.state, 'delivered');
});

// --- once and only once

const stanzaId = (id: string, by: string = juliet) => `<stanza-id xmlns='urn:xmpp:sid:0' id='${id}' by='${by}'/>`;

test('the id of the own archive is kept, and the same id is not shown twice', async t => {
	const it = await scene(t);
	await it.server.bring(fromRomeo(body('once') + stanzaId('a1')));
	await it.server.bring(fromRomeo(body('once') + stanzaId('a1')));
	t.deepEqual(
		shown(it).map(({archiveId}) => archiveId),
		['a1'],
	);
});

test('ids by others, or two in our name, are nobody’s', async t => {
	const it = await scene(t);
	await it.server.bring(
		fromRomeo(body('1') + stanzaId('a1', romeo)),
		fromRomeo(body('2') + stanzaId('a1', here)),
		fromRomeo(body('3') + stanzaId('a1') + stanzaId('a2')),
		fromRomeo(`${body('4')}<wrap xmlns='urn:x'>${stanzaId('a1')}</wrap>`),
	);
	t.deepEqual(
		shown(it).map(({archiveId}) => archiveId),
		[undefined, undefined, undefined, undefined],
	);
});

test('ids in our name count only where the server says that it keeps others from forging them', async t => {
	const it = await offlineScene(t);
	it.server.accountFeatures = [];
	await it.actions.connect({account: juliet});
	await it.server.bring(fromRomeo(body('x') + stanzaId('a1')));
	t.is(shown(it)[0]?.archiveId, undefined);
});

test('a repetition with a delay and without an archive is shown once, other words under the same id are kept', async t => {
	const it = await scene(t);
	const delay = "<delay xmlns='urn:xmpp:delay' stamp='2025-12-31T23:59:00Z'/>";
	await it.server.bring(fromRomeo(body('once')));
	await it.server.bring(fromRomeo(body('once') + delay));
	await it.server.bring(fromRomeo(body('other words') + delay));
	await it.server.bring(fromRomeo(body('once'), "type='chat' id='m2'"));
	t.deepEqual(
		shown(it).map(({body}) => body),
		['once', 'other words', 'once'],
	);
});

test('an own message that comes back from the archive settles the one on record', async t => {
	const it = await scene(t);
	const {key, id} = await it.actions.sendMessage({account: juliet, to: juliet, body: 'Note'});
	await it.server.bring(
		`<message from='${here}' to='${juliet}' type='chat' id='${id}'>${body('Note')}${stanzaId('a9')}</message>`,
	);
	t.like(it.storage.messages.get(key), {state: 'acked', archiveId: 'a9'});
	t.is(shown(it).length, 1);
	t.deepEqual(it.storage.outbox.waiting(juliet), []);
});

// --- time

const delayed = (stamp: string, from = 'example.org') =>
	`<delay xmlns='urn:xmpp:delay' from='${from}' stamp='${stamp}'/>`;

test('the own server says when a message reached it, the author when it was written', async t => {
	const it = await scene(t);
	await it.server.bring(
		fromRomeo(body('1') + delayed('2025-12-31T20:00:00Z'), "type='chat' id='d1'"),
		fromRomeo(body('2') + delayed('2025-12-31T21:00:00Z', romeo), "type='chat' id='d2'"),
		fromRomeo(
			body('3') + delayed('2025-12-31T22:00:00Z') + delayed('2025-12-31T21:30:00Z', orchard),
			"type='chat' id='d3'",
		),
	);
	const now = it.clock.now();
	const at = (text: string) => Date.parse(text);
	t.deepEqual(
		shown(it).map(({receivedAt, sentAt}) => [receivedAt, sentAt]),
		[
			[at('2025-12-31T20:00:00Z'), undefined],
			[now, at('2025-12-31T21:00:00Z')],
			[at('2025-12-31T22:00:00Z'), at('2025-12-31T21:30:00Z')],
		],
	);
});

test('impossible times are ignored', async t => {
	const it = await scene(t);
	const stamps = [
		'1970-01-01T00:00:00Z',
		'2038-01-19T03:14:08Z',
		'9999-12-31T23:59:59Z',
		'yesterday',
		'2025-12-31T20:00:00-99:00',
	];
	await it.server.bring(
		...stamps.flatMap((stamp, index) => [
			fromRomeo(body('x') + delayed(stamp), `type='chat' id='s${index}'`),
			fromRomeo(body('x') + delayed(stamp, romeo), `type='chat' id='a${index}'`),
		]),
	);
	t.is(shown(it).length, 2 * stamps.length);
	t.true(shown(it).every(({receivedAt, sentAt}) => receivedAt === it.clock.now() && sentAt === undefined));
});

test('names that are no keys of ours harm nobody', async t => {
	const it = await scene(t);
	const odd = '__proto__@example.net' as BareJid;
	await it.server.bring(
		`<message from='${odd}/constructor' to='${here}' type='chat' id='__proto__'>${body('hello')}</message>`,
	);
	t.is(it.saw.all('request.changed')[0]?.request.buffer, bufferId(juliet, 'chat', odd));
	t.is((await it.actions.acceptRequest({account: juliet, jid: odd})).buffer?.jid, odd);
});

test('a message that trips over a defect is told of, and stops no other', async t => {
	const profile = await profileWith(t, [{jid: juliet}]);
	const {messages} = profile.storage;
	const insert: typeof messages.insert = message => {
		const recorded = messages.insert(message);
		if (message.body === 'boom') {
			throw new TypeError('a defect');
		}

		return recorded;
	};
	const storage = {...profile.storage, messages: {...messages, insert}};
	const it = await offlineScene(t, {...profile, storage});
	await it.actions.connect({account: juliet});
	await it.server.bring(fromRomeo(body('before')), fromRomeo(body('boom')), fromRomeo(body('after')));
	t.deepEqual(
		shown(it).map(({body}) => body),
		['before', 'after'],
	);
	t.false(it.storage.messages.page(withRomeo, {limit: 10}).some(({body}) => body === 'boom'));
	t.like(it.saw.all('notice').at(-1), {level: 'error', account: juliet});
});

test('what could not be stored is not taken, so that the server keeps it', async t => {
	const it = await scene(t);
	it.storage.close();
	await t.throwsAsync(it.server.bring(fromRomeo(body('x'))));
	t.deepEqual(shown(it), []);
});
