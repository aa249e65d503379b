import {displayWidth} from '../../shared/text.js';
import type {Spot} from '../finding/state.js';
import type {Editor} from '../input/editor.js';
import {cutSpans, frameColumns, frameRows, inputRow, type PopupLayout} from './spans.js';

/** The search in one buffer: a line at the lower edge of its messages. */
export type FindPopup = {
	readonly type: 'find';
	readonly editor: Editor;
	/** Where the person was before. */
	readonly origin: Spot;
	/** Key of the hit that is shown. */
	readonly at?: number;
	readonly status: string;
	/** The text that is being looked for just now. */
	readonly searching?: string;
	/** What was asked for meanwhile. */
	readonly queue?: ReadonlyArray<'older' | 'newer' | 'stay'>;
};

const prompt = 'Find here: ';

export function findLayout({editor, status}: FindPopup, columns: number, floor: number): PopupLayout {
	const width = Math.min(columns, 76) - frameColumns;
	const keys = '^S older  ^R newer  Enter stays  Esc back';
	const room = Math.max(12, width - prompt.length - 30);
	const input = inputRow(editor, prompt, status === '' ? width : room + prompt.length, false);
	const rectangle = {x: 0, y: Math.max(0, floor - frameRows - 2), width: width + frameColumns, height: frameRows + 2};
	return {
		rectangle,
		rows: [
			cutSpans([...input.spans, {text: status === '' ? '' : `  ${status}`, role: 'faint'}], width),
			cutSpans([{text: keys, role: 'faint'}], width),
		],
		cursor: {x: rectangle.x + displayWidth('│ ') + input.column, y: rectangle.y + 1},
	};
}
