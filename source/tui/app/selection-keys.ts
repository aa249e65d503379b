import type {Message} from '../../model/message.js';
import {type SelectionDeed, selectionKeys, selectionMoves} from '../../model/message-view.js';
import {isEditAction} from '../input/editor.js';
import type {KeyEvent} from '../input/key.js';
import {answer, edit} from './composing.js';
import type {Core} from './core.js';
import {showPage} from './help-popup.js';
import type {KeyReading} from './key-reader.js';
import {
	askRetract,
	askWhereTo,
	copy,
	goToAnswered,
	openLinksOf,
	quote,
	showDetails,
	toggleSpoiler,
} from './message-deeds.js';
import {isPossible} from './possible-deeds.js';
import {chooseReaction} from './reacting-emoji.js';
import {chosenMessages, extend, move, movePage, moveToEnd, selectedMessage, toggleMark} from './selection.js';
import {withHint, withSelection} from './view-state.js';

/** Gives a key to the selection. `false`: it means what it always does, and nothing is selected any more. */
export function selectionKey(core: Core, event: KeyEvent, reading: KeyReading): boolean {
	const message = selectedMessage(core);
	if (message === undefined) {
		return leave(core, false);
	}

	if (reading.type === 'action' && !isTyped(event, reading.action)) {
		return actionKey(core, reading.action, message);
	}

	const text = event.key === 'space' ? ' ' : event.text;
	return text === undefined || reading.type === 'buffer' || reading.type === 'pending'
		? leave(core, false)
		: textKey(core, text, message);
}

/** Escape stands for Alt for a moment: a letter whose Alt key only edits the input is meant for the message. */
function isTyped({text, alt, ctrl}: KeyEvent, action: string): boolean {
	return text !== undefined && !alt && !ctrl && isEditAction(action) && selectionKeys.some(({key}) => key === text);
}

function leave(core: Core, taken: boolean): boolean {
	core.change(withSelection(core.view(), undefined));
	return taken;
}

function actionKey(core: Core, action: string, message: Message): boolean {
	switch (action) {
		case 'up':
			void move(core, -1);
			return true;
		case 'down':
			void move(core, 1);
			return true;
		case 'scrollPageUp':
			void movePage(core, -1);
			return true;
		case 'scrollPageDown':
			void movePage(core, 1);
			return true;
		case 'moveLineStart':
		case 'moveTextStart':
		case 'scrollTop':
			void moveToEnd(core, -1);
			return true;
		case 'moveLineEnd':
		case 'moveTextEnd':
		case 'scrollBottom':
			void moveToEnd(core, 1);
			return true;
		case 'scrollLineUp':
			void extend(core, -1);
			return true;
		case 'scrollLineDown':
			void extend(core, 1);
			return true;
		case 'send':
			open(core, message);
			return true;
		case 'deleteForward':
			act(core, 'retract', message);
			return true;
		case 'cancel':
		case 'clearInput':
		case 'selectMessage':
			return leave(core, true);
		case 'redraw':
		case 'suspend':
			core.act(action);
			return true;
		default:
			return leave(core, false);
	}
}

/** Enter: what is most likely meant. */
function open(core: Core, message: Message): void {
	if (isPossible(core.state(), core.view(), message, 'reveal')) {
		toggleSpoiler(core, message.key);
	} else if (message.reply !== undefined && message.retracted === undefined) {
		goToAnswered(core, message);
	} else {
		void showDetails(core, message);
	}
}

function textKey(core: Core, text: string, message: Message): boolean {
	switch (text) {
		case 'k':
			void move(core, -1);
			return true;
		case 'j':
			void move(core, 1);
			return true;
		case 'g':
			void moveToEnd(core, -1);
			return true;
		case 'G':
			void moveToEnd(core, 1);
			return true;
		case ' ':
			toggleMark(core);
			return true;
		case '?':
			showKeys(core);
			return true;
		default: {
			const row = selectionKeys.find(({key}) => key === text);
			if (row === undefined) {
				// Somebody writes a message.
				return leave(core, false);
			}

			act(core, row.deed, message);
			return true;
		}
	}
}

function act(core: Core, deed: SelectionDeed, message: Message): void {
	if (!isPossible(core.state(), core.view(), message, deed)) {
		core.change(withHint(core.view(), {level: 'info', text: whyNot(message, deed)}));
		return;
	}

	deeds[deed](core, message);
}

const deeds: Readonly<Record<SelectionDeed, (core: Core, message: Message) => void>> = {
	reply: answer,
	react: chooseReaction,
	edit,
	retract: (core, message) => askRetract(core, 'retractMessage', message),
	copy: core => void copy(core, chosenMessages(core)),
	quote,
	openLink: openLinksOf,
	details: (core, message) => void showDetails(core, message),
	forward: core => askWhereTo(core, chosenMessages(core)),
	remove: (core, message) => askRetract(core, 'moderateMessage', message),
	reveal: (core, {key}) => toggleSpoiler(core, key),
};

function whyNot(message: Message, deed: SelectionDeed): string {
	if (message.retracted !== undefined) {
		return 'That message was taken back; i tells what is known of it.';
	}

	switch (deed) {
		case 'edit':
		case 'retract':
			return 'Only what you wrote yourself can be changed or taken back.';
		case 'remove':
			return message.direction === 'outgoing'
				? 'That is your own message: d takes it back.'
				: 'Only a moderator of a room can take others’ messages away.';
		case 'reveal':
			return 'That message is no spoiler.';
		case 'openLink':
			return 'There is no link in that message.';
		default:
			return 'There is no text in that message.';
	}
}

/** Columns of the letters, and of the other keys, which are a list each. */
const letterWidth = 4;
const movesWidth = 22;

/** What the keys do while a message is selected. */
function showKeys(core: Core): void {
	const row = (keys: string, help: string, width: number) => ({
		text: `  ${keys.padEnd(width)}${help}`,
		hang: width + 2,
	});
	const lines = [
		...selectionKeys.map(({key, help}) => row(key, help, letterWidth)),
		{text: ''},
		...selectionMoves.map(({keys, help}) => row(keys, help, movesWidth)),
	];
	showPage(core, {title: 'While a message is selected', lines, search: 'lines'});
}
