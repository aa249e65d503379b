import {isXmppcError, type Problem, problemOf} from '../shared/errors.js';

/** The connection that failed: the account's domain, and where its server was looked for. */
export type Whereabouts = {readonly domain: string; readonly host: string; readonly port: number};

const tryAgain = 'Check the network connection and try again.';

/** What a failed socket means for a person. Errors of our own family, and defects, pass as they are. */
export function connectionProblem(error: unknown, where: Whereabouts): Problem {
	if (isXmppcError(error)) {
		return problemOf(error);
	}

	const code = error instanceof Error && 'code' in error ? String(error.code) : '';
	const place = `${where.host} port ${where.port}`;
	switch (code) {
		case 'ENOTFOUND':
		case 'ENODATA':
		// The system's word for a name longer than any can be.
		case 'EINVAL':
			return {
				code: 'no-such-host',
				kind: 'noSuchHost',
				message:
					where.host === where.domain
						? `There is no server for ${where.domain}.`
						: `There is no computer called ${where.host}, where the server of ${where.domain} should be.`,
				hint: 'Check the part of the address after the @; a server elsewhere has to be named as the host of the account.',
			};
		case 'EAI_AGAIN':
			return {
				code: 'dns-unavailable',
				kind: 'temporary',
				message: `The address of ${where.host} cannot be looked up at the moment.`,
				hint: tryAgain,
			};
		case 'ECONNREFUSED':
			return {
				code: 'connection-refused',
				kind: 'unavailable',
				message: `Nothing answers at ${place}, where the server of ${where.domain} should be.`,
				hint: 'The server may be down; try again later, or check host and port of the account.',
			};
		case 'ETIMEDOUT':
			return connectTimeout(where);
		case 'EHOSTUNREACH':
		case 'ENETUNREACH':
		case 'EADDRNOTAVAIL':
			return {
				code: 'unreachable',
				kind: 'unavailable',
				message: `The network does not lead to ${place}, where the server of ${where.domain} should be.`,
				hint: tryAgain,
			};
		default:
			return code === '' ? problemOf(error) : connectionLost(where, code);
	}
}

/** Nothing answered in time, not even to refuse. */
export function connectTimeout(where: Whereabouts): Problem {
	return {
		code: 'connect-timeout',
		kind: 'unavailable',
		message: `${where.host} port ${where.port}, where the server of ${where.domain} should be, does not answer in time.`,
		hint: 'Check the network and whether a firewall is in between, then try again.',
	};
}

/** `reason`: the system's word for it, e.g. `ECONNRESET`. */
export function connectionLost(where: Whereabouts, reason?: string): Problem {
	return {
		code: 'connection-lost',
		kind: 'unavailable',
		message: `The connection to the server of ${where.domain} was lost${reason === undefined ? '' : ` (${reason})`}.`,
		hint: tryAgain,
	};
}

/** The handshake did not work out. `reason`: one of ours, or OpenSSL's words. */
export function tlsFailed(where: Whereabouts, reason: string): Problem {
	return {
		code: 'tls-failed',
		kind: 'protocol',
		message: `No secure connection with the server of ${where.domain} at ${where.host} port ${where.port}: ${reason}.`,
		hint: 'The port may be for another service, or the server too old for TLS 1.2: check host and port, or ask its operator.',
	};
}

/** The server, or somebody before it, offers to go on in the clear. */
export function tlsRequired(where: Whereabouts): Problem {
	return {
		code: 'tls-required',
		kind: 'notPermitted',
		message: `The server of ${where.domain} at ${where.host} port ${where.port} offers no encryption.`,
		hint: 'Somebody may be in between. Try another network, and ask the operator of the server if it stays.',
	};
}

/** Something answers there, and its first words are no XMPP. */
export function notXmpp(where: Whereabouts): Problem {
	return {
		code: 'not-xmpp',
		kind: 'protocol',
		message: `What answers at ${where.host} port ${where.port} is no XMPP server, though that of ${where.domain} should be there.`,
		hint: 'Check host and port of the account. In a public network, log in to it first.',
	};
}

/** Something answers at the place for XMPP over WebSocket (RFC 7395), but not with that. `reason`: ours, or the library's. */
export function webSocketRefused(where: Whereabouts, reason: string): Problem {
	return {
		code: 'websocket-refused',
		kind: 'unavailable',
		message: `${where.host} port ${where.port} does not take XMPP over WebSocket for ${where.domain}: ${reason}.`,
		hint: 'Check the address that was set for it, or ask the operator of the server.',
	};
}

/** Problems of those who did not even reach a server, those first that say most. */
const unreached: readonly string[] = [
	'connection-refused',
	'connect-timeout',
	'unreachable',
	'dns-unavailable',
	'no-such-host',
];

/**
 * What to tell of several failures, in the order in which they came: what a server did that was reached says more than that
 * another one was not, and a certificate more than anything else.
 */
export function mostTelling(problems: readonly Problem[]): Problem {
	return (
		problems.find(({code}) => code.startsWith('certificate-')) ??
		problems.find(({code}) => !unreached.includes(code)) ??
		unreached.map(code => problems.find(problem => problem.code === code)).find(problem => problem !== undefined) ?? {
			code: 'no-such-host',
			kind: 'noSuchHost',
			message: 'There is no server to connect to.',
		}
	);
}

/** Failures after which a new connection may well work, without anybody changing anything. */
const passingCodes: ReadonlySet<string> = new Set([
	'connection-lost',
	'connection-refused',
	'connect-timeout',
	'malformed-stream',
	'negotiation-timeout',
	'no-such-host',
	'not-xmpp',
	'tls-failed',
	'unreachable',
	'websocket-refused',
]);

/** Stream errors (RFC 6120 §4.9.3) that would only come again. After `conflict` two programs would fight for ever. */
const lastingStreamErrors: ReadonlySet<string> = new Set([
	'stream-conflict',
	'stream-host-gone',
	'stream-host-unknown',
	'stream-not-authorized',
]);

/** Ends after which the server may still have the session (XEP-0198 §5). After the others it would only come to the same. */
const resumableCodes: ReadonlySet<string> = new Set([
	'connection-lost',
	'stream-connection-timeout',
	'stream-reset',
	'stream-resource-constraint',
	'stream-see-other-host',
	'stream-system-shutdown',
]);

/** Whether connecting again makes sense after a login or a session ended with this; otherwise a person must act first. */
export function isRecoverable(problem: Problem): boolean {
	const {code, kind} = problem;
	return (
		kind === 'temporary' ||
		passingCodes.has(code) ||
		code.startsWith('xml-') ||
		(code.startsWith('stream-') && !lastingStreamErrors.has(code))
	);
}

/** Whether a session that ended with this may be gone on with over another connection. */
export function isResumable(problem: Problem): boolean {
	return resumableCodes.has(problem.code);
}
