/**
 * XEP-0300: Use of Cryptographic Hash Functions in XMPP, version 1.0.0. https://xmpp.org/extensions/xep-0300.html
 *
 * Any of them is read, and only SHA-256 is believed: it is the one that everybody has and nobody can forge.
 */
import {attribute, type Decoded, element, text} from '../xmpp/codec.js';
import {defineExtension} from '../xmpp/extension.js';
import {base64, nonEmpty, type Scalar} from '../xmpp/scalars.js';

const namespace = 'urn:xmpp:hashes:2';
const sha256 = 'sha-256';

/** Characters that no hash is longer than. */
const longestHash = 256;

const fewBytes: Scalar<Uint8Array> = {
	parse(encoded) {
		const bytes = encoded.length > longestHash ? undefined : base64.parse(encoded);
		return bytes === undefined || bytes.length === 0 ? undefined : bytes;
	},
	format: base64.format,
};

export const hash = element(namespace, 'hash', {algorithm: attribute('algo', nonEmpty), value: text(fewBytes)});

export type Hash = Decoded<typeof hash>;

export const fileHashes = defineExtension<void>({
	name: 'cryptographic hash functions',
	xep: '0300',
	version: '1.0.0',
	since: '0.5.0',
	status: 'partial',
	features: [namespace, `urn:xmpp:hash-function-text-names:${sha256}`],
	codecs: [hash],
	requires: [],
	attach() {},
});

/** The SHA-256 among hashes, base64; undefined: there is none that can be one. */
export function sha256Of(hashes: readonly Hash[]): string | undefined {
	const found = hashes.find(({algorithm, value}) => algorithm === sha256 && value.length === 32);
	return found === undefined ? undefined : base64.format(found.value);
}

/** A SHA-256, base64, as it is written. */
export function hashesOf(sha256Text: string | undefined): readonly Hash[] {
	const value = sha256Text === undefined ? undefined : fewBytes.parse(sha256Text);
	return value === undefined ? [] : [{algorithm: sha256, value}];
}
