import {type Command, defineCommand} from '../command.js';
import {client} from '../intent.js';
import {availability, label, optional} from '../parameters.js';

/** What others see of you. It goes to every account. */
export const presence: readonly Command[] = [
	defineCommand({
		name: 'away',
		aliases: ['afk'],
		summary: 'Tell your contacts that you are away',
		details: ['/back ends it.'],
		examples: [
			{input: '/away', does: 'sets you away'},
			{input: '/away lunch until two', does: 'says why'},
		],
		related: ['back', 'status'],
		parameters: {text: optional(label())},
		run: ({text: statusText}) => client('setPresence', {availability: 'away', statusText: statusText ?? ''}),
	}),
	defineCommand({
		name: 'back',
		aliases: ['online', 'here'],
		summary: 'Tell your contacts that you are here',
		examples: [{input: '/back', does: 'ends /away and clears the text'}],
		related: ['away', 'status'],
		parameters: {text: optional(label())},
		run: ({text: statusText}) => client('setPresence', {availability: 'available', statusText: statusText ?? ''}),
	}),
	defineCommand({
		name: 'status',
		aliases: ['presence', 'status set'],
		summary: 'Set what your contacts see of you',
		details: ['The text is public to all your contacts. Without one it is cleared.'],
		examples: [
			{input: '/status dnd writing a report', does: 'asks not to be disturbed'},
			{input: '/status available', does: 'is back, without a text'},
		],
		related: ['away', 'back'],
		parameters: {availability: availability(), text: optional(label())},
		run: ({availability: chosen, text: statusText}) =>
			client('setPresence', {availability: chosen, statusText: statusText ?? ''}),
	}),
];
