import type {Account} from '../../model/account.js';
import type {BufferId} from '../../model/buffer.js';
import type {BareJid} from '../../shared/jid.js';
import {displayWidth, printable, truncateToWidth} from '../../shared/text.js';
import {accountOf, bufferOf, numberOf} from '../../store/selectors.js';
import type {State} from '../../store/state.js';
import {fitLine, joinLines, line, lineWidth, type Run, type StyledLine, truncateLine} from '../screen/line.js';
import {
	accountHint,
	accountTroubleText,
	briefAccountName,
	briefStatusText,
	saysWhy,
	secondsToRetry,
} from './account-words.js';
import {countText} from './buffer-list.js';
import type {Palette} from './palette.js';
import {bufferName, presenceMark} from './words.js';

export type StatusBar = {
	readonly active: BufferId;
	/** The account in use where the buffer has none. */
	readonly lastAccount?: BareJid | undefined;
	/** Entries below the pane while it is scrolled up. */
	readonly below: number;
	/** How many of them are messages that nobody has seen. */
	readonly unseen: number;
	readonly width: number;
	/** Wall-clock milliseconds, for what is to happen soon. */
	readonly now: number;
};

/** Columns of this buffer's name: what is new elsewhere needs the room, and the title has the name too. */
const longestName = 24;

/** The bar under the messages: the account and how it is connected, this buffer, where something new is, how far scrolled. */
export function statusLine(
	state: State,
	{active, lastAccount, below, unseen, width, now}: StatusBar,
	palette: Palette,
): StyledLine {
	const {role} = palette;
	const fresh = unseen > 0 ? `, ${unseen} new` : '';
	const more = line([{text: below > 0 ? ` -${below} more${fresh}- ` : '', style: role.barAlert}], role.bar);
	const room = Math.max(0, width - lineWidth(more));
	const act = line(activity(state, active, palette), role.bar);
	const left = line(
		[
			...account(state, bufferOf(state, active)?.info.account ?? lastAccount, {now, width}, palette),
			...here(state, active, palette),
		],
		role.bar,
	);
	// What is new matters more than the end of a long problem.
	const kept = truncateLine(left, Math.max(Math.floor(room / 2), room - lineWidth(act)));
	return joinLines([fitLine(joinLines([kept, act], role.bar), room), more], role.bar);
}

function account(
	state: State,
	inUse: BareJid | undefined,
	{now, width}: Pick<StatusBar, 'now' | 'width'>,
	{role}: Palette,
): readonly Run[] {
	const shown = accountOf(state, inUse) ?? state.accounts[0];
	if (shown === undefined) {
		return [{text: ' no account: /account add ', style: role.barAlert}];
	}

	const own = accountRuns(state, shown, {now, width}, role);
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
	{now, width}: Pick<StatusBar, 'now' | 'width'>,
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
	return [
		{text: ` ${shown.jid} `, style: role.bar},
		{text: `${glyph} ${briefStatusText(state, shown, now)}`, style: isCalm ? role.bar : role.barAlert},
		{text: seconds === undefined ? '' : ' (now: /reconnect)', style: role.bar},
		...(saysWhy(shown) ? [next, reason] : [reason, next]),
	];
}

/** A next step that would be cut off in its middle is told elsewhere. */
function barHint(hint: string, width: number): string {
	return displayWidth(hint) > width / 2 ? '/account says more.' : hint;
}

function here(state: State, active: BufferId, {role}: Palette): readonly Run[] {
	const buffer = bufferOf(state, active);
	return buffer === undefined
		? []
		: [
				{
					text: ` [${numberOf(state, active)}: ${truncateToWidth(bufferName(state, buffer.info), longestName)}]`,
					style: role.barFaint,
				},
			];
}

/** Other buffers with something unread, the ones that speak to the person first. */
function activity(state: State, active: BufferId, {role}: Palette): readonly Run[] {
	const busy = state.order
		.map(id => ({info: bufferOf(state, id)?.info, number: numberOf(state, id) ?? 0}))
		.filter(({info}) => info !== undefined && info.unread > 0 && info.id !== active)
		.sort(
			(one, other) =>
				Math.sign(other.info?.highlights ?? 0) - Math.sign(one.info?.highlights ?? 0) || one.number - other.number,
		);
	return busy.length === 0
		? []
		: [
				{text: ' [new:', style: role.bar},
				...busy.map(
					({info, number}): Run => ({
						text: ` ${number}:${countText(info?.unread ?? 0, info?.highlights ?? 0)}`,
						style: (info?.highlights ?? 0) > 0 ? role.barAlert : role.bar,
					}),
				),
				{text: ']', style: role.bar},
			];
}
