import {messageOf, type Problem} from '../shared/errors.js';
import {domainpartOf} from '../shared/jid.js';
import {readEndpoint} from './redirection.js';
import {defaultDirectTlsPort, defaultPort, type Endpoint, hostOf} from './resolver.js';
import {boundSessionOf} from './resumable-sessions.js';
import type {SessionOptions} from './session.js';

/** `first`: what DNS names before all others; that alone is remembered, or a place for emergencies would be. */
export type Candidate = {readonly endpoint: Endpoint; readonly source: 'settings' | 'memory' | 'first' | 'other'};

/** The places to try. DNS is asked only when no place that is known from earlier works. */
export async function* candidatesFor(options: SessionOptions): AsyncGenerator<Candidate> {
	const domain = hostOf(domainpartOf(options.jid));
	if (options.host !== undefined || options.port !== undefined) {
		const directTls = options.directTls ?? options.port === defaultDirectTlsPort;
		const port = options.port ?? (directTls ? defaultDirectTlsPort : defaultPort);
		yield {endpoint: {host: options.host ?? domain, port, directTls}, source: 'settings'};
		return;
	}

	const location = boundSessionOf(options.resume)?.resumption?.location;
	const preferred = location === undefined ? undefined : readEndpoint(location, false);
	if (preferred) {
		yield {endpoint: preferred, source: 'other'};
	}

	const remembered = options.memory?.read().endpoint;
	if (remembered && !isSame(remembered, preferred)) {
		yield {endpoint: remembered, source: 'memory'};
	}

	const known = [preferred, remembered];
	const found = await resolved(domain, options, preferred !== undefined);
	for (const [index, endpoint] of found.entries()) {
		if (!known.some(other => isSame(endpoint, other))) {
			yield {endpoint, source: index === 0 ? 'first' : 'other'};
		}
	}
}

function isSame(one: Endpoint, other: Endpoint | undefined): boolean {
	return one.host === other?.host && one.port === other.port;
}

/** What DNS says; that it says nothing does not matter where the server itself named a place. */
async function resolved(domain: string, options: SessionOptions, mayFail: boolean): Promise<readonly Endpoint[]> {
	try {
		return await options.resolver.resolve(domain);
	} catch (error) {
		if (!mayFail) {
			throw error;
		}

		options.log.note('session', `${domain} could not be looked up: ${messageOf(error)}`);
		return [];
	}
}

/** A server that was reached and refused says more than one that was not reached. */
export function mostTelling(problems: readonly Problem[]): Problem {
	const unreached = ['no-such-host', 'dns-unavailable', 'connection-refused', 'connect-timeout', 'unreachable'];
	const isReached = (problem: Problem) => !unreached.includes(problem.code);
	return (
		problems.find(problem => problem.code.startsWith('certificate-')) ??
		problems.find(isReached) ??
		problems[0] ?? {code: 'no-such-host', kind: 'noSuchHost', message: 'There is no server to connect to.'}
	);
}
