import type {StyledLine} from '../screen/line.js';
import {type Frame, gutterWidth} from './frame.js';

/** What is selected of the messages of a pane. */
export type Selected = {
	readonly key: number;
	/** Keys of those that are marked. */
	readonly marks: ReadonlySet<number>;
};

/** Instead of the bar beside a message: it is selected, or one of those that are marked. */
export const selectionSigns = {selected: '>', marked: '+'} as const;

const made = new WeakMap<readonly StyledLine[], Map<string, readonly StyledLine[]>>();

/** The lines of a message as selected or marked: told by the bar between name and text, and by what is left of it. The same lines give the same lines. */
export function withSelected(
	lines: readonly StyledLine[],
	{key, marks}: Selected,
	own: number,
	frame: Frame,
): readonly StyledLine[] {
	const isSelected = key === own;
	if (!isSelected && !marks.has(own)) {
		return lines;
	}

	const sign = marks.has(own) && !isSelected ? selectionSigns.marked : selectionSigns.selected;
	const both = isSelected && marks.has(own);
	const known = made.get(lines) ?? new Map<string, readonly StyledLine[]>();
	made.set(lines, known);
	const name = `${sign}${both}`;
	const found = known.get(name) ?? lines.map(line => marked(line, sign, both, frame));
	known.set(name, found);
	return found;
}

function marked(line: StyledLine, sign: string, both: boolean, frame: Frame): StyledLine {
	const bar = gutterWidth(frame) - 2;
	if (!/^[│»]$/u.test(line.cells[bar] ?? '')) {
		// An address that begins at the edge of the pane.
		return line;
	}

	const cells = [...line.cells];
	cells[bar] = sign;
	if (both) {
		cells[bar - 1] = selectionSigns.marked;
	}

	const styles = Uint16Array.from(line.styles);
	const style = frame.palette.role[sign === selectionSigns.selected ? 'selected' : 'match'];
	styles.fill(style, 0, bar + 1);
	return {...line, cells, styles};
}
