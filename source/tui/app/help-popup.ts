import {type Editor, emptyEditor, isEditAction, withText} from '../input/editor.js';
import type {KeyMeaning} from '../input/keymap.js';
import {helpExtent} from '../popups/help.js';
import type {HelpPopup} from '../popups/popup.js';
import {type Core, closePopup, openPopup} from './core.js';
import type {HelpPage} from './help-page.js';
import {filterLines, helpPage, searchHelp} from './help-topics.js';
import {edited} from './popup-editing.js';

/** A page as it is first shown. `back`: where Escape leads from it. */
export function openedHelp({title, lines, search}: HelpPage, back?: HelpPopup): HelpPopup {
	return {
		type: 'help',
		title,
		page: lines,
		search,
		query: emptyEditor,
		lines,
		selected: -1,
		top: 0,
		...(back === undefined ? {} : {back}),
	};
}

export function showPage(core: Core, page: HelpPage): void {
	openPopup(core, openedHelp(page));
}

/** The page with another word to look for; the first thing found that can be opened is chosen. */
export function searchedHelp(core: Core, popup: HelpPopup, query: Editor): HelpPopup {
	const text = query.text.trim();
	if (text === '') {
		return {...popup, query, lines: popup.page, selected: -1, top: 0};
	}

	const found = popup.search === 'lines' ? filterLines(popup.page, text) : searchHelp(text, core.state().preferences);
	const lines = found.length === 0 ? [{text: 'Nothing has all these words.'}] : found;
	return {...popup, query, lines, selected: lines.findIndex(({topic}) => topic !== undefined), top: 0};
}

/** Gives a key to the help. `false`: it means what it always does. */
export function helpKey(core: Core, popup: HelpPopup, meaning: KeyMeaning): boolean {
	const action = meaning.type === 'action' ? meaning.action : undefined;
	const {layout} = core.painted();
	const extent = helpExtent(popup, layout?.title.width ?? 80, layout?.status.y ?? 22);
	const to = (top: number) => openPopup(core, {...popup, top: Math.max(0, Math.min(extent.last, top))});
	switch (action) {
		case 'up':
		case 'down':
			step(core, popup, action === 'up' ? -1 : 1, extent);
			return true;
		case 'scrollLineUp':
			to(popup.top - 1);
			return true;
		case 'scrollLineDown':
			to(popup.top + 1);
			return true;
		case 'scrollPageUp':
			to(popup.top - extent.shown);
			return true;
		case 'scrollPageDown':
			to(popup.top + extent.shown);
			return true;
		case 'scrollTop':
			to(0);
			return true;
		case 'scrollBottom':
			to(extent.last);
			return true;
		case 'send':
			openTopic(core, popup, popup.selected);
			return true;
		case 'cancel':
			leave(core, popup);
			return true;
		case 'redraw':
		case 'suspend':
			return false;
		default:
			return typed(core, popup, meaning, to, extent);
	}
}

function typed(
	core: Core,
	popup: HelpPopup,
	meaning: KeyMeaning,
	to: (top: number) => void,
	extent: {readonly shown: number; readonly last: number},
): boolean {
	const isEmpty = popup.query.text === '';
	const action = meaning.type === 'action' ? meaning.action : undefined;
	if (isEmpty && meaning.type === 'text' && meaning.text === ' ') {
		to(popup.top + extent.shown);
		return true;
	}

	if (isEmpty && action !== undefined && isEditAction(action)) {
		// Nothing to edit: the keys for the ends of a line mean those of the page.
		const ends = {moveLineStart: 0, moveTextStart: 0, moveLineEnd: extent.last, moveTextEnd: extent.last};
		const top = Object.entries(ends).find(([name]) => name === action)?.[1];
		if (top === undefined) {
			closePopup(core);
		} else {
			to(top);
		}

		return true;
	}

	const query = edited(popup.query, meaning);
	if (query === undefined) {
		closePopup(core);
		return true;
	}

	openPopup(core, searchedHelp(core, popup, query));
	return true;
}

/** Up and Down choose among what can be opened, while something is searched for; else they move the page. */
function step(core: Core, popup: HelpPopup, by: 1 | -1, extent: ReturnType<typeof helpExtent>): void {
	if (popup.selected < 0) {
		openPopup(core, {...popup, top: Math.max(0, Math.min(extent.last, popup.top + by))});
		return;
	}

	const choices = popup.lines.flatMap(({topic}, index) => (topic === undefined ? [] : [index]));
	const next = choices[choices.indexOf(popup.selected) + by];
	if (next === undefined) {
		// Past the last choice there may be more to read.
		openPopup(core, {...popup, top: Math.max(0, Math.min(extent.last, popup.top + by))});
		return;
	}

	const row = extent.lineOfRow.indexOf(next);
	const top = Math.min(row, Math.max(popup.top, row - extent.shown + 1));
	openPopup(core, {...popup, selected: next, top: Math.max(0, Math.min(extent.last, top))});
}

/** Opens what a line leads to, the page stays behind it. A line that leads nowhere closes the help. */
export function openTopic(core: Core, popup: HelpPopup, index: number): void {
	const topic = popup.lines[index]?.topic;
	if (topic === undefined) {
		closePopup(core);
	} else {
		openPopup(core, openedHelp(helpPage(topic, core.state().preferences), popup));
	}
}

/** Escape: ends the search, then goes back, then closes. */
function leave(core: Core, popup: HelpPopup): void {
	if (popup.query.text !== '') {
		openPopup(core, searchedHelp(core, popup, withText(popup.query, '')));
	} else if (popup.back === undefined) {
		closePopup(core);
	} else {
		openPopup(core, popup.back);
	}
}
