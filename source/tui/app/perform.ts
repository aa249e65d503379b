import type {Intent} from '../../commands/intent.js';
import {type EncryptionIntent, isEncryptionIntent} from '../../model/encryption-view.js';
import {type FileIntent, isFileIntent} from '../../model/file-view.js';
import {isMessageIntent, type MessageIntent} from '../../model/message-view.js';
import {isStrangerIntent, type StrangerIntent} from '../../model/stranger-view.js';
import type {ViewIntent} from '../../model/view.js';
import {createAccountAssistant} from '../assistant/account-assistant.js';
import {createUnlockDialog} from '../assistant/unlock.js';
import {toHighlight} from '../finding/highlights.js';
import {openFind} from '../finding/in-buffer.js';
import {goBack, goTo} from '../finding/jump.js';
import {openSearch} from '../finding/results.js';
import {toUnread} from '../finding/unread-tour.js';
import {aliasPage, helpOn} from './alias-lines.js';
import {closeBuffer, showBuffer, switchBuffer, toNewest} from './buffers.js';
import {copyText, openDoctor} from './copying.js';
import {type Core, openPopup, sayProblem, tell} from './core.js';
import {openDialog} from './dialogs.js';
import {editText} from './edit-text.js';
import {showEncryption} from './encryption-views.js';
import {enterRoom} from './entering.js';
import {exported} from './exporting.js';
import {showFiles} from './files.js';
import {fold, unfold} from './folding.js';
import {showPage} from './help-popup.js';
import {keysPage} from './help-topics.js';
import {showJoins} from './joins.js';
import {openLinks} from './links.js';
import {accountLines, bufferLines, contactLines} from './lists.js';
import {performMessage} from './message-deeds.js';
import {performClient} from './perform-client.js';
import {failedIn, nothingFailed} from './resend.js';
import {openRooms} from './room-browser.js';
import {isRoomForm, type RoomFormIntent} from './room-forms.js';
import {isRoomPage, type RoomPageIntent, topicText} from './room-pages.js';
import {showRoomForm, showRoomPage} from './room-views.js';
import {scroll} from './scroll.js';
import {settingsPage} from './setting-lines.js';
import {scrollParticipants, toggleList, toggleParticipants} from './side-panes.js';
import {splitView} from './split.js';
import {showStrangers} from './stranger-views.js';
import {openThemes, takeTheme} from './theme-choice.js';
import type {Wanted} from './type-ahead.js';
import {placeIn, withHint, withPlace} from './view-state.js';
import {filterXml, watchXml} from './xml-view.js';

/** Does what a line asked for. What is typed behind a command that goes to another buffer is typed there. */
export function obey(core: Core, intents: readonly Intent[], typed: string): void {
	if (!intents.some(mayMove)) {
		void perform(core, intents, typed, always);
		return;
	}

	const needsNetwork = !intents.some(isMove);
	core.during((wanted, arrived) => perform(core, intents, undefined, wanted, arrived), {
		line: typed,
		patience: needsNetwork ? longestMove : undefined,
	});
}

/** Milliseconds that input waits at most for a verb that needs the network. */
const longestMove = 2000;

const always: Wanted = () => true;

/** Whether another buffer may be on the screen when it is done. */
function mayMove(intent: Intent): boolean {
	// What is typed behind a command for a form is meant for the form.
	return (
		isMove(intent) ||
		(intent.type === 'client' ? ['removeAccount', 'joinRoom'].includes(intent.action) : isRoomForm(intent.view))
	);
}

function isMove(intent: Intent): boolean {
	return (
		intent.type === 'view' &&
		['showBuffer', 'switchBuffer', 'closeBuffer', 'watchXml', 'splitView', 'goTo', 'goBack', 'requests'].includes(
			intent.view.type,
		)
	);
}

/**
 * One thing after the other, until one fails: `false`, and what comes behind it is not done. `typed` is given back if a
 * message cannot be sent.
 */
async function perform(
	core: Core,
	intents: readonly Intent[],
	typed: string | undefined,
	wanted: Wanted,
	arrived?: () => void,
): Promise<boolean> {
	const asked = core.view().active;
	for (const intent of intents) {
		const done =
			intent.type === 'view'
				? await performView(core, intent.view, wanted)
				: intent.action === 'joinRoom'
					? await enterRoom(core, intent, wanted, () => performClient(core, intent, asked, typed), arrived)
					: await performClient(core, intent, asked, typed);
		if (!done) {
			return false;
		}
	}

	return true;
}

/** Does what concerns this screen only. Answers whether it could be done. */
async function performView(core: Core, intent: ViewIntent, wanted: Wanted): Promise<boolean> {
	switch (intent.type) {
		case 'showBuffer':
			return showBuffer(core, intent.buffer, wanted);
		case 'switchBuffer':
			return intent.to === 'unread' ? toUnread(core) : switchBuffer(core, intent.to);
		case 'goTo':
			return goTo(core, intent.when, wanted);
		case 'goBack':
			return goBack(core, wanted);
		case 'closeBuffer':
			return closeBuffer(core, intent.buffer ?? core.view().active, wanted);
		case 'watchXml':
			return watchXml(core, intent, wanted);
		case 'splitView':
			return splitView(core, intent);
		case 'resend':
			return resend(core, intent.all);
		case 'exportHistory':
			return exportHistory(core, intent);
		case 'sayTopic':
			tell(core, core.view().active, 'info', topicText(core.state(), intent.buffer));
			return true;
		default:
			if (isEncryptionIntent(intent)) {
				return showEncryption(core, intent);
			}

			if (isMessageIntent(intent)) {
				return performMessage(core, intent);
			}

			if (isFileIntent(intent)) {
				return showFiles(core, intent);
			}

			if (isStrangerIntent(intent)) {
				return showStrangers(core, intent);
			}

			if (intent.type === 'listRooms') {
				return openRooms(core, intent);
			}

			if (isRoomForm(intent)) {
				return showRoomForm(core, intent);
			}

			if (isRoomPage(intent)) {
				return showRoomPage(core, intent);
			}

			present(core, intent);
			return true;
	}
}

/** Who writes on meanwhile hears of it where it was asked for. */
async function exportHistory(
	core: Core,
	intent: Extract<ViewIntent, {readonly type: 'exportHistory'}>,
): Promise<boolean> {
	const {active} = core.view();
	try {
		tell(core, active, 'info', await exported(intent, core.actions));
		return true;
	} catch (error) {
		sayProblem(core, error, active);
		return false;
	}
}

type Presented = Exclude<
	ViewIntent,
	{
		readonly type:
			| 'showBuffer'
			| 'switchBuffer'
			| 'closeBuffer'
			| 'watchXml'
			| 'splitView'
			| 'resend'
			| 'goTo'
			| 'goBack'
			| 'sayTopic'
			| 'exportHistory'
			| EncryptionIntent['type']
			| MessageIntent['type']
			| StrangerIntent['type']
			| FileIntent['type']
			| RoomPageIntent['type']
			| RoomFormIntent['type'];
	}
>;

/** Does at once what changes the screen and not where the person is. */
export function present(core: Core, intent: Presented): void {
	switch (intent.type) {
		case 'listBuffers':
			showPage(core, {title: 'Buffers', lines: bufferLines(core.state()), search: 'lines'});
			break;
		case 'listContacts':
			showPage(core, {title: 'Contacts', lines: contactLines(core.state(), intent.account), search: 'lines'});
			break;
		case 'listAccounts':
			showPage(core, {title: 'Accounts', lines: accountLines(core.state()), search: 'lines'});
			break;
		case 'addAccount':
			openDialog(core, createAccountAssistant(core.actions, intent.jid));
			break;
		case 'unlock':
			openDialog(core, createUnlockDialog(core.actions));
			break;
		case 'clear':
			clear(core);
			break;
		case 'help':
			showPage(core, helpOn(intent.topic, core.state().preferences));
			break;
		case 'keys':
			showPage(core, keysPage(core.state().preferences.keys, intent.word));
			break;
		case 'learnKey':
			openPopup(core, {type: 'learnKey'});
			break;
		case 'do':
			core.act(intent.action);
			break;
		case 'joins':
			showJoins(core, intent.show);
			break;
		case 'chooseTheme':
			if (intent.name === undefined) {
				openThemes(core);
			} else {
				void takeTheme(core, intent.name);
			}

			break;
		case 'fold':
			if (intent.folded) {
				fold(core);
			} else {
				unfold(core, intent.all);
			}

			break;
		case 'links':
			openLinks(core);
			break;
		case 'scroll':
			scroll(core, intent.by, intent.direction);
			break;
		case 'search':
			openSearch(core, intent.query ?? '');
			break;
		case 'find':
			openFind(core, intent.query);
			break;
		case 'toHighlight':
			void toHighlight(core, intent.direction);
			break;
		case 'toggleBufferList':
			toggleList(core);
			break;
		case 'toggleParticipants':
			toggleParticipants(core);
			break;
		case 'scrollParticipants':
			scrollParticipants(core, intent.direction);
			break;
		case 'settings':
			showPage(core, settingsPage(intent, core.state().preferences));
			break;
		case 'aliases':
			showPage(core, aliasPage(core.state().preferences, intent.name));
			break;
		case 'spell':
			core.spell(intent.word, intent.learn === true);
			break;
		case 'editText':
			void editText(core, intent.text);
			break;
		case 'redraw':
			core.redraw();
			break;
		case 'copy':
			void copyText(core, intent.text);
			break;
		case 'doctor':
			void openDoctor(core);
			break;
		case 'filterXml':
			filterXml(core, intent.filter);
			break;
		case 'testNotification':
			core.testNotification();
			break;
		case 'draft':
			tell(core, core.view().active, 'info', 'What you have begun to write stands in the input line of its buffer.');
			break;
		case 'quit':
			core.quit();
			break;
	}
}

/** Sends what failed once more; it goes to the end of the conversation. */
async function resend(core: Core, all: boolean): Promise<boolean> {
	const {active, resent} = core.view();
	const failed = failedIn(core.state(), active, all, resent);
	if (failed.length === 0) {
		core.change(withHint(core.view(), {level: 'info', text: nothingFailed(core.state(), active)}));
		return true;
	}

	core.change({...core.view(), resent: new Set([...resent, ...failed.map(({key}) => key)])});
	toNewest(core);
	for (const {intent, body} of failed) {
		if (!(await performClient(core, intent, active, body))) {
			return false;
		}
	}

	return true;
}

function clear(core: Core): void {
	const {active} = core.view();
	const {marker: _, anchor: __, ...place} = placeIn(core.view(), active);
	core.change(withPlace(core.view(), active, place));
	core.store.dispatch({type: 'window.cleared', buffer: active});
}
