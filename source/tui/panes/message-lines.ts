import {captionOf} from '../../model/attachment-words.js';
import type {Message} from '../../model/message.js';
import {bareOf, type Jid, resourcepartOf} from '../../shared/jid.js';
import {printable} from '../../shared/text.js';
import type {Entry, Notice} from '../../store/state.js';
import {type Run, type StyledLine, wrap} from '../screen/line.js';
import {attributes, type StyleId} from '../screen/style.js';
import {timeText} from './calendar.js';
import {fileLines} from './file-lines.js';
import {fileTexts} from './file-words.js';
import {blankGutter, type Frame, gutter} from './frame.js';
import {bodyLines, flagged} from './message-body.js';
import {markedWidth, troubleOf, withMark, withReaders} from './message-marks.js';
import {type Answered, answerLine, reactionLines, sameAnswered} from './message-relations.js';
import {blankText, isBlank, isEmote, subjectChange} from './message-text.js';
import {isStrayEdit, retractionText, spoilerText, strayEdit} from './message-words.js';
import {nickText} from './nick-text.js';
import {protectionOf} from './protection.js';
import {revealed} from './reveal.js';

/** Longer bodies are cut on the screen (never in the history), so that one message cannot stall a key press. */
const longestShown = 20_000;

/** How one entry is shown where it stands. */
export type Shape = {
	/** Left out within the same minute. */
	readonly time: boolean;
	/** Left out where the same person goes on within the same minute. */
	readonly name: boolean;
	/** All of a long message is shown. */
	readonly unfolded: boolean;
	/** Who has read the room up to here. */
	readonly readers: readonly string[];
	/** What is to be opened before it is read is open. */
	readonly opened: boolean;
	/** What it answers. */
	readonly answered?: Answered | undefined;
};

/** An entry that stands for itself. */
export const wholeShape: Shape = {time: true, name: true, unfolded: false, readers: [], opened: false};

type LinedEntry = Exclude<Entry, {type: 'activity'}>;

/** The lines of one entry, made once for each frame and shape. */
export function entryLines(entry: LinedEntry, frame: Frame, shape: Shape = wholeShape): readonly StyledLine[] {
	const known = cache.get(entry);
	if (known?.frame === frame && sameShape(known.shape, shape)) {
		return known.lines;
	}

	const made =
		entry.type === 'message'
			? messageLines(entry.message, frame, shape)
			: {lines: noticeLines(entry.notice, frame, shape), folded: 0};
	cache.set(entry, {frame, shape, ...made});
	return made.lines;
}

/** How many lines of an entry were folded away when its lines were made last. */
export function foldedLines(entry: Entry): number {
	return cache.get(entry)?.folded ?? 0;
}

type Made = {readonly lines: readonly StyledLine[]; readonly folded: number};

const cache = new WeakMap<Entry, Made & {readonly frame: Frame; readonly shape: Shape}>();

function sameShape(one: Shape, other: Shape): boolean {
	return (
		one.time === other.time &&
		one.name === other.name &&
		one.unfolded === other.unfolded &&
		one.opened === other.opened &&
		sameAnswered(one.answered, other.answered) &&
		one.readers.length === other.readers.length &&
		one.readers.every((name, index) => name === other.readers[index])
	);
}

/** When an entry happened, milliseconds since the epoch. */
export function timeOf(entry: Entry): number {
	switch (entry.type) {
		case 'message':
			return entry.message.sentAt ?? entry.message.receivedAt;
		case 'notice':
			return entry.notice.at;
		default:
			return entry.activity.at;
	}
}

/** Who wrote a message, as one is told from another; messages of one author stand in a group. */
export function authorKey({kind, direction, author}: Message): string {
	return `${direction} ${kind === 'groupchat' ? author : bareOf(author)}`;
}

function messageLines(message: Message, frame: Frame, shape: Shape): Made {
	const {palette, width} = frame;
	const {role} = palette;
	const {name, style: nameStyle} = authorOf(message, frame);
	const {highlight = false, retracted} = message;
	const stands = standingOf(message, frame, shape);
	const rest = blankGutter(frame, highlight);
	const first = gutter(frame, {
		time: shape.time ? timeText(frame.calendar(timeOfMessage(message))) : '',
		name: stands.isChange ? '--' : stands.isEmote ? '*' : shape.name ? name : '',
		nameStyle: stands.isChange ? role.activity : highlight ? role.highlight : nameStyle,
		highlight,
		protection: protectionOf(message),
	});
	const answer =
		shape.answered === undefined || retracted !== undefined ? [] : [answerLine(shape.answered, first, frame)];
	const files = stands.isText ? fileTexts(message) : [];
	const lead = leadRuns(message, frame, stands, nameStyle);
	const trail = message.edited === undefined || !stands.isText ? [] : [{text: ' (edited)', style: role.faint}];
	const isCaptioned = files.length === 0 || stands.text !== '';
	const edge = answer.length === 0 ? first : rest;
	const lines = [
		...fileLines(message, files, {
			width: markedWidth(message, frame),
			first: edge,
			rest,
			palette,
			lead: isCaptioned && stands.isEmote ? [] : lead,
			trail: isCaptioned ? [] : trail,
		}),
		...(isCaptioned
			? bodyLines(stands.text, {
					width: markedWidth(message, frame),
					first: files.length === 0 ? edge : rest,
					rest,
					palette,
					style: stands.style,
					lead: files.length === 0 || stands.isEmote ? lead : [],
					trail,
					unstyled: message.unstyled === true || !stands.isText,
				})
			: []),
	];
	const {shown, folded} = shape.unfolded ? {shown: lines, folded: 0} : folding(lines, frame);
	const body = [...answer, ...shown];
	if (retracted !== undefined) {
		return {lines: body, folded};
	}

	const marked = withReaders(withMark(body, message, frame), shape.readers, frame);
	const trouble = troubleOf(message, palette);
	return {
		lines: [
			...marked,
			...reactionLines(message, rest, frame),
			...(trouble.length === 0 ? [] : wrap(trouble, {width, first: rest, rest})),
		],
		folded,
	};
}

/** What stands for a message where its text would. */
type Standing = {
	readonly text: string;
	readonly style: StyleId;
	/** It is what the author wrote, or a part of it. */
	readonly isText: boolean;
	readonly isChange: boolean;
	readonly isEmote: boolean;
	/** Who does what the text says. */
	readonly actor?: string;
};

function standingOf(message: Message, frame: Frame, {opened}: Shape): Standing {
	const {role} = frame.palette;
	const {name} = authorOf(message, frame);
	const taken = retractionText(message, message.direction === 'outgoing' ? undefined : name);
	if (taken !== undefined) {
		return {text: taken, style: role.faint, isText: false, isChange: false, isEmote: false};
	}

	if (message.spoiler !== undefined && !opened) {
		return {text: spoilerText(message.spoiler), style: role.notice, isText: false, isChange: false, isEmote: false};
	}

	const change = subjectChange(message);
	if (change !== undefined) {
		return {text: change, style: role.activity, isText: true, isChange: true, isEmote: false, actor: name};
	}

	const emote = isEmote(message);
	return {
		text: shownBody(message, frame, emote),
		style: message.highlight === true ? flagged(role.text, attributes.bold) : role.text,
		isText: true,
		isChange: false,
		isEmote: emote,
		...(emote ? {actor: name} : {}),
	};
}

function timeOfMessage({sentAt, receivedAt}: Message): number {
	return sentAt ?? receivedAt;
}

/** Who wrote a message, as it stands beside it, and in which style. The name is user text made harmless. */
export function authorOf(
	{author, direction, kind, occupantId, realJid}: Message,
	frame: Frame,
): {name: string; style: number} {
	const {palette} = frame;
	const own = direction === 'outgoing';
	if (kind === 'groupchat') {
		const nick = resourcepartOf(author);
		// Without a nick it is the room itself that speaks, unless it was written here and has not come back yet.
		const name = nick === undefined ? (own ? frame.ownName : '--') : nickText(nick, frame.confusing);
		return {
			name,
			style: own ? palette.role.ownName : palette.name(occupantKey({occupantId, jid: realJid, nick: nick ?? author})),
		};
	}

	return own
		? {name: frame.ownName, style: palette.role.ownName}
		: {name: frame.peerName, style: palette.name(frame.peer)};
}

/** What somebody in a room is known by over changes of nick, as far as the room tells. */
export function occupantKey({
	occupantId,
	jid,
	nick,
}: {
	readonly occupantId?: string | undefined;
	readonly jid?: Jid | undefined;
	readonly nick: string;
}): string {
	return occupantId ?? (jid === undefined ? nick : bareOf(jid));
}

function leadRuns(
	message: Message,
	{palette: {role}}: Frame,
	{actor, isChange, isText}: Standing,
	nameStyle: StyleId,
): readonly Run[] {
	return [
		...(isChange || message.retracted !== undefined ? [] : kindRuns(message, role.heading)),
		...(isStrayEdit(message) && isText ? [{text: `[${strayEdit}] `, style: role.warning}] : []),
		...(message.spoiler !== undefined && isText
			? [{text: `${spoilerText(message.spoiler)} `, style: role.notice}]
			: []),
		...(actor === undefined ? [] : [{text: `${actor} `, style: nameStyle}]),
	];
}

/** Headlines, single messages and subjects are not part of a conversation, and say so. */
function kindRuns(message: Message, style: number): readonly Run[] {
	const subject = message.subject === undefined ? '' : printable(message.subject, 'line');
	const kind = message.kind === 'headline' ? 'headline' : message.kind === 'normal' ? 'single message' : '';
	const label = [kind, subject].filter(part => part !== '').join(': ');
	return label === '' ? [] : [{text: `[${label}] `, style}];
}

function shownBody(message: Message, {emoji}: Frame, emote: boolean): string {
	if (isBlank(message)) {
		return blankText;
	}

	const caption = captionOf(message);
	const body = emote ? caption.slice(4) : caption;
	const shown = cut(body);
	const left = body.length - shown.length;
	const note = left > 0 ? ` […${left} more characters are not shown]` : '';
	return revealed(printable(shown, 'body'), emoji) + note;
}

function cut(body: string): string {
	if (body.length <= longestShown) {
		return body;
	}

	const high = body.charCodeAt(longestShown - 1);
	return body.slice(0, high >= 0xd800 && high <= 0xdbff ? longestShown - 1 : longestShown);
}

/** At least so many lines of a folded message are left. */
const leastLeft = 3;

/** A message of more lines than wanted as its first lines, and a line that says how many there are and how to see them. */
function folding(lines: readonly StyledLine[], frame: Frame): {shown: readonly StyledLine[]; folded: number} {
	const {fold, palette, width} = frame;
	const left = Math.max(leastLeft, Math.floor(fold / 4));
	const folded = lines.length - left;
	if (fold === 0 || lines.length <= fold || folded < 2) {
		return {shown: lines, folded: 0};
	}

	const text = `… ${folded} more lines: /unfold shows them`;
	const rest = blankGutter(frame);
	const [note] = wrap([{text, style: palette.role.notice}], {width, first: rest, rest});
	return {shown: [...lines.slice(0, left), ...(note === undefined ? [] : [note])], folded};
}

function noticeLines(notice: Notice, frame: Frame, shape: Shape): readonly StyledLine[] {
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
			first: gutter(frame, {
				time: shape.time ? timeText(frame.calendar(notice.at)) : '',
				name: notice.level === 'info' ? '--' : '!!!',
				nameStyle: style,
			}),
			rest: blankGutter(frame),
		},
	);
}
