import {type Candidate, good, type Parameter} from './command.js';
import type {CompletionSource} from './context.js';
import {missing} from './parameters.js';

/** A file by its path; `~` is the home directory. Names with spaces stand in double quotes. */
export function file(what = 'a file'): Parameter<string> {
	return {
		takes: 'word',
		optional: false,
		what,
		read: good,
		absent: missing,
		candidates: ({source}, typed) => fileCandidates(source, typed),
	};
}

/** What lies where the typed path ends so far: directories first, hidden ones only for whoever types the dot. */
export function fileCandidates(source: CompletionSource, typed: string): readonly Candidate[] {
	if (typed === '~') {
		return [{insert: '~/', label: '~/', note: 'home directory', goesOn: true}];
	}

	const slash = typed.lastIndexOf('/');
	const folder = typed.slice(0, slash + 1);
	const hidden = typed.startsWith('.', slash + 1);
	return source
		.files(folder === '' ? '.' : folder)
		.filter(({name}) => (hidden || !name.startsWith('.')) && !/["\p{C}]/u.test(name))
		.toSorted((one, other) => Number(other.isDirectory) - Number(one.isDirectory) || compare(one.name, other.name))
		.map(({name, isDirectory}): Candidate => {
			const path = `${folder}${name}${isDirectory ? '/' : ''}`;
			const label = `${name}${isDirectory ? '/' : ''}`;
			// A quote that stays open: the rest of the path goes into it.
			const opened = /\s/u.test(path) ? `"${path}` : path;
			return isDirectory
				? {insert: opened, label, note: 'directory', alias: path, goesOn: true}
				: {insert: /\s/u.test(path) ? `${opened}"` : path, label, note: '', alias: path};
		});
}

function compare(one: string, other: string): number {
	return one.toLowerCase() < other.toLowerCase() ? -1 : 1;
}
