import type {Editor} from '../input/editor.js';
import {searchHistory} from '../input/history.js';
import type {Popup} from '../popups/popup.js';
import type {ViewState} from './view-state.js';

/** The search in what was entered before, for what is typed into it. */
export function recalled({history}: ViewState, editor: Editor): Extract<Popup, {type: 'recall'}> {
	return {type: 'recall', editor, matches: searchHistory(history, editor.text), selected: 0};
}
