import test from 'ava';
import {consoleBuffer} from '../../source/model/buffer.js';
import type {BareJid} from '../../source/shared/jid.js';
import type {Phrase} from '../../source/shared/search-text.js';
import {displayWidth} from '../../source/shared/text.js';
import {fitting, targetOf} from '../../source/tui/finding/fuzzy.js';
import {withFound} from '../../source/tui/panes/found-marks.js';
import {line, wrap} from '../../source/tui/screen/line.js';
import type {StyleId} from '../../source/tui/screen/style.js';
import {
	account,
	buffer,
	contact,
	evening,
	golden,
	message,
	minutes,
	nurse,
	romeo,
	withNurse,
	withRomeo,
} from './support.js';
import {createTypist, press, type Typist} from './typist.js';

const hours = 60 * minutes;
const days = 24 * hours;
const ctrlS = '\u0013';
const ctrlR = '\u0012';

/** A long talk with Romeo, an hour between two messages, and a short one with the nurse. */
async function longTalk(
	part: Parameters<typeof createTypist>[0] = {},
	size = {columns: 80, rows: 24},
): Promise<Typist> {
	const typist = await createTypist(
		{
			accounts: [account()],
			contacts: [contact(romeo, {name: 'Romeo Montague'}), contact(nurse)],
			buffers: [buffer(romeo), buffer(nurse)],
			active: withRomeo,
			...part,
		},
		size,
		({history}) => {
			history.set(
				withRomeo,
				Array.from({length: 3000}, (_, n) =>
					message(
						evening - (3000 - n) * hours,
						n % 500 === 7 ? `the balcony at ${n}` : `line ${n} of the talk`,
						n % 1000 === 20 ? {highlight: true} : {},
					),
				),
			);
			history.set(
				withNurse,
				Array.from({length: 300}, (_, n) =>
					message(evening - (300 - n) * days, n === 40 ? 'A balcony, madam' : `word ${n}`, {
						buffer: withNurse,
						author: nurse,
					}),
				),
			);
		},
	);
	await typist.settle();
	return typist;
}

/** Lines of the message pane with a text. */
const shows = (typist: Typist, text: string) => typist.screen().includes(text);

test('a search through everything lists the hits with where, who and when, the newest first', async t => {
	const typist = await longTalk();
	await typist.type('/search balcony\r');
	const popup = typist.popup() ?? '';
	t.regex(popup, /^Search: balcony/u);
	t.regex(popup, /1 of 7/u);
	t.true(popup.includes('Romeo Montague'));
	t.true(popup.indexOf('the balcony at 2507') < popup.indexOf('the balcony at 2007'));
	t.is(typist.input(), '');
});

test('what is typed into the list narrows it, and Escape leaves everything as it was', async t => {
	const typist = await longTalk();
	const before = typist.screen();
	await typist.type('/search\r');
	t.regex(typist.popup() ?? '', /Words, "exact words"/u);
	await typist.type('balcony mad');
	t.regex(typist.popup() ?? '', /1 of 1 /u);
	t.true(typist.popup()?.includes('A balcony, madam'));
	await typist.type('x');
	t.regex(typist.popup() ?? '', /Nothing was found/u);
	await typist.type(press.escape);
	await typist.settle();
	t.is(typist.popup(), undefined);
	t.is(typist.screen(), before);
});

test('a problem in the query is told in the list', async t => {
	const typist = await longTalk();
	await typist.type('/search\rbalcony before:teatime');
	t.regex(typist.popup() ?? '', /“teatime” is not a date/u);
});

test('a query that cannot be read stays in the input, and the wrong word is pointed at', async t => {
	const typist = await longTalk();
	await typist.type('/search sun before:teatime\r');
	t.is(typist.popup(), undefined);
	t.is(typist.input(), '/search sun before:teatime');
	t.true(shows(typist, '“teatime” is not a date.'));
});

test('Enter goes to a hit in its context, and /return goes back to the newest message', async t => {
	const typist = await longTalk();
	await typist.type('/search balcony\r');
	await typist.type(press.down + press.down + press.enter);
	t.is(typist.app.view().active, withRomeo);
	t.true(shows(typist, 'the balcony at 1507'));
	t.true(shows(typist, 'line 1504 of the talk'));
	t.true(shows(typist, 'line 1510 of the talk'));
	t.true((typist.app.state().buffers[withRomeo]?.entries.length ?? 0) <= 400);
	t.true(shows(typist, '/return (Alt+,) goes back.'));
	await typist.type('/return\r');
	t.true(shows(typist, 'line 2999 of the talk'));
	t.is(typist.app.view().places[withRomeo]?.anchor, undefined);
});

test('Enter goes to the line that was found, also in a long message that is folded', async t => {
	const long = Array.from({length: 300}, (_, n) => `row ${n}`).join('\n');
	const typist = await createTypist(
		{accounts: [account()], buffers: [buffer(romeo)], active: withRomeo},
		undefined,
		({history}) => {
			history.set(
				withRomeo,
				Array.from({length: 40}, (_, n) => message(evening - (40 - n) * hours, n === 20 ? long : `line ${n}`)),
			);
		},
	);
	await typist.settle();
	await typist.type('/search "row 250"\r');
	await typist.type(press.enter);
	t.true(shows(typist, 'row 250'));
	t.true(shows(typist, 'row 245'));
	await typist.type(press.alt(','));
	await typist.type(`${ctrlS}"row 2"`);
	t.true(shows(typist, 'row 2'));
	t.true(shows(typist, 'line 19'));
	await typist.type(press.escape);
});

test('a jump leads to another buffer and back to the place in the first, though its window was cut', async t => {
	const typist = await longTalk();
	await typist.type(press.pageUp.repeat(3));
	const before = typist.screen();
	await typist.type('/search madam\r\r');
	t.is(typist.app.view().active, withNurse);
	t.true(shows(typist, 'A balcony, madam'));
	t.true(shows(typist, 'word 43'));
	typist.app.hear({
		type: 'history.loaded',
		buffer: withRomeo,
		messages: [],
		complete: false,
		around: {key: 0, last: false},
	});
	await typist.settle();
	await typist.type(press.alt(','));
	t.is(typist.app.view().active, withRomeo);
	const [, ...pane] = typist.screen().split('\n').slice(0, 20);
	const [, ...wanted] = before.split('\n').slice(0, 20);
	t.deepEqual(pane, wanted);
});

test('one can go on reading from a hit to the newest message', async t => {
	const typist = await longTalk();
	await typist.type('/search "balcony at 2507"\r\r');
	t.true(shows(typist, 'the balcony at 2507'));
	for (let page = 0; page < 60 && !shows(typist, 'line 2999'); page++) {
		await typist.type(press.pageDown);
	}

	t.true(shows(typist, 'line 2999 of the talk'));
});

test('the search in a buffer goes along while it is typed, up and down, and Escape returns', async t => {
	const typist = await longTalk();
	const before = typist.screen();
	await typist.type(`${ctrlS}balc`);
	t.regex(typist.popup() ?? '', /^Find here: balc/u);
	t.true(shows(typist, 'the balcony at 2507'));
	await typist.type(ctrlS + ctrlS);
	t.true(shows(typist, 'the balcony at 1507'));
	await typist.type(ctrlR);
	t.true(shows(typist, 'the balcony at 2007'));
	await typist.type(press.escape);
	await typist.settle();
	t.is(typist.popup(), undefined);
	t.is(typist.screen(), before);
});

test('Enter stays at a hit, and Alt+, returns to where the search began', async t => {
	const typist = await longTalk();
	await typist.type(`${ctrlS}balcony at 7${press.enter}`);
	t.true(shows(typist, 'the balcony at 7'));
	t.is(typist.popup(), undefined);
	await typist.type('hello');
	t.is(typist.input(), 'hello');
	await typist.type(press.alt(','));
	t.true(shows(typist, 'line 2999 of the talk'));
});

test('a search that finds nothing says so and moves nothing; Ctrl+S alone takes the last one again', async t => {
	const typist = await longTalk();
	await typist.type(`${ctrlS}zeppelin`);
	t.regex(typist.popup() ?? '', /not found/u);
	t.true(shows(typist, 'line 2999 of the talk'));
	await typist.type(press.escape);
	await typist.type(`${ctrlS}${ctrlS}`);
	t.regex(typist.popup() ?? '', /zeppelin/u);
});

test('/goto goes to a day, says when there was nothing on it, and back returns', async t => {
	const typist = await longTalk();
	await typist.type('/goto 2026-10-01\r');
	t.true(shows(typist, 'Thu 1 Oct 2026'));
	await typist.type('/goto yesterday 14:00\r');
	t.true(shows(typist, 'Fri 20 Nov 2026'));
	await typist.type('/goto back\r');
	t.true(shows(typist, 'Thu 1 Oct 2026'));
	await typist.type('/goto 2020-01-01\r');
	t.true(shows(typist, 'line 0 of the talk'));
	t.true(shows(typist, 'Nothing is stored of Wed 1 Jan 2020'));
	await typist.type('/goto 2025\r');
	for (let jump = 0; jump < 3; jump++) {
		await typist.type('/return\r');
	}

	t.true(shows(typist, 'line 2999 of the talk'));
	await typist.type('/goto teatime\r');
	t.is(typist.input(), '/goto teatime');
});

test('Alt+P and Alt+N go from one message that names the person to the next, beyond what is loaded', async t => {
	const typist = await longTalk();
	await typist.type(press.alt('p'));
	t.true(shows(typist, 'line 2020 of the talk'));
	await typist.type(press.alt('p'));
	t.true(shows(typist, 'line 1020 of the talk'));
	await typist.type(press.alt('n'));
	t.true(shows(typist, 'line 2020 of the talk'));
	await typist.type(press.alt('n'));
	t.true(shows(typist, 'Nothing below names you.'));
	await typist.type('/return\r');
	t.true(shows(typist, 'line 2999 of the talk'));
});

test('Alt+A visits who calls first, then who waited longest, not the muted, and returns', async t => {
	const jid = (name: string) => `${name}@example.org` as BareJid;
	const typist = await createTypist({
		accounts: [account()],
		buffers: [
			buffer(romeo),
			buffer(jid('late'), {unread: 1, lastActivity: 300}),
			buffer(jid('early'), {unread: 1, lastActivity: 100}),
			buffer(jid('calls'), {unread: 1, highlights: 1, lastActivity: 400}),
			buffer(jid('muted'), {unread: 9, highlights: 9, muted: true}),
		],
		active: withRomeo,
	});
	const visited: string[] = [];
	for (let n = 0; n < 5; n++) {
		await typist.type(press.alt('a'));
		const {active} = typist.app.view();
		visited.push(active.split(' ').at(-1) ?? '');
		typist.app.hear({type: 'buffer.unread', buffer: active, unread: 0, highlights: 0, readUpTo: 0});
	}

	t.deepEqual(visited, [jid('calls'), jid('early'), jid('late'), romeo, romeo]);
	t.true(shows(typist, 'Nothing is unread.'));
});

test('whoever leaves the walk through what is unread begins a new one from there', async t => {
	const typist = await createTypist({
		accounts: [account()],
		buffers: [buffer(romeo), buffer(nurse, {unread: 1})],
		active: withRomeo,
	});
	await typist.type('/buffer unread\r');
	t.is(typist.app.view().active, withNurse);
	await typist.type(press.alt('1'));
	t.is(typist.app.view().active, consoleBuffer);
	await typist.type(`${press.alt('a')}${press.alt('a')}`);
	t.is(typist.app.view().active, consoleBuffer);
});

test('the palette finds people, commands and settings by a few letters', async t => {
	const typist = await longTalk();
	await typist.type(press.alt('k'));
	t.regex(typist.popup() ?? '', /^Go to: /u);
	t.true(typist.popup()?.includes('@ people  # rooms'));
	await typist.type('rmon');
	t.regex(typist.popup()?.split('\n')[1] ?? '', /^Romeo Montague/u);
	await typist.type(press.control('u'));
	await typist.type('>theme');
	t.regex(typist.popup() ?? '', /theme .*setting/u);
	t.false(typist.popup()?.includes('Romeo'));
	await typist.type(press.enter);
	t.regex(typist.input(), /^\/(set )?theme $/u);
});

test('Enter in the palette keeps what was typed where nothing is called so', async t => {
	const typist = await longTalk();
	await typist.type(`${press.control('k')}/theme light${press.enter}`);
	t.regex(typist.popup() ?? '', /^Go to: \/theme light\nnothing by that name/u);
	await typist.type(press.escape);
	await typist.settle();
	t.is(typist.popup(), undefined);
});

test('the palette puts what is unread first, and ends with messages that have the words', async t => {
	const typist = await longTalk({
		buffers: [buffer(romeo, {lastActivity: 9}), buffer(nurse, {unread: 3})],
		active: consoleBuffer,
	});
	await typist.type('\u000b');
	t.regex(typist.popup()?.split('\n')[1] ?? '', /^nurse@example\.org \(3 new\)|^nurse \(3 new\)/u);
	await typist.type('?madam');
	t.true(typist.popup()?.includes('A balcony, madam'));
	await typist.type(press.enter);
	t.is(typist.app.view().active, withNurse);
	t.true(shows(typist, 'A balcony, madam'));
});

test('the popups of searches fit every screen', async t => {
	for (const [columns, rows] of [
		[40, 12],
		[80, 24],
		[200, 50],
	] as const) {
		const typist = await longTalk({}, {columns, rows});
		const compare = (name: string) => {
			const picture = typist.popup() ?? '';
			t.true(picture.split('\n').every(line => displayWidth(line) <= columns - 4));
			t.is(picture, golden(`${name}-${columns}x${rows}`, picture));
		};
		await typist.type('/search balcony\r');
		compare('search');
		await typist.type(`${press.escape}`);
		await typist.settle();
		await typist.type(`${ctrlS}balcony`);
		compare('find');
		await typist.type(`${press.escape}`);
		await typist.settle();
		await typist.type(`${press.alt('k')}balcony`);
		compare('palette');
	}
});

test('what matches is marked, also across the lines it is wrapped to', t => {
	const text = 'But soft, what light through yonder window breaks?';
	const lines = wrap(text, {width: 28, first: line('09:12 Romeo | '), rest: line('              ')});
	const marked = (phrases: readonly Phrase[], key: number) =>
		withFound(lines, {key, phrases}, {key: 7, from: 14, style: 5 as StyleId})
			.map(({cells, styles}) => cells.filter((_, column) => styles[column] === 5).join(''))
			.join('|');
	t.is(marked([{tokens: ['what', 'light'], open: false}], 1), 'what|light||');
	t.is(marked([{tokens: ['yon'], open: true}], 1).replaceAll('|', ''), 'yonder');
	t.is(marked([{tokens: ['romeo'], open: false}], 1).replaceAll('|', ''), '');
	t.is(marked([], 7).replaceAll('|', ''), '09:12Romeo');
});

test('a few letters fit best where words begin, where they follow each other, and where the case is the same', t => {
	const score = (letters: string, name: string) => fitting(letters, targetOf(name))?.score ?? Number.NEGATIVE_INFINITY;
	const at = (letters: string, name: string) => fitting(letters, targetOf(name))?.at;
	t.deepEqual(at('rm', 'Romeo Montague'), [0, 6]);
	t.deepEqual(at('mont', 'Romeo Montague'), [6, 7, 8, 9]);
	t.deepEqual(at('bC', 'bufferColumn'), [0, 6]);
	t.is(at('zz', 'Romeo'), undefined);
	t.deepEqual(at('', 'Romeo'), []);
	t.true(score('rom', 'Romeo') > score('rom', 'Prometheus'));
	t.true(score('nur', 'nurse@example.org') > score('nur', 'ann.unruh@example.org'));
	t.true(score('rom', 'Romeo') > score('rom', 'Romeo Montague of Verona'));
	t.true(score('Rm', 'Romeo Montague') > score('rm', 'Romeo Montague'));
	t.deepEqual(at('ı', 'İstanbul ı'), [9]);
});

test('a view that stood far up is there again after a restart, with little loaded', async t => {
	const first = await longTalk();
	const key = first.backend.history.get(withRomeo)?.[700]?.key ?? 0;
	const typist = await createTypist(
		{
			accounts: [account()],
			buffers: [buffer(romeo, {scroll: {key, rows: 1}})],
			active: withRomeo,
		},
		{columns: 80, rows: 24},
		({history}) => history.set(withRomeo, first.backend.history.get(withRomeo) ?? []),
	);
	await typist.settle();
	t.true(shows(typist, 'line 700 of the talk'));
	t.false(shows(typist, 'line 701 of the talk'));
	t.true((typist.app.state().buffers[withRomeo]?.entries.length ?? 0) <= 400);
});

test('Alt+U goes to what is new from anywhere, however far that is', async t => {
	const typist = await longTalk();
	const key = typist.backend.history.get(withRomeo)?.[1500]?.key ?? 0;
	await typist.type(press.alt('1'));
	typist.app.hear({type: 'buffer.unread', buffer: withRomeo, unread: 2999, highlights: 2999, readUpTo: key});
	await typist.type(press.alt('2'));
	await typist.type(press.alt('u'));
	t.true(shows(typist, 'line 1500 of the talk'));
	t.regex(typist.screen(), /new \(\d+ or more\)/u);
	await typist.type('/goto 2026-08-01\r');
	t.false(shows(typist, 'line 1500 of the talk'));
	await typist.type(press.alt('u'));
	t.true(shows(typist, 'line 1501 of the talk'));
});

test('Tab completes a filter in the list of hits, and otherwise goes to the next one', async t => {
	const typist = await longTalk();
	await typist.type('/search balcony\r');
	await typist.type(press.tab);
	t.regex(typist.popup() ?? '', /2 of 7/u);
	await typist.type(` fr${press.tab}m${press.tab}`);
	t.regex(typist.popup() ?? '', /^Search: balcony from:me /u);
});
