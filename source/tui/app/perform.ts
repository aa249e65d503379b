import type {ClientIntent, Intent} from '../../commands/intent.js';
import type {ActionInput} from '../../model/actions.js';
import {type BufferId, bufferId} from '../../model/buffer.js';
import type {ViewIntent} from '../../model/view.js';
import {bareOf} from '../../shared/jid.js';
import {accountOf, numberOf} from '../../store/selectors.js';
import {createAccountAssistant} from '../assistant/account-assistant.js';
import {createUnlockDialog} from '../assistant/unlock.js';
import {emptyEditor, withText} from '../input/editor.js';
import {bufferName} from '../panes/words.js';
import {closeBuffer, showBuffer, switchBuffer} from './buffers.js';
import {call} from './call.js';
import {type Core, openPopup, sayProblem} from './core.js';
import {openDialog} from './dialogs.js';
import {type HelpPage, helpPage} from './help-topics.js';
import {accountLines, bufferLines, contactLines} from './lists.js';
import {answerOf, askingText} from './results.js';
import {scroll} from './scroll.js';
import {placeIn, withHint, withPlace} from './view-state.js';

/** Does what a line asked for, one thing after the other. `typed` is given back if a message cannot be sent. */
export async function perform(core: Core, intents: readonly Intent[], typed: string): Promise<void> {
	const asked = core.view().active;
	for (const intent of intents) {
		if (intent.type === 'view') {
			await performView(core, intent.view);
		} else if (!(await performClient(core, intent, asked, typed))) {
			return;
		}
	}
}

async function performClient(core: Core, intent: ClientIntent, asked: BufferId, typed: string): Promise<boolean> {
	const asking = askingText(intent);
	if (asking !== undefined) {
		core.say('info', asking, undefined, asked);
	}

	try {
		const answer = answerOf(intent, await call(core.actions, intent));
		if (answer !== undefined) {
			core.say(answer.level, answer.text, answer.hint, asked);
		}

		if (intent.action === 'sendMessage') {
			sentElsewhere(core, intent.input);
		}

		return true;
	} catch (error) {
		sayProblem(core, error, asked);
		if (intent.action === 'sendMessage') {
			giveBack(core, asked, typed);
		}

		return false;
	}
}

/** A message to somebody whose buffer is not on the screen would go without a trace. */
function sentElsewhere(core: Core, {account, to}: ActionInput<'sendMessage'>): void {
	const state = core.state();
	const id = bufferId(account, 'chat', bareOf(to));
	if (core.view().active === id) {
		return;
	}

	const number = numberOf(state, id);
	const name = bufferName(state, {account, jid: bareOf(to)});
	const online = accountOf(state, account)?.status === 'online';
	core.change(
		withHint(core.view(), {
			level: 'info',
			text: online ? `Sent to ${name}.` : `For ${name}: it waits until ${account} is online.`,
			...(number === undefined ? {} : {more: `Buffer ${number} has it.`}),
		}),
	);
}

/** Nothing typed is lost: a message that was refused stands in the input of its buffer again. */
function giveBack(core: Core, asked: BufferId, typed: string): void {
	const view = core.view();
	const editor = view.editors[asked] ?? emptyEditor;
	if (editor.text === '') {
		core.change({...view, editors: {...view.editors, [asked]: withText(editor, typed)}});
	}
}

/** Does what concerns this screen only. */
export async function performView(core: Core, intent: ViewIntent): Promise<void> {
	switch (intent.type) {
		case 'showBuffer':
			return showBuffer(core, intent.buffer);
		case 'switchBuffer':
			return switchBuffer(core, intent.to);
		case 'closeBuffer':
			return closeBuffer(core, intent.buffer ?? core.view().active);
		case 'listBuffers':
			return showPage(core, {title: 'Buffers', lines: bufferLines(core.state())});
		case 'listContacts':
			return showPage(core, {title: 'Contacts', lines: contactLines(core.state(), intent.account)});
		case 'listAccounts':
			return showPage(core, {title: 'Accounts', lines: accountLines(core.state())});
		case 'addAccount':
			return openDialog(core, createAccountAssistant(core.actions, intent.jid));
		case 'unlock':
			return openDialog(core, createUnlockDialog(core.actions));
		case 'clear':
			return clear(core);
		case 'help':
			return showPage(core, helpPage(intent.topic));
		case 'keys':
			return showPage(core, helpPage('keys'));
		case 'scroll':
			return scroll(core, intent.by, intent.direction);
		case 'toggleBufferList':
			return toggleList(core);
		case 'redraw':
			return core.redraw();
		case 'quit':
			return core.quit();
	}
}

function showPage(core: Core, page: HelpPage): void {
	openPopup(core, {type: 'help', ...page, top: 0});
}

function clear(core: Core): void {
	const {active} = core.view();
	const {marker: _, anchor: __, ...place} = placeIn(core.view(), active);
	core.change(withPlace(core.view(), active, place));
	core.store.dispatch({type: 'window.cleared', buffer: active});
}

function toggleList(core: Core): void {
	const shown = core.painted().layout?.list !== undefined;
	core.change({...core.view(), list: !shown});
}
