import {X509Certificate} from 'node:crypto';
import net from 'node:net';
import tls from 'node:tls';
import type {Clock} from '../shared/clock.js';
import {XmppcError} from '../shared/errors.js';
import {type CertificatePolicy, fingerprintOf, judgeCertificate} from './certificate.js';
import {type ChannelBindingType, channelBinding} from './channel-binding.js';
import {tlsFailed, type Whereabouts} from './connection-problems.js';

/** What TLS agreed on. */
export type TransportSecurity = {
	/** For a person, e.g. `TLSv1.3` or `TLSv1.3, WebSocket`. */
	readonly protocol: string;
	/** SHA-256 of the server's certificate, lowercase hex. */
	readonly fingerprint: string;
};

export type TlsOptions = {
	readonly certificate: CertificatePolicy;
	/** PEM text of the authorities that are trusted instead of Node's. */
	readonly ca?: string | undefined;
	readonly clock: Pick<Clock, 'now'>;
	/** For ALPN. */
	readonly protocols?: readonly string[];
	/** For error messages. */
	readonly where: Whereabouts;
	/** Runs each time the server hands out a session ticket. */
	readonly onTicket?: () => void;
};

export type Secured = {
	readonly security: TransportSecurity;
	/** What a login can be tied to this connection with. */
	readonly bindingData: (type: ChannelBindingType) => Buffer | undefined;
};

/**
 * Begins the handshake over a socket that is connected and that nobody else listens to: errors and the end of it arrive
 * through `socket` from here on. `handshake` resolves when the certificate was found to be good, and rejects with
 * `tls-failed` or what is wrong with the certificate, `socket` being destroyed then. Nothing is to be written before.
 */
export function beginTls(
	raw: net.Socket,
	options: TlsOptions,
): {readonly socket: tls.TLSSocket; readonly handshake: Promise<Secured>} {
	const {certificate, ca, clock, protocols, where, onTicket} = options;
	const secured = tls.connect({
		socket: raw,
		minVersion: 'TLSv1.2',
		// An IP address is no server name (RFC 6066 §3).
		...(net.isIP(certificate.domain) ? {} : {servername: certificate.domain}),
		...(protocols ? {ALPNProtocols: [...protocols]} : {}),
		...(ca === undefined ? {} : {ca}),
		// Never the host that SRV named: it is the domain that the person wrote (RFC 6120 §13.7.2).
		checkServerIdentity: (_host, peer) => tls.checkServerIdentity(certificate.domain, peer),
		// The verdict is taken, with reasons for a person, in `judgeCertificate` below; nothing is written before.
		rejectUnauthorized: false,
	});
	raw.on('error', error => secured.destroy(error));
	if (onTicket) {
		secured.on('session', onTicket);
	}

	const handshake = new Promise<Secured>((resolve, reject) => {
		const onFailure = (error?: Error) => {
			const reason = error ? reasonOf(error) : 'the server closed the connection';
			reject(new XmppcError(tlsFailed(where, reason), {cause: error}));
		};

		const onEarlyClose = () => onFailure();
		secured.once('error', onFailure);
		secured.once('close', onEarlyClose);
		secured.once('secureConnect', () => {
			secured.off('error', onFailure);
			secured.off('close', onEarlyClose);
			const presented = secured.getPeerX509Certificate();
			const refusal = secured.authorized ? undefined : String(secured.authorizationError ?? 'UNVERIFIED');
			const problem = judgeCertificate({certificate: presented, refusal}, certificate, clock.now());
			if (problem || !(presented instanceof X509Certificate)) {
				// What still comes of it is nobody's concern any more.
				secured.on('error', () => undefined);
				secured.destroy();
				reject(problem ? new XmppcError(problem) : new Error('no certificate'));
				return;
			}

			resolve({
				security: {protocol: secured.getProtocol() ?? 'TLS', fingerprint: fingerprintOf(presented)},
				bindingData: type => channelBinding(type, secured, presented),
			});
		});
	});
	return {socket: secured, handshake};
}

/** OpenSSL's last word, without its addresses and file names. */
function reasonOf(error: Error): string {
	const code = 'code' in error ? String(error.code) : '';
	return code.startsWith('ERR_SSL_') ? code.slice(8).toLowerCase().replaceAll('_', ' ') : code || error.message;
}
