import {fc, testProp} from '@fast-check/ava';
import test from 'ava';
import {initialVi, type Vi} from '../../source/tui/composer/vi/state.js';
import {viKey} from '../../source/tui/composer/vi/vi.js';
import {marked as marking} from '../../source/tui/composer/vi/visual.js';
import {applyEdit, type Editor, emptyEditor, insertText} from '../../source/tui/input/editor.js';

type Both = {readonly vi: Vi; readonly editor: Editor};

/** Begins in normal mode with the cursor at `|`. `⎋` is Escape, `⌃` Ctrl+R. */
function typed(marked: string, keys: string, vi: Vi = {...initialVi, mode: 'normal'}): Both {
	const cursor = marked.indexOf('|');
	const text = marked.replace('|', '');
	const editor = {...insertText(emptyEditor, text), cursor};
	return press({vi, editor}, keys);
}

function press(start: Both, keys: string): Both {
	return [...new Intl.Segmenter().segment(keys)].reduce(({vi, editor}, {segment}) => {
		const key = segment === '⎋' ? 'escape' : segment === '⌃' ? 'ctrl+r' : segment;
		const step = viKey(vi, editor, key);
		return step ?? {vi, editor: key.length > 3 ? editor : insertText(editor, key)};
	}, start);
}

function marked({editor, vi}: Both): string {
	const bar = vi.mode === 'insert' ? '¦' : '|';
	return `${editor.text.slice(0, editor.cursor)}${bar}${editor.text.slice(editor.cursor)}`;
}

const family = '👨‍👩‍👧‍👦';

/** Before, keys, after; `¦` is the cursor of insert mode. */
const table: ReadonlyArray<readonly [before: string, keys: string, after: string]> = [
	// Motions
	['abc|d', 'h', 'ab|cd'],
	['|abcd', 'h', '|abcd'],
	['|abcd', '2l', 'ab|cd'],
	['abc|d', 'l', 'abc|d'],
	[`|a${family}b`, 'll', `a${family}|b`],
	['|one two, three', 'w', 'one |two, three'],
	['|one two, three', '3w', 'one two, |three'],
	['|one two, three', '2W', 'one two, |three'],
	['|one\n\ntwo', 'w', 'one\n|\ntwo'],
	['one two, thr|ee', 'b', 'one two, |three'],
	['one two, |three', '2b', 'one |two, three'],
	['one two, |three', 'B', 'one |two, three'],
	['|one two', 'e', 'on|e two'],
	['on|e two', 'e', 'one tw|o'],
	['|one, two', 'E', 'one|, two'],
	['  one tw|o', '0', '|  one two'],
	['  one tw|o', '^', '  |one two'],
	['|one\ntwo', '$', 'on|e\ntwo'],
	['|one\ntwo', '2$', 'one\ntw|o'],
	['|one\ntwo\nthree', 'G', 'one\ntwo\n|three'],
	['one\ntwo\nthr|ee', 'gg', '|one\ntwo\nthree'],
	['|one\n  two\nthree', '2G', 'one\n  |two\nthree'],
	['on|e\ntwo', 'j', 'one\ntw|o'],
	['one\nt|wo', 'k', 'o|ne\ntwo'],
	['|a,b,c', 'f,', 'a|,b,c'],
	['|a,b,c', '2f,', 'a,b|,c'],
	['|a,b,c', 't,', '|a,b,c'],
	['|ab,b,c', 't,;', 'ab,|b,c'],
	['a,b,|c', 'F,', 'a,b|,c'],
	['a,b,c|d', 'T,', 'a,b,|cd'],
	['|a,b,c', 'f,;', 'a,b|,c'],
	['|a,b,c', 'f,;,', 'a|,b,c'],
	['|abc', 'fx', '|abc'],
	// Deleting
	['a|bc', 'x', 'a|c'],
	['ab|c', 'x', 'a|b'],
	['a|bcd', '2x', 'a|d'],
	['ab|cd', 'X', 'a|cd'],
	['|one two', 'dw', '|two'],
	['one |two', 'dw', 'one| '],
	['one |two\nthree', 'dw', 'one| \nthree'],
	['|one two three', 'd2w', '|three'],
	['|one two three', '2dw', '|three'],
	['|one two', 'de', '| two'],
	['one |two', 'db', '|two'],
	['one |two', 'd0', '|two'],
	['one |two', 'd$', 'one| '],
	['one |two', 'D', 'one| '],
	['|a,b', 'df,', '|b'],
	['|a,b', 'dt,', '|,b'],
	['one\nt|wo\nthree', 'dd', 'one\n|three'],
	['one\ntwo|', 'dd', '|one'],
	['on|e', 'dd', '|'],
	['on|e\ntwo\nthree', '2dd', '|three'],
	['on|e\ntwo\nthree', 'dj', '|three'],
	['one\nt|wo\nthree', 'dG', '|one'],
	['one\ntwo\nthr|ee', 'dgg', '|'],
	['one t|wo three', 'diw', 'one | three'],
	['one t|wo three', 'daw', 'one |three'],
	['one t|wo', 'daw', 'on|e'],
	// Changing
	['|one two', 'cwsix⎋', 'si|x two'],
	['|a two', 'cwthe⎋', 'th|e two'],
	['one t|wo three', 'ciwsix⎋', 'one si|x three'],
	['one\n  t|wo\nthree', 'ccsix⎋', 'one\nsi|x\nthree'],
	['one |two', 'Csix⎋', 'one si|x'],
	['|abc', 'sx⎋', '|xbc'],
	['o|ne', 'Sx⎋', '|x'],
	['a|bc', 'rx', 'a|xc'],
	['a|bcd', '2rx', 'ax|xd'],
	['ab|c', '2rx', 'ab|c'],
	['|aBc', '~', 'A|Bc'],
	['|aBc', '3~', 'Ab|C'],
	['on|e\n  two', 'J', 'one| two'],
	['|one\ntwo\nthree', '3J', 'one two| three'],
	// Inserting
	['a|b', 'ix⎋', 'a|xb'],
	['a|b', 'ax⎋', 'ab|x'],
	['  a|b', 'Ix⎋', '  |xab'],
	['|ab', 'Ax⎋', 'ab|x'],
	['o|ne\ntwo', 'ox⎋', 'one\n|x\ntwo'],
	['one\nt|wo', 'Ox⎋', 'one\n|x\ntwo'],
	['a|b', 'i', 'a¦b'],
	['|', '/', '/¦'],
	// Yanking and putting
	['|one two', 'ywP', 'one| one two'],
	['|one two', 'yw$p', 'one twoone| '],
	['|one\ntwo', 'yyp', 'one\n|one\ntwo'],
	['one\nt|wo', 'yyP', 'one\n|two\ntwo'],
	['|one\ntwo', 'Yjp', 'one\ntwo\n|one'],
	['|one\ntwo\nthree', 'yjGp', 'one\ntwo\nthree\n|one\ntwo'],
	['|ab', 'xp', 'b|a'],
	['|one\ntwo', 'ddp', 'two\n|one'],
	['|a', 'yl3p', 'aaa|a'],
	['one |two', 'yb', '|one two'],
	// Undo, redo, repeat
	['|one two', 'dwu', '|one two'],
	['|one two three', 'dwdwuu', '|one two three'],
	['|one two three', 'dwdwuu⌃', '|two three'],
	['|one', 'Atwo three four⎋u', '|one'],
	['|one two three', 'dw.', '|three'],
	['|one one', 'cwsix⎋w.', 'six si|x'],
	['|one', 'A!⎋..', 'one!!|!'],
	['|abcdef', '2x.', '|ef'],
	['|abcdef', 'x3.', '|ef'],
	// Marking
	['a|bcd', 'vld', 'a|d'],
	['ab|cd', 'vhhd', '|d'],
	['|one two three', 'vey$p', 'one two threeon|e'],
	['|one two', 'vecsix⎋', 'si|x two'],
	['|one\ntwo\nthree', 'Vjd', '|three'],
	['one\nt|wo\nthree', 'VyGp', 'one\ntwo\nthree\n|two'],
	['|abc', 'vlU', '|ABc'],
	['|ABc', 'v$~', '|abC'],
	['|abcd', 'vlod', '|cd'],
	['|abc', 'vl⎋x', 'a|c'],
	['|abc', 'vlvx', 'a|c'],
	['|one two', 'vfwd', '|o'],
	['|one two', 'yewvep', 'one on|e'],
	['a|bc', 'vdu', 'a|bc'],
	// What is not finished, or nothing
	['a|bc', 'd⎋x', 'a|c'],
	['a|bc', 'dqx', 'a|c'],
	['a|bc', '3⎋x', 'a|c'],
	['a|bc', 'zx', 'a|c'],
	['|', 'x', '|'],
	['|', 'dd', '|'],
	['|', 'p', '|'],
];

for (const [before, keys, after] of table) {
	test(`${keys} turns ${JSON.stringify(before)} into ${JSON.stringify(after)}`, t => {
		t.is(marked(typed(before, keys)), after);
	});
}

test('typing begins in insert mode, and Escape ends it', t => {
	const start: Both = {vi: initialVi, editor: emptyEditor};
	t.is(viKey(start.vi, start.editor, 'a'), undefined);
	const {vi, editor} = press(start, 'hello⎋');
	t.is(vi.mode, 'normal');
	t.is(editor.cursor, 4);
	t.is(applyEdit(press({vi, editor}, 'A there⎋').editor, 'undo').text, 'hello');
});

test('in normal mode an Escape that ends nothing is left to the program', t => {
	const vi: Vi = {...initialVi, mode: 'normal'};
	t.is(viKey(vi, emptyEditor, 'escape'), undefined);
	t.deepEqual(viKey({...vi, keys: ['d']}, emptyEditor, 'escape')?.vi.keys, []);
});

test('above the first line and below the last one the keys walk through what was entered', t => {
	t.is(viKey({...initialVi, mode: 'normal'}, typed('on|e', '').editor, 'k')?.action, 'up');
	t.is(viKey({...initialVi, mode: 'normal'}, typed('on|e', '').editor, 'j')?.action, 'down');
	t.is(viKey({...initialVi, mode: 'normal'}, typed('one\ntw|o', '').editor, 'k')?.action, undefined);
});

test('what is marked is what an operator would take', t => {
	const {vi, editor} = typed('one t|wo', 'vb');
	t.deepEqual(marking(vi, editor), {from: 4, to: 6, lines: false});
	t.is(vi.mode, 'visual');
	t.is(marking({...vi, mode: 'normal'}, editor), undefined);
});

const keys = fc.array(
	fc.constantFrom(
		...[...'hjklwbeWBE0^$gGfFtT;,dcyxXrsSpPuiaIAoOJ~.DCYvV123', 'escape', 'escape', 'ctrl+r', 'backspace'],
		...['é', family, '🇩', '\u{301}', ' ', 'word'],
	),
	{maxLength: 60},
);

testProp(
	'whatever keys are pressed, the cursor stands on a grapheme, and undo leads back to the beginning',
	[
		fc
			.array(fc.constantFrom('one ', 'two', '\n', ' ', family, 'e\u{301}', ', ', '漢'), {maxLength: 12})
			.map(parts => parts.join('')),
		keys,
	],
	(t, text, pressed) => {
		const first = insertText(emptyEditor, text);
		let vi: Vi = {...initialVi, mode: 'normal'};
		let editor = first;
		for (const key of pressed) {
			const step = viKey(vi, editor, key);
			if (step !== undefined) {
				({vi, editor} = step);
			} else if (key !== 'escape' && key !== 'ctrl+r' && key !== 'backspace') {
				editor = insertText(editor, key);
			}

			const ends = [...new Intl.Segmenter().segment(editor.text)].map(({index, segment}) => index + segment.length);
			t.true(editor.cursor === 0 || ends.includes(editor.cursor), `${JSON.stringify(editor.text)} at ${editor.cursor}`);
			if (vi.mode === 'normal' && step !== undefined && vi.keys.length === 0 && editor.text !== '') {
				const atEnd = editor.cursor === editor.text.length || editor.text[editor.cursor] === '\n';
				const isEmpty = editor.cursor === 0 || editor.text[editor.cursor - 1] === '\n';
				t.true(
					!atEnd || isEmpty || key === 'escape',
					`${JSON.stringify(editor.text)} at ${editor.cursor} after ${key}`,
				);
			}
		}

		let back = editor;
		while (back.history !== undefined) {
			back = applyEdit(back, 'undo');
		}

		t.is(back.text, '');
	},
	{numRuns: 300},
);
