import type {Problem} from '../shared/errors.js';
import {type Jid, parseJid} from '../shared/jid.js';

/** What the arguments of `xmppc send` ask for; `text` absent: it comes from standard input. */
export type SendArguments = {readonly recipients: readonly string[]; readonly text?: string};

/**
 * Tells recipients from text by their looks alone, so that the same command means the same in a terminal and in cron:
 *
 * - with `--message` every argument is a recipient;
 * - a single argument is a recipient;
 * - of several, the last one is the text, unless it has an `@` and no white space: then it is a recipient too.
 */
export function splitArguments(given: readonly string[], message: string | undefined): SendArguments {
	const last = given.at(-1) ?? '';
	if (message !== undefined) {
		return {recipients: given, text: message};
	}

	if (given.length < 2 || (last.includes('@') && !/\s/.test(last))) {
		return {recipients: given};
	}

	return {recipients: given.slice(0, -1), text: last};
}

/** A recipient as typed, or why it cannot be one. A name without `@` and without a dot is a slip, not a domain. */
export function readRecipient(text: string): Jid | Problem {
	const jid = /[@.]/.test(text) ? parseJid(text) : undefined;
	return (
		jid ?? {
			code: 'invalid-jid',
			kind: 'badData',
			message: `${JSON.stringify(text)} is not an address`,
			hint: 'an address looks like name@example.org; a text with an @ in it goes after --message',
		}
	);
}
