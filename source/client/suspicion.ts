/**
 * The guard against poison: a message for which the server ends the connection would end every connection after it too. A
 * row of the outbox collects what speaks against it; with some of that it is written alone, so that the next end tells it
 * from its neighbours, and with more it is not written again.
 */
import type {Problem} from '../shared/errors.js';

/** From this sum on a message is given up: twice an end that blames what was written, or four times one that may be chance. */
export const quarantineFrom = 4;

/** From this sum on a message is written alone. One session says no more than this. */
export const aloneFrom = 2;

/** Milliseconds after the last write within which the end of a connection has to do with what was written. */
export const soonAfter = 5000;

/** Ends that say that something of ours was not acceptable (RFC 6120 §4.9.3), also under its old name. */
const blaming: ReadonlySet<string> = new Set(
	[
		'bad-format',
		'bad-namespace-prefix',
		'invalid-namespace',
		'invalid-xml',
		'not-well-formed',
		'policy-violation',
		'restricted-xml',
		'unsupported-encoding',
		'unsupported-stanza-type',
		'xml-not-well-formed',
	].map(condition => `stream-${condition}`),
);

/** Ends that come without a reason: a server that stumbles over a message, or a network that is gone. */
const plain: ReadonlySet<string> = new Set([
	'connection-lost',
	'stream-internal-server-error',
	'stream-undefined-condition',
]);

/**
 * How much the end of a connection speaks against what was written and is not acknowledged.
 * @param quiet milliseconds between the last write and the end
 */
export function suspicionOf(end: Problem, quiet: number): number {
	if (blaming.has(end.code)) {
		return 2;
	}

	return plain.has(end.code) && quiet <= soonAfter ? 1 : 0;
}
