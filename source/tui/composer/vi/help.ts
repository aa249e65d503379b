import type {HelpLine} from '../../../commands/help-line.js';

const rows: ReadonlyArray<readonly [keys: string, does: string]> = [
	['Esc', 'from inserting to normal mode; [I] and [N] before the input say which one it is'],
	['h j k l', 'left, down, up, right; above the first line and below the last one: what was entered'],
	['w b e  W B E', 'to words, to words between blanks'],
	['0 ^ $  gg G', 'start, first letter, end of the line; first and last line, or the one of that number'],
	['f F t T  ; ,', 'to a character of the line, before it; again, the other way round'],
	['d c y', 'delete, change, copy: with a motion, iw, aw, or twice for the line'],
	['x X D C s S Y', 'short for dl, dh, d$, c$, cl, cc, yy'],
	['p P', 'put what was deleted or copied behind the cursor, before it'],
	['i a I A o O', 'insert: here, behind, at the start, at the end, in a line below, above'],
	['r ~ J', 'replace a character, change its case, join lines'],
	['u Ctrl+R .', 'undo, redo, do the last change again'],
	['v V', 'mark text, mark lines; then d c y p ~ u U, o for the other end'],
	['Enter', 'sends in every mode; / begins a command where nothing is typed'],
];

/** `/help vi`: the keys of vi mode. */
export function viLines(): readonly HelpLine[] {
	const width = Math.max(...rows.map(([keys]) => keys.length));
	return [
		{text: 'Vi mode', heading: true},
		...rows.map(([keys, does]) => ({text: `  ${keys.padEnd(width)}  ${does}`, hang: width + 4})),
		{text: ''},
		{text: '/set keys.mode vi turns it on, /set keys.mode emacs off. A number before a key repeats it.'},
		{text: 'Keys with Alt and Ctrl do what they do without it.'},
	];
}
