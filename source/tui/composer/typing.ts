import {emojiNamed} from '../../shared/emoji.js';
import {parseStyling} from '../../shared/styling.js';
import {lineStart} from '../input/boundaries.js';
import {type Editor, emptyEditor, insertText, replaceText} from '../input/editor.js';

/** Longest short code looked for before the cursor, with its colons. */
const longestCode = 64;
/** A colon inside a word, an address or a time begins no short code. */
const shortCode = /(?:^|[^\p{L}\p{N}:/\\@.])(:([\w+-]+):)$/u;

/**
 * Types text as a person does: the colon that ends the short code of an emoji puts the emoji there. Undoing once brings the
 * code back.
 */
export function typeText(editor: Editor, text: string): Editor {
	const typed = insertText(editor, text);
	return text === ':' ? withEmoji(typed) : typed;
}

/** A line as if it had been typed here, for who types it where nothing is put in its place. */
export function asTyped(line: string): string {
	if (!line.includes(':') || line.length > longestRead) {
		return line;
	}

	const [first = '', ...others] = line.split(':');
	return others.reduce((editor, part) => insertText(typeText(editor, ':'), part), insertText(emptyEditor, first)).text;
}

function withEmoji(editor: Editor): Editor {
	const {text, cursor} = editor;
	const start = Math.max(lineStart(text, cursor), cursor - longestCode);
	const [, code = '', name = ''] = shortCode.exec(text.slice(start, cursor)) ?? [];
	const glyph = emojiNamed(name);
	const from = cursor - code.length;
	return glyph === undefined || isCode(text, from) ? editor : replaceText(editor, from, cursor, glyph);
}

/** Longest text in which code is looked for; in a longer one each line is taken for itself. */
const longestRead = 20_000;

/** Whether an offset is inside of code, or behind a grave accent that may begin some. */
function isCode(text: string, at: number): boolean {
	const from = text.length > longestRead ? lineStart(text, at) : 0;
	const line = parseStyling(text.slice(from, at)).at(-1);
	if (line === undefined || line.block !== 'text') {
		return line !== undefined;
	}

	const before = text.slice(from + line.content, at);
	const closed = line.spans.filter(span => span.style === 'code').length;
	return before.split('`').length - 1 > 2 * closed;
}
