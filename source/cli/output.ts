import type {Problem} from '../shared/errors.js';
import {jsonLine, printable} from '../shared/text.js';
import {inShellWords, shellHints} from './shell-hints.js';

/** Where a subcommand writes: data to standard output, everything that is for people to standard error. */
export type Output = {
	/** JSON lines instead of text. */
	readonly json: boolean;
	/** Data for people: one line on standard output. */
	line(text: string): void;
	/** One JSON object on a line of its own, on standard output. */
	record(value: object): void;
	/** One line on standard error, with `--json` as `{"error":{…}}`. `concerning` adds members to that object. */
	problem(problem: Problem, concerning?: Readonly<Record<string, string>>): void;
	/** What a person may like to know and a script does not: a line on standard error, none with `--json`. */
	remark(text: string): void;
};

type Write = (text: string) => void;

export function createOutput(json: boolean, toOut: Write, toError: Write): Output {
	return {
		json,
		line: text => toOut(`${printable(text, 'line')}\n`),
		record: value => toOut(`${jsonLine(value)}\n`),
		problem(problem, concerning = {}) {
			if (json) {
				const {code, message} = problem;
				const hint = hintFor(problem);
				toError(`${jsonLine({error: {code, message, ...(hint === undefined ? {} : {hint}), ...concerning}})}\n`);
				return;
			}

			toError(`${printable(sentence(problem), 'line')}\n`);
		},
		remark(text) {
			if (!json) {
				toError(`${printable(text, 'line')}\n`);
			}
		},
	};
}

/** `xmppc: what failed (the next step)`, on one line. */
function sentence(problem: Problem): string {
	const {message} = problem;
	const hint = hintFor(problem);
	const advice = hint === undefined ? '' : ` (${withoutStop(hint)})`;
	return `xmppc: ${withoutStop(message)}${advice}`;
}

/** With what options of the command line the hint is followed. The screen has its own ways. */
const options: Readonly<Record<string, string>> = {
	'no-such-host': 'xmppc account add takes --host for that.',
	'certificate-untrusted': 'xmppc account add takes --tls-ca and --tls-pin for that.',
};

function hintFor({code, hint}: Problem): string | undefined {
	if (Object.hasOwn(shellHints, code)) {
		return shellHints[code];
	}

	const more = Object.hasOwn(options, code) ? options[code] : undefined;
	const here = hint === undefined ? undefined : inShellWords(hint);
	return here === undefined || more === undefined ? here : `${withoutStop(here)}. ${more}`;
}

function withoutStop(text: string): string {
	return text.replace(/\.\s*$/, '');
}

/** Standard output is a file on a full disk, for instance: whoever waits for it must not take it for complete. */
export function outputFailed(error: Error): Problem {
	return {
		code: 'output-failed',
		kind: 'storage',
		message: `What was asked for cannot be written to standard output: ${error.message}.`,
		hint: 'free some space, or send it elsewhere',
	};
}
