import type {BareJid} from '../../shared/jid.js';
import type {Editor} from '../input/editor.js';
import {searchLayout} from './search-layout.js';
import type {PopupLayout} from './spans.js';

/** An emoji that can be chosen. `note`: its name, and who has chosen it. */
export type ReactChoice = {readonly glyph: string; readonly note: string; readonly own: boolean};

/** Emoji, to say what one thinks of a message. */
export type ReactPopup = {
	readonly type: 'react';
	readonly account: BareJid;
	/** The message. */
	readonly key: number;
	readonly editor: Editor;
	readonly choices: readonly ReactChoice[];
	readonly selected: number;
};

/** What one has chosen already is told by a sign as well. */
const ownSign = '✓';

export function reactLayout(popup: ReactPopup, columns: number, floor: number): PopupLayout {
	const matches = popup.choices.map(({glyph, note, own}) => ({label: `${own ? ownSign : ' '} ${glyph}`, note}));
	return searchLayout({...popup, matches}, {prompt: 'React with: ', none: 'no emoji of that name'}, columns, floor);
}
