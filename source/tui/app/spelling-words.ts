/** What `/spell` answers, on a screen and in lines. */
import type {OpenedSpeller} from '../composer/speller.js';
import type {Hint} from './view-state.js';

/**
 * With what spelling is checked or, of a word, whether it is right; `learn` puts it into the person's dictionary. `opened`
 * is absent where nothing is checked. `usage` says what else can be done.
 */
export async function spellingAnswer(
	opened: OpenedSpeller | undefined,
	{word, learn}: {readonly word?: string | undefined; readonly learn: boolean},
	usage: string,
): Promise<Hint> {
	if (opened === undefined) {
		return {level: 'info', text: 'Spelling is not checked.', more: '/set composer.spell auto turns it on.'};
	}

	if (opened.type === 'none') {
		return missing(opened);
	}

	const {speller} = opened;
	if (word === undefined) {
		return {level: 'info', text: `Spelling is checked by ${speller.program} in ${speller.language}.`, more: usage};
	}

	if (learn) {
		speller.learn(word);
	}

	// Of what was learned the answer tells that the program has taken it.
	const [suggestions] = await speller.check([word]);
	return {level: 'info', text: learn ? `${word} is in your dictionary now.` : verdict(word, suggestions)};
}

function verdict(word: string, suggestions: readonly string[] | undefined): string {
	if (suggestions === undefined) {
		return `${word} is right.`;
	}

	return suggestions.length === 0
		? `${word} is not known.`
		: `${word} is not known. Perhaps: ${suggestions.join(', ')}.`;
}

function missing({language, installed}: Extract<OpenedSpeller, {type: 'none'}>): Hint {
	const [region = language] = language.toLowerCase().split(',');
	const dictionary = `hunspell-${region.replace('_', '-')}`;
	return installed.length === 0
		? {
				level: 'info',
				text: 'No spell checker is installed.',
				more: `On Debian: apt install hunspell ${dictionary} (or aspell); apt search hunspell- lists the languages.`,
			}
		: {
				level: 'info',
				text: `${installed.join(' and ')} ${installed.length === 1 ? 'has' : 'have'} no dictionary for ${language}.`,
				more: `On Debian: apt install ${dictionary}; /set composer.spell names another language.`,
			};
}
