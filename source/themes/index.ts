import {colorBlind, colorBlindLight} from './color-blind.js';
import {dark} from './dark.js';
import {highContrast, highContrastLight} from './high-contrast.js';
import {light} from './light.js';
import {monochrome} from './monochrome.js';
import type {Theme} from './theme.js';

/** Every theme that comes with the program. Adding one is adding its file and a line here. */
export const themes: readonly Theme[] = [
	dark,
	light,
	highContrast,
	highContrastLight,
	colorBlind,
	colorBlindLight,
	monochrome,
];

/** The theme of that name, `undefined` if there is none. */
export function themeNamed(name: string): Theme | undefined {
	return themes.find(theme => theme.name === name);
}
