import type {KeyAction} from '../../model/keys.js';
import type {MouseEvent} from '../input/key.js';
import {helpExtent} from '../popups/help.js';
import type {Popup} from '../popups/popup.js';
import type {PopupLayout} from '../popups/spans.js';
import {type Core, openPopup} from './core.js';
import {devicesClick} from './device-browser.js';
import {formClick} from './forms.js';
import {openTopic} from './help-popup.js';
import {popupKey} from './popup-keys.js';
import {chooseCandidate} from './tab.js';

/** The row of a popup that the pointer is on, counted from the first one inside its frame; `undefined` beside it. */
function rowAt(layout: PopupLayout | undefined, {x, y}: MouseEvent): number | undefined {
	if (layout === undefined) {
		return undefined;
	}

	const {rectangle} = layout;
	const isInside =
		x >= rectangle.x && x < rectangle.x + rectangle.width && y >= rectangle.y && y < rectangle.y + rectangle.height;
	return isInside ? y - rectangle.y - 1 : undefined;
}

/** What a row stands for among what can be chosen. */
export function choiceAt({choices}: PopupLayout, row: number): number | undefined {
	if (choices === undefined || row < choices.row) {
		return undefined;
	}

	const index = Math.floor((row - choices.row) / (choices.rowsEach ?? 1));
	return index < choices.count ? choices.first + index : undefined;
}

const press = (core: Core, popup: Popup, action: KeyAction) => popupKey(core, popup, {type: 'action', action});

/**
 * A click on what can be chosen chooses it, as Enter does; beside a popup it closes it, but never a dialog. `false`: the
 * popup has no part in it.
 */
export function clickPopup(core: Core, popup: Popup, event: MouseEvent): boolean {
	const layout = core.popup();
	const row = rowAt(layout, event);
	if (layout === undefined || row === undefined) {
		if (popup.type === 'dialog' || popup.type === 'form') {
			return true;
		}

		press(core, popup, 'cancel');
		return popup.type !== 'completion';
	}

	if (popup.type === 'form') {
		formClick(core, popup, row);
		return true;
	}

	if (popup.type === 'devices') {
		devicesClick(core, popup, row);
		return true;
	}

	if (popup.type === 'help') {
		const {layout: panes} = core.painted();
		const {lineOfRow, last} = helpExtent(popup, panes?.title.width ?? 80, panes?.status.y ?? 22);
		const index = lineOfRow[Math.min(popup.top, last) + row - 1];
		if (row > 0 && index !== undefined && popup.lines[index]?.topic !== undefined) {
			openTopic(core, popup, index);
		}

		return true;
	}

	const choice = choiceAt(layout, row);
	if (choice === undefined) {
		return true;
	}

	if (popup.type === 'completion') {
		chooseCandidate(core, popup, choice);
	} else if ('selected' in popup) {
		const chosen: Popup = {...popup, selected: choice};
		openPopup(core, chosen);
		press(core, chosen, 'send');
	}

	return true;
}

/** The wheel over a popup moves what is in it. `false`: the pointer is beside a popup that lets the rest be used. */
export function wheelPopup(core: Core, popup: Popup, event: MouseEvent, steps: 1 | -1): boolean {
	const isInside = rowAt(core.popup(), event) !== undefined;
	if (!isInside) {
		return popup.type !== 'completion';
	}

	const {selected = 0} = 'selected' in popup ? popup : {};
	if (popup.type === 'help' || popup.type === 'form' || popup.type === 'devices') {
		for (let line = 0; line < 3; line++) {
			const now = core.view().popup;
			if (now !== undefined) {
				press(core, now, steps < 0 ? 'scrollLineUp' : 'scrollLineDown');
			}
		}
	} else if (steps > 0 || selected > 0) {
		// The first one is where the wheel stops; the keys walk round.
		press(core, popup, steps < 0 ? 'up' : 'down');
	}

	return true;
}
