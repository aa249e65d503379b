import type {CompletionSource} from '../../commands/context.js';
import type {HelpLine} from '../../commands/help-line.js';
import type {Actions} from '../../model/actions.js';
import type {BufferId} from '../../model/buffer.js';
import type {KeyAction} from '../../model/keys.js';
import type {Clock} from '../../shared/clock.js';
import {problemOf} from '../../shared/errors.js';
import type {Calendar} from '../../shared/local-time.js';
import {bufferOf} from '../../store/selectors.js';
import type {State, StoreEvent} from '../../store/state.js';
import type {Store} from '../../store/store.js';
import type {EditText} from '../composer/external-editor.js';
import type {Popup, ThemesPopup} from '../popups/popup.js';
import type {PopupLayout} from '../popups/spans.js';
import type {CopyText} from '../terminal/clipboard.js';
import type {LinkOpener} from '../terminal/link-opener.js';
import type {Painted} from './paint.js';
import type {PreferenceWatch} from './preferences.js';
import type {TypeAhead} from './type-ahead.js';
import {placeIn, type ViewState, withHint, withPopup} from './view-state.js';
import type {XmlConsole} from './xml-watch.js';

/** What the parts of the app share: the State, what this screen shows of it, and the verbs. */
export type Core = {
	readonly store: Store<State, StoreEvent>;
	readonly actions: Actions;
	readonly clock: Clock;
	/** The person's time zone. */
	readonly calendar: Calendar;
	state(): State;
	view(): ViewState;
	/** Replaces the view; it is painted before the present event has been dealt with. */
	change(next: ViewState): void;
	/** What the last paint has shown. */
	painted(): Painted;
	/** The popup as it was laid out last. */
	popup(): PopupLayout | undefined;
	/** Tells when one of these settings is another, before that is painted. What they are now is in the State. */
	readonly preferred: PreferenceWatch['on'];
	/** The program says something in a buffer; the active one if none is named. */
	say(level: 'info' | 'warning' | 'error', text: string, hint?: string, buffer?: BufferId): void;
	/** What crosses the wire, while somebody watches it. */
	readonly xml: XmlConsole;
	/** Calls the person in every way that is turned on, and says which those are. */
	testNotification(): void;
	/** Does what a key does. */
	act(action: KeyAction): void;
	/** What lies in a directory. */
	readonly files: CompletionSource['files'];
	readonly links: LinkOpener;
	/** The themes there are, those of the person's own too, with a sentence about each. */
	themes(): ThemesPopup['themes'];
	/** Reads the themes of the person's own again, and paints with what they say now. */
	rereadThemes(): void;
	/** Does what decides where the next key goes; what is typed meanwhile waits for it. */
	readonly during: TypeAhead['during'];
	/** Has a text edited by another program. Absent: there is no terminal to lend. */
	readonly editExternally?: EditText;
	/** Says with what spelling is checked, or of a word whether it is right; `learn`: it is from now on. */
	spell(word: string | undefined, learn: boolean): void;
	/** Copies a text to the clipboard. Absent: there is none. */
	readonly copy?: CopyText;
	/** What the terminal can do, as lines to read. Absent: there is none. */
	readonly examineTerminal?: () => Promise<readonly HelpLine[]>;
	/** Paints everything again, whatever the terminal shows. */
	redraw(): void;
	suspend(): void;
	quit(): void;
};

/** Says what went wrong, in the buffer in which it was asked for. */
export function sayProblem(core: Core, error: unknown, buffer: BufferId): void {
	const {message, hint} = problemOf(error);
	const last = bufferOf(core.state(), buffer)?.entries.at(-1);
	// A refused connection is news by itself, and was told as such. Who asks once more still has to see an answer.
	if (last?.type === 'notice' && last.notice.text === message) {
		hintAt(core, 'error', message, hint);
		return;
	}

	tell(core, buffer, 'error', message, hint);
}

/** Answers what the person asked for in a buffer. Who reads further up there is told at once as well. */
export function tell(core: Core, buffer: BufferId, level: 'info' | 'error', text: string, hint?: string): void {
	core.say(level, text, hint, buffer);
	const view = core.view();
	if (view.active === buffer && placeIn(view, buffer).anchor !== undefined) {
		hintAt(core, level, text, hint);
	}
}

/** Says it above the input line, until the next key. */
function hintAt(core: Core, level: 'info' | 'error', text: string, more: string | undefined): void {
	core.change(withHint(core.view(), {level, text, ...(more === undefined ? {} : {more})}));
}

export function openPopup(core: Core, popup: Popup): void {
	core.change(withPopup(core.view(), popup));
}

export function closePopup(core: Core): void {
	core.change(withPopup(core.view(), undefined));
}
