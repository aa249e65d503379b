/** Which hash a certificate's signature is made with: Node 20 does not tell, so it is read from the DER form. */

/** Tags of the values that lead to the signature's algorithm (RFC 5280 §4.1). */
const sequence = 0x30;
const objectIdentifier = 0x06;

/** Signature algorithms by object identifier, hex. RFC 5929 §4.1: SHA-256 in place of MD5 and SHA-1. */
const hashes: ReadonlyMap<string, string> = new Map([
	['2a864886f70d010104', 'sha256'],
	['2a864886f70d010105', 'sha256'],
	['2a864886f70d01010e', 'sha224'],
	['2a864886f70d01010b', 'sha256'],
	['2a864886f70d01010c', 'sha384'],
	['2a864886f70d01010d', 'sha512'],
	['2a8648ce3d0401', 'sha256'],
	['2a8648ce3d040301', 'sha224'],
	['2a8648ce3d040302', 'sha256'],
	['2a8648ce3d040303', 'sha384'],
	['2a8648ce3d040304', 'sha512'],
]);

/**
 * The name by which `node:crypto` knows the hash for the binding to a certificate (RFC 5929 §4.1). `undefined`: the
 * signature names none (Ed25519), names more than one (RSA-PSS), or `der` is no certificate.
 */
export function certificateHash(der: Buffer): string | undefined {
	const certificate = valueAt(der, 0, der.length, sequence);
	if (certificate?.end !== der.length) {
		return undefined;
	}

	const signed = valueAt(der, certificate.start, certificate.end, sequence);
	const algorithm = signed && valueAt(der, signed.end, certificate.end, sequence);
	const identifier = algorithm && valueAt(der, algorithm.start, algorithm.end, objectIdentifier);
	return identifier && hashes.get(der.subarray(identifier.start, identifier.end).toString('hex'));
}

/**
 * Where the content of the value at `offset` begins and ends (X.690 §8.1, §10.1). `undefined`: another tag, a length
 * that is not the shortest, or more than there is up to `limit`.
 */
function valueAt(
	der: Buffer,
	offset: number,
	limit: number,
	tag: number,
): {readonly start: number; readonly end: number} | undefined {
	const first = der[offset + 1];
	if (offset + 2 > limit || der[offset] !== tag || first === undefined) {
		return undefined;
	}

	// 0x80 alone is the indefinite length of BER; more than three bytes are no certificate.
	const sizeBytes = first < 0x80 ? 0 : first - 0x80;
	const start = offset + 2 + sizeBytes;
	if (first === 0x80 || sizeBytes > 3 || start > limit) {
		return undefined;
	}

	const length = sizeBytes === 0 ? first : der.readUIntBE(offset + 2, sizeBytes);
	const isShortest = sizeBytes === 0 || (length >= 0x80 && length >= 256 ** (sizeBytes - 1));
	return isShortest && start + length <= limit ? {start, end: start + length} : undefined;
}
