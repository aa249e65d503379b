import type {BufferKind} from '../../model/buffer.js';
import {type BareJid, bareOf} from '../../shared/jid.js';
import {displayWidth, truncateToWidth} from '../../shared/text.js';
import type {BufferState, State} from '../../store/state.js';
import {line, type StyledLine} from '../screen/line.js';
import type {StyleId} from '../screen/style.js';
import type {Calendar} from './calendar.js';
import type {Palette} from './palette.js';
import {nameOf, shortJid} from './words.js';

/** All that the lines of a message depend on besides the message: lines are cached by this object's identity. */
export type Frame = {
	readonly kind: BufferKind;
	readonly width: number;
	readonly palette: Palette;
	readonly calendar: Calendar;
	/** Columns of the name. 0: there is no column for names. */
	readonly nameWidth: number;
	readonly ownName: string;
	readonly peerName: string;
	/** The contact; names in a room come with each message. */
	readonly peer: BareJid | undefined;
};

/** Columns of `HH:MM `. */
export const timeWidth = 6;
const separator = ' │ ';

/** Columns left of the text. */
export function gutterWidth({nameWidth}: Frame): number {
	return timeWidth + nameWidth + separator.length;
}

/** The frame for a buffer; the same object as `before` when nothing it holds has changed. */
export function frameOf(
	state: State,
	buffer: BufferState,
	width: number,
	palette: Palette,
	calendar: Calendar,
	before?: Frame,
): Frame {
	const {kind, account, jid} = buffer.info;
	const ownName = account === undefined ? '' : shortJid(account);
	const peerName = jid === undefined ? '' : nameOf(state, account, jid);
	const widest = width < 30 ? 4 : width < 50 ? 8 : width < 100 ? 12 : 16;
	const frame: Frame = {
		kind,
		width,
		palette,
		calendar,
		nameWidth: kind === 'console' ? 3 : Math.min(widest, Math.max(displayWidth(ownName), displayWidth(peerName), 3)),
		ownName,
		peerName,
		peer: jid === undefined ? undefined : bareOf(jid),
	};
	return before !== undefined && sameFrame(before, frame) ? before : frame;
}

function sameFrame(one: Frame, other: Frame): boolean {
	return (Object.keys(one) as Array<keyof Frame>).every(key => one[key] === other[key]);
}

/** What stands left of the first line of a message. */
export function gutter(frame: Frame, time: string, name: string, nameStyle: StyleId): StyledLine {
	const {palette, nameWidth} = frame;
	const shown = truncateToWidth(name, nameWidth, '+');
	return line([
		{text: time.padEnd(timeWidth), style: palette.role.faint},
		{text: ' '.repeat(Math.max(0, nameWidth - displayWidth(shown)))},
		{text: shown, style: nameStyle},
		{text: separator, style: palette.role.faint},
	]);
}

/** What stands left of its further lines. */
export function blankGutter(frame: Frame): StyledLine {
	return gutter(frame, '', '', frame.palette.role.text);
}
