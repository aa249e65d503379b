import type {ViewIntent} from '../../model/view.js';
import {spellingAnswer} from '../app/spelling-words.js';
import type {OpenSpeller} from '../composer/speller.js';
import type {LineView} from './line-view.js';

/** Answers `/spell` in lines: nothing is marked while they are typed, so the program runs for the question only. */
export async function spellInLines(
	{word, learn = false}: Omit<Extract<ViewIntent, {readonly type: 'spell'}>, 'type'>,
	{store, say}: Pick<LineView, 'store' | 'say'>,
	open: OpenSpeller,
): Promise<void> {
	const language = store.get().preferences['composer.spell'];
	const opened = language === 'off' ? undefined : await open(language);
	const {text, more} = await spellingAnswer(opened, {word, learn}, '/spell and a word tells whether that is right.');
	if (opened?.type === 'speller') {
		opened.speller.close();
	}

	say('info', text, more);
}
