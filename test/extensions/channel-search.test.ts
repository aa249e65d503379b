import {readFileSync} from 'node:fs';
import test, {type ExecutionContext} from 'ava';
import {channelSearch} from '../../source/extensions/channel-search.js';
import {createSearchPauses} from '../../source/extensions/search-pauses.js';
import type {XmppcError} from '../../source/shared/errors.js';
import type {BareJid} from '../../source/shared/jid.js';
import {settled} from '../client/scene.js';
import {createManualClock} from '../support/manual-clock.js';
import {attached} from './attached.js';

const directory = 'api@search.example.net' as BareJid;
const namespace = 'urn:xmpp:channel-search:0:search';
const order = (key: string) => `{urn:xmpp:channel-search:0:order}${key}`;

/** The form of the XEP's example. */
const exampleForm =
	/<search[\s\S]*<\/search>/.exec(
		readFileSync(new URL('../../../test/fixtures/xeps/0433/form.xml', import.meta.url), 'utf8'),
	)?.[0] ?? '';

const form = (fields: string, type = 'urn:xmpp:channel-search:0:search-params') =>
	`<search xmlns='${namespace}'><x xmlns='jabber:x:data' type='form'><field type='hidden' var='FORM_TYPE'><value>${type}</value></field>${fields}</x></search>`;
const words = "<field var='q'/>";
const sorting = (...keys: readonly string[]) =>
	`<field var='key' type='list-single'>${keys.map(key => `<option><value>${order(key)}</value></option>`).join('')}</field>`;

const room = (address: string, inside = '') => `<item address='${address}'>${inside}</item>`;
const last = (id: string, more = '') => `<set xmlns='http://jabber.org/protocol/rsm'><last>${id}</last>${more}</set>`;
const result = (inside: string) => `<result xmlns='${namespace}'>${inside}</result>`;
const refusal = (type: string, condition: string, detail: string, text = '') =>
	`<error type='${type}'><${condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>${
		text === '' ? '' : `<text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>${text}</text>`
	}${detail === '' ? '' : `<${detail} xmlns='urn:xmpp:channel-search:0:error'/>`}</error>`;

/** A directory with this form, that answers searches so; `asked` are those. */
async function searching(
	t: ExecutionContext,
	answer: string | ((payload: string, number: number) => string),
	fields = exampleForm,
) {
	const asked: string[] = [];
	const it = await attached(t, server => {
		server.answerWith('search', payload => {
			if (!payload.includes('jabber:x:data')) {
				return fields;
			}

			asked.push(payload);
			return typeof answer === 'string' ? answer : answer(payload, asked.length);
		});
	});
	const clock = createManualClock();
	const pauses = createSearchPauses(clock);
	return {
		...it,
		asked,
		clock,
		search: (text = 'house', service = directory) => it.live.use(channelSearch).search(service, text, pauses),
	};
}

/** What a search is refused with. */
async function refused(t: ExecutionContext, it: Awaited<ReturnType<typeof searching>>, text?: string) {
	const {code, message, hint = ''} = (await t.throwsAsync(it.search(text))) as XmppcError;
	return {code, message, hint};
}

const value = (payload: string | undefined, name: string) =>
	new RegExp(`<field var="${name}"[^>]*><value>([^<]*)</value>`).exec(payload ?? '')?.[1];

test('the form is read first, and only fields that it has are filled in', async t => {
	const it = await searching(t, result(''));
	await it.search('house of music');
	const [asked] = it.asked;
	t.regex(asked ?? '', /<field var="FORM_TYPE" type="hidden"><value>urn:xmpp:channel-search:0:search-params</);
	t.is(value(asked, 'q'), 'house of music');
	t.is(value(asked, 'types'), 'xep-0045');
	t.is(value(asked, 'key'), order('nusers'));
	t.deepEqual(
		['sinname', 'sindescription', 'sinaddr', 'sinaddress', 'all', 'min_users'].map(name => value(asked, name)),
		['true', 'true', 'true', undefined, undefined, undefined],
	);
	t.regex(asked ?? '', /type="submit"/);
	t.regex(asked ?? '', /<max>100<\/max>/);
	t.true(it.server.asked.filter(text => text.includes(namespace)).every(text => text.includes(`to="${directory}"`)));

	const other = await searching(
		t,
		result(''),
		form(`${words}<field var='sinaddress' type='boolean'/>${sorting('address')}`),
	);
	await other.search('tea');
	t.is(value(other.asked[0], 'sinaddress'), 'true');
	t.is(value(other.asked[0], 'key'), order('address'));
	t.notRegex(other.asked[0] ?? '', /var="(?:types|sinname|sindescription|sinaddr|all)"/);

	const least = await searching(t, result(''), form(words));
	await least.search('tea');
	t.notRegex(least.asked[0] ?? '', /var="(?!q"|FORM_TYPE")/);
});

test('without words all is asked for, and never together with words', async t => {
	const it = await searching(t, result(''));
	await it.search(' \n ');
	t.is(value(it.asked[0], 'all'), 'true');
	t.notRegex(it.asked[0] ?? '', /var="(?:q|sin)/);
});

test('what is searched goes in one line that XML can carry, and not at any length', async t => {
	const it = await searching(t, result(''));
	await it.search(` a\u0000b\u001b\n\tc ${'x'.repeat(5000)}`);
	const sent = value(it.asked[0], 'q') ?? '';
	t.true(sent.startsWith('ab c xxx'));
	t.is([...sent].length, 500);
});

test('what a directory tells of a room is told', async t => {
	const item = room(
		'Balcony@Rooms.example.org',
		"<name> Balcony </name><description>By night</description><language>it</language><nusers>2</nusers><service-type>xep-0045</service-type><is-open/><anonymity-mode>muc_semianonymous</anonymity-mode><mood xmlns='urn:other'/>",
	);
	const strange = room('tomb@rooms.example.org', '<is-open>0</is-open><anonymity-mode>masks</anonymity-mode>');
	const it = await searching(t, result(item + strange + room('hall@rooms.example.org')));
	t.deepEqual(await it.search(), {
		rooms: [
			{
				jid: 'balcony@rooms.example.org' as BareJid,
				name: 'Balcony',
				description: 'By night',
				language: 'it',
				people: 2,
				isOpen: true,
				nonAnonymous: false,
			},
			{jid: 'tomb@rooms.example.org' as BareJid, isOpen: false, nonAnonymous: true},
			{jid: 'hall@rooms.example.org' as BareJid},
		],
		isCut: false,
	});
});

test('what is no room that can be entered is left out', async t => {
	const it = await searching(
		t,
		result(
			[
				'<item><name>nowhere</name></item>',
				room(''),
				room('den@rooms.example.org/romeo'),
				room('rooms.example.org'),
				room('two@@rooms.example.org'),
				room(`${'x'.repeat(4000)}@rooms.example.org`),
				room('mix@rooms.example.org', '<service-type>xep-0369</service-type>'),
				`<item xmlns='urn:other' address='other@rooms.example.org'/>`,
				room('hall@rooms.example.org'),
			].join(''),
		),
	);
	t.deepEqual(
		(await it.search()).rooms.map(({jid}) => jid),
		['hall@rooms.example.org' as BareJid],
	);
});

test('names and descriptions are kept only so long', async t => {
	const it = await searching(
		t,
		result(
			room(
				'hall@rooms.example.org',
				`<name>${'n'.repeat(100_000)}</name><description>${'d'.repeat(100_000)}</description><nusers>99999999999</nusers><language>${'en-'.repeat(50)}</language>`,
			),
		),
	);
	const [hall] = (await it.search()).rooms;
	t.deepEqual([hall?.name?.length, hall?.description?.length], [200, 1000]);
	t.deepEqual([hall?.people, hall?.language], [undefined, undefined]);
});

test('further pages are fetched with the same form, and no room is told twice', async t => {
	const it = await searching(t, (_, number) =>
		number === 1
			? result(room('a@rooms.example.org') + room('b@rooms.example.org') + last('b'))
			: number === 2
				? result(room('b@rooms.example.org') + room('c@rooms.example.org') + last('c'))
				: result(''),
	);
	const {rooms, isCut} = await it.search();
	t.deepEqual(
		rooms.map(({jid}) => jid[0]),
		['a', 'b', 'c'],
	);
	t.false(isCut);
	t.is(it.asked.length, 3);
	t.regex(it.asked[1] ?? '', /<after>b<\/after>/);
	t.regex(it.asked[2] ?? '', /<after>c<\/after>/);
	t.is(new Set(it.asked.map(payload => value(payload, 'q'))).size, 1);
});

test('a page that is not full, by the size that it tells, is the last', async t => {
	const it = await searching(t, result(room('a@rooms.example.org') + last('a', '<max>5</max>')));
	t.is((await it.search()).rooms.length, 1);
	t.is(it.asked.length, 1);
});

test('of ten thousand rooms on a page two hundred are kept, and it is said that there are more', async t => {
	const many = Array.from({length: 10_000}, (_, index) => room(`room${index}@rooms.example.org`)).join('');
	const it = await searching(t, result(many + last('end')));
	const {rooms, isCut} = await it.search();
	t.is(rooms.length, 200);
	t.true(isCut);
	t.is(it.asked.length, 1);
});

test('a directory that gives the same page for ever is asked twice', async t => {
	const it = await searching(t, result(room('a@rooms.example.org') + last('a')));
	t.is((await it.search()).rooms.length, 1);
	t.is(it.asked.length, 2);
});

test('a directory with a new room on each of endless pages is left after some', async t => {
	const it = await searching(t, (_, number) => result(room(`room${number}@rooms.example.org`) + last('same')));
	const {rooms, isCut} = await it.search();
	t.is(rooms.length, 10);
	t.true(isCut);
	t.is(it.asked.length, 10);
});

test('where a later page is refused, what is there counts, and the pause is kept', async t => {
	const it = await searching(t, (_, number) =>
		number === 1
			? result(room('a@rooms.example.org') + last('a'))
			: refusal('wait', 'resource-constraint', "rate-limit retry-after='30'"),
	);
	const {rooms, isCut} = await it.search();
	t.is(rooms.length, 1);
	t.true(isCut);
	t.is((await refused(t, it)).code, 'directory-paused');
	t.is(it.asked.length, 2);
});

test('an answer from somebody else is none', async t => {
	const it = await searching(t, '');
	it.server.unanswered.add('search');
	const searched = it.search();
	await settled();
	const id = () => / id="([^"]+)"/.exec(it.server.asked.at(-1) ?? '')?.[1];
	await it.server.bring(
		`<iq type='result' id='${id()}' from='api@search.example.com'>${form("<field var='q'/>")}</iq>`,
		`<iq type='result' id='${id()}'>${form("<field var='q'/>")}</iq>`,
		`<iq type='result' id='${id()}' from='${directory}/x'>${form("<field var='q'/>")}</iq>`,
	);
	await settled();
	t.is(it.server.asked.filter(text => text.includes(namespace)).length, 1);
	await it.server.bring(`<iq type='result' id='${id()}' from='${directory}'>${form(words)}</iq>`);
	await settled();
	await it.server.bring(
		`<iq type='result' id='${id()}' from='search.example.net'>${result(room('trap@rooms.example.org'))}</iq>`,
		`<iq type='result' id='${id()}' from='${directory}'>${result(room('hall@rooms.example.org'))}</iq>`,
	);
	t.deepEqual(
		(await searched).rooms.map(({jid}) => jid),
		['hall@rooms.example.org' as BareJid],
	);
});

for (const [what, fields, answer] of [
	['no form', `<search xmlns='${namespace}'/>`, ''],
	['a form about something else', form(words, 'urn:other'), ''],
	['no element at all', '', ''],
	['no result', form(words), `<query xmlns='${namespace}'/>`],
] as const) {
	test(`a directory that answers with ${what} is not believed`, async t => {
		const it = await searching(t, answer, fields);
		t.like(await refused(t, it), {code: 'malformed-answer'});
	});
}

for (const [name, error, expected] of [
	[
		'words that are too short',
		refusal('modify', 'bad-request', 'invalid-search-terms', 'Search terms must have at least three characters.'),
		{code: 'directory-terms', message: /“Search terms must have at least three characters\.”/, hint: /longer/},
	],
	[
		'an order',
		refusal('modify', 'feature-not-implemented', 'invalid-sort-key'),
		{code: 'directory-order', message: /cannot sort/, hint: /--service/},
	],
	[
		'all it has',
		refusal('cancel', 'not-allowed', 'full-set-retrieval-rejected', 'Retrieval is not allowed.'),
		{code: 'directory-rejects-all', message: /does not tell all its rooms: “Retrieval/, hint: /WORDS/},
	],
	[
		'a search for nothing',
		refusal('modify', 'bad-request', 'no-search-conditions'),
		{code: 'directory-needs-words', message: /what to search for\.$/, hint: /WORDS/},
	],
	[
		'fields that exclude each other',
		refusal('cancel', 'not-allowed', 'conflicting-fields', 'Not both.'),
		{code: 'directory-conflict', message: /“Not both\.”/, hint: /--service/},
	],
	[
		'everything, being none',
		refusal('cancel', 'service-unavailable', ''),
		{code: 'no-directory', message: /is no directory of rooms/, hint: /rooms\.directory/},
	],
	[
		'everybody',
		refusal('auth', 'forbidden', '', 'Members only.\u2028'),
		{code: 'stanza-forbidden', message: /api@search\.example\.net refused.*Members only/, hint: /rooms\.directory/},
	],
	[
		'with the word of another specification',
		refusal('modify', 'bad-request', '').replace('</error>', "<invalid-search-terms xmlns='urn:other'/></error>"),
		{code: 'stanza-bad-request', message: /refused/, hint: /./},
	],
] as const) {
	test(`a directory that refuses ${name} is understood`, async t => {
		const it = await searching(t, error);
		const problem = await refused(t, it);
		t.is(problem.code, expected.code);
		t.regex(problem.message, expected.message);
		t.regex(problem.hint, expected.hint);
		t.true(problem.message.startsWith(directory));
	});
}

test('a directory that wants to be left alone is not asked again before its time', async t => {
	let isBusy = true;
	const limit = refusal('wait', 'resource-constraint', "rate-limit retry-after='30'");
	const it = await searching(t, () => (isBusy ? limit : result('')));
	t.deepEqual(await refused(t, it), {
		code: 'directory-paused',
		message: `${directory} takes no more searches for now.`,
		hint: 'Try again in 30 seconds.',
	});
	isBusy = false;
	const before = it.server.asked.length;
	await it.clock.advance(29_900);
	t.is((await refused(t, it)).hint, 'Try again in 1 second.');
	t.is(it.server.asked.length, before);
	t.deepEqual(await it.search('house', 'search.example.com' as BareJid), {rooms: [], isCut: false});
	await it.clock.advance(100);
	t.deepEqual((await it.search()).rooms, []);
});

test('also the question for the form may be too much', async t => {
	const it = await searching(t, '', refusal('wait', 'resource-constraint', "rate-limit retry-after='7200'"));
	t.is((await refused(t, it)).hint, 'Try again in 2 hours.');
	t.deepEqual(it.asked, []);
	const before = it.server.asked.length;
	await refused(t, it);
	t.is(it.server.asked.length, before);
});

test('a directory that does not say how long is left alone twice as long each time, until it answers', async t => {
	let isBusy = true;
	const limit = refusal('wait', 'resource-constraint', "rate-limit retry-after='soon'");
	const it = await searching(t, () => (isBusy ? limit : result('')));
	const hints = [];
	for (const seconds of [30, 60, 120]) {
		hints.push((await refused(t, it)).hint);
		await it.clock.advance(seconds * 1000);
	}

	t.deepEqual(hints, ['Try again in 30 seconds.', 'Try again in 60 seconds.', 'Try again in 2 minutes.']);
	isBusy = false;
	await it.search();
	isBusy = true;
	t.is((await refused(t, it)).hint, 'Try again in 30 seconds.');
});

test('a directory that lacks a way to search says the other way', async t => {
	const onlyWords = await searching(t, result(''), form(words));
	t.like(await refused(t, onlyWords, ''), {code: 'directory-needs-words'});
	const onlyAll = await searching(t, result(''), form("<field var='all' type='boolean'/>"));
	t.like(await refused(t, onlyAll), {code: 'directory-without-words'});
	t.deepEqual([...onlyWords.asked, ...onlyAll.asked], []);
});
