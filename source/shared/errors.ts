/**
 * The sealed family of failures a person can meet, each with a stable code and a sysexits exit status
 * (`man xmppc`, section EXIT STATUS). Codes are never reused for another meaning.
 */
export const exitCodes = {
	usage: 64,
	badData: 65,
	unreadableInput: 66,
	noSuchRecipient: 67,
	noSuchHost: 68,
	unavailable: 69,
	bug: 70,
	storage: 74,
	temporary: 75,
	protocol: 76,
	notPermitted: 77,
	configuration: 78,
} as const;

export type ErrorKind = keyof typeof exitCodes;

/** A failure as plain data: what crosses the control socket, `--json` and the store. */
export type Problem = {
	/** Stable machine-readable code, e.g. `wrong-password`. */
	readonly code: string;
	readonly kind: ErrorKind;
	/** One sentence: what failed, and whom or what it concerns. */
	readonly message: string;
	/** The next step a person can take. */
	readonly hint?: string;
};

/**
 * The only error class the program throws on purpose. Recognise it with {@link isXmppcError}, not `instanceof`:
 * the command line and the TUI are separate bundles and each has its own copy of the class.
 */
export class XmppcError extends Error {
	readonly code: string;
	readonly kind: ErrorKind;
	readonly hint?: string;

	constructor(problem: Problem, options?: {cause?: unknown}) {
		super(problem.message, options);
		this.name = 'XmppcError';
		this.code = problem.code;
		this.kind = problem.kind;
		if (problem.hint !== undefined) {
			this.hint = problem.hint;
		}
	}

	get exitCode(): number {
		return exitCodes[this.kind];
	}
}

/** Whether something thrown is of our family, whichever bundle made it. */
export function isXmppcError(error: unknown): error is XmppcError {
	return error instanceof Error && error.name === 'XmppcError' && 'kind' in error && 'code' in error;
}

/** Turns whatever was thrown into plain data; an error that is not of our family is a bug and says so. */
export function problemOf(error: unknown): Problem {
	if (isXmppcError(error)) {
		return {
			code: error.code,
			kind: error.kind,
			message: error.message,
			...(error.hint === undefined ? {} : {hint: error.hint}),
		};
	}

	return {
		code: 'internal',
		kind: 'bug',
		message: error instanceof Error ? error.message : String(error),
		hint: 'This is a defect in xmppc: please report it with the output of --debug.',
	};
}

/** The message of anything thrown, for embedding in a sentence. */
export function messageOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}
