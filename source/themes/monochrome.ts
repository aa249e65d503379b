import type {Theme} from './theme.js';

/** Without any colour: bold, dim and inverse only. */
export const monochrome: Theme = {
	name: 'monochrome',
	roles: {
		text: {},
		faint: {dim: true},
		bar: {inverse: true},
		barAlert: {inverse: true, bold: true},
		barFaint: {inverse: true},
		heading: {bold: true},
		selected: {inverse: true},
		unread: {underline: true},
		highlight: {bold: true, underline: true},
		dateLine: {dim: true},
		readMarker: {bold: true},
		ownName: {bold: true},
		notice: {dim: true},
		warning: {bold: true},
		error: {bold: true, underline: true},
		confirmed: {},
		present: {bold: true},
		away: {},
		busy: {},
		absent: {dim: true},
		prompt: {bold: true},
		frame: {},
	},
	names: [],
};
