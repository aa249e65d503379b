/** What a person does about a message on the screen. */
import {messageText} from '../../model/attachment-words.js';
import type {Message} from '../../model/message.js';
import type {MessageIntent, Recipient} from '../../model/message-view.js';
import {jumpTo} from '../finding/jump.js';
import {openPalette} from '../finding/palette.js';
import {insertText} from '../input/editor.js';
import {detailLines} from '../messages/details-lines.js';
import {createExposeDialog, forwardIntent, wouldExpose} from '../messages/forwarding.js';
import {copiedTexts, quotation} from '../messages/quoting.js';
import {createRetractDialog} from '../messages/retract-dialog.js';
import {authorName} from '../panes/authors.js';
import {briefWords} from '../panes/message-words.js';
import {answer, edit} from './composing.js';
import {copyText} from './copying.js';
import {type Core, openPopup, sayProblem} from './core.js';
import {openDialog} from './dialogs.js';
import {showPage} from './help-popup.js';
import {messageOf, shownMessages} from './listed-messages.js';
import {performClient} from './perform-client.js';
import {linkTargets} from './possible-deeds.js';
import {chooseReaction} from './reacting-emoji.js';
import {select} from './selection.js';
import {editorOf, withEditor, withHint, withSelection} from './view-state.js';

/** Columns of the words that stand for a message in a question. */
const longestNamed = 60;

/** Does what an intent asks about messages of the active buffer. Answers whether it could be done. */
export async function performMessage(core: Core, intent: MessageIntent): Promise<boolean> {
	switch (intent.type) {
		case 'selectMessage':
			return select(core);
		case 'forwardMessages':
			return forward(core, messagesOf(core, intent.keys), intent.to);
		case 'copyMessages':
			return copy(core, messagesOf(core, intent.keys));
		case 'reveal':
			return reveal(core, intent.key);
		default: {
			const message = messageOf(core.state(), core.view().active, intent.key);
			if (message === undefined) {
				sayGone(core);
				return false;
			}

			return performOn(core, intent, message);
		}
	}
}

async function performOn(
	core: Core,
	intent: Exclude<MessageIntent, {type: 'selectMessage' | 'forwardMessages' | 'copyMessages' | 'reveal'}>,
	message: Message,
): Promise<boolean> {
	switch (intent.type) {
		case 'answerMessage':
			answer(core, message);
			return true;
		case 'editMessage':
			edit(core, message);
			return true;
		case 'quoteMessage':
			quote(core, message);
			return true;
		case 'chooseReaction':
			chooseReaction(core, message);
			return true;
		case 'messageDetails':
			return showDetails(core, message);
		default:
			askRetract(core, intent.type, message, intent.reason);
			return true;
	}
}

function messagesOf(core: Core, keys: readonly number[]): readonly Message[] {
	const {active} = core.view();
	return [...keys].sort((one, other) => one - other).flatMap(key => messageOf(core.state(), active, key) ?? []);
}

function sayGone(core: Core): void {
	core.change(withHint(core.view(), {level: 'info', text: 'That message is not here any more.'}));
}

/** Puts the words of a message into the input, before what stands there. */
export function quote(core: Core, message: Message): void {
	const view = withSelection(core.view(), undefined);
	const editor = editorOf(view);
	const text = quotation(messageText(message));
	const quoted = insertText({...editor, cursor: 0}, text);
	core.change(withEditor(view, {...quoted, cursor: text.length + editor.text.length}));
}

export function copy(core: Core, messages: readonly Message[]): boolean {
	const state = core.state();
	const standing = messages.filter(({retracted}) => retracted === undefined);
	core.change(withSelection(core.view(), undefined));
	void copyText(
		core,
		copiedTexts(standing, message => authorName(state, message)),
	);
	return true;
}

export function askRetract(
	core: Core,
	how: Extract<MessageIntent['type'], 'retractMessage' | 'moderateMessage'>,
	message: Message,
	reason?: string,
): void {
	const {account, key, direction} = message;
	core.change(withSelection(core.view(), undefined));
	openDialog(
		core,
		createRetractDialog(core.actions, how, {
			account,
			key,
			words: briefWords(message, longestNamed),
			...(direction === 'outgoing' ? {} : {author: authorName(core.state(), message)}),
			...(reason === undefined ? {} : {reason}),
		}),
	);
}

export async function showDetails(core: Core, {account, key}: Message): Promise<boolean> {
	const {active} = core.view();
	try {
		const details = await core.actions.messageDetails({account, key});
		const lines = detailLines(details, {state: core.state(), calendar: core.calendar});
		showPage(core, {title: 'Message', lines, search: 'lines'});
		return true;
	} catch (error) {
		sayProblem(core, error, active);
		return false;
	}
}

/** Sends messages on; asks first where what was encrypted would leave in clear. */
export async function forward(core: Core, messages: readonly Message[], to: Recipient): Promise<boolean> {
	const standing = messages.filter(({retracted}) => retracted === undefined);
	core.change(withSelection(core.view(), undefined));
	if (standing.length === 0) {
		sayGone(core);
		return false;
	}

	const {active} = core.view();
	const send = () => performClient(core, forwardIntent(core.state(), standing, to), active, undefined);
	if (!wouldExpose(core.state(), standing, to)) {
		return send();
	}

	openDialog(
		core,
		createExposeDialog(core.state(), to, () => void send()),
	);
	return true;
}

/** Asks whom to send messages to. */
export function askWhereTo(core: Core, messages: readonly Message[]): void {
	openPalette(core, '', to => void forward(core, messages, to));
}

/** The links of one message, to open one. */
export function openLinksOf(core: Core, message: Message): void {
	const note = `${authorName(core.state(), message)}: ${briefWords(message)}`;
	const links = linkTargets(message).map(target => ({target, note}));
	core.change(withSelection(core.view(), undefined));
	openPopup(core, {type: 'links', links, selected: 0});
}

/** Goes to the message that one answers. */
export function goToAnswered(core: Core, {reply, buffer}: Message): void {
	const key = reply?.key;
	core.change(withSelection(core.view(), undefined));
	if (key === undefined) {
		const text = 'What it answers is not stored here.';
		core.change(withHint(core.view(), {level: 'info', text, more: 'PageUp loads older messages.'}));
		return;
	}

	core.during(wanted => jumpTo(core, {buffer, key, phrases: []}, wanted));
}

/** Opens a spoiler or folds it again; without a key the lowest in view that is folded, else the lowest. */
function reveal(core: Core, key: number | undefined): boolean {
	const view = core.view();
	const found = key ?? spoilerInView(core);
	const message = found === undefined ? undefined : messageOf(core.state(), view.active, found);
	if (message?.spoiler === undefined || message.retracted !== undefined) {
		const text = key === undefined ? 'There is no spoiler here.' : 'That message is no spoiler.';
		core.change(withHint(view, {level: 'info', text}));
		return false;
	}

	toggleSpoiler(core, message.key);
	return true;
}

export function toggleSpoiler(core: Core, key: number): void {
	const view = core.view();
	const opened = new Set(view.opened);
	if (!opened.delete(key)) {
		opened.add(key);
	}

	core.change({...view, opened});
}

function spoilerInView(core: Core): number | undefined {
	const {active, opened} = core.view();
	const all = shownMessages(core.state(), active).filter(
		({spoiler, retracted}) => spoiler !== undefined && retracted === undefined,
	);
	return (all.find(({key}) => !opened.has(key)) ?? all[0])?.key;
}

/** Alt+E: the newest message of one's own. */
export function editLast(core: Core): void {
	const {active} = core.view();
	const last = shownMessages(core.state(), active).find(
		({direction, retracted}) => direction === 'outgoing' && retracted === undefined,
	);
	if (last === undefined) {
		const text = 'You have written nothing here that could be changed.';
		core.change(withHint(core.view(), {level: 'info', text}));
		return;
	}

	edit(core, last);
}
