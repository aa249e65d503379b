import {type Command, defineCommand} from '../command.js';
import {view} from '../intent.js';
import {flag, optional, text, word} from '../parameters.js';

/** What helps while a message is written. */
export const writing: readonly Command[] = [
	defineCommand({
		name: 'edit-text',
		aliases: ['editor'],
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
	defineCommand({
		name: 'spell',
		aliases: ['spellcheck'],
		summary: 'Say how spelling is checked, or whether a word is right',
		details: [
			'While you write, words that hunspell or aspell does not know are marked; Tab on one offers others.',
			'The setting composer.spell names the language, or turns it off.',
		],
		examples: [
			{input: '/spell', does: 'says with what spelling is checked'},
			{input: '/spell teh', does: 'offers what may have been meant'},
			{input: '/spell wherefore --learn', does: 'puts a word into your dictionary'},
		],
		parameters: {word: optional(word('a word')), learn: flag('it is right: put it into your dictionary')},
		run: ({word: asked, learn}) =>
			view({type: 'spell', ...(asked === undefined ? {} : {word: asked}), ...(learn ? {learn: true} : {})}),
	}),
];
