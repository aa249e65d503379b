import {X509Certificate} from 'node:crypto';
import tls from 'node:tls';
import {type Problem, XmppcError} from '../shared/errors.js';

/** What a certificate must be: for the JID's domain, whatever host the connection went to (RFC 6120 §13.7.1). */
export type CertificatePolicy = {
	/** ASCII form of the JID's domain. */
	readonly domain: string;
	/** SHA-256 of the only certificate accepted, lowercase hex. Takes the place of the authorities, not of name and dates. */
	readonly pin?: string;
};

/** What TLS found out about the other side's certificate. */
export type Presented = {
	readonly certificate: X509Certificate | undefined;
	/** OpenSSL's or Node's reason to refuse chain, dates or name; absent: there is none. */
	readonly refusal: string | undefined;
};

/** SHA-256 of the DER form, lowercase hex. */
export function fingerprintOf(certificate: X509Certificate): string {
	return certificate.fingerprint256.replaceAll(':', '').toLowerCase();
}

/**
 * Node takes text without a certificate for "trust nobody", which would look like the server's fault.
 *
 * @throws {XmppcError} `tls-ca-invalid`
 */
export function checkAuthorities(pem: string): void {
	try {
		new X509Certificate(pem);
	} catch (error) {
		throw new XmppcError(
			{
				code: 'tls-ca-invalid',
				kind: 'configuration',
				message: 'The file of trusted authorities holds no certificate in PEM form.',
				hint: 'Name a file that has a BEGIN CERTIFICATE line.',
			},
			{cause: error},
		);
	}
}

/**
 * Judges a certificate before a single byte is written over the connection. `undefined`: it is good.
 * `now`: milliseconds since the Unix epoch.
 */
export function judgeCertificate(presented: Presented, policy: CertificatePolicy, now: number): Problem | undefined {
	const {certificate} = presented;
	if (!certificate) {
		return {
			code: 'tls-failed',
			kind: 'protocol',
			message: `The server of ${policy.domain} presents no certificate.`,
			hint: 'Ask its operator to set one up.',
		};
	}

	const fingerprint = fingerprintOf(certificate);
	if (policy.pin === undefined) {
		return presented.refusal === undefined ? undefined : refusalProblem(presented.refusal, policy.domain, certificate);
	}

	if (fingerprint !== policy.pin) {
		return {
			code: 'certificate-pin',
			kind: 'notPermitted',
			message: `The server of ${policy.domain} presents another certificate than the one pinned: ${fingerprint}.`,
			hint: 'Ask its operator whether the certificate was renewed, and pin the new one only then.',
		};
	}

	// Node stops at the chain, so what the pin does not stand for is looked at here.
	if (now < Date.parse(certificate.validFrom) || now > Date.parse(certificate.validTo)) {
		return refusalProblem('CERT_HAS_EXPIRED', policy.domain, certificate);
	}

	return tls.checkServerIdentity(policy.domain, certificate.toLegacyObject())
		? refusalProblem('ERR_TLS_CERT_ALTNAME_INVALID', policy.domain, certificate)
		: undefined;
}

function refusalProblem(refusal: string, domain: string, certificate: X509Certificate): Problem {
	switch (refusal) {
		case 'CERT_HAS_EXPIRED':
		case 'CERT_NOT_YET_VALID':
			return {
				code: 'certificate-expired',
				kind: 'notPermitted',
				message: `The certificate of ${domain} is valid from ${day(certificate.validFrom)} to ${day(certificate.validTo)}, not today.`,
				hint: 'Check the date of this computer; if it is right, tell the operator of the server.',
			};
		case 'ERR_TLS_CERT_ALTNAME_INVALID':
			return {
				code: 'certificate-name',
				kind: 'notPermitted',
				message: `The server presents a certificate that is not for ${domain}.`,
				hint: `Check the address and the host set for the account; the operator must put ${domain} in the certificate.`,
			};
		default:
			return {
				code: 'certificate-untrusted',
				kind: 'notPermitted',
				message: `No authority that this computer trusts vouches for the certificate of ${domain}.`,
				hint:
					"If the server uses an authority of its own, set its file for the account. Or compare the certificate's " +
					`SHA-256 with its operator and pin it: ${fingerprintOf(certificate)}.`,
			};
	}
}

/** A date as OpenSSL prints it, as `YYYY-MM-DD`. */
function day(text: string): string {
	const time = Date.parse(text);
	return Number.isNaN(time) ? 'an unreadable date' : new Date(time).toISOString().slice(0, 10);
}
