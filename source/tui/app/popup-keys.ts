import {findKey} from '../finding/in-buffer.js';
import {paletteKey} from '../finding/palette.js';
import {pasted} from '../finding/pasted.js';
import {resultsKey} from '../finding/results.js';
import {insertText} from '../input/editor.js';
import type {KeyMeaning} from '../input/keymap.js';
import type {Popup} from '../popups/popup.js';
import {type Core, closePopup, openPopup} from './core.js';
import {devicesKey, devicesPaste} from './device-browser.js';
import {answerDialog, cancelDialog} from './dialogs.js';
import {formKey, formPaste} from './forms.js';
import {helpKey, searchedHelp} from './help-popup.js';
import {linksKey} from './links.js';
import {edited} from './popup-editing.js';
import {offered, reactKey} from './reacting-emoji.js';
import {recalled} from './recall.js';
import {filtered, roomsKey} from './room-browser.js';
import {completeAtCursor, restoreTyped} from './tab.js';
import {themesKey} from './theme-choice.js';
import {withInput} from './view-state.js';

type Of<Type extends Popup['type']> = Extract<Popup, {type: Type}>;

/** Gives a key to the popup. `false`: the popup is gone or has no use for it, the key means what it always does. */
export function popupKey(core: Core, popup: Popup, meaning: KeyMeaning): boolean {
	switch (popup.type) {
		case 'completion':
			return completionKey(core, popup, meaning);
		case 'help':
			return helpKey(core, popup, meaning);
		case 'themes':
			return themesKey(core, popup, meaning);
		case 'links':
			return linksKey(core, popup, meaning);
		case 'learnKey':
			closePopup(core);
			return true;
		case 'palette':
			return paletteKey(core, popup, meaning);
		case 'results':
			return resultsKey(core, popup, meaning);
		case 'find':
			return findKey(core, popup, meaning);
		case 'form':
			return formKey(core, popup, meaning);
		case 'rooms':
			return roomsKey(core, popup, meaning);
		case 'devices':
			return devicesKey(core, popup, meaning);
		case 'keyCode':
			return keyCodeKey(core, popup, meaning);
		case 'react':
			return reactKey(core, popup, meaning);
		case 'recall':
			return recallKey(core, popup, meaning);
		case 'dialog':
			return dialogKey(core, popup, meaning);
	}
}

/** Text pasted while a popup has the keyboard; line breaks mean nothing in its one line. */
export function popupPaste(core: Core, popup: Popup, text: string): boolean {
	const oneLine = text.replace(/\n+$/u, '').replaceAll('\n', ' ');
	if (popup.type === 'palette' || popup.type === 'results' || popup.type === 'find') {
		pasted(core, popup, insertText(popup.editor, oneLine));
		return true;
	}

	if (popup.type === 'rooms') {
		openPopup(core, filtered(popup, insertText(popup.editor, oneLine)));
		return true;
	}

	if (popup.type === 'form') {
		formPaste(core, popup, text);
		return true;
	}

	if (popup.type === 'devices') {
		devicesPaste(core, popup, oneLine);
		return true;
	}

	if (popup.type === 'react') {
		openPopup(core, offered(core, popup, insertText(popup.editor, oneLine)));
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

	if (popup.type === 'help') {
		openPopup(core, searchedHelp(core, popup, insertText(popup.query, oneLine)));
		return true;
	}

	closePopup(core);
	return popup.type !== 'completion';
}

/** Any key leads back from the code. */
function keyCodeKey(core: Core, {back}: Of<'keyCode'>, meaning: KeyMeaning): boolean {
	const action = actionOf(meaning);
	if (action === 'redraw' || action === 'suspend') {
		return false;
	}

	if (back === undefined) {
		closePopup(core);
	} else {
		openPopup(core, back);
	}

	return true;
}

function actionOf(meaning: KeyMeaning): string | undefined {
	return meaning.type === 'action' ? meaning.action : undefined;
}

/** Only the keys that walk through the choice stay; every other one closes it and does what it always does. */
function completionKey(core: Core, popup: Of<'completion'>, meaning: KeyMeaning): boolean {
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
			restoreTyped(core, popup);
			return true;
		default:
			closePopup(core);
			return false;
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
		case 'searchBuffer':
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
