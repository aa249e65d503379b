import test from 'ava';
import {dark} from '../../source/themes/dark.js';
import {inputStyles} from '../../source/tui/composer/input-styles.js';
import {typeText} from '../../source/tui/composer/typing.js';
import {applyEdit, type Editor, emptyEditor} from '../../source/tui/input/editor.js';
import {createPalette} from '../../source/tui/panes/palette.js';
import {attributes, lookOf} from '../../source/tui/screen/style.js';

const palette = createPalette(dark);

function typed(text: string, editor: Editor = emptyEditor): Editor {
	return [...text].reduce(typeText, editor);
}

test('the colon that ends a short code puts the emoji there', t => {
	t.is(typed('fine :smile:').text, 'fine 😄');
	t.is(typed(':+1: (:heart:)').text, '👍 (❤️)');
	t.is(typed('😄:smile:').text, '😄😄');
});

test('undoing once brings the short code back', t => {
	t.is(applyEdit(typed('fine :smile:'), 'undo').text, 'fine :smile:');
	t.is(applyEdit(applyEdit(typed('fine :smile:'), 'undo'), 'redo').text, 'fine 😄');
});

test('times, addresses, words and unknown codes stay as they are', t => {
	for (const text of [
		'at 10:30:',
		'at 9:100:',
		'http://x:100:',
		'xmpp:fire:',
		'a:smile:',
		':nothing_like_it:',
		'::',
		': :',
	]) {
		t.is(typed(text).text, text);
	}
});

test('in code a short code stays as it is', t => {
	for (const text of ['`:smile:', '`a :smile:`', '```\n:smile:', '> `x :smile:']) {
		t.is(typed(text).text, text);
	}

	t.is(typed('`a` :smile:').text, '`a` 😄');
	t.is(typed('```\nx\n```\n:smile:').text, '```\nx\n```\n😄');
});

/** One letter for each UTF-16 unit: what its style says. */
function shown(text: string, styling = true, misspelt: ReadonlyArray<{from: number; to: number}> = []): string {
	const styles = inputStyles(text, {palette, styling, misspelt});
	const letter = (id: number) => {
		const {flags} = lookOf(id);
		if (id === palette.role.markup) {
			return 'm';
		}

		if (id === palette.role.code) {
			return 'c';
		}

		if (id === palette.role.quote) {
			return 'q';
		}

		const names = [
			flags & attributes.bold ? 'b' : '',
			flags & attributes.italic ? 'i' : '',
			flags & attributes.strikethrough ? 's' : '',
			flags & attributes.underline ? 'u' : '',
		].join('');
		return names === '' ? '.' : names.length > 1 ? '+' : names;
	};
	return styles === undefined ? 'plain' : Array.from(styles, letter).join('');
}

test('message styling is shown as it is typed, with its signs', t => {
	t.is(shown('a *b* _i_ ~s~ `c`'), '..mbm.mim.msm.mcm');
	t.is(shown('*_x_*'), 'mm+mm');
	t.is(shown('> *q*\n```\ncode\n```'), 'qqmbm.mmm.cccc.mmm');
	t.is(shown('2 * 3 is 6'), 'plain');
});

test('the preview can be turned off', t => {
	t.is(shown('a *b*', false), 'plain');
});

test('misspelt words are underlined, whatever their style', t => {
	t.is(
		shown('teh *teh*', true, [
			{from: 0, to: 3},
			{from: 5, to: 8},
		]),
		'uuu.m+++m',
	);
	t.is(shown('teh', false, [{from: 0, to: 3}]), 'uuu');
});

test('a huge text is not marked', t => {
	t.is(shown('*b* '.repeat(10_000)), 'plain');
});
