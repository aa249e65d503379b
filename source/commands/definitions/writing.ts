import {type Command, defineCommand} from '../command.js';
import {view} from '../intent.js';
import {optional, text} from '../parameters.js';

/** What helps while a message is written. */
export const writing: readonly Command[] = [
	defineCommand({
		name: 'edit-text',
		summary: 'Write a message in your own editor',
		details: [
			'Ctrl+X Ctrl+E does the same with what is typed already. The text comes back into the input and is not sent.',
			'The editor is that of the setting composer.editor, else of VISUAL or EDITOR.',
		],
		examples: [
			{input: '/edit-text', does: 'begins with an empty text'},
			{input: '/edit-text Dear Romeo,', does: 'begins with these words'},
		],
		parameters: {beginning: optional(text())},
		run: ({beginning}) => view({type: 'editText', text: beginning ?? ''}),
	}),
];
