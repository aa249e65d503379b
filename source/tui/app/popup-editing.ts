import {applyEdit, type Editor, insertText, isEditAction} from '../input/editor.js';
import type {KeyMeaning} from '../input/keymap.js';

/** The one line that a popup edits, after a key; `undefined` when the key is none of its. */
export function edited(editor: Editor, meaning: KeyMeaning): Editor | undefined {
	if (meaning.type === 'text') {
		return insertText(editor, meaning.text);
	}

	return meaning.type === 'action' && meaning.action !== 'newline' && isEditAction(meaning.action)
		? applyEdit(editor, meaning.action)
		: undefined;
}
