import type {Account} from '../../model/account.js';
import type {BufferId} from '../../model/buffer.js';
import type {Contact} from '../../model/contact.js';
import {displayWidth, truncateToWidth} from '../../shared/text.js';
import {blockedBy} from '../../store/requests.js';
import {typingIn} from '../../store/room-selectors.js';
import {accountOf, bufferOf, contactOf, foremost, highestNumber, numberOf, presenceOf} from '../../store/selectors.js';
import type {BufferState, State} from '../../store/state.js';
import type {Role} from '../../themes/theme.js';
import {emptyLine, fitLine, joinLines, line, lineWidth, type StyledLine} from '../screen/line.js';
import {briefAccountName, secondsToRetry} from './account-words.js';
import type {Palette} from './palette.js';
import {rememberLast} from './remember.js';
import {blockedMark, bufferName, listedName, presenceMark} from './words.js';

/** What a row shows; rows that show the same are the same line object, and so are not painted again. */
export type Look = {
	readonly number: string;
	readonly mark: string;
	readonly markRole: Role;
	readonly name: string;
	/** Stands for the name where that has no room. */
	readonly brief?: string;
	readonly nameRole: Role;
	/** What else there is to know, a sign each. */
	readonly signs: string;
	readonly count: string;
	readonly active: boolean;
};

const textLook: Look = {
	number: '',
	mark: '',
	markRole: 'text',
	name: '',
	nameRole: 'text',
	signs: '',
	count: '',
	active: false,
};

/** The signs behind a name in the list, with what they stand for. */
export const listSigns = {
	pinned: {sign: '^', meaning: 'stays at the top: /unpin'},
	muted: {sign: '⊘', meaning: 'calls nobody: /unmute'},
	draft: {sign: '✎', meaning: 'a text begun and not sent'},
	typing: {sign: '…', meaning: 'somebody is typing'},
} as const;

export function headingLook(name: string): Look {
	return {...textLook, name, nameRole: 'heading'};
}

export function faintLook(name: string): Look {
	return {...textLook, name, nameRole: 'faint'};
}

/** Stands for rows that do not fit: how many, and what is new in them. */
export function moreLook(sign: '↑' | '↓', rows: number, unread: number, highlights: number): Look {
	const nameRole = highlights > 0 ? 'highlight' : unread > 0 ? 'unread' : 'faint';
	return {...textLook, name: `${sign} ${rows} more`, nameRole, count: countText(unread, highlights)};
}

/** The account over its buffers: how it is connected, `!` where a person must act, else how long until the next attempt. */
export function accountLook(state: State, account: Account, now: number): Look {
	const {status, availability, jid} = account;
	const {glyph, role} = presenceMark(status === 'online' ? availability : undefined);
	const needsPerson = status === 'failed' || status === 'locked';
	const isOnItsWay = status === 'connecting' || status === 'interrupted';
	const seconds = secondsToRetry(account, now);
	return {
		...textLook,
		mark: `${glyph} `,
		markRole: role,
		name: jid,
		brief: briefAccountName(state, jid),
		nameRole: needsPerson ? 'highlight' : 'heading',
		count: needsPerson ? '!' : seconds !== undefined ? `${seconds} s` : isOnItsWay ? '…' : '',
	};
}

/** An open buffer. Who types in the active one is named in the bar. `hasDraft`: a text was begun there and is not sent. */
export function bufferLook(state: State, id: BufferId, isActive: boolean, hasDraft: boolean): Look {
	const buffer = bufferOf(state, id);
	if (buffer === undefined) {
		return textLook;
	}

	const {kind, unread, highlights, pinned, muted} = buffer.info;
	const {glyph, role} = markOf(state, buffer);
	const number = String(numberOf(state, id)).padStart(highestNumber(state) > 9 ? 2 : 1);
	const signs = [
		pinned ? listSigns.pinned.sign : '',
		// Of strangers a setting decides, and no mute.
		muted && kind !== 'requests' ? listSigns.muted.sign : '',
		hasDraft ? listSigns.draft.sign : '',
		!isActive && typingIn(state, id).length > 0 ? listSigns.typing.sign : '',
	];
	return {
		number: `${number} `,
		mark: glyph === '' ? '' : `${glyph} `,
		markRole: role,
		name: bufferName(state, buffer.info),
		nameRole: muted ? 'faint' : highlights > 0 ? 'highlight' : unread > 0 ? 'unread' : 'text',
		signs: signs.join(''),
		count: countText(unread, muted ? 0 : highlights),
		active: isActive,
	};
}

/** A contact without an open buffer. */
export function contactLook(state: State, contact: Contact): Look {
	const isBlocked = blockedBy(state, contact.account, contact.jid) !== undefined;
	const {glyph, role} = isBlocked ? blockedMark : contactMark(state, contact);
	return {
		...textLook,
		number: highestNumber(state) > 9 ? '   ' : '  ',
		mark: `${glyph} `,
		markRole: role,
		name: listedName(state, contact, contact.jid),
		nameRole: presenceOf(state, contact.account, contact.jid).length > 0 ? 'text' : 'faint',
	};
}

/** `3`, or `!3` where one of them speaks to the person directly. */
export function countText(unread: number, highlights: number): string {
	return unread === 0 ? '' : `${highlights > 0 ? '!' : ''}${unread > 999 ? '999+' : unread}`;
}

function markOf(state: State, {info}: BufferState): ReturnType<typeof presenceMark> {
	const {account, jid, kind} = info;
	switch (kind) {
		case 'chat':
			return blockedBy(state, account, jid) === undefined
				? contactMark(state, contactOf(state, account, jid))
				: blockedMark;
		case 'room':
			return {glyph: '#', role: 'faint'};
		case 'private':
			return {glyph: '@', role: 'faint'};
		case 'console':
		case 'xml':
		case 'requests':
			return {glyph: '', role: 'text'};
	}
}

/** `?` where their presence is not ours to see, or cannot be known now. */
function contactMark(state: State, contact: Contact | undefined): ReturnType<typeof presenceMark> {
	const isHidden = contact === undefined || contact.subscription === 'none' || contact.subscription === 'from';
	if (isHidden || accountOf(state, contact.account)?.status !== 'online') {
		return {glyph: '?', role: 'absent'};
	}

	return presenceMark(foremost(presenceOf(state, contact.account, contact.jid))?.availability);
}

/** Makes lines of looks, and the same line again for the same look. */
export const linesFor = rememberLast((palette: Palette, width: number) => {
	const made = new Map<string, StyledLine>();
	const edge = line([{text: '│', style: palette.role.faint}]);
	const blankLine = joinLines([fitLine(emptyLine, width - 1), edge]);
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

		const fresh = joinLines([lookLine(look, width - 1, palette), edge]);
		made.set(key, fresh);
		return fresh;
	};
});

function shownName({name, brief = name}: Look, room: number): string {
	return displayWidth(name) > room ? brief : name;
}

function lookLine(look: Look, width: number, {role}: Palette): StyledLine {
	const signs = look.signs === '' ? '' : ` ${look.signs}`;
	const count = look.count === '' ? '' : ` ${look.count}`;
	const room = Math.max(1, width - displayWidth(look.number + look.mark + signs + count));
	const left = line([
		{text: look.number, style: role.faint},
		{text: look.mark, style: role[look.markRole]},
		{text: truncateToWidth(shownName(look, room), room), style: role[look.nameRole]},
	]);
	const right = line([
		{text: signs, style: role.faint},
		{text: count, style: role[look.nameRole]},
	]);
	const joined = joinLines([fitLine(left, Math.max(0, width - lineWidth(right))), right]);
	return look.active ? {...joined, styles: new Uint16Array(joined.cells.length).fill(role.selected)} : joined;
}
