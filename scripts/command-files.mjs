#!/usr/bin/env node
// Writes what is made from the tables of commands (source/commands/definitions) and of keys (source/model/keys.ts): the
// sections SLASH COMMANDS and KEYS of the manual, docs/keys.md, and the table of keys in README.md. With --check nothing
// is written; the status says whether they are as they should be. The program must be compiled (npm run compile).
import {families} from '../build/source/commands/definitions/index.js';
import {usage} from '../build/source/commands/usage.js';
import {chordName} from '../build/source/model/chords.js';
import {keyGroups} from '../build/source/model/keys.js';
import {selectionKeys, selectionMoves} from '../build/source/model/message-view.js';
import {between, escaped, writeFiles} from './manual.mjs';

const manualName = 'docs/man/xmppc.1';
const mark = (what, edge) => `.\\" ${what}: ${edge} of what scripts/command-files.mjs makes.`;
const comment = edge => `<!-- keys: ${edge} of what scripts/command-files.mjs makes -->`;

/** What the README tells somebody who opens the program for the first time. */
const first = [
	'send',
	'newline',
	'complete',
	'searchHistory',
	'editText',
	'bufferUnread',
	'bufferNext',
	'bufferPrevious',
	'bufferLast',
	'switcher',
	'searchBuffer',
	'jumpBack',
	'scrollPageUp',
	'scrollUnread',
	'highlightPrevious',
	'selectMessage',
	'editLast',
	'links',
	'toggleBufferList',
	'toggleParticipants',
	'otherPane',
	'toggleJoins',
	'help',
	'redraw',
	'clearInput',
	'cancel',
];

const sentence = text => `${text.replace(/\.$/u, '')}.`;
const chordNames = chords => chords.map(chordName).join(', ');

function commandEntry(command) {
	const also = command.aliases.length === 0 ? '' : ` Also ${command.aliases.map(name => `/${name}`).join(', ')}.`;
	return [
		'.TP',
		`.B ${escaped(usage(command))}`,
		escaped(sentence(command.summary) + also),
		...command.details.map(escaped),
	];
}

const commandSection = families.flatMap(({title, commands}) => [`.SS ${title}`, ...commands.flatMap(commandEntry)]);

const numbered = ({action}) => /^buffer\d+$/u.test(action);

/** The ten keys for the first ten buffers make one row. */
const rowsOf = ({rows}) =>
	rows.flatMap(row =>
		row.action === 'buffer1'
			? [{keys: 'Alt+1 … Alt+9, Alt+0', help: 'Buffer 1 to 10', command: row.command, action: ''}]
			: numbered(row)
				? []
				: [{keys: chordNames(row.chords), help: row.help, command: row.command, action: row.action}],
	);

/** What keys do while a message is selected; they cannot be bound. */
const selection = {
	title: 'While a message is selected',
	rows: [
		...selectionKeys.map(({key, help, command}) => ({keys: key, help, command})),
		...selectionMoves.map(({keys, help}) => ({keys, help, command: undefined})),
	],
};
const sections = [...keyGroups.map(group => ({title: group.title, rows: rowsOf(group)})), selection];

const keySection = sections.flatMap(group => [
	`.SS ${group.title}`,
	...group.rows.flatMap(({keys, help, command}) => [
		'.TP',
		`.B ${escaped(keys)}`,
		escaped(sentence(help) + (command === undefined ? '' : ` Command: ${command}`)),
	]),
]);

const cell = text => text.replaceAll('|', '\\|');
const tableRow = ({keys, help, command}) =>
	`| ${cell(keys)} | ${cell(help)} | ${command === undefined ? '' : `\`${cell(command)}\``} |`;
const head = ['| Key | does | command |', '|---|---|---|'];

const keyPage = () =>
	[
		'# Keys',
		'',
		'<!-- Made by scripts/command-files.mjs (npm run documents). -->',
		'',
		'What `/keys` shows in the program. `/bind F5 bufferUnread` gives a key another meaning, `/unbind F5` takes it back; the',
		'setting `keys` in `settings.json` holds them. Alt and a key can also be typed as Escape and then, within a second, the',
		'key. What terminals cannot tell apart (Tab and Ctrl+I, Enter and Ctrl+M, Escape and Ctrl+[) or what begins an escape',
		'sequence (Alt+[, Alt+], Alt+Shift+O, Alt+Shift+P) cannot be bound.',
		...sections.flatMap(group => ['', `## ${group.title}`, '', ...head, ...group.rows.map(tableRow)]),
		'',
	].join('\n');

const shortTable = [
	'',
	...head,
	...keyGroups
		.flatMap(rowsOf)
		.filter(({action}) => action === '' || first.includes(action))
		.map(tableRow),
	'',
];

writeFiles(
	[
		[
			manualName,
			before =>
				between(
					between(before, mark('commands', 'begin'), mark('commands', 'end'), commandSection, manualName),
					mark('keys', 'begin'),
					mark('keys', 'end'),
					keySection,
					manualName,
				),
		],
		['docs/keys.md', keyPage],
		['README.md', before => between(before, comment('begin'), comment('end'), shortTable, 'README.md')],
	],
	'npm run documents',
);
