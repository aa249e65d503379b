import type {Theme} from './theme.js';

/** For light text on a dark ground. */
export const dark: Theme = {
	name: 'dark',
	roles: {
		text: {},
		faint: {foreground: 'brightBlack'},
		bar: {foreground: 'white', background: 236},
		barAlert: {foreground: 'brightYellow', background: 236, bold: true},
		barFaint: {foreground: 246, background: 236},
		heading: {foreground: 'brightWhite', bold: true},
		selected: {inverse: true},
		unread: {foreground: 'brightCyan'},
		highlight: {foreground: 'brightYellow', bold: true},
		dateLine: {foreground: 'brightBlack'},
		readMarker: {foreground: 'yellow'},
		ownName: {foreground: 'brightWhite', bold: true},
		notice: {foreground: 'cyan'},
		warning: {foreground: 'yellow'},
		error: {foreground: 'brightRed', bold: true},
		confirmed: {foreground: 'green'},
		present: {foreground: 'green'},
		away: {foreground: 'yellow'},
		busy: {foreground: 'red'},
		absent: {foreground: 'brightBlack'},
		prompt: {foreground: 'cyan'},
		frame: {foreground: 'cyan'},
	},
	names: [203, 209, 215, 178, 142, 106, 78, 79, 80, 74, 75, 111, 141, 176, 212, 204],
};
