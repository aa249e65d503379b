/**
 * The way between one machine and the server. It delays, splits, freezes, loses its end or both ends, and breaks at any
 * byte; what it never does is to deliver bytes that were not written, or in another order.
 */
import type {Endpoint} from '../../source/xmpp/resolver.js';
import {type SocketClass, StreamSocket} from '../../source/xmpp/transport.js';
import {createPipe, type Pipe} from './pipe.js';
import type {Random} from './random.js';
import type {Timeline} from './timeline.js';

/** The server's end of a connection. */
export type Wire = {
	/** Which machine it leads to: for those who judge a run, not for the server's decisions. */
	readonly machine: string;
	write(text: string): void;
	/** Closes it; what was written still goes out, nothing is read any more. */
	close(): void;
};

/** What the server does with a connection. */
export type WireReader = {
	arrived(bytes: Uint8Array): void;
	/** It is closed or broken, as far as the server can see. */
	closed(): void;
};

/** Takes a connection, or refuses it. */
export type Listen = (wire: Wire) => WireReader | undefined;

export type Network = {
	/** For the process that runs on the machine now: its sockets are closed by `hangUp`. */
	readonly socketClass: SocketClass;
	/** How many connections there are. */
	readonly connections: number;
	/** Breaks what there is, in any of the ways in which connections break. */
	breakConnections(): void;
	/** Nothing moves for so long; then all of it arrives. */
	freeze(milliseconds: number): void;
	/** No connection can be made for so long, and those that there are break. */
	fail(milliseconds: number): void;
	/** The process is gone: its side of all connections is closed by the system. */
	hangUp(): void;
	/** The server is gone: its side of all connections is. */
	serverGone(): void;
	/** From now on nothing goes wrong by itself. */
	heal(): void;
};

type Link = {
	breakUp(how: {readonly tellsClient: number | undefined; readonly tellsServer: number}): void;
	hangUp(): void;
};

export type NetworkParts = {
	readonly timeline: Timeline;
	readonly random: Random;
	readonly machine: string;
	readonly listen: Listen;
	/** Until when the machine sleeps and reads nothing. */
	readonly asleepUntil: () => number;
	/** Milliseconds, one way, at most in ordinary times. */
	readonly latency: number;
};

export function createNetwork({timeline, random, machine, listen, asleepUntil, latency}: NetworkParts): Network {
	const links = new Set<Link>();
	let frozenUntil = 0;
	let failsUntil = 0;
	let isReliable = false;
	/** Processes on this machine so far. */
	let processes = 0;

	const travel = () => 1 + random.below(latency);
	const rest = (until: number) => Math.max(0, until - timeline.now);
	/** When the server notices that nobody is there any more, where nobody tells it. */
	const serverPatience = () => random.between(20_000, 150_000);

	const breakLink = (link: Link) => {
		const tellsClient = random.chance(0.6) ? random.below(300) : undefined;
		const tellsServer = random.chance(0.5) ? random.below(300) : serverPatience();
		timeline.note(`${machine}: the connection breaks, client ${tellsClient ?? '-'}, server ${tellsServer}`);
		link.breakUp({tellsClient, tellsServer});
	};

	const failure = (code: string) => Object.assign(new Error(code), {code});

	class Socket extends StreamSocket {
		#up: Pipe | undefined;
		#down: Pipe | undefined;
		#link: Link | undefined;
		#isOver = false;
		readonly #process = processes;

		override connect(_endpoint: Endpoint): void {
			timeline.after(travel() + rest(frozenUntil), () => {
				if (this.#isOver || this.#process !== processes) {
					return;
				}

				if (timeline.now < failsUntil) {
					if (random.chance(0.5)) {
						this.#over(failure('ECONNREFUSED'));
					}

					return;
				}

				this.#open();
			});
		}

		override async startTls(): Promise<void> {
			throw new Error('this connection is secure from its first byte');
		}

		override write(text: string, done?: (error?: Error | null) => void): void {
			this.#up?.write(Buffer.from(text));
			queueMicrotask(() => done?.());
		}

		override pause(): void {
			this.#down?.pause();
		}

		override resume(): void {
			this.#down?.resume();
		}

		override end(flushed?: () => void): void {
			this.#up?.end();
			timeline.after(0, () => flushed?.());
		}

		override destroy(): void {
			if (!this.#isOver) {
				this.#link?.hangUp();
				this.#isOver = true;
				timeline.after(0, () => this.emit('close', false));
			}
		}

		#open(): void {
			let isClosedThere = false;
			let reader: WireReader | undefined;
			const closeThere = () => {
				if (!isClosedThere) {
					isClosedThere = true;
					up.close();
					reader?.closed();
				}
			};
			const breaks = isReliable ? 1 : random.fraction();
			const broken = () => breakLink(link);
			const up = createPipe({
				timeline,
				random,
				delay: () => travel() + rest(frozenUntil),
				arrive: bytes => reader?.arrived(bytes),
				ended: closeThere,
				breaksAfter: breaks < 0.1 ? 1 + random.below(4000) : undefined,
				broken,
			});
			const down = createPipe({
				timeline,
				random,
				delay: () => travel() + rest(Math.max(frozenUntil, asleepUntil())),
				arrive: bytes => {
					if (!this.#isOver) {
						this.emit('data', bytes);
					}
				},
				ended: () => this.#over(),
				breaksAfter: breaks > 0.1 && breaks < 0.25 ? 1 + random.below(12_000) : undefined,
				broken,
			});
			const link: Link = {
				breakUp: ({tellsClient, tellsServer}) => {
					links.delete(link);
					up.cut(random.chance(0.5) ? up.pending : random.below(up.pending + 1));
					down.cut(random.chance(0.5) ? down.pending : random.below(down.pending + 1));
					if (tellsClient !== undefined) {
						timeline.after(tellsClient + rest(asleepUntil()), () => this.#over(failure('ECONNRESET')));
					}

					timeline.after(tellsServer, closeThere);
				},
				hangUp: () => {
					links.delete(link);
					down.close();
					if (random.chance(0.3)) {
						up.cut(random.below(up.pending + 1));
						timeline.after(serverPatience(), closeThere);
					} else {
						up.end();
					}

					this.#isOver = true;
				},
			};
			reader = listen({
				machine,
				write: text => down.write(Buffer.from(text)),
				close() {
					isClosedThere = true;
					links.delete(link);
					up.close();
					down.end();
				},
			});
			if (reader === undefined) {
				this.#over(failure('ECONNREFUSED'));
				return;
			}

			[this.#up, this.#down, this.#link] = [up, down, link];
			links.add(link);
			this.secure = true;
			this.security = {protocol: 'TLSv1.3', fingerprint: '00'};
			this.emit('connect');
		}

		#over(error?: Error): void {
			if (this.#isOver) {
				return;
			}

			this.#isOver = true;
			this.#link?.hangUp();
			if (error !== undefined && this.listenerCount('error') > 0) {
				this.emit('error', error);
			}

			this.emit('close', error !== undefined);
		}
	}

	return {
		socketClass: Socket,
		get connections() {
			return links.size;
		},
		breakConnections() {
			for (const link of [...links]) {
				breakLink(link);
			}
		},
		freeze(milliseconds) {
			frozenUntil = Math.max(frozenUntil, timeline.now + milliseconds);
		},
		fail(milliseconds) {
			failsUntil = timeline.now + milliseconds;
			for (const link of [...links]) {
				breakLink(link);
			}
		},
		hangUp() {
			processes++;
			for (const link of [...links]) {
				link.hangUp();
			}
		},
		serverGone() {
			for (const link of [...links]) {
				link.breakUp({tellsClient: random.chance(0.8) ? travel() : undefined, tellsServer: 0});
			}
		},
		heal() {
			isReliable = true;
			frozenUntil = 0;
			failsUntil = 0;
		},
	};
}
