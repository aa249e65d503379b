import {once} from 'node:events';
import {type AddressInfo, connect, createServer, type Socket} from 'node:net';

/** A TCP proxy that makes a local server far away, and counts how often a client had to wait for it. */
export type DelayProxy = {
	readonly port: number;
	/**
	 * Flights of the client: how often it wrote after the proxy had let something through to it, and one for the
	 * handshake of each connection.
	 */
	readonly flights: number;
	close(): Promise<void>;
};

/**
 * Starts a proxy before a port of loopback that holds everything back for `delay` milliseconds, both ways. What a
 * client writes without waiting for an answer is one flight, in how many pieces ever.
 */
export async function startDelayProxy(targetPort: number, delay: number): Promise<DelayProxy> {
	const sockets = new Set<Socket>();
	let flights = 0;
	const server = createServer(client => {
		const target = connect(targetPort, '127.0.0.1');
		let isClientsTurn = true;
		flights += 1;
		for (const socket of [client, target]) {
			sockets.add(socket);
			socket.setNoDelay(true);
			socket.on('error', () => socket.destroy());
			socket.on('close', () => sockets.delete(socket));
		}

		client.on('data', chunk => {
			if (isClientsTurn) {
				flights += 1;
				isClientsTurn = false;
			}

			setTimeout(() => target.writable && target.write(chunk), delay);
		});
		target.on('data', chunk => {
			setTimeout(() => {
				isClientsTurn = true;
				if (client.writable) {
					client.write(chunk);
				}
			}, delay);
		});
		client.on('end', () => setTimeout(() => target.end(), delay));
		target.on('end', () => setTimeout(() => client.end(), delay));
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	return {
		port: (server.address() as AddressInfo).port,
		get flights() {
			return flights;
		},
		async close() {
			for (const socket of sockets) {
				socket.destroy();
			}

			await new Promise(resolve => server.close(resolve));
		},
	};
}
