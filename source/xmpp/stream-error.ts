import {type Problem, XmppcError} from '../shared/errors.js';
import {children, type Element, nameOf, namespaceOf} from './element.js';
import type {XmlCondition} from './xml-fault.js';

/** RFC 6120 §4.9. */
export const streamNamespace = 'http://etherx.jabber.org/streams';
export const conditionNamespace = 'urn:ietf:params:xml:ns:xmpp-streams';

/** Conditions that we close a stream with. */
export type StreamCondition =
	| XmlCondition
	| 'connection-timeout'
	| 'internal-server-error'
	| 'undefined-condition'
	| 'unsupported-version';

/** Why we end a stream, as its last element. `application`: the specific condition as XML. */
export function streamErrorText(condition: StreamCondition, application = ''): string {
	return `<stream:error><${condition} xmlns='${conditionNamespace}'/>${application}</stream:error>`;
}

type Meaning = Pick<Problem, 'kind' | 'message'> & {readonly hint: string};

const later = 'Try again later.';
const askOperator = 'Ask the operator of the server.';

/** The conditions of RFC 6120 §4.9.3 that mean something to a person; the others are protocol errors of either side. */
const meanings: Readonly<Record<string, (domain: string) => Meaning>> = {
	conflict: () => ({
		kind: 'unavailable',
		message: 'Another program took over this login.',
		hint: 'Close the other one, or use another profile; then connect again.',
	}),
	'connection-timeout': domain => ({
		kind: 'unavailable',
		message: `${domain} gave the connection up because it heard nothing.`,
		hint: later,
	}),
	'host-gone': domain => ({
		kind: 'noSuchHost',
		message: `The server no longer serves ${domain}.`,
		hint: askOperator,
	}),
	'host-unknown': domain => ({
		kind: 'noSuchHost',
		message: `The server does not know ${domain}.`,
		hint: 'Check the address and the host set for the account.',
	}),
	'not-authorized': domain => ({
		kind: 'notPermitted',
		message: `${domain} ended the session: it is not allowed any more.`,
		hint: 'The password may have been changed; log in again.',
	}),
	'policy-violation': domain => ({
		kind: 'protocol',
		message: `${domain} ended the session: something broke its rules, for instance too much at once.`,
		hint: later,
	}),
	'resource-constraint': domain => ({
		kind: 'temporary',
		message: `${domain} has no room for another session at the moment.`,
		hint: later,
	}),
	'see-other-host': domain => ({
		kind: 'protocol',
		message: `${domain} wants to send us to another server, which is not followed.`,
		hint: 'Ask its operator where to connect, and set that host for the account.',
	}),
	'system-shutdown': domain => ({
		kind: 'unavailable',
		message: `${domain} is being shut down.`,
		hint: later,
	}),
};

/** What the server's `<stream:error/>` means. Its own text is not shown: it is for its operator. */
export function readStreamError(error: Element, domain: string): Problem {
	const condition =
		children(error)
			.filter(child => namespaceOf(child) === conditionNamespace)
			.map(nameOf)
			.find(name => name !== 'text' && /^[a-z-]{1,40}$/.test(name)) ?? 'undefined-condition';
	const meaning = meanings[condition]?.(domain) ?? {
		kind: 'protocol' as const,
		message: `${domain} broke off the connection (${condition}).`,
		hint: later,
	};
	return {code: `stream-${condition}`, ...meaning};
}

/** The server sent something that no server may send. */
export function malformedStream(condition: StreamCondition, domain: string, reason: string): XmppcError {
	return new XmppcError({
		code: 'malformed-stream',
		kind: 'protocol',
		message: `${domain} sent what no XMPP server may send (${condition}): ${reason}.`,
		hint: 'Try again later; if it stays, tell the operator of the server.',
	});
}
