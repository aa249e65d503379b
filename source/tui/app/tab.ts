import type {Candidate} from '../../commands/command.js';
import {complete, sharedBeginning} from '../../commands/complete.js';
import {registry} from '../../commands/definitions/index.js';
import {isCommand} from '../../commands/parse.js';
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
	const context = commandContext(core.state(), view.active, view.account, core.files, core.themes);
	const found = complete(editor.text, editor.cursor, context, registry);
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
		const insert = finished(only, editor.text.slice(found.to));
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
			typed: {text: editor.text, cursor: editor.cursor},
			...(found.help === undefined ? {} : {help: found.help}),
		}),
	);
}

/** A word that is complete has a space behind it, unless more belongs to it or there is one. */
function finished({insert, goesOn}: Candidate, rest: string): string {
	return goesOn === true || insert.endsWith(' ') || rest.startsWith(' ') ? insert : `${insert} `;
}

/** Escape while there is a choice: the line is again as it was typed. */
export function restoreTyped(core: Core, popup: CompletionPopup): void {
	const view = withPopup(core.view(), undefined);
	const editor = editorOf(view);
	const {text, cursor} = popup.typed;
	const restored = editor.text === text ? editor : replaceText(editor, 0, editor.text.length, text);
	core.change(withEditor(view, {...restored, cursor}));
}

/** Puts the candidate of that place into the input, and ends the choice: a click does that. */
export function chooseCandidate(core: Core, popup: CompletionPopup, index: number): void {
	const candidate = popup.candidates[index];
	if (candidate === undefined) {
		return;
	}

	const view = withPopup(core.view(), undefined);
	const editor = editorOf(view);
	const insert = finished(candidate, editor.text.slice(popup.to));
	core.change(withEditor(view, replaceText(editor, popup.from, popup.to, insert)));
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
	const isName = popup.from === 1 && isCommand(popup.typed.text);
	const help = isName ? helpFor(candidate.insert) : popup.help;
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
