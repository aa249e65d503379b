import {registry} from '../../commands/definitions/index.js';
import type {ClientIntent, Intent, Parsed} from '../../commands/intent.js';
import {isCommand, parse} from '../../commands/parse.js';
import type {Actions} from '../../model/actions.js';
import type {BufferId} from '../../model/buffer.js';
import {bufferId} from '../../model/buffer.js';
import {problemOf, XmppcError} from '../../shared/errors.js';
import {printable, truncateToWidth} from '../../shared/text.js';
import type {State, StoreEvent} from '../../store/state.js';
import type {Store} from '../../store/store.js';
import {call} from '../app/call.js';
import {commandContext} from '../app/command-context.js';
import {failedIn, nothingFailed} from '../app/resend.js';
import {answerOf, askingText} from '../app/results.js';
import {roomChallengeForm, roomThatAsks} from '../app/room-challenge.js';
import {newRoomForm, roomToOpen} from '../app/room-forms.js';
import type {XmlConsole} from '../app/xml-watch.js';
import type {Dialog} from '../assistant/dialog.js';
import {createRoomPasswordDialog, roomWithPassword} from '../assistant/room-password.js';
import {asTyped} from '../composer/typing.js';
import {createFormDialog} from '../forms/form-dialog.js';
import type {Calendar} from '../panes/calendar.js';
import {slowWait, waitText} from '../panes/slow-mode-words.js';
import {createLineFinding, type Option} from './line-finding.js';
import type {LineView} from './line-view.js';
import {createPaging} from './paging.js';
import {createPlace} from './place.js';
import {longestQuote} from './plain-lines.js';
import type {Transcript} from './transcript.js';
import {answerView} from './view-answers.js';
import type {Wording} from './wording.js';

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
	readonly wording: Wording;
	readonly xml: XmlConsole;
	readonly calendar: Calendar;
	/** Wall-clock milliseconds. */
	now(): number;
	/** Whether somebody sees what is listed before the next line is typed. */
	readonly interactive: boolean;
	testNotification(): void;
	/** Finds out what has to be known of whom a buffer is about. */
	attend(buffer: BufferId): Promise<void>;
	print(lines: readonly string[]): void;
};

/** The line mode's view: one buffer at a time, and what commands do to it. */
export function createPlainSession(options: PlainSessionOptions): PlainSession {
	const {store, actions, transcript, wording, xml, interactive, print, testNotification} = options;
	/** What the number in the next line may choose. */
	let choices: readonly Option[] = [];
	let dialog: Dialog | undefined;
	let left = false;
	let unsent = 0;
	/** A command failed that may have been meant to lead elsewhere: where the person believes to be is not known. */
	let astray = false;
	const resent = new Set<number>();

	const say = (level: 'info' | 'error', text: string, hint?: string) =>
		print(wording.notice({level, text, ...(hint === undefined ? {} : {hint})}));
	const refuse = (error: unknown) => {
		const {message, hint} = problemOf(error);
		say('error', message, hint);
	};

	const failed = (error: unknown): boolean => {
		refuse(error);
		return false;
	};

	const place = createPlace({store, actions, transcript, wording, attend: options.attend, print, refuse});

	const paging = createPaging({
		store,
		actions,
		transcript,
		say: text => print([wording.remark(text)]),
		active: place.active,
	});

	const finding = createLineFinding({
		actions,
		place,
		paging,
		state: store.get,
		here: () => ({now: options.now(), calendar: options.calendar}),
		say,
		offer(offered) {
			print(offered.map(({label}, index) => wording.more(`${index + 1}. ${label}`)));
			choices = interactive ? offered : [];
		},
	});

	/** Goes to a buffer, if that is possible: only then what is typed next belongs there. */
	const move = async (work: Promise<boolean>): Promise<boolean> => {
		astray = true;
		astray = !(await work);
		return !astray;
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
			return answerView(intent.view, view);
		}

		const before = store.get();
		const asking = askingText(intent, before);
		if (asking !== undefined) {
			say('info', asking);
		}

		const result = await call(actions, intent).catch(async (error: unknown) => {
			const asking = interactive ? roomThatAsks(intent, error) : undefined;
			if (asking !== undefined) {
				const id = bufferId(asking.account, 'room', asking.room);
				const entered = () => void move(place.show(id)).catch(refuse);
				dialog = createFormDialog(await roomChallengeForm(asking, {actions, store, entered}));
				return undefined;
			}

			const closed = interactive ? roomWithPassword(intent, error) : undefined;
			if (closed === undefined) {
				throw error;
			}

			const id = bufferId(closed.account, 'room', closed.room);
			dialog = createRoomPasswordDialog(actions, closed, error, () => void move(place.show(id)).catch(refuse));
			return undefined;
		});
		if (dialog !== undefined && intent.action === 'joinRoom') {
			return true;
		}

		const answer = answerOf(intent, result, before);
		if (answer !== undefined) {
			say(answer.level, answer.text, answer.hint);
		}

		const wait = waitsFor(store.get(), intent, options.now());
		if (wait > 0) {
			say('info', `Slow mode: it is sent in ${waitText(wait)}.`);
		}

		if (intent.action === 'joinRoom') {
			await move(place.show(bufferId(intent.input.account, 'room', intent.input.room)));
		}

		const made = roomToOpen(intent, result);
		if (made !== undefined) {
			dialog = createFormDialog(await newRoomForm(made, actions));
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

	const read = (line: string) => parse(line, commandContext(store.get(), place.active(), place.account()), registry);

	const obeyCommand = async (parsed: Parsed): Promise<boolean> => {
		if (parsed.type === 'problem') {
			say('error', parsed.problem.message, parsed.problem.hint);
			astray = true;
			return false;
		}

		return parsed.type !== 'intents' || perform(parsed.intents);
	};

	const view: LineView = {
		store,
		actions,
		place,
		paging,
		finding,
		wording,
		xml,
		say,
		list: lines => print(wording.page(lines)),
		print,
		refuse,
		ask(next) {
			dialog = next;
		},
		here: () => ({now: options.now(), calendar: options.calendar}),
		resend,
		move,
		async obey(command) {
			const parsed = read(command);
			const isKey =
				parsed.type === 'intents' && parsed.intents.some(each => each.type === 'view' && each.view.type === 'do');
			return isKey ? undefined : obeyCommand(parsed);
		},
		async send(text) {
			const parsed = read(text.startsWith('/') ? `/${text}` : text);
			if (parsed.type === 'problem') {
				throw new XmppcError(parsed.problem);
			}

			for (const intent of parsed.type === 'intents' ? parsed.intents : []) {
				await performOne(intent);
			}
		},
		testNotification,
		leave() {
			left = true;
		},
	};

	return {
		async obey(line, ahead) {
			astray &&= ahead;
			const chosen = /^\d+$/u.test(line.trim()) ? choices[Number(line) - 1] : undefined;
			choices = [];
			if (chosen !== undefined) {
				await move(chosen.choose().catch(failed));
				return;
			}

			const typed = interactive ? asTyped(line) : line;
			const parsed = read(typed);
			if (!isCommand(typed)) {
				await sendText(typed, parsed);
			} else {
				await obeyCommand(parsed);
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
		prompt: () =>
			choices.length === 0
				? wording.prompt(store.get(), place.active())
				: `Number, 1 to ${choices.length}, or anything else: `,
	};
}

/** Milliseconds that a message which was given to the client waits there for its turn in a room. */
function waitsFor(state: State, intent: ClientIntent, now: number): number {
	return intent.action === 'sendMessage' && intent.input.kind === 'groupchat'
		? slowWait(state, bufferId(intent.input.account, 'room', intent.input.to), now)
		: 0;
}
