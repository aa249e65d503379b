import {applyEdit, type Editor, insertPaste, insertText, isEditAction} from '../input/editor.js';
import type {InputEvent} from '../input/key.js';
import type {KeyReader} from './key-reader.js';

/**
 * The input with what was typed behind a command that led nowhere: as text, with Enter as a line break, since nobody knows
 * whom it was for.
 */
export function withUnsent(editor: Editor, events: readonly InputEvent[], keys: KeyReader): Editor {
	const typed = events.reduce((before, event) => {
		if (event.type === 'paste') {
			return insertPaste(before, event.text);
		}

		const meaning = event.type === 'key' ? keys.read(event) : undefined;
		if (meaning?.type === 'text') {
			return insertText(before, meaning.text);
		}

		if (meaning?.type !== 'action') {
			return before;
		}

		const action = meaning.action === 'send' ? 'newline' : meaning.action;
		return isEditAction(action) ? applyEdit(before, action) : before;
	}, editor);
	return withoutLastBreaks(typed);
}

/** Enter at the end would have sent; there is nothing behind it. */
function withoutLastBreaks(editor: Editor): Editor {
	return editor.cursor === editor.text.length && editor.text.endsWith('\n')
		? withoutLastBreaks(applyEdit(editor, 'deleteBackward'))
		: editor;
}
