import {type Command, defineCommand, good, type Parameter} from '../command.js';
import {view} from '../intent.js';
import {choice, missing, optional} from '../parameters.js';
import {themeComplaint} from '../theme-complaint.js';

/** The name of a theme, one that comes with the program or one of the person's own. */
function themeName(): Parameter<string> {
	return {
		takes: 'word',
		optional: false,
		what: 'the name of a theme',
		read(given, {source}) {
			const complaint = themeComplaint(given, source);
			return complaint === undefined ? good(given) : {ok: false, complaint};
		},
		absent: missing,
		candidates: ({source}) =>
			source.settingValues('theme').map(({value, note}) => ({insert: value, label: value, note})),
	};
}

/** How it looks. */
export const looks: readonly Command[] = [
	defineCommand({
		name: 'theme',
		aliases: ['colors', 'colours'],
		summary: 'Choose the colours',
		details: [
			'The list shows each theme as you walk through it; Enter keeps it, Escape goes back to the one before.',
			'A file NAME.json in ~/.config/xmppc/themes is a theme of your own.',
		],
		examples: [
			{input: '/theme', does: 'lists the themes, to try them on'},
			{input: '/theme light', does: 'takes the one for light terminals'},
			{input: '/theme auto', does: 'takes the one for the ground that the terminal has'},
		],
		related: ['set'],
		parameters: {name: optional(themeName())},
		run: ({name}) => view({type: 'chooseTheme', ...(name === undefined ? {} : {name})}),
	}),
	defineCommand({
		name: 'unfold',
		summary: 'Show all of a long message',
		details: ['It is the lowest one on the screen that is not whole; once more shows the next one above.'],
		examples: [
			{input: '/unfold', does: 'shows all of the lowest one'},
			{input: '/unfold all', does: 'shows all of those on the screen'},
		],
		related: ['fold'],
		parameters: {which: optional(choice({all: 'those on the screen'}))},
		run: ({which}) => view({type: 'fold', folded: false, all: which === 'all'}),
	}),
	defineCommand({
		name: 'fold',
		summary: 'Show only the beginning of long messages again',
		details: ['From how many lines on a message is folded says the setting messages.fold.'],
		examples: [{input: '/fold', does: 'folds what /unfold has shown in this buffer'}],
		related: ['unfold'],
		parameters: {},
		run: () => view({type: 'fold', folded: true, all: true}),
	}),
];
