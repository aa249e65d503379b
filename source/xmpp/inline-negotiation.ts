import {isXmppcError, type Problem, XmppcError} from '../shared/errors.js';
import {bareOf, type FullJid, parseFullJid, parseJid} from '../shared/jid.js';
import {child, createElement, type Element, isElement, textOf} from './element.js';
import type {Negotiated, NegotiationOptions} from './negotiated.js';
import {sasl2Namespace} from './sasl/failures.js';
import {isExpired, type LoginToken} from './sasl/login-token.js';
import {rankOf} from './sasl/mechanisms.js';
import {
	authenticateSasl2,
	bind2Namespace,
	blamesOffer,
	isVersionMismatch,
	loginByToken,
	nextOfLogin,
	offerChanged,
	type Sasl2Login,
	type Sasl2Offer,
	type Sasl2Success,
	type TokenLogin,
	tokenRefused,
} from './sasl/sasl2.js';
import type {Sasl2Options} from './session.js';
import type {Stream} from './stream.js';
import {malformedStream} from './stream-error.js';
import {enableRequest, streamManagementNamespace} from './stream-management.js';

const carbonsNamespace = 'urn:xmpp:carbons:2';
const clientStateNamespace = 'urn:xmpp:csi:0';
const archiveNamespace = 'urn:xmpp:mam:2';

export type InlineOptions = NegotiationOptions & {readonly sasl2: Sasl2Options};

/** What the login with SASL2 has settled of the rest. */
export type InlineOutcome = Pick<Negotiated, 'mechanism' | 'resumed'> & {
	/** What the server offered. */
	readonly offer: Sasl2Offer;
	/** `<resume/>` went out with the login, whatever came of it. */
	readonly askedToResume: boolean;
	/** A resource is bound. */
	readonly bound?: Negotiated['inline'];
	/** The features of after the login; none where a session was resumed. */
	readonly features?: Element;
};

/** What is to be done together with a login. */
type Plan = {
	readonly resumes: boolean;
	readonly binds: boolean;
	/** As it was true when the login was written. */
	readonly elements: () => readonly Element[];
};

/** A login that is on its way before the server's features were seen. */
export type PipelinedLogin = {readonly plan: Plan; readonly login: TokenLogin};

/**
 * Makes a login with the token out of what the server offered last time (XEP-0509), to be written right behind the stream
 * header. `undefined` where that offer does not go with the token.
 */
export function pipelineLogin(stream: Stream, options: InlineOptions): PipelinedLogin | undefined {
	const {remembered} = options;
	if (remembered === undefined) {
		return undefined;
	}

	const {offer} = remembered;
	const plan = planFor(offer, options);
	const login = loginByToken(offer, sasl2Login(stream, plan, remembered, options));
	return login && {plan, login};
}

/**
 * Logs in with SASL2 (XEP-0388), and resumes a session or binds a resource in the same step where the server offers it.
 * `undefined` where RFC 6120's SASL has the stronger mechanisms, or SASL2 none that we have; nothing is written then.
 *
 * @throws {XmppcError} as `authenticateSasl2`, `other-address` where the login is somebody else's, and `offer-changed` where
 * a pipelined login was refused for what the server no longer offers.
 */
export async function negotiateInline(
	stream: Stream,
	offer: Sasl2Offer,
	plainMechanisms: readonly string[],
	options: InlineOptions,
	pipelined?: PipelinedLogin,
): Promise<InlineOutcome | undefined> {
	const answered = pipelined && (await pipelinedSuccess(stream, pipelined, options));
	if (answered) {
		return conclude(stream, offer, pipelined.plan, answered, options);
	}

	const rank = rankOf(offer.mechanisms);
	if (rank === Number.POSITIVE_INFINITY || rank > rankOf(plainMechanisms)) {
		return undefined;
	}

	const {sasl2} = options;
	const [token, userAgent] = [await readToken(options), await sasl2.userAgent()];
	options.onAuthenticating();
	stream.queueFeatures();
	const plan = planFor(offer, options);
	const success = await authenticateSasl2(
		{send: element => void stream.send(element), next: () => stream.next()},
		offer,
		sasl2Login(stream, plan, {token, userAgent}, options),
	).catch(async (error: unknown) => {
		if (isXmppcError(error)) {
			await forgetToken(error, token, sasl2);
			// Never with a weaker mechanism, and not where the password is what is wrong.
			if (unsupported.has(error.code) && rankOf(plainMechanisms) <= rank) {
				options.onSasl2Failed();
			}
		}

		throw error;
	});
	return conclude(stream, offer, plan, success, options);
}

/** What a login ends with where SASL2 works differently here, while RFC 6120's SASL may do. */
const unsupported: ReadonlySet<string> = new Set(['login-failed', 'login-task']);

/** The end of a pipelined login; `undefined`: nothing was settled, and the features that are known now say how to go on. */
async function pipelinedSuccess(
	stream: Stream,
	{login}: PipelinedLogin,
	{login: account, sasl2, remembered, onPipelinedAnswer}: InlineOptions,
): Promise<Sasl2Success | undefined> {
	const answer = await nextOfLogin({send: element => void stream.send(element), next: () => stream.next()}, account);
	const isOutdated = isVersionMismatch(answer);
	if (!isOutdated && blamesOffer(answer)) {
		throw offerChanged(account.domain);
	}

	onPipelinedAnswer();
	try {
		return isOutdated ? undefined : login.finish(answer);
	} catch (error) {
		if (isXmppcError(error)) {
			await forgetToken(error, remembered?.token, sasl2);
		}

		throw error;
	}
}

async function forgetToken(error: XmppcError, token: LoginToken | undefined, {tokens}: Sasl2Options): Promise<void> {
	if (token && [tokenRefused, 'server-not-authentic'].includes(error.code)) {
		await tokens?.forget();
	}
}

function sasl2Login(
	stream: Stream,
	{elements}: Plan,
	device: {readonly token: LoginToken | undefined; readonly userAgent: string},
	{login, sasl2}: InlineOptions,
): Sasl2Login {
	return {
		...login,
		...device,
		wantsToken: sasl2.tokens !== undefined && sasl2.givesTokenBack !== true,
		givesTokenBack: sasl2.givesTokenBack === true,
		bindingData: type => stream.streamSocket?.bindingData(type),
		inline: elements,
	};
}

function planFor(offer: Sasl2Offer, options: InlineOptions): Plan {
	const {resume, sasl2} = options;
	const resumes = offer.streamManagement && resume !== undefined;
	// Once a resource is bound there is no going on with another: where resuming has to wait for the features, so has binding.
	const mayBind = resumes || resume === undefined;
	const binds = mayBind && offer.bind !== undefined && sasl2.bind && options.resource === undefined;
	let written: readonly Element[] | undefined;
	return {
		resumes,
		binds,
		elements() {
			written ??= [...(resumes ? [resume.request()] : []), ...(binds ? [bindRequest(offer, options)] : [])];
			return written;
		},
	};
}

async function conclude(
	stream: Stream,
	offer: Sasl2Offer,
	plan: Plan,
	{mechanism, success, token}: Sasl2Success,
	options: InlineOptions,
): Promise<InlineOutcome> {
	const {sasl2, resume} = options;
	const {resumes, binds} = plan;
	const address = addressIn(success, options);
	const saved = sasl2.givesTokenBack ? sasl2.tokens?.forget() : token ? sasl2.tokens?.save(token) : undefined;
	const resumed = resumes ? child(success, 'resumed', streamManagementNamespace) : undefined;
	if (resumed) {
		await saved;
		return {offer, mechanism, askedToResume: true, resumed};
	}

	if (resumes) {
		resume?.onFailed(child(success, 'failed', streamManagementNamespace)?.attrs.h);
	}

	const bound = binds ? child(success, 'bound', bind2Namespace) : undefined;
	if (bound) {
		takeAddress(stream, address);
	}

	const [features] = await Promise.all([stream.nextFeatures(), saved]);
	return {
		offer,
		mechanism,
		askedToResume: resumes,
		features,
		...(bound ? {bound: readBound(bound, plan)} : {}),
	};
}

/** The token to log in with; one that has expired is as good as none. */
async function readToken({sasl2, now}: InlineOptions): Promise<LoginToken | undefined> {
	const token = await sasl2.tokens?.read();
	return token && isExpired(token, now()) ? undefined : token;
}

/**
 * XEP-0386; the server makes the resource from the tag, which is the program's name and nothing of the machine. Never as
 * inactive: Prosody's mod_sasl2_bind2 takes that down without telling mod_csi_simple, which then stops writing for good,
 * messages included, five seconds after the login. `extensions/client-state.ts` says it in the session.
 */
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

/** XEP-0386 has no answer to carbons, which cannot fail; there are servers that give one all the same. */
function readBound(bound: Element, {elements}: Plan): NonNullable<InlineOutcome['bound']> {
	const request = elements().find(element => isElement(element, 'bind', bind2Namespace));
	const enableAnswer =
		child(bound, 'enabled', streamManagementNamespace) ?? child(bound, 'failed', streamManagementNamespace);
	const metadata = child(bound, 'metadata', archiveNamespace);
	const archiveEnd = metadata && child(metadata, 'end', archiveNamespace)?.attrs.id;
	return {
		...(enableAnswer ? {enableAnswer} : {}),
		...(request && child(request, 'enable', carbonsNamespace) ? {carbonsEnabled: true} : {}),
		...(archiveEnd ? {archiveEnd} : {}),
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
