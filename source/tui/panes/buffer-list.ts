import type {Account} from '../../model/account.js';
import type {BufferId} from '../../model/buffer.js';
import type {Contact} from '../../model/contact.js';
import {bareOf} from '../../shared/jid.js';
import {displayWidth, truncateToWidth} from '../../shared/text.js';
import {type ByKey, valuesOf} from '../../store/by-key.js';
import {
	accountOf,
	bufferOf,
	contactOf,
	foremost,
	highestNumber,
	numberOf,
	ofAccount,
	presenceOf,
} from '../../store/selectors.js';
import type {BufferState, State} from '../../store/state.js';
import type {Role} from '../../themes/theme.js';
import {emptyLine, fitLine, joinLines, line, lineWidth, type StyledLine} from '../screen/line.js';
import {briefAccountName, secondsToRetry} from './account-words.js';
import type {Palette} from './palette.js';
import {rememberLast} from './remember.js';
import {bufferName, listedName, presenceMark, shortJid} from './words.js';

/** What a row shows; rows that show the same are the same line object, and so are not painted again. */
type Look = {
	readonly number: string;
	readonly mark: string;
	readonly markRole: Role;
	readonly name: string;
	/** Stands for the name where that has no room. */
	readonly brief?: string;
	readonly nameRole: Role;
	readonly count: string;
	readonly active: boolean;
};

type Row = {readonly look: () => Look; readonly buffer?: BufferId};

/**
 * The list beside the messages: the console, then for each account its open buffers with their numbers and unread
 * counts, then the contacts without a buffer, those online first. `width` includes the line at the right edge. When it
 * does not all fit, the part with the active buffer is shown. `now`: wall-clock milliseconds.
 */
export function bufferListLines(
	state: State,
	active: BufferId,
	width: number,
	height: number,
	palette: Palette,
	now: number,
): readonly StyledLine[] {
	const rows = allRows(state, active, now);
	const at = rows.findIndex(row => row.buffer === active);
	const top = Math.max(0, Math.min(at - Math.floor(height / 2), rows.length - height));
	const lineOf = linesFor(palette, width);
	return Array.from({length: height}, (_, index) => lineOf(rows[top + index]?.look()));
}

function allRows(state: State, active: BufferId, now: number): readonly Row[] {
	const {accounts, order} = state;
	const ownedBy = (account: string | undefined) => order.filter(id => bufferOf(state, id)?.info.account === account);
	const rows: Row[] = ownedBy(undefined).map(id => bufferRow(state, id, active));
	for (const account of accounts) {
		const own = ownedBy(account.jid);
		const contacts = ofAccount(state.contacts, account.jid);
		const talkedTo = new Set<string | undefined>(
			own.map(id => bufferOf(state, id)?.info.jid).map(jid => jid && bareOf(jid)),
		);
		const others = byPresence(contacts, ofAccount(state.presence, account.jid), state).filter(
			each => !talkedTo.has(each.jid),
		);
		rows.push(
			{
				look: () =>
					accounts.length > 1 ? accountLook(state, account, now) : {...textLook, name: 'Contacts', nameRole: 'heading'},
			},
			...own.map(id => bufferRow(state, id, active)),
			...others.map(each => ({look: () => contactLook(state, each)})),
		);
		if (own.length === 0 && others.length === 0) {
			rows.push({look: () => ({...textLook, name: '  nobody yet: /add', nameRole: 'faint'})});
		}
	}

	const known = new Set<string | undefined>([undefined, ...accounts.map(account => account.jid)]);
	const strays = order.filter(id => !known.has(bufferOf(state, id)?.info.account));
	return [...rows, ...strays.map(id => bufferRow(state, id, active))];
}

const textLook: Look = {number: '', mark: '', markRole: 'text', name: '', nameRole: 'text', count: '', active: false};

/** The account over its buffers: how it is connected, `!` where a person must act, else how long until the next attempt. */
function accountLook(state: State, account: Account, now: number): Look {
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

function bufferRow(state: State, id: BufferId, active: BufferId): Row {
	return {
		buffer: id,
		look() {
			const buffer = bufferOf(state, id);
			if (buffer === undefined) {
				return textLook;
			}

			const {unread, highlights} = buffer.info;
			const {glyph, role} = markOf(state, buffer);
			const number = String(numberOf(state, id)).padStart(highestNumber(state) > 9 ? 2 : 1);
			return {
				number: `${number} `,
				mark: glyph === '' ? '' : `${glyph} `,
				markRole: role,
				name: bufferName(state, buffer.info),
				nameRole: highlights > 0 ? 'highlight' : unread > 0 ? 'unread' : 'text',
				count: countText(unread, highlights),
				active: id === active,
			};
		},
	};
}

/** `3`, or `!3` where one of them speaks to the person directly. */
export function countText(unread: number, highlights: number): string {
	return unread === 0 ? '' : `${highlights > 0 ? '!' : ''}${unread > 999 ? '999+' : unread}`;
}

function markOf(state: State, {info}: BufferState): ReturnType<typeof presenceMark> {
	const {account, jid, kind} = info;
	return kind === 'chat' ? contactMark(state, contactOf(state, account, jid)) : {glyph: '', role: 'text'};
}

/** `?` where their presence is not ours to see, or cannot be known now. */
function contactMark(state: State, contact: Contact | undefined): ReturnType<typeof presenceMark> {
	const isHidden = contact === undefined || contact.subscription === 'none' || contact.subscription === 'from';
	if (isHidden || accountOf(state, contact.account)?.status !== 'online') {
		return {glyph: '?', role: 'absent'};
	}

	return presenceMark(foremost(presenceOf(state, contact.account, contact.jid))?.availability);
}

function contactLook(state: State, contact: Contact): Look {
	const {glyph, role} = contactMark(state, contact);
	return {
		...textLook,
		number: highestNumber(state) > 9 ? '   ' : '  ',
		mark: `${glyph} `,
		markRole: role,
		name: listedName(state, contact, contact.jid),
		nameRole: presenceOf(state, contact.account, contact.jid).length > 0 ? 'text' : 'faint',
	};
}

/** Those online first, then by name. Sorted anew only when roster or presence changed. */
function byPresence(contacts: ByKey<Contact>, presence: object, state: State): readonly Contact[] {
	const known = sortedContacts.get(contacts);
	if (known?.presence === presence) {
		return known.sorted;
	}

	const key = (each: Contact) =>
		`${presenceOf(state, each.account, each.jid).length > 0 ? 0 : 1}${(each.name ?? shortJid(each.jid)).toLowerCase()}`;
	const sorted = valuesOf(contacts)
		.map(each => ({each, key: key(each)}))
		.sort((one, other) => (one.key < other.key ? -1 : one.key > other.key ? 1 : 0))
		.map(({each}) => each);
	sortedContacts.set(contacts, {presence, sorted});
	return sorted;
}

const sortedContacts = new WeakMap<object, {readonly presence: object; readonly sorted: readonly Contact[]}>();

/** Makes lines of looks, and the same line again for the same look. */
const linesFor = rememberLast((palette: Palette, width: number) => {
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
	const count = look.count === '' ? '' : ` ${look.count}`;
	const room = Math.max(1, width - displayWidth(look.number + look.mark + count));
	const left = line([
		{text: look.number, style: role.faint},
		{text: look.mark, style: role[look.markRole]},
		{text: truncateToWidth(shownName(look, room), room), style: role[look.nameRole]},
	]);
	const right = line([{text: count, style: role[look.nameRole]}]);
	const joined = joinLines([fitLine(left, Math.max(0, width - lineWidth(right))), right]);
	return look.active ? {...joined, styles: new Uint16Array(joined.cells.length).fill(role.selected)} : joined;
}
