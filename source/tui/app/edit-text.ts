import {emptyEditor, withText} from '../input/editor.js';
import type {Core} from './core.js';
import {longestInput} from './paste.js';
import {editorOf, type Hint, withHint} from './view-state.js';

/**
 * Has what is typed in this buffer, or another text, edited by a program of the person's. The result stands in the input
 * and is not sent; undo brings the former text back.
 */
export async function editText(core: Core, initial?: string): Promise<void> {
	const {active} = core.view();
	const say = (hint: Hint) => core.change(withHint(core.view(), hint));
	if (core.editExternally === undefined) {
		say({level: 'error', text: 'No other program can have this terminal.'});
		return;
	}

	const text = initial ?? editorOf(core.view()).text;
	const edited = await core.editExternally(text, core.state().preferences['composer.editor']);
	if (edited.type === 'problem') {
		say({level: 'error', text: edited.message, ...(edited.hint === undefined ? {} : {more: edited.hint})});
	} else if (edited.text.length > longestInput) {
		say({
			level: 'error',
			text: `That is ${edited.text.length} characters, and a message takes ${longestInput}.`,
			more: 'The text is what it was before.',
		});
	} else {
		const view = core.view();
		const editors = {...view.editors, [active]: withText(view.editors[active] ?? emptyEditor, edited.text)};
		core.change({...view, editors});
	}
}
