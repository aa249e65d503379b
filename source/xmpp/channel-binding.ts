import {createHash, type X509Certificate} from 'node:crypto';
import type {TLSSocket} from 'node:tls';

/** What ties a login to the TLS connection it runs in (RFC 9266, RFC 5929 §4). */
export type ChannelBindingType = 'tls-exporter' | 'tls-server-end-point';

/** `undefined` where this connection has no binding of that type. */
export function channelBinding(
	type: ChannelBindingType,
	socket: TLSSocket,
	certificate: X509Certificate,
): Buffer | undefined {
	if (type === 'tls-exporter') {
		// Before TLS 1.3 two connections can share it, unless an extension that Node does not tell about was agreed on.
		return socket.getProtocol() === 'TLSv1.3'
			? socket.exportKeyingMaterial(32, 'EXPORTER-Channel-Binding', Buffer.alloc(0))
			: undefined;
	}

	const hash = signatureHash(certificate.raw);
	return hash === undefined ? undefined : createHash(hash).update(certificate.raw).digest();
}

/** Signature algorithms by object identifier, hex, and the hash to use. RFC 5929 §4.1: SHA-256 for MD5 and SHA-1. */
const hashes: Readonly<Record<string, string>> = {
	'2a864886f70d010104': 'sha256',
	'2a864886f70d010105': 'sha256',
	'2a864886f70d01010b': 'sha256',
	'2a864886f70d01010c': 'sha384',
	'2a864886f70d01010d': 'sha512',
	'2a8648ce3d0401': 'sha256',
	'2a8648ce3d040302': 'sha256',
	'2a8648ce3d040303': 'sha384',
	'2a8648ce3d040304': 'sha512',
};

/** The hash of a certificate's signature (RFC 5280 §4.1.1.2); Ed25519 and RSA-PSS name none, so there is no binding. */
function signatureHash(der: Buffer): string | undefined {
	const certificate = valueAt(der, 0);
	const signed = certificate && valueAt(der, certificate.start);
	const algorithm = signed && valueAt(der, signed.end);
	const identifier = algorithm && valueAt(der, algorithm.start);
	return identifier && hashes[der.subarray(identifier.start, identifier.end).toString('hex')];
}

/** Where the content of the DER value at `offset` begins and ends. */
function valueAt(der: Buffer, offset: number): {readonly start: number; readonly end: number} | undefined {
	const first = der[offset + 1];
	if (first === undefined) {
		return undefined;
	}

	const sizeBytes = first < 0x80 ? 0 : first & 0x7f;
	if (sizeBytes > 4 || offset + 2 + sizeBytes > der.length) {
		return undefined;
	}

	const length = sizeBytes === 0 ? first : der.readUIntBE(offset + 2, sizeBytes);
	const start = offset + 2 + sizeBytes;
	return start + length <= der.length ? {start, end: start + length} : undefined;
}
