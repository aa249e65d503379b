import test from 'ava';
import fc from 'fast-check';
import {readQuery, type SearchQuery} from '../../source/model/search.js';
import type {Calendar} from '../../source/shared/local-time.js';
import {matchesIn, phraseOf, tokensOf} from '../../source/shared/search-text.js';
import {readWhen} from '../../source/shared/when.js';

/** 2026-11-21 21:58 UTC, a Saturday. */
const evening = Date.UTC(2026, 10, 21, 21, 58);
const utc: Calendar = milliseconds => {
	const date = new Date(milliseconds);
	return {
		year: date.getUTCFullYear(),
		month: date.getUTCMonth() + 1,
		day: date.getUTCDate(),
		weekday: date.getUTCDay(),
		hour: date.getUTCHours(),
		minute: date.getUTCMinutes(),
	};
};
const here = {now: evening, calendar: utc};
const day = 86_400_000;
const date = (text: string) => Date.parse(`${text}T00:00:00Z`);

function query(text: string): SearchQuery | undefined {
	const read = readQuery(text, here);
	return read.ok ? read.query : undefined;
}

const words = (text: string) => tokensOf(text).map(token => token.text);
const term = (text: string, open = false) => ({tokens: text.split(' '), open});

test('words are cut without case, accents and punctuation', t => {
	t.deepEqual(words('Crème brûlée, e-mail: Ｆｕｌｌ ﬁne “STRASSE”!'), [
		'creme',
		'brulee',
		'e',
		'mail',
		'full',
		'fine',
		'strasse',
	]);
	t.deepEqual(words('Ὀδυσσεύς ПРИВЁТ'), ['οδυσσευσ', 'привет']);
	t.deepEqual(words('https://example.org/a_b'), ['https', 'example', 'org', 'a', 'b']);
});

test('scripts without spaces are cut into letters, pictures are words', t => {
	t.deepEqual(words('日本語 ラーメン 한글'), ['日', '本', '語', 'ラ', 'ー', 'メ', 'ン', '한', '글']);
	t.deepEqual(words('ok 👍🏽 ❤️'), ['ok', '👍', '❤']);
	t.true(matchesIn('彼は日本語を話す', [phraseOf('日本語', true) ?? term('x')]).length === 1);
});

test('a part of a text that matches is found at its place', t => {
	const text = 'Wherefore art thou Romeo? Deny thy father.';
	const found = (wanted: string, open = false) =>
		matchesIn(text, [phraseOf(wanted, open) ?? term('')]).map(({from, to}) => text.slice(from, to));
	t.deepEqual(found('THOU romeo'), ['thou Romeo']);
	t.deepEqual(found('fat', true), ['father']);
	t.deepEqual(found('fat'), []);
	t.deepEqual(found('romeo thou'), []);
});

test('the last word may go on, unless a space or a quote ends it', t => {
	t.deepEqual(query('deny fath')?.terms, [term('deny'), term('fath', true)]);
	t.deepEqual(query('deny fath ')?.terms, [term('deny'), term('fath')]);
	t.deepEqual(query('"thou Romeo"')?.terms, [term('thou romeo')]);
	t.deepEqual(query('"thou Rom')?.terms, [term('thou rom', true)]);
	t.deepEqual(query('a')?.terms, [term('a')]);
	t.deepEqual(query('e-mail')?.terms, [term('e mail', true)]);
});

test('words are excluded with a hyphen, phrases and filters too', t => {
	t.deepEqual(query('sun -moon -"by night" -from:me ')?.terms, [
		term('sun'),
		{...term('moon'), excluded: true},
		{...term('by night'), excluded: true},
	]);
	t.deepEqual(query('sun -from:me ')?.filters, [{by: 'from', value: 'me', excluded: true}]);
});

test('filters are read with what a person writes behind them', t => {
	t.deepEqual(query('from:"Romeo Montague" in:#dev HAS:links account:me@example.org')?.filters, [
		{by: 'from', value: 'Romeo Montague'},
		{by: 'in', value: '#dev'},
		{by: 'has', value: 'link'},
		{by: 'account', value: 'me@example.org'},
	]);
	const {since, before} = query('after:2026-03-01 before:"last friday"') ?? {};
	t.is(since, date('2026-03-02'));
	t.is(before, date('2026-11-20'));
	t.deepEqual(query('on:yesterday'), {
		terms: [],
		filters: [],
		since: date('2026-11-20'),
		before: date('2026-11-21'),
	});
});

test('what only looks like a filter is words', t => {
	t.deepEqual(query('error: https://example.org/x ')?.terms, [term('error'), term('https example org x')]);
	t.deepEqual(query('constructor:x ')?.terms, [term('constructor x')]);
});

test('a problem is placed at the wrong word', t => {
	const problem = (text: string) => {
		const read = readQuery(text, here);
		return read.ok ? undefined : {code: read.problem.code, at: text.slice(read.problem.from, read.problem.to)};
	};
	t.deepEqual(problem('sun before:teatime moon'), {code: 'search-date', at: 'before:teatime'});
	t.deepEqual(problem('sun has:cheese'), {code: 'search-value', at: 'has:cheese'});
	t.deepEqual(problem('from: sun'), {code: 'search-value', at: 'from:'});
	t.deepEqual(problem(' ?! '), {code: 'search-empty', at: ' ?! '});
});

test('no text makes the parser throw or put a quote into a term', t => {
	fc.assert(
		fc.property(fc.string({unit: 'binary'}), text => {
			const terms = query(text)?.terms ?? [];
			t.true(terms.every(({tokens}) => tokens.every(token => !/["*():^{}\s-]/u.test(token))));
		}),
	);
	t.pass();
});

test('points in time are read as people write them, and lie in the past', t => {
	const from = (text: string) => {
		const span = readWhen(text, here);
		return span && new Date(span.from).toISOString().slice(0, 16);
	};
	// It is Saturday, 21 November 2026, 21:58.
	const expected: Readonly<Record<string, string | undefined>> = {
		'2026-03-01': '2026-03-01T00:00',
		'2026-03-01 14:05': '2026-03-01T14:05',
		'2026-03': '2026-03-01T00:00',
		2025: '2025-01-01T00:00',
		'1.3.2026': '2026-03-01T00:00',
		today: '2026-11-21T00:00',
		Yesterday: '2026-11-20T00:00',
		monday: '2026-11-16T00:00',
		'mon 14:00': '2026-11-16T14:00',
		saturday: '2026-11-21T00:00',
		'saturday 23:00': '2026-11-14T23:00',
		'last saturday': '2026-11-14T00:00',
		'21:00': '2026-11-21T21:00',
		'23:00': '2026-11-20T23:00',
		'2 weeks': '2026-11-07T00:00',
		'2w ago': '2026-11-07T00:00',
		'3 months': '2026-08-21T00:00',
		'a year ago': '2025-11-21T00:00',
		'90 minutes': '2026-11-21T20:28',
		'21 nov': '2026-11-21T00:00',
		'Dec 24': '2025-12-24T00:00',
		'24 December 2024': '2024-12-24T00:00',
		march: '2026-03-01T00:00',
		'2026-02-30': undefined,
		'31 feb': undefined,
		'25:00': undefined,
		teatime: undefined,
		'': undefined,
	};
	for (const [text, moment] of Object.entries(expected)) {
		t.is(from(text), moment, text);
	}

	t.deepEqual(readWhen('2026-03', here), {from: date('2026-03-01'), to: date('2026-04-01')});
	t.is(readWhen('yesterday', here)?.to, date('2026-11-20') + day);
});

test('days begin at local midnight, also where the clocks change', t => {
	const vienna = (milliseconds: number) =>
		utc(milliseconds + (milliseconds >= Date.UTC(2026, 2, 29, 1) ? 2 : 1) * 3_600_000);
	const span = readWhen('2026-03-29', {now: evening, calendar: vienna});
	t.deepEqual(span, {from: Date.UTC(2026, 2, 28, 23), to: Date.UTC(2026, 2, 29, 22)});
});
