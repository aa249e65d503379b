import type {Dialog, Question} from '../assistant/dialog.js';
import {emptyEditor, withText} from '../input/editor.js';
import type {Popup} from '../popups/popup.js';
import type {Core} from './core.js';
import {withPopup} from './view-state.js';

/** The dialog whose question is on the screen, for each app. */
const running = new WeakMap<Core, Dialog>();

/** Puts a dialog on the screen; its end is said in the active buffer. */
export function openDialog(core: Core, dialog: Dialog): void {
	running.get(core)?.cancel();
	running.set(core, dialog);
	const show = () => {
		const question = dialog.question();
		if (question.type !== 'end') {
			core.change(withPopup(core.view(), popupFor(question)));
			return;
		}

		stop();
		running.delete(core);
		core.change(withPopup(core.view(), undefined));
		for (const text of question.lines) {
			core.say('info', text);
		}
	};

	const stop = dialog.changed(show);
	show();
}

export function answerDialog(core: Core, value: string): void {
	running.get(core)?.answer(value);
}

export function cancelDialog(core: Core): void {
	running.get(core)?.cancel();
}

function popupFor(question: Question): Popup {
	const initial = question.type === 'text' ? question.initial : '';
	const options = question.type === 'choice' ? question.options.map(({value}) => value) : [];
	const chosen = question.type === 'choice' ? options.indexOf(question.initial ?? '') : 0;
	return {type: 'dialog', question, editor: withText(emptyEditor, initial), selected: Math.max(0, chosen)};
}
