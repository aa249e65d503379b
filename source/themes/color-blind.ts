import {dark} from './dark.js';
import {light} from './light.js';
import type {Theme} from './theme.js';

/**
 * Blue against orange instead of red against green, and different in lightness: what is told apart by colour stays so for
 * people who see no red, no green or no blue. After the palette of M. Okabe and K. Ito.
 */
export const colorBlind: Theme = {
	name: 'color-blind',
	about: 'blue and orange for green and red, dark ground',
	ground: 'dark',
	roles: {
		...dark.roles,
		barAlert: {foreground: '#f0e442', background: 236, bold: true, sixteen: {inverse: true, bold: true}},
		unread: {foreground: '#56b4e9'},
		highlight: {foreground: '#f0e442', bold: true},
		readMarker: {foreground: '#f0e442'},
		notice: {foreground: '#56b4e9'},
		warning: {foreground: '#f0e442'},
		error: {foreground: '#e69f00', bold: true, underline: true},
		confirmed: {foreground: '#56b4e9'},
		present: {foreground: '#56b4e9', bold: true},
		away: {foreground: '#f0e442'},
		busy: {foreground: '#e66f00'},
		prompt: {foreground: '#56b4e9'},
		frame: {foreground: '#56b4e9'},
		link: {foreground: '#56b4e9', underline: true},
		encrypted: {foreground: '#56b4e9'},
		typing: {foreground: '#56b4e9'},
		match: {foreground: '#f0e442', bold: true, underline: true},
		misspelt: {foreground: '#e69f00', underline: true},
	},
	names: ['#e69f00', '#f0e442', '#2fc79d', '#56b4e9', '#6fa8ff', '#cc79a7', '#ffffff'],
};

/** The same for a light ground. */
export const colorBlindLight: Theme = {
	name: 'color-blind-light',
	about: 'blue and orange for green and red, light ground',
	ground: 'light',
	roles: {
		...light.roles,
		barAlert: {foreground: '#7a3600', background: 253, bold: true, sixteen: {inverse: true, bold: true}},
		unread: {foreground: '#005a9c'},
		highlight: {foreground: '#8a3f00', bold: true},
		readMarker: {foreground: '#8a3f00'},
		notice: {foreground: '#005a9c'},
		warning: {foreground: '#6b5900'},
		error: {foreground: '#a34700', bold: true, underline: true},
		confirmed: {foreground: '#005a9c'},
		present: {foreground: '#005a9c', bold: true},
		away: {foreground: '#6b5900'},
		busy: {foreground: '#a34700'},
		prompt: {foreground: '#005a9c'},
		frame: {foreground: '#005a9c'},
		link: {foreground: '#005a9c', underline: true},
		encrypted: {foreground: '#005a9c'},
		typing: {foreground: '#005a9c'},
		match: {foreground: '#8a3f00', bold: true, underline: true},
		misspelt: {foreground: '#a34700', underline: true},
	},
	names: ['#a34700', '#6b5900', '#00694d', '#00609c', '#3d3d99', '#8f3d6b', '#000000'],
};
