import http, {type IncomingMessage} from 'node:http';
import type {Socket} from 'node:net';
import {SaxesParser} from 'saxes';
import {isXmppcError, messageOf, XmppcError} from '../shared/errors.js';
import type {Log} from '../shared/log.js';
import {portOf, readWebSocketUrl} from '../shared/websocket-url.js';
import {dial} from './happy-eyeballs.js';
import {hostOf, type WebSocketQuery} from './resolver.js';
import {beginTls} from './tls-connection.js';

const relation = 'urn:xmpp:alt-connections:websocket';
const xrdNamespace = 'http://docs.oasis-open.org/ns/xri/xrd-1.0';

/** For everything together, milliseconds: who logs in is waiting. */
const patience = 10_000;
const longestAnswer = 64 * 1024;
const mostRedirections = 3;
/** More places than this are not tried. */
const mostUrls = 5;
const redirecting: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

export type HostMetaOptions = WebSocketQuery & {
	readonly log: Log;
	/** Of the domain's web server. */
	readonly port?: number;
};

/**
 * Where a domain serves XMPP over WebSocket, as its web server tells (XEP-0156): over HTTPS with a good certificate only,
 * within limits of time and size. First the form in JSON, then the one in XML. Whatever goes wrong is noted in the log,
 * and what could not be read is empty.
 */
export async function readHostMeta(domain: string, options: HostMetaOptions): Promise<readonly string[]> {
	const {clock, signal, log} = options;
	const limit = new AbortController();
	const stopClock = clock.after(patience, () => limit.abort());
	const within = signal ? AbortSignal.any([signal, limit.signal]) : limit.signal;
	const host = domain.includes(':') ? `[${domain}]` : domain;
	const forms = [
		{path: 'host-meta.json', read: webSocketsInJson},
		{path: 'host-meta', read: webSocketsInXrd},
	];
	try {
		for (const {path, read} of forms) {
			const url = new URL(`https://${host}:${options.port ?? 443}/.well-known/${path}`);
			const text = await textAt(url, domain, {...options, signal: within}).catch((error: unknown) => {
				log.note('host-meta', `${url.href}: ${isXmppcError(error) ? error.code : messageOf(error)}`);
				return '';
			});
			const found = read(text);
			if (found.length > 0 || within.aborted) {
				return found;
			}
		}
	} finally {
		stopClock();
	}

	return [];
}

/** The places for WebSocket in the JSON form (RFC 6415, appendix A); none where it cannot be read. */
export function webSocketsInJson(text: string): readonly string[] {
	const links: unknown = Reflect.get(Object(parsedJson(text)), 'links');
	return usable(
		(Array.isArray(links) ? links : []).map((link: unknown) => ({
			rel: Reflect.get(Object(link), 'rel'),
			href: Reflect.get(Object(link), 'href'),
		})),
	);
}

/** The same in the XML form (XRD 1.0). A document with a document type is not read at all. */
export function webSocketsInXrd(text: string): readonly string[] {
	const parser = new SaxesParser({xmlns: true, position: false});
	const links: Link[] = [];
	let isSound = text !== '';
	const refuse = () => {
		isSound = false;
	};
	parser.on('error', refuse);
	parser.on('doctype', refuse);
	parser.on('opentag', ({local, uri, attributes}) => {
		if (local === 'Link' && uri === xrdNamespace) {
			links.push({rel: attributes.rel?.value, href: attributes.href?.value});
		}
	});
	parser.write(text).close();
	return isSound ? usable(links) : [];
}

type Link = {readonly rel: unknown; readonly href: unknown};

function usable(links: readonly Link[]): readonly string[] {
	const urls = links
		.filter(({rel}) => rel === relation)
		.map(({href}) => (typeof href === 'string' ? readWebSocketUrl(href)?.href : undefined))
		.filter(href => href !== undefined);
	return [...new Set(urls)].slice(0, mostUrls);
}

function parsedJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		// A page that says that there is none is as good as none.
		return undefined;
	}
}

type Request = HostMetaOptions & {readonly signal: AbortSignal};

/** What a web server answers to GET, redirections to other HTTPS places followed. */
async function textAt(url: URL, domain: string, options: Request): Promise<string> {
	for (let hops = 0, place = url; hops <= mostRedirections; hops++) {
		const socket = await secureSocketTo(place, domain, options);
		try {
			const answer = await answerTo(place, socket, options.signal);
			const {statusCode = 0, headers} = answer;
			if (statusCode === 200) {
				return await bodyOf(answer, options.signal);
			}

			const next = redirecting.has(statusCode) ? redirection(headers.location, place) : undefined;
			if (next === undefined) {
				throw new Error(`HTTP status ${statusCode}`);
			}

			place = next;
		} finally {
			socket.destroy();
		}
	}

	throw new Error('too many redirections');
}

/** Only to where TLS protects it again. */
function redirection(location: string | undefined, base: URL): URL | undefined {
	const url = location !== undefined && URL.canParse(location, base.href) ? new URL(location, base) : undefined;
	return url?.protocol === 'https:' && url.username === '' && url.password === '' ? url : undefined;
}

async function secureSocketTo(url: URL, domain: string, options: Request): Promise<Socket> {
	const {clock, lookup, signal, ca, pin} = options;
	const place = {host: hostOf(url.hostname), port: portOf(url)};
	const raw = await dial(place, {domain, clock, lookup, signal});
	const {socket, handshake} = beginTls(raw, {
		certificate: {domain: place.host, ...(pin === undefined ? {} : {pin})},
		ca,
		clock,
		protocols: ['http/1.1'],
		where: {domain, ...place},
	});
	const cut = () => void socket.destroy();
	signal.addEventListener('abort', cut);
	await handshake;
	socket.once('close', () => signal.removeEventListener('abort', cut));
	return socket;
}

function answerTo(url: URL, socket: Socket, signal: AbortSignal): Promise<IncomingMessage> {
	return new Promise((resolve, reject) => {
		const request = http.request(
			{
				host: url.hostname,
				port: portOf(url),
				path: `${url.pathname}${url.search}`,
				// The one that is there, with its certificate judged; and so no proxy is asked.
				createConnection: () => socket,
				headers: {Host: url.host, Accept: 'application/json, application/xrd+xml', Connection: 'close'},
				signal,
			},
			resolve,
		);
		request.on('error', reject);
		request.end();
	});
}

function bodyOf(answer: IncomingMessage, signal: AbortSignal): Promise<string> {
	return new Promise((resolve, reject) => {
		const pieces: Buffer[] = [];
		let size = 0;
		answer.on('data', (piece: Buffer) => {
			size += piece.length;
			pieces.push(piece);
			if (size > longestAnswer) {
				reject(new Error('too much'));
				answer.destroy();
			}
		});
		answer.on('end', () => resolve(Buffer.concat(pieces).toString('utf8')));
		answer.on('error', reject);
		answer.on('close', () =>
			reject(new XmppcError({code: 'connection-lost', kind: 'unavailable', message: 'cut off'})),
		);
		signal.addEventListener('abort', () => reject(new Error('too slow')), {once: true});
	});
}
