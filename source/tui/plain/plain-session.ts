import {registry} from '../../commands/definitions/index.js';
import type {HelpLine} from '../../commands/help.js';
import type {Intent, Parsed} from '../../commands/intent.js';
import {isCommand, parse} from '../../commands/parse.js';
import type {Actions} from '../../model/actions.js';
import {type BufferId, consoleBuffer} from '../../model/buffer.js';
import type {ViewIntent} from '../../model/view.js';
import {problemOf} from '../../shared/errors.js';
import {printable, truncateToWidth} from '../../shared/text.js';
import {bufferOf} from '../../store/selectors.js';
import type {State, StoreEvent} from '../../store/state.js';
import type {Store} from '../../store/store.js';
import {type BufferTarget, noSuchBuffer, resolveBuffer} from '../app/buffer-target.js';
import {call} from '../app/call.js';
import {commandContext} from '../app/command-context.js';
import {helpPage} from '../app/help-topics.js';
import {accountLines, bufferLines, contactLines} from '../app/lists.js';
import {failedIn, nothingFailed} from '../app/resend.js';
import {answerOf, askingText} from '../app/results.js';
import {createAccountAssistant} from '../assistant/account-assistant.js';
import type {Dialog} from '../assistant/dialog.js';
import {createUnlockDialog} from '../assistant/unlock.js';
import {bufferName} from '../panes/words.js';
import {createPlace} from './place.js';
import {longestQuote, noticeText} from './plain-lines.js';
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

type Presented = Exclude<ViewIntent, {readonly type: 'showBuffer' | 'switchBuffer' | 'closeBuffer' | 'resend'}>;

/** The line mode's view: one buffer at a time, and what commands do to it. */
export function createPlainSession({store, actions, transcript, print}: PlainSessionOptions): PlainSession {
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

	const place = createPlace({store, actions, transcript, print, refuse});

	const close = async (id: BufferId): Promise<boolean> => {
		if (id === consoleBuffer) {
			say('info', 'The console stays open.', '/quit leaves xmppc.');
			return true;
		}

		await actions.closeBuffer({buffer: id});
		store.dispatch({type: 'buffer.closed', buffer: id});
		return (
			place.active() !== id ||
			place.show(bufferOf(store.get(), place.last()) === undefined ? consoleBuffer : place.last())
		);
	};

	/** Goes to a buffer, if that is possible: only then what is typed next belongs there. */
	const move = async (work: Promise<boolean>): Promise<boolean> => {
		astray = true;
		astray = !(await work);
		return !astray;
	};

	const switchTo = async (to: BufferTarget): Promise<boolean> => {
		const id = resolveBuffer(store.get(), place.active(), place.last(), to);
		if (id === undefined) {
			const {text, hint} = noSuchBuffer(to);
			say('info', text, hint);
			return false;
		}

		return place.show(id);
	};

	/** Answers whether it could be done. */
	const performView = async (intent: ViewIntent): Promise<boolean> => {
		switch (intent.type) {
			case 'showBuffer':
				return move(place.show(intent.buffer));
			case 'switchBuffer':
				return move(switchTo(intent.to));
			case 'closeBuffer':
				return move(close(intent.buffer ?? place.active()));
			case 'resend':
				await resend(intent.all);
				return true;
			default:
				present(intent);
				return true;
		}
	};

	const present = (intent: Presented): void => {
		switch (intent.type) {
			case 'listBuffers':
				list(bufferLines(store.get()));
				break;
			case 'listContacts':
				list(contactLines(store.get(), intent.account));
				break;
			case 'listAccounts':
				list(accountLines(store.get()));
				break;
			case 'addAccount':
				dialog = createAccountAssistant(actions, intent.jid);
				break;
			case 'unlock':
				dialog = createUnlockDialog(actions);
				break;
			case 'help':
				list(helpPage(intent.topic).lines);
				break;
			case 'quit':
				left = true;
				break;
			case 'clear':
			case 'keys':
			case 'scroll':
			case 'toggleBufferList':
			case 'redraw':
				say('info', 'This needs the screen: start xmppc without --plain, on a terminal.');
				break;
		}
	};

	const resend = async (all: boolean) => {
		const failed = failedIn(store.get(), place.active(), all, resent);
		if (failed.length === 0) {
			say('info', nothingFailed(store.get(), place.active()));
		}

		for (const {key, intent} of failed) {
			await performOne(intent);
			resent.add(key);
		}
	};

	const performOne = async (intent: Intent): Promise<boolean> => {
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

		return true;
	};

	/** One thing after the other, until one fails. */
	const perform = async (intents: readonly Intent[]): Promise<boolean> => {
		try {
			for (const intent of intents) {
				if (!(await performOne(intent))) {
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
			const parsed = parse(line, commandContext(store.get(), place.active(), place.account()), registry);
			if (!isCommand(line)) {
				await sendText(line, parsed);
			} else if (parsed.type === 'problem') {
				say('error', parsed.problem.message, parsed.problem.hint);
				astray = true;
			} else if (parsed.type === 'intents') {
				await perform(parsed.intents);
			}
		},
		show: place.show,
		unsent: () => unsent,
		ask(next) {
			dialog = next;
		},
		active: place.active,
		dialog() {
			if (dialog?.question().type === 'end') {
				dialog = undefined;
			}

			return dialog;
		},
		hasLeft: () => left,
		prompt() {
			const info = bufferOf(store.get(), place.active())?.info;
			return `[${info === undefined ? 'console' : bufferName(store.get(), info)}] `;
		},
	};
}
