import {createHash, type X509Certificate} from 'node:crypto';
import type {TLSSocket} from 'node:tls';
import {certificateHash} from './certificate-hash.js';

/** What ties a login to the TLS connection it runs in (RFC 9266, RFC 5929 §3 and §4). */
export type ChannelBindingType = 'tls-exporter' | 'tls-server-end-point' | 'tls-unique';

/** What a connection can be bound with; `undefined`: it has no binding of that type. */
export type BindingData = (type: ChannelBindingType) => Buffer | undefined;

/** `undefined` where this connection has no binding of that type. */
export function channelBinding(
	type: ChannelBindingType,
	socket: TLSSocket,
	certificate: X509Certificate,
): Buffer | undefined {
	switch (type) {
		case 'tls-exporter':
			// Before TLS 1.3 two connections can share it, unless an extension that Node does not tell about was agreed on.
			return socket.getProtocol() === 'TLSv1.3'
				? socket.exportKeyingMaterial(32, 'EXPORTER-Channel-Binding', Buffer.alloc(0))
				: undefined;
		case 'tls-server-end-point': {
			const hash = certificateHash(certificate.raw);
			return hash === undefined ? undefined : createHash(hash).update(certificate.raw).digest();
		}

		case 'tls-unique':
			// The client's Finished is the first one only in a full handshake; TLS sessions are never resumed here, which is
			// also what keeps two connections from sharing it.
			return socket.isSessionReused() ? undefined : socket.getFinished();
	}
}
