import type {Complaint} from './complaint.js';
import type {CommandContext} from './context.js';
import type {Intent} from './intent.js';

export type Read<Value> =
	| {readonly ok: true; readonly value: Value}
	| {readonly ok: false; readonly complaint: Complaint};

export function good<Value>(value: Value): Read<Value> {
	return {ok: true, value};
}

export function bad(code: string, message: string, hint?: string): Read<never> {
	return {ok: false, complaint: {code, message, ...(hint === undefined ? {} : {hint})}};
}

export type Candidate = {
	/** What replaces the word, quoted where needed. */
	readonly insert: string;
	/** Untrusted where it comes from a roster: pass through `printable` before showing. */
	readonly label: string;
	readonly note: string;
	/** Another beginning under which it is found: the roster name of a contact. */
	readonly alias?: string;
	/** More can follow in the same word: the name of a directory. */
	readonly goesOn?: true;
};

/** One typed parameter of a command. */
export type Parameter<Value> = {
	/**
	 * How it consumes the line: one word, each remaining word, all the remaining text, or before that text anywhere a `--name`,
	 * alone or with a word behind it.
	 */
	readonly takes: 'word' | 'words' | 'rest' | 'flag' | 'option';
	readonly optional: boolean;
	/** What it is, for the help text: `a JID`, `a number`. */
	readonly what: string;
	/**
	 * Of an optional word with others behind it: whether a word, with its quotes, is one. What is none belongs to what
	 * follows.
	 */
	fits?(word: string): boolean;
	read(text: string, context: CommandContext): Read<Value>;
	/** Stands in for an optional parameter that was not given. */
	absent(context: CommandContext): Read<Value>;
	/** What can stand here. `typed`: the word so far, without quotes; `given`: the words of the command before it. */
	candidates(context: CommandContext, typed: string, given?: readonly string[]): readonly Candidate[];
};

export type Parameters = Readonly<Record<string, Parameter<unknown>>>;

/** The values that `run` gets, by parameter name. */
export type Values<Row extends Parameters> = {
	readonly [Name in keyof Row]: Row[Name] extends Parameter<infer Value> ? Value : never;
};

/** A complaint about the words of one parameter names it: they are marked in the line, or what is `within` them. */
export type Refusal = {
	readonly complaint: Complaint;
	readonly about?: string;
	/** Counted from the beginning of the parameter, in UTF-16 code units. */
	readonly within?: {readonly from: number; readonly to: number};
};

export type Outcome = Intent | readonly Intent[] | Refusal;

export type Example = {readonly input: string; readonly does: string};

type Description = {
	/** One or two words: `msg`, `account add`. */
	readonly name: string;
	readonly aliases?: readonly string[];
	/** A sentence without its full stop. */
	readonly summary: string;
	/** More for the help text, a paragraph an item. */
	readonly details?: readonly string[];
	readonly examples: readonly Example[];
	/** Names of commands that somebody who looks for this one may have meant. */
	readonly related?: readonly string[];
};

/** A row of the command table, as the parser, the help and the completion see it. */
export type Command = Required<Description> & {
	readonly parameters: Parameters;
	run(values: Readonly<Record<string, unknown>>, context: CommandContext): Outcome;
};

/**
 * Describes a slash command once: usage line, help, completion and the place of an error all come from this row.
 * The order of `parameters` is their order on the line.
 */
export function defineCommand<const Row extends Parameters>(
	row: Description & {
		readonly parameters: Row;
		run(values: Values<Row>, context: CommandContext): Outcome;
	},
): Command {
	return {
		name: row.name,
		aliases: row.aliases ?? [],
		summary: row.summary,
		details: row.details ?? [],
		examples: row.examples,
		related: row.related ?? [],
		parameters: row.parameters,
		// The parser fills in one value for each parameter of the same row, read by that parameter.
		run: (values, context) => row.run(values as Values<Row>, context),
	};
}

export function isComplaint(outcome: Outcome): outcome is Refusal {
	return 'complaint' in outcome;
}
