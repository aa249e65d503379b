import {isXmppcError, type Problem, problemOf, XmppcError} from '../shared/errors.js';
import {bareOf, domainpartOf, localpartOf} from '../shared/jid.js';
import {createBoundSession} from './bound-session.js';
import {checkAuthorities} from './certificate.js';
import {connectionProblem, connectTimeout} from './connection-problems.js';
import {negotiate} from './negotiation.js';
import {defaultDirectTlsPort, defaultPort, type Endpoint, hostOf} from './resolver.js';
import type {Session, SessionOptions} from './session.js';
import {Stream} from './stream.js';

const connectPatience = 15_000;
const negotiationPatience = 30_000;

/**
 * Logs in: finds the server, connects over TLS, authenticates, binds a resource. Endpoints are tried in order until one
 * takes the login; once a byte of the login was written no other one is tried.
 *
 * @throws {XmppcError} what went wrong, with the next step. Where several endpoints failed: the failure that tells most.
 */
export async function openSession(options: SessionOptions): Promise<Session> {
	if (localpartOf(options.jid) === undefined) {
		throw new XmppcError({
			code: 'not-an-account',
			kind: 'badData',
			message: `${options.jid} is the address of a server, not of an account.`,
			hint: 'An account looks like name@example.org.',
		});
	}

	if (options.tls.ca !== undefined) {
		checkAuthorities(options.tls.ca);
	}

	const problems: Problem[] = [];
	for (const endpoint of await endpointsFor(options)) {
		const attempt = {isAuthenticating: false};
		try {
			return await openAt(endpoint, options, attempt);
		} catch (error) {
			if (attempt.isAuthenticating || !isXmppcError(error) || options.signal?.aborted) {
				throw error;
			}

			options.log.note('session', `${endpoint.host} port ${endpoint.port}: ${error.code}`);
			problems.push(problemOf(error));
		}
	}

	throw new XmppcError(mostTelling(problems));
}

async function endpointsFor(options: SessionOptions): Promise<readonly Endpoint[]> {
	const domain = hostOf(domainpartOf(options.jid));
	if (options.host === undefined && options.port === undefined) {
		return options.resolver.resolve(domain);
	}

	const directTls = options.directTls ?? options.port === defaultDirectTlsPort;
	const port = options.port ?? (directTls ? defaultDirectTlsPort : defaultPort);
	return [{host: options.host ?? domain, port, directTls}];
}

/** A server that was reached and refused says more than one that was not reached. */
function mostTelling(problems: readonly Problem[]): Problem {
	const unreached = ['no-such-host', 'dns-unavailable', 'connection-refused', 'connect-timeout', 'unreachable'];
	const isReached = (problem: Problem) => !unreached.includes(problem.code);
	return (
		problems.find(problem => problem.code.startsWith('certificate-')) ??
		problems.find(isReached) ??
		problems[0] ?? {code: 'no-such-host', kind: 'noSuchHost', message: 'There is no server to connect to.'}
	);
}

function openAt(endpoint: Endpoint, options: SessionOptions, attempt: {isAuthenticating: boolean}): Promise<Session> {
	return new Promise((resolve, reject) => {
		let isWaiting = true;
		const stopWaiting = () => {
			isWaiting = false;
			stopTimer();
			options.signal?.removeEventListener('abort', onAbort);
		};
		let onFailure = (problem: Problem) => {
			stopWaiting();
			reject(new XmppcError(problem));
		};

		const stream = createStream(endpoint, options, problem => onFailure(problem));
		let stopTimer = options.clock.after(connectPatience, () => {
			stream.fail(new XmppcError(connectTimeout(stream.where)));
		});
		const onAbort = () => stream.fail(new XmppcError(cancelled(options)));
		options.signal?.addEventListener('abort', onAbort, {once: true});

		const open = async () => {
			await stream.connect(endpoint);
			stopTimer();
			const limitNegotiation = () => {
				stopTimer();
				if (isWaiting) {
					stopTimer = options.clock.after(negotiationPatience, () => {
						stream.fail(new XmppcError(negotiationTimeout(options)), 'connection-timeout');
					});
				}
			};
			limitNegotiation();
			const bound = negotiate(stream, {
				login: {
					jid: options.jid,
					domain: domainpartOf(options.jid),
					scramPinned: options.scramPinned ?? false,
					async password() {
						// A person may have to unlock something first; how long the server waits is its own affair.
						stopTimer();
						const password = await options.password();
						limitNegotiation();
						return password;
					},
				},
				...(options.resource === undefined ? {} : {resource: options.resource}),
				streamManagement: options.streamManagement ?? true,
				onAuthenticating() {
					attempt.isAuthenticating = true;
				},
			});
			await stream.open({domain: domainpartOf(options.jid), lang: 'en'});
			const negotiated = await bound;
			stopWaiting();
			if (!stream.boundJid || bareOf(stream.boundJid) !== options.jid) {
				throw new XmppcError(otherAddress(options));
			}

			const boundSession = createBoundSession(stream, negotiated, stream.boundJid, options);
			onFailure = boundSession.onFailure;
			resolve(boundSession.session);
		};

		open().catch((error: unknown) => stream.fail(connectionError(error, stream)));
		if (options.signal?.aborted) {
			onAbort();
		}
	});
}

function createStream(endpoint: Endpoint, options: SessionOptions, onFailure: (problem: Problem) => void): Stream {
	const domain = domainpartOf(options.jid);
	const stream = new Stream({
		jid: options.jid,
		log: options.log,
		policy: {
			certificate: {
				domain: hostOf(domain),
				...(options.tls.pin === undefined ? {} : {pin: options.tls.pin}),
			},
			...(options.tls.ca === undefined ? {} : {ca: options.tls.ca}),
			...(options.resolver.lookup ? {lookup: options.resolver.lookup} : {}),
			clock: options.clock,
		},
		onFailure,
	});
	stream.where = {domain, host: endpoint.host, port: endpoint.port};
	return stream;
}

function connectionError(error: unknown, stream: Stream): XmppcError {
	return isXmppcError(error) ? error : new XmppcError(connectionProblem(error, stream.where), {cause: error});
}

function negotiationTimeout(options: SessionOptions): Problem {
	return {
		code: 'negotiation-timeout',
		kind: 'unavailable',
		message: `The server of ${domainpartOf(options.jid)} took too long over the login of ${options.jid}.`,
		hint: 'The server may be overloaded; try again later.',
	};
}

function otherAddress(options: SessionOptions): Problem {
	return {
		code: 'other-address',
		kind: 'protocol',
		message: `The server of ${domainpartOf(options.jid)} logged us in as somebody else than ${options.jid}.`,
		hint: 'Set up the account with the address that the server uses.',
	};
}

function cancelled(options: SessionOptions): Problem {
	return {code: 'cancelled', kind: 'unavailable', message: `The login of ${options.jid} was cancelled.`};
}
