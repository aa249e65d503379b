import {isVi} from '../composer/prompt.js';
import {viKey} from '../composer/vi/vi.js';
import type {KeyEvent} from '../input/key.js';
import type {Core} from './core.js';
import type {KeyReading} from './key-reader.js';
import {keyAction} from './keys.js';
import {editorOf, withEditor} from './view-state.js';

/**
 * Gives a key to vi mode, where that is on and no popup has the keyboard. Answers whether it was one of vi's; keys with
 * Alt and all but one with Ctrl mean what they mean without it.
 */
export function viTakes(core: Core, event: KeyEvent, reading: KeyReading): boolean {
	const view = core.view();
	const key = isVi(core.state().preferences) && view.popup === undefined ? viName(event, reading) : undefined;
	const step = key === undefined ? undefined : viKey(view.vi, editorOf(view), key);
	if (step === undefined) {
		return false;
	}

	core.change({...withEditor(view, step.editor), vi: step.vi});
	if (step.action !== undefined) {
		keyAction(core, step.action);
	}

	return true;
}

function viName({key, ctrl, alt, text}: KeyEvent, reading: KeyReading): string | undefined {
	// The rest of a longer chord, or the number after Alt+J.
	if (alt || (reading.type !== 'action' && reading.type !== 'text')) {
		return undefined;
	}

	if (ctrl) {
		return key === 'r' ? 'ctrl+r' : undefined;
	}

	return key === 'escape' || key === 'backspace' ? key : text;
}
