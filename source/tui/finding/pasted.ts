import type {Core} from '../app/core.js';
import type {Editor} from '../input/editor.js';
import type {FindPopup} from '../popups/find.js';
import type {PalettePopup} from '../popups/palette.js';
import type {ResultsPopup} from '../popups/results.js';
import {typed as typedHere} from './in-buffer.js';
import {paletteTyped} from './palette.js';
import {typed as typedEverywhere} from './results.js';

/** What was pasted into a search is looked for as what is typed is. */
export function pasted(core: Core, popup: FindPopup | PalettePopup | ResultsPopup, editor: Editor): void {
	if (popup.type === 'palette') {
		paletteTyped(core, popup, editor);
	} else if (popup.type === 'results') {
		typedEverywhere(core, popup, editor);
	} else {
		typedHere(core, popup, editor);
	}
}
