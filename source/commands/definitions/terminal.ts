import {type Command, defineCommand} from '../command.js';
import {view} from '../intent.js';
import {optional, text} from '../parameters.js';

/** What concerns the terminal that the program runs in. */
export const terminal: readonly Command[] = [
	defineCommand({
		name: 'copy',
		aliases: ['yank'],
		summary: 'Copy a text, or the newest message here',
		details: ['Inside tmux through tmux, else the terminal is asked to (OSC 52). /doctor says what it takes.'],
		examples: [
			{input: '/copy', does: 'copies the newest message'},
			{input: '/copy see you at eight', does: 'copies that text'},
		],
		related: ['links'],
		parameters: {text: optional(text())},
		run: ({text: given}) => view({type: 'copy', ...(given === undefined ? {} : {text: given})}),
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
