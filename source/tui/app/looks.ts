import {type Problem, problemOf, XmppcError} from '../../shared/errors.js';
import {dark} from '../../themes/dark.js';
import {themeNamed, themes} from '../../themes/index.js';
import {light} from '../../themes/light.js';
import {monochrome} from '../../themes/monochrome.js';
import type {Look, Role, Theme} from '../../themes/theme.js';
import {createPalette, lookAt, type Palette} from '../panes/palette.js';
import type {ThemesPopup} from '../popups/popup.js';
import type {ColorDepth} from '../screen/color.js';
import type {PaletteFor} from './paint.js';

/** The themes of the person's own. */
export type OwnThemes = {
	/** Their names. */
	names(): readonly string[];
	/** Reads one again; `undefined`: there is none of that name. Throws what is wrong with it. */
	load(name: string): Theme | undefined;
};

/** Where there are none. */
export const noThemes: OwnThemes = {names: () => [], load: () => undefined};

export type LooksOptions = {
	readonly own: OwnThemes;
	readonly depth: ColorDepth;
	/** What lies behind the text, as far as anybody has said. */
	readonly background: 'dark' | 'light' | 'unknown';
	/** Another theme is painted from now on. */
	onTheme(theme: Theme): void;
	/** A theme cannot be had; another one is painted in its place. */
	onProblem(problem: Problem): void;
};

/** Which colours are painted: what the person wants, the terminal has and its ground asks for. */
export type Looks = {
	readonly paletteFor: PaletteFor;
	/** The theme that was painted last, as a terminal of so few colours gets it. */
	theme(): Theme;
	/** The theme is read again before the next paint. */
	reread(): void;
	/** Answers whether anything looks different now. */
	setBackground(background: LooksOptions['background']): boolean;
	setDepth(depth: ColorDepth): void;
};

/** The theme that means: the one for the terminal's ground. */
export const automaticTheme = 'auto';

export function createLooks(options: LooksOptions): Looks {
	const {own, onTheme, onProblem} = options;
	let {depth, background} = options;
	let known: {readonly key: string; readonly preferences: unknown; readonly palette: Palette} | undefined;
	let complained = '';

	const automatic = () => (background === 'light' ? light : dark);

	const complain = (problem: Problem) => {
		if (complained !== problem.message) {
			complained = problem.message;
			onProblem(problem);
		}
	};

	const chosen = (name: string): Theme => {
		if (depth === 'none') {
			return monochrome;
		}

		if (name === automaticTheme) {
			return automatic();
		}

		try {
			const theme = own.load(name) ?? themeNamed(name);
			if (theme !== undefined) {
				return theme;
			}

			complain(noSuchTheme(name, own));
		} catch (error) {
			complain(problemOf(error));
		}

		return automatic();
	};

	const paletteFor: PaletteFor = ({preferences}, view) => {
		const {popup} = view;
		const tried = popup?.type === 'themes' ? popup.themes[popup.selected]?.name : undefined;
		const name = tried ?? preferences.theme;
		const key = `${name} ${preferences['color.names']} ${depth} ${background}`;
		// The file of an own theme may have changed whenever the settings were read again.
		if (known?.key === key && known.preferences === preferences) {
			return known.palette;
		}

		const theme = themeAt(chosen(name), depth);
		const before = known;
		const isSame = before?.key === key && JSON.stringify(before.palette.theme) === JSON.stringify(theme);
		const palette = isSame ? before.palette : createPalette(theme, {depth, names: preferences['color.names']});
		known = {key, preferences, palette};
		if (before !== undefined && !isSame) {
			onTheme(theme);
		}

		return palette;
	};

	return {
		paletteFor,
		theme: () => known?.palette.theme ?? themeAt(depth === 'none' ? monochrome : automatic(), depth),
		reread() {
			complained = '';
			known = known === undefined ? undefined : {...known, preferences: undefined};
		},
		setBackground(next) {
			const isOther = next !== background;
			background = next;
			return isOther;
		},
		setDepth(next) {
			depth = next;
		},
	};
}

/** Every theme with a sentence about it; those of the person's own last. Throws why they cannot be listed. */
export function listedThemes(own: OwnThemes): ThemesPopup['themes'] {
	const automatic = {name: automaticTheme, about: 'dark or light, after the ground of the terminal'};
	const ownNames = own.names();
	const builtIn = themes.filter(({name}) => !ownNames.includes(name)).map(({name, about}) => ({name, about}));
	return [automatic, ...builtIn, ...ownNames.map(name => listedOwn(own, name))];
}

function listedOwn(own: OwnThemes, name: string): ThemesPopup['themes'][number] {
	try {
		return {name, about: own.load(name)?.about ?? 'your own'};
	} catch (error) {
		const {code, message, hint = 'Correct it with an editor, then /theme takes it.'} = problemOf(error);
		return {name, about: 'your own, with a mistake in its file', complaint: {code, message, hint}};
	}
}

function noSuchTheme(name: string, own: OwnThemes): Problem {
	const names = [automaticTheme, ...themes.map(theme => theme.name), ...own.names()];
	return problemOf(
		new XmppcError({
			code: 'no-such-theme',
			kind: 'configuration',
			message: `There is no theme “${name}”.`,
			hint: `There are ${names.join(', ')}.`,
		}),
	);
}

/** The theme with the looks that a terminal of so many colours gets. */
function themeAt(theme: Theme, depth: ColorDepth): Theme {
	const roles = Object.entries(theme.roles) as ReadonlyArray<[Role, Look]>;
	const shown = Object.fromEntries(roles.map(([role, look]) => [role, lookAt(look, depth)]));
	return {...theme, roles: shown as Theme['roles']};
}
