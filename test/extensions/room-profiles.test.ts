import {createHash} from 'node:crypto';
import test from 'ava';
import {multiUserChat} from '../../source/extensions/multi-user-chat.js';
import {roomAvatars} from '../../source/extensions/room-avatars.js';
import {vcards} from '../../source/extensions/vcard.js';
import {vcardAvatars} from '../../source/extensions/vcard-avatars.js';
import type {BareJid, Jid} from '../../source/shared/jid.js';
import {juliet, romeo, settled} from '../client/scene.js';
import {picture} from '../support/pictures.js';
import {type Attached, attached} from './attached.js';

const den = 'den@rooms.example.org' as BareJid;
const jidOf = (nick: string) => `${den}/${nick}` as Jid;
const [rose, thorn] = ['a31c4bd04de69663cfd7f424a8453f4674da37ff', 'b9b256f999ded52c2fa14fb007c2e5b979450cbb'];

const field = (name: string, ...values: readonly string[]) =>
	`<field var='${name}'>${values.map(value => `<value>${value}</value>`).join('')}</field>`;
const roomInfo = (...fields: readonly string[]) =>
	`<x xmlns='jabber:x:data' type='result'>${field('FORM_TYPE', 'http://jabber.org/protocol/muc#roominfo')}${fields.join('')}</x>`;
const room = (more = '', category = 'conference') =>
	`<query xmlns='http://jabber.org/protocol/disco#info'><identity category='${category}' type='text' name='The den'/>${more}</query>`;
const features = (...names: readonly string[]) => names.map(name => `<feature var='${name}'/>`).join('');
const card = (inside: string) => `<vCard xmlns='vcard-temp'>${inside}</vCard>`;
const refusal = (condition: string) =>
	`<error type='cancel'><${condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>`;
const update = (inside: string) => `<x xmlns='vcard-temp:x:update'>${inside}</x>`;
const presence = (from: string, more = '', type = '') =>
	`<presence from='${from}' ${type === '' ? '' : `type='${type}'`}><x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='none' role='participant'/>${from.endsWith('/juliet') ? "<status code='110'/>" : ''}</x>${more}</presence>`;

type World = {readonly information?: string; readonly card?: string};

/** Juliet, whom the den answers with this. */
const before = (t: Parameters<typeof attached>[0], {information = room(), card: held}: World = {}) =>
	attached(t, server => {
		server.answerWith('query', payload => (payload.includes('disco#info') ? information : ''));
		server.answerWith('vCard', held ?? refusal('item-not-found'));
	});

async function inside(t: Parameters<typeof attached>[0], world: World = {}) {
	const it = await before(t, world);
	const entered = it.live.use(multiUserChat).join(den, {nick: 'juliet'});
	await settled();
	await it.server.bring(presence(jidOf('romeo')), presence(jidOf('juliet')));
	await entered;
	return it;
}

const profile = ({live}: Attached) => live.use(roomAvatars).profile(den);
const announced = ({live}: Attached, jid: Jid) => live.use(vcardAvatars).announcedBy(jid);
const cardsAsked = ({server}: Attached) => server.asked.filter(text => text.includes('vCard'));

test('a room tells what it is in one answer, and its card in another', async t => {
	const it = await before(t, {
		information: room(
			features('muc_membersonly', 'muc_hidden', 'muc_temporary', 'vcard-temp') +
				roomInfo(
					field('muc#roominfo_description', ' For those\nwho know '),
					field('muc#roominfo_occupants', '12'),
					field('muc#roominfo_subject', 'Tonight'),
					field('muc#roominfo_lang', 'it'),
					field('muc#roominfo_contactjid', romeo, 'not@a@jid', 'nurse@example.org'),
					field('muc#roominfo_logs', 'https://example.org/logs'),
					field('muc#roominfo_webchat_url', 'https://example.org/chat'),
				),
		),
		card: card('<FN>The den</FN>'),
	});
	t.deepEqual(await profile(it), {
		room: den,
		name: 'The den',
		description: 'For those\nwho know',
		subject: 'Tonight',
		language: 'it',
		logs: 'https://example.org/logs',
		features: {membersOnly: true, persistent: false, archived: false},
		listed: false,
		occupants: 12,
		contacts: [romeo, 'nurse@example.org' as BareJid],
		pages: ['https://example.org/chat'],
		announced: [],
		card: {fields: [{kind: 'fullName', value: 'The den'}], photos: [], omitted: 0},
	});
	t.is(it.server.asked.filter(text => text.includes(`to="${den}"`)).length, 2);
});

test('a room that has no cards is not asked for one', async t => {
	const it = await before(t);
	t.deepEqual((await profile(it)).card, undefined);
	t.deepEqual(cardsAsked(it), []);
});

test('what a room tells wrongly is left out', async t => {
	const wrong = [
		field('muc#roominfo_occupants', '-3'),
		field('muc#roominfo_description', '   '),
		field('muc#roominfo_subject', 's'.repeat(100_000)),
		field('muc#roominfo_contactjid', ...Array.from({length: 500}, (_, index) => `a${index}@example.org`)),
		field('muc#roominfo_avatarhash', 'no hash', `  ${rose?.toUpperCase()} `, `${rose}`, 'g'.repeat(40)),
	];
	const it = await before(t, {information: room(roomInfo(...wrong))});
	const {occupants, description, subject = '', contacts, announced: hashes} = await profile(it);
	t.deepEqual([occupants, description, contacts.length], [undefined, undefined, 10]);
	t.is(Array.from(subject).length, 4096);
	t.deepEqual(hashes, [rose]);
});

test('only the form that rooms tell about themselves with is believed', async t => {
	const other = roomInfo(field('muc#roominfo_description', 'forged')).replace('#roominfo<', '#other<');
	t.is((await profile(await before(t, {information: room(other)}))).description, undefined);
});

test('a room announces its pictures in its information, several of them, or in what Prosody calls it', async t => {
	const hashes = roomInfo(field('muc#roominfo_avatarhash', `${rose}`, `${thorn}`));
	t.deepEqual((await profile(await before(t, {information: room(hashes)}))).announced, [rose, thorn]);
	const older = roomInfo(field('{http://modules.prosody.im/mod_vcard_muc}avatar#sha1', `${rose}`));
	t.deepEqual((await profile(await before(t, {information: room(older)}))).announced, [rose]);
});

test('a card that cannot be had is no reason to tell nothing of a room', async t => {
	const information = room(features('vcard-temp'));
	t.is((await profile(await before(t, {information}))).cardProblem, undefined);
	const forbidden = await profile(await before(t, {information, card: refusal('forbidden')}));
	t.regex(forbidden.cardProblem ?? '', /not allowed/);
	const junk = await profile(await before(t, {information, card: "<other xmlns='urn:other'/>"}));
	t.regex(junk.cardProblem ?? '', /something else than a card/);
});

test('who is no room is told so', async t => {
	const it = await before(t, {information: room('', 'account')});
	t.like(await t.throwsAsync(profile(it)), {code: 'not-a-room'});
	t.deepEqual(cardsAsked(it), []);
});

test('one’s own card is asked for without an address, that of others at theirs', async t => {
	const it = await before(t, {card: card('<FN>Juliet</FN>')});
	t.is((await it.live.use(vcards).query(juliet))?.fields[0]?.value, 'Juliet');
	await it.live.use(vcards).query(romeo);
	t.deepEqual(
		cardsAsked(it).map(text => / to="([^"]*)"/.exec(text)?.[1]),
		[undefined, romeo],
	);
});

for (const condition of ['item-not-found', 'service-unavailable', 'feature-not-implemented']) {
	test(`who answers with ${condition} has no card`, async t => {
		t.is(await (await before(t, {card: refusal(condition)})).live.use(vcards).query(romeo), undefined);
	});
}

test('who answers with an empty card has none, and other refusals are told', async t => {
	t.is(await (await before(t, {card: card('')})).live.use(vcards).query(romeo), undefined);
	t.is(await (await before(t, {card: card('<FN/>')})).live.use(vcards).query(romeo), undefined);
	const it = await before(t, {card: refusal('remote-server-not-found')});
	t.like(await t.throwsAsync(it.live.use(vcards).query(romeo)), {code: 'stanza-remote-server-not-found'});
});

test('a card from another address than was asked is not taken', async t => {
	const it = await attached(t, server => server.unanswered.add('vCard'));
	const asked = it.live.use(vcards).query(romeo);
	await settled();
	const id = /id="([^"]*)"/.exec(cardsAsked(it)[0] ?? '')?.[1];
	const answer = (from: string, name: string) =>
		it.server.bring(`<iq type='result' from='${from}' id='${id}'>${card(`<FN>${name}</FN>`)}</iq>`);
	await answer('tybalt@example.net', 'Tybalt');
	await answer(`${romeo}/phone`, 'his phone');
	await answer(romeo, 'Romeo');
	t.is((await asked)?.fields[0]?.value, 'Romeo');
});

test('a room and those in it say in their presence which picture they have, until they say otherwise', async t => {
	const it = await inside(t);
	t.is(announced(it, den), undefined);
	await it.server.bring(
		presence(den, update(`<photo>${rose}</photo>`)),
		presence(jidOf('romeo'), update(`<photo>${thorn?.toUpperCase()}</photo>`)),
		presence(jidOf('nurse'), update('')),
		presence(jidOf('paris'), update('<photo>no hash</photo>')),
	);
	t.is(announced(it, den), rose);
	t.is(announced(it, jidOf('romeo')), thorn);
	t.is(announced(it, jidOf('nurse')), undefined);
	t.is(announced(it, jidOf('paris')), undefined);
	t.deepEqual((await profile(it)).announced, [rose]);

	await it.server.bring(presence(den, update('<photo/>')), presence(jidOf('romeo'), '', 'unavailable'));
	t.is(announced(it, den), undefined);
	t.is(announced(it, jidOf('romeo')), undefined);
});

test('what strangers announce is not kept, and what was announced goes with the room', async t => {
	const it = await inside(t);
	const photo = update(`<photo>${rose}</photo>`);
	await it.server.bring(
		presence('tomb@rooms.example.net', photo),
		presence('tybalt@example.net/x', photo),
		presence(den, photo),
	);
	t.is(announced(it, 'tomb@rooms.example.net' as Jid), undefined);
	t.is(announced(it, 'tybalt@example.net/x' as Jid), undefined);
	t.is(announced(it, den), rose);
	await it.server.bring(presence(jidOf('juliet'), '', 'unavailable'));
	t.is(announced(it, den), undefined);
});

test('of more people than are kept of a room it is not kept what they announce', async t => {
	const it = await inside(t);
	const most = 20_000;
	const photo = update(`<photo>${rose}</photo>`);
	await it.server.bring(...Array.from({length: most}, (_, index) => presence(jidOf(`${index}`), photo)));
	t.is(it.live.use(multiUserChat).get(den)?.occupants.size, most);
	t.is(announced(it, jidOf('0')), rose);
	t.is(announced(it, jidOf(`${most - 1}`)), undefined);
});

test('nothing is fetched because somebody announces a picture', async t => {
	const it = await inside(t, {information: room(features('vcard-temp'))});
	const photo = update(`<photo>${rose}</photo>`);
	await it.server.bring(presence(den, photo), presence(jidOf('romeo'), photo));
	await settled();
	t.deepEqual(cardsAsked(it), []);
});

test('a picture is known by the hash of what was fetched', async t => {
	const png = picture('PNG');
	const encoded = Buffer.from(png).toString('base64');
	const it = await inside(t, {
		information: room(features('vcard-temp')),
		card: card(`<PHOTO><BINVAL>${encoded}</BINVAL></PHOTO>`),
	});
	const sha1 = createHash('sha1').update(png).digest('hex');
	await it.server.bring(presence(den, update(`<photo>${sha1}</photo>`)));
	t.like(await profile(it), {announced: [sha1], card: {photos: [{sha1}]}});
});
