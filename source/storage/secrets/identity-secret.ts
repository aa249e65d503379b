/** What an account keeps secret for its encryption. */
export type IdentitySecret = {
	/** The private half of the identity key, 32 bytes. */
	readonly identity: Uint8Array;
	/** What the records in the database are sealed with, 32 bytes. */
	readonly storeKey: Uint8Array;
};

const keyLength = 32;

/**
 * `xmppc-identity 1 <identity key> <store key>`, both in base64url: one entry, so that neither is ever there without the
 * other, and short enough for every keychain (some end at 1280 characters).
 */
const form = /^xmppc-identity 1 ([\w-]{43}) ([\w-]{43})$/;

/** The text that is kept. */
export function formatIdentitySecret({identity, storeKey}: IdentitySecret): string {
	if (identity.length !== keyLength || storeKey.length !== keyLength) {
		throw new RangeError('Both keys have 32 bytes.');
	}

	return `xmppc-identity 1 ${base64url(identity)} ${base64url(storeKey)}`;
}

/** What such a text means; undefined for every text that {@link formatIdentitySecret} does not make. */
export function parseIdentitySecret(text: string): IdentitySecret | undefined {
	const [, identityText, storeKeyText] = form.exec(text) ?? [];
	if (identityText === undefined || storeKeyText === undefined) {
		return undefined;
	}

	const secret = {identity: Buffer.from(identityText, 'base64url'), storeKey: Buffer.from(storeKeyText, 'base64url')};
	// The last character of each carries two bits that mean nothing.
	return formatIdentitySecret(secret) === text ? secret : undefined;
}

function base64url(key: Uint8Array): string {
	return Buffer.from(key).toString('base64url');
}
