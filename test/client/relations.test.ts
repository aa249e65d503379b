/** What messages say about other messages: XEP-0308, 0424, 0444, 0461, and who may say it (`protocol.md` rows 17–21). */
import test from 'ava';
import {countReactions} from '../../source/model/relation.js';
import {juliet, romeo, type Scene, scene, withRomeo} from './scene.js';

const orchard = 'romeo@example.net/orchard';
const body = (text: string) => `<body>${text}</body>`;
const replace = (id: string) => `<replace xmlns='urn:xmpp:message-correct:0' id='${id}'/>`;
const retract = (id: string) =>
	`<retract xmlns='urn:xmpp:message-retract:1' id='${id}'/><fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:message-retract:1'/>${body('/me took it back')}`;
const reactions = (id: string, ...emoji: readonly string[]) =>
	`<reactions xmlns='urn:xmpp:reactions:0' id='${id}'>${emoji.map(each => `<reaction>${each}</reaction>`).join('')}</reactions>`;
const filed = (id: string) => `<stanza-id xmlns='urn:xmpp:sid:0' by='${juliet}' id='${id}'/>`;
const from = (content: string, id: string, sender = orchard) =>
	`<message from='${sender}' to='${juliet}/r1' type='chat' id='${id}'>${content}</message>`;
const shown = ({storage}: Scene) => storage.messages.page(withRomeo, {limit: 100});
const only = (it: Scene) => {
	const [message, ...others] = shown(it);
	return others.length === 0 ? message : undefined;
};

const sent = (it: Scene) => it.server.written.filter(text => text.startsWith('<message'));
const idOf = (stanza = '') => /\bid="([^"]+)"/.exec(stanza)?.[1] ?? '';
const say = async (it: Scene, text: string) => {
	const {key} = await it.actions.sendMessage({account: juliet, to: romeo, body: text});
	return {key, id: idOf(sent(it).at(-1))};
};

test('a correction takes the place of the text, and what it said before is kept', async t => {
	const it = await scene(t);
	await it.server.bring(from(body('But soft, what light through yonder airlock breaks?'), 'm1'));
	await it.server.bring(from(`${body('… yonder window breaks?')}${replace('m1')}`, 'm2'));
	await it.server.bring(from(`${body('… yonder balcony breaks?')}${replace('m1')}`, 'm3'));
	const message = only(it);
	t.like(message, {id: 'm1', body: '… yonder balcony breaks?', edited: {times: 2, at: it.clock.now()}});
	const {versions} = await it.actions.messageDetails({account: juliet, key: message?.key ?? 0});
	t.deepEqual(
		versions.map(version => version.body),
		['But soft, what light through yonder airlock breaks?', '… yonder window breaks?', '… yonder balcony breaks?'],
	);
	t.is(it.saw.all('message.recorded').length, 1);
	t.like(it.saw.all('message.changed').at(-1)?.change, {key: message?.key, body: '… yonder balcony breaks?'});
});

test('a correction is not counted as unread, and does not open a buffer that was closed', async t => {
	const it = await scene(t);
	await it.server.bring(from(body('one'), 'm1'));
	await it.actions.closeBuffer({buffer: withRomeo});
	await it.server.bring(from(`${body('two')}${replace('m1')}`, 'm2'));
	t.is(it.storage.buffers.get(withRomeo), undefined);
	await it.actions.openBuffer({account: juliet, jid: romeo});
	t.is(it.storage.buffers.get(withRomeo)?.unread, 1);
});

test('somebody else corrects nothing: it is a message of its own', async t => {
	const it = await scene(t);
	const {id} = await say(it, 'I am well');
	await it.server.bring(from(`${body('I am dead')}${replace(id)}`, 'm2'));
	t.deepEqual(
		shown(it).map(message => message.body),
		['I am well', 'I am dead'],
	);
	t.is(shown(it)[0]?.edited, undefined);
	t.is(shown(it)[1]?.relating, undefined);
});

test('a correction of what is not here is shown, until that comes', async t => {
	const it = await scene(t);
	await it.server.bring(from(`${body('window')}${replace('m1')}`, 'm2'));
	t.like(only(it), {body: 'window', relating: {kind: 'correction', target: 'm1'}});
	const {key} = only(it) ?? {key: 0};
	await it.server.bring(from(body('airlock'), 'm1'));
	t.like(only(it), {id: 'm1', body: 'window', edited: {times: 1}});
	t.true(it.saw.all('message.changed').some(({change}) => change.key === key && change.hidden === true));
	t.is(it.saw.all('message.recorded').at(-1)?.message.body, 'window');
});

test('corrections and reactions count by their order, whatever order they were heard in', async t => {
	const it = await scene(t);
	await it.server.bring(from(reactions('m1', '👍'), 'r1'), from(reactions('m1', '🎉'), 'r2'));
	await it.server.bring(from(body('Good morrow'), 'm1'));
	t.deepEqual(countReactions(only(it)?.reactions ?? []), [{emoji: '🎉', by: [romeo], own: false}]);
});

test('each reaction says all that its author thinks, and an empty one takes it back', async t => {
	const it = await scene(t);
	const {id} = await say(it, 'Good morrow');
	await it.server.bring(from(reactions(id, '👍', '🎉', '👍'), 'r1'));
	t.deepEqual(
		only(it)?.reactions?.map(({by, emoji}) => ({by, emoji})),
		[{by: romeo, emoji: ['👍', '🎉']}],
	);
	await it.server.bring(from(reactions(id), 'r2'));
	t.is(only(it)?.reactions, undefined);
	t.deepEqual(it.saw.all('message.changed').at(-1)?.change.reactions, []);
});

test('an emoji counts as one, however the programs of those who chose it spell it', async t => {
	const it = await scene(t);
	const {key, id} = await say(it, 'Good morrow');
	await it.server.bring(from(reactions(id, '😀\u{FE0F}', '❤'), 'r1'));
	await it.actions.react({account: juliet, key, emoji: ['😀', '❤\u{FE0F}', '❤']});
	t.deepEqual(countReactions(only(it)?.reactions ?? []), [
		{emoji: '😀', by: [romeo, juliet], own: true},
		{emoji: '❤\u{FE0F}', by: [romeo, juliet], own: true},
	]);
});

test('what is no emoji, and more than anybody means, is not taken', async t => {
	const it = await scene(t);
	await it.server.bring(from(body('Good morrow'), 'm1'));
	const many = Array.from({length: 1000}, (_, index) =>
		String.fromCodePoint(0x1_f600 + (index % 60), 0x200d, index + 0x4e00),
	);
	await it.server.bring(from(reactions('m1', 'x'.repeat(65), 'a\nb', '&#x9;', ' 👍 ', ...many), 'r1'));
	const emoji = only(it)?.reactions?.[0]?.emoji ?? [];
	t.is(emoji[0], '👍');
	t.is(emoji.length, 20);
});

test('a retraction stands in the place of the text, its fallback nowhere', async t => {
	const it = await scene(t);
	await it.server.bring(from(body('Have not saints lips?'), 'm1'));
	await it.server.bring(from(retract('m1'), 'm2'));
	t.like(only(it), {id: 'm1', retracted: {by: 'author', at: it.clock.now()}});
	t.is(it.storage.search.find({terms: [{tokens: ['saints'], open: false}], filters: []}, {limit: 5}).hits.length, 0);
});

test('only the author takes a message back, and only the room moderates', async t => {
	const it = await scene(t);
	const {id} = await say(it, 'mine');
	await it.server.bring(from(retract(id), 'm2'));
	await it.server.bring(
		from(
			`<retract xmlns='urn:xmpp:message-retract:1' id='${id}'><moderated xmlns='urn:xmpp:message-moderate:1'/></retract>`,
			'm3',
		),
	);
	await it.server.bring(from(retract(id), 'm4', 'tybalt@example.net/x'));
	t.like(only(it), {body: 'mine', retracted: undefined});
});

test('what is about a message that never comes waits in bounds', async t => {
	const it = await scene(t);
	for (let at = 0; at < 30; at++) {
		const batch = Array.from({length: 10}, (_, index) =>
			from(reactions(`never-${at}-${index}`, '👍'), `r-${at}-${index}`),
		);
		await it.server.bring(...batch);
	}

	t.deepEqual(shown(it), []);
	t.is(it.storage.relations.awaitingCount(withRomeo, orchard as typeof romeo).all, 200);
});

test('an answer says what it answers, without what it repeats of it', async t => {
	const it = await scene(t);
	const {key, id} = await say(it, 'We should bake a cake 🎂');
	const quoted = '> We should bake a cake 🎂\n';
	const end = Array.from(quoted).length;
	const answer = (target: string) =>
		`<body>&gt; We should bake a cake 🎂\nGreat idea!</body><reply xmlns='urn:xmpp:reply:0' id='${target}' to='${juliet}'/>` +
		`<fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reply:0'><body start='0' end='${end}'/></fallback>`;
	await it.server.bring(from(answer(id), 'm2'), from(answer('unknown'), 'm3'));
	const [, known, unknown] = shown(it);
	t.like(known, {body: 'Great idea!', reply: {target: id, key, to: juliet, quoted: 'We should bake a cake 🎂'}});
	t.like(unknown, {body: 'Great idea!', reply: {target: 'unknown', quoted: 'We should bake a cake 🎂'}});
	t.is(unknown?.reply?.key, undefined);
});

test('a range of a fallback that is none hides nothing', async t => {
	const it = await scene(t);
	const ranges = ["start='-1' end='3'", "start='5' end='2'", "start='x'", "start='9999'"];
	for (const [index, range] of ranges.entries()) {
		await it.server.bring(
			from(
				`${body('all of it')}<fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reply:0'><body ${range}/></fallback>`,
				`m${index}`,
			),
		);
	}

	t.deepEqual(
		shown(it).map(message => message.body),
		ranges.map(() => 'all of it'),
	);
});

test('what answers a message of another conversation knows nothing of it', async t => {
	const it = await scene(t);
	await it.server.bring(from(body('a secret'), 'm1', 'nurse@example.org/x'));
	await it.server.bring(from(`${body('oh')}<reply xmlns='urn:xmpp:reply:0' id='m1'/>`, 'm2'));
	await it.server.bring(from(`${body('changed')}${replace('m1')}`, 'm3'));
	t.is(shown(it)[0]?.reply?.key, undefined);
	t.like(shown(it)[1], {body: 'changed', relating: {kind: 'correction', target: 'm1'}});
});

test('an archived relation that comes again changes nothing twice', async t => {
	const it = await scene(t);
	await it.server.bring(from(`${body('airlock')}${filed('a1')}`, 'm1'));
	await it.server.bring(from(`${body('window')}${replace('m1')}${filed('a2')}`, 'm2'));
	await it.server.bring(from(`${body('window')}${replace('m1')}${filed('a2')}`, 'm2'));
	t.is(only(it)?.edited?.times, 1);
});

test('a correction that a server delivers twice counts once', async t => {
	const it = await scene(t);
	await it.server.bring(from(`${body('airlock')}${filed('a1')}`, 'm1'));
	await it.server.bring(from(`${body('window')}${replace('m1')}${filed('a2')}`, 'm2'));
	await it.server.bring(from(`${body('window')}${replace('m1')}${filed('a3')}`, 'm2'));
	t.is(only(it)?.edited?.times, 1);
});

test('an own correction goes out under the id of the first version and changes the message at once', async t => {
	const it = await scene(t);
	const {key, id} = await say(it, 'airlock');
	await it.actions.correctMessage({account: juliet, key, body: 'window'});
	await it.actions.correctMessage({account: juliet, key, body: 'balcony'});
	const written = sent(it).slice(-2);
	t.true(written.every(text => text.includes(`<replace xmlns="urn:xmpp:message-correct:0" id="${id}"/>`)));
	t.like(only(it), {body: 'balcony', edited: {times: 2}});
});

test('an own reaction, answer and retraction are written as the specifications say', async t => {
	const it = await scene(t);
	await it.server.bring(from(`${body('Wherefore\nart thou?')}<origin-id xmlns='urn:xmpp:sid:0' id='o1'/>`, 'm1'));
	const target = only(it)?.key ?? 0;
	await it.actions.react({account: juliet, key: target, emoji: ['👍', '🎉']});
	const reaction = sent(it).at(-1) ?? '';
	t.regex(
		reaction,
		/<reactions xmlns="urn:xmpp:reactions:0" id="o1"><reaction>👍<\/reaction><reaction>🎉<\/reaction><\/reactions>/,
	);
	t.regex(reaction, /<store xmlns="urn:xmpp:hints"\/>/);
	t.notRegex(reaction, /<body|urn:xmpp:receipts/);
	t.deepEqual(
		countReactions(only(it)?.reactions ?? []).map(({own}) => own),
		[true, true],
	);

	await it.actions.sendMessage({account: juliet, to: romeo, body: 'Here', reply: target});
	const answer = sent(it).at(-1) ?? '';
	t.regex(answer, /<body>&gt; Wherefore\n&gt; art thou\?\nHere<\/body>/);
	t.regex(answer, /<reply xmlns="urn:xmpp:reply:0" id="o1" to="romeo@example.net\/orchard"\/>/);
	t.regex(answer, /<body start="0" end="24"\/>/);
	t.like(shown(it).at(-1), {body: 'Here', reply: {target: 'o1', key: target}});

	const {key} = await say(it, 'a mistake');
	const id = idOf(sent(it).at(-1));
	it.server.acknowledge();
	await it.actions.retractMessage({account: juliet, key});
	t.regex(sent(it).at(-1) ?? '', new RegExp(`<retract xmlns="urn:xmpp:message-retract:1" id="${id}"/>`));
	t.like(it.storage.messages.get(key), {retracted: {by: 'author'}});
});

test('what cannot be done about a message says why', async t => {
	const it = await scene(t);
	await it.server.bring(
		from(body('theirs'), 'm1'),
		`<message from='${orchard}' to='${juliet}/r1' type='chat'>${body('nameless')}</message>`,
	);
	const [theirs, nameless] = shown(it).map(({key}) => key);
	const refused = async (work: Promise<unknown>) => (await t.throwsAsync(work)) as Error & {code?: string};
	t.is((await refused(it.actions.correctMessage({account: juliet, key: theirs ?? 0, body: 'x'}))).code, 'not-yours');
	t.is((await refused(it.actions.retractMessage({account: juliet, key: theirs ?? 0}))).code, 'not-yours');
	t.is(
		(await refused(it.actions.react({account: juliet, key: nameless ?? 0, emoji: ['👍']}))).code,
		'message-nameless',
	);
	t.is(
		(await refused(it.actions.react({account: juliet, key: theirs ?? 0, emoji: ['not an emoji']}))).code,
		'not-an-emoji',
	);
	t.is((await refused(it.actions.react({account: juliet, key: 1, emoji: ['👍']}))).code, 'no-such-message');
	t.is((await refused(it.actions.moderateMessage({account: juliet, key: theirs ?? 0}))).code, 'not-a-room');
	const {key} = await say(it, 'oops');
	t.is((await refused(it.actions.correctMessage({account: juliet, key, body: '  '}))).code, 'empty-message');
});

test('a correction that comes back as an error is undone, and the person hears of it', async t => {
	const it = await scene(t);
	const {key} = await say(it, 'airlock');
	await it.actions.correctMessage({account: juliet, key, body: 'window'});
	const id = idOf(sent(it).at(-1));
	await it.server.bring(
		`<message type='error' from='${romeo}' to='${juliet}/r1' id='${id}'><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>`,
	);
	t.like(it.storage.messages.get(key), {body: 'airlock', edited: undefined});
	t.regex(it.saw.all('notice').at(-1)?.text ?? '', /^Your correction was not sent/);
});

test('what waits to be said about a message that is taken back before it went out is not said', async t => {
	const it = await scene(t);
	await it.actions.disconnect({account: juliet});
	const {key} = await it.actions.sendMessage({account: juliet, to: romeo, body: 'airlock'});
	await it.actions.correctMessage({account: juliet, key, body: 'window'});
	await it.actions.retractMessage({account: juliet, key});
	t.is(it.storage.outbox.waiting(juliet).length, 0);
	t.deepEqual(
		it.saw.all('notice').filter(({level}) => level === 'error'),
		[],
	);
});

test('what was taken back is forgotten where the person wants that', async t => {
	const it = await scene(t);
	await it.actions.changeSetting({name: 'retractions.forget', value: true});
	await it.server.bring(
		from(body('first'), 'm1'),
		from(`${body('second')}${replace('m1')}`, 'm2'),
		from(retract('m1'), 'm3'),
	);
	t.like(only(it), {body: '', retracted: {by: 'author'}});
	const {versions} = await it.actions.messageDetails({account: juliet, key: only(it)?.key ?? 0});
	t.true(versions.every(version => version.body === ''));
});
