import type {BindingData, ChannelBindingType} from '../channel-binding.js';
import type {SaslOffer} from './downgrade-protection.js';
import {offerContradictory} from './failures.js';

/** What the first field of SCRAM says about channel binding (RFC 5802 §6). */
export type Gs2Binding =
	/** The client cannot. */
	| {readonly flag: 'n'}
	/** The client could, and believes that the server cannot. */
	| {readonly flag: 'y'}
	| {readonly flag: 'p'; readonly type: ChannelBindingType; readonly data: Buffer};

export type BindingChoice = {
	readonly binding: Gs2Binding;
	/** What the server named fits only a server that signs its offer (XEP-0474). */
	readonly mustBeSigned: boolean;
};

/** An offer, with what else decides about the binding. */
export type LoginOffer = SaslOffer & {
	/** XEP-0388. */
	readonly isSasl2: boolean;
};

/** Strongest first. The last one is for servers that have no other. */
const types: readonly ChannelBindingType[] = ['tls-exporter', 'tls-server-end-point', 'tls-unique'];

/**
 * Decides how a login is tied to its connection, by the rules of XEP-0440 §3 as XEP-0474 §6 amends them.
 *
 * @throws {XmppcError} `offer-contradictory` where the server cannot have made the offer that arrived.
 */
export function chooseBinding(offer: LoginOffer, bindingData: BindingData, domain: string): BindingChoice {
	const named = offer.channelBindings;
	const hasBound = offer.mechanisms.some(isBound);
	if (named.length > 0 && !hasBound) {
		throw offerContradictory(domain, 'it names types of channel binding, but no way to log in that uses one');
	}

	if (hasBound && named.length === 0 && offer.isSasl2) {
		throw offerContradictory(domain, 'it offers logins bound to the connection, but names no type of channel binding');
	}

	if (!hasBound) {
		const isAble = types.some(type => bindingData(type) !== undefined);
		return {binding: {flag: isAble ? 'y' : 'n'}, mustBeSigned: false};
	}

	// Before XEP-0440 there was one type that every server had (RFC 5802 §6.1).
	const candidates = named.length === 0 ? (['tls-unique'] as const) : types.filter(type => named.includes(type));
	for (const type of candidates) {
		const data = bindingData(type);
		if (data) {
			return {binding: {flag: 'p', type, data}, mustBeSigned: false};
		}
	}

	// Every server has it, so somebody may have put this list in place of the server's.
	return {binding: {flag: 'n'}, mustBeSigned: named.length > 0 && !named.includes('tls-server-end-point')};
}

/** Whether a mechanism of SCRAM is bound to the connection. */
export function isBound(mechanism: string): boolean {
	return mechanism.endsWith('-PLUS');
}
