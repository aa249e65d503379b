import {type Problem, XmppcError} from '../../shared/errors.js';
import {children, type Element, isElement, nameOf, namespaceOf} from '../element.js';

/** RFC 6120 §6. */
export const saslNamespace = 'urn:ietf:params:xml:ns:xmpp-sasl';

/** XEP-0388. */
export const sasl2Namespace = 'urn:xmpp:sasl:2';

type Whom = {
	readonly jid: string;
	readonly domain: string;
	/** What the login said about channel binding (RFC 5802 §6). */
	readonly flag?: 'n' | 'y' | 'p';
};

const inBetween = 'Somebody may be in between. Try another network, and tell the operator of the server if it stays.';

/** SASL failure conditions (RFC 6120 §6.5) that a person can do something about. */
const refusals: Readonly<Record<string, (whom: Whom) => Problem>> = {
	'not-authorized': ({jid, domain, flag}) => ({
		code: 'wrong-password',
		kind: 'notPermitted',
		message: `${domain} does not accept the password of ${jid}.`,
		hint:
			flag === 'p'
				? 'Check the address and type the password again. If it is right, somebody may be in between: try another network.'
				: 'Check the address and type the password again.',
	}),
	'account-disabled': ({jid, domain}) => ({
		code: 'account-disabled',
		kind: 'notPermitted',
		message: `${domain} has disabled the account ${jid}.`,
		hint: `Ask the operator of ${domain} why.`,
	}),
	'credentials-expired': ({jid, domain}) => ({
		code: 'credentials-expired',
		kind: 'notPermitted',
		message: `The password of ${jid} has expired at ${domain}.`,
		hint: `Set a new one the way ${domain} offers, then store it here.`,
	}),
	'temporary-auth-failure': ({domain}) => ({
		code: 'login-unavailable',
		kind: 'temporary',
		message: `${domain} cannot check passwords at the moment.`,
		hint: 'Try again later.',
	}),
	'mechanism-too-weak': ({jid, domain}) => ({
		code: 'no-mechanism',
		kind: 'protocol',
		message: `${domain} finds every way to log in that it offers too weak for ${jid}.`,
		hint: `Ask the operator of ${domain} which login the account needs.`,
	}),
};

/** The condition of a `<failure/>` of either profile: a name from the network. */
export function failureCondition(answer: Element): string | undefined {
	return isElement(answer, 'failure', saslNamespace) || isElement(answer, 'failure', sasl2Namespace)
		? children(answer)
				.filter(node => namespaceOf(node) === saslNamespace)
				.map(nameOf)
				.find(name => name !== 'text')
		: undefined;
}

/** Turns what came instead of success into an error. An element that is no SASL failure is a protocol error. */
export function loginRefused(answer: Element, whom: Whom): XmppcError {
	const condition = failureCondition(answer);
	// What servers say that were told they cannot bind, and can.
	if (condition === 'malformed-request' && whom.flag === 'y') {
		return offerContradictory(whom.domain, 'no bound login was in it, and it refuses one that is not bound');
	}

	// What servers say whose connection has another binding than ours.
	if (condition === 'malformed-request' && whom.flag === 'p') {
		return new XmppcError({
			code: 'binding-refused',
			kind: 'notPermitted',
			message: `${whom.domain} does not accept that the login of ${whom.jid} belongs to this connection.`,
			hint: inBetween,
		});
	}

	const refusal = refusals[condition ?? ''];
	return new XmppcError(
		refusal?.(whom) ?? {
			code: 'login-failed',
			kind: 'protocol',
			message: `${whom.domain} broke off the login of ${whom.jid}${knownCondition(condition)}.`,
			hint: 'Try again later; if it stays, ask the operator of the server.',
		},
	);
}

const otherConditions = [
	'aborted',
	'encryption-required',
	'incorrect-encoding',
	'invalid-authzid',
	'invalid-mechanism',
	'malformed-request',
];

/** A condition is a name from the network: quoted only where it is one of those that RFC 6120 knows. */
function knownCondition(condition: string | undefined): string {
	return condition !== undefined && otherConditions.includes(condition) ? ` (${condition})` : '';
}

/** The server did not prove that it is the one that knows the secret. */
export function notAuthentic({jid, domain}: Whom, reason: string): XmppcError {
	return new XmppcError({
		code: 'server-not-authentic',
		kind: 'notPermitted',
		message: `The server of ${domain} could not prove that it knows the password of ${jid}: ${reason}.`,
		hint: inBetween,
	});
}

/** What arrived as the server's offer is not what a server offers (XEP-0440 §3). */
export function offerContradictory(domain: string, reason: string): XmppcError {
	return new XmppcError({
		code: 'offer-contradictory',
		kind: 'notPermitted',
		message: `What arrived as the offer of ${domain} to log in contradicts itself: ${reason}.`,
		hint: inBetween,
	});
}
