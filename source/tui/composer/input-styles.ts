import {isStyled, parseStyling, type StyledTextLine, styledRuns} from '../../shared/styling.js';
import {flagged, spanFlags} from '../panes/message-body.js';
import type {Palette} from '../panes/palette.js';
import {inverted, lookOf, type StyleId} from '../screen/style.js';

export type InputStyleOptions = {
	readonly palette: Palette;
	/** Whether Message Styling is shown as it is typed. */
	readonly styling: boolean;
	/** Stretches of the text that the spell check does not know. */
	readonly misspelt: ReadonlyArray<{readonly from: number; readonly to: number}>;
	/** What is marked in vi's visual mode. */
	readonly marked?: {readonly from: number; readonly to: number} | undefined;
};

/** In longer texts nothing is marked: each key has to stay quick. UTF-16 units. */
const longestMarked = 10_000;

/**
 * How each UTF-16 unit of what is being typed looks: Message Styling (XEP-0393) as it will be read, its signs kept and
 * dimmed, and misspelt words marked. `undefined`: nothing differs from plain text.
 */
export function inputStyles(text: string, options: InputStyleOptions): Uint16Array | undefined {
	const {palette, misspelt} = options;
	if (text.length > longestMarked) {
		return undefined;
	}

	const isPreviewed = options.styling && isStyled(text);
	const {marked} = options;
	if (!isPreviewed && misspelt.length === 0 && marked === undefined) {
		return undefined;
	}

	const styles = new Uint16Array(text.length).fill(palette.role.text);
	if (isPreviewed) {
		for (const line of parseStyling(text)) {
			paintLine(styles, line, palette);
		}
	}

	for (const {from, to} of misspelt) {
		for (let at = from; at < to; at++) {
			styles[at] = flagged(palette.role.misspelt, lookOf(styles[at] ?? palette.role.text).flags);
		}
	}

	for (let at = marked?.from ?? 0; at < Math.min(marked?.to ?? 0, text.length); at++) {
		styles[at] = inverted(styles[at] ?? palette.role.text);
	}

	return styles;
}

function paintLine(styles: Uint16Array, line: StyledTextLine, {role}: Palette): void {
	const {from, to, content, quotes, block, spans} = line;
	styles.fill(role.quote, from, content);
	if (block !== 'text') {
		styles.fill(block === 'fence' ? role.markup : role.code, content, to);
		return;
	}

	const base: StyleId = quotes > 0 ? role.quote : role.text;
	for (const run of styledRuns(line)) {
		const flags = run.styles.reduce((all, name) => all | spanFlags[name], 0);
		styles.fill(flagged(run.styles.includes('code') ? role.code : base, flags), run.from, run.to);
	}

	for (const span of spans) {
		styles[span.from] = role.markup;
		styles[span.to - 1] = role.markup;
	}
}
