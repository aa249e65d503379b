import {randomBytes} from 'node:crypto';
import {type BareJid, localpartOf} from '../../shared/jid.js';
import type {BindingData} from '../channel-binding.js';
import {createElement, type Element, isElement, textOf} from '../element.js';
import type {Gs2Binding} from './binding-choice.js';
import {loginRefused, notAuthentic, saslNamespace} from './failures.js';
import {type ChosenMechanism, chooseMechanism} from './mechanisms.js';
import {saslprep} from './saslprep.js';
import {createScramClient, decodeBase64} from './scram.js';

/** The stream as SASL needs it: write one element, wait for the next one. Nothing of either is ever logged. */
export type SaslChannel = {
	send(element: Element): void;
	next(): Promise<Element>;
};

export type Login = {
	readonly jid: BareJid;
	readonly domain: string;
	readonly scramPinned: boolean;
	/** Types of channel binding that the server named (XEP-0440). Absent: none. */
	readonly channelBindings?: readonly string[];
	/** Absent: there is nothing to tie a login to. */
	readonly bindingData?: BindingData;
	/** As Node names it, e.g. `TLSv1.3`. */
	readonly tlsVersion?: string;
	readonly password: () => Promise<string>;
	/** For tests; default: 24 random bytes in base64. */
	readonly nonce?: () => string;
};

/** A login whose mechanism is chosen. */
type LoginUnderWay = Login & {readonly flag: Gs2Binding['flag']};

/** How a profile of SASL wraps the messages of a mechanism: that of RFC 6120 §6, or XEP-0388. */
export type SaslProfile = {
	readonly namespace: string;
	/** The element that opens the exchange; `initial`: base64. */
	open(mechanism: string, initial: string): Element;
	/** The base64 text of `<success/>`. */
	dataOfSuccess(success: Element): string;
};

const plainProfile: SaslProfile = {
	namespace: saslNamespace,
	open: (mechanism, initial) => createElement('auth', {xmlns: saslNamespace, mechanism}, initial),
	dataOfSuccess: textOf,
};

/**
 * Logs in with the best mechanism of those offered, over a channel that is already TLS with a checked certificate.
 * Returns the name of the mechanism.
 *
 * @throws {XmppcError} what the server refused, or `server-not-authentic` where the server could not prove that it
 * knows the password.
 */
export async function authenticate(channel: SaslChannel, offered: readonly string[], login: Login): Promise<string> {
	const offer = {mechanisms: offered, channelBindings: login.channelBindings ?? [], isSasl2: false};
	const mechanism = chooseMechanism(offer, login);
	await exchange(channel, plainProfile, mechanism, login);
	return mechanism.name;
}

/**
 * Runs one mechanism with the password and answers `<success/>`.
 *
 * @throws {XmppcError} what the server refused, or `server-not-authentic`.
 */
export function exchange(
	channel: SaslChannel,
	profile: SaslProfile,
	mechanism: ChosenMechanism,
	login: Login,
): Promise<Element> {
	const underWay = {...login, flag: mechanism.binding.flag};
	return mechanism.scram
		? runScram(channel, profile, {...mechanism, scram: mechanism.scram}, underWay)
		: runPlain(channel, profile, mechanism, underWay);
}

async function runPlain(
	channel: SaslChannel,
	profile: SaslProfile,
	mechanism: ChosenMechanism,
	login: LoginUnderWay,
): Promise<Element> {
	const password = saslprep(await login.password());
	channel.send(profile.open(mechanism.name, base64(`\0${saslprep(localpartOf(login.jid) ?? '')}\0${password}`)));
	return success(await channel.next(), profile, login);
}

async function runScram(
	channel: SaslChannel,
	profile: SaslProfile,
	mechanism: ChosenMechanism & Required<Pick<ChosenMechanism, 'scram'>>,
	login: LoginUnderWay,
): Promise<Element> {
	const respond = (text: string) => channel.send(createElement('response', {xmlns: profile.namespace}, base64(text)));
	const nonce = login.nonce?.() ?? randomBytes(24).toString('base64');
	const {tlsVersion} = login;
	const surroundings = {...mechanism, ...(tlsVersion === undefined ? {} : {tlsVersion})};
	const client = createScramClient(mechanism.scram, localpartOf(login.jid) ?? '', nonce, surroundings);
	channel.send(profile.open(mechanism.name, base64(client.clientFirst)));

	const challenge = await channel.next();
	if (isElement(challenge, 'success', profile.namespace)) {
		throw notAuthentic(login, 'it claims success before it was given a proof');
	}

	const answer = await client.answer(contentOf(challenge, 'challenge', profile, login), await login.password());
	if ('failure' in answer) {
		throw notAuthentic(login, answer.failure);
	}

	respond(answer.clientFinal);
	const final = await channel.next();
	const isSuccess = isElement(final, 'success', profile.namespace);
	const failure = client.verify(contentOf(final, isSuccess ? 'success' : 'challenge', profile, login));
	if (failure) {
		throw notAuthentic(login, failure.failure);
	}

	if (isSuccess) {
		return final;
	}

	// RFC 6120 §6.3.10: a server may send its signature as a last challenge, which wants an empty response.
	respond('');
	return success(await channel.next(), profile, login);
}

/** The element, where it is success; anything else is a refusal. */
function success(answer: Element, {namespace}: SaslProfile, login: LoginUnderWay): Element {
	if (!isElement(answer, 'success', namespace)) {
		throw loginRefused(answer, login);
	}

	return answer;
}

/** The decoded text of the element expected; anything else is a refusal. */
function contentOf(
	element: Element,
	name: 'challenge' | 'success',
	profile: SaslProfile,
	login: LoginUnderWay,
): string {
	if (!isElement(element, name, profile.namespace)) {
		throw loginRefused(element, login);
	}

	const bytes = decodeBase64(name === 'success' ? profile.dataOfSuccess(element) : textOf(element));
	if (!bytes) {
		throw notAuthentic(login, `its ${name} is not base64`);
	}

	return bytes.toString('utf8');
}

function base64(text: string): string {
	return Buffer.from(text, 'utf8').toString('base64');
}
