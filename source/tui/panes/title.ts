import type {Contact} from '../../model/contact.js';
import type {Room} from '../../model/room.js';
import {bareOf} from '../../shared/jid.js';
import {printable, truncateToWidth} from '../../shared/text.js';
import {deviceCounts} from '../../store/devices.js';
import {blockedBy} from '../../store/requests.js';
import {occupantsOf, roomOf} from '../../store/room-selectors.js';
import {accountOf, contactOf, foremost, numberOf, presenceOf} from '../../store/selectors.js';
import type {BufferState, State} from '../../store/state.js';
import {fitLine, joinLines, line, lineWidth, type Run, type StyledLine, truncateLine} from '../screen/line.js';
import type {Calendar} from './calendar.js';
import {idleText} from './idle-words.js';
import type {Palette} from './palette.js';
import {
	encryptionWords,
	peopleText,
	roomKindBrief,
	roomKindLetters,
	roomKindWords,
	roomStatusWords,
} from './room-words.js';
import {availabilityText, blockedMark, bufferName, chosenName, presenceMark} from './words.js';

export type Title = {
	readonly width: number;
	/** One of two bars on the screen: whether the keyboard is under it. Absent: there is only one. */
	readonly focused?: boolean | undefined;
	/** Absent: no times are shown. */
	readonly calendar?: Calendar;
};

/** The bar above the messages: whom the buffer is about, how reachable they are, and what protects the messages. */
export function titleLine(state: State, buffer: BufferState | undefined, title: Title, palette: Palette): StyledLine {
	const shown = barLine(state, buffer, title, palette);
	// Which half has the keyboard is told by its number, and without colours too.
	return title.focused === false
		? {...shown, styles: new Uint16Array(shown.cells.length).fill(palette.role.barFaint)}
		: shown;
}

function barLine(state: State, buffer: BufferState | undefined, title: Title, palette: Palette): StyledLine {
	const {width} = title;
	const place = placeRuns(state, buffer, title, palette);
	if (buffer?.info.jid === undefined || buffer.info.account === undefined) {
		return fitLine(line([...place, ...programRuns(buffer, palette)], palette.role.bar), width);
	}

	const room = roomOf(state, buffer.info.id);
	const left = line(
		[
			...place,
			...(room === undefined ? contactRuns(state, buffer, title, palette) : roomRuns(state, buffer, room, palette)),
		],
		palette.role.bar,
	);
	const right = rightLine(state, buffer, {room, width, left: lineWidth(left)}, palette);
	const kept = truncateLine(left, Math.max(0, width - lineWidth(right)));
	return joinLines([fitLine(kept, width - lineWidth(right)), right], palette.role.bar);
}

function placeRuns(state: State, buffer: BufferState | undefined, {focused}: Title, {role}: Palette): readonly Run[] {
	const number = buffer === undefined ? undefined : numberOf(state, buffer.info.id);
	return focused === undefined || number === undefined
		? []
		: [{text: focused ? ` >${number}<` : `  ${number} `, style: focused ? role.barAlert : role.barFaint}];
}

function programRuns(buffer: BufferState | undefined, {role}: Palette): readonly Run[] {
	if (buffer?.info.kind === 'requests') {
		return [
			{text: ' Requests', style: role.bar},
			{text: '   strangers who wait for an answer: /help requests', style: role.barFaint},
		];
	}

	return buffer?.info.kind === 'xml'
		? [
				{text: ' XML', style: role.bar},
				{text: '   what passes between you and your servers: /help xml', style: role.barFaint},
			]
		: [
				{text: ' xmppc', style: role.bar},
				{text: '   F1 or /help explains, /quit leaves', style: role.barFaint},
			];
}

function contactRuns(state: State, buffer: BufferState, {width, calendar}: Title, {role}: Palette): readonly Run[] {
	const {account, jid} = buffer.info;
	if (account === undefined || jid === undefined) {
		return [];
	}

	if (buffer.info.kind === 'private') {
		return [{text: ` @ ${bufferName(state, buffer.info)}`, style: role.bar}];
	}

	const contact = contactOf(state, account, jid);
	const presence = foremost(presenceOf(state, account, jid));
	const address = printable(bareOf(jid), 'identifier');
	const chosen = chosenName(state, contact);
	const name = truncateToWidth(chosen ?? bufferName(state, buffer.info), Math.max(24, Math.floor(width / 3)));
	const online = accountOf(state, account)?.status === 'online';
	const known = online && contact !== undefined && ['to', 'both'].includes(contact.subscription);
	const myself = bareOf(jid) === account;
	if (blockedBy(state, account, jid) !== undefined) {
		return [
			{text: ` ${blockedMark.glyph} ${contact?.name === undefined ? '' : `${name}  `}`, style: role.bar},
			{text: address, style: contact?.name === undefined ? role.bar : role.barFaint},
			{text: '  blocked: /unblock', style: role.barAlert},
		];
	}

	const status = known
		? availabilityText(presence?.availability)
		: myself
			? 'notes to yourself'
			: unknownPresence(contact, online);
	const idle = known && calendar !== undefined ? idleText(presence, calendar) : '';
	const said = presence === undefined ? '' : printable(presence.statusText, 'line').trim();
	return [
		{text: known ? ` ${presenceMark(presence?.availability).glyph}` : '', style: role.bar},
		{
			text: ` ${contact === undefined || bufferName(state, buffer.info) === address ? '' : `${name}  `}`,
			style: role.bar,
		},
		{text: address, style: contact?.name === undefined ? role.bar : role.barFaint},
		{text: `  ${status}`, style: role.bar},
		{text: `${said === '' ? '' : ` – ${said}`}${idle === '' ? '' : ` (${idle})`}`, style: role.barFaint},
	];
}

function unknownPresence(contact: Contact | undefined, online: boolean): string {
	if (contact === undefined) {
		return 'not a contact';
	}

	if (contact.asking) {
		return 'has not yet accepted to be seen';
	}

	return ['to', 'both'].includes(contact.subscription) && !online
		? 'presence unknown while you are offline'
		: 'does not show when online';
}

/** A room goes by its address: the name is what its owner likes. */
function roomRuns(state: State, {info}: BufferState, room: Room, {role}: Palette): readonly Run[] {
	const address = bufferName(state, info);
	const name = printable(room.name ?? '', 'line').trim();
	const subject = printable(room.subject ?? '', 'line').trim();
	const status = roomStatusWords(room);
	const reason = room.reason === undefined || status === '' ? '' : `: ${printable(room.reason, 'line')}`;
	return [
		{text: ` # ${address}`, style: role.bar},
		{text: name === '' || name.toLowerCase() === address.toLowerCase() ? '' : `  ${name}`, style: role.barFaint},
		{text: status === '' ? '' : `  ${status}${reason}`, style: role.barAlert},
		{text: subject === '' ? '' : `  ${subject}`, style: role.bar},
	];
}

/** Columns from which on there is room for sentences. */
const roomy = 70;
/** The part of the bar that belongs to the name and the subject, whatever else there is to say. */
const leftShare = 0.45;

/** How many are there, of what kind the room is, and what protects the messages: as much of it as fits. */
function rightLine(
	state: State,
	buffer: BufferState,
	{room, width, left}: {readonly room: Room | undefined; readonly width: number; readonly left: number},
	{role}: Palette,
): StyledLine {
	const {encryption} = buffer.info;
	const words = encryptionWords(encryption, deviceCounts(state, buffer.info));
	const style = encryption === 'omemo' ? role.bar : role.barAlert;
	const kinds = room === undefined ? [] : roomKindWords(room.features);
	const few = room === undefined ? [] : roomKindBrief(room.features);
	const letters = few.length === 0 ? [] : [roomKindLetters(room?.features ?? {})];
	const people = room?.status === 'joined' ? [peopleText(occupantsOf(state, buffer.info.id).size)] : [];
	const brief = width >= roomy ? words.long : words.brief;
	const isIn = room?.status === 'joined' || room?.status === 'joining';
	const offers: ReadonlyArray<readonly [facts: readonly string[], protection: string]> = [
		[[...people, ...kinds], words.long],
		// Who reads along stays to be seen, whatever else does not fit.
		...(isIn
			? ([
					[[...people, ...few], words.long],
					[[...people, ...kinds], words.brief],
					[[...people, ...few], words.brief],
					[few, words.brief],
					[letters, words.brief],
				] as const)
			: ([[[], words.long]] as const)),
	];
	const free = width - Math.min(left, Math.floor(width * leftShare));
	const lines = (room === undefined ? [[[], brief] as const] : offers).map(([facts, protection]) =>
		line(
			[
				{text: facts.length === 0 ? '' : ` ${facts.join(', ')} `, style: role.barFaint},
				{text: ` ${protection} `, style},
			],
			role.bar,
		),
	);
	const smallest = line([{text: ` ${words.brief} `, style}], role.bar);
	return lines.find(each => lineWidth(each) <= free) ?? smallest;
}
