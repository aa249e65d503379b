import {once} from 'node:events';
import net, {type AddressInfo} from 'node:net';

/** Which way bytes go: to the server, to the client, or both. */
export type Direction = 'up' | 'down' | 'both';

/** A way to a server that can be disturbed. What is done to connections is done to those of the moment. */
export type Detour = {
	readonly port: number;
	/** Connections made so far. */
	readonly connections: number;
	/** Swallows what is written, as a network does that is gone without a word. */
	freeze(direction?: Direction): void;
	/** Cuts all connections. */
	cut(): void;
	/** While closed, new connections are cut at once. */
	open(isOpen: boolean): void;
	close(): Promise<void>;
};

/** A proxy on a free loopback port, before a server on another one. */
export async function startProxy(target: number): Promise<Detour> {
	const links = new Set<{readonly frozen: Set<Direction>; readonly cut: () => void}>();
	let connections = 0;
	let isOpen = true;

	const server = net.createServer(client => {
		connections++;
		if (!isOpen) {
			client.destroy();
			return;
		}

		const upstream = net.connect(target, '127.0.0.1');
		const frozen = new Set<Direction>();
		const link = {
			frozen,
			cut() {
				client.destroy();
				upstream.destroy();
			},
		};
		links.add(link);
		const carry = (from: net.Socket, to: net.Socket, direction: Direction) => {
			const isFrozen = () => frozen.has(direction) || frozen.has('both');
			from.setNoDelay(true);
			from.on('data', bytes => {
				if (!isFrozen()) {
					to.write(bytes);
				}
			});
			// A network that is gone does not tell one end that the other one has gone either.
			from.on('close', () => {
				links.delete(link);
				if (!isFrozen()) {
					to.destroy();
				}
			});
			from.on('error', () => undefined);
		};
		carry(client, upstream, 'up');
		carry(upstream, client, 'down');
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const cut = () => {
		for (const link of [...links]) {
			link.cut();
		}
	};

	return {
		port: (server.address() as AddressInfo).port,
		get connections() {
			return connections;
		},
		freeze(direction = 'both') {
			for (const {frozen} of links) {
				frozen.add(direction);
			}
		},
		cut,
		open(next) {
			isOpen = next;
		},
		async close() {
			cut();
			await new Promise(resolve => server.close(resolve));
		},
	};
}
