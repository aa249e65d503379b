#!/usr/bin/env node
// Writes what is made from the table of settings (source/model/settings.ts): docs/settings.schema.json, and the section
// SETTINGS of the manual between its two marks. With --check nothing is written; the status says whether they are as they
// should be. The program must be compiled (npm run compile).
import {readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import {shownValue, wantedText} from '../build/source/commands/setting-text.js';
import {settingOf} from '../build/source/model/setting-values.js';
import {settingNames} from '../build/source/model/settings.js';
import {settingsJsonSchemaText} from '../build/source/storage/settings-json-schema.js';

const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
const begin = '.\\" What follows is made by scripts/settings-files.mjs.';
const end = '.\\" What is made by scripts/settings-files.mjs ends here.';

/** Text for troff: a backslash, a hyphen, and a dot or quote that begins a line mean something to it. */
const escaped = text =>
	text
		.replaceAll('\\', '\\e')
		.replaceAll('-', '\\-')
		.replaceAll('“', '\\(lq')
		.replaceAll('”', '\\(rq')
		.replaceAll('→', '\\(->')
		.replace(/^(?=[.'])/u, '\\&');

function entry(name) {
	const {kind, initial, help, example} = settingOf(name);
	const lines = [
		'.TP',
		`.B ${escaped(name)}`,
		escaped(help),
		`${escaped(`${wantedText(kind).replace(/^./u, letter => letter.toUpperCase())}; default: ${shownValue(initial)}.`)}`,
	];
	return example === undefined ? lines : [...lines, escaped(`Example: ${example}`)];
}

function manual(before) {
	const from = before.indexOf(begin);
	const to = before.indexOf(end);
	if (from < 0 || to < from) {
		throw new Error('docs/man/xmppc.1 has lost the marks of its section SETTINGS.');
	}

	return `${before.slice(0, from)}${[begin, ...settingNames.flatMap(entry)].join('\n')}\n${before.slice(to)}`;
}

const files = [
	['docs/settings.schema.json', () => settingsJsonSchemaText()],
	['docs/man/xmppc.1', manual],
];
let stale = 0;
for (const [name, make] of files) {
	const file = path.join(folder, name);
	let before = '';
	try {
		before = readFileSync(file, 'utf8');
	} catch (error) {
		if (error.code !== 'ENOENT') {
			throw error;
		}
	}

	const after = make(before);
	if (before === after) {
		continue;
	}

	if (process.argv.includes('--check')) {
		process.stderr.write(`${name} is not up to date: run "npm run settings"\n`);
		stale++;
	} else {
		writeFileSync(file, after);
		process.stdout.write(`wrote ${name}\n`);
	}
}

process.exitCode = stale === 0 ? 0 : 1;
