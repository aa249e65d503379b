/** One request over HTTPS, on a connection of its own: no proxy, no cookies, no session that tells us again. */
import type {IncomingMessage} from 'node:http';
import https from 'node:https';
import {XmppcError} from '../shared/errors.js';
import {hostOf, pinnedLookup, type ResolvedAddress} from './pinned-address.js';
import {badAddress} from './transfer-problems.js';

const longestUrl = 8192;

export type HttpsRequest = {
	readonly url: URL;
	readonly method: 'GET' | 'PUT';
	readonly headers: Readonly<Record<string, string | number>>;
	/** Where the host was found to be; absent: the way of the system. */
	readonly addresses?: readonly ResolvedAddress[];
	/** PEM text of the authorities that are trusted instead of Node's. */
	readonly ca?: string | undefined;
	readonly signal: AbortSignal;
};

/** Reads the address of a file. Throws `bad-file-address` for what is not `https:`, or has a user in it. */
export function readFileUrl(text: string): URL {
	const url = text.length <= longestUrl && URL.canParse(text) ? new URL(text) : undefined;
	if (url?.protocol !== 'https:' || url.username !== '' || url.password !== '') {
		throw new XmppcError(badAddress());
	}

	url.hash = '';
	return url;
}

/** Begins a request whose certificate is verified. Nothing is sent on: answers 3xx are answers. */
export function beginRequest({url, method, headers, addresses, ca, signal}: HttpsRequest): {
	readonly request: ReturnType<typeof https.request>;
	readonly answer: Promise<IncomingMessage>;
} {
	const request = https.request({
		host: hostOf(url),
		port: url.port === '' ? 443 : Number(url.port),
		path: `${url.pathname}${url.search}`,
		method,
		headers: {Host: url.host, ...headers, Connection: 'close'},
		// Of its own, so that no proxy of the environment and no kept connection comes into it.
		agent: new https.Agent({keepAlive: false, maxCachedSessions: 0, autoSelectFamily: true}),
		minVersion: 'TLSv1.2',
		// The environment can turn it off for the whole process.
		rejectUnauthorized: true,
		insecureHTTPParser: false,
		...(addresses ? {lookup: pinnedLookup(addresses)} : {}),
		...(ca === undefined ? {} : {ca}),
		signal,
	});
	const answer = new Promise<IncomingMessage>((resolve, reject) => {
		request.once('response', resolve);
		request.on('error', reject);
		request.once('close', () => reject(new Error('closed')));
	});
	// Who only sends never asks.
	answer.catch(() => undefined);
	return {request, answer};
}

/** Turns a person's signal into one that has our errors as reasons, and that other things can end as well. */
export function stoppable(
	signal: AbortSignal | undefined,
	reason: () => XmppcError,
): {
	readonly signal: AbortSignal;
	readonly stop: (reason: XmppcError) => void;
	readonly release: () => void;
} {
	const own = new AbortController();
	const onAbort = () => own.abort(reason());
	if (signal?.aborted) {
		onAbort();
	}

	signal?.addEventListener('abort', onAbort, {once: true});
	return {
		signal: own.signal,
		stop: why => own.abort(why),
		release: () => signal?.removeEventListener('abort', onAbort),
	};
}
