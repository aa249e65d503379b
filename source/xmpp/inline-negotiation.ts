import {isXmppcError, type Problem, XmppcError} from '../shared/errors.js';
import {bareOf, type FullJid, parseFullJid, parseJid} from '../shared/jid.js';
import {child, createElement, type Element, textOf} from './element.js';
import type {Negotiated, NegotiationOptions} from './negotiated.js';
import {sasl2Namespace} from './sasl/failures.js';
import type {LoginToken} from './sasl/login-token.js';
import {rankOf} from './sasl/mechanisms.js';
import {authenticateSasl2, bind2Namespace, readSasl2Offer, type Sasl2Offer, tokenRefused} from './sasl/sasl2.js';
import type {Sasl2Options} from './session.js';
import type {Stream} from './stream.js';
import {malformedStream} from './stream-error.js';
import {enableRequest, streamManagementNamespace} from './stream-management.js';

const carbonsNamespace = 'urn:xmpp:carbons:2';
const clientStateNamespace = 'urn:xmpp:csi:0';

export type InlineOptions = NegotiationOptions & {readonly sasl2: Sasl2Options};

/** What the login with SASL2 has settled of the rest. */
export type InlineOutcome = Pick<Negotiated, 'mechanism' | 'resumed'> & {
	/** `<resume/>` went out with the login, whatever came of it. */
	readonly askedToResume: boolean;
	/** A resource is bound. */
	readonly bound?: Pick<Negotiated, 'enableAnswer' | 'carbonsEnabled'>;
	/** The features of after the login; none where a session was resumed. */
	readonly features?: Element;
};

/**
 * Logs in with SASL2 (XEP-0388), and resumes a session or binds a resource in the same step where the server offers it.
 * `undefined` where RFC 6120's SASL has the stronger mechanisms, or SASL2 none that we have; nothing is written then.
 *
 * @throws {XmppcError} as `authenticateSasl2`, and `other-address` where the login is somebody else's.
 */
export async function negotiateInline(
	stream: Stream,
	authentication: Element,
	plainMechanisms: readonly string[],
	options: InlineOptions,
): Promise<InlineOutcome | undefined> {
	const offer = readSasl2Offer(authentication);
	const rank = rankOf(offer.mechanisms);
	if (rank === Number.POSITIVE_INFINITY || rank > rankOf(plainMechanisms)) {
		return undefined;
	}

	const {login, sasl2, resume} = options;
	const token = await readToken(options);
	const userAgent = await sasl2.userAgent();
	options.onAuthenticating();
	stream.queueFeatures();
	const resumes = offer.streamManagement && resume !== undefined;
	// Once a resource is bound there is no going on with another: where resuming has to wait for the features, so has binding.
	const mayBind = resumes || resume === undefined;
	const binds = mayBind && offer.bind !== undefined && sasl2.bind && options.resource === undefined;
	const {
		mechanism,
		success,
		token: newToken,
	} = await authenticateSasl2({send: element => void stream.send(element), next: () => stream.next()}, offer, {
		...login,
		userAgent,
		token,
		wantsToken: sasl2.tokens !== undefined,
		bindingData: type => stream.streamSocket?.bindingData(type),
		inline: () => [...(resumes ? [resume.request()] : []), ...(binds ? [bindRequest(offer, options)] : [])],
	}).catch(async (error: unknown) => {
		if (token && isXmppcError(error) && [tokenRefused, 'server-not-authentic'].includes(error.code)) {
			await sasl2.tokens?.forget();
		}

		throw error;
	});

	const address = addressIn(success, options);
	const saved = newToken ? sasl2.tokens?.save(newToken) : undefined;
	const resumed = resumes ? child(success, 'resumed', streamManagementNamespace) : undefined;
	if (resumed) {
		await saved;
		return {mechanism, askedToResume: true, resumed};
	}

	if (resumes) {
		resume.onFailed(child(success, 'failed', streamManagementNamespace)?.attrs.h);
	}

	const bound = binds ? child(success, 'bound', bind2Namespace) : undefined;
	if (bound) {
		takeAddress(stream, address);
	}

	const [features] = await Promise.all([stream.nextFeatures(), saved]);
	return {mechanism, askedToResume: resumes, features, ...(bound ? {bound: readBound(bound)} : {})};
}

/** The token to log in with; one that has expired is as good as none. */
async function readToken({sasl2, now}: InlineOptions): Promise<LoginToken | undefined> {
	const token = await sasl2.tokens?.read();
	return token?.expiry !== undefined && token.expiry <= now() ? undefined : token;
}

/** XEP-0386; the server makes the resource from the tag, which is the program's name and nothing of the machine. */
function bindRequest({bind = []}: Sasl2Offer, options: InlineOptions): Element {
	const enables = options.streamManagement && bind.includes(streamManagementNamespace);
	return createElement(
		'bind',
		{xmlns: bind2Namespace},
		createElement('tag', {}, 'xmppc'),
		...(bind.includes(carbonsNamespace) ? [createElement('enable', {xmlns: carbonsNamespace})] : []),
		...(enables ? [enableRequest(options.resumable)] : []),
		...(bind.includes(clientStateNamespace) ? [createElement('active', {xmlns: clientStateNamespace})] : []),
	);
}

function readBound(bound: Element): NonNullable<InlineOutcome['bound']> {
	const enableAnswer =
		child(bound, 'enabled', streamManagementNamespace) ?? child(bound, 'failed', streamManagementNamespace);
	return {
		...(enableAnswer ? {enableAnswer} : {}),
		...(child(bound, 'enabled', carbonsNamespace) ? {carbonsEnabled: true} : {}),
	};
}

/** Whom the server takes us for, which must be ourselves (XEP-0388 §2.6). */
function addressIn(success: Element, {login}: InlineOptions): string {
	const identifier = child(success, 'authorization-identifier', sasl2Namespace);
	const text = identifier ? textOf(identifier) : '';
	const jid = parseJid(text);
	if (!jid || bareOf(jid) !== login.jid) {
		throw new XmppcError(otherAddress(login));
	}

	return text;
}

function takeAddress(stream: Stream, address: string): void {
	const jid: FullJid | undefined = parseFullJid(address);
	if (!jid) {
		throw malformedStream('undefined-condition', stream.where.domain, 'it bound no resource and said it did');
	}

	stream._jid(jid);
}

/** The server logged us in under an address that is not the account's. */
export function otherAddress({jid, domain}: {readonly jid: string; readonly domain: string}): Problem {
	return {
		code: 'other-address',
		kind: 'protocol',
		message: `The server of ${domain} logged us in as somebody else than ${jid}.`,
		hint: 'Set up the account with the address that the server uses.',
	};
}
