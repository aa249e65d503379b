import {complete, sharedBeginning} from '../../commands/complete.js';
import {registry} from '../../commands/definitions/index.js';
import {usageParts} from '../../commands/usage.js';
import {replaceText} from '../input/editor.js';
import type {CompletionPopup} from '../popups/popup.js';
import {commandContext} from './command-context.js';
import type {Core} from './core.js';
import {offerSpelling} from './offer-spelling.js';
import {editorOf, type ViewState, withEditor, withHint, withPopup} from './view-state.js';

/** Tab: completes as far as it is certain, then shows the choice, then walks through it. */
export function completeAtCursor(core: Core, step: 1 | -1): void {
	const view = core.view();
	if (view.popup?.type === 'completion') {
		core.change(chosen(view, view.popup, step));
		return;
	}

	const editor = editorOf(view);
	const found = complete(editor.text, editor.cursor, commandContext(core.state(), view.active, view.account), registry);
	if ((found === undefined || found.candidates.length === 0) && offerSpelling(core)) {
		return;
	}

	if (found === undefined) {
		return;
	}

	const [only, ...others] = found.candidates;
	if (only === undefined) {
		if (found.help !== undefined) {
			const text = found.help.usage.map(part => part.text).join('');
			core.change(withHint(view, {level: 'info', text, more: `${found.help.summary}.`}));
		}

		return;
	}

	if (others.length === 0) {
		const insert = `${only.insert}${editor.text[found.to] === ' ' ? '' : ' '}`;
		core.change(withEditor(view, replaceText(editor, found.from, found.to, insert)));
		return;
	}

	const typed = editor.text.slice(found.from, found.to);
	const shared = sharedBeginning(found.candidates);
	const further = shared.length > typed.length && shared.toLowerCase().startsWith(typed.toLowerCase());
	const next = further ? withEditor(view, replaceText(editor, found.from, found.to, shared)) : view;
	core.change(
		withPopup(next, {
			type: 'completion',
			candidates: found.candidates,
			selected: -1,
			from: found.from,
			to: further ? found.from + shared.length : found.to,
			...(found.help === undefined ? {} : {help: found.help}),
		}),
	);
}

/** Puts the next candidate into the input. */
function chosen(view: ViewState, popup: CompletionPopup, step: 1 | -1): ViewState {
	const count = popup.candidates.length;
	const selected = popup.selected < 0 && step < 0 ? count - 1 : (popup.selected + step + count) % count;
	const candidate = popup.candidates[selected];
	if (candidate === undefined) {
		return view;
	}

	const {help: _, ...rest} = popup;
	const next = withEditor(view, replaceText(editorOf(view), popup.from, popup.to, candidate.insert));
	const help = popup.from === 1 ? helpFor(candidate.insert) : popup.help;
	return withPopup(next, {
		...rest,
		selected,
		to: popup.from + candidate.insert.length,
		...(help === undefined ? {} : {help}),
	});
}

/** While command names are walked through, the line above shows the one that is chosen. */
function helpFor(insert: string): CompletionPopup['help'] {
	const command = registry.commands.find(each => each.name === insert);
	return command === undefined ? undefined : {usage: usageParts(command), summary: command.summary};
}
