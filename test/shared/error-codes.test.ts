/** The manual names every code that `--json` can give, so that scripts can rest on them; codes are never reused. */
import {readFileSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import {projectFiles, projectFolder} from '../support/imports.js';

const manual = readFileSync(path.join(projectFolder, 'docs/man/xmppc.1'), 'utf8');
const section = /^\.SH ERROR CODES$(.*?)^\.SH /ms.exec(manual)?.[1] ?? '';
const listed = section
	.split('\n')
	.filter(line => /^[a-z0-9\\-]+(?:, [a-z0-9\\-]+)*,?$/.test(line))
	.flatMap(line => line.replaceAll('\\-', '-').split(/,\s*/))
	.filter(code => code !== '');

/** What is wrong with a line that a person typed is said on the spot: it has a code of its own kind and no status. */
const typed = ['source/commands/', 'source/model/chords.ts', 'source/model/key-check.ts'];
const files = projectFiles('source', ['.ts', '.tsx']).filter(file => !typed.some(place => file.path.startsWith(place)));

/** Where a code is written down: as a member, as one of two, as what is left, or as the first argument of a maker. */
const places = [
	/\bcode: (?:[^,;\n]*? \? '[a-z0-9-]+' : )?'([a-z0-9-]+)'/g,
	/\bcode: [^,;\n]*? \? '([a-z0-9-]+)' : /g,
	/\bcode: [^,;\n]*? \?\? '([a-z0-9-]+)'/g,
	/\bproblem\(\s*'([a-z0-9-]+)',/g,
	/\btokenRefused = '([a-z0-9-]+)'/g,
];
const given = new Set(
	files.flatMap(({code: text}) => places.flatMap(place => [...text.matchAll(place)].map(match => match[1]))),
);

test('every code that the program gives is in the manual', t => {
	t.true(given.size > 100);
	t.deepEqual([...given].filter(code => code !== undefined && !listed.includes(code)).sort(), []);
});

test('the manual names no code that there is not, and none twice', t => {
	t.deepEqual(
		listed.filter(code => !given.has(code)),
		[],
	);
	t.is(new Set(listed).size, listed.length);
});
