import {once} from 'node:events';
import net, {type AddressInfo} from 'node:net';

/** Which way bytes go: to the server, to the client, or both. */
export type Direction = 'up' | 'down' | 'both';

/** How bytes travel. */
export type Manner = {
	/** Milliseconds each way. */
	readonly delay?: number;
	/** Bytes written at once, at most; each piece is a turn of the event loop after the one before. */
	readonly piece?: number;
};

/**
 * A way to a server that can be disturbed. What is done to connections is done to those of the moment; `travel` and `open`
 * hold until they are called again.
 */
export type Detour = {
	readonly port: number;
	/** Connections made so far. */
	readonly connections: number;
	/** Swallows what is written, as a network does that is gone without a word. Nothing sensible can follow but `cut`. */
	freeze(direction?: Direction): void;
	/** Holds what is written until `flow`. */
	stall(direction?: Direction): void;
	flow(): void;
	/** Tells one end (`down`: the client) that nothing more will come, while the other way goes on. */
	halfClose(direction: 'up' | 'down'): void;
	travel(manner: Manner): void;
	/** Cuts all connections. */
	cut(): void;
	/** While closed, new connections are cut at once. */
	open(isOpen: boolean): void;
	close(): Promise<void>;
};

type Link = {
	readonly frozen: Set<Direction>;
	readonly up: Lane;
	readonly down: Lane;
	readonly cut: () => void;
};

/** A proxy on a free loopback port, before a server on another one. */
export async function startProxy(target: number): Promise<Detour> {
	const links = new Set<Link>();
	let connections = 0;
	let isOpen = true;
	let manner: Manner = {};

	const server = net.createServer(client => {
		connections++;
		if (!isOpen) {
			client.destroy();
			return;
		}

		const upstream = net.connect(target, '127.0.0.1');
		const frozen = new Set<Direction>();
		const link: Link = {
			frozen,
			up: createLane(upstream, () => manner),
			down: createLane(client, () => manner),
			cut() {
				client.destroy();
				upstream.destroy();
			},
		};
		links.add(link);
		const carry = (from: net.Socket, to: net.Socket, direction: 'up' | 'down') => {
			const isFrozen = () => frozen.has(direction) || frozen.has('both');
			from.setNoDelay(true);
			from.on('data', bytes => {
				if (!isFrozen()) {
					link[direction].carry(bytes);
				}
			});
			// A network that is gone does not tell one end that the other one has gone either.
			from.on('close', () => {
				if (!isFrozen()) {
					to.destroy();
				}

				if (to.destroyed) {
					links.delete(link);
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
		stall(direction = 'both') {
			for (const link of links) {
				for (const way of direction === 'both' ? (['up', 'down'] as const) : [direction]) {
					link[way].stall();
				}
			}
		},
		flow() {
			for (const {up, down} of links) {
				up.flow();
				down.flow();
			}
		},
		halfClose(direction) {
			for (const link of links) {
				link[direction].end();
			}
		},
		travel(next) {
			manner = next;
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

/** One way of a connection: bytes arrive in order, whatever holds them up. */
type Lane = {
	carry(bytes: Buffer): void;
	stall(): void;
	flow(): void;
	end(): void;
};

function createLane(to: net.Socket, manner: () => Manner): Lane {
	const queue: Array<{readonly bytes: Buffer; readonly due: number}> = [];
	let isStalled = false;
	/** It goes on by itself, after a delay or a turn. */
	let isPending = false;

	const later = (wait: (resume: () => void) => void) => {
		isPending = true;
		wait(() => {
			isPending = false;
			pump();
		});
	};

	const pump = () => {
		while (!isStalled && !isPending) {
			const next = queue[0];
			if (next === undefined) {
				return;
			}

			const wait = next.due - performance.now();
			if (wait > 0) {
				later(resume => setTimeout(resume, wait));
				return;
			}

			const size = manner().piece ?? next.bytes.length;
			if (to.writable) {
				to.write(next.bytes.subarray(0, size));
			}

			if (size < next.bytes.length) {
				queue[0] = {bytes: next.bytes.subarray(size), due: next.due};
				later(setImmediate);
			} else {
				queue.shift();
			}
		}
	};

	return {
		carry(bytes) {
			queue.push({bytes, due: performance.now() + (manner().delay ?? 0)});
			pump();
		},
		stall() {
			isStalled = true;
		},
		flow() {
			isStalled = false;
			pump();
		},
		end() {
			to.end();
		},
	};
}
