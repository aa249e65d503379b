import process from 'node:process';
import {fc, testProp} from '@fast-check/ava';
import test from 'ava';
import {availabilities} from '../../source/model/account.js';
import {markMeanings} from '../../source/tui/panes/message-marks.js';
import {presenceMark} from '../../source/tui/panes/words.js';
import {createInkPainter} from '../../source/tui/screen/ansi.js';
import {createDiffer} from '../../source/tui/screen/differ.js';
import {asciiSign, glyphsOf} from '../../source/tui/screen/glyphs.js';
import {createLayers, type Layers} from '../../source/tui/screen/layers.js';
import {line, linkedRuns, type Run, wrap} from '../../source/tui/screen/line.js';
import {plain, style} from '../../source/tui/screen/style.js';
import {clipboardSequence} from '../../source/tui/terminal/clipboard.js';
import {titleSequence} from '../../source/tui/terminal/modes.js';
import {notificationSequence} from '../../source/tui/terminal/notification.js';
import {surroundingsOf} from '../../source/tui/terminal/surroundings.js';
import {forbiddenIn} from './support/recorder.js';
import {createXtermScreen} from './support/xterm-screen.js';

const styles = [
	plain,
	style({foreground: 'red'}),
	style({foreground: 'brightCyan', bold: true}),
	style({background: 'blue'}),
	style({inverse: true}),
	style({foreground: '#12ab9f', background: 240, dim: true}),
	style({underline: true, italic: true, strikethrough: true}),
	style({foreground: 100, link: 'https://example.org/'}),
	style({foreground: 100, link: 'xmpp:room@example.org?join'}),
	style({background: '#fdf6e3', link: 'geo:1,2', bold: true}),
];

/** Graphemes that xterm and we give the same width, and others that it gives another one. */
const certainPieces = [
	'a',
	'bc',
	' ',
	'   ',
	'word ',
	'漢字',
	'한',
	'│',
	'…',
	'é',
	'。',
	'–',
	'          ',
	'x'.repeat(30),
];
const doubtful = ['😀', '👍🏽', '👨‍👩‍👧‍👦', '❤️', '⚠️', '1️⃣', '🫨', 'क्षि', 'กำ', '🇩🇪', '✅', 'Z̸̡̛'];
const pieces = [...certainPieces, ...doubtful];

const run = fc.record({text: fc.constantFrom(...pieces), style: fc.constantFrom(...styles)});
const runs: fc.Arbitrary<Run[]> = fc.array(run, {maxLength: 6});

type Step =
	| {readonly type: 'lines'; readonly id: string; readonly top: number; readonly content: readonly Run[][]}
	| {readonly type: 'scroll'; readonly by: number; readonly added: Run[]}
	| {readonly type: 'cursor'; readonly x: number; readonly y: number}
	| {readonly type: 'hideCursor'}
	| {readonly type: 'resize'; readonly columns: number; readonly rows: number}
	| {readonly type: 'ink'; readonly text: string}
	| {readonly type: 'overlay'; readonly x: number; readonly y: number; readonly width: number; readonly height: number}
	| {readonly type: 'closeOverlay'}
	| {readonly type: 'status'; readonly content: Run[]}
	| {readonly type: 'participants'; readonly content: readonly Run[][]; readonly shown: boolean}
	/** Something else writes on the terminal, and the person asks for a repaint. */
	| {readonly type: 'garbage'; readonly text: string}
	/** The terminal does not read: this state is never shown. */
	| {readonly type: 'stalled'; readonly content: readonly Run[][]}
	| {readonly type: 'repaint'};

const step: fc.Arbitrary<Step> = fc.oneof(
	{
		weight: 4,
		arbitrary: fc.record({
			type: fc.constant('lines' as const),
			id: fc.constantFrom('messages', 'list'),
			top: fc.nat(3),
			content: fc.array(runs, {maxLength: 12}),
		}),
	},
	{
		weight: 3,
		arbitrary: fc.record({type: fc.constant('scroll' as const), by: fc.integer({min: -4, max: 4}), added: runs}),
	},
	fc.record({type: fc.constant('cursor' as const), x: fc.nat(45), y: fc.nat(15)}),
	fc.record({type: fc.constant('hideCursor' as const)}),
	fc.record({
		type: fc.constant('resize' as const),
		columns: fc.integer({min: 1, max: 44}),
		rows: fc.integer({min: 1, max: 14}),
	}),
	fc.record({
		type: fc.constant('ink' as const),
		text: fc
			.array(fc.constantFrom(...pieces, '\n', '\u{1B}[31m', '\u{1B}[m', '\u{1B}[2K', '\u{1B}[1A'))
			.map(parts => parts.join('')),
	}),
	fc.record({
		type: fc.constant('overlay' as const),
		x: fc.nat(30),
		y: fc.nat(10),
		width: fc.nat(20),
		height: fc.nat(8),
	}),
	fc.record({type: fc.constant('closeOverlay' as const)}),
	fc.record({type: fc.constant('status' as const), content: runs}),
	fc.record({
		type: fc.constant('participants' as const),
		content: fc.array(runs, {maxLength: 14}),
		shown: fc.boolean(),
	}),
	fc.record({type: fc.constant('garbage' as const), text: fc.constantFrom(...pieces)}),
	fc.record({type: fc.constant('stalled' as const), content: fc.array(runs, {maxLength: 12})}),
	fc.record({type: fc.constant('repaint' as const)}),
);

function contentOf(layers: Layers, top: number, content: readonly Run[][]) {
	return {x: 9, y: top, width: Math.max(0, layers.columns - 11), height: 10, lines: content.map(each => line(each))};
}

testProp(
	'whatever is painted, scrolled, covered or resized, the terminal shows exactly the wanted cells and cursor',
	[fc.array(step, {minLength: 1, maxLength: 12})],
	async (t, steps) => {
		const layers = createLayers(40, 12);
		const differ = createDiffer({columns: 40, rows: 12, colorDepth: 'truecolor', scrolling: true});
		const screen = createXtermScreen(40, 12);
		const ink = createInkPainter(() => layers.ink);
		let messages: Run[][] = Array.from({length: 10}, (_, index) => [{text: `message ${index} of some length`}]);
		let cursor: {x: number; y: number} | undefined = {x: 0, y: 0};

		for (const each of steps) {
			switch (each.type) {
				case 'lines':
					if (each.id === 'messages') {
						messages = [...each.content];
						layers.setRegion('messages', contentOf(layers, each.top, messages));
					} else {
						const lines = each.content.map(content => line(content, styles[3]));
						layers.setRegion('list', {x: 0, y: each.top, width: 9, height: 9, lines});
					}

					break;
				case 'scroll':
					messages =
						each.by >= 0
							? [...messages.slice(each.by), ...Array.from({length: each.by}, () => each.added)]
							: [...Array.from({length: -each.by}, () => each.added), ...messages.slice(0, each.by)];
					layers.setRegion('messages', contentOf(layers, 1, messages));
					break;
				case 'cursor':
					cursor = {x: Math.min(each.x, layers.columns - 1), y: Math.min(each.y, layers.rows - 1)};
					break;
				case 'hideCursor':
					cursor = undefined;
					break;
				case 'resize':
					layers.resize(each.columns, each.rows);
					differ.resize(each.columns, each.rows);
					screen.resize(each.columns, each.rows);
					ink.clampCursor();
					cursor = {x: 0, y: 0};
					break;
				case 'ink':
					ink.write(each.text);
					break;
				case 'overlay':
					layers.setOverlay('popup', each);
					break;
				case 'closeOverlay':
					layers.removeOverlay('popup');
					break;
				case 'garbage':
					await screen.write(`\u{1B}[H${each.text}\u{1B}[5;5H${each.text}\u{1B}[31;4m`);
					differ.invalidate();
					layers.touchAll();
					break;
				case 'repaint':
					differ.invalidate();
					layers.touchAll();
					break;
				case 'status': {
					const lines = [line(each.content, styles[4])];
					layers.setRegion('status', {x: 0, y: layers.rows - 1, width: layers.columns, height: 1, lines});
					break;
				}

				case 'participants':
					if (each.shown) {
						const lines = each.content.map(content => line(content));
						layers.setRegion('participants', {x: layers.columns - 8, y: 0, width: 8, height: 20, lines});
					} else {
						layers.removeRegion('participants');
					}

					break;
				case 'stalled':
					layers.setRegion('messages', contentOf(layers, 1, each.content));
					layers.compose();
					layers.setRegion('messages', contentOf(layers, 1, messages));
					break;
			}

			layers.compose();
			const bytes = differ.frame(layers.wanted, layers.areas(), cursor);
			t.deepEqual(forbiddenIn(bytes), []);
			await screen.write(bytes.replace(/\n/g, '\r\n'));
			t.deepEqual(screen.differences(layers.wanted), []);
			t.is(screen.isCursorVisible(), cursor !== undefined);
			if (cursor !== undefined) {
				t.deepEqual(screen.cursor(), cursor);
			}

			t.is(differ.frame(layers.wanted, layers.areas(), cursor), '', 'an unchanged screen costs nothing');
		}
	},
	{numRuns: Number(process.env.SCREEN_RUNS ?? 150)},
);

const anything = fc.oneof(
	fc.string({unit: 'binary', maxLength: 40}),
	fc
		.array(
			fc.constantFrom(
				...[
					'\u{1B}[',
					'\u{1B}]',
					'\u{1B}P',
					'\u{9B}',
					'\u{9D}',
					'\u{7}',
					'\u{1B}\\',
					'2J',
					'8;;x:y',
					'52;c;?',
					'0;t',
					'm',
					';',
					'31',
				],
				...['\u{202E}', '\u{2066}', '\u{FEFF}', '\u{D800}', '\u{0}', '\u{18}', '\u{F}', 'c', '\n', '\t', '漢', '👍🏽'],
			),
			{maxLength: 20},
		)
		.map(parts => parts.join('')),
);

testProp(
	'whatever is to be shown, linked, copied, put in the title or in a notification, only what is allowed leaves',
	[anything, anything, anything, fc.constantFrom('unicode' as const, 'ascii' as const)],
	(t, one, other, third, glyphs) => {
		const layers = createLayers(20, 6);
		const differ = createDiffer({columns: 20, rows: 6, colorDepth: 'truecolor', glyphs, scrolling: true});
		const ink = createInkPainter(() => layers.ink);
		const lines = [
			line(one),
			line([{text: other, style: style({link: third})}]),
			line([{text: third, link: `https://example.org/${one}`}]),
			...wrap(linkedRuns(`${one} https://example.org/${other} ${third}`), {width: 20}),
		];
		layers.setRegion('text', {x: 0, y: 1, width: 20, height: 4, lines});
		ink.write(one);
		ink.write(other + third);
		layers.compose();
		const bytes = differ.frame(layers.wanted, layers.areas(), {x: 0, y: 0});
		const surroundings = surroundingsOf({TERM: glyphs === 'ascii' ? 'screen' : 'xterm'});
		const sent = [
			bytes,
			titleSequence(one),
			clipboardSequence(other, surroundings) ?? '',
			...(['osc9', 'osc99', 'osc777'] as const).map(kind => notificationSequence(kind, one, other, surroundings)),
		];
		for (const each of sent) {
			t.deepEqual(forbiddenIn(each), []);
		}
	},
	{numRuns: Number(process.env.SCREEN_RUNS ?? 300)},
);

const chat = Array.from({length: 60}, (_, index) => [
	{text: `${String(index % 24).padStart(2, '0')}:15 `, style: styles[5]},
	{text: 'romeo@example.org'.padStart(18), style: styles[1]},
	{text: ' │ '},
	{text: `Message number ${index}: ${'thus with a kiss I die '.repeat(index % 5)}`},
]);

function paintedChat(columns: number, rows: number) {
	const layers = createLayers(columns, rows);
	const differ = createDiffer({columns, rows, colorDepth: 'truecolor', scrolling: true});
	const screen = createXtermScreen(columns, rows);
	const lines = chat.map(each => line(each));
	const list = Array.from({length: rows}, (_, index) => line([{text: ` ${index} contact`}], plain));
	let cursor = {x: 2, y: rows - 1};
	const show = async () => {
		layers.compose();
		const bytes = differ.frame(layers.wanted, layers.areas(), cursor);
		await screen.write(bytes);
		return Buffer.byteLength(bytes);
	};

	return {
		layers,
		differ,
		screen,
		show,
		setMessages(from: number, count: number) {
			const region = {x: 20, y: 1, width: columns - 20, height: rows - 3};
			layers.setRegion('messages', {...region, lines: lines.slice(from, from + count)});
		},
		setList() {
			layers.setRegion('list', {x: 0, y: 1, width: 19, height: rows - 3, lines: list});
		},
		setInput(text: string) {
			layers.setRegion('input', {x: 0, y: rows - 1, width: columns, height: 1, lines: [line(`> ${text}`)]});
			cursor = {x: 2 + text.length, y: rows - 1};
		},
	};
}

for (const [columns, rows] of [
	[80, 24],
	[200, 50],
] as const) {
	test(`a character typed at the end of the input costs one byte at ${columns}x${rows}`, async t => {
		const chatScreen = paintedChat(columns, rows);
		chatScreen.setList();
		chatScreen.setMessages(0, 10);
		chatScreen.setInput('');
		await chatScreen.show();
		chatScreen.setInput('h');
		await chatScreen.show();
		chatScreen.setInput('he');
		t.is(await chatScreen.show(), 1);
		chatScreen.setInput('he ');
		t.is(await chatScreen.show(), 1);
		t.is(await chatScreen.show(), 0);
	});

	test(`a message that appears below the others costs at most 150 bytes at ${columns}x${rows}`, async t => {
		const chatScreen = paintedChat(columns, rows);
		chatScreen.setList();
		chatScreen.setMessages(0, 10);
		chatScreen.setInput('typing');
		await chatScreen.show();
		chatScreen.setMessages(0, 11);
		const bytes = await chatScreen.show();
		t.true(bytes <= 150, `${bytes} bytes`);
		t.deepEqual(chatScreen.screen.differences(chatScreen.layers.wanted), []);
	});

	test(`a message that scrolls the others costs at most 1,200 bytes at ${columns}x${rows}, buffer list and all`, async t => {
		const chatScreen = paintedChat(columns, rows);
		chatScreen.setList();
		chatScreen.setMessages(0, rows - 3);
		chatScreen.setInput('typing');
		await chatScreen.show();
		chatScreen.setMessages(1, rows - 3);
		const bytes = await chatScreen.show();
		t.true(bytes <= 1200, `${bytes} bytes`);
		t.deepEqual(chatScreen.screen.differences(chatScreen.layers.wanted), []);
	});
}

test('scrolling is not used on a terminal without scroll regions', t => {
	const layers = createLayers(60, 20);
	const differ = createDiffer({columns: 60, rows: 20, colorDepth: 'none', scrolling: false});
	const lines = chat.map(each => line(each));
	const frameFrom = (from: number) => {
		layers.setRegion('messages', {x: 0, y: 0, width: 60, height: 20, lines: lines.slice(from)});
		layers.compose();
		return differ.frame(layers.wanted, layers.areas(), undefined);
	};

	frameFrom(0);
	t.notRegex(frameFrom(1), /r\u{1B}\[S/u);
});

test('where the terminal has no signs it is given ASCII, and what people wrote as it is', async t => {
	const layers = createLayers(20, 3);
	const differ = createDiffer({columns: 20, rows: 3, colorDepth: 'none', glyphs: 'ascii', scrolling: false});
	const screen = createXtermScreen(20, 3);
	layers.setRegion('text', {
		x: 0,
		y: 0,
		width: 20,
		height: 3,
		lines: [line('● é 漢 ✓✓ ✗ …'), line('│─╌→'), line('○◐◔⊖')],
	});
	layers.compose();
	await screen.write(differ.frame(layers.wanted, layers.areas(), undefined));
	t.deepEqual([0, 1, 2].map(screen.rowText), ['* é 漢 vv x .', '|-->', 'o~z-']);
});

test('every sign for a state or a presence has one of its own in ASCII', t => {
	const signs = [...markMeanings.map(([sign]) => sign), ...availabilities.map(each => presenceMark(each).glyph)];
	const inAscii = [...new Set(signs)].map(sign => [...sign].map(asciiSign).join(''));
	t.true(
		inAscii.every(sign => /^[\x21-\x7e]+$/u.test(sign)),
		inAscii.join(' '),
	);
	t.is(new Set(inAscii).size, inAscii.length);
});

test('ASCII is for the Linux console and for a locale that names another character set', t => {
	for (const env of [
		{TERM: 'linux', LANG: 'en_US.UTF-8'},
		{LANG: 'de_DE.ISO-8859-1'},
		{LANG: 'de_DE.UTF-8', LC_CTYPE: 'de_DE.ISO-8859-15@euro'},
		{LANG: 'de_DE.UTF-8', LC_ALL: 'C'},
		{LC_ALL: 'POSIX'},
	]) {
		t.is(glyphsOf(env), 'ascii', JSON.stringify(env));
	}

	for (const env of [
		{},
		{LANG: ''},
		{LANG: 'C.UTF-8'},
		{LANG: 'C', LC_ALL: 'en_US.utf8'},
		{LANG: 'de_DE'},
		{TERM: 'xterm'},
	]) {
		t.is(glyphsOf(env), 'unicode', JSON.stringify(env));
	}
});

const uncertain = ['👍🏽', '👨‍👩‍👧‍👦', '🏳️‍🌈', '❤️', '⚠️', '1️⃣', '🫨', 'क्षि', 'กำ', '😀', '🇩🇪', '✅'];

test('what stands behind a glyph of doubtful width stays in its column', async t => {
	const rows = uncertain.length;
	const layers = createLayers(40, rows);
	const differ = createDiffer({columns: 40, rows, colorDepth: '16', scrolling: true});
	const screen = createXtermScreen(40, rows);
	const paint = async (left: (glyph: string) => string) => {
		const lines = uncertain.map(glyph => line(left(glyph)));
		layers.setRegion('text', {x: 0, y: 0, width: 20, height: rows, lines});
		layers.setRegion('bar', {x: 20, y: 0, width: 20, height: rows, lines: lines.map(() => line('|right'))});
		layers.compose();
		await screen.write(differ.frame(layers.wanted, layers.areas(), undefined));
		for (let y = 0; y < rows; y++) {
			t.is(screen.cellText(20, y), '|', uncertain[y]);
			t.is(screen.cellText(21, y), 'r', uncertain[y]);
		}
	};

	await paint(glyph => `a ${glyph} b`);
	await paint(glyph => `ab ${glyph}${glyph}cdefgh`);
	await paint(glyph => `ab ${glyph}xcdefgh`);
	for (const [y, glyph] of uncertain.entries()) {
		const right = screen.rowText(y);
		t.true(right.includes('cdefgh'), `${glyph}: ${right}`);
	}
});

test('the glyph of doubtful width itself is still there', async t => {
	const layers = createLayers(20, 2);
	const differ = createDiffer({columns: 20, rows: 2, colorDepth: '16', scrolling: true});
	const screen = createXtermScreen(20, 2);
	layers.setRegion('text', {x: 0, y: 0, width: 20, height: 1, lines: [line('hi 😀 there')]});
	layers.compose();
	await screen.write(differ.frame(layers.wanted, [], undefined));
	t.is(screen.rowText(0), 'hi 😀 there');
});

test('a frame of one changed row at 200x50 takes under a millisecond', t => {
	const chatScreen = paintedChat(200, 50);
	chatScreen.setList();
	chatScreen.setMessages(0, 47);
	const times: number[] = [];
	for (let turn = 0; turn < 400; turn++) {
		chatScreen.setInput('x'.repeat(turn % 60));
		const start = performance.now();
		chatScreen.layers.compose();
		chatScreen.differ.frame(chatScreen.layers.wanted, chatScreen.layers.areas(), {x: 2 + (turn % 60), y: 49});
		times.push(performance.now() - start);
	}

	const [median = 0] = times.sort((a, b) => a - b).slice(200);
	t.true(median < 1, `${median} ms`);
});
