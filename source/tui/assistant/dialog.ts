import type {Fingerprint} from '../../model/device.js';
import {createEmitter, type Subscribe} from '../../shared/emitter.js';
import {type Problem, problemOf} from '../../shared/errors.js';

export type Option = {readonly value: string; readonly label: string; readonly explanation: string};

/** What a dialog asks now. Texts are sentences for the person; `problem` is what went wrong with the last answer. */
export type Question =
	| {
			readonly type: 'text';
			readonly title: string;
			readonly label: string;
			readonly explanation: readonly string[];
			/** Offered as the answer, to be edited. Never a secret. */
			readonly initial: string;
			/** The answer is not shown, and not kept in any history. */
			readonly secret: boolean;
			readonly problem?: Trouble;
	  }
	| {
			readonly type: 'choice';
			readonly title: string;
			readonly label: string;
			readonly explanation: readonly string[];
			readonly options: readonly Option[];
			/** The value that an answer without a choice takes. Absent: none. */
			readonly initial?: string;
			/** To be compared: shown large, below the explanation. */
			readonly fingerprint?: Fingerprint;
			readonly problem?: Trouble;
	  }
	/** Something takes its time; no answer is expected, but `cancel` is heard. */
	| {readonly type: 'busy'; readonly title: string; readonly label: string; readonly explanation: readonly string[]}
	/** The end. `lines` say what was done, and what to do next. */
	| {readonly type: 'end'; readonly lines: readonly string[]};

/** May quote the network: pass through `printable` before showing. */
export type Trouble = {readonly message: string; readonly hint?: string};

/** A few questions, one after the other. Knows no terminal: the screen and the line mode ask it the same way. */
export type Dialog = {
	question(): Question;
	/** Answers the present question: the text, or the value of an option. Unasked answers are ignored. */
	answer(value: string): void;
	cancel(): void;
	/** Told when `question` gives another one. */
	readonly changed: Subscribe<void>;
};

/** What a dialog is made with: it asks one thing at a time and goes on with the answer. */
export type Steps = {
	readonly dialog: Dialog;
	ask(question: Question, then: (value: string) => void): void;
	/** Shows that something is being done. */
	wait(question: Extract<Question, {type: 'busy'}>): void;
	end(lines: readonly string[]): void;
	cancel(): void;
	/** Whether it ended while something was awaited. */
	isOver(): boolean;
};

/** `onCancel` has to call `end`. */
export function createSteps(onCancel: () => void): Steps {
	const changed = createEmitter<void>();
	let current: Question = {type: 'busy', title: '', label: '', explanation: []};
	let answered: (value: string) => void = ignore;
	let over = false;

	const show = (question: Question, then: (value: string) => void) => {
		current = question;
		answered = then;
		changed.emit();
	};

	const cancel = () => {
		if (!over) {
			onCancel();
		}
	};

	return {
		dialog: {
			question: () => current,
			answer(value) {
				// One answer for one question: a second one comes too late.
				const then = answered;
				answered = ignore;
				then(value);
			},
			cancel,
			changed: changed.subscribe,
		},
		ask: show,
		wait: question => show(question, ignore),
		end(lines) {
			over = true;
			show({type: 'end', lines}, ignore);
		},
		cancel,
		isOver: () => over,
	};
}

function ignore(): void {}

export type Attempt<Value> =
	| {readonly ok: true; readonly value: Value}
	| {readonly ok: false; readonly problem: Problem};

/** Awaits something that may be refused, and gives the refusal as data. */
export async function attempt<Value>(work: () => Promise<Value>): Promise<Attempt<Value>> {
	try {
		return {ok: true, value: await work()};
	} catch (error) {
		return {ok: false, problem: problemOf(error)};
	}
}

export function troubleFrom({message, hint}: Problem): Trouble {
	return {message, ...(hint === undefined ? {} : {hint})};
}
