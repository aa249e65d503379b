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
import {negotiateInline, type PipelinedLogin, pipelineLogin} from './inline-negotiation.js';
import type {EarlyStanza, Negotiated, NegotiationOptions} from './negotiated.js';
import {authenticate} from './sasl/authentication.js';
import {saslNamespace} from './sasl/failures.js';
import {offerChanged, readSasl2Offer, type Sasl2Offer} from './sasl/sasl2.js';
import type {Stream} from './stream.js';
import {malformedStream} from './stream-error.js';
import {offersStreamManagement, readFeatures} from './stream-features.js';
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
	let inline: Negotiated['inline'];
	let early: readonly EarlyStanza[] = [];
	let sasl2Offer: Sasl2Offer | undefined;
	let pipelined: PipelinedLogin | undefined;
	const {sasl2} = options;

	if (sasl2 && options.remembered) {
		stream.pipeline(() => {
			pipelined = pipelineLogin(stream, {...options, sasl2});
			if (!pipelined) {
				return [];
			}

			options.onAuthenticating();
			options.onPipelined();
			stream.queueFeatures();
			return [pipelined.login.request];
		});
	}

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

	steps.use(async ({stanza}, next) => {
		const offer = mechanism === undefined && sasl2 ? readSasl2Offer(stanza) : undefined;
		if (pipelined && !offer) {
			throw offerChanged(stream.where.domain);
		}

		if (!offer || !sasl2) {
			return next();
		}

		const plain = child(stanza, 'mechanisms', saslNamespace);
		const plainMechanisms = plain ? childrenNamed(plain, 'mechanism', saslNamespace).map(textOf) : [];
		const login = {...options.login, ...circumstancesOf(stream, stanza)};
		const outcome = await negotiateInline(stream, offer, plainMechanisms, {...options, login, sasl2}, pipelined);
		pipelined = undefined;
		if (!outcome) {
			return next();
		}

		mechanism = outcome.mechanism;
		sasl2Offer = offer;
		askedToResume = outcome.askedToResume;
		resumed = outcome.resumed;
		features = outcome.features ?? features;
		if (outcome.bound) {
			inline = outcome.bound;
			enableSent = inline.enableAnswer !== undefined;
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
		set(request: Element) {
			early = features ? earlyStanzas(options, features) : [];
			const counting = enableSent ? [enableRequest(options.resumable)] : [];
			return bind(
				stream,
				request,
				counting,
				early.map(({stanza}) => stanza),
			);
		},
	};
	resourceBinding({streamFeatures: onFeature, iqCaller}, options.resource);

	return new Promise(resolve => {
		stream.once('online', () => {
			if (mechanism !== undefined && features) {
				resolve({
					mechanism,
					features,
					enableSent,
					early,
					...(inline ? {inline} : {}),
					...(sasl2Offer ? {sasl2Offer} : {}),
					...(resumed ? {resumed} : {}),
				});
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

/** What is to be written together with the binding, now that the server is the one it should be. */
function earlyStanzas({early}: NegotiationOptions, features: Element): readonly EarlyStanza[] {
	const stanzas: EarlyStanza[] = [];
	early?.((stanza, onAcked) => stanzas.push({stanza, onAcked}), readFeatures(features));
	return stanzas;
}

/**
 * Sends the binding request, and right behind it what saves a round trip there. The server takes it in this order (RFC 6120
 * §10.1); where it refuses the binding it takes no stanza after it (§7.1).
 */
async function bind(stream: Stream, request: Element, enable: readonly Element[], stanzas: readonly Element[]) {
	const id = randomUUID();
	await stream.sendMany([createElement('iq', {type: 'set', id}, request), ...enable], stanzas);
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
