/**
 * Message Styling (XEP-0393): what `*strong*`, `_emphasis_`, `~strike~`, `code`, fenced blocks and `>` quotes mean. Pure; all
 * offsets are UTF-16 units into the text that was given, directives stay part of what they style.
 */

/** What a span inside a line means. */
export type SpanStyle = 'strong' | 'emphasis' | 'strike' | 'code';

/** A stretch of a line with its directives: `from` is the opening one, `to` is behind the closing one. */
export type StyledSpan = {readonly from: number; readonly to: number; readonly style: SpanStyle};

/** One line of a text. */
export type StyledTextLine = {
	readonly from: number;
	/** Offset of its line break, or of the end of the text. */
	readonly to: number;
	/** How many quotations it is inside of; 0: none. */
	readonly quotes: number;
	/** Where what is quoted begins: behind the `>` signs and the space after each. `from` outside of quotations. */
	readonly content: number;
	/** `code`: a line of a preformatted block; `fence`: the line that begins or ends one. */
	readonly block: 'text' | 'code' | 'fence';
	/** Of a `text` line, outer before inner; a child lies wholly inside its parent. */
	readonly spans: readonly StyledSpan[];
};

/** A stretch of a line to which the same styles apply. */
export type StyledRun = {readonly from: number; readonly to: number; readonly styles: readonly SpanStyle[]};

const styleOf: Readonly<Record<string, SpanStyle>> = {'*': 'strong', _: 'emphasis', '~': 'strike', '`': 'code'};
const directive = /[*_~`]/;
const fence = '```';
/** XEP-0393 §3: property White_Space or category Z. */
const whiteSpace = /[\p{White_Space}\p{Z}]/u;
/** Quotations inside quotations beyond this depth are text: nobody means them. */
const deepestQuote = 32;

/** Reads a text line by line. Never throws; takes time in proportion to the length of the text. */
export function parseStyling(text: string): readonly StyledTextLine[] {
	const lines: OpenLine[] = [];
	let from = 0;
	for (const line of text.split('\n')) {
		lines.push({from, to: from + line.length, content: from});
		from += line.length + 1;
	}

	const styled: StyledTextLine[] = [];
	readBlock(text, lines, 0, styled);
	return styled;
}

/** Whether anything in the text is styled at all. */
export function isStyled(text: string): boolean {
	return (
		(directive.test(text) || text.includes('>')) &&
		parseStyling(text).some(line => line.quotes > 0 || line.block !== 'text' || line.spans.length > 0)
	);
}

/** A line cut wherever its styles change, without gaps from `line.content` to `line.to`; empty for an empty line. */
export function styledRuns(line: Pick<StyledTextLine, 'content' | 'to' | 'spans'>): readonly StyledRun[] {
	const runs: StyledRun[] = [];
	const open: StyledSpan[] = [];
	let at = line.content;
	const cutAt = (end: number) => {
		if (end > at) {
			runs.push({from: at, to: end, styles: open.map(span => span.style)});
			at = end;
		}
	};
	const closeUpTo = (end: number) => {
		for (let inner = open.at(-1); inner !== undefined && inner.to <= end; inner = open.at(-1)) {
			cutAt(inner.to);
			open.pop();
		}
	};

	for (const span of line.spans) {
		closeUpTo(span.from);
		cutAt(span.from);
		open.push(span);
	}

	closeUpTo(line.to);
	cutAt(line.to);
	return runs;
}

type OpenLine = Pick<StyledTextLine, 'from' | 'to' | 'content'>;

/** XEP-0393 §5.1: blocks come first, and a block ends where its parent ends. */
function readBlock(text: string, lines: readonly OpenLine[], quotes: number, styled: StyledTextLine[]): void {
	for (let index = 0; index < lines.length; ) {
		const line = lines[index];
		if (line === undefined) {
			return;
		}

		if (text.startsWith(fence, line.content) && line.content + fence.length <= line.to) {
			index = readCode(text, lines, index, quotes, styled);
		} else if (text.charAt(line.content) === '>' && line.content < line.to && quotes < deepestQuote) {
			const quoted: OpenLine[] = [];
			for (let next = lines[index]; next !== undefined && isQuoted(text, next); next = lines[++index]) {
				quoted.push({...next, content: behindQuoteMark(text, next)});
			}

			readBlock(text, quoted, quotes + 1, styled);
		} else {
			styled.push({...line, quotes, block: 'text', spans: spansOf(text, line.content, line.to)});
			index++;
		}
	}
}

function isQuoted(text: string, line: OpenLine): boolean {
	return line.content < line.to && text.charAt(line.content) === '>';
}

function behindQuoteMark(text: string, line: OpenLine): number {
	const behind = line.content + 1;
	return behind < line.to && whiteSpace.test(text.charAt(behind)) ? behind + 1 : behind;
}

/** Reads a preformatted block up to the line that holds its end alone; answers the index of the line after it. */
function readCode(
	text: string,
	lines: readonly OpenLine[],
	first: number,
	quotes: number,
	styled: StyledTextLine[],
): number {
	for (let index = first; index < lines.length; index++) {
		const line = lines[index];
		if (line === undefined) {
			break;
		}

		const closes = index > first && text.slice(line.content, line.to) === fence;
		styled.push({...line, quotes, block: closes || index === first ? 'fence' : 'code', spans: []});
		if (closes) {
			return index + 1;
		}
	}

	return lines.length;
}

/** XEP-0393 §5.2: the spans between two offsets of one line, matched lazily from its beginning. */
function spansOf(text: string, start: number, end: number): readonly StyledSpan[] {
	const spans: StyledSpan[] = [];
	readSpans(text, start, end, spans);
	return spans;
}

function readSpans(text: string, start: number, end: number, spans: StyledSpan[]): void {
	// Where one opening directive finds no end, none of the same kind behind it does: keeps the time linear.
	const unmatched = new Set<string>();
	for (let at = start; at < end; at++) {
		const mark = text.charAt(at);
		const style = styleOf[mark];
		if (style === undefined || unmatched.has(mark) || !opens(text, at, start, end)) {
			continue;
		}

		if (text.charAt(at + 1) === mark) {
			// Nothing between the two: neither is a directive.
			at++;
			continue;
		}

		const close = closing(text, mark, at + 2, end);
		if (close === undefined) {
			unmatched.add(mark);
			continue;
		}

		spans.push({from: at, to: close + 1, style});
		if (style !== 'code') {
			// The beginning of the inner stretch is behind an opening directive of another kind, so it may open as well.
			readSpans(text, at + 1, close, spans);
		}

		at = close;
	}
}

function opens(text: string, at: number, start: number, end: number): boolean {
	return (
		at + 1 < end && (at === start || whiteSpace.test(text.charAt(at - 1))) && !whiteSpace.test(text.charAt(at + 1))
	);
}

function closing(text: string, mark: string, from: number, end: number): number | undefined {
	for (let at = text.indexOf(mark, from); at !== -1 && at < end; at = text.indexOf(mark, at + 1)) {
		if (!whiteSpace.test(text.charAt(at - 1))) {
			return at;
		}
	}

	return undefined;
}
