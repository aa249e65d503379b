import {randomUUID} from 'node:crypto';
import {configureGoSendxmpp} from '../test/support/peers/go-sendxmpp.js';
import {makeXmppcAccount} from '../test/support/peers/xmppc.js';
import {measure} from './clients.js';
import {type DelayProxy, startDelayProxy} from './delay-proxy.js';
import {type Figure, median} from './figures.js';
import {isInstalled, type Surroundings} from './surroundings.js';

const runs = 15;
/** Each way, in milliseconds: long against anything a client computes. */
const delay = 60;

/** A program that sends one message and ends. */
type OneLiner = {
	send(text: string): Promise<void>;
	remove(): void;
};

type Contender = {
	readonly name: 'xmppc' | 'go-sendxmpp -t';
	/** Sets it up to connect to `port`, where direct TLS is spoken. */
	prepare(surroundings: Surroundings, port: number): Promise<OneLiner>;
};

const xmppc: Contender = {
	name: 'xmppc',
	async prepare({server, peer, newAccount}, port) {
		const {localpart, password} = newAccount();
		const program = await makeXmppcAccount(server, localpart, password, {directTls: true, port});
		return {
			async send(text) {
				const {status, errors} = await program.run(['send', bare(peer.jid), text]);
				refuse(status, errors);
			},
			remove: program.remove,
		};
	},
};

const goSendxmpp: Contender = {
	name: 'go-sendxmpp -t',
	async prepare({server, peer, newAccount}, port) {
		const {localpart, password} = newAccount();
		const program = configureGoSendxmpp(server, localpart, password, {port});
		return {
			async send(text) {
				const {status, errors} = await program.send(bare(peer.jid), text);
				refuse(status, errors);
			},
			remove: program.remove,
		};
	},
};

type Sending = {readonly delivered: number; readonly ended: number};

/** `xmppc send` against go-sendxmpp: process start to delivery, to the end, and how often each waits for the server. */
export async function send(surroundings: Surroundings): Promise<readonly Figure[]> {
	const contenders = isInstalled('go-sendxmpp') ? [xmppc, goSendxmpp] : [xmppc];
	const times = await alternately(surroundings, contenders);
	const own = times.get('xmppc');
	const other = times.get('go-sendxmpp -t');
	const ownTrips = await roundTrips(surroundings, xmppc);
	const otherTrips = contenders.includes(goSendxmpp) ? await roundTrips(surroundings, goSendxmpp) : undefined;
	const peer = (value: number | undefined) => ({name: 'go-sendxmpp -t', value});
	const delivered = (sendings: readonly Sending[] = []) => median(sendings.map(sending => sending.delivered));
	const ended = (sendings: readonly Sending[] = []) => median(sendings.map(sending => sending.ended));
	const limit = delivered(other);
	return [
		{
			name: 'send: start to delivery',
			unit: 'ms',
			...(limit === undefined ? {} : {target: limit * 1.5}),
			xmppc: delivered(own),
			peer: peer(limit),
		},
		{name: 'send: start to end', unit: 'ms', xmppc: ended(own), peer: peer(ended(other))},
		{
			name: 'send: round trips before delivery',
			unit: '',
			target: (otherTrips ?? 6) + 1,
			xmppc: ownTrips,
			peer: peer(otherTrips),
		},
	];
}

/** In turns, so that a slow moment of the machine meets all of them. */
async function alternately(surroundings: Surroundings, contenders: readonly Contender[]) {
	const times = new Map<Contender['name'], Sending[]>();
	for (const contender of contenders) {
		times.set(contender.name, []);
	}

	const port = surroundings.server.tlsPort;
	const programs = [];
	for (const contender of contenders) {
		programs.push(await measure(contender.name, () => contender.prepare(surroundings, port)));
	}

	for (let run = 0; run <= runs; run += 1) {
		for (const [index, contender] of contenders.entries()) {
			const program = programs[index];
			const sending = program && (await measure(contender.name, () => sendOnce(surroundings, program)));
			// The first one warms the disk's cache.
			if (sending !== undefined && run > 0) {
				times.get(contender.name)?.push(sending);
			}
		}
	}

	for (const program of programs) {
		program?.remove();
	}

	return times;
}

async function sendOnce({peer}: Surroundings, program: OneLiner): Promise<Sending> {
	const text = `ping ${randomUUID()}`;
	const heard = peer.hears(({body}) => body.trim() === text, 15_000);
	const started = performance.now();
	const [{at}] = await Promise.all([heard, program.send(text)]);
	return {delivered: at - started, ended: performance.now() - started};
}

/** Flights before the one with the message, the TCP handshake among them. */
function roundTrips(surroundings: Surroundings, contender: Contender): Promise<number | undefined> {
	return measure(`${contender.name}, round trips`, async () => {
		const proxy = await startDelayProxy(surroundings.server.tlsPort, delay);
		try {
			return await countTrips(surroundings, proxy, await contender.prepare(surroundings, proxy.port));
		} finally {
			await proxy.close();
		}
	});
}

async function countTrips({peer}: Surroundings, proxy: DelayProxy, program: OneLiner): Promise<number> {
	const counted = [];
	try {
		for (let run = 0; run < 3; run += 1) {
			const before = proxy.flights;
			const text = `far ${randomUUID()}`;
			const heard = peer.hears(({body}) => body.trim() === text, 15_000);
			const trips = heard.then(() => proxy.flights - before - 1);
			const [count] = await Promise.all([trips, program.send(text)]);
			counted.push(count);
		}
	} finally {
		program.remove();
	}

	return Math.min(...counted);
}

function bare(jid: string): string {
	return jid.split('/', 1)[0] ?? jid;
}

function refuse(status: number, errors: string): void {
	if (status !== 0) {
		throw new Error(`ended with ${status}: ${errors}`);
	}
}
