import {isCommand} from '../../commands/parse.js';
import {suggestionsAt} from '../composer/words.js';
import type {Core} from './core.js';
import {editorOf, withHint, withPopup} from './view-state.js';

/** Offers what may have been meant by the marked word at the cursor. Answers whether there is one. */
export function offerSpelling(core: Core): boolean {
	const view = core.view();
	const {text, cursor} = editorOf(view);
	const found = isCommand(text) ? undefined : suggestionsAt(text, cursor, view.misspelt);
	if (found === undefined) {
		return false;
	}

	core.change(
		found.suggestions.length === 0
			? withHint(view, {
					level: 'info',
					text: `Nothing like ${found.word} is known.`,
					more: `/spell ${found.word} --learn puts it into your dictionary.`,
				})
			: withPopup(view, {
					type: 'completion',
					candidates: found.suggestions.map(each => ({insert: each, label: each, note: ''})),
					selected: -1,
					from: found.from,
					to: found.to,
					typed: {text, cursor},
				}),
	);
	return true;
}
