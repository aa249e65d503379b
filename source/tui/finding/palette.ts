/** Ctrl+K: a few letters lead to a chat, a room, a contact, an account, a command, a setting, or a message. */

import type {BufferId} from '../../model/buffer.js';
import type {Recipient} from '../../model/message-view.js';
import {readQuery} from '../../model/search.js';
import {bufferAddress} from '../app/buffer-target.js';
import {showBuffer} from '../app/buffers.js';
import {type Core, closePopup, openPopup, sayProblem} from '../app/core.js';
import {edited} from '../app/popup-editing.js';
import {withInput} from '../app/view-state.js';
import {type Editor, emptyEditor, withText} from '../input/editor.js';
import type {KeyMeaning} from '../input/keymap.js';
import type {PaletteMatch, PalettePopup} from '../popups/palette.js';
import {fitting, scoreOf, type Target} from './fuzzy.js';
import {hereOf, jumpTo} from './jump.js';
import {type PaletteItem, type PaletteKind, paletteItems} from './palette-items.js';
import {rowOf} from './results.js';

const mostMatches = 100;
const mostMessages = 5;
/** Letters from which on messages are looked for too. */
const enoughForMessages = 3;

/** What a sign at the beginning leaves over. */
const scopes: Readonly<Record<string, readonly PaletteKind[]>> = {
	'>': ['command', 'setting'],
	'/': ['command'],
	'#': ['room'],
	'@': ['chat', 'contact'],
	'?': [],
};

/** Who waits for somebody to be chosen, for each app. */
const waiting = new WeakMap<Core, (to: Recipient) => void>();

/** `chosen`: somebody to send something to is looked for, and told. */
export function openPalette(core: Core, text = '', chosen?: (to: Recipient) => void): void {
	const {active} = core.view();
	const all = paletteItems(core.state(), active);
	const items = chosen === undefined ? all : all.filter(({act}) => act.type === 'buffer' && isPeople(act.id));
	const empty: PalettePopup = {
		type: 'palette',
		items,
		editor: emptyEditor,
		matches: [],
		messages: [],
		selected: 0,
		...(chosen === undefined ? {} : {recipients: true}),
	};
	if (chosen !== undefined) {
		waiting.set(core, chosen);
	}

	openPopup(core, searched(empty, withText(emptyEditor, text)));
}

/** The palette after its input changed. */
export function searched(popup: PalettePopup, editor: Editor): PalettePopup {
	const typed = editor.text.trimStart();
	const scope = scopes[typed[0] ?? ''];
	const letters = (scope === undefined ? typed : typed.slice(1)).replace(/\s+/gu, '');
	const items = popup.items.filter(({kind}) => scope?.includes(kind) ?? true);
	const matches = letters === '' ? unsearched(items, scope === undefined) : ranked(items, letters);
	return {...popup, editor, matches: matches.slice(0, mostMatches), messages: [], selected: 0};
}

/** With nothing typed: people and rooms, and of the rest only what was asked for. */
function unsearched(items: readonly PaletteItem[], all: boolean): readonly PaletteMatch[] {
	return items
		.filter(({kind}) => !all || kind === 'console' || kind === 'chat' || kind === 'room' || kind === 'contact')
		.map(item => ({item, label: [], note: []}));
}

function ranked(items: readonly PaletteItem[], letters: string): readonly PaletteMatch[] {
	const found: Array<{readonly item: PaletteItem; readonly inName: boolean; readonly score: number}> = [];
	for (const item of items) {
		const [label, note] = item.targets;
		const name = scoreOf(letters, label) ?? Number.NEGATIVE_INFINITY;
		const other = (scoreOfNote(letters, note, item.kind) ?? Number.NEGATIVE_INFINITY) - noteLoss;
		const score = Math.max(name, other);
		if (score > Number.NEGATIVE_INFINITY) {
			found.push({item, inName: name >= other, score: score + item.bonus});
		}
	}

	return found
		.sort((one, other) => other.score - one.score)
		.slice(0, mostMatches)
		.map(({item, inName}) => {
			const at = fitting(letters, item.targets[inName ? 0 : 1])?.at ?? [];
			return {item, label: inName ? at : [], note: inName ? [] : at};
		});
}

/** A name is worth more than what stands behind it. */
const noteLoss = 10;

/** In a sentence nearly any letters can be found: there they have to follow each other. */
function scoreOfNote(letters: string, note: Target, kind: PaletteKind): number | undefined {
	const isSentence = kind === 'command' || kind === 'setting';
	return !isSentence || (letters.length > 2 && note.lower.includes(letters.toLowerCase()))
		? scoreOf(letters, note)
		: undefined;
}

/** A key while the palette is open. */
export function paletteKey(core: Core, popup: PalettePopup, meaning: KeyMeaning): boolean {
	const count = Math.max(1, popup.matches.length + popup.messages.length);
	const choose = (by: number) => {
		openPopup(core, {...popup, selected: (popup.selected + by + count) % count});
		return true;
	};
	switch (meaning.type === 'action' ? meaning.action : undefined) {
		case 'send':
			act(core, popup);
			return true;
		case 'up':
		case 'completeBackward':
		case 'bufferPrevious':
			return choose(-1);
		case 'down':
		case 'complete':
		case 'bufferNext':
			return choose(1);
		case 'cancel':
		case 'switcher':
			closePopup(core);
			return true;
		case 'redraw':
		case 'suspend':
			return false;
		default: {
			const editor = edited(popup.editor, meaning);
			if (editor !== undefined) {
				paletteTyped(core, popup, editor);
			}

			return true;
		}
	}
}

export function paletteTyped(core: Core, popup: PalettePopup, editor: Editor): void {
	openPopup(core, searched(popup, editor));
	if (editor.text !== popup.editor.text && popup.recipients !== true) {
		void lookInMessages(core, editor.text);
	}
}

/** Messages with the words that are typed come below what is known at once. */
async function lookInMessages(core: Core, text: string): Promise<void> {
	const typed = text.trim();
	const scope = scopes[typed[0] ?? ''];
	const words = typed.startsWith('?') ? typed.slice(1) : typed;
	if ((scope !== undefined && !typed.startsWith('?')) || words.trim().length < enoughForMessages) {
		return;
	}

	const read = readQuery(words, hereOf(core));
	if (!read.ok) {
		return;
	}

	try {
		const {hits} = await core.actions.searchMessages({query: read.query, limit: mostMessages});
		const {popup} = core.view();
		if (popup?.type === 'palette' && popup.editor.text === text && hits.length > 0) {
			const phrases = read.query.terms.filter(term => term.excluded !== true);
			openPopup(core, {...popup, messages: hits.map(message => ({...rowOf(core, message), phrases}))});
		}
	} catch (error) {
		sayProblem(core, error, core.view().active);
	}
}

function act(core: Core, popup: PalettePopup): void {
	const match = popup.matches[popup.selected];
	const found = popup.messages[popup.selected - popup.matches.length];
	if (match === undefined && found === undefined) {
		// What was typed is kept, to be corrected.
		return;
	}

	closePopup(core);
	if (popup.recipients === true) {
		const to = match?.item.act.type === 'buffer' ? recipientOf(match.item.act.id) : undefined;
		if (to !== undefined) {
			waiting.get(core)?.(to);
		}

		return;
	}

	if (match?.item.act.type === 'buffer') {
		const {id} = match.item.act;
		core.during(wanted => showBuffer(core, id, wanted));
	} else if (match !== undefined) {
		core.change(withInput(core.view(), match.item.act.type === 'input' ? match.item.act.text : ''));
	} else if (found !== undefined) {
		const {message, phrases} = found;
		core.during(wanted => jumpTo(core, {buffer: message.buffer, key: message.key, phrases}, wanted));
	}
}

function isPeople(id: BufferId): boolean {
	return recipientOf(id) !== undefined;
}

function recipientOf(id: BufferId): Recipient | undefined {
	const address = bufferAddress(id);
	const kind = (['chat', 'room', 'private'] as const).find(each => id.split(' ')[1] === each);
	return address === undefined || kind === undefined ? undefined : {...address, kind};
}
