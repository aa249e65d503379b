import {type Command, defineCommand} from '../command.js';
import {view} from '../intent.js';
import {choiceWords, message} from '../message-parameter.js';
import {optional, text} from '../parameters.js';

const copied = {among: 'shown', otherwise: 'none'} as const;

/** What concerns the terminal that the program runs in. */
export const terminal: readonly Command[] = [
	defineCommand({
		name: 'copy',
		aliases: ['yank'],
		summary: 'Copy the text of a message, or another text',
		details: [
			choiceWords(copied),
			'Without either: the newest. Any other text is copied itself.',
			'Inside tmux through tmux, else the terminal is asked to (OSC 52). /doctor says what it takes.',
		],
		examples: [
			{input: '/copy', does: 'copies the newest message'},
			{input: '/copy 2', does: 'copies the one before it'},
			{input: '/copy see you at eight', does: 'copies that text'},
		],
		related: ['links', 'quote', 'forward'],
		parameters: {message: message(copied), text: optional(text())},
		run({message: meant, text: given}) {
			if (meant === undefined) {
				return view({type: 'copy', ...(given === undefined ? {} : {text: given})});
			}

			const message = 'Either a message is copied or a text.';
			return given === undefined
				? view({type: 'copyMessages', keys: [meant.key]})
				: {complaint: {code: 'too-many-words', message, hint: '/copy 2 or /copy see you at eight'}, about: 'text'};
		},
	}),
	defineCommand({
		name: 'doctor',
		summary: 'Say what the terminal can do and which options help',
		details: ['The same as “xmppc doctor” outside.'],
		examples: [{input: '/doctor', does: 'looks at the terminal and at tmux'}],
		parameters: {},
		run: () => view({type: 'doctor'}),
	}),
];
