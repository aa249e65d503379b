/**
 * XEP-0448: Encryption for stateless file sharing, version 0.2.0. https://xmpp.org/extensions/xep-0448.html
 *
 * A source of a file that lies there encrypted, with its key. Who reads one must have decrypted the message it was in.
 */
import type {FileKey} from '../model/attachment.js';
import {attribute, child, children, childText, type Decoded, element} from '../xmpp/codec.js';
import {defineExtension} from '../xmpp/extension.js';
import {base64, nonEmpty, type Scalar} from '../xmpp/scalars.js';
import {hash} from './file-hashes.js';
import {urlData} from './url-data.js';

const namespace = 'urn:xmpp:esfs:0';
/** The only one that is made here and read. */
const cipher = 'urn:xmpp:ciphers:aes-256-gcm-nopadding:0';

/** Characters that no key of any cipher is longer than. */
const longestSecret = 200;

const secret: Scalar<Uint8Array> = {
	parse: text => (text.length > longestSecret ? undefined : base64.parse(text)),
	format: base64.format,
};

/** Where the encrypted file lies: no source in it may be encrypted once more. */
const plainSources = element('urn:xmpp:sfs:0', 'sources', {urls: children(urlData)});

export const encryptedSource = element(namespace, 'encrypted', {
	cipher: attribute('cipher', nonEmpty),
	key: childText('key', secret),
	iv: childText('iv', secret),
	hashes: children(hash),
	sources: child(plainSources),
});

export type EncryptedSource = Decoded<typeof encryptedSource>;

export const encryptedFiles = defineExtension<void>({
	name: 'encryption for file sharing',
	xep: '0448',
	version: '0.2.0',
	since: '0.5.0',
	status: 'partial',
	features: [namespace],
	codecs: [encryptedSource],
	requires: [],
	attach() {},
});

/** The key of a source, where it is one that can be read here. */
export function keyOf({cipher: named, key, iv}: EncryptedSource): FileKey | undefined {
	return named === cipher && key.length === 32 && (iv.length === 12 || iv.length === 16)
		? {key: base64.format(key), iv: base64.format(iv)}
		: undefined;
}

/** The source of a file that lies at `url`, encrypted with `key`. */
export function sourceOf(url: string, {key, iv}: FileKey): EncryptedSource {
	const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'base64'));
	return {cipher, key: bytes(key), iv: bytes(iv), hashes: [], sources: {urls: [{target: url}]}};
}
