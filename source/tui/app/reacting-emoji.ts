/** The emoji that a message is reacted to with. */
import type {Message} from '../../model/message.js';
import {mostEmoji} from '../../model/relation.js';
import {emojiBeginning, withShortcodes} from '../../shared/emoji.js';
import {type Editor, emptyEditor} from '../input/editor.js';
import type {KeyMeaning} from '../input/keymap.js';
import {emojiText} from '../panes/message-relations.js';
import type {ReactChoice, ReactPopup} from '../popups/react.js';
import {type Core, closePopup, openPopup, sayProblem} from './core.js';
import {messageOf, ownReactions} from './listed-messages.js';
import {edited} from './popup-editing.js';
import {withHint, withSelection} from './view-state.js';

/** Offered before anything is typed, behind those that are on the message and those that were chosen lately. */
const common = ['👍', '❤️', '😂', '😮', '😢', '🙏', '🎉', '👎', '🔥', '👀', '✅', '🤔'];
const mostRecent = 8;
const mostFound = 60;

/** Offers emoji for a message. */
export function chooseReaction(core: Core, {account, key}: Pick<Message, 'account' | 'key'>): void {
	const popup: ReactPopup = {type: 'react', account, key, editor: emptyEditor, choices: [], selected: 0};
	openPopup(core, offered(core, popup, emptyEditor));
}

/** The popup with another beginning of a name in it. */
export function offered(core: Core, popup: ReactPopup, editor: Editor): ReactPopup {
	const view = core.view();
	const message = messageOf(core.state(), view.active, popup.key);
	const own = message === undefined ? [] : ownReactions(message);
	const typed = editor.text.trim().replace(/^:|:$/gu, '');
	const glyphs =
		typed === ''
			? [...own, ...(message?.reactions ?? []).flatMap(({emoji}) => emoji), ...view.recentEmoji, ...common]
			: emojiBeginning(typed)
					.slice(0, mostFound)
					.map(({glyph}) => glyph);
	const choices = [...new Set(glyphs)].slice(0, mostFound).map(
		(glyph): ReactChoice => ({
			glyph,
			note: emojiText(withShortcodes(glyph)),
			own: own.includes(glyph),
		}),
	);
	return {...popup, editor, choices, selected: 0};
}

/** Gives a key to the choice of emoji. `false`: it means what it always does. */
export function reactKey(core: Core, popup: ReactPopup, meaning: KeyMeaning): boolean {
	const choose = (by: number) => {
		const count = Math.max(1, popup.choices.length);
		openPopup(core, {...popup, selected: (popup.selected + by + count) % count});
		return true;
	};
	switch (meaning.type === 'action' ? meaning.action : undefined) {
		case 'send': {
			const choice = popup.choices[popup.selected];
			if (choice !== undefined) {
				closePopup(core);
				core.change(withSelection(core.view(), undefined));
				void toggle(core, popup, choice.glyph);
			}

			return true;
		}

		case 'up':
		case 'completeBackward':
			return choose(-1);
		case 'down':
		case 'complete':
			return choose(1);
		case 'cancel':
			closePopup(core);
			return true;
		case 'redraw':
		case 'suspend':
			return false;
		default: {
			const editor = edited(popup.editor, meaning);
			if (editor !== undefined) {
				openPopup(core, offered(core, popup, editor));
			}

			return true;
		}
	}
}

/** Adds an emoji to what the person thinks of a message, or takes it back; all of it is sent. */
async function toggle(core: Core, {account, key}: ReactPopup, glyph: string): Promise<void> {
	const {active, recentEmoji} = core.view();
	const message = messageOf(core.state(), active, key);
	const own = message === undefined ? [] : ownReactions(message);
	const emoji = own.includes(glyph) ? own.filter(each => each !== glyph) : [...own, glyph];
	if (emoji.length > mostEmoji) {
		const text = `More than ${mostEmoji} reactions of one person are not shown.`;
		core.change(withHint(core.view(), {level: 'error', text, more: '/unreact takes some back.'}));
		return;
	}

	core.change({...core.view(), recentEmoji: [...new Set([glyph, ...recentEmoji])].slice(0, mostRecent)});
	try {
		await core.actions.react({account, key, emoji});
	} catch (error) {
		sayProblem(core, error, active);
	}
}
