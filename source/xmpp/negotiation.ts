import {randomUUID} from 'node:crypto';
import middleware from '@xmpp/middleware';
import resourceBinding from '@xmpp/resource-binding';
import streamFeatures from '@xmpp/stream-features';
import {XmppcError} from '../shared/errors.js';
import type {ChannelBindingType} from './channel-binding.js';
import {tlsFailed, tlsRequired} from './connection-problems.js';
import {
	child,
	childrenNamed,
	clientNamespace,
	createElement,
	type Element,
	isElement,
	nameOf,
	textOf,
} from './element.js';
import {negotiateInline} from './inline-negotiation.js';
import type {Negotiated, NegotiationOptions} from './negotiated.js';
import {authenticate} from './sasl/authentication.js';
import {sasl2Namespace, saslNamespace} from './sasl/failures.js';
import type {Stream} from './stream.js';
import {malformedStream} from './stream-error.js';
import {offersStreamManagement} from './stream-features.js';
import {enableRequest, streamManagementNamespace} from './stream-management.js';

const tlsNamespace = 'urn:ietf:params:xml:ns:xmpp-tls';
const channelBindingNamespace = 'urn:xmpp:sasl-cb:0';
const bindNamespace = 'urn:ietf:params:xml:ns:xmpp-bind';

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
	let resumed: Element | undefined;
	let askedToResume = false;
	let bound: Pick<Negotiated, 'enableAnswer' | 'carbonsEnabled'> = {};

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

	onFeature.use('authentication', sasl2Namespace, async ({stanza}, next, authentication) => {
		const plain = child(stanza, 'mechanisms', saslNamespace);
		const plainMechanisms = plain ? childrenNamed(plain, 'mechanism', saslNamespace).map(textOf) : [];
		const login = {...options.login, ...circumstancesOf(stream, stanza)};
		const outcome =
			mechanism === undefined && options.sasl2
				? await negotiateInline(stream, authentication, plainMechanisms, {...options, login, sasl2: options.sasl2})
				: undefined;
		if (!outcome) {
			return next();
		}

		mechanism = outcome.mechanism;
		askedToResume = outcome.askedToResume;
		resumed = outcome.resumed;
		features = outcome.features ?? features;
		if (outcome.bound) {
			bound = outcome.bound;
			enableSent = outcome.bound.enableAnswer !== undefined;
			if (!enableSent && options.streamManagement && features && offersStreamManagement(features)) {
				enableSent = true;
				await stream.send(enableRequest(options.resumable));
			}
		}

		if (outcome.bound || resumed) {
			stream._ready();
		} else {
			stream.emit('element', outcome.features);
		}
	});

	onFeature.use('mechanisms', saslNamespace, async ({stanza}, next, offer) => {
		if (mechanism !== undefined) {
			return next();
		}

		options.onAuthenticating();
		const offered = childrenNamed(offer, 'mechanism', saslNamespace).map(textOf);
		mechanism = await authenticate({send: element => void stream.send(element), next: () => stream.next()}, offered, {
			...options.login,
			...circumstancesOf(stream, stanza),
		});
		await stream.restart();
	});

	onFeature.use('sm', streamManagementNamespace, async (_context, next) => {
		if (mechanism === undefined || !options.resume || askedToResume) {
			return next();
		}

		await stream.send(options.resume.request());
		const answer = await resumptionAnswer(stream);
		if (nameOf(answer) === 'failed') {
			options.resume.onFailed(answer.attrs.h);
			return next();
		}

		resumed = answer;
		stream._ready();
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

	const iqCaller = {
		set: (request: Element) => bind(stream, request, enableSent ? [enableRequest(options.resumable)] : []),
	};
	resourceBinding({streamFeatures: onFeature, iqCaller}, options.resource);

	return new Promise(resolve => {
		stream.once('online', () => {
			if (mechanism !== undefined && features) {
				resolve({mechanism, features, enableSent, ...bound, ...(resumed ? {resumed} : {})});
			}
		});
	});
}

/** What a login is tied to on this connection, and what the server says about that. */
function circumstancesOf({streamSocket}: Stream, features: Element) {
	const tlsVersion = streamSocket?.security?.protocol;
	return {
		channelBindings: channelBindingsIn(features),
		bindingData: (type: ChannelBindingType) => streamSocket?.bindingData(type),
		...(tlsVersion === undefined ? {} : {tlsVersion}),
	};
}

/** XEP-0440. */
function channelBindingsIn(features: Element): readonly string[] {
	const types = child(features, 'sasl-channel-binding', channelBindingNamespace);
	return types
		? childrenNamed(types, 'channel-binding', channelBindingNamespace).map(({attrs}) => attrs.type ?? '')
		: [];
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

/** `<resumed/>` or `<failed/>`; nothing else may come before it. */
async function resumptionAnswer(stream: Stream): Promise<Element> {
	for (;;) {
		const answer = await stream.next();
		if (
			isElement(answer, 'resumed', streamManagementNamespace) ||
			isElement(answer, 'failed', streamManagementNamespace)
		) {
			return answer;
		}
	}
}

/** Sends the binding request, and `<enable/>` right behind it to save a round trip. */
async function bind(stream: Stream, request: Element, enable: readonly Element[]) {
	const id = randomUUID();
	await stream.sendMany([createElement('iq', {type: 'set', id}, request), ...enable]);
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
