import test from 'ava';
import {emojiBeginning, emojiNamed, withShortcodes} from '../../source/shared/emoji.js';
import {emojiTable} from '../../source/shared/emoji-table.js';
import {qualifiedEmoji} from '../../source/shared/is-emoji.js';
import {graphemes} from '../../source/shared/text.js';

const rows = emojiTable
	.trim()
	.split('\n')
	.map(row => row.split(' '));

test('each emoji of the table is one grapheme, and each code stands for one emoji', t => {
	const seen = new Set<string>();
	for (const [glyph = '', ...codes] of rows) {
		t.is(graphemes(glyph).length, 1, glyph);
		t.regex(glyph, /\p{Emoji}/u);
		t.true(codes.length > 0, glyph);
		for (const code of [glyph, ...codes]) {
			t.false(seen.has(code), code);
			seen.add(code);
		}

		for (const code of codes) {
			t.regex(code, /^[a-z0-9_+-]+$/);
			t.is(emojiNamed(code), glyph);
		}
	}
});

test('an emoji has one spelling, with a variation selector only where it would be text without', t => {
	const spellings = [
		['😀\u{FE0F}', '😀'],
		['❤', '❤\u{FE0F}'],
		['❤\u{FE0F}', '❤\u{FE0F}'],
		['👩\u{200D}❤\u{200D}👩', '👩\u{200D}❤\u{FE0F}\u{200D}👩'],
		['☝🏽', '☝🏽'],
		['1\u{20E3}', '1\u{FE0F}\u{20E3}'],
		['🇮🇹\u{FE0F}', '🇮🇹'],
		// Somebody wants it as text, and what is none is none.
		['❤\u{FE0E}', '❤\u{FE0E}'],
		['no. 1', 'no. 1'],
	] as const;
	for (const [given, expected] of spellings) {
		t.is(qualifiedEmoji(given), expected, JSON.stringify(given));
		t.is(qualifiedEmoji(expected), expected);
	}

	for (const [glyph = ''] of rows) {
		t.is(qualifiedEmoji(glyph), glyph);
	}
});

test('a short code names an emoji in any case of letters', t => {
	t.is(emojiNamed('smile'), '😄');
	t.is(emojiNamed('Thumbsup'), '👍');
	t.is(emojiNamed('nothing_of_the_kind'), undefined);
	t.is(emojiNamed('constructor'), undefined);
});

test('emoji are found by the beginning of their code, then by a word in it', t => {
	const codes = emojiBeginning('cat').map(({code}) => code);
	t.deepEqual(codes.slice(0, 2), ['cat', 'cat2']);
	t.true(codes.includes('smiley_cat'));
	t.is(emojiBeginning('qqq').length, 0);
});

test('emoji are shown as codes where the terminal has none', t => {
	t.is(withShortcodes('fine 😄!'), 'fine :smile:!');
	t.is(withShortcodes('👋🏽 ❤️ 🇩🇪 1️⃣'), ':wave: :heart: :de: :one:');
	t.is(withShortcodes('🖐 hi'), ':raised_hand_with_fingers_splayed: hi');
	t.is(withShortcodes('🫨'), ':u1fae8:');
});

test('signs that are not emoji stay as they are', t => {
	t.is(withShortcodes('© 2026 ✓ 10:30 → *'), '© 2026 ✓ 10:30 → *');
	t.is(withShortcodes('plain'), 'plain');
});
