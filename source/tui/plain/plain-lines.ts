import {captionOf} from '../../model/attachment-words.js';
import type {Message} from '../../model/message.js';
import {printable, truncateToWidth} from '../../shared/text.js';
import {ownNickIn} from '../../store/room-selectors.js';
import {bufferOf} from '../../store/selectors.js';
import type {Notice, State} from '../../store/state.js';
import {authorName, isConfusing} from '../panes/authors.js';
import {type Calendar, dateText, sameDay, timeText} from '../panes/calendar.js';
import {fileTexts} from '../panes/file-words.js';
import {answeredText} from '../panes/message-relations.js';
import {blankText, isBlank, isEmote, subjectChange} from '../panes/message-text.js';
import {isStrayEdit, retractionText, spoilerText, strayEdit} from '../panes/message-words.js';
import {confusableSign} from '../panes/nick-text.js';
import {protectionOf} from '../panes/protection.js';
import {bufferName, shortJid} from '../panes/words.js';
import {answeredIn, reactionText} from './relation-lines.js';

/** Columns of a message that is quoted. */
export const longestQuote = 40;

/** A message as lines of plain text: `09:12 [Romeo] juliet: hello`, further lines indented. */
export function messageText(state: State, message: Message, calendar: Calendar): readonly string[] {
	const info = bufferOf(state, message.buffer)?.info;
	const name = info === undefined ? shortJid(message.author) : bufferName(state, info);
	const sign = isConfusing(state, message) ? confusableSign : '';
	const author = message.direction === 'outgoing' ? ownName(state, message) : `${sign}${authorName(state, message)}`;
	const subject = message.subject === undefined ? '' : printable(message.subject, 'line');
	const kind = message.kind === 'headline' ? 'headline' : message.kind === 'normal' ? 'single message' : '';
	const secured = {
		clear: 'NOT encrypted',
		undecided: 'by a device not decided about',
		distrusted: 'by a distrusted device',
	};
	const protection = protectionOf(message);
	const doubt = protection in secured ? secured[protection as keyof typeof secured] : '';
	const label = [doubt, kind, subject].filter(part => part !== '').join(': ');
	const said = saidText(state, message, {author, label});
	const time = timeText(calendar(message.sentAt ?? message.receivedAt));
	const [first = '', ...rest] = said.split('\n');
	const reactions = message.retracted === undefined ? reactionText(message) : '';
	return [
		`${time} [${name}] ${first}`,
		...[...rest, ...(reactions === '' ? [] : [reactions])].map(line => `      ${line}`),
		...troubleText(message),
	];
}

/** What a message says now, and whether that is what it always said. */
function saidText(
	state: State,
	message: Message,
	{author, label}: {readonly author: string; readonly label: string},
): string {
	const taken = retractionText(message, message.direction === 'outgoing' ? undefined : author);
	const change = subjectChange(message);
	if (taken !== undefined || change !== undefined) {
		return taken === undefined ? `${author} ${change}` : `* ${taken}`;
	}

	const isFolded = message.spoiler !== undefined;
	const emote = isEmote(message) && !isFolded;
	const body = isFolded
		? `${spoilerText(message.spoiler ?? '')} /reveal tells it`
		: isBlank(message)
			? blankText
			: captionText(message, emote);
	const files = isFolded ? [] : fileTexts(message);
	const answered = answeredIn(state, message);
	const stray = isStrayEdit(message) ? `[${strayEdit}] ` : '';
	const edited = message.edited === undefined || isFolded ? '' : ' (edited)';
	return [
		emote ? `* ${author} ` : `${author}: `,
		answered === undefined ? '' : `${answeredText(answered)}\n`,
		label === '' ? '' : `[${label}] `,
		`${stray}${[...files, body].filter(part => part !== '').join('\n')}${edited}`,
	].join('');
}

function captionText(message: Message, emote: boolean): string {
	const caption = captionOf(message);
	return printable(emote ? caption.slice(4) : caption, 'body');
}

/** In a room one is known by one's nick. */
function ownName(state: State, {account, buffer}: Message): string {
	const info = bufferOf(state, buffer)?.info;
	const nick = info === undefined ? undefined : ownNickIn(state, info);
	return nick === undefined ? shortJid(account) : printable(nick, 'identifier');
}

/** What became of a message, where that is something to know. `body`: to tell which one, where it does not stand above. */
export function troubleText({state, failure}: Pick<Message, 'state' | 'failure'>, body?: string): readonly string[] {
	if (state === 'failed') {
		const which = body === undefined ? '' : `“${truncateToWidth(printable(body, 'line'), longestQuote)}”: `;
		return [
			`-- not sent${failure === undefined ? '' : `: ${printable(failure, 'line')}`}`,
			`   ${which}/resend sends it again.`,
		];
	}

	return state === 'uncertain' ? ['-- may not have arrived: the connection broke'] : [];
}

/** A notice as plain text; warnings and errors say that they are. */
export function noticeText(notice: Pick<Notice, 'level' | 'text' | 'hint'>): readonly string[] {
	const level = notice.level === 'info' ? '' : `${notice.level}: `;
	const lines = [`-- ${level}${printable(notice.text, 'body')}`.split('\n')];
	if (notice.hint !== undefined && notice.hint !== '') {
		lines.push(`   ${printable(notice.hint, 'body')}`.split('\n'));
	}

	return lines.flatMap(([first = '', ...rest]) => [first, ...rest.map(line => `   ${line}`)]);
}

/** A line for the day, where it is another than that of the message before. */
export function dayText(before: number | undefined, now: number, calendar: Calendar): readonly string[] {
	const today = calendar(now);
	return before !== undefined && sameDay(calendar(before), today) ? [] : [`-- ${dateText(today)} --`];
}
