import {type Staying, startStaying} from '../test/support/peers/staying.js';
import {makeXmppcAccount, type Xmppc} from '../test/support/peers/xmppc.js';
import {measure} from './clients.js';
import {startDelayProxy} from './delay-proxy.js';
import {type Figure, median} from './figures.js';
import type {Surroundings} from './surroundings.js';

const runs = 15;
/** Round-trip times to the server, milliseconds. */
const roundTrips = [0, 150];
/** Milliseconds for the whole process, besides the server's own time. */
const most = 120;

/** `xmppc send` while the daemon runs: from the start of the process to its end. */
export async function beside(surroundings: Surroundings): Promise<readonly Figure[]> {
	const figures: Figure[] = [];
	for (const roundTrip of roundTrips) {
		const times = await measure(`send beside the daemon at ${roundTrip} ms`, () => takeTimes(surroundings, roundTrip));
		const figure = (wait: 'queued' | 'acked', target: number): Figure => ({
			name: `send --wait ${wait} beside the daemon, server ${roundTrip} ms away`,
			unit: 'ms',
			target,
			xmppc: times && median(times[wait]),
		});
		figures.push(figure('queued', most), figure('acked', most + roundTrip));
	}

	return figures;
}

async function takeTimes({server, peer, newAccount}: Surroundings, roundTrip: number) {
	const {localpart, password} = newAccount();
	const proxy = await startDelayProxy(server.tlsPort, roundTrip / 2);
	const program = await makeXmppcAccount(server, localpart, password, {directTls: true, port: proxy.port});
	const daemon: Staying = startStaying(program, ['daemon']);
	const times = {queued: [] as number[], acked: [] as number[]};
	try {
		await daemon.says(/is connected/, 15_000);
		for (let run = 0; run <= runs; run += 1) {
			for (const wait of ['queued', 'acked'] as const) {
				const taken = await timeOf(program, ['send', '--wait', wait, peer.jid, 'ping']);
				// The first one warms the disk's cache.
				if (run > 0) {
					times[wait].push(taken);
				}
			}
		}
	} finally {
		await daemon.end('SIGTERM');
		program.remove();
		await proxy.close();
	}

	return times;
}

async function timeOf(program: Xmppc, argv: readonly string[]): Promise<number> {
	const started = performance.now();
	const {status, errors} = await program.run(argv);
	if (status !== 0) {
		throw new Error(`ended with ${status}: ${errors}`);
	}

	return performance.now() - started;
}
