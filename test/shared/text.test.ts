import {fc, testProp} from '@fast-check/ava';
import test from 'ava';
import {
	codePointLength,
	displayWidth,
	graphemes,
	jsonLine,
	printable,
	sanitizeOutgoing,
	shortened,
	truncateToWidth,
} from '../../source/shared/text.js';

const rules = ['body', 'line', 'identifier'] as const;
const anyText = fc.string({unit: 'binary', maxLength: 200});
const hostile = fc
	.array(
		fc.oneof(
			fc.constantFrom(
				'\u001B',
				'\u009B',
				'\r',
				'\n',
				'\t',
				'\u200D',
				'\u200C',
				'\uFE0F',
				'\u202E',
				'\u2066',
				'\u0301',
				'\u3164',
				'\uD83D',
				'\u{1F3F4}',
				'\u{E0041}',
				'\u{E007F}',
				'\u{1F469}',
				'#',
				'\u0645',
			),
			fc.string({unit: 'binary', maxLength: 3}),
		),
		{maxLength: 60},
	)
	.map(parts => parts.join(''));

test('plain text is shown as it is under every rule', t => {
	for (const rule of rules) {
		for (const text of ['', 'Hello, world.', 'Zażółć gęślą jaźń', '漢字', 'שלום', 'e = mc²', '☃']) {
			t.is(printable(text, rule), text);
		}
	}
});

test('escape sequences lose their escape, visibly', t => {
	t.is(printable('\u001B[31mred', 'body'), '\u241B[31mred');
	t.is(printable('\u001B]8;;http://evil\u0007', 'line'), '\u241B]8;;http://evil\u2407');
	t.is(printable('\u001B[31m', 'identifier'), '\\u{1b}[31m');
});

test('8-bit control characters become a replacement character', t => {
	t.is(printable('\u009B31m\u0085\u0090', 'body'), '\uFFFD31m\uFFFD\uFFFD');
	t.is(printable('\u009B', 'identifier'), '\\u{9b}');
});

test('DEL, BS and a lone CR are shown as symbols', t => {
	t.is(printable('a\u007F\bb\rc', 'line'), 'a\u2421\u2408b\u240Dc');
});

test('a body keeps its line breaks, however they are written', t => {
	t.is(printable('one\ntwo\r\nthree\u2028four', 'body'), 'one\ntwo\nthree\nfour');
});

test('a line shows its line breaks as a symbol', t => {
	t.is(printable('one\ntwo\r\nthree\u2029four', 'line'), 'one\u21B5two\u21B5three\u21B5four');
	t.is(printable('caf\u00E9\nbar', 'line'), 'caf\u00E9\u21B5bar');
});

test('an identifier shows its line breaks as escapes', t => {
	t.is(printable('one\ntwo', 'identifier'), 'one\\u{a}two');
});

test('tabs become spaces', t => {
	t.is(printable('a\tb', 'body'), 'a    b');
	t.is(printable('a\tb', 'line'), 'a b');
});

test('bidi controls leave prose and are visible in identifiers', t => {
	const text = 'a\u202Eb\u2066c\u2069\u200E\u200F\u061Cd';
	t.is(printable(text, 'body'), 'abcd');
	t.is(printable(text, 'line'), 'abcd');
	t.is(printable('evil\u202Egpj.exe', 'identifier'), 'evil\\u{202e}gpj.exe');
});

test('zero-width characters leave prose and are visible in identifiers', t => {
	for (const character of [
		'\u200B',
		'\u2060',
		'\uFEFF',
		'\u00AD',
		'\u115F',
		'\u1160',
		'\u3164',
		'\uFFA0',
		'\u{E0041}',
		'\uFE00',
		'\u180E',
	]) {
		t.is(printable(`a${character}b`, 'body'), 'ab');
		t.is(printable(`a${character}b`, 'identifier'), `a\\u{${character.codePointAt(0)?.toString(16)}}b`);
	}
});

test('a Braille blank and unusual spaces are visible in identifiers', t => {
	t.is(printable('a\u2800b\u00A0c\u3000d', 'identifier'), 'a\\u{2800}b\\u{a0}c\\u{3000}d');
	t.is(printable('two words', 'identifier'), 'two words');
});

test('emoji keep the invisible characters that hold them together', t => {
	for (const emoji of ['👩‍💻', '❤️', '1️⃣', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', '👩🏽‍❤️‍💋‍👨🏿', '🏳️‍🌈', '🇩🇪']) {
		t.is(printable(`so ${emoji}!`, 'body'), `so ${emoji}!`);
	}
});

test('no emoji sequence is kept in an identifier', t => {
	t.is(printable('👩‍💻', 'identifier'), '👩\\u{200d}💻');
});

test('a chain of joined emoji falls apart after five', t => {
	const shown = printable(`👩${'‍👩'.repeat(100)}`, 'body');
	t.true(graphemes(shown).length > 15);
});

test('tags hidden behind a flag without an end are dropped', t => {
	t.is(printable(`🏴${'\u{E0041}'.repeat(40)}\u{E007F}`, 'body'), '🏴');
});

test('joiners stay where a script needs them and nowhere else', t => {
	t.is(printable('می\u200Cخواهم', 'body'), 'می\u200Cخواهم');
	t.is(printable('a\u200Cb\u200Dc', 'body'), 'abc');
});

test('a body of invisible characters alone is shown as what it is', t => {
	t.is(printable('\u200B\u2060', 'body'), '\\u{200b}\\u{2060}');
	t.true(printable('\u200B'.repeat(1_000_000), 'body').length < 1000);
	t.is(printable('\n', 'body'), '\n');
});

test('a flood of combining marks is cut to eight', t => {
	t.is(printable(`e${'\u0301'.repeat(10_000)}x`, 'body'), `e${'\u0301'.repeat(8)}x`);
	t.is(printable(`e${'\u0301'.repeat(10_000)}x`, 'identifier'), `e${'\u0301'.repeat(8)}\uFFFDx`);
});

test('a mark without a letter gets a base of its own', t => {
	t.is(printable('\u0301a\n\u0301b', 'body'), '\u25CC\u0301a\n\u25CC\u0301b');
	t.is(printable('\u0301', 'identifier'), '\u25CC\u0301');
});

test('lone surrogates and noncharacters become a replacement character', t => {
	t.is(printable('a\uD800b\uFFFEc', 'body'), 'a\uFFFDb\uFFFDc');
	t.is(printable('a\uD800b', 'identifier'), 'a\\u{d800}b');
});

testProp('no rule lets a control, bidi or format trick through', [fc.oneof(hostile, anyText)], (t, text) => {
	for (const rule of rules) {
		const shown = printable(text, rule);
		t.notRegex(shown, /(?!\n)[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{NChar}\p{Bidi_C}]/u);
		t.notRegex(shown, /\p{M}{9}/u);
		if (rule !== 'body') {
			t.false(shown.includes('\n'));
		}

		if (rule === 'identifier') {
			t.notRegex(shown, /(?! )[\p{C}\p{Z}\p{DI}\u2800]/u);
		}
	}
});

testProp('showing what was shown changes nothing', [fc.oneof(hostile, anyText)], (t, text) => {
	for (const rule of ['line', 'identifier'] as const) {
		const shown = printable(text, rule);
		t.is(printable(shown, rule), shown);
	}
});

test('a megabyte of anything is handled in linear time', t => {
	const started = performance.now();
	for (const unit of ['\u001B', '\u200B', '\u0301', '👩‍', '漢', '\n', 'م\u200C', '\uD800', '#', '🏴\u{E0041}', '\r']) {
		for (const rule of rules) {
			const shown = printable(unit.repeat(1_000_000 / unit.length), rule);
			truncateToWidth(shown, 80);
		}
	}

	// Quadratic work would take hours.
	t.true(performance.now() - started < 30_000);
});

test('a megabyte is measured in linear time', t => {
	const started = performance.now();
	t.is(displayWidth('漢'.repeat(500_000)), 1_000_000);
	t.is(graphemes('e\u0301'.repeat(500_000)).length, 500_000);
	t.true(performance.now() - started < 30_000);
});

test('width is what a terminal shows', t => {
	t.is(displayWidth('hello'), 5);
	t.is(displayWidth('漢字'), 4);
	t.is(displayWidth('e\u0301'), 1);
	t.is(displayWidth('👩‍💻'), 2);
	t.is(displayWidth('🇩🇪'), 2);
	t.is(displayWidth(''), 0);
});

test('a grapheme is found whole wherever a long text is cut for measuring', t => {
	for (let prefix = 240; prefix < 260; prefix++) {
		const text = `${'x'.repeat(prefix)}👩🏽‍❤️‍💋‍👨🏿${'é'.repeat(20)}`;
		t.is(displayWidth(text), prefix + 22);
		t.is(graphemes(text).length, prefix + 21);
	}
});

testProp(
	'graphemes put together are the text',
	[fc.oneof(hostile, fc.string({unit: 'grapheme', maxLength: 600}))],
	(t, text) => {
		t.is(graphemes(text).join(''), text);
	},
);

test('truncation cuts between graphemes and says that it cut', t => {
	t.is(truncateToWidth('hello', 5), 'hello');
	t.is(truncateToWidth('hello!', 5), 'hell…');
	t.is(truncateToWidth('漢字漢字', 5), '漢字…');
	t.is(truncateToWidth('漢字漢字', 4), '漢…');
	t.is(truncateToWidth('👩‍💻👩‍💻', 3), '👩‍💻…');
	t.is(truncateToWidth('hello', 0), '');
	t.is(truncateToWidth('hello', 2, '...'), 'he');
	t.is(truncateToWidth('hello', 4, ''), 'hell');
});

testProp('truncated text fits', [fc.string({unit: 'grapheme', maxLength: 40}), fc.nat(30)], (t, text, columns) => {
	const shown = truncateToWidth(printable(text, 'line'), columns);
	t.true(displayWidth(shown) <= columns);
});

test('lengths are counted in code points', t => {
	t.is(codePointLength('a😀b'), 3);
	t.is(codePointLength('\uD800a\uDC00'), 3);
	t.is(codePointLength(''), 0);
});

testProp('code points are counted as the language counts them', [fc.oneof(hostile, anyText)], (t, text) => {
	t.is(codePointLength(text), [...text].length);
});

test('typed text keeps all that XML can carry', t => {
	t.is(sanitizeOutgoing('tab\there\nnew line é 漢 😀 \u0085'), 'tab\there\nnew line é 漢 😀 \u0085');
});

test('typed text loses what would end the stream', t => {
	t.is(sanitizeOutgoing('a\0b\u001B[31mc\u0008'), 'ab[31mc');
	t.is(sanitizeOutgoing('a\uD800b\uDC00c\uFFFEd\uFFFF'), 'a\uFFFDb\uFFFDc\uFFFDd\uFFFD');
	t.is(sanitizeOutgoing('one\r\ntwo\rthree'), 'one\ntwo\nthree');
});

test('JSON for a terminal escapes what could steer it, and stays the same value', t => {
	const value = {text: '\u001B\u007F\u009B\u202E\u2066\u061C\u200E\u2028"', nested: ['é😀']};
	const line = jsonLine(value);
	t.deepEqual(JSON.parse(line), value);
	t.notRegex(line, /[\p{Cc}\p{Bidi_C}]/u);
	t.true(line.includes('\\u009b'));
	t.true(line.includes('é😀'));
});

testProp('JSON for a terminal is one line that parses to the same value', [hostile], (t, text) => {
	const line = jsonLine({text});
	t.deepEqual(JSON.parse(line), {text});
	t.notRegex(line, /[\p{Cc}\p{Bidi_C}\u2028\u2029]/u);
});

test('a shortened text is cut between code points and says so', t => {
	t.is(shortened('abc', 3), 'abc');
	t.is(shortened('abcd', 3), 'ab\u2026');
	t.is(shortened('\u{1F339}'.repeat(3), 3), '\u{1F339}'.repeat(3));
	t.is(shortened('\u{1F339}'.repeat(4), 3), '\u{1F339}\u{1F339}\u2026');
	t.is(shortened('x'.repeat(1_000_000), 4), 'xxx\u2026');
});
