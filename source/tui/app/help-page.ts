import type {HelpLine} from '../../commands/help-line.js';

/** A page of help. What is typed over it looks for a word in its own lines, or in everything that help knows. */
export type HelpPage = {
	readonly title: string;
	readonly lines: readonly HelpLine[];
	readonly search: 'lines' | 'everything';
};
