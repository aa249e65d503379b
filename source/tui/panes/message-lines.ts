import type {Message, OutgoingState} from '../../model/message.js';
import type {OccupantActivity} from '../../model/room.js';
import {bareOf} from '../../shared/jid.js';
import {printable} from '../../shared/text.js';
import type {Entry, Notice} from '../../store/state.js';
import type {Role} from '../../themes/theme.js';
import {joinLines, line, type Run, type StyledLine, wrap} from '../screen/line.js';
import {withLink} from '../screen/style.js';
import {activitySign, activityText} from './activity-words.js';
import {timeText} from './calendar.js';
import {blankGutter, type Frame, gutter, gutterWidth} from './frame.js';
import type {Palette} from './palette.js';

/** Longer bodies are cut on the screen (never in the history), so that one message cannot stall a key press. */
const longestShown = 20_000;
/** Columns at the right kept free for the delivery mark, so that nothing moves when it changes. */
const markWidth = 3;

/** The lines of one entry, made once for each frame. `time` is shown or, within the same minute, left out. */
export function entryLines(entry: Entry, frame: Frame, showTime: boolean): readonly StyledLine[] {
	const known = cache.get(entry);
	if (known?.frame === frame && known.showTime === showTime) {
		return known.lines;
	}

	const lines = freshLines(entry, frame, showTime);
	cache.set(entry, {frame, showTime, lines});
	return lines;
}

function freshLines(entry: Entry, frame: Frame, showTime: boolean): readonly StyledLine[] {
	switch (entry.type) {
		case 'message':
			return messageLines(entry.message, frame, showTime);
		case 'notice':
			return noticeLines(entry.notice, frame, showTime);
		case 'activity':
			return activityLines(entry.activity, frame, showTime);
	}
}

const cache = new WeakMap<
	Entry,
	{readonly frame: Frame; readonly showTime: boolean; readonly lines: readonly StyledLine[]}
>();

/** When an entry happened, milliseconds since the epoch. */
export function timeOf(entry: Entry): number {
	switch (entry.type) {
		case 'message':
			return entry.message.sentAt ?? entry.message.receivedAt;
		case 'notice':
			return entry.notice.at;
		case 'activity':
			return entry.activity.at;
	}
}

function messageLines(message: Message, frame: Frame, showTime: boolean): readonly StyledLine[] {
	const {palette, width} = frame;
	const {role} = palette;
	const outgoing = message.direction === 'outgoing';
	const name = outgoing ? frame.ownName : frame.peerName;
	const nameStyle = outgoing ? role.ownName : palette.name(bareOf(message.author));
	const emote = /^\/me\s/u.test(message.body);
	const time = showTime ? timeText(frame.calendar(message.sentAt ?? message.receivedAt)) : '';
	const rest = blankGutter(frame);
	const narrowed = outgoing && width - gutterWidth(frame) > 2 * markWidth;
	const lines = wrap([...kindRuns(message, frame), ...bodyRuns(message, frame, emote ? name : undefined)], {
		width: narrowed ? width - markWidth : width,
		first: gutter(frame, time, emote ? '*' : name, nameStyle),
		rest,
	});
	const marked = outgoing && message.state !== undefined ? withMark(lines, message.state, frame) : lines;
	const trouble = troubleOf(message, palette);
	return trouble.length === 0 ? marked : [...marked, ...wrap(trouble, {width, first: rest, rest})];
}

/** Headlines, single messages and subjects are not part of a conversation, and say so. */
function kindRuns(message: Message, {palette}: Frame): readonly Run[] {
	const subject = message.subject === undefined ? '' : printable(message.subject, 'line');
	const kind = message.kind === 'headline' ? 'headline' : message.kind === 'normal' ? 'single message' : '';
	const label = [kind, subject].filter(part => part !== '').join(': ');
	return label === '' ? [] : [{text: `[${label}] `, style: palette.role.heading}];
}

function bodyRuns(message: Message, {palette}: Frame, actor: string | undefined): readonly Run[] {
	const {role} = palette;
	if (isBlank(message)) {
		return [{text: blankText, style: role.faint}];
	}

	const shown = cut(actor === undefined ? message.body : message.body.slice(4));
	const runs = linked(printable(shown, 'body'), role.text);
	const left = message.body.length - shown.length - (actor === undefined ? 0 : 4);
	return [
		...(actor === undefined ? [] : [{text: `${actor} `, style: role.heading}]),
		...runs,
		...(left > 0 ? [{text: ` […${left} more characters are not shown]`, style: role.faint}] : []),
	];
}

/** What stands for a message of nothing but white space. */
export const blankText = '(blank message)';

/** Whether a message would show as an empty line: no body to see, and no subject. */
export function isBlank({body, subject = ''}: Message): boolean {
	return subject.trim() === '' && !/\S/u.test(body);
}

function cut(body: string): string {
	if (body.length <= longestShown) {
		return body;
	}

	const high = body.charCodeAt(longestShown - 1);
	return body.slice(0, high >= 0xd800 && high <= 0xdbff ? longestShown - 1 : longestShown);
}

const address = /\bhttps?:\/\/[^\s<>"]+/gu;
/** What follows an address in a sentence, and is rarely part of it. */
const trailing = /[.,;:!?'”’)\]}]+$/u;

function linked(text: string, style: number): readonly Run[] {
	const runs: Run[] = [];
	let from = 0;
	for (const match of text.matchAll(address)) {
		const url = match[0].replace(trailing, '');
		runs.push({text: text.slice(from, match.index), style}, {text: url, style: withLink(style, url)});
		from = match.index + url.length;
	}

	return [...runs, {text: text.slice(from), style}];
}

const marks: Readonly<Record<OutgoingState, {readonly glyph: string; readonly role: Role}>> = {
	queued: {glyph: '…', role: 'faint'},
	sealed: {glyph: '…', role: 'faint'},
	written: {glyph: '→', role: 'faint'},
	acked: {glyph: '✓', role: 'faint'},
	delivered: {glyph: '✓✓', role: 'confirmed'},
	displayed: {glyph: '✓●', role: 'confirmed'},
	uncertain: {glyph: '?', role: 'warning'},
	failed: {glyph: '✗', role: 'error'},
};

/** What the marks behind one's own messages mean, for the help. */
export const markMeanings: ReadonlyArray<readonly [string, string]> = [
	['…', 'waits to be sent'],
	['→', 'sent; your server has not confirmed it yet'],
	['✓', 'your server has it'],
	['✓✓', 'delivered'],
	['✓●', 'displayed'],
	['?', 'may not have arrived'],
	['✗', 'not sent; below stands why, and /resend sends it again'],
];

function withMark(lines: readonly StyledLine[], state: OutgoingState, {palette}: Frame): readonly StyledLine[] {
	const {glyph, role} = marks[state];
	const last = lines.at(-1);
	return last === undefined
		? lines
		: lines.with(-1, joinLines([last, line([{text: ` ${glyph}`, style: palette.role[role]}])]));
}

/** What went wrong with a message, and what helps. */
function troubleOf({state, failure}: Message, {role}: Palette): readonly Run[] {
	switch (state) {
		case 'failed':
			return [
				{text: `not sent${failure === undefined ? '.' : `: ${printable(failure, 'line')}`}`, style: role.error},
				{text: ' /resend sends it again.', style: role.faint},
			];
		case 'uncertain':
			return [{text: 'may not have arrived: the connection broke', style: role.warning}];
		default:
			return [];
	}
}

function noticeLines(notice: Notice, frame: Frame, showTime: boolean): readonly StyledLine[] {
	const {palette, width} = frame;
	const role = notice.level === 'info' ? 'notice' : notice.level;
	const style = palette.role[role];
	const text = printable(notice.text, 'body');
	const hint = notice.hint === undefined ? '' : `\n${printable(notice.hint, 'body')}`;
	return wrap(
		[
			{text, style},
			{text: hint, style: palette.role.faint},
		],
		{
			width,
			first: gutter(
				frame,
				showTime ? timeText(frame.calendar(notice.at)) : '',
				notice.level === 'info' ? '--' : '!!!',
				style,
			),
			rest: blankGutter(frame),
		},
	);
}

function activityLines(activity: OccupantActivity, frame: Frame, showTime: boolean): readonly StyledLine[] {
	const {palette, width} = frame;
	const style = palette.role.faint;
	const time = showTime ? timeText(frame.calendar(activity.at)) : '';
	const first = gutter(frame, time, activitySign(activity), style);
	return wrap([{text: activityText(activity), style}], {width, first, rest: blankGutter(frame)});
}
