import {isXmppcError, messageOf, type Problem, problemOf, XmppcError} from '../shared/errors.js';
import {localpartOf} from '../shared/jid.js';
import {type Candidate, candidatesFor, redirected} from './candidates.js';
import {checkAuthorities} from './certificate.js';
import {mostTelling} from './connection-problems.js';
import {type Attempt, cancelled, openAt} from './login-attempt.js';
import {tokenRefused} from './sasl/sasl2.js';
import type {KnownServer, Session, SessionOptions} from './session.js';

/**
 * Logs in: finds the server, connects over TLS, authenticates, then resumes a session or binds a resource. Endpoints are
 * tried in order until one takes the login; once a byte of the login was written no other one is tried.
 *
 * @throws {XmppcError} what went wrong, with the next step. Where several endpoints failed: the failure that tells most.
 */
export async function openSession(given: SessionOptions): Promise<Session> {
	if (localpartOf(given.jid) === undefined) {
		throw new XmppcError({
			code: 'not-an-account',
			kind: 'badData',
			message: `${given.jid} is the address of a server, not of an account.`,
			hint: 'An account looks like name@example.org.',
		});
	}

	if (given.tls.ca !== undefined) {
		checkAuthorities(given.tls.ca);
	}

	const problems: Problem[] = [];
	let early = given.early;
	const options: SessionOptions = {
		...given,
		early(send, features) {
			early?.(send, features);
			early = undefined;
		},
	};
	const onProblem = (problem: Problem, source: Candidate['source']) => {
		problems.push(problem);
		if (source === 'memory') {
			options.memory?.forget('endpoint');
		}
	};
	for await (const candidate of candidatesFor(options, onProblem)) {
		const {endpoint, source} = candidate;
		const attempt: Attempt = {isAuthenticating: false, isGuess: false, mayDoWithoutSasl2: false};
		try {
			const session = await openInSomeWay(candidate, options, attempt);
			if (source === 'first') {
				options.memory?.save({endpoint});
			}

			return session;
		} catch (error) {
			if (attempt.isAuthenticating || !isXmppcError(error) || options.signal?.aborted) {
				throw error;
			}

			options.log.note('session', `${endpoint.host} port ${endpoint.port}: ${error.code}`);
			onProblem(problemOf(error), source);
		}
	}

	if (options.signal?.aborted) {
		throw new XmppcError(cancelled(options));
	}

	throw new XmppcError(mostTelling(problems));
}

/** Without what the server does not take any more, where that was the trouble: each costs another connection, once. */
async function openInSomeWay(candidate: Candidate, options: SessionOptions, attempt: Attempt): Promise<Session> {
	try {
		return await openFollowing(candidate, options, attempt);
	} catch (error) {
		const other = isXmppcError(error) && !options.signal?.aborted ? optionsAfter(error, options, attempt) : undefined;
		if (!other) {
			throw error;
		}

		options.log.note('session', `${messageOf(error)} The login is tried in another way.`);
		Object.assign(attempt, {isGuess: false, mayDoWithoutSasl2: false});
		return openInSomeWay(candidate, other, attempt);
	}
}

/** How to try the same place again; each way leaves out something that was there, so there is an end. */
function optionsAfter(error: XmppcError, options: SessionOptions, attempt: Attempt): SessionOptions | undefined {
	const {memory, sasl2, ...without} = options;
	if (attempt.isGuess && memory) {
		memory.forget('offer');
		return {...options, memory: {...memory, read: () => withoutOffer(memory.read())}};
	}

	if (error.code === tokenRefused && sasl2?.tokens) {
		// There are servers that take nothing else on the connection that a token was refused on.
		return {...options, sasl2: {...sasl2, tokens: {...sasl2.tokens, read: async () => undefined}}};
	}

	return attempt.mayDoWithoutSasl2 && sasl2 ? {...without, ...(memory ? {memory} : {})} : undefined;
}

function withoutOffer({offer: _, ...known}: KnownServer): KnownServer {
	return known;
}

/** Follows one redirection, and only one that TLS protected; the certificate there must be as good as the one here. */
async function openFollowing(candidate: Candidate, options: SessionOptions, attempt: Attempt): Promise<Session> {
	try {
		return await openAt(candidate, options, attempt);
	} catch (error) {
		const {redirection} = attempt;
		const other =
			redirection === undefined || options.signal?.aborted
				? undefined
				: await redirected(candidate, redirection, options);
		if (!other) {
			throw error;
		}

		options.log.note('session', `sent on to ${other.endpoint.host} port ${other.endpoint.port}`);
		return openAt(other, options, attempt);
	}
}
