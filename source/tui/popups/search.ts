import type {Popup} from './popup.js';
import {searchLayout} from './search-layout.js';
import type {PopupLayout} from './spans.js';

/** The search in what was entered before. */
export function recallLayout(popup: Extract<Popup, {type: 'recall'}>, columns: number, floor: number): PopupLayout {
	const matches = popup.matches.map(text => ({label: text.replaceAll('\n', ' '), note: ''}));
	return searchLayout({...popup, matches}, {prompt: 'Entered before: ', none: 'nothing with that'}, columns, floor);
}
