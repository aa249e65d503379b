/** What messages say about others in encrypted conversations, and what anybody on the way may not (`protocol.md` §2.7). */
import test from 'ava';
import {countReactions} from '../../../source/model/relation.js';
import {serialize} from '../../../source/xmpp/serialize.js';
import {juliet, romeo, withRomeo} from '../scene.js';
import {type EncryptedScene, messages, notices, online, quiet, say, spoken} from './encrypted-scene.js';

const replace = (id: string) => `<replace xmlns='urn:xmpp:message-correct:0' id='${id}'/>`;
const reactions = (id: string) =>
	`<reactions xmlns='urn:xmpp:reactions:0' id='${id}'><reaction>👍</reaction></reactions>`;
const retract = (id: string) => `<retract xmlns='urn:xmpp:message-retract:1' id='${id}'/>`;
const inClear = (content: string, id: string) =>
	`<message xmlns='jabber:client' from='${romeo}/orchard' to='${juliet}/r1' type='chat' id='${id}'>${content}</message>`;
const shown = ({storage}: EncryptedScene) => storage.messages.page(withRomeo, {limit: 10});
const idOf = (stanza = '') => /\bid="([^"]+)"/.exec(stanza)?.[1] ?? '';

test('a correction that the same device encrypted is one', async t => {
	const it = await online(t);
	await it.server.bring(it.his.write('airlock', {id: 'm1'}));
	await it.server.bring(it.his.write('window', {id: 'm2', inside: replace('m1')}));
	await quiet(it);
	const [message, ...others] = shown(it);
	t.deepEqual(others, []);
	t.like(message, {body: 'window', edited: {times: 1}, encryption: 'omemo', device: 31});
});

test('what was encrypted is not corrected in clear, nor by another device', async t => {
	const it = await online(t);
	const phone = await it.device(romeo, 32);
	await say(it, 'Dost thou love me?');
	await it.server.bring(it.his.write('I love you', {id: 'm1'}));
	await it.server.bring(inClear(`<body>I hate you</body>${replace('m1')}`, 'm2'));
	await it.server.bring(phone.write('I hate you too', {id: 'm3', inside: replace('m1')}));
	await quiet(it);
	t.deepEqual(
		shown(it)
			.slice(1)
			.map(({body, edited, unprotected}) => ({body, edited, unprotected})),
		[
			{body: 'I love you', edited: undefined, unprotected: undefined},
			{body: 'I hate you', edited: undefined, unprotected: true},
			{body: 'I hate you too', edited: undefined, unprotected: undefined},
		],
	);
});

test('a mark of a correction that the server puts beside another text corrects nothing of another device', async t => {
	const it = await online(t);
	const phone = await it.device(romeo, 32);
	await it.server.bring(it.his.write('yes', {id: 'm1'}));
	await it.server.bring(phone.write('no', {id: 'm2', more: replace('m1')}));
	await quiet(it);
	t.deepEqual(
		shown(it).map(({body}) => body),
		['yes', 'no'],
	);
});

test('reactions and retractions in clear count, and are marked as anybody’s', async t => {
	const it = await online(t);
	await say(it, 'Good morrow');
	await it.server.bring(it.his.write('Good morrow', {id: 'm1'}));
	await it.server.bring(inClear(reactions(idOf(spoken(it)[0])), 'x1'), inClear(retract('m1'), 'x2'));
	const [mine, theirs] = shown(it);
	t.like(mine?.reactions?.[0], {by: romeo, emoji: ['👍'], unprotected: true});
	t.like(theirs?.retracted, {by: 'author', unprotected: true});
});

test('inside OMEMO 2 nothing is marked', async t => {
	const it = await online(t);
	const phone = await it.device(romeo, 32, 'omemo2');
	await it.server.bring(phone.write('Good morrow', {version: 'omemo2', id: 'm1'}));
	await it.server.bring(phone.write('', {version: 'omemo2', id: 'm2', inside: reactions('m1')}));
	await it.server.bring(phone.write('', {version: 'omemo2', id: 'm3', inside: retract('m1')}));
	await quiet(it);
	const [message, ...others] = shown(it);
	t.deepEqual(others, []);
	t.like(message, {reactions: [{by: romeo, emoji: ['👍']}], retracted: {by: 'author'}});
	t.is(message?.reactions?.[0]?.unprotected, undefined);
	t.is(message?.retracted?.unprotected, undefined);
});

test('an own correction, answer and retraction are encrypted as far as the version can, and say no word in clear', async t => {
	const it = await online(t);
	await it.server.bring(it.his.write('Wherefore?', {id: 'm1'}));
	await quiet(it);
	const key = await say(it, 'airlock');
	const id = idOf(spoken(it).at(-1));
	it.server.acknowledge();
	await it.actions.correctMessage({account: juliet, key, body: 'window'});
	await quiet(it);
	const correction = spoken(it).at(-1) ?? '';
	t.is(it.his.text(correction), 'window');
	t.true(correction.includes(`<replace xmlns="urn:xmpp:message-correct:0" id="${id}"/>`));

	const [first] = shown(it);
	await it.actions.sendMessage({account: juliet, to: romeo, body: 'Therefore', reply: first?.key ?? 0});
	await quiet(it);
	const answer = spoken(it).at(-1) ?? '';
	t.is(it.his.text(answer), '> Wherefore?\nTherefore');
	t.notRegex(answer, /urn:xmpp:reply:0|urn:xmpp:fallback:0|Wherefore/);

	await it.actions.retractMessage({account: juliet, key});
	await quiet(it);
	const retraction = spoken(it).at(-1) ?? '';
	t.true(retraction.includes(`<retract xmlns="urn:xmpp:message-retract:1" id="${id}"/>`));
	t.regex(it.his.text(retraction) ?? '', /took back/);
	t.false(messages(it).some(text => /airlock|window|Therefore|took back/.test(text)));
});

test('a reaction that only could go in clear is not sent, and the person is told what to do', async t => {
	const it = await online(t);
	await it.server.bring(it.his.write('Good morrow', {id: 'm1'}));
	await say(it, 'Good morrow');
	const count = messages(it).length;
	const [first] = shown(it);
	await it.actions.react({account: juliet, key: first?.key ?? 0, emoji: ['👍']});
	await quiet(it);
	t.is(messages(it).length, count);
	t.is(shown(it)[0]?.reactions, undefined);
	t.regex(notices(it).at(-1) ?? '', /^Your reaction was not sent.*servers would see/);

	await it.actions.changeSetting({name: 'omemo.show-reactions', value: true});
	await it.actions.react({account: juliet, key: first?.key ?? 0, emoji: ['👍']});
	await quiet(it);
	t.regex(messages(it).at(-1) ?? '', /<reactions xmlns="urn:xmpp:reactions:0" id="m1">/);
	t.deepEqual(
		countReactions(shown(it)[0]?.reactions ?? []).map(({emoji}) => emoji),
		['👍'],
	);
});

test('a reaction to devices that all speak OMEMO 2 is encrypted', async t => {
	const it = await online(t, {preferences: {'omemo.prefer': 'omemo2'}});
	const his = it.his;
	his.publish('omemo2');
	await quiet(it);
	await it.server.bring(his.write('Good morrow', {version: 'omemo2', id: 'm1'}));
	await say(it, 'Good morrow');
	const [first] = shown(it);
	await it.actions.react({account: juliet, key: first?.key ?? 0, emoji: ['👍']});
	await quiet(it);
	const written = messages(it).at(-1) ?? '';
	t.notRegex(written, /reactions:0|👍/);
	const reading = his.read(written);
	t.true(reading.kind === 'message' && serialize(reading.message).includes('👍'));
});
