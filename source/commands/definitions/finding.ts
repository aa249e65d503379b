import {isConversation} from '../../model/buffer.js';
import {formatOf} from '../../model/export.js';
import {whenForms} from '../../shared/when.js';
import {type Command, defineCommand} from '../command.js';
import {file} from '../files.js';
import {view} from '../intent.js';
import {choice, optional, text} from '../parameters.js';
import {option} from '../room-parameters.js';
import {isWhen, searchRefusal, searchText, whenCandidates} from '../search-parameter.js';

const aboutQueries = [
	'All words must occur; the last may be the beginning of one. "Words in quotes" stand together, -word must not occur.',
	'from:romeo, from:me: who wrote it. in:lounge: where. has:link, has:file, has:image, has:highlight: what is in it. account:you@example.org: to which of your accounts.',
	`before:, after: and on: take a day: ${whenForms}. Neither before nor after includes the day.`,
] as const;

/** Messages of long ago, and the way to them. */
export const finding: readonly Command[] = [
	defineCommand({
		name: 'search',
		summary: 'Search the messages of all chats and rooms',
		details: [...aboutQueries, 'Enter goes to the message, /return comes back.'],
		examples: [
			{input: '/search balcony', does: 'lists the messages with that word, the newest first'},
			{input: '/search "third floor" from:romeo after:2026-03-01', does: 'narrows it'},
			{input: '/search has:link in:lounge', does: 'lists the links in a room'},
		],
		related: ['find', 'goto', 'return'],
		parameters: {query: optional(searchText())},
		run: ({query}) =>
			query === undefined ? view({type: 'search'}) : (searchRefusal(query, 'query') ?? view({type: 'search', query})),
	}),
	defineCommand({
		name: 'find',
		summary: 'Search this buffer, from hit to hit',
		details: [
			'As Ctrl+S: it goes along while you type; Ctrl+S goes to older hits, Ctrl+R to newer ones. Enter stays, Esc returns.',
			...aboutQueries,
		],
		examples: [{input: '/find balcony', does: 'goes to the newest message here with that word'}],
		related: ['search'],
		parameters: {query: optional(searchText())},
		run: ({query}) =>
			query === undefined ? view({type: 'find'}) : (searchRefusal(query, 'query') ?? view({type: 'find', query})),
	}),
	defineCommand({
		name: 'goto',
		aliases: ['jump'],
		summary: 'Go to a day or a time in this buffer',
		details: [`It is said as ${whenForms}, or “monday 14:00”. What has no year or day lies in the past.`],
		examples: [
			{input: '/goto 2026-03-01', does: 'goes to the first message since then'},
			{input: '/goto monday 14:00', does: 'goes to the time'},
			{input: '/goto back', does: 'returns to where you were'},
		],
		related: ['return', 'search', 'scroll'],
		parameters: {when: {...text(), what: `a day or a time: ${whenForms}`, candidates: whenCandidates}},
		run: ({when}) =>
			/^\s*back\s*$/iu.test(when) || isWhen(when)
				? view({type: 'goTo', when})
				: {
						complaint: {code: 'search-date', message: `“${when}” is not a date.`, hint: `Dates are ${whenForms}.`},
						about: 'when',
					},
	}),
	defineCommand({
		name: 'return',
		summary: 'Go back to where you were before a jump',
		details: ['As Alt+,. Each time one jump further back.'],
		examples: [{input: '/return', does: 'returns from a message that was found'}],
		related: ['search', 'goto'],
		parameters: {},
		run: () => view({type: 'goBack'}),
	}),
	defineCommand({
		name: 'highlight',
		summary: 'Go to the next message here that names you',
		examples: [
			{input: '/highlight previous', does: 'goes up to the one before, as Alt+P does'},
			{input: '/highlight next', does: 'goes down to the next one, as Alt+N does'},
		],
		parameters: {direction: choice({previous: 'the one before', next: 'the next one'})},
		run: ({direction}) => view({type: 'toHighlight', direction}),
	}),
	defineCommand({
		name: 'export',
		summary: 'Write this conversation into a file',
		details: [
			'All that is recorded of it goes into a new file that only you may read: nothing is overwritten.',
			'Without --format the name says what it becomes: .json, .md and .html, else text. In the file nothing is encrypted any more.',
		],
		examples: [
			{input: '/export ~/romeo.txt', does: 'writes text'},
			{input: '/export --format html "~/my romeo.page"', does: 'writes a page for a browser'},
		],
		related: ['search', 'copy'],
		parameters: {
			format: option(
				choice({
					text: 'lines for people',
					json: 'for programs',
					markdown: 'for editors of notes',
					html: 'a page for a browser',
				}),
			),
			file: file('a file that is not there yet'),
		},
		run: ({format, file: path}, {buffer, kind}) =>
			isConversation(kind)
				? view({type: 'exportHistory', buffer, format: format ?? formatOf(path), path})
				: {
						complaint: {
							code: 'not-a-conversation',
							message: 'There is no conversation here to be exported.',
							hint: 'Go to one first: /buffer lists them.',
						},
					},
	}),
];
