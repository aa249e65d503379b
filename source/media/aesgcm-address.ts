/**
 * Addresses of files with their key in them (XEP-0454), as they stand in messages encrypted by OMEMO. Whoever reads one must
 * have decrypted it: in clear it is text. The address with its key goes into no log, index, notification or error.
 */
import type {FileKey} from '../model/attachment.js';

/** Where an encrypted file lies, and what reads it. */
export type EncryptedFile = {
	/** `https:`, without fragment. */
	readonly url: string;
	readonly key: FileKey;
};

const longestAddress = 4096;
/** Of a body, with its thumbnail. */
const longestBody = 256 * 1024;
const keyBytes = 32;
/** 12 bytes of IV, or 16 as older clients make them; then the key. */
const fragments = /^(?:[0-9a-f]{88}|[0-9a-f]{96})$/i;
/** No user part: in the address of a file it can only be there to mislead. The path is what the server chose. */
const address = /^aesgcm:\/\/([^/?#@\\]+)(\/[^#\\]+)#([^#]*)$/i;
const unfit = /[\s\p{C}\p{Z}]/u;
const thumbnail = /^data:image\/[a-z0-9.+-]+[;,][!-~]*$/i;

/** Reads `aesgcm://host/path#<iv><key>`; `undefined` for all that is not exactly that. A port and a query are kept. */
export function readAesgcmAddress(text: string): EncryptedFile | undefined {
	if (text.length > longestAddress || unfit.test(text)) {
		return undefined;
	}

	const [, authority = '', path = '', fragment = ''] = address.exec(text) ?? [];
	const plain = `https://${authority}${path}`;
	if (!fragments.test(fragment) || !URL.canParse(plain)) {
		return undefined;
	}

	const bytes = Buffer.from(fragment, 'hex');
	const ivBytes = bytes.length - keyBytes;
	return {
		url: new URL(plain).href,
		key: {iv: bytes.toString('base64', 0, ivBytes), key: bytes.toString('base64', ivBytes)},
	};
}

/** The address of an encrypted file; `undefined` where it does not lie at an `https:` address, or the key is none. */
export function formatAesgcmAddress({url, key}: EncryptedFile): string | undefined {
	const fragment = `${Buffer.from(key.iv, 'base64').toString('hex')}${Buffer.from(key.key, 'base64').toString('hex')}`;
	const text = `${url.replace(/^https:/i, 'aesgcm:')}#${fragment}`;
	return readAesgcmAddress(text) === undefined ? undefined : text;
}

/**
 * The file that a decrypted body is: one line with its address, or two of which the second is a thumbnail (`data:`), which is
 * not looked at. Anything else is text (XEP-0454, Business Rules).
 */
export function encryptedFileIn(body: string): EncryptedFile | undefined {
	if (body.length > longestBody) {
		return undefined;
	}

	const end = body.indexOf('\n');
	if (end === -1) {
		return readAesgcmAddress(body);
	}

	return thumbnail.test(body.slice(end + 1)) ? readAesgcmAddress(body.slice(0, end)) : undefined;
}
