import {randomUUID} from 'node:crypto';
import middleware from '@xmpp/middleware';
import resourceBinding from '@xmpp/resource-binding';
import streamFeatures from '@xmpp/stream-features';
import {XmppcError} from '../shared/errors.js';
import {tlsFailed, tlsRequired} from './connection-problems.js';
import {child, childrenNamed, clientNamespace, createElement, type Element, isElement, textOf} from './element.js';
import {authenticate, type Login} from './sasl/authentication.js';
import {saslNamespace} from './sasl/failures.js';
import type {Stream} from './stream.js';
import {malformedStream} from './stream-error.js';
import {offersStreamManagement} from './stream-features.js';
import {streamManagementNamespace} from './stream-management.js';

const tlsNamespace = 'urn:ietf:params:xml:ns:xmpp-tls';
const bindNamespace = 'urn:ietf:params:xml:ns:xmpp-bind';

export type NegotiationOptions = {
	readonly login: Login;
	readonly resource?: string;
	readonly streamManagement: boolean;
	/** Runs before the first byte of the login is written: from here on the endpoint is the right one. */
	readonly onAuthenticating: () => void;
};

export type Negotiated = {
	readonly mechanism: string;
	/** The features after the login. */
	readonly features: Element;
	/** `<enable/>` of stream management went out together with the binding (XEP-0198 §3). */
	readonly enableSent: boolean;
};

/**
 * Installs the steps that lead from the first header to a bound resource (RFC 6120 §4.3): STARTTLS, SASL, binding,
 * each of which runs when the features offer it. Everything a step throws ends the stream. Resolves once bound.
 */
export function negotiate(stream: Stream, options: NegotiationOptions): Promise<Negotiated> {
	const steps = middleware({entity: stream});
	const onFeature = streamFeatures({middleware: steps});
	let mechanism: string | undefined;
	let features: Element | undefined;
	let enableSent = false;

	steps.use(async ({stanza}, next) => {
		// Stripping STARTTLS from the features must end the login, not its encryption (protocol row 36).
		if (!stream.isSecure() && !child(stanza, 'starttls', tlsNamespace)) {
			throw new XmppcError(tlsRequired(stream.where));
		}

		features = stanza;
		return next();
	});

	onFeature.use('starttls', tlsNamespace, async (_context, next) => {
		if (stream.isSecure()) {
			return next();
		}

		await startTls(stream);
		await stream.restart();
	});

	onFeature.use('mechanisms', saslNamespace, async (_context, next, offer) => {
		if (mechanism !== undefined) {
			return next();
		}

		options.onAuthenticating();
		const offered = childrenNamed(offer, 'mechanism', saslNamespace).map(textOf);
		mechanism = await authenticate(
			{send: element => void stream.send(element), next: () => stream.next()},
			offered,
			options.login,
		);
		await stream.restart();
	});

	steps.use(async ({stanza}, next) => {
		if (mechanism === undefined) {
			throw malformedStream('undefined-condition', stream.where.domain, 'it offers no login');
		}

		if (!child(stanza, 'bind', bindNamespace)) {
			throw malformedStream('undefined-condition', stream.where.domain, 'it offers no resource after the login');
		}

		enableSent = options.streamManagement && offersStreamManagement(stanza);
		return next();
	});

	const iqCaller = {set: (request: Element) => bind(stream, request, enableSent)};
	resourceBinding({streamFeatures: onFeature, iqCaller}, options.resource);

	return new Promise(resolve => {
		stream.once('online', () => {
			if (mechanism !== undefined && features) {
				resolve({mechanism, features, enableSent});
			}
		});
	});
}

async function startTls(stream: Stream): Promise<void> {
	await stream.send(createElement('starttls', {xmlns: tlsNamespace}));
	const answer = await stream.next();
	if (!isElement(answer, 'proceed', tlsNamespace)) {
		throw new XmppcError(tlsFailed(stream.where, 'the server broke off STARTTLS'));
	}

	// Anything behind it was injected by somebody who hopes that it is read as if TLS protected it (protocol row 37).
	if (stream.hasMore) {
		throw new XmppcError(tlsFailed(stream.where, 'unprotected data came where TLS was to begin'));
	}

	await stream.streamSocket?.startTls();
}

/** Sends the binding request, and `<enable/>` right behind it to save a round trip. */
async function bind(stream: Stream, request: Element, enable: boolean) {
	const id = randomUUID();
	await stream.sendMany([
		createElement('iq', {type: 'set', id}, request),
		...(enable ? [createElement('enable', {xmlns: streamManagementNamespace})] : []),
	]);
	for (;;) {
		const answer = await stream.next();
		if (!isElement(answer, 'iq', clientNamespace) || answer.attrs.id !== id) {
			continue;
		}

		if (answer.attrs.type === 'result') {
			const bound = child(answer, 'bind', bindNamespace);
			return {getChildText: (name: string) => textOf((bound && child(bound, name, bindNamespace)) ?? answer)};
		}

		throw new XmppcError({
			code: 'bind-refused',
			kind: 'unavailable',
			message: `${stream.where.domain} accepts the login but not another session.`,
			hint: 'Too many programs may be logged in: close one and try again.',
		});
	}
}
