import type {BufferKind} from '../../model/buffer.js';
import type {Preferences} from '../../model/settings.js';
import {bareOf, resourcepartOf} from '../../shared/jid.js';
import {displayWidth, printable, truncateToWidth} from '../../shared/text.js';
import {type ConfusingNicks, confusingNicks, noConfusion} from '../../store/confusing-nicks.js';
import {ownNickIn} from '../../store/room-selectors.js';
import type {BufferState, State} from '../../store/state.js';
import {line, type StyledLine} from '../screen/line.js';
import type {StyleId} from '../screen/style.js';
import type {Calendar} from './calendar.js';
import type {Palette} from './palette.js';
import {type Protection, protectionSigns} from './protection.js';
import {nameOf, shortJid} from './words.js';

/** All that the lines of a message depend on besides the message: lines are cached by this object's identity. */
export type Frame = {
	readonly kind: BufferKind;
	readonly width: number;
	readonly palette: Palette;
	readonly calendar: Calendar;
	/** Columns of the name. */
	readonly nameWidth: number;
	/** The buffer is encrypted: between the sign that says so of a message and the name there is a blank. */
	readonly encrypted: boolean;
	readonly ownName: string;
	/** The contact, or the occupant of a private buffer; names in a room come with each message. */
	readonly peerName: string;
	/** What the peer's name has its colour from. */
	readonly peer: string;
	/** Name and time only where author or minute change. */
	readonly group: boolean;
	/** Messages of more lines than this are folded; 0: none is. */
	readonly fold: number;
	readonly emoji: Preferences['emoji'];
	/** Whose joining and leaving is shown, and how many minutes ago "lately" is. */
	readonly joins: Preferences['messages.joins'];
	readonly joinMinutes: number;
	/** Whose nick looks like another's in the room. */
	readonly confusing: ConfusingNicks;
};

/** Columns of `HH:MM`, and of the sign behind it. */
const timeWidth = 6;
const bar = '│';
const highlightBar = '»';
const separatorWidth = 3;

/** Columns left of the text. */
export function gutterWidth({nameWidth, encrypted}: Frame): number {
	return timeWidth + (encrypted ? 1 : 0) + nameWidth + separatorWidth;
}

export type FrameOptions = {
	readonly width: number;
	readonly palette: Palette;
	readonly calendar: Calendar;
	/** Whose joining and leaving is shown, where the person has asked for something else than the setting for now. */
	readonly joins?: Preferences['messages.joins'] | undefined;
};

/** The frame for a buffer; the same object as `before` when nothing it holds has changed. */
export function frameOf(
	state: State,
	buffer: BufferState,
	{width, palette, calendar, joins}: FrameOptions,
	before?: Frame,
): Frame {
	const {preferences} = state;
	const {id, kind, account, jid, encryption = 'none'} = buffer.info;
	const nick = ownNickIn(state, buffer.info);
	const ownName = nick === undefined ? (account === undefined ? '' : shortJid(account)) : printable(nick, 'identifier');
	const peerName = jid === undefined ? '' : peerNameOf(state, buffer);
	const frame: Frame = {
		kind,
		width,
		palette,
		calendar,
		nameWidth: nameColumns(kind, width, preferences['messages.nameWidth'], [ownName, peerName]),
		encrypted: encryption !== 'none' && width >= 50,
		ownName,
		peerName,
		peer: jid === undefined ? '' : kind === 'private' ? (resourcepartOf(jid) ?? jid) : bareOf(jid),
		group: preferences['messages.group'],
		fold: preferences['messages.fold'],
		emoji: preferences.emoji,
		joins: joins ?? preferences['messages.joins'],
		joinMinutes: preferences['messages.joinMinutes'],
		confusing: kind === 'room' ? confusingNicks(state, id) : noConfusion,
	};
	return before !== undefined && sameFrame(before, frame) ? before : frame;
}

function peerNameOf(state: State, {info: {kind, account, jid}}: BufferState): string {
	if (jid === undefined) {
		return '';
	}

	const nick = kind === 'private' ? resourcepartOf(jid) : undefined;
	return nick === undefined ? nameOf(state, account, jid) : printable(nick, 'identifier');
}

/** In a room names come and go, so the column keeps its width whoever is there. */
function nameColumns(kind: BufferKind, width: number, most: number, names: readonly string[]): number {
	if (kind === 'console' || kind === 'xml' || kind === 'requests') {
		return 3;
	}

	const room = width < 30 ? 4 : width < 50 ? 8 : width < 100 ? 12 : most;
	const wanted = kind === 'room' ? Math.min(most, 16) : Math.max(3, ...names.map(displayWidth));
	return Math.min(room, most, wanted);
}

function sameFrame(one: Frame, other: Frame): boolean {
	return (Object.keys(one) as Array<keyof Frame>).every(key => one[key] === other[key]);
}

export type Gutter = {
	readonly time?: string;
	readonly name?: string;
	readonly nameStyle?: StyleId;
	/** It calls the person: told by the bar between name and text as well as by its colour. */
	readonly highlight?: boolean;
	/** How it was protected. */
	readonly protection?: Protection;
};

/** What stands left of the first line of a message. */
export function gutter(
	frame: Frame,
	{time = '', name = '', nameStyle, highlight, protection = 'none'}: Gutter,
): StyledLine {
	const {role} = frame.palette;
	const shown = truncateToWidth(name, frame.nameWidth, '+');
	return line([
		{text: time.padEnd(timeWidth - 1), style: role.faint},
		protection === 'none'
			? {text: ' '}
			: {text: protectionSigns[protection].sign, style: role[protectionSigns[protection].role]},
		{text: ' '.repeat(Math.max(0, frame.nameWidth - displayWidth(shown)) + (frame.encrypted ? 1 : 0))},
		{text: shown, style: nameStyle ?? role.text},
		highlight === true ? {text: ` ${highlightBar} `, style: role.highlight} : {text: ` ${bar} `, style: role.faint},
	]);
}

const blankGutters = new WeakMap<Frame, {readonly plain: StyledLine; readonly highlight: StyledLine}>();

/** What stands left of its further lines. */
export function blankGutter(frame: Frame, highlight = false): StyledLine {
	let known = blankGutters.get(frame);
	if (known === undefined) {
		known = {plain: gutter(frame, {}), highlight: gutter(frame, {highlight: true})};
		blankGutters.set(frame, known);
	}

	return highlight ? known.highlight : known.plain;
}
