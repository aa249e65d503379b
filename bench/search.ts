import {statSync} from 'node:fs';
import {createSearch} from '../source/client/search.js';
import {consoleBuffer} from '../source/model/buffer.js';
import {readQuery} from '../source/model/search.js';
import {systemClock} from '../source/shared/clock.js';
import type {BareJid} from '../source/shared/jid.js';
import {silentLog} from '../source/shared/log.js';
import {profileDirectories} from '../source/storage/directories.js';
import {historyPath} from '../source/storage/open.js';
import {searched} from '../source/tui/finding/palette.js';
import {paletteItems} from '../source/tui/finding/palette-items.js';
import {emptyEditor, withText} from '../source/tui/input/editor.js';
import {systemCalendar} from '../source/tui/panes/calendar.js';
import {paletteLayout} from '../source/tui/popups/palette.js';
import {account, contact, stateAfter} from '../test/tui/support.js';
import {type Figure, percentile} from './figures.js';
import {bigBuffer, end, me, millionHistory} from './million.js';

const rounds = 40;
/** Hits that a list shows at first. */
const page = 50;

/** The first results of searches through a million messages, by kind; and what the index costs. */
export async function search(): Promise<readonly Figure[]> {
	const {storage, words, opened, slices, directory} = await millionHistory();
	const finder = createSearch({storage, clock: systemClock, log: silentLog});
	const word = (rank: number) => words[rank] ?? '';
	const kinds: Readonly<Record<string, (round: number) => string>> = {
		'a rare word': round => `rarity${(round % 10) * 100_000 + 5} `,
		'a very common word': round => `${word(round % 8)} `,
		'the beginning of a word, 2 letters': round => word(20 + round).slice(0, 2),
		'the beginning of a word, 4 letters': round => word(400 + round).slice(0, 4),
		'two common words': round => `${word(round % 8)} ${word(8 + (round % 8))} `,
		'a common and a rare word': round => `${word(round % 8)} rarity${(round % 10) * 100_000 + 5} `,
		'common words without another': round => `${word(round % 8)} -${word(9)} -${word(10)} `,
		'a phrase of common words': round => `"${word(round % 8)} ${word((round + 1) % 8)}"`,
		'a phrase that does not occur': round => `"${word(300 + round)} ${word(1)} ${word(301 + round)}"`,
		'a part of Japanese text': () => '語の文',
		'from one contact': round => `from:contact${round % 50} ${word(round % 8)} `,
		'in one chat': round => `in:contact${round % 50}@example.org ${word(round % 8)} `,
		'from me with a link': () => 'from:me has:link ',
		'before a day of years ago': round => `before:2025-03-${10 + (round % 10)} ${word(round % 8)} `,
		'only what is not there': () => `-${word(0)} -${word(1)} `,
	};
	const figures = Object.entries(kinds).flatMap(([kind, text]): readonly Figure[] => {
		const times = Array.from({length: rounds}, (_, round) => {
			const read = readQuery(text(round), {now: end, calendar: systemCalendar});
			if (!read.ok) {
				throw new Error(`“${text(round)}” cannot be searched for: ${read.problem.message}`);
			}

			const started = performance.now();
			finder.find(read.query, {limit: page}, [me]);
			return performance.now() - started;
		});
		return [
			{name: `search: ${kind}, p50`, unit: 'ms', xmppc: percentile(times, 50)},
			{name: `search: ${kind}, p95`, unit: 'ms', target: 50, xmppc: percentile(times, 95)},
		];
	});
	const here = readQuery(`${word(3000)} `, {now: end, calendar: systemCalendar});
	const steps = Array.from({length: rounds}, () => {
		const started = performance.now();
		if (here.ok) {
			finder.find(here.query, {limit: 1, buffer: bigBuffer}, [me]);
		}

		return performance.now() - started;
	});
	const letters = keysInPalette();
	const bytes = statSync(historyPath(profileDirectories({HOME: directory}, 'default'))).size;
	return [
		...figures,
		{name: 'search: one step in a buffer, p95', unit: 'ms', target: 50, xmppc: percentile(steps, 95)},
		{name: 'palette: a letter, 5,000 contacts, p95', unit: 'ms', target: 10, xmppc: percentile(letters, 95)},
		{name: 'search: start with an old history', unit: 'ms', target: 2000, xmppc: opened},
		{name: 'search: slice of indexing, p99', unit: 'ms', target: 50, xmppc: percentile(slices, 99)},
		{name: 'search: slice of indexing, longest', unit: 'ms', xmppc: Math.max(...slices)},
		{name: 'search: indexing a million messages', unit: 's', xmppc: slices.reduce((sum, each) => sum + each, 0) / 1000},
		{name: 'search: history and index', unit: 'MB', xmppc: bytes / 1e6},
	];
}

/** Milliseconds that each letter takes in the palette over a roster of 5,000. */
export function keysInPalette(): readonly number[] {
	const contacts = Array.from({length: 5000}, (_, index) =>
		contact(`person.${index}@example${index % 40}.org` as BareJid, {
			name: `${names[index % names.length]} Number ${index}`,
		}),
	);
	const state = stateAfter(
		{type: 'account.changed', account: account()},
		{type: 'roster.loaded', account: me, contacts},
	);
	const items = paletteItems(state, consoleBuffer);
	const empty = {type: 'palette', items, editor: emptyEditor, matches: [], messages: [], selected: 0} as const;
	const times: number[] = [];
	for (const text of ['ben number 37', 'person.4711', '@exam', 'zz', 'merc 49']) {
		for (let length = 1; length <= text.length; length += 1) {
			const editor = withText(emptyEditor, text.slice(0, length));
			const started = performance.now();
			paletteLayout(searched(empty, editor), 200, 48);
			times.push(performance.now() - started);
		}
	}

	return times;
}

const names = ['Romeo', 'Juliet', 'Benvolio', 'Mercutio', 'Tybalt', 'Paris', 'Rosaline', 'Balthasar'];
