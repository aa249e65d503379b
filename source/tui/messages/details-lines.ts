import type {HelpLine} from '../../commands/help-line.js';
import {attachmentWords, messageText} from '../../model/attachment-words.js';
import type {Message, OutgoingState} from '../../model/message.js';
import type {MessageDetails} from '../../model/message-actions.js';
import type {Calendar} from '../../shared/local-time.js';
import {printable} from '../../shared/text.js';
import {readersOf} from '../../store/room-selectors.js';
import {bufferOf} from '../../store/selectors.js';
import type {State} from '../../store/state.js';
import {answeredWords} from '../panes/answered.js';
import {authorName, reactorsOf} from '../panes/authors.js';
import {dateText, timeText} from '../panes/calendar.js';
import {answeredText, emojiText} from '../panes/message-relations.js';
import {isBlank} from '../panes/message-text.js';
import {isStrayEdit, retractionText, spoilerText, strayEdit} from '../panes/message-words.js';
import {protectionOf} from '../panes/protection.js';
import {readByText} from '../panes/room-words.js';
import {bufferName} from '../panes/words.js';
import {stanzaLines} from './stanza-lines.js';

export type DetailsOptions = {readonly state: State; readonly calendar: Calendar};

/** More of a stanza, or of a text, is not shown. */
const mostLines = 400;
/** People named beside an emoji. */
const mostNames = 30;
/** Columns of what a line is about. */
const labelWidth = 12;

const stateWords: Readonly<Record<OutgoingState, string>> = {
	queued: 'waits to be sent',
	sealed: 'encrypted, waits to be sent',
	written: 'sent; your server has not confirmed it yet',
	acked: 'your server has it',
	delivered: 'delivered',
	displayed: 'displayed',
	uncertain: 'may not have arrived',
	failed: 'not sent',
};

const protectionWords: Readonly<Record<ReturnType<typeof protectionOf>, string>> = {
	none: 'not encrypted',
	encrypted: 'OMEMO',
	undecided: 'OMEMO, by a device that you have not decided about: /devices',
	distrusted: 'OMEMO, by a device that you distrust',
	clear: 'NOT encrypted, although this conversation is',
};

/** All that is known of a message, as lines to read. */
export function detailLines(details: MessageDetails, options: DetailsOptions): readonly HelpLine[] {
	const {message} = details;
	return [
		...aboutLines(message, options),
		...textLines(message),
		...fileLines(message),
		...versionLines(details, options),
		...reactionNames(message, options),
		...readerLines(details, options),
		...section('Ids', idLines(message)),
		{text: ''},
		{text: 'Stanza', heading: true},
		...stanzaLines(details, mostLines),
	];
}

function aboutLines(message: Message, {state, calendar}: DetailsOptions): readonly HelpLine[] {
	const {sentAt, receivedAt, state: outgoing, failure, edited, reply} = message;
	const info = bufferOf(state, message.buffer)?.info;
	const name = authorName(state, message);
	const moment = momentIn(calendar);
	const retracted = retractionText(message, message.direction === 'outgoing' ? undefined : name);
	return [
		row('From', `${name}, ${printable(message.author, 'identifier')}`),
		...(message.realJid === undefined ? [] : [row('Really', printable(message.realJid, 'identifier'))]),
		...(info === undefined ? [] : [row('In', bufferName(state, info))]),
		...(sentAt === undefined ? [] : [row('Sent', moment(sentAt))]),
		row(message.direction === 'outgoing' ? 'Written' : 'Arrived', `${moment(receivedAt)}${ways[message.via]}`),
		row('Protection', protectionText(message)),
		...(outgoing === undefined ? [] : [row('State', stateWords[outgoing])]),
		...(failure === undefined ? [] : [row('Why', printable(failure, 'line'))]),
		...(edited === undefined
			? []
			: [row('Edited', `${edited.times === 1 ? 'once' : `${edited.times} times`}, ${moment(edited.at)}`)]),
		...(retracted === undefined ? [] : [row('Retracted', `${retracted}, ${moment(message.retracted?.at ?? 0)}`)]),
		...(isStrayEdit(message) ? [row('About', strayEdit)] : []),
		...(message.spoiler === undefined ? [] : [row('Folded', spoilerText(message.spoiler))]),
		...(reply === undefined ? [] : [row('Answers', answerText(reply, state, message))]),
	];
}

const ways: Readonly<Record<Message['via'], string>> = {
	live: '',
	local: ', here',
	carbon: ', on another device of yours',
	archive: ', out of the archive',
};

function protectionText(message: Message): string {
	const {device} = message;
	const by = device === undefined ? '' : `, device ${device}`;
	return `${protectionWords[protectionOf(message)]}${by}`;
}

/** Whoever answers says whom they answer: that is told only as what they say. */
function answerText(reply: NonNullable<Message['reply']>, state: State, {buffer}: Message): string {
	const {entries = []} = bufferOf(state, buffer) ?? {};
	const known = answeredWords(reply, entries, message => authorName(state, message));
	const claimed =
		known.name === undefined && reply.to !== undefined ? `, said to be of ${printable(reply.to, 'identifier')}` : '';
	return `${answeredText(known)}${claimed}`;
}

/** What it says now, also where the pane no longer shows it. */
function textLines(message: Message): readonly HelpLine[] {
	return isBlank(message)
		? section('Text', message.retracted === undefined ? ['(blank)'] : ['(forgotten)'])
		: section('Text', rows(messageText(message)));
}

/** Where its files lie. Of one that is encrypted there without what reads it. */
function fileLines({attachments = [], retracted}: Message): readonly HelpLine[] {
	return retracted !== undefined
		? []
		: section(
				'Files',
				attachments.flatMap(attachment => [
					printable(attachmentWords(attachment), 'line'),
					...(attachment.url === undefined ? [] : [`  ${printable(attachment.url, 'identifier')}`]),
					...(attachment.key === undefined ? [] : ['  encrypted there']),
					...(attachment.mediaType === undefined ? [] : [`  ${printable(attachment.mediaType, 'identifier')}`]),
					...(attachment.sha256 === undefined ? [] : [`  SHA-256 ${attachment.sha256}`]),
				]),
			);
}

function versionLines({versions}: MessageDetails, {calendar}: DetailsOptions): readonly HelpLine[] {
	const moment = momentIn(calendar);
	return section(
		'Before that',
		versions.flatMap(({body, at, state}) => [
			`${moment(at)}${state === undefined ? '' : `, ${stateWords[state]}`}`,
			...rows(body).map(each => `  ${each}`),
		]),
	);
}

function reactionNames(message: Message, {state}: DetailsOptions): readonly HelpLine[] {
	return section(
		'Reactions',
		reactorsOf(state, message).map(({emoji, names}) => {
			const rest = names.length - mostNames;
			return `${emojiText(emoji)}  ${names.slice(0, mostNames).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
		}),
	);
}

/** Names where they are known, and out of how many. */
function readerLines({message, readers}: MessageDetails, {state}: DetailsOptions): readonly HelpLine[] {
	const {buffer, key, direction} = message;
	const author = direction === 'outgoing' ? undefined : authorName(state, message);
	const here = readersOf(state, buffer, key, author);
	const names = readers.length > 0 ? readers : here.readers;
	const count = readByText({readers: names, of: Math.max(here.of, names.length)});
	return names.length === 0
		? []
		: section(`${count.slice(0, 1).toUpperCase()}${count.slice(1)}`, [
				names.map(name => printable(name, 'identifier')).join(', '),
			]);
}

function idLines({key, id, originId, archiveId, occupantId, thread, relating, reply}: Message): readonly string[] {
	const ids: ReadonlyArray<readonly [string, string | undefined]> = [
		['Stanza', id],
		['Origin', originId],
		['Archive', archiveId],
		['Occupant', occupantId],
		['Thread', thread],
		['About', relating?.target],
		['Answers', reply?.target],
		['Here', String(key)],
	];
	return ids.flatMap(([name, value]) =>
		value === undefined ? [] : [`${name.padEnd(labelWidth - 2)}${printable(value, 'identifier')}`],
	);
}

function momentIn(calendar: Calendar): (at: number) => string {
	return at => {
		const moment = calendar(at);
		return `${dateText(moment)}, ${timeText(moment)}`;
	};
}

function rows(text: string): readonly string[] {
	const all = printable(text, 'body').split('\n');
	return all.length > mostLines ? [...all.slice(0, mostLines), `… ${all.length - mostLines} more lines`] : all;
}

function row(label: string, text: string): HelpLine {
	return {text: `${label.padEnd(labelWidth)}${text}`, hang: labelWidth};
}

function section(title: string, lines: readonly string[]): readonly HelpLine[] {
	return lines.length === 0
		? []
		: [{text: ''}, {text: title, heading: true}, ...lines.map(text => ({text: `  ${text}`, hang: 4}))];
}
