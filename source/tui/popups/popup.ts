import type {Candidate} from '../../commands/command.js';
import type {Completion} from '../../commands/complete.js';
import type {HelpLine} from '../../commands/help.js';
import type {BufferId} from '../../model/buffer.js';
import type {Question} from '../assistant/dialog.js';
import type {Editor} from '../input/editor.js';

/** What Ink draws over the panes. Plain data: keys change it, components only show it. */
export type Popup =
	| {readonly type: 'help'; readonly title: string; readonly lines: readonly HelpLine[]; readonly top: number}
	| CompletionPopup
	| {
			readonly type: 'switcher';
			/** Where the person is. */
			readonly active: BufferId;
			readonly editor: Editor;
			readonly matches: ReadonlyArray<{readonly id: BufferId; readonly label: string; readonly note: string}>;
			readonly selected: number;
	  }
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
};
