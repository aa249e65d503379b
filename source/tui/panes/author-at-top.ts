import {joinLines, type StyledLine, sliceLine} from '../screen/line.js';
import {timeText} from './calendar.js';
import {type Frame, gutter, gutterWidth} from './frame.js';
import type {MessageView} from './message-blocks.js';
import {authorOf, timeOf} from './message-lines.js';
import {entriesInView, type Viewport} from './message-view.js';
import {protectionOf, protectionSigns} from './protection.js';

/** The lines in view. Where the first one goes on with what begins out of sight, time and name stand there too, faintly. */
export function withAuthorAtTop(view: MessageView, {lines, anchor, atTop}: Viewport): readonly StyledLine[] {
	const [first] = lines;
	if (first === undefined || atTop || !goesOn(first, view.frame)) {
		return lines;
	}

	const entry = entriesInView(view, anchor).at(-1);
	if (entry?.type !== 'message') {
		return lines;
	}

	const known = made.get(first);
	if (known?.frame === view.frame) {
		return lines.with(0, known.line);
	}

	const {frame} = view;
	const width = gutterWidth(frame);
	const {highlight = false} = entry.message;
	const line = joinLines(
		[
			gutter(frame, {
				time: timeText(frame.calendar(timeOf(entry))),
				name: authorOf(entry.message, frame).name,
				nameStyle: frame.palette.role.faint,
				highlight,
				protection: first.cells.slice(0, width).some(isSign) ? protectionOf(entry.message) : 'none',
			}),
			sliceLine(first, width, first.cells.length),
		],
		first.fill,
	);
	made.set(first, {frame, line});
	return lines.with(0, line);
}

const made = new WeakMap<StyledLine, {readonly frame: Frame; readonly line: StyledLine}>();

const signs: ReadonlySet<string> = new Set(Object.values(protectionSigns).map(({sign}) => sign));

function isSign(cell: string): boolean {
	return signs.has(cell);
}

/** Whether nothing but the bar, and the sign of how it was protected, stands left of its text. */
function goesOn({cells}: StyledLine, frame: Frame): boolean {
	const bar = gutterWidth(frame) - 2;
	return /^[│»]$/u.test(cells[bar] ?? '') && cells.slice(0, bar).every(cell => cell === ' ' || isSign(cell));
}
