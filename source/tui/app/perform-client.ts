import type {ClientIntent} from '../../commands/intent.js';
import {isCommand} from '../../commands/parse.js';
import type {ActionInput} from '../../model/actions.js';
import {type BufferId, bufferId} from '../../model/buffer.js';
import {bareOf, isFullJid} from '../../shared/jid.js';
import {accountOf, bufferOf, numberOf} from '../../store/selectors.js';
import {createRoomPasswordDialog, roomWithPassword} from '../assistant/room-password.js';
import {emptyEditor, withText} from '../input/editor.js';
import {bufferName} from '../panes/words.js';
import {askedRoom, whileAsking} from './asking.js';
import {inputIsEmpty} from './buffers.js';
import {call} from './call.js';
import {type Core, sayProblem, tell} from './core.js';
import {openDialog} from './dialogs.js';
import {openForm} from './forms.js';
import {ruleWords} from './notification-words.js';
import {answerOf, askingText} from './results.js';
import {roomChallengeForm, roomThatAsks} from './room-challenge.js';
import {newRoomForm, roomToOpen} from './room-forms.js';
import {type Composing, isVisible, withComposing, withHint} from './view-state.js';

/**
 * Asks the client for a verb, and says what became of it in the buffer `asked`. `typed` is given back where a message is
 * refused. Answers whether it was done.
 */
export async function performClient(
	core: Core,
	intent: ClientIntent,
	asked: BufferId,
	typed: string | undefined,
): Promise<boolean> {
	const before = core.state();
	const asking = askingText(intent, before);
	if (asking !== undefined) {
		core.say('info', asking, undefined, asked);
	}

	try {
		const room = askedRoom(intent);
		const ask = () => call(core.actions, intent);
		const result = await (room === undefined ? ask() : whileAsking(core, room, ask));
		const answer = answerOf(intent, result, before);
		if (answer !== undefined) {
			tell(core, placeOf(core, intent, asked), answer.level, answer.text, answer.hint);
		}

		if (intent.action === 'sendMessage') {
			sentElsewhere(core, intent.input, asked);
		} else if (intent.action === 'arrangeBuffer') {
			sayArranged(core, intent.input);
		}

		const made = roomToOpen(intent, result);
		if (made !== undefined) {
			openForm(core, await newRoomForm(made, core.actions));
		}

		return true;
	} catch (error) {
		const asking = roomThatAsks(intent, error);
		if (asking !== undefined && (await askWhatRoomAsks(core, asking))) {
			return true;
		}

		const closed = roomWithPassword(intent, error);
		// Who has begun to write meanwhile must not find a message in the place of the password.
		if (closed !== undefined && core.view().popup === undefined && inputIsEmpty(core)) {
			openDialog(
				core,
				createRoomPasswordDialog(core.actions, closed, error, () => {}),
			);
			return true;
		}

		sayProblem(core, error, placeOf(core, intent, asked));
		if (intent.action === 'sendMessage' && typed !== undefined) {
			giveBack(core, asked, typed, isCommand(typed) ? undefined : composingFor(intent));
		}

		return false;
	}
}

/** Puts the questions of a room on the screen. `false`: the person has begun something else, or nothing is asked any more. */
async function askWhatRoomAsks(core: Core, asking: Parameters<typeof roomChallengeForm>[0]): Promise<boolean> {
	const isFree = () => core.view().popup === undefined && inputIsEmpty(core);
	const {actions, store} = core;
	const task = isFree()
		? await roomChallengeForm(asking, {actions, store, entered: () => {}}).catch(() => undefined)
		: undefined;
	if (task === undefined || !isFree()) {
		return false;
	}

	openForm(core, task);
	return true;
}

/** Where it is said what became of it: in the buffer where it was asked for, and of a room that was to be entered, in its own. */
function placeOf(core: Core, intent: ClientIntent, asked: BufferId): BufferId {
	const room = intent.action === 'joinRoom' ? bufferId(intent.input.account, 'room', intent.input.room) : asked;
	return bufferOf(core.state(), room) === undefined ? asked : room;
}

/** A message to somebody whose buffer is not on the screen would go without a trace. */
function sentElsewhere(core: Core, {account, to}: ActionInput<'sendMessage'>, asked: BufferId): void {
	const state = core.state();
	const through = isFullJid(to) ? bufferId(account, 'private', to) : bufferId(account, 'room', to);
	const id = bufferOf(state, through) === undefined ? bufferId(account, 'chat', bareOf(to)) : through;
	if (asked === id || isVisible(core.view(), id)) {
		return;
	}

	const number = numberOf(state, id);
	const name = bufferName(state, bufferOf(state, id)?.info ?? {account, jid: bareOf(to)});
	const online = accountOf(state, account)?.status === 'online';
	core.change(
		withHint(core.view(), {
			level: 'info',
			text: online ? `Sent to ${name}.` : `For ${name}: it waits until ${account} is online.`,
			...(number === undefined ? {} : {more: `Buffer ${number} has it.`}),
		}),
	);
}

/** Of a rule nothing shows on the screen, nor of a place in a list that is hidden. */
function sayArranged(core: Core, {buffer, markers}: ActionInput<'arrangeBuffer'>): void {
	const state = core.state();
	const info = bufferOf(state, buffer)?.info;
	if (info !== undefined) {
		const tells = markers === 'on' || (markers === 'default' && state.preferences['markers.send']);
		const words =
			markers === undefined
				? `${info.pinned === true ? 'pinned, ' : ''}${ruleWords(info)}`
				: `${tells ? 'others learn' : 'nobody learns'} how far you have read`;
		const text = `${bufferName(state, info)}: ${words}.`;
		core.change(withHint(core.view(), {level: 'info', text}));
	}
}

/** Nothing typed is lost: a message that was refused stands in the input of its buffer again. */
function giveBack(core: Core, asked: BufferId, typed: string, composing: Composing | undefined): void {
	const view = core.view();
	const editor = view.editors[asked] ?? emptyEditor;
	if (editor.text === '') {
		const back = {...view, editors: {...view.editors, [asked]: withText(editor, typed)}};
		core.change(composing === undefined ? back : withComposing(back, asked, composing));
	}
}

/** Of an answer that was refused: what it answers, to be tried again. */
function composingFor(intent: ClientIntent): Composing | undefined {
	return intent.action === 'sendMessage' && intent.input.reply !== undefined
		? {kind: 'reply', key: intent.input.reply}
		: undefined;
}
