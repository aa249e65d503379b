import {registry} from '../../commands/definitions/index.js';
import type {Intent} from '../../commands/intent.js';
import {isCommand, parse} from '../../commands/parse.js';
import {bufferId} from '../../model/buffer.js';
import type {KeyAction} from '../../model/keys.js';
import {createPasteDialog} from '../assistant/paste.js';
import {moveDown, moveUp} from '../composer/vertical.js';
import {toHighlight} from '../finding/highlights.js';
import {openFind} from '../finding/in-buffer.js';
import {withoutMark} from '../finding/in-view.js';
import {goBack} from '../finding/jump.js';
import {openPalette} from '../finding/palette.js';
import {toUnread} from '../finding/unread-tour.js';
import {applyEdit, cleared, type Editor, emptyEditor, isEditAction, lineCount} from '../input/editor.js';
import {newer, older, remember} from '../input/history.js';
import {slowWait, waitText} from '../panes/slow-mode-words.js';
import {inputIsEmpty, switchBuffer, toNewest} from './buffers.js';
import {commandContext} from './command-context.js';
import {aboutMessage, isUnchanged, sayEmptyEdit, sendEdit, withoutComposing} from './composing.js';
import {type Core, openPopup} from './core.js';
import {openDialog} from './dialogs.js';
import {editLast} from './message-deeds.js';
import {obey, present} from './perform.js';
import {recalled} from './recall.js';
import {scroll, scrollToMarker} from './scroll.js';
import {select} from './selection.js';
import {splitView} from './split.js';
import {chooseStranger, decideOnStranger} from './stranger-views.js';
import {completeAtCursor} from './tab.js';
import {
	type Composing,
	editorOf,
	type Hint,
	placeIn,
	withComposing,
	withEditor,
	withHint,
	withInput,
	withPlace,
	withPopup,
} from './view-state.js';

/** Does what a key means when no popup has the keyboard. */
export function keyAction(core: Core, action: KeyAction): void {
	if ((action === 'clearInput' || action === 'deleteForward') && inputIsEmpty(core)) {
		// Ctrl+C and Ctrl+D leave other programs.
		core.change(withHint(core.view(), {level: 'info', text: 'The input is empty.', more: '/quit leaves xmppc.'}));
	} else if (action === 'killLineEnd' && inputIsEmpty(core)) {
		openPalette(core);
	} else if (isEditAction(action)) {
		core.change(withEditor(core.view(), applyEdit(editorOf(core.view()), action)));
	} else if (isViewAction(action)) {
		viewActions[action](core);
	} else {
		const number = /^buffer(\d+)$/u.exec(action);
		if (number !== null) {
			switchBuffer(core, Number(number[1]));
		}
	}
}

const viewActions = {
	send: (core: Core) => send(core),
	up,
	down,
	complete: (core: Core) => completeAtCursor(core, 1),
	completeBackward: (core: Core) => completeAtCursor(core, -1),
	bufferNext: (core: Core) => void switchBuffer(core, 'next'),
	bufferPrevious: (core: Core) => void switchBuffer(core, 'previous'),
	bufferLast: (core: Core) => void switchBuffer(core, 'last'),
	bufferUnread: (core: Core) => void toUnread(core),
	switcher: (core: Core) => openPalette(core),
	searchBuffer: (core: Core) => openFind(core),
	highlightPrevious: (core: Core) => void toHighlight(core, 'previous'),
	highlightNext: (core: Core) => void toHighlight(core, 'next'),
	jumpBack: (core: Core) => core.during(wanted => goBack(core, wanted)),
	searchHistory: (core: Core) => openPopup(core, recalled(core.view(), emptyEditor)),
	toggleBufferList: (core: Core) => present(core, {type: 'toggleBufferList'}),
	toggleParticipants: (core: Core) => present(core, {type: 'toggleParticipants'}),
	participantsDown: (core: Core) => present(core, {type: 'scrollParticipants', direction: 'down'}),
	participantsUp: (core: Core) => present(core, {type: 'scrollParticipants', direction: 'up'}),
	otherPane: (core: Core) => void splitView(core, {type: 'splitView', how: 'other'}),
	scrollPageUp: (core: Core) => scroll(core, 'page', 'up'),
	scrollPageDown: (core: Core) => scroll(core, 'page', 'down'),
	scrollLineUp: (core: Core) => scroll(core, 'line', 'up'),
	scrollLineDown: (core: Core) => scroll(core, 'line', 'down'),
	scrollTop: (core: Core) => scroll(core, 'end', 'up'),
	scrollBottom: (core: Core) => scroll(core, 'end', 'down'),
	scrollUnread: (core: Core) => void scrollToMarker(core),
	editText: (core: Core) => present(core, {type: 'editText'}),
	help: (core: Core) => present(core, {type: 'help'}),
	selectMessage: (core: Core) => void select(core),
	editLast: (core: Core) => editLast(core),
	devices: showDevices,
	links: (core: Core) => present(core, {type: 'links'}),
	toggleJoins: (core: Core) => present(core, {type: 'joins'}),
	redraw: (core: Core) => core.redraw(),
	suspend: (core: Core) => core.suspend(),
	cancel: (core: Core) => core.change(withoutMark(withPopup(withHint(core.view(), undefined), undefined))),
};

function isViewAction(action: KeyAction): action is keyof typeof viewActions {
	return Object.hasOwn(viewActions, action);
}

/** Those of whom the active buffer is about, as the command does. */
function showDevices(core: Core): void {
	const view = core.view();
	const parsed = parse('/devices', commandContext(core.state(), view.active, view.account), registry);
	if (parsed.type === 'intents') {
		obey(core, parsed.intents, '');
	} else if (parsed.type === 'problem') {
		const {message, hint} = parsed.problem;
		core.change(withHint(view, {level: 'error', text: message, ...(hint === undefined ? {} : {more: hint})}));
	}
}

/** Enter: sends, or runs a command. A line that cannot be obeyed stays, with the cursor behind the wrong word. */
function send(core: Core, isConfirmed = false): void {
	if (decideOnStranger(core)) {
		return;
	}

	const view = core.view();
	const editor = editorOf(view);
	const {text} = editor;
	const parsed = parse(text, commandContext(core.state(), view.active, view.account, undefined, core.themes), registry);
	const composing = isCommand(text) ? undefined : view.composing[view.active];
	if (parsed.type === 'nothing') {
		if (composing?.kind === 'edit') {
			sayEmptyEdit(core);
		}

		return;
	}

	if (parsed.type === 'problem') {
		const {message, hint, from, to} = parsed.problem;
		const cursor = isCommand(text) ? Math.min(to, text.length) : editor.cursor;
		core.change(
			withHint(withEditor(view, {...editor, cursor}), {
				level: 'error',
				text: message,
				more: [...(hint === undefined ? [] : [hint]), 'Esc or Ctrl+C clears the line.'].join(' '),
				refused: true,
				...(isCommand(text) ? {mark: {from, to}} : {}),
			}),
		);
		return;
	}

	const intents = aboutMessage(parsed.intents, composing);
	if (composing !== undefined && isUnchanged(core, composing, intents)) {
		core.change(withHint(withoutComposing(view), {level: 'info', text: 'It says that already: nothing was changed.'}));
		return;
	}

	const early = tooEarly(core, intents);
	if (early !== undefined) {
		core.change(withHint(view, early));
		return;
	}

	if (isConfirmed || !needsConfirmation(core, editor)) {
		enter(core, intents, composing);
		return;
	}

	const {active} = view;
	openDialog(
		core,
		createPasteDialog(lineCount(text), isCommand(text), answer => {
			// The answer is for what was asked about: meanwhile another buffer may be on the screen.
			if (core.view().active !== active || editorOf(core.view()).text !== text) {
				return;
			}

			if (answer === 'send') {
				send(core, true);
			} else if (answer === 'drop') {
				core.change(withEditor(core.view(), applyEdit(editorOf(core.view()), 'clearInput')));
			}
		}),
	);
}

/** What there is to say where a message is for a room that lets the person say nothing yet: it stays in the input. */
function tooEarly(core: Core, intents: readonly Intent[]): Hint | undefined {
	const waits = intents.map(intent =>
		intent.type === 'client' && intent.action === 'sendMessage' && intent.input.kind === 'groupchat'
			? slowWait(core.state(), bufferId(intent.input.account, 'room', intent.input.to), core.clock.now())
			: 0,
	);
	const wait = Math.max(0, ...waits);
	return wait === 0
		? undefined
		: {
				level: 'error',
				text: `Slow mode: you may write here again in ${waitText(wait)}.`,
				more: 'Your text stays here.',
			};
}

/** Whether many lines were pasted and are still there. */
function needsConfirmation(core: Core, {text, pastedLines}: Editor): boolean {
	const limit = core.state().preferences['composer.pasteLines'];
	return pastedLines >= limit && lineCount(text) >= limit;
}

/** The line leaves the input and is obeyed. */
function enter(core: Core, intents: readonly Intent[], composing: Composing | undefined): void {
	const view = core.view();
	const editor = editorOf(view);
	const {text} = editor;
	const entered = {
		...withEditor(view, cleared(editor)),
		history: remember(view.history, text),
		vi: {...view.vi, mode: 'insert', keys: []},
	} as const;
	core.change(composing === undefined ? entered : withComposing(entered, entered.active, undefined));
	const [only] = intents;
	if (composing?.kind === 'edit' && only?.type === 'client') {
		void sendEdit(core, only, composing, text);
		return;
	}

	if (!isCommand(text)) {
		const now = core.view();
		const {marker: _, ...place} = placeIn(now, now.active);
		core.change(withPlace(now, now.active, place));
		toNewest(core);
	}

	obey(core, intents, text);
}

/** Cells of a row of the input; on a screen that is too small for it, no line goes on in another row. */
function composerWidth(core: Core): number {
	return core.painted().composer?.width ?? Number.MAX_SAFE_INTEGER;
}

function up(core: Core): void {
	if (chooseStranger(core, -1)) {
		return;
	}

	const view = core.view();
	const editor = editorOf(view);
	const moved = moveUp(editor, composerWidth(core));
	if (moved !== undefined) {
		core.change(withEditor(view, moved));
		return;
	}

	const entry = older(view.history, editor.text);
	if (entry !== undefined) {
		core.change({...withInput(view, entry.text), history: entry.history});
	}
}

function down(core: Core): void {
	if (chooseStranger(core, 1)) {
		return;
	}

	const view = core.view();
	const moved = moveDown(editorOf(view), composerWidth(core));
	if (moved !== undefined) {
		core.change(withEditor(view, moved));
		return;
	}

	const entry = newer(view.history);
	if (entry !== undefined) {
		core.change({...withInput(view, entry.text), history: entry.history});
	}
}
