import type {HelpLine} from '../../commands/help-line.js';
import {chordName} from '../../model/chords.js';
import {keymapWith, type OwnKeys} from '../../model/key-check.js';
import {type KeyBinding, keyGroups} from '../../model/keys.js';
import {selectionKeys, selectionMoves} from '../../model/message-view.js';

/** Columns of the keys; where they take more, what they do stands on the next line. */
const keysWidth = 24;

type KeyLine = {readonly keys: string; readonly help: string; readonly command: string};

/** These cannot be bound. */
const selection = {
	title: 'While a message is selected',
	rows: [
		...selectionKeys.map(({key, help, command}): KeyLine => ({keys: key, help, command})),
		...selectionMoves.map(({keys, help}): KeyLine => ({keys, help, command: ''})),
	],
};

/** The key table as it is with a person's own keys; theirs have a star. `words`: only rows with all of them. */
export function keyLines(own: OwnKeys, words: readonly string[] = []): readonly HelpLine[] {
	const groups = [...keyGroups.map(({title, rows}) => ({title, rows: keyRows(rows, own)})), selection]
		.map(({title, rows}) => ({title, rows: rows.filter(row => hasWords(row, words))}))
		.filter(({rows}) => rows.length > 0);
	const lines = groups.flatMap(({title, rows}, index): readonly HelpLine[] => [
		...(index === 0 ? [] : [{text: ''}]),
		{text: title, heading: true},
		...rows.flatMap(keyLine),
	]);
	const notes = [
		...(Object.keys(own).length > 0 ? ['* is one of your own; /unbind gives a key its old meaning back.'] : []),
		'Alt and a key can also be typed as Escape and then, within a second, the key.',
		'/bind gives a key another meaning.',
	];
	return lines.length === 0 ? [] : [...lines, {text: ''}, ...notes.map(text => ({text}))];
}

function keyLine({keys, help, command}: KeyLine): readonly HelpLine[] {
	const hang = keysWidth + 4;
	const text = command === '' ? help : `${help}  ${command}`;
	return keys.length <= keysWidth
		? [{text: `  ${keys.padEnd(keysWidth)}  ${text}`, hang}]
		: [
				{text: `  ${keys}`, also: text},
				{text: `${' '.repeat(hang)}${text}`, hang, also: keys},
			];
}

function hasWords({keys, help, command}: KeyLine, words: readonly string[]): boolean {
	const text = `${keys} ${help} ${command}`.toLowerCase();
	return words.every(word => text.includes(word.toLowerCase()));
}

/** The ten keys for the first ten buffers make one row while they are as delivered. */
function keyRows(rows: readonly KeyBinding[], own: OwnKeys): readonly KeyLine[] {
	const keymap = keymapWith(own);
	const delivered = keymapWith({});
	const chordsOf = (action: string) => [...keymap].filter(([, each]) => each === action).map(([chord]) => chord);
	const isOwn = (chord: string) => keymap.get(chord) !== delivered.get(chord);
	const numbered = rows.filter(({action}) => /^buffer\d+$/u.test(action));
	const together = numbered.every(({action, chords}) => chordsOf(action).join(' ') === chords.join(' '));
	return rows.flatMap(({action, help, command = ''}): readonly KeyLine[] => {
		if (together && action === 'buffer1') {
			return [{keys: 'Alt+1 … Alt+9, Alt+0', help: 'Buffer 1 to 10', command}];
		}

		if (together && /^buffer\d+$/u.test(action)) {
			return [];
		}

		const chords = chordsOf(action);
		const keys = chords.map(chord => `${chordName(chord)}${isOwn(chord) ? '*' : ''}`).join(', ');
		return [{keys: keys === '' ? '(no key)' : keys, help, command}];
	});
}
