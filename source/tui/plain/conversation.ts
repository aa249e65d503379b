import type {Actions} from '../../model/actions.js';
import {consoleBuffer} from '../../model/buffer.js';
import type {State} from '../../store/state.js';
import {createAccountAssistant} from '../assistant/account-assistant.js';
import type {Dialog, Question} from '../assistant/dialog.js';
import {createUnlockDialog} from '../assistant/unlock.js';
import type {LineQueue} from './line-queue.js';
import {answerFrom, questionText} from './plain-dialog.js';
import type {PlainSession} from './plain-session.js';
import type {Printer} from './printer.js';
import type {Wording} from './wording.js';

/** Why there are no more lines to read. */
export type Ending = 'quit' | 'end' | 'interrupted';

/** A signal wants the line mode to end. */
export type Interruption = {readonly happened: () => boolean};

export type Conversation = {
	readonly session: PlainSession;
	readonly queue: LineQueue;
	hide(hidden: boolean): void;
	readonly printer: Printer;
	readonly wording: Wording;
	readonly interactive: boolean;
	readonly interrupted: Interruption;
	/** The person has typed a line. */
	touched(): void;
};

/** Reads lines until there are no more, or the person leaves. */
export async function converse(conversation: Conversation): Promise<Ending> {
	const {session, queue, printer, interactive, interrupted} = conversation;
	while (!session.hasLeft()) {
		const dialog = session.dialog();
		if (dialog !== undefined) {
			await hold(dialog, conversation);
			continue;
		}

		// Nobody who writes into a pipe looks at what came of the line before.
		const ahead = !interactive || queue.isWaiting();
		if (!queue.isWaiting()) {
			printer.prompt(session.prompt());
		}

		const line = await nextText(conversation);
		if (line === undefined || interrupted.happened()) {
			return interrupted.happened() ? 'interrupted' : 'end';
		}

		await session.obey(line, ahead);
	}

	return 'quit';
}

/**
 * The next line. In whole words a line that ends with a backslash goes on with the next one: that is how a message gets
 * several lines where there is no key for it.
 */
async function nextText({queue, printer, wording, touched}: Conversation): Promise<string | undefined> {
	let text = '';
	for (;;) {
		const line = await queue.next();
		printer.entered(false);
		touched();
		if (line === undefined) {
			return text === '' ? undefined : text;
		}

		if (!wording.spoken || !/(?<!\\)\\$/u.test(line)) {
			return text + (wording.spoken ? line.replace(/\\\\$/u, '\\') : line);
		}

		text += `${line.slice(0, -1)}\n`;
		printer.prompt('Next line: ');
	}
}

/** Asks what a dialog asks until it ends; the end of the input gives it up. */
async function hold(dialog: Dialog, {queue, hide, printer, wording}: Conversation): Promise<void> {
	let asked: Question | undefined;
	for (;;) {
		const question = dialog.question();
		if (question !== asked) {
			asked = question;
			printer.print(questionText(question, wording).lines);
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
		printer.prompt(questionText(question, wording).prompt);
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

/** The first words: who has no account is asked for one. */
export async function welcome(
	state: State,
	session: PlainSession,
	actions: Actions,
	printer: Printer,
	wording: Wording,
): Promise<void> {
	if (state.accounts.length === 0) {
		printer.print([wording.remark('Welcome to xmppc. No account is set up yet.')]);
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
