import type {Actions} from '../model/actions.js';
import {consoleBuffer} from '../model/buffer.js';
import type {Clock} from '../shared/clock.js';
import {reduce} from '../store/reduce.js';
import {initialState, type State, type StoreEvent} from '../store/state.js';
import {createStore} from '../store/store.js';
import {createAccountAssistant} from './assistant/account-assistant.js';
import type {Dialog, Question} from './assistant/dialog.js';
import {createUnlockDialog} from './assistant/unlock.js';
import type {Backend} from './backend.js';
import {type Calendar, systemCalendar} from './panes/calendar.js';
import {type LineStream, readLines} from './plain/line-input.js';
import {createLineQueue, type LineQueue} from './plain/line-queue.js';
import {answerFrom, questionText} from './plain/plain-dialog.js';
import {noticeText} from './plain/plain-lines.js';
import {createPlainSession, type PlainSession} from './plain/plain-session.js';
import {createPrinter, type Printer} from './plain/printer.js';
import {createTranscript} from './plain/transcript.js';

export type PlainOptions = {
	/** Opens the profile and makes the account manager. A refusal is what `startPlain` rejects with. */
	open(): Promise<Backend>;
	readonly stdin: LineStream;
	readonly stdout: {readonly isTTY?: boolean; write(text: string): unknown};
	readonly clock: Clock;
	/** Ends the line mode at once (a signal). */
	readonly interrupted?: AbortSignal;
	readonly calendar?: Calendar;
};

/** Why the line mode ended: `/quit`, the end of its input, or `interrupted`. */
export type PlainExit = {
	readonly type: 'quit' | 'end' | 'interrupted';
	/** Messages that our server has not confirmed; they wait in the outbox for the next start. */
	readonly waiting: number;
	/** Lines of text out of a pipe that were refused or failed: nobody gets them. */
	readonly unsent: number;
};

/** Milliseconds without news of any message that is still on its way when the input has ended. */
const longestWait = 30_000;
const waitStep = 100;

/**
 * The line mode: appends lines of text and reads lines, with the same commands as the screen and no control sequence.
 * For `--plain`, `TERM=dumb`, pipes and scripts. At the end of the input it waits until what was sent is confirmed.
 */
export async function startPlain(options: PlainOptions): Promise<PlainExit> {
	const {stdin, stdout, clock, calendar = systemCalendar} = options;
	const interactive = stdin.isTTY === true && stdout.isTTY === true;
	const printer = createPrinter(text => stdout.write(text), interactive);
	const queue = createLineQueue();
	const interrupted = createInterruption(options.interrupted, queue);
	const {actions, events, snapshot} = await options.open();
	const store = createStore<State, StoreEvent>(reduce, initialState, flush => flush());
	const transcript = createTranscript({
		state: store.get,
		print: printer.print,
		calendar,
		now: clock.now,
		echo: !interactive,
	});
	const session = createPlainSession({store, actions, transcript, print: printer.print});
	const input = readLines(stdin, queue.push, queue.end, () => session.dialog()?.cancel());
	const deafen = events(event => {
		store.dispatch(event);
		transcript.hear(event);
		if (event.type === 'message.recorded' && event.message.direction === 'incoming' && !event.past) {
			seen(session, actions, event.message.buffer, event.message.key, printer);
		}
	});

	try {
		store.dispatch({type: 'snapshot.loaded', snapshot: snapshot ?? (await actions.snapshot({}))});
		transcript.begin();
		await welcome(store.get(), session, actions, printer);
		const type = await converse(session, queue, input.hide, printer, interactive, interrupted);
		if (type !== 'interrupted') {
			const waiting = () => (isHopeless(store.get()) ? 0 : transcript.waiting());
			await confirmed(waiting, clock, interrupted);
			printer.print(unconfirmedText(transcript.waiting()));
		}

		await actions.saveView({active: session.active()});
		return {type, waiting: transcript.waiting(), unsent: interactive ? 0 : session.unsent() + transcript.failed()};
	} finally {
		deafen();
		input.close();
	}
}

type Interruption = {readonly happened: () => boolean};

function createInterruption(signal: AbortSignal | undefined, queue: LineQueue): Interruption {
	signal?.addEventListener('abort', queue.end, {once: true});
	return {happened: () => signal?.aborted === true};
}

async function welcome(state: State, session: PlainSession, actions: Actions, printer: Printer): Promise<void> {
	if (state.accounts.length === 0) {
		printer.print(['-- Welcome to xmppc. No account is set up yet.']);
		session.ask(createAccountAssistant(actions));
		return;
	}

	for (const account of state.accounts) {
		if (account.status === 'locked' && account.secrets === 'passphrase') {
			session.ask(createUnlockDialog(actions));
		}
	}

	await session.show(consoleBuffer);
}

/** Reads lines until there are no more, or the person leaves. */
async function converse(
	session: PlainSession,
	queue: LineQueue,
	hide: (hidden: boolean) => void,
	printer: Printer,
	interactive: boolean,
	interrupted: Interruption,
): Promise<PlainExit['type']> {
	while (!session.hasLeft()) {
		const dialog = session.dialog();
		if (dialog !== undefined) {
			await hold(dialog, queue, hide, printer);
			continue;
		}

		// Nobody who writes into a pipe looks at what came of the line before.
		const ahead = !interactive || queue.isWaiting();
		if (!queue.isWaiting()) {
			printer.prompt(session.prompt());
		}

		const line = await queue.next();
		printer.entered(false);
		if (line === undefined || interrupted.happened()) {
			return interrupted.happened() ? 'interrupted' : 'end';
		}

		await session.obey(line, ahead);
	}

	return 'quit';
}

/** Asks what a dialog asks until it ends; the end of the input gives it up. */
async function hold(
	dialog: Dialog,
	queue: LineQueue,
	hide: (hidden: boolean) => void,
	printer: Printer,
): Promise<void> {
	let asked: Question | undefined;
	for (;;) {
		const question = dialog.question();
		if (question !== asked) {
			asked = question;
			printer.print(questionText(question).lines);
		}

		if (question.type === 'end') {
			return;
		}

		if (question.type === 'busy') {
			await nextQuestion(dialog);
			continue;
		}

		const secret = question.type === 'text' && question.secret;
		hide(secret);
		printer.prompt(questionText(question).prompt);
		const line = await queue.next();
		printer.entered(secret);
		hide(false);
		answer(dialog, question, line);
	}
}

function answer(dialog: Dialog, question: Question, line: string | undefined): void {
	if (line === undefined) {
		dialog.cancel();
		return;
	}

	const value = answerFrom(question, line);
	if (value !== undefined) {
		dialog.answer(value);
	}
}

function nextQuestion(dialog: Dialog): Promise<void> {
	return new Promise(resolve => {
		const stop = dialog.changed(() => {
			stop();
			resolve();
		});
	});
}

/** What is printed in the buffer that the person is in has been seen. */
function seen(session: PlainSession, actions: Actions, buffer: string, key: number, printer: Printer): void {
	const active = session.active();
	if (buffer === active) {
		actions.markRead({buffer: active, upTo: key}).catch((error: unknown) => {
			const text = error instanceof Error ? error.message : String(error);
			printer.print(noticeText({level: 'error', text}));
		});
	}
}

/** No account will come online by itself. */
function isHopeless({accounts}: State): boolean {
	return accounts.every(({status}) => status === 'failed' || status === 'locked');
}

/** Waits until no message is on its way, and not longer than for a while in which nothing becomes of any. */
async function confirmed(waiting: () => number, clock: Clock, interrupted: Interruption): Promise<void> {
	let count = waiting();
	let end = clock.monotonic() + longestWait;
	while (count > 0 && !interrupted.happened() && clock.monotonic() < end) {
		await new Promise<void>(resolve => clock.after(waitStep, resolve));
		const left = waiting();
		if (left !== count) {
			count = left;
			end = clock.monotonic() + longestWait;
		}
	}
}

function unconfirmedText(count: number): readonly string[] {
	if (count === 0) {
		return [];
	}

	const text = `${count} ${count === 1 ? 'message was' : 'messages were'} not confirmed by your server.`;
	return noticeText({level: 'warning', text, hint: 'What was not sent yet is sent at the next start.'});
}
