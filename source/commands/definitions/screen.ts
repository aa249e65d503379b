import {buffer, openBuffer} from '../addresses.js';
import {type Command, defineCommand} from '../command.js';
import {view} from '../intent.js';
import {choice, optional, topic} from '../parameters.js';

/** What concerns only this screen. */
export const screen: readonly Command[] = [
	defineCommand({
		name: 'buffer',
		aliases: ['b', 'win', 'wins', 'buffers', 'window'],
		summary: 'Go to a buffer, or list them',
		details: ['Alt+1 to Alt+9 go to the first nine, Alt+A to where something new is.'],
		examples: [
			{input: '/buffer', does: 'lists the open buffers'},
			{input: '/buffer 3', does: 'goes to number 3'},
			{input: '/buffer romeo', does: 'goes to the chat with Romeo'},
			{input: '/buffer unread', does: 'goes to where something new is'},
		],
		related: ['close', 'split', 'pin'],
		parameters: {which: optional(buffer())},
		run: ({which}) => (which === undefined ? view({type: 'listBuffers'}) : view({type: 'switchBuffer', to: which})),
	}),
	defineCommand({
		name: 'close',
		aliases: ['wc'],
		summary: 'Close this buffer; its history stays',
		examples: [
			{input: '/close', does: 'closes this one'},
			{input: '/close 3', does: 'closes number 3'},
		],
		related: ['buffer', 'query'],
		parameters: {which: openBuffer()},
		run: ({which}) => view({type: 'closeBuffer', buffer: which}),
	}),
	defineCommand({
		name: 'clear',
		summary: 'Empty this view; the history stays',
		details: ['PageUp brings the messages back.'],
		examples: [{input: '/clear', does: 'empties the view'}],
		related: ['scroll'],
		parameters: {},
		run: () => view({type: 'clear'}),
	}),
	defineCommand({
		name: 'scroll',
		summary: 'Scroll this buffer',
		examples: [
			{input: '/scroll up', does: 'goes a page up, as PageUp does'},
			{input: '/scroll unread', does: 'goes to the first message not seen'},
		],
		related: ['goto', 'find', 'highlight'],
		parameters: {
			where: choice({
				up: 'a page up',
				down: 'a page down',
				lineup: 'a line up',
				linedown: 'a line down',
				top: 'to the oldest line here',
				end: 'to the newest line',
				unread: 'to the first message not seen',
			}),
		},
		run({where}) {
			switch (where) {
				case 'top':
					return view({type: 'scroll', by: 'end', direction: 'up'});
				case 'end':
					return view({type: 'scroll', by: 'end', direction: 'down'});
				case 'lineup':
					return view({type: 'scroll', by: 'line', direction: 'up'});
				case 'linedown':
					return view({type: 'scroll', by: 'line', direction: 'down'});
				case 'unread':
					return view({type: 'do', action: 'scrollUnread'});
				default:
					return view({type: 'scroll', by: 'page', direction: where});
			}
		},
	}),
	defineCommand({
		name: 'sidebar',
		summary: 'Show or hide the list of buffers and contacts',
		examples: [{input: '/sidebar', does: 'shows or hides it, as F7 does'}],
		related: ['participants', 'split'],
		parameters: {},
		run: () => view({type: 'toggleBufferList'}),
	}),
	defineCommand({
		name: 'links',
		aliases: ['url', 'urls'],
		summary: 'Open a link from the messages on the screen',
		details: ['Enter opens the one that is chosen with the program of your desktop; without a desktop it is copied.'],
		examples: [{input: '/links', does: 'lists them, the newest first, as Alt+O does'}],
		related: ['copy'],
		parameters: {},
		run: () => view({type: 'links'}),
	}),
	defineCommand({
		name: 'joins',
		aliases: ['filter'],
		summary: 'Choose whose joining and leaving of rooms is shown',
		details: [
			'Without a word it changes between what is set and all of them.',
			'It is so until you leave xmppc or the setting is changed; /set messages.joins changes it for good.',
		],
		examples: [
			{input: '/joins', does: 'shows all of them, or no longer, as Alt+= does'},
			{input: '/joins none', does: 'shows none of them'},
		],
		related: ['participants'],
		parameters: {
			which: optional(choice({smart: 'of those who spoke lately', all: 'of everybody', none: 'of nobody'})),
		},
		run: ({which}) => view({type: 'joins', ...(which === undefined ? {} : {show: which})}),
	}),
	defineCommand({
		name: 'help',
		aliases: ['h', '?'],
		summary: 'Explain the commands',
		examples: [
			{input: '/help', does: 'lists them'},
			{input: '/help msg', does: 'explains one'},
			{input: '/help keys', does: 'lists the keys'},
			{input: '/help marks', does: 'says what the signs stand for'},
		],
		related: ['keys', 'set'],
		parameters: {topic: optional(topic())},
		run: ({topic: asked}) => view({type: 'help', ...(asked === undefined ? {} : {topic: asked.trim()})}),
	}),
	defineCommand({
		name: 'redraw',
		summary: 'Draw the whole screen again, as Ctrl+L does',
		examples: [{input: '/redraw', does: 'draws it again'}],
		related: ['doctor'],
		parameters: {},
		run: () => view({type: 'redraw'}),
	}),
	defineCommand({
		name: 'quit',
		aliases: ['exit', 'bye'],
		summary: 'Leave xmppc',
		examples: [{input: '/quit', does: 'disconnects and leaves'}],
		parameters: {},
		run: () => view({type: 'quit'}),
	}),
];
