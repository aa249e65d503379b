import {XmppcError} from '../../shared/errors.js';
import type {BindingData} from '../channel-binding.js';
import {type BindingChoice, chooseBinding, isBound, type LoginOffer} from './binding-choice.js';
import {offerContradictory} from './failures.js';
import type {ScramHash} from './scram-hash.js';

export type Mechanism = {readonly name: string; readonly scram?: ScramHash};

/**
 * Strongest first. Binding to the connection counts for more than the hash: it shows who is in between, while none of the
 * hashes is broken for this use. PLAIN hands the password to the server, so it comes after everything else.
 */
const mechanisms: readonly Mechanism[] = [
	{name: 'SCRAM-SHA-512-PLUS', scram: 'sha512'},
	{name: 'SCRAM-SHA-256-PLUS', scram: 'sha256'},
	{name: 'SCRAM-SHA-1-PLUS', scram: 'sha1'},
	{name: 'SCRAM-SHA-512', scram: 'sha512'},
	{name: 'SCRAM-SHA-256', scram: 'sha256'},
	{name: 'SCRAM-SHA-1', scram: 'sha1'},
	{name: 'PLAIN'},
];

/** How strong the best mechanism of those offered is: 0 is the strongest, `Infinity` stands for none. */
export function rankOf(offered: readonly string[]): number {
	const index = mechanisms.findIndex(({name}) => offered.includes(name));
	return index === -1 ? Number.POSITIVE_INFINITY : index;
}

/** A mechanism for an offer, and what of the offer its exchange says or checks. */
export type ChosenMechanism = Mechanism & BindingChoice & {readonly offer: LoginOffer};

/** What decides besides the offer. */
export type MechanismPolicy = {
	readonly domain: string;
	/** This account logged in with SCRAM before. */
	readonly scramPinned: boolean;
	/** Absent: there is nothing to bind a login to. */
	readonly bindingData?: BindingData;
};

/**
 * The strongest mechanism that we and the server have, on this connection. Where SCRAM is pinned, a server that now offers
 * nothing but PLAIN is an attacker or broken, and gets no password (XEP-0474 §6).
 *
 * @throws {XmppcError} `offer-contradictory`, `no-mechanism` or `plain-refused`.
 */
export function chooseMechanism(offer: LoginOffer, policy: MechanismPolicy): ChosenMechanism {
	const {domain, scramPinned, bindingData = () => undefined} = policy;
	const choice = chooseBinding(offer, bindingData, domain);
	const mechanism = mechanisms.find(
		({name}) => offer.mechanisms.includes(name) && (choice.binding.flag === 'p' || !isBound(name)),
	);
	if (!mechanism) {
		const known = mechanisms.filter(({name}) => !isBound(name)).map(({name}) => name);
		throw new XmppcError({
			code: 'no-mechanism',
			kind: 'protocol',
			message: `${domain} offers no way to log in that xmppc knows.`,
			hint: `Ask its operator to enable one of ${known.join(', ')}.`,
		});
	}

	if (mechanism.scram === undefined && choice.mustBeSigned) {
		throw offerContradictory(domain, 'it names no type of channel binding that every server has');
	}

	if (mechanism.name === 'PLAIN' && scramPinned) {
		throw new XmppcError({
			code: 'plain-refused',
			kind: 'notPermitted',
			message: `${domain} wants the bare password, which is not given: it took a stronger login before, or you ruled this one out.`,
			hint: 'Somebody may be in between. If its operator confirms the change, remove the account and add it again.',
		});
	}

	// Bound mechanisms that are all unknown to us are none to us: RFC 5802 §6 wants the flag that shows an attack then.
	const isUnused = choice.binding.flag === 'p' && !isBound(mechanism.name);
	return {...mechanism, ...choice, ...(isUnused ? {binding: {flag: 'y'} as const} : {}), offer};
}
