/** The search in the buffer on the screen: it goes along while it is typed. */

import {consoleBuffer} from '../../model/buffer.js';
import {readQuery} from '../../model/search.js';
import {type Core, closePopup, openPopup, sayProblem} from '../app/core.js';
import {edited} from '../app/popup-editing.js';
import {placeIn, withHint} from '../app/view-state.js';
import {type Editor, emptyEditor, withText} from '../input/editor.js';
import type {KeyMeaning} from '../input/keymap.js';
import {dateText, timeText} from '../panes/calendar.js';
import type {FindPopup} from '../popups/find.js';
import {findingOf, withFinding} from './in-view.js';
import {hereOf, returnTo, showMessage, spotOf} from './jump.js';
import {type Spot, withMark, withSpot} from './state.js';

/** Ctrl+S: with nothing typed, what was looked for before is taken again by the next Ctrl+S. */
export function openFind(core: Core, text = ''): void {
	const view = core.view();
	if (view.active === consoleBuffer) {
		core.change(
			withHint(view, {level: 'info', text: 'What the console says is not stored.', more: '/search looks everywhere.'}),
		);
		return;
	}

	const popup: FindPopup = {type: 'find', editor: withText(emptyEditor, text), origin: spotOf(view), status: ''};
	openPopup(core, popup);
	if (text !== '') {
		step(core, popup, 'typed');
	}
}

function open(core: Core, origin: Spot): FindPopup | undefined {
	const {popup} = core.view();
	return popup?.type === 'find' && popup.origin === origin ? popup : undefined;
}

/** Looks for the next hit: from the message at hand up or down, after typing from where the search began. */
function step(core: Core, popup: FindPopup, way: 'typed' | 'older' | 'newer'): void {
	const {origin} = popup;
	const {text} = popup.editor;
	if (popup.searching !== undefined) {
		if (way !== 'typed') {
			openPopup(core, {...popup, queue: [...(popup.queue ?? []), way]});
		}

		return;
	}

	const read = readQuery(text, hereOf(core));
	if (!read.ok) {
		const status = read.problem.code === 'search-empty' ? '' : read.problem.message;
		openPopup(core, {...popup, status});
		return;
	}

	const {query} = read;
	const phrases = query.terms.filter(term => term.excluded !== true);
	const start = origin.anchor?.key ?? Number.MAX_SAFE_INTEGER;
	const from = popup.at ?? start;
	const ask = async (range: {readonly before?: number; readonly after?: number}) =>
		core.actions.searchMessages({query, buffer: origin.buffer, limit: 1, ...range});
	const look = async () => {
		if (way === 'newer') {
			return ask({after: from});
		}

		if (way === 'older') {
			return ask({before: from});
		}

		// Up from where it began; if there is nothing, below.
		const above = await ask({before: Math.min(Number.MAX_SAFE_INTEGER, start + 1)});
		return above.hits.length > 0 || origin.anchor === undefined ? above : ask({after: start});
	};

	const run = async () => {
		openPopup(core, {...popup, searching: text});
		let result: Awaited<ReturnType<typeof look>> | undefined;
		try {
			result = await look();
		} catch (error) {
			sayProblem(core, error, origin.buffer);
		}

		const now = open(core, origin);
		if (now === undefined) {
			return;
		}

		const {searching: _, ...kept} = now;
		const hit = result?.hits[0];
		const indexing = result?.indexing === undefined ? '' : ` (still indexing, ${result.indexing} %)`;
		if (hit === undefined) {
			const none = way === 'typed' ? 'not found' : `nothing ${way}`;
			openPopup(core, {...kept, status: `${none}${indexing}`});
		} else {
			const at = core.calendar(hit.sentAt ?? hit.receivedAt);
			const more = result?.complete === true && way === 'older' ? ', the first of all' : '';
			const status = `${dateText(at)} ${timeText(at)}${more}${indexing}`;
			openPopup(core, {...kept, at: hit.key, status});
			await showMessage(core, {buffer: origin.buffer, key: hit.key, phrases});
		}

		const after = open(core, origin);
		if (after !== undefined && after.searching === undefined) {
			goOn(core, after, text);
		}
	};

	void run();
}

/** What was typed or asked for while it was searched. */
function goOn(core: Core, popup: FindPopup, text: string): void {
	if (popup.editor.text !== text) {
		step(core, popup, 'typed');
		return;
	}

	const [next, ...queue] = popup.queue ?? [];
	if (next === 'stay') {
		stay(core, popup);
	} else if (next !== undefined) {
		const rest = {...popup, queue};
		openPopup(core, rest);
		step(core, rest, next);
	}
}

/** A key while the search is open. */
export function findKey(core: Core, popup: FindPopup, meaning: KeyMeaning): boolean {
	switch (meaning.type === 'action' ? meaning.action : undefined) {
		case 'searchBuffer':
		case 'up': {
			const {lastSearch = ''} = findingOf(core.view());
			if (popup.editor.text === '' && lastSearch !== '') {
				typed(core, popup, withText(popup.editor, lastSearch));
			} else {
				step(core, popup, 'older');
			}

			return true;
		}

		case 'searchHistory':
		case 'down':
			step(core, popup, 'newer');
			return true;
		case 'send':
			stay(core, popup);
			return true;
		case 'cancel':
			giveUp(core, popup);
			return true;
		case 'redraw':
		case 'suspend':
		case 'scrollPageUp':
		case 'scrollPageDown':
		case 'scrollLineUp':
		case 'scrollLineDown':
			return false;
		default:
			typed(core, popup, edited(popup.editor, meaning));
			return true;
	}
}

/** What is typed into the search is looked for at once. */
export function typed(core: Core, popup: FindPopup, editor: Editor | undefined): void {
	if (editor === undefined) {
		return;
	}

	const next = {...popup, editor};
	openPopup(core, next);
	if (editor.text !== popup.editor.text) {
		step(core, next, 'typed');
	}
}

/** Enter: the view stays at the hit, and Alt+, returns to where the search began. */
function stay(core: Core, popup: FindPopup): void {
	const {editor, origin, at, searching, queue = []} = popup;
	if (searching !== undefined) {
		openPopup(core, {...popup, queue: [...queue, 'stay']});
		return;
	}

	closePopup(core);
	const view = core.view();
	const finding = {...findingOf(view), ...(editor.text === '' ? {} : {lastSearch: editor.text})};
	core.change(withFinding(view, at === undefined ? finding : withSpot(finding, origin)));
}

/** Esc: as if nothing had been searched. */
function giveUp(core: Core, {editor, origin}: FindPopup): void {
	closePopup(core);
	const view = core.view();
	const finding = {...withMark(findingOf(view), undefined), ...(editor.text === '' ? {} : {lastSearch: editor.text})};
	core.change(withFinding(view, finding));
	if (placeIn(core.view(), origin.buffer).anchor !== origin.anchor) {
		void returnTo(core, origin, () => true);
	}
}
