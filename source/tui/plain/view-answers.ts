import process from 'node:process';
import {consoleBuffer, requestsBuffer, xmlBuffer} from '../../model/buffer.js';
import {type EncryptionIntent, isEncryptionIntent} from '../../model/encryption-view.js';
import {type FileIntent, isFileIntent} from '../../model/file-view.js';
import {defaultBindings, type KeyAction} from '../../model/keys.js';
import {isMessageIntent, type MessageIntent} from '../../model/message-view.js';
import {isStrangerIntent, type StrangerIntent} from '../../model/stranger-view.js';
import type {ViewIntent} from '../../model/view.js';
import {systemClock} from '../../shared/clock.js';
import {printable} from '../../shared/text.js';
import {bufferOf} from '../../store/selectors.js';
import {aliasPage, helpOn} from '../app/alias-lines.js';
import {type BufferTarget, noSuchBuffer, resolveBuffer} from '../app/buffer-target.js';
import {copyWords, newestText} from '../app/copying.js';
import {exported} from '../app/exporting.js';
import {accountLines} from '../app/lists.js';
import {type RoomFormIntent, registeredText, roomForm} from '../app/room-forms.js';
import {type RoomPageIntent, roomPage, topicText} from '../app/room-pages.js';
import {settingsPage} from '../app/setting-lines.js';
import type {XmlConsole} from '../app/xml-watch.js';
import {createAccountAssistant} from '../assistant/account-assistant.js';
import {createUnlockDialog} from '../assistant/unlock.js';
import {createOpenSpeller} from '../composer/speller.js';
import {createFormDialog} from '../forms/form-dialog.js';
import {bufferName} from '../panes/words.js';
import {createClipboard} from '../terminal/clipboard.js';
import {createRun} from '../terminal/run.js';
import {surroundingsOf} from '../terminal/surroundings.js';
import {answerEncryption} from './line-encryption.js';
import {answerFiles} from './line-files.js';
import {answerMessages} from './line-messages.js';
import {spellInLines} from './line-spelling.js';
import {answerStrangers} from './line-strangers.js';
import type {LineView} from './line-view.js';
import {linkLines} from './link-lines.js';
import type {Place} from './place.js';
import {participantLines} from './spoken-lists.js';

/** Answers `false` where it could not be done. */
type Answer<Intent> = (intent: Intent, view: LineView) => Promise<boolean> | Promise<void> | boolean | void;

/** One row for each intent: what belongs to a screen has a form in lines, or a sentence that says why there is none. */
type Others = Exclude<ViewIntent, EncryptionIntent | MessageIntent | StrangerIntent | FileIntent>;

const answers: {readonly [Type in Others['type']]: Answer<Extract<Others, {readonly type: Type}>>} = {
	showBuffer: ({buffer}, view) => view.move(view.place.show(buffer)),
	switchBuffer: ({to}, view) => view.move(switchTo(to, view)),
	closeBuffer: ({buffer}, view) => view.move(close(buffer ?? view.place.active(), view)),
	listBuffers: (_, view) => listBuffers(view),
	listContacts: ({account}, view) => view.list(view.wording.contacts(view.store.get(), account)),
	listAccounts: (_, view) => view.list(accountLines(view.store.get())),
	addAccount: ({jid}, view) => view.ask(createAccountAssistant(view.actions, jid)),
	unlock: (_, view) => view.ask(createUnlockDialog(view.actions)),
	search: ({query}, {finding}) => finding.search(query),
	find: ({query}, {finding, place}) => finding.search(query, place.active()),
	goTo: ({when}, {finding}) => finding.goTo(when),
	goBack: (_, view) => view.move(view.finding.goBack()),
	toHighlight: ({direction}, {finding}) => finding.toHighlight(direction),
	joins: (_, {say}) =>
		say('info', 'How much is said of coming and going is a setting.', '/set screen-reader.verbosity'),
	editText: (_, {wording, say}) =>
		say(
			'info',
			'Here a text is written line by line.',
			wording.spoken
				? 'A line that ends with a backslash goes on with the next one.'
				: 'Of several lines only a screen or --screen-reader makes one message.',
		),
	resend: ({all}, view) => view.resend(all),
	clear: (_, {say}) => say('info', 'What is printed stays.', 'Most terminals clear themselves with their own command.'),
	help: ({topic}, view) =>
		topic?.trim() === 'keys' ? noKeys(view) : view.list(helpOn(topic, view.store.get().preferences).lines),
	keys: (_, view) => noKeys(view),
	learnKey: (_, view) => noKeys(view),
	do: ({action}, view) => act(action, view),
	exportHistory: async (intent, {actions, say}) => say('info', await exported(intent, actions)),
	links: (_, view) => view.list(linkLines(view.store.get(), view.place.active())),
	scroll: ({by, direction}, view) => view.paging.scroll(by, direction),
	toggleBufferList: (_, view) => listBuffers(view),
	toggleParticipants: (_, view) => view.list(participantLines(view.store.get(), view.place.active())),
	scrollParticipants: (_, view) => view.list(participantLines(view.store.get(), view.place.active())),
	listOccupants: (intent, view) =>
		view.wording.spoken ? view.list(participantLines(view.store.get(), intent.buffer)) : listOfRooms(intent, view),
	listBookmarks: (intent, view) => listOfRooms(intent, view),
	listRooms: (intent, view) => listOfRooms(intent, view),
	listAffiliations: (intent, view) => listOfRooms(intent, view),
	listIgnored: (intent, view) => listOfRooms(intent, view),
	roomConfiguration: (intent, view) => askForm(intent, view),
	roomRegistration: (intent, view) => askForm(intent, view),
	editVcard: (intent, view) => askForm(intent, view),
	whois: (intent, view) => listOfRooms(intent, view),
	roomInfo: (intent, view) => listOfRooms(intent, view),
	vcard: (intent, view) => listOfRooms(intent, view),
	sayTopic: ({buffer}, {store, say}) => say('info', topicText(store.get(), buffer)),
	splitView: (intent, view) => splitView(intent, view),
	spell: (intent, view) => spellInLines(intent, view, createOpenSpeller(process.env)),
	copy: ({text}, view) => copyFromLines(text, view),
	doctor: (_, view) => examineLines(view),
	fold: (_, {say}) => say('info', 'Here all of a message is printed, however long it is.'),
	chooseTheme: (_, {say}) => say('info', 'Lines have the colours of your terminal.', '/set theme is for the screen.'),
	redraw: (_, {say}) =>
		say('info', 'Lines are not painted again.', '/scroll end prints the newest messages once more.'),
	watchXml: ({on, account}, view) => (on ? openXml(account, view) : closeXml(view)),
	filterXml({filter}, {xml, say}) {
		xml.filter(filter);
		say('info', xml.shown(), xml.isOpen() ? undefined : '/xml on shows them.');
	},
	testNotification: (_, view) => view.testNotification(),
	settings: (intent, view) => view.list(settingsPage(intent, view.store.get().preferences).lines),
	aliases: ({name}, view) => view.list(aliasPage(view.store.get().preferences, name).lines),
	draft: ({what}, view) => draft(what, view),
	quit: (_, view) => view.leave(),
};

/** Does what concerns only what is printed here, and never in silence. Answers whether it could be done. */
export async function answerView(intent: ViewIntent, view: LineView): Promise<boolean> {
	if (isEncryptionIntent(intent)) {
		return answerEncryption(intent, {...view, spoken: view.wording.spoken});
	}

	if (isMessageIntent(intent)) {
		return answerMessages(intent, view, text => copyFromLines(text, view));
	}

	if (isFileIntent(intent)) {
		return answerFiles(intent, view);
	}

	if (isStrangerIntent(intent)) {
		return answerStrangers(intent, view);
	}

	// The table ties each answer to its intent; the compiler cannot follow that through the union.
	const answer = answers[intent.type] as Answer<Others>;
	return (await answer(intent, view)) !== false;
}

async function listOfRooms(intent: RoomPageIntent, {store, actions, list}: LineView): Promise<void> {
	list((await roomPage(intent, {state: store.get(), actions})).lines);
}

async function askForm(intent: RoomFormIntent, {actions, ask, say}: LineView): Promise<void> {
	const task = await roomForm(intent, actions);
	if (task === undefined) {
		say('info', registeredText(intent));
	} else {
		ask(createFormDialog(task));
	}
}

function listBuffers({list, wording, store, place}: LineView): void {
	list(wording.buffers(store.get(), place.active()));
}

async function switchTo(to: BufferTarget, {store, place, say}: LineView): Promise<boolean> {
	const id = resolveBuffer(store.get(), place.active(), place.last(), to);
	if (id === undefined) {
		const {text, hint} = noSuchBuffer(to);
		say('info', text, hint);
		return false;
	}

	return place.show(id);
}

async function close(id: ReturnType<Place['active']>, view: LineView): Promise<boolean> {
	const {store, place, actions, say} = view;
	if (id === consoleBuffer) {
		say('info', 'The console stays open.', '/quit leaves xmppc.');
		return true;
	}

	if (id === xmlBuffer) {
		await closeXml(view);
		return true;
	}

	const info = bufferOf(store.get(), id)?.info;
	if (id !== requestsBuffer) {
		await actions.closeBuffer({buffer: id});
	}

	store.dispatch({type: 'buffer.closed', buffer: id});
	if (info !== undefined) {
		say('info', `${bufferName(store.get(), info)} is closed.`);
	}

	return (
		place.active() !== id ||
		place.show(bufferOf(store.get(), place.last()) === undefined ? consoleBuffer : place.last())
	);
}

/** There is no screen to write to: a text can only be copied through tmux. */
async function copyFromLines(given: string | undefined, {store, place, say}: LineView): Promise<void> {
	const text = given ?? printable(newestText(store.get(), place.active()) ?? '', 'body');
	const copy = createClipboard({
		surroundings: surroundingsOf(process.env),
		run: createRun(systemClock),
		isOpen: () => false,
		write() {},
	});
	const words = copyWords(text, await copy(text));
	say(words.level, words.text, words.hint);
}

async function examineLines({store, list}: LineView): Promise<void> {
	const {doctorPage} = await import('../doctor/examine.js');
	list(await doctorPage({clock: systemClock, env: process.env, wishes: store.get().preferences}));
}

function noKeys({say}: LineView): void {
	say('info', 'There are no keys here but those of your terminal.', 'Everything has a command: /help lists them.');
}

/** What a key of the screen does: where a command does the same, that one. */
async function act(action: KeyAction, view: LineView): Promise<boolean> {
	if (action === 'switcher') {
		return view.finding.palette();
	}

	if (action === 'scrollUnread') {
		const {info} = bufferOf(view.store.get(), view.place.active()) ?? {};
		return view.paging.from((info?.readUpTo ?? 0) + 1);
	}

	const command = defaultBindings.find(each => each.action === action)?.command;
	const done = command === undefined ? undefined : await view.obey(command);
	if (done !== undefined) {
		return done;
	}

	view.say('info', `“${action}” is for the screen.`, 'Here your terminal edits the line; /help lists the commands.');
	return true;
}

function splitView(
	intent: Extract<ViewIntent, {readonly type: 'splitView'}>,
	view: LineView,
): Promise<boolean> | undefined {
	if (intent.how === 'open') {
		return view.move(view.place.show(intent.buffer));
	}

	if (intent.how === 'other' || intent.how === 'swap') {
		return view.move(switchTo('last', view));
	}

	view.say(
		'info',
		'There is nothing to split: messages of all buffers are printed here.',
		'/buffer last goes to and fro.',
	);
	return undefined;
}

async function openXml(account: Parameters<XmlConsole['open']>[0], {xml, say}: LineView): Promise<void> {
	await xml.open(account);
	say('info', xml.shown(), '/xml filter chooses, /xml off ends it. Nothing of this is stored.');
}

async function closeXml({xml, say}: LineView): Promise<void> {
	if (!xml.isOpen()) {
		say('info', 'No stanzas are shown.', '/xml on shows them.');
		return;
	}

	await xml.close();
	say('info', 'Stanzas are not shown any more.');
}

async function draft(what: 'show' | 'send' | 'drop', {store, actions, place, say, send}: LineView): Promise<void> {
	const info = bufferOf(store.get(), place.active())?.info;
	if (info === undefined || info.draft === '') {
		say('info', 'There is no draft here.');
		return;
	}

	if (what === 'show') {
		say('info', `Draft: ${info.draft}`, '/draft send sends it, /draft drop forgets it.');
		return;
	}

	if (what === 'send') {
		await send(info.draft);
	}

	await actions.saveView({drafts: {[info.id]: ''}});
	store.dispatch({type: 'buffer.opened', buffer: {...info, draft: ''}});
	if (what === 'drop') {
		say('info', 'The draft is forgotten.');
	}
}
