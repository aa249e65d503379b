import {
	type ArrangementChange,
	type BufferId,
	consoleBuffer,
	type NotifyRule,
	notifyRules,
	requestsBuffer,
	xmlBuffer,
} from '../../model/buffer.js';
import type {ViewIntent} from '../../model/view.js';
import {openBuffer} from '../addresses.js';
import {type Command, defineCommand, good, type Outcome, type Parameter} from '../command.js';
import {client, view} from '../intent.js';
import {choice, optional} from '../parameters.js';

const fixed: Readonly<Partial<Record<BufferId, string>>> = {
	[consoleBuffer]: 'The console stays as it is.',
	[xmlBuffer]: 'The view of stanzas stays as it is.',
	[requestsBuffer]: 'The list of requests stays as it is; whether they call you is a setting: requests.notify.',
};

function arranged(buffer: BufferId, change: ArrangementChange): Outcome {
	const stays = fixed[buffer];
	return stays === undefined
		? client('arrangeBuffer', {buffer, ...change})
		: {
				complaint: {
					code: 'not-in-console',
					message: stays,
					hint: 'Go to a conversation first, or name one.',
				},
			};
}

const splitWords = {
	off: 'one buffer alone again',
	swap: 'the two change places',
	other: 'go to the other one',
} as const;

type Split = Extract<ViewIntent, {readonly type: 'splitView'}>;

function isSplitWord(text: string): text is keyof typeof splitWords {
	return Object.hasOwn(splitWords, text);
}

/** An open buffer to show beside this one, or what to do with the one that is there. */
function splitTarget(): Parameter<Split> {
	const inner = openBuffer();
	return {
		...inner,
		what: 'an open buffer, or off, swap, other',
		read(given, context) {
			const word = given.toLowerCase();
			if (isSplitWord(word)) {
				return good({type: 'splitView', how: word});
			}

			const read = inner.read(given, context);
			return read.ok ? good({type: 'splitView', how: 'open', buffer: read.value}) : read;
		},
		absent: () => good({type: 'splitView', how: 'toggle'}),
		candidates: (context, written) => [
			...inner.candidates(context, written),
			...Object.entries(splitWords).map(([name, note]) => ({insert: name, label: name, note})),
		],
	};
}

const ruleWords: Readonly<Record<NotifyRule, string>> = {
	all: 'every message calls you',
	mentions: 'only what names you, or one of your words',
	none: 'nothing calls you',
};

const markersWords = {
	on: 'others learn how far you have read',
	off: 'nobody learns it',
	default: 'as the setting markers.send says',
} as const;

/** How the person arranges the screen: what stands where, and what of it calls them. */
export const arrangement: readonly Command[] = [
	defineCommand({
		name: 'pin',
		summary: 'Keep a buffer at the top of the list',
		examples: [
			{input: '/pin', does: 'pins this one'},
			{input: '/pin 3', does: 'pins number 3'},
		],
		related: ['unpin', 'mute', 'buffer'],
		parameters: {which: openBuffer()},
		run: ({which}) => arranged(which, {pinned: true}),
	}),
	defineCommand({
		name: 'unpin',
		summary: 'Let a buffer stand among the others again',
		examples: [{input: '/unpin', does: 'unpins this one'}],
		related: ['pin'],
		parameters: {which: openBuffer()},
		run: ({which}) => arranged(which, {pinned: false}),
	}),
	defineCommand({
		name: 'mute',
		summary: 'Show what is new in a buffer in the list only',
		details: ['A muted buffer calls nobody, and neither the bar nor the title of the terminal counts it.'],
		examples: [
			{input: '/mute', does: 'mutes this one'},
			{input: '/mute random', does: 'mutes the buffer of that name'},
		],
		related: ['unmute', 'notify'],
		parameters: {which: openBuffer()},
		run: ({which}) => arranged(which, {muted: true}),
	}),
	defineCommand({
		name: 'unmute',
		summary: 'Let a muted buffer call again',
		examples: [{input: '/unmute', does: 'ends it for this one'}],
		related: ['mute'],
		parameters: {which: openBuffer()},
		run: ({which}) => arranged(which, {muted: false}),
	}),
	defineCommand({
		name: 'notify',
		summary: 'Choose what of a buffer calls you',
		details: ['Until you choose, every message of a chat does, and of a room what names you.'],
		examples: [
			{input: '/notify all', does: 'every message of this buffer'},
			{input: '/notify mentions 4', does: 'in number 4 only what names you'},
			{input: '/notify none', does: 'nothing of this one'},
		],
		related: ['mute', 'notify test'],
		parameters: {what: choice(ruleWords), which: openBuffer()},
		run: ({what, which}) => arranged(which, {notify: notifyRules.find(rule => rule === what) ?? 'all'}),
	}),
	defineCommand({
		name: 'markers',
		summary: 'Choose whether others learn how far you have read in a buffer',
		details: [
			'Contacts learn it, and rooms for members who see each other’s addresses; nobody else ever does. Until you choose, the setting markers.send holds.',
		],
		examples: [
			{input: '/markers off', does: 'nobody learns what you have read in this buffer'},
			{input: '/markers on 4', does: 'those of number 4 do'},
			{input: '/markers default', does: 'as in other buffers again'},
		],
		related: ['set', 'notify'],
		parameters: {what: choice(markersWords), which: openBuffer()},
		run: ({what, which}) => arranged(which, {markers: what}),
	}),
	defineCommand({
		name: 'participants',
		aliases: ['nicklist', 'occupants'],
		summary: 'Show or hide who is in the room',
		details: ['Where the list is longer than the screen, F9 and Shift+F9 go through it.'],
		examples: [
			{input: '/participants', does: 'shows or hides them, as F8 does'},
			{input: '/participants down', does: 'shows those below'},
		],
		related: ['joins', 'sidebar'],
		parameters: {where: optional(choice({down: 'those below', up: 'those above'}))},
		run: ({where}) =>
			view(where === undefined ? {type: 'toggleParticipants'} : {type: 'scrollParticipants', direction: where}),
	}),
	defineCommand({
		name: 'split',
		summary: 'Show two buffers at once',
		details: ['Alt+W goes from one to the other. On a screen that is too small for two only one is shown.'],
		examples: [
			{input: '/split romeo', does: 'shows the chat with Romeo beside this buffer'},
			{input: '/split', does: 'shows the buffer you were in before; again: this one alone'},
			{input: '/split other', does: 'goes to the other one, as Alt+W does'},
			{input: '/split swap', does: 'lets the two change places'},
			{input: '/split off', does: 'shows this one alone'},
		],
		related: ['buffer', 'sidebar'],
		parameters: {which: splitTarget()},
		run: ({which}) => view(which),
	}),
];
