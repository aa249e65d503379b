import {randomBytes} from 'node:crypto';
import {XmppcError} from '../../shared/errors.js';
import {type BareJid, localpartOf} from '../../shared/jid.js';
import {createElement, type Element, isElement, textOf} from '../element.js';
import {loginRefused, saslNamespace} from './failures.js';
import {chooseMechanism, type Mechanism} from './mechanisms.js';
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
	readonly password: () => Promise<string>;
	/** For tests; default: 24 random bytes in base64. */
	readonly nonce?: () => string;
};

/**
 * Logs in with the best mechanism of those offered, over a channel that is already TLS with a checked certificate.
 * Returns the name of the mechanism.
 *
 * @throws {XmppcError} what the server refused, or `server-not-authentic` where the server could not prove that it
 * knows the password.
 */
export async function authenticate(channel: SaslChannel, offered: readonly string[], login: Login): Promise<string> {
	const mechanism = chooseMechanism(offered, login.domain, login.scramPinned);
	if (mechanism.scram) {
		await runScram(channel, {...mechanism, scram: mechanism.scram}, login);
	} else {
		await runPlain(channel, mechanism, login);
	}

	return mechanism.name;
}

async function runPlain(channel: SaslChannel, mechanism: Mechanism, login: Login): Promise<void> {
	const password = saslprep(await login.password());
	channel.send(saslElement('auth', `\0${saslprep(localpartOf(login.jid) ?? '')}\0${password}`, mechanism.name));
	const answer = await channel.next();
	if (!isElement(answer, 'success', saslNamespace)) {
		throw loginRefused(answer, login);
	}
}

async function runScram(
	channel: SaslChannel,
	mechanism: Mechanism & Required<Pick<Mechanism, 'scram'>>,
	login: Login,
): Promise<void> {
	const nonce = login.nonce?.() ?? randomBytes(24).toString('base64');
	const client = createScramClient(mechanism.scram, localpartOf(login.jid) ?? '', nonce);
	channel.send(saslElement('auth', client.clientFirst, mechanism.name));

	const challenge = await channel.next();
	if (isElement(challenge, 'success', saslNamespace)) {
		throw notAuthentic(login, 'it claims success before it was given a proof');
	}

	const answer = await client.answer(contentOf(challenge, 'challenge', login), await login.password());
	if ('failure' in answer) {
		throw notAuthentic(login, answer.failure);
	}

	channel.send(saslElement('response', answer.clientFinal));
	const final = await channel.next();
	const isSuccess = isElement(final, 'success', saslNamespace);
	const failure = client.verify(contentOf(final, isSuccess ? 'success' : 'challenge', login));
	if (failure) {
		throw notAuthentic(login, failure.failure);
	}

	// RFC 6120 §6.3.10: a server may send its signature as a last challenge, which wants an empty response.
	if (!isSuccess) {
		channel.send(saslElement('response', ''));
		const outcome = await channel.next();
		if (!isElement(outcome, 'success', saslNamespace)) {
			throw loginRefused(outcome, login);
		}
	}
}

/** The decoded text of the element expected; anything else is a refusal. */
function contentOf(element: Element, name: 'challenge' | 'success', login: Login): string {
	if (!isElement(element, name, saslNamespace)) {
		throw loginRefused(element, login);
	}

	const bytes = decodeBase64(textOf(element));
	if (!bytes) {
		throw notAuthentic(login, `its ${name} is not base64`);
	}

	return bytes.toString('utf8');
}

function saslElement(name: 'auth' | 'response', text: string, mechanism?: string): Element {
	return createElement(name, {xmlns: saslNamespace, mechanism}, Buffer.from(text, 'utf8').toString('base64'));
}

function notAuthentic(login: Login, reason: string): XmppcError {
	return new XmppcError({
		code: 'server-not-authentic',
		kind: 'notPermitted',
		message: `The server of ${login.domain} could not prove that it knows the password of ${login.jid}: ${reason}.`,
		hint: 'Somebody may be in between. Try another network, and tell the operator of the server if it stays.',
	});
}
