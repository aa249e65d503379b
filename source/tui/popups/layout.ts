import {completionLayout} from './completion.js';
import {devicesLayout} from './devices.js';
import {dialogLayout} from './dialog.js';
import {findLayout} from './find.js';
import {formLayout} from './form.js';
import {helpLayout} from './help.js';
import {keyCodeLayout} from './key-code.js';
import {learnKeyLayout} from './learn-key.js';
import {linksLayout} from './links.js';
import {paletteLayout} from './palette.js';
import type {Popup} from './popup.js';
import {reactLayout} from './react.js';
import {resultsLayout} from './results.js';
import {roomsLayout} from './rooms.js';
import {recallLayout} from './search.js';
import type {PopupLayout} from './spans.js';
import {themesLayout} from './themes.js';

/** Lays a popup out above row `floor`, which is the status bar; the completion at the left, the others in the middle. */
export function popupLayout(popup: Popup, columns: number, floor: number): PopupLayout {
	switch (popup.type) {
		case 'completion':
			return completionLayout(popup, columns, floor);
		case 'help':
			return helpLayout(popup, columns, floor);
		case 'themes':
			return themesLayout(popup, columns, floor);
		case 'links':
			return linksLayout(popup, columns, floor);
		case 'learnKey':
			return learnKeyLayout(popup, columns, floor);
		case 'palette':
			return paletteLayout(popup, columns, floor);
		case 'results':
			return resultsLayout(popup, columns, floor);
		case 'find':
			return findLayout(popup, columns, floor);
		case 'form':
			return formLayout(popup, columns, floor);
		case 'rooms':
			return roomsLayout(popup, columns, floor);
		case 'devices':
			return devicesLayout(popup, columns, floor);
		case 'keyCode':
			return keyCodeLayout(popup, columns, floor);
		case 'react':
			return reactLayout(popup, columns, floor);
		case 'recall':
			return recallLayout(popup, columns, floor);
		case 'dialog':
			return dialogLayout(popup, columns, floor);
	}
}
