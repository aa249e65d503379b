/** What is said about messages in rooms: by the ids of the room, by people it tells apart, by the room itself (XEP-0425). */
import test, {type ExecutionContext} from 'ava';
import {
	archived,
	before,
	den,
	identifying,
	inDen,
	inside,
	occupantId,
	presence,
	reflection,
	said,
	say,
	self,
	shown,
	spoken,
	stanzaId,
} from './room-scene.js';
import {juliet, type Scene, settled} from './scene.js';

const replace = (id: string) => `<replace xmlns='urn:xmpp:message-correct:0' id='${id}'/>`;
const retract = (id: string) => `<retract xmlns='urn:xmpp:message-retract:1' id='${id}'/>`;
const reaction = (id: string, emoji = '👍') =>
	`<reactions xmlns='urn:xmpp:reactions:0' id='${id}'><reaction>${emoji}</reaction></reactions>`;
const moderated = (id: string, reason = '') =>
	`<retract xmlns='urn:xmpp:message-retract:1' id='${id}'><moderated xmlns='urn:xmpp:message-moderate:1' by='${den}/nurse'/>${reason}</retract>`;
const wordless = (content: string, {from = `${den}/romeo`, id = 'x1'} = {}) =>
	`<message xmlns='jabber:client' type='groupchat' from='${from}' id='${id}'>${content}</message>`;
const filed = (id: string) => stanzaId(id);
const only = (it: Scene) => {
	const [message, ...others] = shown(it);
	return others.length === 0 ? message : undefined;
};

const withIds = async (t: ExecutionContext) => {
	const it = await inside(t, {features: [...archived, ...identifying], more: occupantId('o-juliet')});
	await it.server.bring(
		presence('romeo', {more: occupantId('o-romeo')}),
		presence('tybalt', {more: occupantId('o-tybalt')}),
	);
	return it;
};

test('a reaction names a message by the id of the room, and counts for the occupant', async t => {
	const it = await withIds(t);
	await it.server.bring(said('Good morrow', {id: 'm1', more: `${filed('a1')}${occupantId('o-romeo')}`}));
	await it.server.bring(
		wordless(`${reaction('a1')}${occupantId('o-tybalt')}`, {from: `${den}/tybalt`, id: 'x1'}),
		wordless(`${reaction('a1', '🎉')}${occupantId('o-tybalt')}`, {from: `${den}/Tybalt the second`, id: 'x2'}),
		wordless(`${reaction('m1')}${occupantId('o-romeo')}`, {id: 'x3'}),
	);
	t.deepEqual(
		only(it)?.reactions?.map(({speaker, emoji}) => ({speaker, emoji})),
		[{speaker: 'o-tybalt', emoji: ['🎉']}],
	);
});

test('who has the nick later corrects and takes back nothing', async t => {
	const it = await withIds(t);
	await it.server.bring(said('I love you', {id: 'm1', more: `${filed('a1')}${occupantId('o-romeo')}`}));
	await it.server.bring(
		said('I hate you', {id: 'm2', more: `${filed('a2')}${occupantId('o-tybalt')}${replace('m1')}`}),
		wordless(`${retract('a1')}${occupantId('o-tybalt')}`),
	);
	t.deepEqual(
		shown(it).map(({body, edited, retracted}) => ({body, edited, retracted})),
		[
			{body: 'I love you', edited: undefined, retracted: undefined},
			{body: 'I hate you', edited: undefined, retracted: undefined},
		],
	);
});

test('the occupant corrects and takes back under another nick too', async t => {
	const it = await withIds(t);
	await it.server.bring(said('one', {id: 'm1', more: `${filed('a1')}${occupantId('o-romeo')}`}));
	await it.server.bring(said('two', {nick: 'Montague', id: 'm2', more: `${occupantId('o-romeo')}${replace('m1')}`}));
	t.like(only(it), {body: 'two', edited: {times: 1}});
	await it.server.bring(wordless(`${retract('a1')}${occupantId('o-romeo')}`, {from: `${den}/Montague`}));
	t.like(only(it), {retracted: {by: 'author'}});
});

test('without ids of occupants a nick speaks for its messages until it left', async t => {
	const it = await inside(t, {features: archived});
	await it.server.bring(said('one', {id: 'm1', more: filed('a1')}));
	await it.server.bring(said('two', {id: 'm2', more: `${filed('a2')}${replace('m1')}`}));
	t.like(only(it), {body: 'two'});
	it.clock.advance(1000);
	await it.server.bring(presence('romeo', {type: 'unavailable'}), presence('romeo'));
	await it.server.bring(said('three', {id: 'm3', more: `${filed('a3')}${replace('m1')}`}));
	t.deepEqual(
		shown(it).map(({body}) => body),
		['two', 'three'],
	);
});

test('the room takes a message away, in the name of a moderator', async t => {
	const it = await inside(t, {features: archived});
	await it.server.bring(said('DM me for free magic potions!', {id: 'm1', more: filed('a1')}));
	await it.server.bring(wordless(moderated('a1', '<reason>Spam</reason>'), {from: den}));
	t.like(only(it), {retracted: {by: 'moderator', moderator: 'nurse', reason: 'Spam', at: it.clock.now()}});
});

test('nobody moderates but the room, and by the id that it gave', async t => {
	const it = await inside(t, {features: archived});
	await it.server.bring(said('Good morrow', {id: 'm1', more: filed('a1')}));
	await it.server.bring(
		wordless(moderated('a1'), {from: `${den}/nurse`, id: 'x1'}),
		wordless(moderated('m1'), {from: den, id: 'x2'}),
		wordless(retract('a1'), {from: den, id: 'x3'}),
		`<message xmlns='jabber:client' type='chat' from='${den}/nurse' id='x4'>${moderated('a1')}</message>`,
	);
	t.is(only(it)?.retracted, undefined);
});

test('the form of old rooms is read too', async t => {
	const it = await inside(t, {features: archived});
	await it.server.bring(said('Good morrow', {id: 'm1', more: filed('a1')}));
	await it.server.bring(
		wordless(
			`<apply-to xmlns='urn:xmpp:fasten:0' id='a1'><moderated xmlns='urn:xmpp:message-moderate:0' by='${den}/nurse'><retract xmlns='urn:xmpp:message-retract:0'/></moderated></apply-to>`,
			{from: den},
		),
	);
	t.like(only(it), {retracted: {by: 'moderator', moderator: 'nurse'}});
});

test('what an archive keeps in the place of a message is shown as taken back', async t => {
	const it = await before(t, {features: archived});
	it.archive.add({
		id: 'a1',
		at: it.clock.now() - 60_000,
		peer: den,
		message: wordless(
			`<retracted xmlns='urn:xmpp:message-retract:1' stamp='2019-09-20T23:19:12Z'><moderated xmlns='urn:xmpp:message-moderate:1' by='${den}/nurse'/></retracted>`,
			{id: 'm1'},
		),
	});
	await it.server.bring(presence('romeo'), self());
	await settled();
	await settled();
	await settled();
	t.like(only(it), {body: '', archiveId: 'a1', retracted: {by: 'moderator', moderator: 'nurse'}});
});

test('a moderator asks the room, and hears why it refuses', async t => {
	const it = await inside(t, {features: archived});
	await it.server.bring(said('Spam', {id: 'm1', more: filed('a1')}));
	const key = only(it)?.key ?? 0;
	it.server.refusals.set(den, 'forbidden');
	const refused = (await t.throwsAsync(it.actions.moderateMessage({account: juliet, key}))) as Error & {code?: string};
	t.is(refused.code, 'not-a-moderator');
	it.server.refusals.delete(den);
	it.server.answerWith('moderate', () => '');
	await it.actions.moderateMessage({account: juliet, key, reason: 'Spam'});
	t.true(
		it.server.asked.some(text =>
			text.includes(
				'<moderate xmlns="urn:xmpp:message-moderate:1" id="a1"><retract xmlns="urn:xmpp:message-retract:1"/><reason>Spam</reason></moderate>',
			),
		),
	);
	t.is(only(it)?.retracted, undefined);
});

test('what one says about one’s own message goes by the id that the room gave it', async t => {
	const it = await inside(t, {features: archived});
	await say(it, 'airlock');
	const first = spoken(it).at(-1) ?? '';
	const key = only(it)?.key ?? 0;
	const early = (await t.throwsAsync(it.actions.react({account: juliet, key, emoji: ['👍']}))) as Error & {
		code?: string;
	};
	t.is(early.code, 'message-nameless');
	await it.server.bring(reflection(first, filed('a1')));
	await it.actions.react({account: juliet, key, emoji: ['👍']});
	t.regex(it.server.written.at(-1) ?? '', /<reactions xmlns="urn:xmpp:reactions:0" id="a1">/);
	await it.server.bring(reflection(it.server.written.at(-1) ?? '', filed('a2')));
	t.is(only(it)?.reactions?.length, 1);
	t.is(it.storage.outbox.waiting(juliet).length, 0);
	await it.actions.retractMessage({account: juliet, key});
	t.regex(it.server.written.at(-1) ?? '', /<retract xmlns="urn:xmpp:message-retract:1" id="a1"\/>/);
	t.like(it.storage.messages.page(inDen, {limit: 5})[0], {retracted: {by: 'author'}});
});

test('a room that allows some reactions gets them as it spells them, and the others are refused before they are sent', async t => {
	const it = await inside(t, {
		features: archived,
		form: `<x xmlns='jabber:x:data' type='result'><field var='FORM_TYPE' type='hidden'><value>urn:xmpp:reactions:0:restrictions</value></field><field var='max_reactions_per_user'><value>1</value></field><field var='allowlist'><value>❤</value></field></x>`,
	});
	await it.server.bring(said('Good morrow', {id: 'm1', more: filed('a1')}));
	const key = only(it)?.key ?? 0;
	const refused = async (...emoji: string[]) =>
		((await t.throwsAsync(it.actions.react({account: juliet, key, emoji}))) as Error & {code?: string}).code;
	t.is(await refused('👍'), 'reaction-refused');
	t.is(await refused('❤', '👍'), 'reaction-refused');
	// As the room spells it, whichever way the person does.
	for (const emoji of ['❤', '❤\u{FE0F}']) {
		await it.actions.react({account: juliet, key, emoji: [emoji]});
		t.regex(it.server.written.at(-1) ?? '', /<reaction>❤<\/reaction>/);
	}
});

test('of two own devices the one counts last whose words the room said last', async t => {
	const it = await withIds(t);
	await it.server.bring(said('Good morrow', {id: 'm1', more: `${filed('a1')}${occupantId('o-romeo')}`}));
	const key = only(it)?.key ?? 0;
	await it.actions.react({account: juliet, key, emoji: ['👍']});
	const here = it.server.written.at(-1) ?? '';
	await it.server.bring(
		wordless(`${reaction('a1', '🎉')}${filed('a2')}${occupantId('o-juliet')}`, {from: `${den}/juliet`, id: 'phone1'}),
		reflection(here, `${filed('a3')}${occupantId('o-juliet')}`),
	);
	t.deepEqual(
		only(it)?.reactions?.map(({emoji}) => emoji),
		[['👍']],
	);
	await it.server.bring(
		wordless(`${reaction('a1', '😂')}${filed('a4')}${occupantId('o-juliet')}`, {from: `${den}/juliet`, id: 'phone2'}),
	);
	t.deepEqual(
		only(it)?.reactions?.map(({emoji}) => emoji),
		[['😂']],
	);
});
