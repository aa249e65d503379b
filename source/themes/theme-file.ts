import {dark} from './dark.js';
import {themeNamed} from './index.js';
import type {Role, Theme, ThemeColor} from './theme.js';

/** What is wrong in a theme of a person's own, and where: `roles.unread.foreground`, `` for the whole. */
export type ThemeProblem = {readonly place: string; readonly message: string};

const colorNames: ReadonlySet<string> = new Set(
	['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'].flatMap(name => [
		name,
		`bright${name.charAt(0).toUpperCase()}${name.slice(1)}`,
	]),
);
const wantedColor = 'must be a colour: #rrggbb, a number from 0 to 255, or a name such as brightBlue';
const attributes = ['bold', 'dim', 'italic', 'underline', 'inverse'] as const;
const lookKeys: readonly string[] = ['foreground', 'background', ...attributes, 'sixteen'];
const themeKeys: readonly string[] = ['$schema', 'extends', 'about', 'ground', 'roles', 'names', 'nameLightness'];
const roleNames = Object.keys(dark.roles) as readonly Role[];

type Fields = Readonly<Record<string, unknown>>;

/**
 * Makes a theme of what a person's own file holds. It extends one that comes with the program (`extends`, `dark` unless
 * given): a role that is not in the file looks as it does there, one that is has nothing but what the file says.
 */
export function readTheme(name: string, value: unknown): Theme | ThemeProblem {
	if (!isObject(value)) {
		return {place: '', message: 'must be an object: {"extends": "dark", "roles": {…}}'};
	}

	const base = themeNamed(typeof value.extends === 'string' ? value.extends : dark.name);
	const problem = unknownKey(value, '', themeKeys) ?? checkTop(value, base) ?? checkRoles(value.roles);
	if (problem !== undefined) {
		return problem;
	}

	const {about, ground, roles, names, nameLightness} = value as Partial<Theme>;
	const extended = base ?? dark;
	return {
		name,
		about: about ?? `your own, after ${extended.name}`,
		ground: ground ?? extended.ground,
		roles: {...extended.roles, ...roles},
		names: names ?? extended.names,
		...lightness(nameLightness ?? (names === undefined ? extended.nameLightness : undefined)),
	};
}

/** Whether it is what is wrong. */
export function isThemeProblem(read: Theme | ThemeProblem): read is ThemeProblem {
	return 'place' in read;
}

function lightness(value: number | undefined): Pick<Theme, 'nameLightness'> {
	return value === undefined ? {} : {nameLightness: value};
}

function checkTop({extends: extended, about, ground, names, nameLightness}: Fields, base: Theme | undefined) {
	if (extended !== undefined && (typeof extended !== 'string' || base === undefined)) {
		return {place: 'extends', message: 'must be the name of a theme that comes with xmppc, such as "dark" or "light"'};
	}

	if (about !== undefined && typeof about !== 'string') {
		return {place: 'about', message: 'must be a text'};
	}

	if (ground !== undefined && !['dark', 'light', 'any'].some(each => each === ground)) {
		return {place: 'ground', message: 'must be "dark", "light" or "any"'};
	}

	if (
		nameLightness !== undefined &&
		!(typeof nameLightness === 'number' && nameLightness >= 0 && nameLightness <= 100)
	) {
		return {place: 'nameLightness', message: 'must be a number from 0 to 100'};
	}

	if (names === undefined) {
		return undefined;
	}

	if (!Array.isArray(names)) {
		return {place: 'names', message: 'must be a list of colours'};
	}

	const wrong = names.findIndex(color => !isColor(color));
	return wrong < 0 ? undefined : {place: `names[${wrong}]`, message: wantedColor};
}

function checkRoles(roles: unknown): ThemeProblem | undefined {
	if (roles === undefined) {
		return undefined;
	}

	if (!isObject(roles)) {
		return {place: 'roles', message: 'must be an object: {"unread": {"foreground": "#ffaf00"}}'};
	}

	return (
		unknownKey(roles, 'roles', roleNames) ??
		first(Object.entries(roles), ([role, look]) => checkLook(look, `roles.${role}`))
	);
}

function checkLook(look: unknown, place: string): ThemeProblem | undefined {
	if (!isObject(look)) {
		return {place, message: 'must be an object: {"foreground": "#ffaf00", "bold": true}'};
	}

	const {sixteen} = look;
	return (
		unknownKey(look, place, lookKeys) ??
		first(['foreground', 'background'], key =>
			look[key] === undefined || isColor(look[key]) ? undefined : {place: `${place}.${key}`, message: wantedColor},
		) ??
		first(attributes, key =>
			look[key] === undefined || typeof look[key] === 'boolean'
				? undefined
				: {place: `${place}.${key}`, message: 'must be true or false'},
		) ??
		(sixteen === undefined
			? undefined
			: isObject(sixteen) && 'sixteen' in sixteen
				? {place: `${place}.sixteen`, message: 'may not hold "sixteen" again'}
				: checkLook(sixteen, `${place}.sixteen`))
	);
}

function unknownKey(value: Fields, place: string, known: readonly string[]): ThemeProblem | undefined {
	return first(Object.keys(value), key =>
		known.includes(key)
			? undefined
			: {place: place === '' ? key : `${place}.${key}`, message: `is not known; there are ${known.join(', ')}`},
	);
}

function first<Item>(
	items: readonly Item[],
	check: (item: Item) => ThemeProblem | undefined,
): ThemeProblem | undefined {
	for (const item of items) {
		const problem = check(item);
		if (problem !== undefined) {
			return problem;
		}
	}

	return undefined;
}

function isObject(value: unknown): value is Fields {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isColor(value: unknown): value is ThemeColor {
	if (typeof value === 'number') {
		return Number.isInteger(value) && value >= 0 && value <= 255;
	}

	return typeof value === 'string' && (colorNames.has(value) || /^#[\da-f]{6}$/iu.test(value));
}
