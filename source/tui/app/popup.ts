import type {Candidate} from '../../commands/command.js';
import type {Completion} from '../../commands/complete.js';
import type {HelpLine} from '../../commands/help.js';
import type {BufferId} from '../../model/buffer.js';
import type {Question} from '../assistant/dialog.js';
import type {Editor} from '../input/editor.js';
import type {Rectangle} from '../screen/layers.js';

/** What Ink draws over the panes. Plain data: keys change it, components only show it. */
export type Popup =
	| {readonly type: 'help'; readonly title: string; readonly lines: readonly HelpLine[]; readonly top: number}
	| CompletionPopup
	| {
			readonly type: 'switcher';
			readonly editor: Editor;
			readonly matches: ReadonlyArray<{readonly id: BufferId; readonly label: string; readonly note: string}>;
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

const mostCandidates = 8;

/** Rows of a popup's content that fit. */
export function contentRows(rectangle: Rectangle): number {
	return Math.max(1, rectangle.height - 2);
}

/** Where a popup lies: above the status bar, which is `floor`; dialogs and help in the middle. The last row is never used. */
export function popupRectangle(popup: Popup, columns: number, floor: number): Rectangle {
	switch (popup.type) {
		case 'completion': {
			const height = Math.min(popup.candidates.length, mostCandidates) + (popup.help === undefined ? 2 : 3);
			const width = Math.min(columns, 76);
			return {x: 0, y: Math.max(0, floor - height), width, height: Math.min(height, floor)};
		}

		case 'help': {
			const widest = Math.max(popup.title.length + 4, ...popup.lines.map(line => line.text.length));
			return middle(Math.min(widest + 4, columns - 2), Math.min(popup.lines.length + 3, floor - 1), columns, floor);
		}

		case 'switcher':
			return middle(Math.min(60, columns - 2), Math.min(14, floor - 1), columns, floor);
		case 'dialog':
			return middle(Math.min(70, columns - 2), Math.min(18, floor), columns, floor);
	}
}

function middle(width: number, height: number, columns: number, floor: number): Rectangle {
	return {
		x: Math.max(0, Math.floor((columns - width) / 2)),
		y: Math.max(0, Math.floor((floor - height) / 2)),
		width,
		height,
	};
}
