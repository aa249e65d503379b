import type {Theme} from './theme.js';

/** For dark text on a light ground. */
export const light: Theme = {
	name: 'light',
	roles: {
		text: {},
		faint: {foreground: 243},
		bar: {foreground: 'black', background: 252},
		barAlert: {foreground: 124, background: 252, bold: true},
		barFaint: {foreground: 241, background: 252},
		heading: {bold: true},
		selected: {inverse: true},
		unread: {foreground: 24},
		highlight: {foreground: 124, bold: true},
		dateLine: {foreground: 243},
		readMarker: {foreground: 130},
		ownName: {bold: true},
		notice: {foreground: 24},
		warning: {foreground: 130},
		error: {foreground: 124, bold: true},
		confirmed: {foreground: 22},
		present: {foreground: 22},
		away: {foreground: 130},
		busy: {foreground: 124},
		absent: {foreground: 243},
		prompt: {foreground: 24},
		frame: {foreground: 24},
	},
	names: [124, 130, 94, 58, 64, 22, 29, 30, 24, 25, 19, 55, 91, 90, 126, 125],
};
