import type {BareJid, Jid} from '../shared/jid.js';
import type {ConversationKind} from './buffer.js';

/** Where something can be sent to. */
export type Recipient = {readonly account: BareJid; readonly kind: ConversationKind; readonly jid: Jid};

/** What a front end does about messages of the active buffer, by their keys. */
export type MessageIntent =
	/** One of them is chosen with the keyboard, the newest first. */
	| {readonly type: 'selectMessage'}
	/** What is written next answers it. */
	| {readonly type: 'answerMessage'; readonly key: number}
	/** Its text is put into the input, to take the place of what it says. */
	| {readonly type: 'editMessage'; readonly key: number}
	/** Asks before an own message is taken back. */
	| {readonly type: 'retractMessage'; readonly key: number; readonly reason?: string}
	/** Asks before somebody's message is taken away, as a moderator. */
	| {readonly type: 'moderateMessage'; readonly key: number; readonly reason?: string}
	/** Its words are put into the input as a quotation. */
	| {readonly type: 'quoteMessage'; readonly key: number}
	| {readonly type: 'copyMessages'; readonly keys: readonly number[]}
	/** Sends what they say to somebody else; asks before what was encrypted leaves in clear. */
	| {readonly type: 'forwardMessages'; readonly keys: readonly number[]; readonly to: Recipient}
	/** All that is known of it. */
	| {readonly type: 'messageDetails'; readonly key: number}
	/** Offers emoji, to say what one thinks of it. */
	| {readonly type: 'chooseReaction'; readonly key: number}
	/** Opens a spoiler, or folds it again; without a key the lowest on the screen. */
	| {readonly type: 'reveal'; readonly key?: number};

const types: Readonly<Record<MessageIntent['type'], true>> = {
	selectMessage: true,
	answerMessage: true,
	editMessage: true,
	retractMessage: true,
	moderateMessage: true,
	quoteMessage: true,
	copyMessages: true,
	forwardMessages: true,
	messageDetails: true,
	chooseReaction: true,
	reveal: true,
};

/** Whether it is one of those above. */
export function isMessageIntent<Other extends {readonly type: string}>(
	intent: Other | MessageIntent,
): intent is MessageIntent {
	return Object.hasOwn(types, intent.type);
}

/** What can be done with one key while a message is selected. */
export type SelectionDeed =
	| 'reply'
	| 'react'
	| 'edit'
	| 'retract'
	| 'copy'
	| 'quote'
	| 'openLink'
	| 'details'
	| 'forward'
	| 'remove'
	| 'reveal';

/**
 * The keys of a selected message, in the order in which they are told. `word`: for the line that tells them. None is one
 * that with Alt does more than edit the input, but for `o`: Escape, which selects too, stands for Alt for a moment.
 */
export const selectionKeys: ReadonlyArray<{
	readonly key: string;
	readonly deed: SelectionDeed;
	readonly word: string;
	readonly help: string;
	readonly command: string;
}> = [
	{key: 'r', deed: 'reply', word: 'reply', help: 'Answer it', command: '/reply'},
	{key: '+', deed: 'react', word: 'react', help: 'Choose an emoji for it', command: '/react'},
	{key: 'e', deed: 'edit', word: 'edit', help: 'Change what you wrote', command: '/edit'},
	{key: 'd', deed: 'retract', word: 'retract', help: 'Take back what you wrote; asks first', command: '/retract'},
	{key: 'y', deed: 'copy', word: 'copy', help: 'Copy its text, or that of all that are marked', command: '/copy'},
	{key: 'q', deed: 'quote', word: 'quote', help: 'Quote it in the input', command: '/quote'},
	{key: 'o', deed: 'openLink', word: 'link', help: 'Open a link in it', command: '/links'},
	{key: 'i', deed: 'details', word: 'details', help: 'All that is known of it', command: '/details'},
	{
		key: 'f',
		deed: 'forward',
		word: 'forward',
		help: 'Send it, or all that are marked, to somebody else',
		command: '/forward',
	},
	{key: 's', deed: 'reveal', word: 'spoiler', help: 'Open the spoiler, or fold it again', command: '/reveal'},
	{key: 'x', deed: 'remove', word: 'remove', help: 'Take it away, as a moderator; asks first', command: '/moderate'},
];

/** The keys with which a selection moves and ends: as they are named, and what they do. */
export const selectionMoves: ReadonlyArray<{readonly keys: string; readonly help: string}> = [
	{keys: 'Up, Down, k, j', help: 'The message before, the next one'},
	{keys: 'PageUp, PageDown', help: 'A page up or down'},
	{keys: 'Home, End, g, G', help: 'The oldest, the newest message'},
	{keys: 'Shift+Up, Shift+Down', help: 'Mark all from here on'},
	{keys: 'Space', help: 'Mark it, or no longer'},
	{keys: 'Enter', help: 'Open a spoiler, else go to what it answers, else its details'},
	{keys: '?', help: 'These keys'},
	{keys: 'Esc, Alt+M', help: 'No longer select'},
];
