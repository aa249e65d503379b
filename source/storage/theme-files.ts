import {readdirSync, readFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {XmppcError} from '../shared/errors.js';
import type {ProfileDirectories} from './directories.js';
import {errorNumberName, fileError} from './file-errors.js';
import {findKey, findSyntaxError} from './json-location.js';

/** A theme of the person's own as its file has it, unchecked. */
export type ThemeFile = {
	readonly content: unknown;
	/** Where in the file something stands, for a person: the path, and the line where the place is found. */
	where(place: string): string;
};

/** The themes of a person's own: `themes/NAME.json` beside the profiles, for all of them. */
export type ThemeFiles = {
	readonly directory: string;
	/** Their names in alphabetical order; none where there is no directory. */
	names(): readonly string[];
	/**
	 * Reads one, `undefined` where there is no such file.
	 * @throws XmppcError `theme-corrupt` (configuration) where it is not JSON, and why it cannot be read.
	 */
	read(name: string): ThemeFile | undefined;
};

/** What a name may be made of, so that it names a file of that directory and no other. */
const themeName = /^[\w-]{1,64}$/;
const extension = '.json';

/** Reading is synchronous, since it is part of the first frame. */
export function themeFiles({config}: Pick<ProfileDirectories, 'config'>): ThemeFiles {
	const directory = join(dirname(config), 'themes');
	return {
		directory,
		names() {
			try {
				return readdirSync(directory)
					.filter(file => file.endsWith(extension))
					.map(file => file.slice(0, -extension.length))
					.filter(name => themeName.test(name))
					.sort();
			} catch (error) {
				if (errorNumberName(error) === 'ENOENT') {
					return [];
				}

				throw fileError(error, 'read the themes', directory);
			}
		},
		read: name => (themeName.test(name) ? readThemeFile(join(directory, name + extension)) : undefined),
	};
}

function readThemeFile(path: string): ThemeFile | undefined {
	let text: string;
	try {
		text = readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
	} catch (error) {
		if (errorNumberName(error) === 'ENOENT') {
			return undefined;
		}

		throw fileError(error, 'read the theme', path);
	}

	return {
		content: parse(text, path),
		where(place) {
			const at = findKey(text, place);
			return at === undefined ? path : `${path}, line ${at.line}`;
		},
	};
}

function parse(text: string, path: string): unknown {
	try {
		return JSON.parse(text);
	} catch (error) {
		const place = findSyntaxError(text);
		throw new XmppcError(
			{
				code: 'theme-corrupt',
				kind: 'configuration',
				message: `${path} is not valid JSON${place === undefined ? '' : ` at line ${place.line}, column ${place.column}`}.`,
				hint: 'Correct it with an editor, then /theme takes it.',
			},
			{cause: error},
		);
	}
}
