import type {Subscribe} from '../../shared/emitter.js';

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
