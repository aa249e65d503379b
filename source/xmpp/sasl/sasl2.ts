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
};

/** Reads `<authentication/>` of the features. */
export function readSasl2Offer(authentication: Element): Sasl2Offer {
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
	};
}

export type Sasl2Login = Login & {
	/** UUIDv4 of this installation. */
	readonly userAgent: string;
	/** One that is not expired. */
	readonly token?: LoginToken | undefined;
	readonly wantsToken: boolean;
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
	const {token} = login;
	const usable = token !== undefined && offer.tokenMechanisms.includes(token.mechanism);
	const client = usable
		? createTokenClient(saslprep(localpartOf(login.jid) ?? ''), token, login.bindingData)
		: undefined;
	const checked = {...channel, next: () => nextWithoutTasks(channel, login)};
	if (token && client) {
		const fast = createElement('fast', {xmlns: fastNamespace});
		checked.send(request(login, token.mechanism, client.message.toString('base64'), [fast]));
		const answer = await checked.next();
		if (!isElement(answer, 'success', sasl2Namespace)) {
			throw refusalOfToken(answer, login);
		}

		const responder = decodeBase64(dataOfSuccess(answer));
		if (!responder || !client.verify(responder)) {
			throw notAuthentic(login, 'it does not know the login token that it gave');
		}

		return {mechanism: token.mechanism, success: answer, ...tokenIn(answer, token.mechanism)};
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
	const success = await exchange(checked, profile, mechanism, login);
	return {mechanism: mechanism.name, success, ...(wanted === undefined ? {} : tokenIn(success, wanted))};
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

/** A second factor, a new password: what the server wants besides is nothing we have, so the exchange ends in order. */
async function nextWithoutTasks(channel: SaslChannel, {jid, domain}: Login): Promise<Element> {
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
