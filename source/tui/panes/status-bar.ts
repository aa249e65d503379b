import type {Account} from '../../model/account.js';
import {type BufferId, requestsBuffer} from '../../model/buffer.js';
import type {BareJid} from '../../shared/jid.js';
import {displayWidth, printable, truncateToWidth} from '../../shared/text.js';
import {occupantsOf, readersOf, roomOf, typingIn} from '../../store/room-selectors.js';
import {accountOf, bufferOf, numberOf} from '../../store/selectors.js';
import type {State} from '../../store/state.js';
import {runningIn} from '../../store/transfers.js';
import {runningWords} from '../files/transfer-words.js';
import {fitLine, joinLines, line, lineWidth, type Run, type StyledLine, truncateLine} from '../screen/line.js';
import {
	accountHint,
	accountTroubleText,
	briefAccountName,
	briefStatusText,
	saysWhy,
	secondsToRetry,
} from './account-words.js';
import {countText} from './buffer-look.js';
import type {Palette} from './palette.js';
import {peopleText, readByText, typingWords} from './room-words.js';
import {slowWait, waitText} from './slow-mode-words.js';
import {bufferName, presenceMark} from './words.js';

export type StatusBar = {
	readonly active: BufferId;
	/** Buffers on the screen, or in the list beside it: what is new in them is in sight. */
	readonly visible: readonly BufferId[];
	/** The account in use where the buffer has none. */
	readonly lastAccount?: BareJid | undefined;
	/** Entries below the pane while it is scrolled up. */
	readonly below: number;
	/** How many of them are messages that nobody has seen. */
	readonly unseen: number;
	readonly width: number;
	/** Wall-clock milliseconds, for what is to happen soon; 0: nothing is. */
	readonly now: number;
};

/** Columns of this buffer's name: what is new elsewhere needs the room, and the title has the name too. */
const longestName = 24;

/** How much of each part is shown. A later one of the list below shows less. */
type Detail = {
	/** The address of the account, its name alone, or only how it is connected. */
	readonly account: 'address' | 'name' | 'sign';
	/** The number of this buffer, also its name, also who is there and as whom one speaks. */
	readonly here: 'people' | 'name' | 'number';
	/** Of the words that tell who is typing the longest, the next shorter one, and so on; 3: none. */
	readonly typing: 0 | 1 | 2 | 3;
	/** Whether it is told how many have read what one said last in a room. */
	readonly readers: boolean;
	/** How many buffers with something new are named at most. */
	readonly news: number;
};

const everything = Number.POSITIVE_INFINITY;

/** What gives way where the bar is narrow, step by step. What calls the person goes last. */
const details: readonly Detail[] = [
	{account: 'address', here: 'people', typing: 0, readers: true, news: everything},
	{account: 'address', here: 'name', typing: 0, readers: true, news: everything},
	{account: 'address', here: 'name', typing: 0, readers: false, news: everything},
	{account: 'name', here: 'name', typing: 0, readers: false, news: everything},
	{account: 'name', here: 'name', typing: 1, readers: false, news: 12},
	{account: 'name', here: 'number', typing: 1, readers: false, news: 12},
	{account: 'sign', here: 'number', typing: 1, readers: false, news: 8},
	{account: 'sign', here: 'number', typing: 2, readers: false, news: 8},
	{account: 'sign', here: 'number', typing: 2, readers: false, news: 5},
	{account: 'sign', here: 'number', typing: 3, readers: false, news: 5},
	{account: 'sign', here: 'number', typing: 3, readers: false, news: 3},
];

/**
 * The bar under the messages: the account and how it is connected, this buffer, where something new is, who is typing, how
 * far scrolled.
 */
export function statusLine(state: State, bar: StatusBar, palette: Palette): StyledLine {
	const {below, unseen, width} = bar;
	const {role} = palette;
	const fresh = unseen > 0 ? `, ${unseen} new` : '';
	const more = line([{text: below > 0 ? ` -${below} more${fresh}- ` : '', style: role.barAlert}], role.bar);
	const room = Math.max(0, width - lineWidth(more));
	const parts = fitting(state, bar, room, palette);
	const rest = lineWidth(parts.news) + lineWidth(parts.typing);
	// What is new matters more than the end of a long problem.
	const kept = truncateLine(parts.left, Math.max(Math.floor(room / 2), room - rest));
	return joinLines([fitLine(joinLines([kept, parts.news, parts.typing], role.bar), room), more], role.bar);
}

type Parts = {readonly left: StyledLine; readonly news: StyledLine; readonly typing: StyledLine};

/** The parts with as much detail as there is room for. What is wrong with an account is cut, whatever else is left out. */
function fitting(state: State, bar: StatusBar, room: number, palette: Palette): Parts {
	const {role} = palette;
	const shown = accountOf(state, bufferOf(state, bar.active)?.info.account ?? bar.lastAccount) ?? state.accounts[0];
	const isCalm =
		shown?.status === 'online' && state.accounts.every(each => accountTroubleText(each, bar.now) === undefined);
	let last: Parts | undefined;
	for (const detail of details) {
		const owner = line(account(state, shown, {...bar, detail: isCalm ? detail.account : 'address'}, palette), role.bar);
		const place = line(
			[...here(state, bar.active, detail, palette), ...waiting(state, bar.active, bar.now, palette)],
			role.bar,
		);
		const parts = {
			left: joinLines([owner, place], role.bar),
			news: line([...news(state, bar, detail.news, palette), ...strangers(state, bar, detail.news, palette)], role.bar),
			typing: line(
				[
					...moving(state, bar.active, detail.typing, palette),
					...typing(state, bar.active, detail.typing, palette),
					...reading(state, bar.active, detail, palette),
				],
				role.bar,
			),
		};
		const needed = Math.min(lineWidth(owner), isCalm ? room : Math.floor(room / 2));
		if (needed + lineWidth(place) + lineWidth(parts.news) + lineWidth(parts.typing) <= room) {
			return parts;
		}

		last = parts;
	}

	return last ?? {left: line(''), news: line(''), typing: line('')};
}

function account(
	state: State,
	shown: Account | undefined,
	{now, width, detail}: Pick<StatusBar, 'now' | 'width'> & {readonly detail: Detail['account']},
	{role}: Palette,
): readonly Run[] {
	if (shown === undefined) {
		return [{text: ' no account: /account add ', style: role.barAlert}];
	}

	const own = accountRuns(state, shown, {now, width, detail}, role);
	const trouble = state.accounts
		.filter(each => each !== shown)
		.flatMap((each): readonly Run[] => {
			const text = accountTroubleText(each, now);
			return text === undefined
				? []
				: [{text: ` [${width < roomy ? briefAccountName(state, each.jid) : each.jid}: ${text}]`, style: role.barAlert}];
		});
	const room = width - lineWidth(line(own)) - roomForNews;
	const fits = trouble.length < 2 || lineWidth(line(trouble)) <= room;
	const summary = {text: ` [${trouble.length} other accounts in trouble: /account]`, style: role.barAlert};
	return [...own, ...(fits ? trouble : [summary]), {text: ' ', style: role.bar}];
}

/** Columns for what is new in other buffers. */
const roomForNews = 14;
/** From so many columns on there is room for whole addresses. */
const roomy = 120;

function accountRuns(
	state: State,
	shown: Account,
	{now, width, detail}: Pick<StatusBar, 'now' | 'width'> & {readonly detail: Detail['account']},
	role: Palette['role'],
): readonly Run[] {
	const {status, problem} = shown;
	const seconds = secondsToRetry(shown, now);
	const isCalm = status === 'online' || status === 'connecting';
	const why = !isCalm && problem !== undefined ? printable(problem.message, 'line') : '';
	const hint =
		isCalm || status === 'interrupted' ? '' : barHint(printable(accountHint(state, shown) ?? '', 'line'), width);
	const glyph = status === 'online' ? presenceMark(shown.availability).glyph : '○';
	const reason = {
		text: why === '' ? '' : `${saysWhy(shown) ? ' –' : ':'} ${why}`,
		style: status === 'interrupted' ? role.barFaint : role.barAlert,
	};
	const next = {text: hint === '' ? '' : `${saysWhy(shown) ? ':' : ''} ${hint}`, style: role.bar};
	if (detail === 'sign') {
		return [{text: ` ${glyph}`, style: role.bar}];
	}

	return [
		{text: ` ${detail === 'name' ? briefAccountName(state, shown.jid) : shown.jid} `, style: role.bar},
		{text: `${glyph} ${briefStatusText(state, shown, now)}`, style: isCalm ? role.bar : role.barAlert},
		{text: seconds === undefined ? '' : ' (now: /reconnect)', style: role.bar},
		...(saysWhy(shown) ? [next, reason] : [reason, next]),
	];
}

/** A next step that would be cut off in its middle is told elsewhere. */
function barHint(hint: string, width: number): string {
	return displayWidth(hint) > width / 2 ? '/account says more.' : hint;
}

function here(state: State, active: BufferId, {here: detail}: Detail, {role}: Palette): readonly Run[] {
	const buffer = bufferOf(state, active);
	if (buffer === undefined) {
		return [];
	}

	const number = numberOf(state, active);
	if (detail === 'number') {
		return [{text: ` [${number}]`, style: role.barFaint}];
	}

	const room = roomOf(state, active);
	const name = truncateToWidth(bufferName(state, buffer.info), longestName);
	const people =
		room?.status === 'joined' && detail === 'people'
			? `, ${peopleText(occupantsOf(state, active).size)}, you are ${printable(room.nick, 'identifier')}`
			: '';
	return [{text: ` [${number}: ${name}${people}]`, style: role.barFaint}];
}

/** How long one has to wait here until the next message (XEP-0500). */
function waiting(state: State, active: BufferId, now: number, {role}: Palette): readonly Run[] {
	const wait = now === 0 ? 0 : slowWait(state, active, now);
	return wait === 0 ? [] : [{text: ` slow mode: ${waitText(wait)}`, style: role.bar}];
}

/** What is on its way here, and how far it is: what the person began is not left out. */
function moving(state: State, active: BufferId, detail: Detail['typing'], {role}: Palette): readonly Run[] {
	const words = runningWords(runningIn(state, active));
	const text = words[Math.min(detail, words.length - 1)];
	return text === undefined ? [] : [{text: ` ${text}`, style: role.bar}];
}

/** Who is typing here, by the names a person knows them by. */
function typing(state: State, active: BufferId, detail: Detail['typing'], {role}: Palette): readonly Run[] {
	const words = typingWords(typingIn(state, active).map(name => printable(name, 'identifier')));
	const text = detail === 3 ? undefined : words[Math.min(detail, words.length - 1)];
	return text === undefined ? [] : [{text: ` ${text}`, style: role.bar}];
}

/** How many have read what the person said last, if nobody has said anything since. */
function reading(state: State, active: BufferId, {readers}: Detail, {role}: Palette): readonly Run[] {
	const newest = bufferOf(state, active)?.entries.findLast(({type}) => type === 'message');
	const isOwn = newest?.type === 'message' && newest.message.direction === 'outgoing';
	const text =
		readers && isOwn && roomOf(state, active) !== undefined ? readByText(readersOf(state, active, newest.key)) : '';
	return text === '' ? [] : [{text: ` [${text}]`, style: role.barFaint}];
}

/** How many strangers wait, where they call nobody and stand in no list on the screen. */
function strangers(state: State, {visible}: StatusBar, most: number, {role}: Palette): readonly Run[] {
	const info = bufferOf(state, requestsBuffer)?.info;
	return info?.muted !== true || info.unread === 0 || visible.includes(requestsBuffer) || most < roomForStrangers
		? []
		: [{text: ` [requests: ${countText(info.unread, 0)}]`, style: role.barFaint}];
}

/** Where fewer buffers with something new are named, there is no room for what calls nobody. */
const roomForStrangers = 8;

/** Other buffers with something unread, the ones that speak to the person first; the muted ones are left out. */
function news(state: State, {visible}: StatusBar, most: number, {role}: Palette): readonly Run[] {
	const busy = state.order
		.map(id => ({info: bufferOf(state, id)?.info, number: numberOf(state, id) ?? 0}))
		.filter(({info}) => info !== undefined && info.unread > 0 && !info.muted && !visible.includes(info.id))
		.sort(
			(one, other) =>
				Math.sign(other.info?.highlights ?? 0) - Math.sign(one.info?.highlights ?? 0) || one.number - other.number,
		);
	return busy.length === 0
		? []
		: [
				{text: ' [new:', style: role.bar},
				...busy.slice(0, most).map(
					({info, number}): Run => ({
						text: ` ${number}:${countText(info?.unread ?? 0, info?.highlights ?? 0)}`,
						style: (info?.highlights ?? 0) > 0 ? role.barAlert : role.bar,
					}),
				),
				{text: busy.length > most ? ` +${busy.length - most}` : '', style: role.bar},
				{text: ']', style: role.bar},
			];
}
