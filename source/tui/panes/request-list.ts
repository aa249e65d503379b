/** The strangers who wait, as their buffer shows them. */
import {displayWidth, truncateToWidth} from '../../shared/text.js';
import {type Stranger, strangersIn} from '../../store/requests.js';
import type {State} from '../../store/state.js';
import {joinLines, line, type StyledLine, truncateLine, wrap} from '../screen/line.js';
import {
	nobodyWaits,
	requestsIntroduction,
	strangerFacts,
	strangerName,
	strangerWords,
} from '../strangers/request-words.js';
import type {Calendar} from './calendar.js';
import type {Palette} from './palette.js';

export type RequestList = {
	readonly width: number;
	readonly height: number;
	/** Index of the one that is chosen. */
	readonly chosen: number;
	readonly calendar: Calendar;
};

/** Lines of what somebody wants, at most. */
const mostWords = 2;
/** Rows from which on it is said what the buffer is for. */
const roomForIntroduction = 10;
const keysText = 'Up, Down choose; Enter asks what to do.';

/** As many as fit around the one that is chosen, below what the buffer is for. */
export function requestListLines(state: State, list: RequestList, palette: Palette): readonly StyledLine[] {
	const {width, height, chosen} = list;
	const strangers = strangersIn(state);
	const faint = (text: string) => wrap([{text, style: palette.role.faint}], {width});
	if (strangers.length === 0) {
		return faint(nobodyWaits).slice(0, height);
	}

	const above = [...(height >= roomForIntroduction ? faint(requestsIntroduction) : []), ...faint(keysText), line('')];
	const blocks = strangers.map((stranger, index) => blockOf(state, stranger, index === chosen, list, palette));
	const room = Math.max(1, height - above.length);
	const [from, to] = around(blocks, chosen, room);
	return [...above, ...blocks.slice(from, to).flat().slice(0, room)].slice(0, height);
}

/** The blocks in view: the chosen one in any case, then what follows it, then what is before it. */
function around(blocks: readonly (readonly StyledLine[])[], chosen: number, room: number): readonly [number, number] {
	let from = Math.max(0, Math.min(chosen, blocks.length - 1));
	let to = from + 1;
	let left = room - (blocks[from]?.length ?? 0);
	for (let grown = true; grown; ) {
		const [before, after] = [blocks[from - 1]?.length, blocks[to]?.length];
		grown = false;
		if (before !== undefined && before <= left) {
			from -= 1;
			left -= before;
			grown = true;
		}

		if (after !== undefined && after <= left) {
			to += 1;
			left -= after;
			grown = true;
		}
	}

	return [from, to];
}

function blockOf(
	state: State,
	stranger: Stranger,
	isChosen: boolean,
	{width, calendar}: RequestList,
	{role}: Palette,
): readonly StyledLine[] {
	const facts = strangerFacts(state, stranger, calendar);
	const name = truncateToWidth(strangerName(stranger), Math.max(1, width - 2));
	const mark = {text: isChosen ? '> ' : '  ', style: role.prompt};
	const nameRun = {text: name, style: isChosen ? role.selected : role.text};
	const isBeside = displayWidth(name) + displayWidth(facts) + 4 <= width;
	const first = line([mark, nameRun, {text: isBeside && facts !== '' ? `  ${facts}` : '', style: role.faint}]);
	const below =
		isBeside || facts === ''
			? []
			: [line([{text: `  ${truncateToWidth(facts, Math.max(1, width - 2))}`, style: role.faint}])];
	const indent = line('  ');
	const words = strangerWords(stranger).flatMap(text =>
		cutOff(wrap([{text, style: role.text}], {width, first: indent, rest: indent}), width),
	);
	return [first, ...below, ...words, line('')];
}

/** The first lines of a text; that there is more of it is told at the end of the last one. */
function cutOff(lines: readonly StyledLine[], width: number): readonly StyledLine[] {
	const last = lines[mostWords - 1];
	return lines.length <= mostWords || last === undefined
		? lines
		: [...lines.slice(0, mostWords - 1), joinLines([truncateLine(last, width - 1, ''), line('…')])];
}
