import {once} from 'node:events';
import type net from 'node:net';
import type {AddressInfo} from 'node:net';
import tls from 'node:tls';
import type {Certificate} from './certificates.js';

/** Somebody in between. */
export type Interceptor = {readonly port: number; close(): Promise<void>};

export type Interception = {
	/** With what it passes for the server. */
	readonly certificate: Certificate;
	/** Where the true server listens for TLS from the first byte. */
	readonly target: number;
	/** What becomes of the server's words on their way to the client; each comes whole. */
	readonly rewrite?: (text: string) => string;
	/** What becomes of the client's. */
	readonly rewriteBack?: (text: string) => string;
	readonly clientSide?: tls.SecureContextOptions;
	readonly serverSide?: tls.SecureContextOptions;
};

/**
 * Ends the TLS of a client with a certificate that the client trusts, reads and changes what passes, and speaks TLS of its
 * own to the server: what an authority gone wrong, or an employer's, makes possible.
 */
export async function startInterceptor(options: Interception): Promise<Interceptor> {
	const {certificate, target, rewrite = text => text, rewriteBack = text => text} = options;
	const sockets = new Set<net.Socket>();
	const server = tls.createServer(
		{key: certificate.key, cert: certificate.certificate, ALPNProtocols: ['xmpp-client'], ...options.clientSide},
		client => {
			const upstream = tls.connect({
				host: '127.0.0.1',
				port: target,
				rejectUnauthorized: false,
				ALPNProtocols: ['xmpp-client'],
				...options.serverSide,
			});
			for (const [from, to, change] of [
				[client, upstream, rewriteBack],
				[upstream, client, rewrite],
			] as const) {
				sockets.add(from);
				from.setNoDelay(true);
				from.setEncoding('utf8');
				from.on('data', (text: string) => to.write(change(text)));
				from.on('error', () => undefined);
				from.on('end', () => to.end());
				from.on('close', () => to.destroy());
			}
		},
	);
	server.on('tlsClientError', () => undefined);
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	return {
		port: (server.address() as AddressInfo).port,
		async close() {
			for (const socket of sockets) {
				socket.destroy();
			}

			await new Promise(resolve => server.close(resolve));
		},
	};
}
