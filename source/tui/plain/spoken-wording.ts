import type {HelpLine} from '../../commands/help-line.js';
import {captionOf} from '../../model/attachment-words.js';
import {consoleBuffer} from '../../model/buffer.js';
import type {Message, MessageChange, OutgoingState} from '../../model/message.js';
import {printable, truncateToWidth} from '../../shared/text.js';
import {bufferOf} from '../../store/selectors.js';
import type {State} from '../../store/state.js';
import {authorName, isConfusing} from '../panes/authors.js';
import {dateText, sameDay, timeText} from '../panes/calendar.js';
import {fileTexts} from '../panes/file-words.js';
import type {Answered} from '../panes/message-relations.js';
import {blankText, isBlank, subjectChange} from '../panes/message-text.js';
import {briefWords, isStrayEdit, retractionText, strayEdit} from '../panes/message-words.js';
import {confusableSign} from '../panes/nick-text.js';
import {protectionOf} from '../panes/protection.js';
import {bufferName, shortJid} from '../panes/words.js';
import {longestQuote} from './plain-lines.js';
import {aftermathText, answeredIn, spokenReactions} from './relation-lines.js';
import {spokenBuffers, spokenContacts, spokenPlace} from './spoken-lists.js';
import type {Wording} from './wording.js';

/** Whole words for a screen reader: roles and states are said, nothing is told by a sign or by where it stands. */
export const spokenWording: Wording = {
	spoken: true,
	remark: text => text,
	more: text => text,
	problem: text => `Error: ${text}`,
	message(state, message, calendar) {
		const time = timeText(calendar(message.sentAt ?? message.receivedAt));
		const lines = bodyOf(state, message).split('\n');
		const count = lines.length > 1 ? `, ${lines.length} lines` : '';
		return [
			`${headOf(state, message)}, ${time}${count}: ${lines[0] ?? ''}`,
			...lines.slice(1),
			...reactionLines(state, message),
			...stateLines(state, message),
		];
	},
	aftermath(state, message, what) {
		if (what.kind === 'retracted') {
			return [`${takenBack(state, message) ?? ''}.`];
		}

		const which = briefWords(message, what.kind === 'edited' ? longestNews : longestQuote);
		return [`${aftermathText(state, message, what, which)}.`];
	},
	changed(state, change, body) {
		const words = stateWords(state, change);
		if (words === undefined) {
			return [];
		}

		const which = body === undefined ? '' : ` “${truncateToWidth(printable(body, 'line'), longestQuote)}”`;
		const hint = change.state === 'failed' ? ['Type /resend to send it again.'] : [];
		return [body === undefined ? `${words}.` : `${words}:${which}`, ...hint];
	},
	notice({level, text, hint}) {
		const said = printable(text, 'body').split('\n');
		const [first = '', ...rest] = said;
		const prefix = level === 'error' ? 'Error: ' : level === 'warning' ? 'Warning: ' : '';
		const more = hint === undefined || hint === '' ? [] : printable(hint, 'body').split('\n');
		return [`${prefix}${first}`, ...rest, ...more];
	},
	day(before, now, calendar) {
		const today = calendar(now);
		return before !== undefined && sameDay(calendar(before), today) ? [] : [`Messages of ${dateText(today)}.`];
	},
	page: lines => lines.map(spokenLine).filter(text => text !== ''),
	place: spokenPlace,
	prompt(state, id) {
		const info = bufferOf(state, id)?.info;
		if (info?.jid === undefined) {
			return 'Command: ';
		}

		const how = {none: '', omemo: ', encrypted', unavailable: ', nothing is sent'}[info.encryption ?? 'none'];
		return `To ${bufferName(state, info)}${how}: `;
	},
	buffers: spokenBuffers,
	contacts: spokenContacts,
};

/** Columns are for the eye: what stands in them is said one after the other. A sign is said in words. */
function spokenLine({text}: HelpLine): string {
	return text
		.trim()
		.replace(lookalike, (_, isNote: string) => (isNote === ' ' ? '' : 'looks like another: '))
		.replace(/(?<=\S) {2,}(?=\()/gu, ' ')
		.replace(/(?<=\S) {2,}(?=\S)/gu, ': ');
}

/** Before a nick, or before the sentence that names whom it looks like. */
const lookalike = new RegExp(`(?<=^|\\s)${confusableSign}( (?=Looks)|(?=\\S))`, 'gu');

/** Who speaks, to whom, and what kind of message it is. */
function headOf(state: State, message: Message): string {
	const info = bufferOf(state, message.buffer)?.info;
	const place = info === undefined ? shortJid(message.author) : bufferName(state, info);
	const kind = message.kind === 'headline' ? 'Headline' : message.kind === 'normal' ? 'Single message' : 'Message';
	const isChange = subjectChange(message) !== undefined;
	const subject = message.subject === undefined || isChange ? '' : `, subject ${printable(message.subject, 'line')}`;
	const secured = `${protectionWords(message)}${relationWords(state, message)}`;
	if (message.direction === 'outgoing') {
		return `You to ${place}${subject}${secured}`;
	}

	if (message.kind === 'groupchat' || info?.kind === 'room') {
		const mention = message.highlight === true ? 'Mention of you' : 'Message';
		const alike = isConfusing(state, message) ? ', a name that looks like another one there' : '';
		return `${mention} in room ${place} from ${authorName(state, message)}${alike}${subject}${secured}`;
	}

	return `${kind} from ${authorName(state, message)}${subject}${secured}`;
}

/** How it was protected, where that is worth a word. */
function protectionWords(message: Message): string {
	const words = {
		encrypted: ', encrypted',
		undecided: ', encrypted by a device you have not decided about',
		distrusted: ', encrypted by a device you distrust',
		clear: ', NOT encrypted although this conversation is',
		none: '',
	};
	return words[protectionOf(message)];
}

function bodyOf(state: State, message: Message): string {
	const taken = takenBack(state, message);
	if (taken !== undefined) {
		return taken;
	}

	if (message.spoiler !== undefined) {
		const about = message.spoiler.trim() === '' ? '' : ` about ${printable(message.spoiler, 'line')}`;
		return `a spoiler${about}. Type /reveal to hear it.`;
	}

	const change = subjectChange(message);
	if (change !== undefined) {
		return change;
	}

	if (isBlank(message)) {
		return blankText;
	}

	const caption = captionOf(message);
	const said = /^\/me\s/u.test(caption)
		? `action: ${printable(caption.slice('/me '.length), 'body')}`
		: printable(caption, 'body');
	return [...fileTexts(message), said].filter(part => part !== '').join('\n');
}

/** What stands for a message that was taken back. */
function takenBack(state: State, message: Message): string | undefined {
	return retractionText(message, message.direction === 'outgoing' ? undefined : authorName(state, message));
}

/** What it answers, and that it is not as it was written first. */
function relationWords(state: State, message: Message): string {
	if (message.retracted !== undefined) {
		return '';
	}

	const answered = answeredIn(state, message);
	return [
		answered === undefined ? '' : `, answering ${answeredWhom(answered)}`,
		message.edited === undefined ? '' : ', edited',
		isStrayEdit(message) ? `, ${strayEdit}` : '',
	].join('');
}

function answeredWhom({name, words}: Answered): string {
	const told = truncateToWidth(words, longestNews);
	return name === undefined ? told : `${name}, “${told}”`;
}

function reactionLines(state: State, message: Message): readonly string[] {
	const words = message.retracted === undefined ? spokenReactions(state, message) : '';
	return words === '' ? [] : [`Reactions: ${words}.`];
}

/** Columns of a text that is news. */
const longestNews = 200;

/** Of a message that was written some time ago: what is known of it now, unless all is well. */
function stateLines(state: State, message: Message): readonly string[] {
	const {state: outgoing} = message;
	const isUnclear = outgoing === 'failed' || outgoing === 'uncertain' || outgoing === 'queued';
	const words = isUnclear ? stateWords(state, message) : undefined;
	return words === undefined ? [] : [`${words}.`];
}

const stateNames: Readonly<Partial<Record<OutgoingState, string>>> = {
	queued: 'Waits to be sent',
	acked: 'Sent',
	delivered: 'Delivered',
	displayed: 'Read',
	uncertain: 'May not have arrived, the connection broke',
};

/** What became of a message, as a sentence without its full stop; of steps that mean nothing to a person, nothing. */
function stateWords(
	state: State,
	{state: outgoing, failure, buffer}: Pick<MessageChange, 'state' | 'failure' | 'buffer'>,
): string | undefined {
	if (outgoing === 'failed') {
		const why = failure === undefined ? '' : `, ${printable(failure, 'line').replace(/\.$/u, '')}`;
		return `Not sent${why}`;
	}

	const info = bufferOf(state, buffer)?.info;
	const name = outgoing === undefined ? undefined : stateNames[outgoing];
	return name === undefined || info === undefined || info.id === consoleBuffer
		? name
		: outgoing === 'displayed'
			? `${name} by ${bufferName(state, info)}`
			: outgoing === 'delivered'
				? `${name} to ${bufferName(state, info)}`
				: name;
}
