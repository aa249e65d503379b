import {type BufferId, bufferId} from '../../model/buffer.js';
import type {Contact} from '../../model/contact.js';
import {bareOf} from '../../shared/jid.js';
import {accountOf, bufferOf} from '../../store/selectors.js';
import type {State} from '../../store/state.js';
import type {StyledLine} from '../screen/line.js';
import {
	accountLook,
	bufferLook,
	contactLook,
	faintLook,
	headingLook,
	type Look,
	linesFor,
	moreLook,
} from './buffer-look.js';
import {sectionsOf} from './buffer-order.js';
import {listedContacts} from './contact-order.js';
import type {Palette} from './palette.js';

export type BufferList = {
	readonly active: BufferId;
	/** Buffers, besides the active one, with a text that was begun and not sent. */
	readonly drafts: ReadonlySet<BufferId>;
	/** Columns, the line at the right edge included. */
	readonly width: number;
	readonly height: number;
	/** Wall-clock milliseconds. */
	readonly now: number;
	/** Rows that it was moved by from where the active buffer is in view, down being positive. */
	readonly shift?: number;
};

export type ListedRow = {
	readonly line: StyledLine;
	/** What the row leads to; a contact's may not be open yet. */
	readonly buffer: BufferId | undefined;
};

/** Rows of one kind; only those in view are made. */
type Segment = {readonly buffers?: readonly BufferId[]; readonly count: number; at(index: number): Row};
type Row = {readonly look: Look; readonly buffer?: BufferId};

/** From so many rows on two of them can say how many are not shown. */
const roomForMore = 4;

/**
 * The list beside the messages: the console, then for each account its open buffers with their numbers and unread
 * counts, then the contacts without a buffer, those online first. When it does not all fit, the part with the active buffer
 * is shown, and how many rows are above and below.
 */
export function bufferListRows(state: State, list: BufferList, palette: Palette): readonly ListedRow[] {
	const {active, width, height} = list;
	const segments = segmentsOf(state, list);
	const total = segments.reduce((sum, {count}) => sum + count, 0);
	const least = Math.max(0, Math.min(rowOf(segments, active) - Math.floor(height / 2), total - height));
	const top = Math.max(0, Math.min(least + (list.shift ?? 0), total - height));
	const tells = height >= roomForMore;
	const first = tells && top > 0 ? top + 1 : top;
	const last = tells && top + height < total ? top + height - 1 : top + height;
	const lineOf = linesFor(palette, width);
	const rows = within(segments, first, Math.min(last, total)).map(
		({look, buffer}): ListedRow => ({line: lineOf(look), buffer}),
	);
	const blanks = Array.from(
		{length: Math.max(0, last - total)},
		(): ListedRow => ({line: lineOf(undefined), buffer: undefined}),
	);
	const more = (sign: '↑' | '↓', from: number, to: number): readonly ListedRow[] => {
		const {unread, highlights} = newIn(state, segments, from, to);
		return [{line: lineOf(moreLook(sign, to - from, unread, highlights)), buffer: undefined}];
	};

	return [
		...(first > top ? more('↑', 0, first) : []),
		...rows,
		...blanks,
		...(last < top + height ? more('↓', last, total) : []),
	];
}

function segmentsOf(state: State, list: BufferList): readonly Segment[] {
	const sections = sectionsOf(state);
	const several = state.accounts.length > 1;
	const buffers = (ids: readonly BufferId[]): Segment => ({
		buffers: ids,
		count: ids.length,
		at(index) {
			const id = ids[index];
			return id === undefined
				? {look: faintLook('')}
				: {look: bufferLook(state, id, id === list.active, list.drafts.has(id)), buffer: id};
		},
	});

	return sections.flatMap(({account: jid, chats, rooms}): readonly Segment[] => {
		const account = accountOf(state, jid);
		if (jid === undefined || account === undefined) {
			return [buffers(chats), buffers(rooms)];
		}

		const talkedTo = new Set<string>(
			chats.flatMap(id => {
				const peer = bufferOf(state, id)?.info.jid;
				return peer === undefined ? [] : [bareOf(peer)];
			}),
		);
		const others = withoutThose(listedContacts(state, jid), talkedTo);
		const isEmpty = chats.length === 0 && rooms.length === 0 && others.length === 0;
		const heading = (name: string) => single(() => headingLook(name));
		const parted = rooms.length > 0 && !several;
		return [
			...(several ? [single(() => accountLook(state, account, list.now))] : []),
			...(several || (chats.length === 0 && rooms.length > 0) ? [] : [heading('Contacts')]),
			buffers(chats),
			...(parted ? [heading('Rooms')] : []),
			buffers(rooms),
			...(parted && others.length > 0 ? [heading('Other contacts')] : []),
			contactSegment(state, others),
			...(isEmpty ? [single(() => faintLook('  nobody yet: /add'))] : []),
		];
	});
}

function contactSegment(state: State, contacts: readonly Contact[]): Segment {
	return {
		count: contacts.length,
		at(index) {
			const contact = contacts[index];
			return contact === undefined
				? {look: faintLook('')}
				: {look: contactLook(state, contact), buffer: bufferId(contact.account, 'chat', contact.jid)};
		},
	};
}

function single(look: () => Look): Segment {
	return {count: 1, at: () => ({look: look()})};
}

type Others = {readonly talkedTo: ReadonlySet<string>; readonly others: readonly Contact[]};

const lastOthers = new WeakMap<readonly Contact[], Others>();

/** The contacts without an open chat; the same array while these are the same. */
function withoutThose(contacts: readonly Contact[], talkedTo: ReadonlySet<string>): readonly Contact[] {
	const known = lastOthers.get(contacts);
	if (known !== undefined && known.talkedTo.size === talkedTo.size && isWithin(talkedTo, known.talkedTo)) {
		return known.others;
	}

	const others = contacts.filter(({jid}) => !talkedTo.has(jid));
	lastOthers.set(contacts, {talkedTo, others});
	return others;
}

function isWithin(some: ReadonlySet<string>, all: ReadonlySet<string>): boolean {
	for (const each of some) {
		if (!all.has(each)) {
			return false;
		}
	}

	return true;
}

function rowOf(segments: readonly Segment[], active: BufferId): number {
	let from = 0;
	for (const {buffers, count} of segments) {
		const index = buffers?.indexOf(active) ?? -1;
		if (index >= 0) {
			return from + index;
		}

		from += count;
	}

	return -1;
}

function within(segments: readonly Segment[], first: number, last: number): readonly Row[] {
	const rows: Row[] = [];
	let from = 0;
	for (const {count, at} of segments) {
		for (let index = Math.max(0, first - from); index < Math.min(count, last - from); index++) {
			rows.push(at(index));
		}

		from += count;
	}

	return rows;
}

/** What is unread in the rows of a range. What is muted is told nowhere but in its own row. */
function newIn(
	state: State,
	segments: readonly Segment[],
	first: number,
	last: number,
): {readonly unread: number; readonly highlights: number} {
	let unread = 0;
	let highlights = 0;
	let from = 0;
	for (const {buffers = [], count} of segments) {
		for (const id of buffers.slice(Math.max(0, first - from), Math.max(0, last - from))) {
			const info = bufferOf(state, id)?.info;
			unread += info === undefined || info.muted ? 0 : info.unread;
			highlights += info === undefined || info.muted ? 0 : info.highlights;
		}

		from += count;
	}

	return {unread, highlights};
}
