import {applyEdit, type Editor, insertText, isEditAction} from '../input/editor.js';
import type {KeyMeaning} from '../input/keymap.js';
import {helpExtent} from '../popups/help.js';
import type {Popup} from '../popups/popup.js';
import {showBuffer} from './buffers.js';
import {type Core, closePopup, openPopup} from './core.js';
import {answerDialog, cancelDialog} from './dialogs.js';
import {recalled} from './recall.js';
import {searched} from './switcher.js';
import {completeAtCursor} from './tab.js';
import {withInput} from './view-state.js';

type Of<Type extends Popup['type']> = Extract<Popup, {type: Type}>;

/** Gives a key to the popup. `false`: the popup is gone or has no use for it, the key means what it always does. */
export function popupKey(core: Core, popup: Popup, meaning: KeyMeaning): boolean {
	switch (popup.type) {
		case 'completion':
			return completionKey(core, meaning);
		case 'help':
			return helpKey(core, popup, meaning);
		case 'switcher':
			return switcherKey(core, popup, meaning);
		case 'recall':
			return recallKey(core, popup, meaning);
		case 'dialog':
			return dialogKey(core, popup, meaning);
	}
}

/** Text pasted while a popup has the keyboard; line breaks mean nothing in its one line. */
export function popupPaste(core: Core, popup: Popup, text: string): boolean {
	const oneLine = text.replace(/\n+$/u, '').replaceAll('\n', ' ');
	if (popup.type === 'switcher') {
		openPopup(core, searched(core.state(), popup, insertText(popup.editor, oneLine)));
		return true;
	}

	if (popup.type === 'recall') {
		openPopup(core, recalled(core.view(), insertText(popup.editor, oneLine)));
		return true;
	}

	if (popup.type === 'dialog') {
		openPopup(core, {...popup, editor: insertText(popup.editor, oneLine)});
		return true;
	}

	closePopup(core);
	return popup.type === 'help';
}

function actionOf(meaning: KeyMeaning): string | undefined {
	return meaning.type === 'action' ? meaning.action : undefined;
}

/** Only the keys that walk through the choice stay; every other one closes it and does what it always does. */
function completionKey(core: Core, meaning: KeyMeaning): boolean {
	switch (actionOf(meaning)) {
		case 'complete':
		case 'down':
			completeAtCursor(core, 1);
			return true;
		case 'completeBackward':
		case 'up':
			completeAtCursor(core, -1);
			return true;
		case 'cancel':
			closePopup(core);
			return true;
		default:
			closePopup(core);
			return false;
	}
}

function helpKey(core: Core, popup: Of<'help'>, meaning: KeyMeaning): boolean {
	const {layout} = core.painted();
	const {shown, last} = helpExtent(popup, layout?.title.width ?? 80, layout?.status.y ?? 22);
	const to = (top: number) => openPopup(core, {...popup, top: Math.max(0, Math.min(last, top))});
	switch (actionOf(meaning)) {
		case 'up':
		case 'scrollLineUp':
			to(popup.top - 1);
			return true;
		case 'down':
		case 'scrollLineDown':
			to(popup.top + 1);
			return true;
		case 'scrollPageUp':
			to(popup.top - shown);
			return true;
		case 'scrollPageDown':
			to(popup.top + shown);
			return true;
		case 'moveLineStart':
		case 'scrollTop':
			to(0);
			return true;
		case 'moveLineEnd':
		case 'scrollBottom':
			to(last);
			return true;
		case 'redraw':
		case 'suspend':
			return false;
		default:
			if (meaning.type === 'text' && meaning.text === ' ') {
				to(popup.top + shown);
				return true;
			}

			closePopup(core);
			// What is typed goes to the input; a key that only closes does nothing else.
			return meaning.type !== 'text' || meaning.text === 'q';
	}
}

/** The editor after a key, `undefined` when the key is none of its. */
function edited(editor: Editor, meaning: KeyMeaning): Editor | undefined {
	if (meaning.type === 'text') {
		return insertText(editor, meaning.text);
	}

	return meaning.type === 'action' && meaning.action !== 'newline' && isEditAction(meaning.action)
		? applyEdit(editor, meaning.action)
		: undefined;
}

function switcherKey(core: Core, popup: Of<'switcher'>, meaning: KeyMeaning): boolean {
	const choose = (by: number) => {
		const count = Math.max(1, popup.matches.length);
		openPopup(core, {...popup, selected: (popup.selected + by + count) % count});
		return true;
	};
	switch (actionOf(meaning)) {
		case 'send': {
			const match = popup.matches[popup.selected];
			closePopup(core);
			if (match !== undefined) {
				core.during(wanted => showBuffer(core, match.id, wanted));
			}

			return true;
		}

		case 'up':
		case 'completeBackward':
		case 'bufferPrevious':
			return choose(-1);
		case 'down':
		case 'complete':
		case 'bufferNext':
			return choose(1);
		case 'cancel':
			closePopup(core);
			return true;
		case 'redraw':
		case 'suspend':
			return false;
		default: {
			const editor = edited(popup.editor, meaning);
			if (editor !== undefined) {
				openPopup(core, searched(core.state(), popup, editor));
			}

			return true;
		}
	}
}

/** Enter puts the line into the input, to be looked at before it is sent. */
function recallKey(core: Core, popup: Of<'recall'>, meaning: KeyMeaning): boolean {
	const choose = (by: number) => {
		const count = Math.max(1, popup.matches.length);
		openPopup(core, {...popup, selected: (popup.selected + by + count) % count});
		return true;
	};
	switch (actionOf(meaning)) {
		case 'send': {
			const line = popup.matches[popup.selected];
			closePopup(core);
			if (line !== undefined) {
				core.change(withInput(core.view(), line));
			}

			return true;
		}

		case 'up':
		case 'completeBackward':
			return choose(-1);
		case 'down':
		case 'complete':
		case 'searchHistory':
			return choose(1);
		case 'cancel':
			closePopup(core);
			return true;
		case 'redraw':
		case 'suspend':
			return false;
		default: {
			const editor = edited(popup.editor, meaning);
			if (editor !== undefined) {
				openPopup(core, recalled(core.view(), editor));
			}

			return true;
		}
	}
}

function dialogKey(core: Core, popup: Of<'dialog'>, meaning: KeyMeaning): boolean {
	const {question, selected} = popup;
	const options = question.type === 'choice' ? question.options : [];
	const choose = (by: number) => {
		if (options.length > 0) {
			openPopup(core, {...popup, selected: (selected + by + options.length) % options.length});
		}

		return true;
	};
	switch (actionOf(meaning)) {
		case 'send':
			answerDialog(core, question.type === 'choice' ? (options[selected]?.value ?? '') : popup.editor.text);
			return true;
		case 'cancel':
			cancelDialog(core);
			return true;
		case 'up':
		case 'completeBackward':
			return choose(-1);
		case 'down':
		case 'complete':
			return choose(1);
		case 'redraw':
		case 'suspend':
			return false;
		default: {
			const editor = question.type === 'text' ? edited(popup.editor, meaning) : undefined;
			if (editor !== undefined) {
				openPopup(core, {...popup, editor});
			}

			return true;
		}
	}
}
