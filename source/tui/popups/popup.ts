import type {Candidate} from '../../commands/command.js';
import type {Complaint} from '../../commands/complaint.js';
import type {Completion} from '../../commands/completion.js';
import type {HelpLine} from '../../commands/help-line.js';
import type {Question} from '../assistant/dialog.js';
import type {Editor} from '../input/editor.js';
import type {DevicesPopup} from './devices.js';
import type {FindPopup} from './find.js';
import type {FormPopup} from './form.js';
import type {KeyCodePopup} from './key-code.js';
import type {PalettePopup} from './palette.js';
import type {ReactPopup} from './react.js';
import type {ResultsPopup} from './results.js';
import type {RoomsPopup} from './rooms.js';

/** What Ink draws over the panes. Plain data: keys change it, components only show it. */
export type Popup =
	| HelpPopup
	| LinksPopup
	| ThemesPopup
	| LearnKeyPopup
	| CompletionPopup
	| PalettePopup
	| ResultsPopup
	| FindPopup
	| FormPopup
	| RoomsPopup
	| DevicesPopup
	| KeyCodePopup
	| ReactPopup
	| {
			readonly type: 'recall';
			readonly editor: Editor;
			/** Lines entered before, the newest first. */
			readonly matches: readonly string[];
			readonly selected: number;
	  }
	| {
			readonly type: 'dialog';
			readonly question: Question;
			readonly editor: Editor;
			/** Index of the chosen option of a `choice`. */
			readonly selected: number;
	  };

/** Lines to read and to search. */
export type HelpPopup = {
	readonly type: 'help';
	readonly title: string;
	/** All lines of the page; what is typed filters them, or looks in everything that help knows. */
	readonly page: readonly HelpLine[];
	readonly search: 'lines' | 'everything';
	/** What is looked for. */
	readonly query: Editor;
	/** What is shown: the page, or what was found. */
	readonly lines: readonly HelpLine[];
	/** Index in `lines` of the one that Enter opens; -1: none. */
	readonly selected: number;
	/** Rows of the screen above those that are shown. */
	readonly top: number;
	/** Where Escape leads back to. */
	readonly back?: HelpPopup;
};

/** The themes, to be tried on: the one that is selected is painted. */
export type ThemesPopup = {
	readonly type: 'themes';
	readonly themes: ReadonlyArray<{
		readonly name: string;
		readonly about: string;
		/** Why it cannot be painted: what is wrong in the file of the person's own. */
		readonly complaint?: Complaint;
	}>;
	readonly selected: number;
	/** Name of the one that is set. */
	readonly set: string;
};

/** The links that are in view, the newest first. */
export type LinksPopup = {
	readonly type: 'links';
	readonly links: ReadonlyArray<{readonly target: string; readonly note: string}>;
	readonly selected: number;
};

/** Tells the names of the keys that are pressed. */
export type LearnKeyPopup = {
	readonly type: 'learnKey';
	/** Absent: none was pressed yet. `problem`: why it cannot be bound. */
	readonly pressed?: {readonly name: string; readonly does: string; readonly problem?: string};
};

export type CompletionPopup = {
	readonly type: 'completion';
	readonly candidates: readonly Candidate[];
	/** -1: none was chosen yet. */
	readonly selected: number;
	/** Start of the word in the input. */
	readonly from: number;
	/** End of what stands there now. */
	readonly to: number;
	readonly help?: Completion['help'];
	/** What was typed before, for Escape. */
	readonly typed: {readonly text: string; readonly cursor: number};
};
