import {XmppcError} from '../shared/errors.js';
import type {ProfileDirectories} from '../storage/directories.js';
import {themeFiles} from '../storage/theme-files.js';
import {isThemeProblem, readTheme} from '../themes/theme-file.js';
import type {OwnThemes} from '../tui/app/looks.js';

/** The themes of a person's own, read from their files and checked. */
export function ownThemes(directories: ProfileDirectories): OwnThemes {
	const files = themeFiles(directories);
	return {
		names: files.names,
		load(name) {
			const file = files.read(name);
			if (file === undefined) {
				return undefined;
			}

			const theme = readTheme(name, file.content);
			if (isThemeProblem(theme)) {
				const subject = theme.place === '' ? 'the whole' : theme.place;
				throw new XmppcError({
					code: 'invalid-theme',
					kind: 'configuration',
					message: `In ${file.where(theme.place)}: ${subject} ${theme.message}.`,
					hint: 'Correct it with an editor, then /theme takes it.',
				});
			}

			return theme;
		},
	};
}
