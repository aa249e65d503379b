import {insertPaste, lineCount} from '../input/editor.js';
import type {PasteEvent} from '../input/key.js';
import type {Core} from './core.js';
import {popupPaste} from './popup-keys.js';
import {editorOf, withEditor, withHint} from './view-state.js';

/** The most that the input holds, in UTF-16 units: more than servers take in a message. */
export const longestInput = 250_000;
/** The most that is pasted into one line of a popup: no name, password or search is as long. */
const longestLine = 4000;

/** Puts pasted text into the input, as it is and in one piece; nothing is sent. */
export function paste(core: Core, {text, tooLong}: PasteEvent): void {
	const view = withHint(core.view(), undefined);
	core.change(view);
	const length = tooLong ?? text.length;
	if (view.popup !== undefined && view.popup.type !== 'completion' && length > longestLine) {
		core.change(withHint(view, {level: 'error', text: `${length} characters are too many here: nothing was pasted.`}));
		return;
	}

	if (tooLong === undefined && view.popup !== undefined && popupPaste(core, view.popup, text)) {
		return;
	}

	const editor = editorOf(view);
	if (editor.text.length + length > longestInput) {
		core.change(
			withHint(view, {
				level: 'error',
				text: `That is ${length.toLocaleString('en')} characters, and a message takes ${longestInput.toLocaleString('en')}: nothing was pasted.`,
				more: 'What you typed is still here.',
			}),
		);
		return;
	}

	const pasted = withEditor(core.view(), insertPaste(editor, text));
	const lines = lineCount(text);
	core.change(
		lines < core.state().preferences['composer.pasteLines']
			? pasted
			: withHint(pasted, {
					level: 'info',
					text: `Pasted ${lines} lines.`,
					more: 'They are one message: Enter asks before it is sent, Ctrl+C drops it.',
				}),
	);
}
