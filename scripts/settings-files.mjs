#!/usr/bin/env node
// Writes what is made from the table of settings (source/model/settings.ts): docs/settings.schema.json, and the section
// SETTINGS of the manual between its two marks. With --check nothing is written; the status says whether they are as they
// should be. The program must be compiled (npm run compile).
import {shownValue, wantedText} from '../build/source/commands/setting-text.js';
import {settingOf} from '../build/source/model/setting-values.js';
import {settingNames} from '../build/source/model/settings.js';
import {settingsJsonSchemaText} from '../build/source/storage/settings-json-schema.js';
import {between, escaped, writeFiles} from './manual.mjs';

const begin = '.\\" What follows is made by scripts/settings-files.mjs.';
const end = '.\\" What is made by scripts/settings-files.mjs ends here.';

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

const manual = before => between(before, begin, end, settingNames.flatMap(entry), 'docs/man/xmppc.1');

writeFiles(
	[
		['docs/settings.schema.json', () => settingsJsonSchemaText()],
		['docs/man/xmppc.1', manual],
	],
	'npm run documents',
);
