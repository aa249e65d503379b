import test from 'ava';
import type {BareJid, Jid} from '../../source/shared/jid.js';
import {den, inside, presence} from './room-scene.js';
import {juliet, offlineScene, romeo, type Scene, scene} from './scene.js';

const hall = 'hall@rooms.example.org' as BareJid;
const occupant = (nick: string) => `${den}/${nick}` as Jid;
const card = "<vCard xmlns='vcard-temp'><FN>Somebody</FN></vCard>";
const refusal = (condition: string) =>
	`<error type='cancel'><${condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>`;

/** Whom cards were asked of. */
const asked = ({server}: Scene) =>
	server.asked.filter(text => text.includes('vCard')).map(text => / to="([^"]*)"/.exec(text)?.[1]);
const hintOf = (error: unknown) => (error as {readonly hint?: string} | undefined)?.hint ?? '';

test('an occupant is asked through the room, anybody else at the bare JID', async t => {
	const it = await inside(t);
	it.server.answerWith('vCard', card);
	const {vcard} = it.actions;
	t.like(await vcard({account: juliet, jid: occupant('romeo')}), {jid: occupant('romeo'), announced: []});
	t.like(await vcard({account: juliet, jid: `${romeo}/phone` as Jid}), {jid: romeo});
	t.like(await vcard({account: juliet}), {jid: juliet, card: {fields: [{kind: 'fullName', value: 'Somebody'}]}});
	t.like(await vcard({account: juliet, jid: den}), {jid: den});
	t.deepEqual(asked(it), [occupant('romeo'), romeo, undefined, den]);
});

test('who has no card has none, and what their presence announces is told', async t => {
	const it = await inside(t);
	const hash = 'a31c4bd04de69663cfd7f424a8453f4674da37ff';
	it.server.answerWith('vCard', refusal('item-not-found'));
	await it.server.bring(presence('romeo', {more: `<x xmlns='vcard-temp:x:update'><photo>${hash}</photo></x>`}));
	t.deepEqual(await it.actions.vcard({account: juliet, jid: occupant('romeo')}), {
		jid: occupant('romeo'),
		announced: [hash],
	});
});

test('nobody is asked for the card of who is not in the room', async t => {
	const it = await inside(t);
	t.like(await t.throwsAsync(it.actions.vcard({account: juliet, jid: occupant('paris')})), {
		code: 'no-such-occupant',
	});
	await it.server.bring(presence('juliet', {type: 'unavailable', codes: [110, 307]}));
	t.like(await t.throwsAsync(it.actions.vcard({account: juliet, jid: occupant('romeo')})), {
		code: 'room-not-joined',
	});
	t.deepEqual(asked(it), []);
});

test('a room is told of without being entered', async t => {
	const it = await scene(t);
	it.server.room(hall, ['http://jabber.org/protocol/muc', 'muc_open', 'vcard-temp']);
	it.server.answerWith('vCard', card);
	t.like(await it.actions.roomProfile({account: juliet, room: hall}), {
		room: hall,
		features: {membersOnly: false},
		card: {fields: [{kind: 'fullName', value: 'Somebody'}]},
	});
});

for (const [condition, message, hint] of [
	['item-not-found', /There is no room hall@/, /\/rooms rooms\.example\.org lists.*\/join hall@/],
	['remote-server-not-found', /There is no server rooms\.example\.org\./, /Check the address/],
	['remote-server-timeout', /rooms\.example\.org cannot be reached now\./, /later/],
	['registration-required', /a registration is needed/, /\/join hall@/],
	['service-unavailable', /not available/, /\/vcard hall@/],
	['subscription-required', /a presence subscription is needed/, /\/vcard hall@/],
] as const) {
	test(`a room that answers with ${condition} is told of in words, with a next step`, async t => {
		const it = await scene(t);
		it.server.refusals.set(hall, condition);
		const error = await t.throwsAsync(it.actions.roomProfile({account: juliet, room: hall}));
		t.like(error, {code: `stanza-${condition}`});
		t.regex(error?.message ?? '', message);
		t.regex(hintOf(error), hint);
	});
}

test('of a server that is not there it is told that it is not there', async t => {
	const it = await scene(t);
	it.server.refusals.set(romeo, 'remote-server-not-found');
	const error = await t.throwsAsync(it.actions.vcard({account: juliet, jid: romeo}));
	t.is(error?.message, 'There is no server example.net.');
});

test('who is offline is asked nothing', async t => {
	const it = await scene(t);
	await it.actions.disconnect({account: juliet});
	t.like(await t.throwsAsync(it.actions.vcard({account: juliet})), {code: 'not-connected'});
	t.like(await t.throwsAsync(it.actions.roomProfile({account: juliet, room: hall})), {code: 'not-connected'});
});

test('the own card is asked for again before it is written, so that what others changed meanwhile stays', async t => {
	const it = await scene(t);
	let stored = "<vCard xmlns='vcard-temp'><FN>Juliet</FN><X-OTHER>kept</X-OTHER></vCard>";
	it.server.answerWith('vCard', () => stored);
	const form = await it.actions.vcardForm({account: juliet});
	t.deepEqual(form.fields.find(({name}) => name === 'FN')?.values, ['Juliet']);
	stored = "<vCard xmlns='vcard-temp'><FN>Juliet</FN><URL>https://example.org/</URL><X-OTHER>kept</X-OTHER></vCard>";
	await it.actions.saveVcard({account: juliet, answers: {FN: ['Juliet Capulet']}});
	const written = it.server.asked.at(-1) ?? '';
	t.regex(written, /^<iq type="set"/);
	t.notRegex(written, / to="/);
	t.regex(written, /<FN>Juliet Capulet<\/FN><URL>https:\/\/example\.org\/<\/URL><X-OTHER>kept<\/X-OTHER><\/vCard>/);
});

test('who has no card makes one, and what the server refuses is thrown', async t => {
	const it = await scene(t);
	it.server.answerWith('vCard', refusal('item-not-found'));
	t.is((await it.actions.vcardForm({account: juliet})).fields[0]?.values[0], '');
	t.like(await t.throwsAsync(it.actions.saveVcard({account: juliet, answers: {FN: ['J']}})), {
		code: 'stanza-item-not-found',
	});
	t.regex(it.server.asked.at(-1) ?? '', /<vCard xmlns="vcard-temp"><FN>J<\/FN><\/vCard>/);
});

test('where there is no card of the older kind that of the newer one is shown, of people', async t => {
	const it = await inside(t);
	it.server.answerWith('vCard', refusal('item-not-found'));
	const newer = `<item id='1'><vcard xmlns='urn:ietf:params:xml:ns:vcard-4.0'><fn><text>Romeo</text></fn></vcard></item>`;
	it.server.answerWith('pubsub', payload =>
		payload.includes('urn:xmpp:vcard4')
			? `<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='urn:xmpp:vcard4'>${newer}</items></pubsub>`
			: refusal('item-not-found'),
	);
	t.like(await it.actions.vcard({account: juliet, jid: romeo}), {card: {fields: [{kind: 'fullName', value: 'Romeo'}]}});
	t.like(await it.actions.vcard({account: juliet, jid: occupant('romeo')}), {card: undefined});
	it.server.answerWith('pubsub', refusal('forbidden'));
	t.like(await it.actions.vcard({account: juliet, jid: romeo}), {card: undefined});
});

const nicked = (nick: string, from: string = romeo) =>
	`<message from='${from}' to='${juliet}' type='headline'><event xmlns='http://jabber.org/protocol/pubsub#event'>
		<items node='http://jabber.org/protocol/nick'><item id='1'><nick xmlns='http://jabber.org/protocol/nick'>${nick}</nick></item></items></event></message>`;

test('what contacts call themselves is told, and in the snapshot; of strangers, of others and of what is no news nothing', async t => {
	const it = await scene(t);
	const told = () => it.saw.all('contact.nicked').map(({jid, nick}) => [jid, nick]);
	await it.server.bring(
		nicked('Romeo of the Montagues'),
		nicked('Romeo of the Montagues'),
		nicked('Prince', 'tybalt@example.net'),
		nicked('Me', `${juliet}/phone`),
		nicked('Me', juliet),
		nicked('Mine', 'example.org'),
	);
	t.deepEqual(told(), [[romeo, 'Romeo of the Montagues']]);
	t.deepEqual((await it.actions.snapshot({})).nicks, [{account: juliet, jid: romeo, nick: 'Romeo of the Montagues'}]);

	await it.server.bring(nicked(`  ${'x\n'.repeat(50_000)}`));
	t.is([...(told().at(-1)?.[1] ?? '')].length, 64);
	await it.server.bring(nicked(' \n '));
	t.deepEqual(told().at(-1), [romeo, '']);
	t.deepEqual((await it.actions.snapshot({})).nicks, []);
});

test('the own nick is published for contacts, and taken back', async t => {
	const it = await offlineScene(t);
	it.server.accountFeatures = ['http://jabber.org/protocol/pubsub#publish-options'];
	await it.actions.connect({account: juliet});
	it.server.answerWith('pubsub', '');
	await it.actions.publishNick({account: juliet, nick: ' Juliet\n of the balcony '});
	t.regex(
		it.server.asked.at(-1) ?? '',
		/<publish node="http:\/\/jabber\.org\/protocol\/nick"><item id="current"><nick xmlns="http:\/\/jabber\.org\/protocol\/nick">Juliet of the balcony<\/nick><\/item><\/publish>.*<value>presence<\/value>/,
	);
	await it.actions.publishNick({account: juliet, nick: ''});
	t.regex(
		it.server.asked.at(-1) ?? '',
		/<item id="current"><nick xmlns="http:\/\/jabber\.org\/protocol\/nick"\/><\/item>/,
	);
});
