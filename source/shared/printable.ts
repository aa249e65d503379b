/** What text from the network may put on a screen (`ARCHITECTURE.md`, invariant 4): never a terminal's control sequence. */

/**
 * How strict: `body` keeps line breaks; `line` is one line of prose (a status, a subject, an error text); `identifier`
 * is what people recognise others by (JID, nick, file name, URL), where nothing invisible may hide.
 */
export type PrintableRule = 'body' | 'line' | 'identifier';

const plainLines = /^[\n -~]*$/;
const plainLine = /^[ -~]*$/;

/** Anything that any rule may have to change; most text beyond ASCII has none of it. */
const isSuspect = (text: string) => /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{M}\p{Zl}\p{Zp}\p{DI}\p{NChar}]/u.test(text);
const isSuspectIdentifier = (text: string) => /(?! )[\p{C}\p{Z}\p{M}\p{DI}\u2800]/u.test(text);

/**
 * Emoji whose invisible parts are kept: a flag of tags, a keycap, up to five pictographs joined to one. Longer chains
 * fall apart into several emoji, so that one cell cannot hold a thousand.
 */
const emojiSequence =
	'\\u{1F3F4}[\\u{E0020}-\\u{E007E}]{1,6}\\u{E007F}|[0-9#*]\\uFE0F?\\u20E3|\\p{ExtPict}[\\uFE0F\\uFE0E\\p{EMod}]?(?:\\u200D\\p{ExtPict}[\\uFE0F\\p{EMod}]?){0,4}';
/** Scripts in which a joiner or non-joiner between two letters changes what is written. */
const joining =
	'[\\p{sc=Arab}\\p{sc=Syrc}\\p{sc=Mong}\\p{sc=Deva}\\p{sc=Beng}\\p{sc=Guru}\\p{sc=Gujr}\\p{sc=Orya}\\p{sc=Taml}\\p{sc=Telu}\\p{sc=Knda}\\p{sc=Mlym}\\p{sc=Sinh}\\p{sc=Khmr}]';
const keptJoiner = `(?<=${joining})[\\u200C\\u200D](?=${joining})`;
/** Format characters that are drawn, around or before the digits that follow. */
const drawn = /[\u0600-\u0605\u06DD\u070F\u0890\u0891\u08E2\u{110BD}\u{110CD}]/u;
/** What stays as it is, line ends, and in the group: runs of characters to look at one by one. */
function proseRuns(): RegExp {
	// Most runs of the command line never need it, and making it takes longer than reading their arguments.
	madeProseRuns ??= new RegExp(
		`${emojiSequence}|${keptJoiner}|\\r\\n|(\\r|(?:(?![\\n\\r])[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}\\p{DI}\\p{NChar}])+)`,
		'gu',
	);
	return madeProseRuns;
}

let madeProseRuns: RegExp | undefined;
const unpaired = /^[\p{Cs}\p{NChar}]$/u;
const hidden = /(?:[\p{C}\p{Zl}\p{Zp}\p{DI}\u2800]|(?! )\p{Zs})+/gu;

const visible = /[^\s\u2800]/;
const manyMarks = /(\p{M}{8})\p{M}+/gu;
const leadingMark = /^(?=\p{M})/gmu;

const replacement = '\uFFFD';
/** Stands for a line break where only one line fits. */
const lineBreak = '\u21B5';
/** How much is shown of a text that has only invisible characters. */
const longestEscaped = 64;

/**
 * Makes text harmless for a terminal, a title, a log line or a person's eye. Linear in the length of the text. Apply
 * it once, at the last moment and after decryption: its result is for showing, never for comparing or sending.
 */
export function printable(text: string, rule: PrintableRule): string {
	if ((rule === 'body' ? plainLines : plainLine).test(text)) {
		return text;
	}

	return rule === 'identifier' ? printableIdentifier(text) : printableProse(text, rule);
}

function printableProse(text: string, rule: 'body' | 'line'): string {
	const newline = rule === 'body' ? '\n' : lineBreak;
	if (!isSuspect(text)) {
		return rule === 'body' ? text : text.replaceAll('\n', newline);
	}

	const replaceOne = rule === 'body' ? forBody : forLine;
	const harmless = text.replace(proseRuns(), (match, run: string | undefined) =>
		run === undefined ? match.replace('\r\n', '\n') : eachCharacter(run, replaceOne),
	);
	if (!visible.test(harmless) && visible.test(text)) {
		return printableIdentifier(text.length > longestEscaped ? `${text.slice(0, longestEscaped)}\u2026` : text);
	}

	const lines = rule === 'body' ? harmless : harmless.replaceAll('\n', newline);
	return lines.replace(manyMarks, '$1').replace(leadingMark, '\u25CC');
}

/** Each character of a run of those that must not be written as they are. */
function eachCharacter(run: string, replaceOne: (character: string) => string): string {
	let result = '';
	for (const character of run) {
		result += replaceOne(character);
	}

	return result;
}

const forBody = remembered(character => (character === '\t' ? '    ' : visibleFormOf(character)));
const forLine = remembered(character => (character === '\t' ? ' ' : visibleFormOf(character)));

/** What stands for a character in prose; empty for one that would not be seen anyway. */
function visibleFormOf(character: string): string {
	if (character === '\u2028' || character === '\u2029') {
		return '\n';
	}

	const code = character.charCodeAt(0);
	if (code < 0x20) {
		return String.fromCharCode(0x2400 + code);
	}

	if (code === 0x7f) {
		return '\u2421';
	}

	if (code <= 0x9f || unpaired.test(character)) {
		return replacement;
	}

	return drawn.test(character) ? character : '';
}

const mostRemembered = 4096;

/** A megabyte of one control character would otherwise be answered a million times. */
function remembered(answer: (character: string) => string): (character: string) => string {
	const answers = new Map<string, string>();
	return character => {
		let known = answers.get(character);
		if (known === undefined) {
			known = answer(character);
			if (answers.size >= mostRemembered) {
				answers.clear();
			}

			answers.set(character, known);
		}

		return known;
	};
}

function printableIdentifier(text: string): string {
	if (!isSuspectIdentifier(text)) {
		return text;
	}

	const seen = text.replace(hidden, run => eachCharacter(run, escaped));
	return seen.replace(manyMarks, `$1${replacement}`).replace(leadingMark, '\u25CC');
}

/** `\u{202e}` for a character that would not be seen. */
const escaped = remembered(character => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
