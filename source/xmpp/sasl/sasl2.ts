import {XmppcError} from '../../shared/errors.js';
import {localpartOf} from '../../shared/jid.js';
import type {BindingData} from '../channel-binding.js';
import {child, childrenNamed, createElement, type Element, isElement, textOf} from '../element.js';
import {dateTime} from '../scalars.js';
import {exchange, type Login, type SaslChannel, type SaslProfile} from './authentication.js';
import {failureCondition, loginRefused, notAuthentic, sasl2Namespace} from './failures.js';
import {chooseTokenMechanism, createTokenClient, type LoginToken} from './login-token.js';
import {chooseMechanism} from './mechanisms.js';
import {saslprep} from './saslprep.js';
import {decodeBase64} from './scram.js';

const fastNamespace = 'urn:xmpp:fast:0';
/** XEP-0509. */
const pipeliningNamespace = 'urn:xmpp:iap:0';
/** XEP-0386. */
export const bind2Namespace = 'urn:xmpp:bind:0';

/** What a server offers to do together with the login (XEP-0388). */
export type Sasl2Offer = {
	readonly mechanisms: readonly string[];
	/** Mechanisms that take a token (XEP-0484). */
	readonly tokenMechanisms: readonly string[];
	/** Namespaces of what can be switched on with the binding (XEP-0386); absent: no Bind 2. */
	readonly bind?: readonly string[];
	/** Resumption of a session (XEP-0198). */
	readonly streamManagement: boolean;
	/** What the server calls this offer (XEP-0509): a login that was written before it was seen names it. */
	readonly version?: ConfigVersion;
};

export type ConfigVersion = {readonly scheme?: string; readonly value: string};

/** Reads the features; `undefined`: without SASL2. */
export function readSasl2Offer(features: Element): Sasl2Offer | undefined {
	const authentication = child(features, 'authentication', sasl2Namespace);
	if (!authentication) {
		return undefined;
	}

	const inline = child(authentication, 'inline', sasl2Namespace);
	const fast = inline && child(inline, 'fast', fastNamespace);
	const bind = inline && child(inline, 'bind', bind2Namespace);
	const bindInline = bind && child(bind, 'inline', bind2Namespace);
	return {
		mechanisms: childrenNamed(authentication, 'mechanism', sasl2Namespace).map(textOf),
		tokenMechanisms: fast ? childrenNamed(fast, 'mechanism', fastNamespace).map(textOf) : [],
		...(bind
			? {bind: bindInline ? childrenNamed(bindInline, 'feature', bind2Namespace).map(({attrs}) => attrs.var ?? '') : []}
			: {}),
		streamManagement: inline !== undefined && child(inline, 'sm', 'urn:xmpp:sm:3') !== undefined,
		...readVersion(features),
	};
}

function readVersion(features: Element): Pick<Sasl2Offer, 'version'> {
	const {scheme, value} = child(features, 'config-version', pipeliningNamespace)?.attrs ?? {};
	return value === undefined ? {} : {version: {value, ...(scheme === undefined ? {} : {scheme})}};
}

export type Sasl2Login = Login & {
	/** UUIDv4 of this installation. */
	readonly userAgent: string;
	/** One that is not expired. */
	readonly token?: LoginToken | undefined;
	readonly wantsToken: boolean;
	/** The token is good for this login and no other one (XEP-0484, invalidation). */
	readonly givesTokenBack?: boolean;
	readonly bindingData: BindingData;
	/** What is to be done together with the login, as it is true when the request is written. */
	readonly inline: () => readonly Element[];
};

export type Sasl2Success = {
	readonly mechanism: string;
	readonly success: Element;
	/** In place of the one that was there. */
	readonly token?: LoginToken;
};

/** The code of the error that a refused token ends in: to be forgotten, and tried again with the password. */
export const tokenRefused = 'token-refused';
/** Failures that say that the token is no good. */
const tokenFailures: readonly string[] = ['not-authorized', 'credentials-expired'];
/** Failures that say nothing about the token. */
const passingFailures: readonly string[] = ['temporary-auth-failure', 'account-disabled', 'encryption-required'];

/**
 * Logs in with SASL2 (XEP-0388): with the token where there is one that the server takes, else with the best mechanism.
 *
 * @throws {XmppcError} what the server refused, `token-refused`, or `server-not-authentic`.
 */
export async function authenticateSasl2(
	channel: SaslChannel,
	offer: Sasl2Offer,
	login: Sasl2Login,
): Promise<Sasl2Success> {
	const withTasks = {...channel, next: () => nextOfLogin(channel, login)};
	const byToken = loginByToken(offer, login);
	if (byToken) {
		withTasks.send(byToken.request);
		return byToken.finish(await withTasks.next());
	}

	const wanted = login.wantsToken ? chooseTokenMechanism(offer.tokenMechanisms, login.bindingData) : undefined;
	const asking =
		wanted === undefined ? [] : [createElement('request-token', {xmlns: fastNamespace, mechanism: wanted})];
	const offered = {mechanisms: offer.mechanisms, channelBindings: login.channelBindings ?? [], isSasl2: true};
	const mechanism = chooseMechanism(offered, login);
	const profile: SaslProfile = {
		namespace: sasl2Namespace,
		open: (name, initial) => request(login, name, initial, asking),
		dataOfSuccess,
	};
	const success = await exchange(withTasks, profile, mechanism, login);
	return {mechanism: mechanism.name, success, ...(wanted === undefined ? {} : tokenIn(success, wanted))};
}

/** A login of one step: what to write, and what to make of the answer. */
export type TokenLogin = {
	readonly request: Element;
	/** @throws {XmppcError} what the server refused, `token-refused`, or `server-not-authentic`. */
	finish(answer: Element): Sasl2Success;
};

/** The login with the token; `undefined`: there is none that the server takes, or none that can be used here. */
export function loginByToken(offer: Sasl2Offer, login: Sasl2Login): TokenLogin | undefined {
	const {token} = login;
	if (token === undefined || !offer.tokenMechanisms.includes(token.mechanism)) {
		return undefined;
	}

	const client = createTokenClient(saslprep(localpartOf(login.jid) ?? ''), token, login.bindingData);
	if (!client) {
		return undefined;
	}

	const fast = createElement('fast', {xmlns: fastNamespace, ...(login.givesTokenBack ? {invalidate: 'true'} : {})});
	const version = offer.version
		? [createElement('config-version', {xmlns: pipeliningNamespace, ...offer.version})]
		: [];
	return {
		request: request(login, token.mechanism, client.message.toString('base64'), [fast, ...version]),
		finish(answer) {
			if (!isElement(answer, 'success', sasl2Namespace)) {
				throw refusalOfToken(answer, login);
			}

			const responder = decodeBase64(dataOfSuccess(answer));
			if (!responder || !client.verify(responder)) {
				throw notAuthentic(login, 'it does not know the login token that it gave');
			}

			return {mechanism: token.mechanism, success: answer, ...tokenIn(answer, token.mechanism)};
		},
	};
}

function request(login: Sasl2Login, mechanism: string, initial: string, more: readonly Element[]): Element {
	return createElement(
		'authenticate',
		{xmlns: sasl2Namespace, mechanism},
		createElement('initial-response', {}, initial),
		// The name of the program and nothing of the machine it runs on.
		createElement('user-agent', {id: login.userAgent}, createElement('software', {}, 'xmppc')),
		...more,
		...login.inline(),
	);
}

/**
 * The server's next word on a login. A second factor, a new password: what it wants besides is nothing we have, so the
 * exchange ends in order then.
 *
 * @throws {XmppcError} `login-task`.
 */
export async function nextOfLogin(
	channel: SaslChannel,
	{jid, domain}: Pick<Login, 'jid' | 'domain'>,
): Promise<Element> {
	const answer = await channel.next();
	if (!isElement(answer, 'continue', sasl2Namespace)) {
		return answer;
	}

	channel.send(createElement('abort', {xmlns: sasl2Namespace}));
	throw new XmppcError({
		code: 'login-task',
		kind: 'notPermitted',
		message: `${domain} wants more than the password of ${jid}, something that xmppc cannot give.`,
		hint: 'It may be a second factor: ask its operator for a password for programs.',
	});
}

/** Whether a login that was written before the features were seen named an offer that is not there any more (XEP-0509). */
export function isVersionMismatch(answer: Element): boolean {
	return (
		isElement(answer, 'failure', sasl2Namespace) &&
		child(answer, 'config-version-mismatch', pipeliningNamespace) !== undefined
	);
}

/** Whether a refusal of a token may mean that tokens, or the mechanism, are not taken any more, and not this token. */
export function blamesOffer(answer: Element): boolean {
	const condition = failureCondition(answer);
	return condition !== undefined && ![...tokenFailures, ...passingFailures].includes(condition);
}

/** What was remembered of a server no longer holds. */
export function offerChanged(domain: string): XmppcError {
	return new XmppcError({
		code: 'offer-changed',
		kind: 'temporary',
		message: `The server of ${domain} offers other ways to log in than last time.`,
		hint: 'Try again.',
	});
}

function refusalOfToken(answer: Element, login: Login): XmppcError {
	const condition = failureCondition(answer);
	return condition === undefined || passingFailures.includes(condition)
		? loginRefused(answer, login)
		: new XmppcError({
				code: tokenRefused,
				kind: 'notPermitted',
				message: `${login.domain} does not accept the stored login token of ${login.jid}.`,
				hint: 'Log in with the password again.',
			});
}

function dataOfSuccess(success: Element): string {
	const data = child(success, 'additional-data', sasl2Namespace);
	return data ? textOf(data) : '';
}

function tokenIn(success: Element, mechanism: string): {readonly token?: LoginToken} {
	const {token: secret, expiry: until} = child(success, 'token', fastNamespace)?.attrs ?? {};
	if (secret === undefined || secret === '') {
		return {};
	}

	const expiry = until === undefined ? undefined : dateTime.parse(until);
	return {token: {mechanism, secret, ...(expiry === undefined ? {} : {expiry})}};
}
