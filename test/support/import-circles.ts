import path from 'node:path';
import {importsOf, type SourceFile} from './imports.js';

/**
 * The groups of files that import each other, directly or round about, types included: each a sorted list of paths, all of
 * them in order. A file that imports itself is one too.
 */
export function importCircles(files: readonly SourceFile[]): ReadonlyArray<readonly string[]> {
	const names = new Map(files.map(file => [withoutEnding(file.path), file.path]));
	const targets = new Map(
		files.map(file => [
			file.path,
			importsOf(file).flatMap(wanted => {
				const found = wanted.startsWith('.')
					? names.get(withoutEnding(path.posix.join(path.posix.dirname(file.path), wanted)))
					: undefined;
				return found === undefined ? [] : [found];
			}),
		]),
	);
	const reached = new Map(files.map(file => [file.path, reachableFrom(file.path, targets)]));
	const isRound = (one: string, other: string) => reached.get(one)?.has(other) === true && reached.get(other)?.has(one);
	const circles = files
		.filter(file => isRound(file.path, file.path))
		.map(file =>
			files
				.map(other => other.path)
				.filter(other => isRound(file.path, other))
				.sort(),
		);
	return [...new Map(circles.map(circle => [circle.join(), circle])).values()].sort((one, other) =>
		(one[0] ?? '') < (other[0] ?? '') ? -1 : 1,
	);
}

/** What a file imports, and what that imports, and so on; itself only where one of them does. */
function reachableFrom(start: string, targets: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
	const found = new Set<string>();
	const left = [...(targets.get(start) ?? [])];
	for (let next = left.pop(); next !== undefined; next = left.pop()) {
		if (!found.has(next)) {
			found.add(next);
			left.push(...(targets.get(next) ?? []));
		}
	}

	return found;
}

function withoutEnding(name: string): string {
	return name.replace(/\.(?:tsx?|js)$/, '');
}
