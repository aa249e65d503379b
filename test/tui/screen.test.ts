import test from 'ava';
import {createElement, useState} from 'react';
import {systemClock} from '../../source/shared/clock.js';
import {createEmitter} from '../../source/shared/emitter.js';
import {createInkStdin} from '../../source/tui/input/ink-stdin.js';
import type {KeyEvent} from '../../source/tui/input/key.js';
import {createInkPainter} from '../../source/tui/screen/ansi.js';
import {colorDepthOf, packColor, reduceColor} from '../../source/tui/screen/color.js';
import {createGrid, type Grid, resizeGrid, rowText} from '../../source/tui/screen/grid.js';
import {inkOptions} from '../../source/tui/screen/ink-options.js';
import {createLayers} from '../../source/tui/screen/layers.js';
import {
	expandTabs,
	fitLine,
	joinLines,
	line,
	lineText,
	linkedRuns,
	type StyledLine,
	sliceLine,
	truncateLine,
	wrap,
} from '../../source/tui/screen/line.js';
import {findLinks} from '../../source/tui/screen/link.js';
import {createScreen, type ScreenOutput} from '../../source/tui/screen/screen.js';
import {applySgr, createStyleEmitter} from '../../source/tui/screen/sgr.js';
import type {Size} from '../../source/tui/screen/size.js';
import {blankStyle, inverted, lookOf, plain, style} from '../../source/tui/screen/style.js';
import {createManualClock} from '../support/manual-clock.js';
import {createXtermScreen, type XtermScreen} from './support/xterm-screen.js';

// Ink draws nothing but its last frame when it takes the machine for a build server.
process.env.CI = 'false';
const {Box, render, Text, useInput} = await import('ink');

function Popup({height}: {readonly height: number}) {
	const [typed, setTyped] = useState('');
	useInput((input, {upArrow, return: enter}) => {
		setTyped(before => before + (upArrow ? '<up>' : enter ? '<enter>' : input));
	});
	return createElement(
		Box,
		{height, flexDirection: 'column'},
		createElement(Text, {color: 'red'}, 'popup'),
		createElement(Text, {}, `keys ${typed}`),
	);
}

const red = style({foreground: 'red'});
const boldRed = style({foreground: 'red', bold: true});

test('the same appearance is the same style', t => {
	t.is(style({foreground: 'red', bold: true}), boldRed);
	t.not(red, boldRed);
	t.is(style({}), plain);
	t.is(inverted(inverted(red)), red);
});

test('a link that could break out of its sequence is dropped', t => {
	const links = [
		'https://example.org/\u{1B}]2;x',
		'https://a b',
		'https://exämple.org',
		`https://${'x'.repeat(3000)}`,
		'javascript:alert(1)',
		'file:///etc/passwd',
		'https:',
	];
	for (const link of links) {
		t.is(style({link}), plain);
	}

	t.is(lookOf(style({link: 'https://example.org/?a=b;c'})).link, 'https://example.org/?a=b;c');
});

test('on a blank only background, inverse video and lines count', t => {
	t.is(blankStyle(boldRed), plain);
	t.is(blankStyle(style({foreground: 'red', background: 'blue'})), style({background: 'blue'}));
	t.is(blankStyle(style({foreground: 'red', inverse: true, italic: true})), style({foreground: 'red', inverse: true}));
});

test('colours are mapped to the nearest the terminal has', t => {
	t.is(reduceColor(packColor('#ff0000'), 'truecolor'), packColor('#ff0000'));
	t.is(reduceColor(packColor('#ff0000'), '256'), packColor(196));
	t.is(reduceColor(packColor('#808080'), '256'), packColor(244));
	t.is(reduceColor(packColor('#ff1010'), '16'), packColor('brightRed'));
	t.is(reduceColor(packColor(232), '16'), packColor('black'));
	t.is(reduceColor(packColor('green'), '256'), packColor('green'));
	t.is(reduceColor(packColor('green'), 'none'), packColor(undefined));
});

test('the environment says how many colours there are', t => {
	t.is(colorDepthOf({TERM: 'xterm-256color'}), '256');
	t.is(colorDepthOf({TERM: 'xterm-256color', COLORTERM: 'truecolor'}), 'truecolor');
	t.is(colorDepthOf({TERM: 'xterm', COLORTERM: 'truecolor', NO_COLOR: '1'}), 'none');
	t.is(colorDepthOf({TERM: 'xterm', NO_COLOR: ''}), '16');
	t.is(colorDepthOf({TERM: 'dumb'}), 'none');
	t.is(colorDepthOf({TERM: 'xterm', FORCE_COLOR: '3'}), 'truecolor');
	t.is(colorDepthOf({}), '16');
});

test('a change of style takes the fewest bytes', t => {
	const emit = createStyleEmitter('truecolor');
	t.is(emit(red, red), '');
	t.is(emit(plain, red), '\u{1B}[31m');
	t.is(emit(boldRed, plain), '\u{1B}[m');
	t.is(emit(red, boldRed), '\u{1B}[1m');
	t.is(emit(boldRed, red), '\u{1B}[22m');
	t.is(emit(boldRed, style({foreground: 'blue', dim: true})), '\u{1B}[;2;34m');
	t.is(emit(plain, style({foreground: 130, background: '#010203'})), '\u{1B}[38;5;130;48;2;1;2;3m');
	t.is(emit(plain, style({foreground: 'brightBlue', background: 'brightWhite'})), '\u{1B}[94;107m');
	t.regex(emit(plain, style({link: 'geo:1,2'})), /^\u{1B}\]8;id=\w+;geo:1,2\u{1B}\\$/u);
	t.is(emit(style({link: 'geo:1,2', bold: true}), plain), '\u{1B}[m\u{1B}]8;;\u{1B}\\');
});

test('without colours bold and inverse remain', t => {
	const emit = createStyleEmitter('none');
	t.is(emit(plain, style({foreground: 'red', background: '#123456', bold: true, inverse: true})), '\u{1B}[1;7m');
	t.is(emit(plain, red), '');
});

test('what SGR says is understood', t => {
	t.is(applySgr(plain, [1, 31]), boldRed);
	t.is(applySgr(boldRed, [22]), red);
	t.is(applySgr(boldRed, []), plain);
	t.is(applySgr(red, [0, 38, 5, 130]), style({foreground: 130}));
	t.is(applySgr(red, [48, 2, 1, 2, 3]), style({foreground: 'red', background: '#010203'}));
	t.is(applySgr(red, [39, 97, 7]), style({foreground: 'brightWhite', inverse: true}));
	t.is(applySgr(red, [38, 5]), red);
	t.is(applySgr(red, [999]), red);
});

test('a line knows its cells: wide graphemes take two, marks none', t => {
	const built = line([{text: 'a漢', style: red}, {text: 'e\u{301}👍🏽'}]);
	t.deepEqual(built.cells, ['a', '漢', '', 'e\u{301}', '👍🏽', '']);
	t.deepEqual([...built.styles], [red, red, red, plain, plain, plain]);
});

test('clusters get the columns that terminals without clusters give them', t => {
	t.is(line('กำ').cells.length, 2);
	t.is(line('क्षि').cells.length, 3);
	t.is(line('👨‍👩‍👧‍👦').cells.length, 2);
	t.is(line('각').cells.length, 2);
});

test('no control character gets into a cell', t => {
	t.is(lineText(line('a\u{1B}[31mb\u{7}\u{9B}c\td\u{0}')), 'a\u{FFFD}[31mb\u{FFFD}\u{FFFD}c d\u{FFFD}');
	t.is(lineText(line('zero\u{200B}width\u{202E}')), 'zerowidth');
	t.true((line(`a${'\u{301}'.repeat(5000)}`).cells[0]?.length ?? 0) <= 32);
});

test('lines are joined, cut and filled', t => {
	const joined = joinLines([line('ab'), line([{text: '漢', style: red}])]);
	t.is(lineText(joined), 'ab漢');
	t.is(lineText(sliceLine(joined, 1, 3)), 'b ');
	t.is(lineText(sliceLine(joined, 3, 4)), ' ');
	t.is(lineText(truncateLine(line('something'), 5)), 'some…');
	t.is(lineText(truncateLine(line('some'), 5)), 'some');
	t.is(lineText(truncateLine(line('a漢字'), 4)), 'a漢…');
	t.is(lineText(truncateLine(line('a漢字'), 3)), 'a …');
	t.is(lineText(fitLine(line('ab'), 4)), 'ab  ');
	t.is(lineText(fitLine(line('ab'), 4, 'right')), '  ab');
	t.is(lineText(fitLine(line('romeo@example.org'), 6, 'right', '+')), 'romeo+');
});

function wrapped(text: string, width: number, more: Partial<Parameters<typeof wrap>[1]> = {}): string[] {
	return wrap(text, {width, ...more}).map(each => lineText(each));
}

test('text is wrapped at spaces', t => {
	t.deepEqual(wrapped('the quick brown fox', 10), ['the quick', 'brown fox']);
	t.deepEqual(wrapped('the quick  brown', 9), ['the quick', ' brown']);
	t.deepEqual(wrapped('exactly ten', 7), ['exactly', 'ten']);
	t.deepEqual(wrapped('', 10), ['']);
});

test('words longer than a line are broken between graphemes', t => {
	t.deepEqual(wrapped('abcdefghij', 4), ['abcd', 'efgh', 'ij']);
	t.deepEqual(wrapped('ab 漢字漢字', 5), ['ab', '漢字', '漢字']);
	t.deepEqual(wrapped('漢字', 1), ['漢', '字']);
	t.deepEqual(wrapped('  indented text', 8), ['  indent', 'ed text']);
});

test('line breaks are kept', t => {
	t.deepEqual(wrapped('one\n\ntwo', 10), ['one', '', 'two']);
});

test('styles survive wrapping, also across runs', t => {
	const [first, second] = wrap([{text: 'plain bo'}, {text: 'ld text', style: red}], {width: 9});
	t.is(first && lineText(first), 'plain');
	t.is(second && lineText(second), 'bold text');
	t.deepEqual([...(second?.styles ?? [])].slice(0, 4), [plain, plain, red, red]);
});

test('prefixes stand before the first and the further lines', t => {
	t.deepEqual(wrapped('the quick brown', 15, {first: line('12:00 │ '), rest: line('      │ ')}), [
		'12:00 │ the',
		'      │ quick',
		'      │ brown',
	]);
});

test('tabs are expanded to multiples of eight columns', t => {
	t.is(expandTabs('a\tb\n\tc漢\td'), 'a       b\n        c漢     d');
});

test('resizing a grid keeps what fits and blanks half of a wide character', t => {
	const painter = (grid: Grid) => createInkPainter(() => grid);
	const grid = createGrid(6, 2);
	painter(grid).write('ab漢字\nxyz');
	const smaller = resizeGrid(grid, 5, 3);
	t.deepEqual([rowText(smaller, 0), rowText(smaller, 1), rowText(smaller, 2)], ['ab漢 ', 'xyz  ', '     ']);
	t.is(rowText(resizeGrid(smaller, 3, 1), 0), 'ab ');
});

function inkWrites(...writes: string[]): string[] {
	const grid = createGrid(12, 4);
	const painter = createInkPainter(() => grid);
	for (const each of writes) {
		painter.write(each);
	}

	return Array.from({length: 4}, (_, y) => rowText(grid, y).trimEnd());
}

test('what Ink writes is painted as on a terminal', t => {
	t.deepEqual(inkWrites('one\ntwo\rTW\n'), ['one', 'TWo', '', '']);
	t.deepEqual(inkWrites('one\ntwo', '\u{1B}[2K\u{1B}[1A\u{1B}[2K\u{1B}[GX'), ['X', '', '', '']);
	t.deepEqual(inkWrites('abcdef\u{1B}[3D\u{1B}[K'), ['abc', '', '', '']);
	t.deepEqual(inkWrites('one\ntwo\nthree\u{1B}[2J\u{1B}[3J\u{1B}[Hnew'), ['new', '', '', '']);
	t.deepEqual(inkWrites('a\u{1B}[Eb\u{1B}[2;5Hc\u{1B}[Fd\u{1B}[2Be\u{1B}[3Cf'), ['d', 'b   c', ' e   f', '']);
	t.deepEqual(inkWrites('1\n2\n3\n4\n5'), ['2', '3', '4', '5']);
	t.deepEqual(inkWrites('much too long for it'), ['much too lon', '', '', '']);
	t.deepEqual(inkWrites('sp\u{1B}[', '2Dlit'), ['lit', '', '', '']);
});

test('nothing but the sequences of the list has any effect', t => {
	const hostile = [
		'\u{1B}]0;title\u{7}',
		'\u{1B}]52;c;AAAA\u{1B}\\',
		'\u{1B}P+q544e\u{1B}\\',
		'\u{1B}_Gi=1\u{1B}\\',
		'\u{1B}[?1049l',
		'\u{1B}[?25l',
		'\u{1B}[?2026h',
		'\u{1B}[5n',
		'\u{1B}[1;3r',
		'\u{1B}[4S',
		'\u{1B}[!p',
		'\u{1B}c',
		'\u{1B}(0',
		'\u{7}\u{8}\u{B}\u{E}\u{7F}\u{9B}',
	];
	t.deepEqual(inkWrites(`a${hostile.join('')}b`), ['ab', '', '', '']);
});

test('regions cover Ink, popups uncover it', t => {
	const layers = createLayers(10, 3);
	createInkPainter(() => layers.ink).write('iiiiiiiiii\niiiiiiiiii\niiiiiiiiii');
	layers.setRegion('a', {x: 2, y: 0, width: 6, height: 2, lines: [line('aaaaaaaaaa')]});
	layers.setOverlay('popup', {x: 4, y: 0, width: 2, height: 3});
	layers.compose();
	t.deepEqual([rowText(layers.wanted, 0), rowText(layers.wanted, 1)], ['iiaaiiaaii', 'ii  ii  ii']);
	layers.removeOverlay('popup');
	layers.compose();
	t.is(rowText(layers.wanted, 0), 'iiaaaaaaii');
	layers.removeRegion('a');
	layers.compose();
	t.is(rowText(layers.wanted, 0), 'iiiiiiiiii');
});

test('a wide character at the edge of a region or popup is never cut in half', t => {
	const layers = createLayers(8, 1);
	createInkPainter(() => layers.ink).write('漢漢漢漢');
	layers.setRegion('a', {x: 1, y: 0, width: 5, height: 1, lines: [line('字字字')]});
	layers.compose();
	t.is(rowText(layers.wanted, 0), ' 字字 漢');
	layers.setOverlay('popup', {x: 2, y: 0, width: 3, height: 1});
	layers.compose();
	t.is(rowText(layers.wanted, 0), '  漢  漢');
});

test('only rows whose line is another object are put together again', t => {
	const layers = createLayers(10, 3);
	const [first, second] = [line('one'), line('two')];
	const region = {x: 0, y: 0, width: 10, height: 3};
	layers.setRegion('a', {...region, lines: [first, second]});
	layers.compose();
	layers.wanted.dirty.fill(0);
	layers.setRegion('a', {...region, lines: [first, second]});
	t.false(layers.compose());
	layers.setRegion('a', {...region, lines: [first, line('2')]});
	t.true(layers.compose());
	t.deepEqual([...layers.wanted.dirty], [0, 1, 0]);
});

function fakeOutput(columns: number, rows: number) {
	const drained = createEmitter<void>();
	const resized = createEmitter<void>();
	const xterm: XtermScreen = createXtermScreen(columns, rows);
	const state = {size: {columns, rows}, congested: false, written: '', done: Promise.resolve()};
	const output: ScreenOutput = {
		size: () => state.size,
		write(text) {
			state.written += text;
			state.done = xterm.write(text.replace(/\n/g, '\r\n'));
		},
		congested: () => state.congested,
		drained: drained.subscribe,
		resized: resized.subscribe,
	};
	return {
		output,
		state,
		xterm,
		drain() {
			state.congested = false;
			drained.emit();
		},
		resize(size: Size) {
			state.size = size;
			xterm.resize(size.columns, size.rows);
			resized.emit();
		},
		async take() {
			await Promise.resolve();
			await state.done;
			const {written} = state;
			state.written = '';
			return written;
		},
	};
}

function fullRegion(size: Size, lines: readonly StyledLine[]) {
	return {x: 0, y: 0, width: size.columns, height: size.rows, lines};
}

test('everything set in one go is one write', async t => {
	const {output, take, xterm} = fakeOutput(20, 3);
	const screen = createScreen({output, clock: createManualClock(), colorDepth: '16'});
	screen.setRegion('a', {x: 0, y: 0, width: 10, height: 1, lines: [line('left')]});
	screen.setRegion('b', {x: 10, y: 0, width: 10, height: 1, lines: [line('right')]});
	screen.setCursor(3, 2);
	t.not(await take(), '');
	t.is(xterm.rowText(0), 'left      right');
	t.deepEqual(xterm.cursor(), {x: 3, y: 2});
	screen.setCursor(3, 2);
	t.is(await take(), '');
});

test('while the terminal does not read, frames are skipped; then the last state is shown', async t => {
	const {output, take, xterm, state, drain} = fakeOutput(20, 3);
	const screen = createScreen({output, clock: createManualClock(), colorDepth: '16'});
	screen.setRegion('a', fullRegion(screen, [line('first')]));
	await take();
	state.congested = true;
	for (const text of ['second', 'third', 'fourth']) {
		screen.setRegion('a', fullRegion(screen, [line(text)]));
		t.is(await take(), '');
	}

	drain();
	const bytes = await take();
	t.true(bytes.length > 0 && bytes.length < 30);
	t.is(xterm.rowText(0), 'fourth');
	drain();
	t.is(await take(), '');
});

test('a storm of resizes is painted once, after it', async t => {
	const clock = createManualClock();
	const {output, take, xterm, resize} = fakeOutput(20, 3);
	const screen = createScreen({output, clock, colorDepth: '16'});
	const sizes: Size[] = [];
	screen.resized(size => {
		sizes.push(size);
		screen.setRegion('a', fullRegion(size, [line(`${size.columns}x${size.rows}`)]));
	});
	screen.setRegion('a', fullRegion(screen, [line('before')]));
	await take();
	for (let columns = 21; columns <= 30; columns++) {
		resize({columns, rows: 5});
		clock.advance(10);
		screen.setRegion('a', fullRegion(screen, [line('during')]));
		t.is(await take(), '');
	}

	clock.advance(30);
	await take();
	t.deepEqual(sizes, [{columns: 30, rows: 5}]);
	t.is(xterm.rowText(0), '30x5');
});

test('a repaint restores what something else has written over', async t => {
	const {output, take, xterm} = fakeOutput(20, 3);
	const screen = createScreen({output, clock: createManualClock(), colorDepth: '16'});
	screen.setRegion('a', fullRegion(screen, [line('mine'), line('also mine')]));
	await take();
	await xterm.write('\u{1B}[Hstray output of some other program\u{1B}[31m\u{1B}[3;9Hmore');
	screen.repaint();
	await take();
	t.deepEqual([xterm.rowText(0), xterm.rowText(1), xterm.rowText(2)], ['mine', 'also mine', '']);
});

test('nothing is written after the screen was closed', async t => {
	const {output, take} = fakeOutput(20, 3);
	const screen = createScreen({output, clock: createManualClock(), colorDepth: '16'});
	screen.setRegion('a', fullRegion(screen, [line('late')]));
	screen.close();
	t.is(await take(), '');
});

function key(name: string, more: Partial<KeyEvent> = {}): KeyEvent {
	return {type: 'key', key: name, ctrl: false, alt: false, shift: false, ...more};
}

/** Lets Ink render (it draws at most every 17 ms). */
const settle = () =>
	new Promise<void>(resolve => {
		systemClock.after(60, resolve);
	});

test('Ink draws popups into the screen, gets the keys it is given, and follows resizes', async t => {
	const {output, take, xterm, resize} = fakeOutput(30, 8);
	const screen = createScreen({output, clock: systemClock, colorDepth: '256'});
	const stdin = createInkStdin();
	screen.setRegion(
		'all',
		fullRegion(
			screen,
			Array.from({length: 8}, () => line('background of the region')),
		),
	);

	const ink = render(createElement(Popup, {height: screen.rows - 1}), inkOptions(screen.stdout, stdin.stream));
	screen.setOverlay('popup', {x: 0, y: 0, width: 18, height: 2});
	await settle();
	await take();
	t.is(xterm.rowText(0), 'popup             region');
	t.is(xterm.rowText(2), 'background of the region');
	stdin.press(key('a', {text: 'a'}));
	stdin.press(key('up'));
	stdin.press(key('enter'));
	await settle();
	const bytes = await take();
	t.is(xterm.rowText(1), 'keys a<up><enter> region');
	t.true(bytes.length < 40, `${bytes.length} bytes`);
	resize({columns: 26, rows: 12});
	await settle();
	screen.removeRegion('all');
	await settle();
	await take();
	t.deepEqual([xterm.rowText(0), xterm.rowText(1), xterm.rowText(2)], ['popup', 'keys a<up><enter>', '']);
	ink.unmount();
	screen.close();
	const left = await take();
	t.notRegex(left, /\?25h|\?1049/);
});

const linksIn = (text: string) => findLinks(text).map(({from, to, target}) => [text.slice(from, to), target]);

test('addresses in a text are found without the punctuation of the sentence', t => {
	t.deepEqual(linksIn('see https://example.org/x, or (https://example.org/a_(b)).'), [
		['https://example.org/x', 'https://example.org/x'],
		['https://example.org/a_(b)', 'https://example.org/a_(b)'],
	]);
	t.deepEqual(linksIn('*https://example.org/* “https://example.org/ä”'), [
		['https://example.org/', 'https://example.org/'],
		['https://example.org/ä', 'https://example.org/%C3%A4'],
	]);
	t.deepEqual(linksIn('xmpp:room@example.org?join mailto:a@example.org geo:52.5,13.4;u=10'), [
		['xmpp:room@example.org?join', 'xmpp:room@example.org?join'],
		['mailto:a@example.org', 'mailto:a@example.org'],
		['geo:52.5,13.4;u=10', 'geo:52.5,13.4;u=10'],
	]);
});

test('what misleads the eye, or is no address, is no link', t => {
	for (const text of [
		'https://bank.example@other.example/',
		'https://bänk.example/',
		'https://bank.example\\@other.example/',
		'javascript:alert(1)',
		'file:///etc/passwd',
		'geo: here',
		'mailto:',
		'Axmpp:b',
		`https://example.org/${'x'.repeat(3000)}`,
	]) {
		t.deepEqual(linksIn(text), [], text);
	}
});

test('a long row of closing brackets behind an address takes no time', t => {
	const start = performance.now();
	t.is(linksIn(`https://example.org/${')'.repeat(100_000)}`)[0]?.[0], 'https://example.org/');
	t.true(performance.now() - start < 2000);
});

test('a wrapped address is one link: its pieces have the same target', t => {
	const target = `https://example.org/${'path/'.repeat(6)}`;
	const lines = wrap(linkedRuns(`see ${target} there`), {width: 20});
	t.true(lines.length > 2);
	const pieces = lines.flatMap(each =>
		each.cells.flatMap((cell, at) => (lookOf(each.styles[at] ?? plain).link === target ? [cell] : [])),
	);
	t.is(pieces.join(''), target);
});
