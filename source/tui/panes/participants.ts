import type {BufferId} from '../../model/buffer.js';
import type {Affiliation, Occupant} from '../../model/room.js';
import {displayWidth, printable, truncateToWidth} from '../../shared/text.js';
import {type ConfusingNicks, confusingNicks} from '../../store/confusing-nicks.js';
import {type Group, groupsIn, occupantsInOrder} from '../../store/occupant-order.js';
import {roomOf} from '../../store/room-selectors.js';
import type {State} from '../../store/state.js';
import {emptyLine, fitLine, joinLines, line, type StyledLine} from '../screen/line.js';
import type {StyleId} from '../screen/style.js';
import {occupantKey} from './message-lines.js';
import {confusableSign} from './nick-text.js';
import type {Palette} from './palette.js';
import {rememberLast} from './remember.js';
import {presenceMark} from './words.js';

export type Participants = {
	/** Of the room. */
	readonly buffer: BufferId;
	/** Columns, the line at the left edge included. */
	readonly width: number;
	readonly height: number;
	/** Rows above what is shown. */
	readonly top: number;
};

export type ParticipantRow = {
	readonly line: StyledLine;
	/** Whose row it is. */
	readonly nick: string | undefined;
};

/** The sign before a nick, with what the room has made of its bearer. */
export const affiliationSigns: Readonly<Record<Affiliation, {readonly sign: string; readonly meaning: string}>> = {
	owner: {sign: '~', meaning: 'owner of the room'},
	admin: {sign: '&', meaning: 'administrator of the room'},
	member: {sign: '+', meaning: 'member of the room'},
	outcast: {sign: '!', meaning: 'banned from the room'},
	none: {sign: ' ', meaning: 'none of these'},
};

const headings: Readonly<Record<Group['role'], string>> = {
	moderator: 'Moderators',
	participant: 'Participants',
	visitor: 'Visitors',
};

/** From so many rows on one of them can say how many are not shown. */
const roomForMore = 3;

/** Those who are in the room, by what they may do there. Only the rows in view are made. */
export function participantRows(
	state: State,
	{buffer, width, height, top}: Participants,
	palette: Palette,
): readonly ParticipantRow[] {
	const people = occupantsInOrder(state, buffer);
	const groups = groupsIn(people);
	const total = rowCount(groups, people);
	const first = highestTop(total, height, top);
	const lineOf = linesFor(palette, width);
	const own = roomOf(state, buffer)?.nick;
	const confusing = confusingNicks(state, buffer);
	if (total === 0) {
		return [{line: lineOf({type: 'note', text: stillEmpty(state, buffer)}), nick: undefined}];
	}

	const tellsAbove = height >= roomForMore && first > 0;
	const tellsBelow = height >= roomForMore && first + height < total;
	const from = first + (tellsAbove ? 1 : 0);
	const to = Math.min(total, first + height - (tellsBelow ? 1 : 0));
	const note = (text: string): ParticipantRow => ({line: lineOf({type: 'note', text}), nick: undefined});
	return [
		...(tellsAbove ? [note(`↑ ${from} more`)] : []),
		...Array.from({length: Math.max(0, to - from)}, (_, index): ParticipantRow => {
			const look = lookAt(groups, people, from + index, {own, confusing});
			return {line: lineOf(look), nick: look.type === 'person' ? look.nick : undefined};
		}),
		...(tellsBelow ? [note(`↓ ${total - to} more`)] : []),
		...Array.from({length: Math.max(0, height - total)}, () => ({line: lineOf(undefined), nick: undefined})),
	];
}

/** Where the rows stand after a page up or down; from the end it goes on at the top. */
export function scrolledParticipants(
	state: State,
	{buffer, height, top}: Omit<Participants, 'width'>,
	direction: 'up' | 'down',
): number {
	const people = occupantsInOrder(state, buffer);
	const total = rowCount(groupsIn(people), people);
	const now = highestTop(total, height, top);
	const step = Math.max(1, height - 2);
	const last = Math.max(0, total - height);
	if (direction === 'down') {
		return now >= last ? 0 : Math.min(last, now + step);
	}

	return now === 0 ? last : Math.max(0, now - step);
}

/** Where they stand after so many rows, down being positive; it ends where they end. */
export function shiftedParticipants(
	state: State,
	{buffer, height, top}: Omit<Participants, 'width'>,
	by: number,
): number {
	const people = occupantsInOrder(state, buffer);
	const total = rowCount(groupsIn(people), people);
	return highestTop(total, height, highestTop(total, height, top) + by);
}

function highestTop(total: number, height: number, top: number): number {
	return Math.max(0, Math.min(top, total - height));
}

/** A heading over each group. */
function rowCount(groups: readonly Group[], people: readonly Occupant[]): number {
	return people.length + groups.length;
}

function stillEmpty(state: State, buffer: BufferId): string {
	switch (roomOf(state, buffer)?.status) {
		case 'joining':
			return 'joining…';
		case 'parting':
		case 'parted':
			return 'not in the room';
		case 'refused':
			return 'not let in';
		default:
			return 'nobody';
	}
}

type Look =
	| {readonly type: 'heading'; readonly text: string; readonly count: number}
	| {readonly type: 'note'; readonly text: string}
	| {
			readonly type: 'person';
			readonly nick: string;
			readonly id: string;
			readonly availability: Occupant['availability'];
			readonly sign: string;
			readonly hats: string;
			readonly own: boolean;
			/** It looks like another's. */
			readonly confusing: boolean;
	  };

function lookAt(groups: readonly Group[], people: readonly Occupant[], row: number, names: Names): Look {
	let index = row;
	for (const {role, from, count} of groups) {
		if (index === 0) {
			return {type: 'heading', text: headings[role], count};
		}

		if (index <= count) {
			return personLook(people[from + index - 1], names);
		}

		index -= count + 1;
	}

	return {type: 'note', text: ''};
}

type Names = {readonly own: string | undefined; readonly confusing: ConfusingNicks};

function personLook(occupant: Occupant | undefined, {own, confusing}: Names): Look {
	if (occupant === undefined) {
		return {type: 'note', text: ''};
	}

	const {nick, availability, affiliation, hats = []} = occupant;
	return {
		type: 'person',
		nick,
		id: occupantKey(occupant),
		availability,
		sign: affiliationSigns[affiliation].sign,
		hats: hats.map(hat => printable(hat, 'line')).join(', '),
		own: nick === own,
		confusing: confusing.has(nick),
	};
}

/** Makes lines of looks, and the same line again for the same look. */
const linesFor = rememberLast((palette: Palette, width: number) => {
	const made = new Map<string, StyledLine>();
	const edge = line([{text: '│', style: palette.role.faint}]);
	const blankLine = joinLines([edge, fitLine(emptyLine, width - 1)]);
	return (look: Look | undefined): StyledLine => {
		if (look === undefined) {
			return blankLine;
		}

		const key = JSON.stringify(look);
		const known = made.get(key);
		if (known !== undefined) {
			return known;
		}

		if (made.size > 2000) {
			made.clear();
		}

		const fresh = joinLines([edge, fitLine(contentOf(look, width - 1, palette), width - 1)]);
		made.set(key, fresh);
		return fresh;
	};
});

function contentOf(look: Look, width: number, palette: Palette): StyledLine {
	const {role} = palette;
	switch (look.type) {
		case 'heading':
			return line([
				{text: truncateToWidth(look.text, Math.max(1, width - 1 - String(look.count).length)), style: role.heading},
				{text: ` ${look.count}`, style: role.faint},
			]);
		case 'note':
			return line([{text: ` ${look.text}`, style: role.faint}]);
		case 'person': {
			const mark = presenceMark(look.availability);
			const nick = printable(look.nick, 'identifier');
			const sign = look.confusing ? confusableSign : '';
			const room = Math.max(1, width - 3 - sign.length);
			const hats =
				look.hats === '' ? '' : ` ${truncateToWidth(`[${look.hats}]`, Math.max(0, room - displayWidth(nick) - 1))}`;
			return line([
				{text: `${mark.glyph} `, style: role[mark.role]},
				{text: look.sign, style: role.faint},
				{text: sign, style: role.warning},
				{text: truncateToWidth(nick, room), style: nameStyle(look, palette)},
				{text: displayWidth(nick) + leastHat <= room ? hats : '', style: role.faint},
			]);
		}
	}
}

/** Columns without which the beginning of a title says nothing. */
const leastHat = 8;

const reachable: ReadonlySet<Occupant['availability']> = new Set(['available', 'chat']);

/** Whoever is away is dimmed; the sign of their presence says it too. */
function nameStyle(look: Extract<Look, {type: 'person'}>, palette: Palette): StyleId {
	if (!reachable.has(look.availability)) {
		return palette.role.faint;
	}

	return look.own ? palette.role.ownName : palette.name(look.id);
}
