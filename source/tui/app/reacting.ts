import {isConversation} from '../../model/buffer.js';
import {bufferOf} from '../../store/selectors.js';
import {isVi} from '../composer/prompt.js';
import {typeText} from '../composer/typing.js';
import type {InputEvent, KeyEvent} from '../input/key.js';
import type {KeyMeaning} from '../input/keymap.js';
import {inputIsEmpty, switchBuffer} from './buffers.js';
import {withoutComposing} from './composing.js';
import type {Core} from './core.js';
import type {KeyReader} from './key-reader.js';
import {keyAction} from './keys.js';
import {learnKey, pendingHint} from './learn-key.js';
import {mouse} from './mouse.js';
import {paste} from './paste.js';
import {popupKey} from './popup-keys.js';
import {select} from './selection.js';
import {selectionKey} from './selection-keys.js';
import {viTakes} from './vi-keys.js';
import {editorOf, withEditor, withHint} from './view-state.js';

/** Who wants to know that the person is there. */
type Watchers = {
	/** Something was done with the keyboard or the mouse. */
	touched(): void;
	/** A key was pressed: who presses keys looks. */
	attend(): void;
	focus(focused: boolean): void;
};

/**
 * Escape where nothing is open and no hint is shown: what is written is about no message any more; else, on empty input
 * outside vi mode, a message is selected.
 */
function escaped(core: Core): 'cancelled' | 'selected' | 'nothing' {
	const view = core.view();
	const {preferences} = core.state();
	const isEditing = isVi(preferences) && (view.vi.mode !== 'normal' || view.vi.keys.length > 0);
	if (isEditing) {
		return 'nothing';
	}

	if (view.composing[view.active] !== undefined) {
		core.change(withoutComposing(view));
		return 'cancelled';
	}

	const kind = bufferOf(core.state(), view.active)?.info.kind ?? 'console';
	if (isVi(preferences) || !inputIsEmpty(core) || view.finding?.mark !== undefined || !isConversation(kind)) {
		return 'nothing';
	}

	const hasMessage = bufferOf(core.state(), view.active)?.entries.some(({type}) => type === 'message') ?? false;
	return hasMessage && select(core) ? 'selected' : 'nothing';
}

/** Deals with what the terminal sends: keys, pasted text, the mouse, the focus. */
export function reactionsOf(core: Core, keys: KeyReader, watchers: Watchers): (event: InputEvent) => void {
	const act = (meaning: KeyMeaning): void => {
		const view = core.view();
		if (meaning.type === 'text') {
			core.change(withEditor(view, typeText(editorOf(view), meaning.text)));
		} else if (meaning.type === 'action') {
			keyAction(core, meaning.action);
		} else if (meaning.type === 'pending') {
			core.change(withHint(view, pendingHint(core.state().preferences.keys, meaning.chord)));
		}
	};

	const key = (event: KeyEvent): void => {
		const {popup, hint} = core.view();
		if (popup?.type === 'learnKey' && event.key !== 'escape') {
			learnKey(core, event);
			return;
		}

		const meaning = keys.read(event);
		const idle = popup === undefined && hint === undefined;
		const refused = popup === undefined && hint?.refused === true;
		core.change(withHint(core.view(), undefined));
		if (core.view().selection !== undefined && popup === undefined) {
			if (selectionKey(core, event, meaning)) {
				return;
			}
		} else if (idle && event.key === 'escape') {
			const did = escaped(core);
			if (did !== 'nothing') {
				if (did === 'selected') {
					keys.escaped('letters');
				}

				return;
			}
		}

		if (refused && event.key === 'escape') {
			keyAction(core, 'clearInput');
		} else if (viTakes(core, event, meaning)) {
			return;
		} else if (meaning.type === 'buffer') {
			switchBuffer(core, meaning.number);
		} else if (popup === undefined || !popupKey(core, popup, meaning)) {
			act(meaning);
		}

		if (idle && event.key === 'escape') {
			keys.escaped();
		}
	};

	return event => {
		switch (event.type) {
			case 'key':
				watchers.touched();
				watchers.attend();
				key(event);
				break;
			case 'paste':
				watchers.touched();
				paste(core, event);
				break;
			case 'mouse':
				watchers.touched();
				mouse(core, event);
				break;
			case 'focus':
				watchers.focus(event.focused);
				break;
			default:
				break;
		}
	};
}
