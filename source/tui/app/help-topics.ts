import {registry} from '../../commands/definitions/index.js';
import {type HelpLine, helpFor} from '../../commands/help.js';
import {availabilities} from '../../model/account.js';
import {defaultBindings} from '../../model/keys.js';
import {markMeanings, signMeanings} from '../panes/message-marks.js';
import {availabilityText, presenceMark} from '../panes/words.js';

export type HelpPage = {readonly title: string; readonly lines: readonly HelpLine[]};

/** What can be asked for: a family of commands is one topic. */
export function helpTopics(): ReadonlyArray<{readonly name: string; readonly summary: string}> {
	const topics = new Map<string, string>();
	for (const {name, summary} of registry.commands) {
		const [head = name] = name.split(' ');
		topics.set(head, head === name ? summary : `/${head} …`);
	}

	return [...topics.set('marks', 'The signs behind messages and beside names')].map(([name, summary]) => ({
		name,
		summary,
	}));
}

/** What `/help` shows on a topic. */
export function helpPage(topic: string | undefined): HelpPage {
	switch (topic?.trim().toLowerCase()) {
		case 'keys':
			return {title: 'Keys', lines: keyLines()};
		case 'marks':
			return {title: 'Signs', lines: markLines()};
		default:
			return {title: 'Help', lines: helpFor(topic)};
	}
}

/** Columns of the keys; where they take more, what they do stands on the next line. */
const keysWidth = 24;

/** `/keys`: the key table. */
export function keyLines(): readonly HelpLine[] {
	const rows = [...keyRows()];
	const width = Math.min(keysWidth, Math.max(...rows.map(({keys}) => keys.length)));
	const hang = width + 4;
	return [
		...rows.flatMap(({keys, help}): readonly HelpLine[] =>
			keys.length <= width
				? [{text: `  ${keys.padEnd(width)}  ${help}`, hang}]
				: [{text: `  ${keys}`}, {text: `${' '.repeat(hang)}${help}`, hang}],
		),
		{text: ''},
		{text: 'Alt and a key can also be typed as Escape and then, within a second, the key.'},
	];
}

/** `/help marks`: what a sign stands for. */
export function markLines(): readonly HelpLine[] {
	const row = (mark: string, meaning: string): HelpLine => ({text: `  ${mark.padEnd(4)}${meaning}`, hang: 6});
	return [
		{text: 'Behind your own messages', heading: true},
		...markMeanings.map(([mark, meaning]) => row(mark, meaning)),
		{text: ''},
		{text: 'Around messages', heading: true},
		...signMeanings.map(([mark, meaning]) => row(mark, meaning)),
		{text: ''},
		{text: 'Beside a name', heading: true},
		...presenceMeanings().map(([mark, meaning]) => row(mark, meaning)),
		row(presenceMark(undefined).glyph, 'offline'),
		row('?', 'not known: they do not let you see it, or you are not online'),
		{text: ''},
		{text: 'Numbers', heading: true},
		row('3', 'messages that you have not seen'),
		row('!3', 'the same, and they are for you'),
	];
}

/** Some kinds of presence share a mark. */
function presenceMeanings(): ReadonlyArray<readonly [string, string]> {
	const meanings = new Map<string, string>();
	for (const each of availabilities) {
		const {glyph} = presenceMark(each);
		const before = meanings.get(glyph);
		meanings.set(glyph, before === undefined ? availabilityText(each) : `${before} or ${availabilityText(each)}`);
	}

	return [...meanings];
}

/** The key table; the ten keys for the first ten buffers make one row. */
function* keyRows(): Generator<{readonly keys: string; readonly help: string}> {
	for (const {action, chords, help} of defaultBindings) {
		if (action === 'buffer1') {
			yield {keys: 'Alt+1 … Alt+9, Alt+0', help: 'Buffer 1 to 10'};
		} else if (!/^buffer\d+$/u.test(action)) {
			yield {keys: chords.map(keyName).join(', '), help};
		}
	}
}

const keyNames: Readonly<Record<string, string>> = {pageup: 'PageUp', pagedown: 'PageDown'};

/** `ctrl+a` as people write it: `Ctrl+A`. */
function keyName(chord: string): string {
	return chord
		.split('+')
		.map(part => keyNames[part] ?? part.charAt(0).toUpperCase() + part.slice(1))
		.join('+');
}
