import type net from 'node:net';
import {messageOf, type Problem, XmppcError} from '../shared/errors.js';
import {domainpartOf} from '../shared/jid.js';
import {portOf, readWebSocketUrl} from '../shared/websocket-url.js';
import {createRace, dial, type Search} from './happy-eyeballs.js';
import {readEndpoint} from './redirection.js';
import {defaultDirectTlsPort, defaultPort, type Endpoint, hostOf} from './resolver.js';
import {boundSessionOf} from './resumable-sessions.js';
import type {SessionOptions} from './session.js';
import {framedLayout, type StreamLayout} from './stream-layout.js';
import type {SocketClass} from './transport.js';

/** `first`: what DNS names before all others; that alone is remembered, or a place for emergencies would be. */
type Source = 'settings' | 'memory' | 'first' | 'other';

/** A place to log in at. */
export type Candidate = {
	readonly endpoint: Endpoint;
	readonly source: Source;
	/** Makes a connection over TCP there: the one that found it to be the quickest, then others. */
	readonly dial: () => Promise<net.Socket>;
	/** What takes the place of TCP with TLS. */
	readonly socketClass?: SocketClass | undefined;
	/** Where it is, for XMPP over WebSocket. */
	readonly url?: string;
	/** How elements are laid out on it; absent: as over TCP. */
	readonly layout?: StreamLayout;
};

type Place = Endpoint & {readonly source: Source};

/**
 * The places to try, one after the other: of all that answer the quickest, with a lead for those that are to be preferred.
 * DNS is asked only when no place that is known from earlier answers at once, and the domain's web server, for XMPP over
 * WebSocket, only when nothing else works (XEP-0156). `onProblem`: why a place is no candidate.
 */
export async function* candidatesFor(
	options: SessionOptions,
	onProblem: (problem: Problem, source: Source) => void,
): AsyncGenerator<Candidate> {
	const location = boundSessionOf(options.resume)?.resumption?.location;
	const chosen = options.webSocket;
	if (location !== undefined && readWebSocketUrl(location)) {
		yield webSocketAt(location, options);
	}

	if (chosen !== undefined) {
		yield webSocketAt(chosen, options);
		return;
	}

	const places = placesFor(options, location);
	yield* options.socketClass ? oneByOne(places, options) : raced(places, options, onProblem);
	if (!isToldWhere(options) && !options.signal?.aborted) {
		for (const url of await webSocketsOf(options)) {
			yield webSocketAt(url, options);
		}
	}
}

function isToldWhere({host, port}: SessionOptions): boolean {
	return host !== undefined || port !== undefined;
}

function placesFor(options: SessionOptions, location: string | undefined): ReadonlyArray<Place | Search<Place>> {
	const domain = hostOf(domainpartOf(options.jid));
	if (isToldWhere(options)) {
		const directTls = options.directTls ?? options.port === defaultDirectTlsPort;
		const port = options.port ?? (directTls ? defaultDirectTlsPort : defaultPort);
		return [{host: options.host ?? domain, port, directTls, source: 'settings'}];
	}

	const preferred = location === undefined ? undefined : readEndpoint(location, false);
	const remembered = options.memory?.read().endpoint;
	const known: Place[] = [
		...(preferred ? [{...preferred, source: 'other' as const}] : []),
		...(remembered && !isSame(remembered, preferred) ? [{...remembered, source: 'memory' as const}] : []),
	];
	const search = async () => {
		const found = await resolved(domain, options, preferred !== undefined);
		return found
			.map((endpoint, index) => ({...endpoint, source: index === 0 ? ('first' as const) : ('other' as const)}))
			.filter(endpoint => !known.some(other => isSame(endpoint, other)));
	};
	return [...known, search];
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

async function* raced(
	places: ReadonlyArray<Place | Search<Place>>,
	options: SessionOptions,
	onProblem: (problem: Problem, source: Source) => void,
): AsyncGenerator<Candidate> {
	const {resolver, clock, log, signal} = options;
	const race = createRace(places, {
		domain: domainpartOf(options.jid),
		clock,
		lookup: resolver.lookup,
		onProblem(problem, place) {
			log.note('session', `${place ? `${place.host} port ${place.port}` : 'search'}: ${problem.code}`);
			onProblem(problem, place?.source ?? 'other');
		},
	});
	const stop = () => race.stop();
	signal?.addEventListener('abort', stop);
	if (signal?.aborted) {
		stop();
	}

	try {
		for (let reached = await race.next(); reached; reached = await race.next()) {
			const {source, ...endpoint} = reached.place;
			yield candidateAt(endpoint, source, options, reached.socket);
		}
	} finally {
		signal?.removeEventListener('abort', stop);
		stop();
	}
}

/** `reached`: a connection that is there already, for whoever dials first. */
function candidateAt(endpoint: Endpoint, source: Source, options: SessionOptions, reached?: net.Socket): Candidate {
	let ready = reached;
	return {
		endpoint,
		source,
		async dial() {
			const socket = ready;
			ready = undefined;
			const {resolver, clock, jid, signal} = options;
			return socket ?? dial(endpoint, {domain: domainpartOf(jid), clock, lookup: resolver.lookup, signal});
		},
		socketClass: options.socketClass,
	};
}

/** Places in their order, for a transport that cannot be raced. */
async function* oneByOne(
	places: ReadonlyArray<Place | Search<Place>>,
	options: SessionOptions,
): AsyncGenerator<Candidate> {
	for (const place of places) {
		for (const {source, ...endpoint} of typeof place === 'function' ? await place() : [place]) {
			yield candidateAt(endpoint, source, options);
		}
	}
}

/** What it takes is loaded here: hardly anybody needs it. */
async function webSocketAt(text: string, options: SessionOptions): Promise<Candidate> {
	const url = readWebSocketUrl(text);
	if (!url) {
		throw new XmppcError({
			code: 'websocket-url-invalid',
			kind: 'configuration',
			message: `${options.jid} cannot be reached over WebSocket at ${text}: that is no address for it.`,
			hint: 'It looks like wss://example.org/xmpp-websocket.',
		});
	}

	const {webSocketClass} = await import('./websocket-transport.js');
	const endpoint = {host: hostOf(url.hostname), port: portOf(url), directTls: true};
	return {
		...candidateAt(endpoint, 'other', options),
		socketClass: webSocketClass(url),
		layout: framedLayout,
		url: url.href,
	};
}

async function webSocketsOf({resolver, jid, tls, clock, signal}: SessionOptions): Promise<readonly string[]> {
	const domain = hostOf(domainpartOf(jid));
	return (await resolver.webSockets?.(domain, {...tls, clock, signal, lookup: resolver.lookup})) ?? [];
}

/**
 * Where the server of `candidate` wants us to go instead: to another host, or, over WebSocket, to another URL (RFC 7395
 * §3.6.1). `undefined`: that is no such place.
 */
export async function redirected(
	candidate: Candidate,
	text: string,
	options: SessionOptions,
): Promise<Candidate | undefined> {
	if (candidate.layout === framedLayout) {
		return readWebSocketUrl(text) && webSocketAt(text, options);
	}

	const endpoint = readEndpoint(text, candidate.endpoint.directTls);
	return endpoint && candidateAt(endpoint, 'other', options);
}
