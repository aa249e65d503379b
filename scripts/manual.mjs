// What the scripts share that write parts of the manual and other documents from the program's own tables.
import {readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';

const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');

/** Text for troff: a backslash, a hyphen, and a dot or quote that begins a line mean something to it. */
export const escaped = text =>
	text
		.replaceAll('\\', '\\e')
		.replaceAll('-', '\\-')
		.replaceAll('“', '\\(lq')
		.replaceAll('”', '\\(rq')
		.replaceAll('→', '\\(->')
		.replaceAll('…', '...')
		.replace(/^(?=[.'])/u, '\\&');

/** The text with what stands between two marks, each a line of its own, replaced by these lines. */
export function between(text, begin, end, lines, name) {
	const from = text.indexOf(begin);
	const to = text.indexOf(end);
	if (from < 0 || to < from) {
		throw new Error(`${name} has lost the marks “${begin}” and “${end}”.`);
	}

	return `${text.slice(0, from)}${[begin, ...lines].join('\n')}\n${text.slice(to)}`;
}

/**
 * Writes each file as `make` makes it of what it was; with --check on the command line nothing is written, and the status
 * says whether they are as they should be. `command` does it.
 */
export function writeFiles(files, command) {
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
			process.stderr.write(`${name} is not up to date: run "${command}"\n`);
			stale++;
		} else {
			writeFileSync(file, after);
			process.stdout.write(`wrote ${name}\n`);
		}
	}

	process.exitCode = stale === 0 ? 0 : 1;
}
