import {registry} from '../../commands/definitions/index.js';
import type {HelpLine} from '../../commands/help.js';
import type {Intent, Parsed} from '../../commands/intent.js';
import {isCommand, parse} from '../../commands/parse.js';
import type {Actions} from '../../model/actions.js';
import {type BufferId, consoleBuffer} from '../../model/buffer.js';
import type {ViewIntent} from '../../model/view.js';
import {problemOf} from '../../shared/errors.js';
import type {BareJid} from '../../shared/jid.js';
import {printable, truncateToWidth} from '../../shared/text.js';
import {bufferOf, foremost, presenceOf} from '../../store/selectors.js';
import type {State, StoreEvent} from '../../store/state.js';
import type {Store} from '../../store/store.js';
import {bufferAddress, noSuchBuffer, resolveBuffer} from '../app/buffer-target.js';
import {call} from '../app/call.js';
import {commandContext} from '../app/command-context.js';
import {helpPage} from '../app/help-topics.js';
import {accountLines, bufferLines, contactLines} from '../app/lists.js';
import {failedIn, nothingFailed} from '../app/resend.js';
import {answerOf, askingText} from '../app/results.js';
import {createAccountAssistant} from '../assistant/account-assistant.js';
import type {Dialog} from '../assistant/dialog.js';
import {createUnlockDialog} from '../assistant/unlock.js';
import {availabilityText, bufferName, saidText} from '../panes/words.js';
import {noticeText} from './plain-lines.js';
import type {Transcript} from './transcript.js';

export type PlainSession = {
	/**
	 * Does what a line asks for; resolves when that is done. `ahead`: it was typed before it could be seen what became of
	 * the line before.
	 */
	obey(line: string, ahead: boolean): Promise<void>;
	show(buffer: BufferId): Promise<boolean>;
	/** How many messages were not sent. */
	readonly unsent: () => number;
	ask(dialog: Dialog): void;
	readonly active: () => BufferId;
	readonly dialog: () => Dialog | undefined;
	readonly hasLeft: () => boolean;
	prompt(): string;
};

export type PlainSessionOptions = {
	readonly store: Store<State, StoreEvent>;
	readonly actions: Actions;
	readonly transcript: Transcript;
	print(lines: readonly string[]): void;
};

/** Messages printed when a buffer is shown. */
const recalled = 20;
/** Columns of a line that is quoted. */
const longestQuote = 40;

/** The line mode's view: one buffer at a time, and what commands do to it. */
export function createPlainSession({store, actions, transcript, print}: PlainSessionOptions): PlainSession {
	let active: BufferId = consoleBuffer;
	let last: BufferId = consoleBuffer;
	let lastAccount: BareJid | undefined;
	let dialog: Dialog | undefined;
	let left = false;
	let unsent = 0;
	/** A command failed that may have been meant to lead elsewhere: where the person believes to be is not known. */
	let astray = false;
	const resent = new Set<number>();

	const say = (level: 'info' | 'error', text: string, hint?: string) =>
		print(noticeText({level, text, ...(hint === undefined ? {} : {hint})}));
	const list = (lines: readonly HelpLine[]) => print(lines.map(line => line.text));
	const refuse = (error: unknown) => {
		const {message, hint} = problemOf(error);
		say('error', message, hint);
	};

	const show = async (id: BufferId): Promise<boolean> => {
		const address = bufferAddress(id);
		try {
			if (bufferOf(store.get(), id) === undefined && address !== undefined) {
				store.dispatch({type: 'buffer.opened', buffer: await actions.openBuffer(address)});
			}

			if (id !== active) {
				last = active;
				active = id;
				lastAccount = bufferOf(store.get(), id)?.info.account ?? lastAccount;
			}

			print([`-- ${describe(store.get(), id)}`]);
			if (id !== consoleBuffer) {
				await actions.loadHistory({buffer: id, limit: recalled});
				transcript.recall(id, recalled);
				await markRead(id);
			}
		} catch (error) {
			refuse(error);
		}

		return active === id;
	};

	const markRead = async (id: BufferId) => {
		const newest = bufferOf(store.get(), id)?.entries.findLast(entry => entry.type === 'message');
		if (newest !== undefined && (bufferOf(store.get(), id)?.info.unread ?? 0) > 0) {
			await actions.markRead({buffer: id, upTo: newest.key});
		}
	};

	const close = async (id: BufferId) => {
		if (id === consoleBuffer) {
			say('info', 'The console stays open.', '/quit leaves xmppc.');
			return;
		}

		await actions.closeBuffer({buffer: id});
		store.dispatch({type: 'buffer.closed', buffer: id});
		if (active === id) {
			await show(bufferOf(store.get(), last) === undefined ? consoleBuffer : last);
		}
	};

	/** Goes to a buffer, if that is possible: only then what is typed next belongs there. */
	const move = async (id: BufferId | undefined) => {
		astray = id === undefined || !(await show(id));
	};

	const performView = async (intent: ViewIntent): Promise<void> => {
		switch (intent.type) {
			case 'showBuffer':
				return move(intent.buffer);
			case 'switchBuffer': {
				const id = resolveBuffer(store.get(), active, last, intent.to);
				if (id === undefined) {
					const {text, hint} = noSuchBuffer(intent.to);
					say('info', text, hint);
				}

				return move(id);
			}

			case 'closeBuffer':
				astray = true;
				await close(intent.buffer ?? active);
				astray = false;
				return undefined;
			case 'listBuffers':
				return list(bufferLines(store.get()));
			case 'listContacts':
				return list(contactLines(store.get(), intent.account));
			case 'listAccounts':
				return list(accountLines(store.get()));
			case 'addAccount':
				dialog = createAccountAssistant(actions, intent.jid);
				return undefined;
			case 'unlock':
				dialog = createUnlockDialog(actions);
				return undefined;
			case 'help':
				return list(helpPage(intent.topic).lines);
			case 'quit':
				left = true;
				return undefined;
			case 'resend':
				return resend(intent.all);
			case 'clear':
			case 'keys':
			case 'scroll':
			case 'toggleBufferList':
			case 'redraw':
				return say('info', 'This needs the screen: start xmppc without --plain, on a terminal.');
		}
	};

	const resend = async (all: boolean) => {
		const failed = failedIn(store.get(), active, all, resent);
		if (failed.length === 0) {
			say('info', nothingFailed);
		}

		for (const {key, intent} of failed) {
			await performOne(intent);
			resent.add(key);
		}
	};

	const performOne = async (intent: Intent): Promise<void> => {
		if (intent.type === 'view') {
			return performView(intent.view);
		}

		const asking = askingText(intent);
		if (asking !== undefined) {
			say('info', asking);
		}

		const before = store.get();
		const answer = answerOf(intent, await call(actions, intent), before);
		if (answer !== undefined) {
			say(answer.level, answer.text, answer.hint);
		}
	};

	/** One thing after the other, until one fails. */
	const perform = async (intents: readonly Intent[]): Promise<boolean> => {
		try {
			for (const intent of intents) {
				await performOne(intent);
				if (astray) {
					return false;
				}
			}

			return true;
		} catch (error) {
			refuse(error);
			return false;
		}
	};

	const sendText = async (text: string, parsed: Parsed) => {
		if (parsed.type === 'nothing') {
			return;
		}

		if (astray) {
			say(
				'error',
				`Not sent: “${truncateToWidth(printable(text, 'line'), longestQuote)}”`,
				'The command before it failed.',
			);
		} else if (parsed.type === 'problem') {
			say('error', parsed.problem.message, parsed.problem.hint);
		} else if (await perform(parsed.intents)) {
			return;
		}

		unsent++;
	};

	return {
		async obey(line, ahead) {
			astray &&= ahead;
			const parsed = parse(line, commandContext(store.get(), active, lastAccount), registry);
			if (!isCommand(line)) {
				await sendText(line, parsed);
			} else if (parsed.type === 'problem') {
				say('error', parsed.problem.message, parsed.problem.hint);
				astray = true;
			} else if (parsed.type === 'intents') {
				await perform(parsed.intents);
			}
		},
		show,
		unsent: () => unsent,
		ask(next) {
			dialog = next;
		},
		active: () => active,
		dialog() {
			if (dialog?.question().type === 'end') {
				dialog = undefined;
			}

			return dialog;
		},
		hasLeft: () => left,
		prompt() {
			const info = bufferOf(store.get(), active)?.info;
			return `[${info === undefined ? 'console' : bufferName(store.get(), info)}] `;
		},
	};
}

/** Where the person is now, and how well protected. */
function describe(state: State, id: BufferId): string {
	const info = bufferOf(state, id)?.info;
	if (info?.jid === undefined) {
		return 'console: /query <who> opens a chat, /help explains, /quit leaves';
	}

	const presence = foremost(presenceOf(state, info.account, info.jid));
	const text = saidText(presence);
	const said = text === '' ? '' : ` (${text})`;
	const availability = availabilityText(presence?.availability);
	return `chat with ${bufferName(state, info)}, ${printable(info.jid, 'identifier')}, ${availability}${said}, not end-to-end encrypted`;
}
