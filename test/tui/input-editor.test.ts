import {fc, testProp} from '@fast-check/ava';
import test from 'ava';
import {rowsAround} from '../../source/tui/composer/rows.js';
import {moveDown, moveUp, offsetAtCell} from '../../source/tui/composer/vertical.js';
import {graphemeBoundary} from '../../source/tui/input/boundaries.js';
import {composerLines} from '../../source/tui/input/composer-lines.js';
import {
	applyEdit,
	cleared,
	type EditAction,
	type Editor,
	emptyEditor,
	insertPaste,
	insertText,
	replaceText,
	withText,
} from '../../source/tui/input/editor.js';
import {emptyHistory, newer, older, remember, searchHistory} from '../../source/tui/input/history.js';
import {line, lineText} from '../../source/tui/screen/line.js';

/** An editor from text in which `|` is the cursor. */
function editing(marked: string): Editor {
	const cursor = marked.indexOf('|');
	return {...emptyEditor, text: marked.replace('|', ''), cursor};
}

function marked(editor: Editor): string {
	return `${editor.text.slice(0, editor.cursor)}|${editor.text.slice(editor.cursor)}`;
}

function after(start: string, ...actions: EditAction[]): string {
	return marked(actions.reduce(applyEdit, editing(start)));
}

const family = '👨‍👩‍👧‍👦';

const edits: ReadonlyArray<readonly [action: EditAction, before: string, after: string]> = [
	['moveLeft', `a${family}|b`, `a|${family}b`],
	['moveLeft', '|a', '|a'],
	['moveRight', `a|${family}b`, `a${family}|b`],
	['moveRight', 'e\u{301}|', 'e\u{301}|'],
	['moveWordLeft', 'one two, |three', 'one |two, three'],
	['moveWordRight', 'one| two, three', 'one two|, three'],
	['moveWordRight', 'größe| straße', 'größe straße|'],
	['moveLineStart', 'one\ntwo|', 'one\n|two'],
	['moveLineEnd', '|one\ntwo', 'one|\ntwo'],
	['moveTextStart', 'one\ntwo|', '|one\ntwo'],
	['moveTextEnd', '|one\ntwo', 'one\ntwo|'],
	['deleteBackward', `a${family}|b`, 'a|b'],
	['deleteBackward', 'one\n|two', 'one|two'],
	['deleteBackward', '|a', '|a'],
	['deleteForward', `a|${family}b`, 'a|b'],
	['deleteForward', 'a|', 'a|'],
	['killWordBackward', '/msg romeo@example.org|', '/msg romeo@example.|'],
	['killToSpaceBackward', '/msg romeo@example.org|', '/msg |'],
	['killWordForward', 'one| two three', 'one| three'],
	['killLineStart', 'a\nb c|d', 'a\n|d'],
	['killLineEnd', 'a|b c\nd', 'a|\nd'],
	['killLineEnd', 'a|\nd', 'a|d'],
	['transpose', 'ab|', 'ba|'],
	['transpose', 'a|bc', 'ba|c'],
	['transpose', '|ab', '|ab'],
	['transpose', 'x\n|ab', 'x\n|ab'],
	['newline', 'a|b', 'a\n|b'],
	['capitalizeWord', 'o|ne tWO three', 'oNe| tWO three'],
	['capitalizeWord', 'one| tWO three', 'one Two| three'],
	['lowercaseWord', '|ÉCOLE Two', 'école| Two'],
	['uppercaseWord', '|straße', 'STRASSE|'],
	['uppercaseWord', 'one ...|', 'one ...|'],
	['clearInput', 'some|thing', '|'],
];

for (const [action, before, expected] of edits) {
	test(`${action} turns ${JSON.stringify(before)} into ${JSON.stringify(expected)}`, t => {
		t.is(after(before, action), expected);
	});
}

test('what was cut comes back with yank, several cuts in a row as one', t => {
	t.is(
		after('one two three|', 'killToSpaceBackward', 'killToSpaceBackward', 'moveLineStart', 'yank'),
		'two three|one ',
	);
	t.is(after('|one two', 'killWordForward', 'killWordForward', 'yank', 'yank'), 'one twoone two|');
});

test('yankOlder replaces what was just yanked with the cut before, round and round', t => {
	const cut: EditAction[] = ['killToSpaceBackward', 'moveLeft', 'moveLineEnd', 'killToSpaceBackward', 'moveTextStart'];
	t.is(after('one two|', ...cut, 'yank'), 'one |');
	t.is(after('one two|', ...cut, 'yank', 'yankOlder'), 'two|');
	t.is(after('one two|', ...cut, 'yank', 'yankOlder', 'yankOlder'), 'one |');
	t.is(after('one two|', ...cut, 'yankOlder'), '|');
});

test('typing is undone a word at a time', t => {
	let editor = emptyEditor;
	for (const character of 'to be or') {
		editor = insertText(editor, character);
	}

	editor = applyEdit(editor, 'undo');
	t.is(marked(editor), 'to be|');
	editor = applyEdit(editor, 'undo');
	t.is(marked(editor), 'to|');
	editor = applyEdit(editor, 'undo');
	t.is(marked(editor), '|');
	t.is(applyEdit(editor, 'undo'), editor);
});

test('deleting character by character is undone as a whole, a paste on its own', t => {
	let editor = insertPaste(insertText(emptyEditor, 'a'), 'pasted');
	editor = insertText(editor, 'z');
	editor = applyEdit(applyEdit(applyEdit(editor, 'deleteBackward'), 'deleteBackward'), 'deleteBackward');
	t.is(marked(editor), 'apast|');
	editor = applyEdit(editor, 'undo');
	t.is(marked(editor), 'apastedz|');
	editor = applyEdit(applyEdit(editor, 'undo'), 'undo');
	t.is(marked(editor), 'a|');
});

test('what was taken back can be done again, until something else is done', t => {
	const typed = insertText(applyEdit(insertText(emptyEditor, 'one'), 'newline'), 'two');
	const back = applyEdit(applyEdit(typed, 'undo'), 'undo');
	t.is(marked(back), 'one|');
	const again = applyEdit(applyEdit(back, 'redo'), 'redo');
	t.is(marked(again), 'one\ntwo|');
	t.is(applyEdit(again, 'redo'), again);
	t.is(marked(applyEdit(insertText(back, '!'), 'redo')), 'one!|');
});

const anyEdit = fc.oneof(
	fc.constantFrom<EditAction>(
		'moveLeft',
		'moveRight',
		'moveWordLeft',
		'moveWordRight',
		'moveLineStart',
		'moveTextStart',
		'deleteBackward',
		'deleteForward',
		'killWordBackward',
		'killWordForward',
		'killToSpaceBackward',
		'killLineEnd',
		'yank',
		'yankOlder',
		'transpose',
		'capitalizeWord',
		'uppercaseWord',
		'newline',
		'clearInput',
		'undo',
		'redo',
	),
	fc
		.constantFrom(
			'a',
			' ',
			'wörter',
			family,
			'two\nlines',
			'\u{301}',
			'🇩',
			'🇪',
			'\u{200D}',
			'\u{200C}',
			'क्',
			'️',
			'👩',
			'\t',
		)
		.map(text => ({text})),
);

function edited(editor: Editor, edit: EditAction | {readonly text: string}): Editor {
	return typeof edit === 'string' ? applyEdit(editor, edit) : insertText(editor, edit.text);
}

testProp('whatever is done can be undone to the empty line', [fc.array(anyEdit, {maxLength: 40})], (t, edits) => {
	let editor = edits.reduce(edited, emptyEditor);
	for (let steps = 0; steps <= edits.length && editor.history !== undefined; steps++) {
		editor = applyEdit(editor, 'undo');
	}

	t.is(editor.text, '');
});

testProp(
	'the cursor stands between two graphemes, whatever is done',
	[fc.array(anyEdit, {minLength: 1, maxLength: 40})],
	(t, edits) => {
		edits.reduce((before, edit) => {
			const editor = edited(before, edit);
			const ends = [...new Intl.Segmenter().segment(editor.text)].map(({index, segment}) => index + segment.length);
			t.true(editor.cursor === 0 || ends.includes(editor.cursor), `${JSON.stringify(editor.text)} at ${editor.cursor}`);
			t.is(graphemeBoundary(editor.text, editor.cursor), editor.cursor);
			return editor;
		}, emptyEditor);
	},
	{numRuns: 500},
);

testProp(
	'doing again what was taken back changes nothing, nor does taking it back once more',
	[fc.array(anyEdit, {maxLength: 40})],
	(t, edits) => {
		const editor = edits.reduce(edited, emptyEditor);
		const steps = (one: Editor) => ({text: one.text, cursor: one.cursor, history: one.history, undone: one.undone});
		const back = applyEdit(editor, 'undo');
		const isChanged = editor.history !== undefined;
		t.is(back !== editor, isChanged);
		if (isChanged) {
			t.deepEqual(steps(applyEdit(back, 'redo')), steps(editor));
			t.deepEqual(steps(applyEdit(applyEdit(back, 'redo'), 'undo')), steps(back));
		}
	},
);

test('the undo list is bounded', t => {
	let editor = emptyEditor;
	for (let turn = 0; turn < 3000; turn++) {
		editor = applyEdit(editor, 'newline');
	}

	t.true((editor.history?.depth ?? 0) <= 1000);
});

test('control characters do not get into the text', t => {
	t.is(insertText(emptyEditor, 'a\u{1B}[2Jb\u{0}\u{9B}c\r\nd\te').text, 'a[2Jbc\nd\te');
	t.is(withText(emptyEditor, '\u{7}x').text, 'x');
	t.is(replaceText(editing('/he|'), 0, 3, '/help ').text, '/help ');
});

test('sending clears the line and keeps what was cut', t => {
	const editor = cleared(applyEdit(editing('one two|'), 'killToSpaceBackward'));
	t.is(editor.text, '');
	t.is(applyEdit(editor, 'yank').text, 'two');
});

/** Up and down over rows of ten cells; outside of them the cursor stays. */
function walk(start: string, ...steps: ReadonlyArray<'up' | 'down'>): string {
	return marked(
		steps.reduce(
			(editor, step) => (step === 'up' ? moveUp(editor, 10) : moveDown(editor, 10)) ?? editor,
			editing(start),
		),
	);
}

test('up and down move between lines and keep their column', t => {
	t.is(walk('a longer\nb\nanother l|', 'up'), 'a longer\nb|\nanother l');
	t.is(walk('a longer\nb\nanother|', 'up', 'up'), 'a longe|r\nb\nanother');
	t.is(walk('a longer\nb\nanother|', 'up', 'up', 'down', 'down'), 'a longer\nb\nanother|');
	t.is(moveUp(editing('on|e\ntwo'), 10), undefined);
	t.is(moveDown(editing('one\nt|wo'), 10), undefined);
});

test('up and down move by rows of the screen where a line is too long for it', t => {
	t.is(walk('0123456789abcdef|', 'up'), '012345|6789abcdef');
	t.is(walk('01|23456789abcdef', 'down'), '0123456789ab|cdef');
	t.is(walk('to be or not to be|', 'up'), 'to be or| not to be');
});

test('the column kept is one of the screen: a wide character takes two', t => {
	t.is(walk('漢漢漢漢\nabcd|efg', 'up'), '漢漢|漢漢\nabcdefg');
	t.is(walk('漢漢漢漢\nabcde|fg', 'up', 'down'), '漢漢漢漢\nabcde|fg');
	t.is(walk('漢漢漢漢\nabcde|fg', 'up'), '漢漢|漢漢\nabcdefg');
});

test('a cell of the composer leads to the offset of what it shows', t => {
	const view = {text: 'to be or not to be\n漢字', cursor: 0, width: 10, indent: 2, maximumRows: 4};
	t.is(offsetAtCell(view, 2, 0), 0);
	t.is(offsetAtCell(view, 5, 0), 3);
	t.is(offsetAtCell(view, 0, 0), 0);
	t.is(offsetAtCell(view, 2, 1), 9);
	t.is(offsetAtCell(view, 5, 2), 20);
	t.is(offsetAtCell(view, 60, 2), 21);
	t.is(offsetAtCell(view, 60, 9), 21);
	t.is(offsetAtCell(view, 60, 0), 8);
});

test('history goes back and forth and brings the unfinished line back', t => {
	let history = remember(remember(emptyHistory, 'one'), 'two');
	const first = older(history, 'draft');
	t.is(first?.text, 'two');
	history = first?.history ?? history;
	const second = older(history, 'two');
	t.is(second?.text, 'one');
	history = second?.history ?? history;
	t.is(older(history, 'one'), undefined);
	const back = newer(history);
	t.is(back?.text, 'two');
	const draft = newer(back?.history ?? history);
	t.is(draft?.text, 'draft');
	t.is(newer(draft?.history ?? history), undefined);
});

test('history keeps no line twice, nothing blank and no pasted file', t => {
	const history = ['one', 'two', 'one', '  ', 'x'.repeat(20_000)].reduce(remember, emptyHistory);
	t.deepEqual(history.entries, ['two', 'one']);
});

test('history is searched backwards', t => {
	const history = ['/join a', 'hello', '/join b'].reduce(remember, emptyHistory);
	t.deepEqual(searchHistory(history, '/JOIN'), ['/join b', '/join a']);
	t.deepEqual(searchHistory(history, 'nothing'), []);
});

function layout(text: string, options: Partial<Parameters<typeof composerLines>[0]> = {}) {
	const {lines, cursor} = composerLines({
		text,
		cursor: text.length,
		columns: 12,
		maximumRows: 4,
		prompt: line('> '),
		...options,
	});
	return {lines: lines.map(each => lineText(each)), cursor};
}

test('an empty input is the prompt with the cursor behind it', t => {
	t.deepEqual(layout(''), {lines: ['> '], cursor: {x: 2, y: 0}});
});

test('text is wrapped at the right edge and indented by the prompt', t => {
	t.deepEqual(layout('0123456789ab'), {lines: ['> 0123456789', '  ab'], cursor: {x: 4, y: 1}});
	t.deepEqual(layout('one\ntwo'), {lines: ['> one', '  two'], cursor: {x: 5, y: 1}});
});

test('a word that does not fit goes to the next row whole', t => {
	t.deepEqual(layout('to be or not'), {lines: ['> to be or ', '  not'], cursor: {x: 5, y: 1}});
	t.deepEqual(layout('to be or not', {cursor: 9}).cursor, {x: 2, y: 1});
	t.deepEqual(layout('   0123456789').lines, ['>    0123456', '  789']);
	t.deepEqual(layout('a 0123456789 b').lines, ['> a ', '  0123456789', '   b']);
});

test('the cursor behind a full row stands at the start of the next one', t => {
	t.deepEqual(layout('0123456789'), {lines: ['> 0123456789', '  '], cursor: {x: 2, y: 1}});
	t.deepEqual(layout('0123456789x', {cursor: 10}), {lines: ['> 0123456789', '  x'], cursor: {x: 2, y: 1}});
	t.deepEqual(layout('0123456789', {cursor: 9}), {lines: ['> 0123456789'], cursor: {x: 11, y: 0}});
});

test('a full row followed by a line break takes one row', t => {
	t.deepEqual(layout('0123456789\nx').lines, ['> 0123456789', '  x']);
});

test('a wide character that does not fit goes to the next row', t => {
	t.deepEqual(layout('012345678漢'), {lines: ['> 012345678', '  漢'], cursor: {x: 4, y: 1}});
});

test('of more rows than fit those around the cursor are shown', t => {
	const text = Array.from({length: 9}, (_, index) => `line ${index}`).join('\n');
	t.deepEqual(layout(text).lines, ['  line 5', '  line 6', '  line 7', '  line 8']);
	t.deepEqual(layout(text, {cursor: 0}).lines, ['> line 0', '  line 1', '  line 2', '  line 3']);
	const middle = layout(text, {cursor: 4 * 7});
	t.deepEqual(middle.lines, ['  line 2', '  line 3', '  line 4', '  line 5']);
	t.deepEqual(middle.cursor, {x: 2, y: 2});
});

testProp(
	'each grapheme has its cells, in order, whatever stands beside it',
	[
		fc
			.array(fc.constantFrom('a', 'bc', ' ', '\n', '漢', family, 'e\u{301}', '1\u{FE0F}\u{20E3}', '🇩🇪', '.', 'क्षि'), {
				maxLength: 40,
			})
			.map(parts => parts.join('')),
		fc.integer({min: 4, max: 20}),
	],
	(t, text, width) => {
		const {rows} = rowsAround({text, cursor: 0, width, above: 50});
		const shown = rows.flatMap(row => row.offsets.filter((_, column) => row.cells[column] !== ''));
		const graphemes = [...new Intl.Segmenter().segment(text)].filter(({segment}) => segment !== '\n');
		t.deepEqual(
			shown,
			graphemes.map(({index}) => index),
		);
		t.true(rows.every(row => row.cells.length <= Math.max(width, 4)));
	},
);

test('control characters are shown as something harmless', t => {
	t.deepEqual(layout('a\u{1B}\tb').lines, ['> a\u{FFFD} b']);
});

test('a password is masked, and the cursor counts the masks', t => {
	t.deepEqual(layout('pä漢', {mask: '•'}), {lines: ['> •••'], cursor: {x: 5, y: 0}});
});

testProp(
	'the cursor is always inside the rows shown, and the rows inside the limits',
	[
		fc.array(fc.constantFrom('a', ' ', '\n', '漢', family, 'word '), {maxLength: 60}).map(parts => parts.join('')),
		fc.nat(200),
		fc.integer({min: 3, max: 20}),
		fc.integer({min: 1, max: 5}),
	],
	(t, text, at, columns, maximumRows) => {
		const {lines, cursor} = composerLines({text, cursor: at, columns, maximumRows, prompt: line('> ')});
		t.true(lines.length >= 1 && lines.length <= maximumRows);
		t.true(cursor.y >= 0 && cursor.y < lines.length);
		t.true(cursor.x >= 0 && cursor.x < columns);
	},
);

for (const [kind, unit] of [
	['lines', 'a line of text that was pasted\n'],
	['one line', 'word '],
	['emoji', family],
] as const) {
	test(`typing behind a megabyte of ${kind} stays quick`, t => {
		let editor = insertPaste(emptyEditor, unit.repeat(Math.ceil(1_048_576 / unit.length)));
		// The median: other processes may hold one key up, not most of them.
		const times: number[] = [];
		for (let turn = 0; turn < 50; turn++) {
			const start = performance.now();
			editor = insertText(editor, 'x');
			editor = turn % 5 === 0 ? applyEdit(editor, 'moveLeft') : editor;
			composerLines({text: editor.text, cursor: editor.cursor, columns: 200, maximumRows: 16, prompt: line('> ')});
			times.push(performance.now() - start);
		}

		const [median = 0] = times.sort((one, other) => one - other).slice(25);
		t.true(median < 20, `${median} ms a key`);
		t.log(`${median.toFixed(2)} ms a key`);
	});
}
