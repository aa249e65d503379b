import {createHmac, timingSafeEqual} from 'node:crypto';
import type {BindingData, ChannelBindingType} from '../channel-binding.js';

/** What a server gave us to log in with instead of the password (XEP-0484). As secret as the password. */
export type LoginToken = {
	/** The only mechanism it may be used with. */
	readonly mechanism: string;
	readonly secret: string;
	/** Wall-clock milliseconds; absent: the server did not say. */
	readonly expiry?: number;
};

/** Whether it is too late for a token; `now`: wall-clock milliseconds. */
export function isExpired({expiry}: LoginToken, now: number): boolean {
	return expiry !== undefined && expiry <= now;
}

/** Where one account's token is kept. None of these rejects: a store that is out of order has no token. */
export type TokenStore = {
	read(): Promise<LoginToken | undefined>;
	/** In place of the one that was there. */
	save(token: LoginToken): Promise<void>;
	forget(): Promise<void>;
};

type TokenMechanism = {readonly name: string; readonly binding?: ChannelBindingType};

/** Those bound to the channel first: a token that is caught there is of no use anywhere else. */
const tokenMechanisms: readonly TokenMechanism[] = [
	{name: 'HT-SHA-256-EXPR', binding: 'tls-exporter'},
	{name: 'HT-SHA-256-ENDP', binding: 'tls-server-end-point'},
	{name: 'HT-SHA-256-NONE'},
];

/** The best mechanism to ask a token for; `undefined` where there is none that we have. */
export function chooseTokenMechanism(offered: readonly string[], bindingData: BindingData): string | undefined {
	return tokenMechanisms.find(
		({name, binding}) => offered.includes(name) && (binding === undefined || bindingData(binding) !== undefined),
	)?.name;
}

export type TokenClient = {
	/** The only message of ours. */
	readonly message: Buffer;
	/** Whether the server knows the token too. */
	verify(responder: Buffer): boolean;
};

/**
 * The client's side of the HT mechanisms (draft-schmaus-kitten-sasl-ht). `undefined`: the token is of a mechanism that we
 * do not have, or its channel binding is not to be had here.
 */
export function createTokenClient(
	username: string,
	{mechanism, secret}: LoginToken,
	bindingData: BindingData,
): TokenClient | undefined {
	const known = tokenMechanisms.find(({name}) => name === mechanism);
	const data = known?.binding === undefined ? Buffer.alloc(0) : bindingData(known.binding);
	if (!known || !data) {
		return undefined;
	}

	const hashed = (who: 'Initiator' | 'Responder') => createHmac('sha256', secret).update(who).update(data).digest();
	return {
		message: Buffer.concat([Buffer.from(`${username}\0`, 'utf8'), hashed('Initiator')]),
		verify(responder) {
			const expected = hashed('Responder');
			return responder.length === expected.length && timingSafeEqual(responder, expected);
		},
	};
}
