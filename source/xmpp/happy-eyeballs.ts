import type {LookupAddress} from 'node:dns';
import net, {type LookupFunction} from 'node:net';
import type {Clock, Dispose} from '../shared/clock.js';
import {type Problem, XmppcError} from '../shared/errors.js';
import {connectionProblem, connectTimeout, mostTelling, type Whereabouts} from './connection-problems.js';
import {defaultPort} from './resolver.js';

/** Where to connect to: a name, or an address that needs no looking up. */
export type Place = {readonly host: string; readonly port: number};

export type RaceOptions<Somewhere = Place> = {
	/** ASCII form of the account's domain, for error messages. */
	readonly domain: string;
	readonly clock: Clock;
	/** Absent: the way of the system. */
	readonly lookup?: LookupFunction | undefined;
	/** Why a place, or an address of it, is out of the race; without a place, why none was found. */
	readonly onProblem: (problem: Problem, place: Somewhere | undefined) => void;
	/** Begins a TCP connection; a test gives its own. */
	readonly connect?: (address: string, port: number) => net.Socket;
};

/** Finds places, where those before it do not answer at once. */
export type Search<Somewhere> = () => Promise<readonly Somewhere[]>;

/** A connection over TCP that nobody has written to or read from. */
export type Reached<Somewhere> = {readonly place: Somewhere; readonly socket: net.Socket};

export type Race<Somewhere> = {
	/**
	 * The first place that answers. Asked again, it goes on with those that were not tried to the end: to be asked when
	 * what was reached turned out to be of no use. `undefined`: there is none left.
	 */
	next(): Promise<Reached<Somewhere> | undefined>;
	/** Gives up: no socket stays open, and `next` answers `undefined`. */
	stop(): void;
};

/** RFC 8305 §5: the Connection Attempt Delay. */
const stagger = 250;
/** For one address, and for one search. */
const patience = 15_000;
/** Nobody makes us knock at more doors than this for one name. */
const mostAddresses = 10;

/** What may be started: the number keeps the order of the places, whatever is put back. */
type Starter = {
	readonly order: number;
	/** Answers how to end it without a word. */
	readonly start: () => Dispose;
};

type Ask = () => Promise<readonly Starter[]>;

/**
 * Happy Eyeballs (RFC 8305, XEP-0495): TCP connections to `places` in their order, each name's addresses by turns of both
 * families, a new one every quarter of a second or as soon as one fails, until one is established. The others are closed.
 */
export function createRace<Somewhere extends Place>(
	places: ReadonlyArray<Somewhere | Search<Somewhere>>,
	{domain, clock, lookup, onProblem, connect = connectTcp}: RaceOptions<Somewhere>,
): Race<Somewhere> {
	let waiting: Starter[] = [];
	let running: ReadonlyArray<{readonly starter: Starter; readonly stop: Dispose}> = [];
	let cancelTimer: Dispose = () => undefined;
	let answer: ((reached: Reached<Somewhere> | undefined) => void) | undefined;
	let isStopped = false;

	const enter = (starters: readonly Starter[]) => {
		waiting = [...starters, ...waiting].sort((a, b) => a.order - b.order);
	};

	const leave = (starter: Starter) => {
		running = running.filter(one => one.starter !== starter);
	};

	const finish = (reached: Reached<Somewhere> | undefined) => {
		cancelTimer();
		const losers = running;
		running = [];
		for (const {stop} of losers) {
			stop();
		}

		enter(losers.map(({starter}) => starter));
		answer?.(reached);
		answer = undefined;
	};

	const startNext = () => {
		cancelTimer();
		const starter = waiting.shift();
		if (starter) {
			running = [...running, {starter, stop: starter.start()}];
		} else if (running.length === 0) {
			finish(undefined);
			return;
		}

		if (waiting.length > 0) {
			cancelTimer = clock.after(stagger, startNext);
		}
	};

	const attempt = (place: Somewhere, address: string, order: number): Starter => {
		const starter: Starter = {
			order,
			start() {
				const socket = connect(address, place.port);
				const where = {domain, host: place.host, port: place.port};
				const settle = () => {
					cancelPatience();
					socket.off('connect', onConnect);
					socket.off('error', onError);
				};
				const stop = () => {
					settle();
					// A refusal may be on its way already.
					socket.on('error', () => undefined);
					socket.destroy();
				};
				const onConnect = () => {
					settle();
					leave(starter);
					finish({place, socket});
				};
				const onError = (error: Error) => fail(connectionProblem(error, where));
				const fail = (problem: Problem) => {
					stop();
					leave(starter);
					onProblem(problem, place);
					startNext();
				};
				const cancelPatience = clock.after(patience, () => fail(connectTimeout(where)));
				socket.once('connect', onConnect);
				socket.once('error', onError);
				return stop;
			},
		};
		return starter;
	};

	/** Something to find out first: it makes room for the starters that come of it. */
	const question = (order: number, where: Whereabouts, place: Somewhere | undefined, ask: Ask): Starter => {
		const starter: Starter = {
			order,
			start() {
				let isOver = false;
				const settle = () => {
					isOver = true;
					cancelPatience();
				};
				const giveUp = (error: unknown) => {
					if (!isOver) {
						settle();
						leave(starter);
						onProblem(connectionProblem(error, where), place);
						startNext();
					}
				};
				const cancelPatience = clock.after(patience, () => giveUp(new XmppcError(connectTimeout(where))));
				ask().then(starters => {
					if (!isOver) {
						settle();
						leave(starter);
						enter(starters);
						startNext();
					}
				}, giveUp);
				return settle;
			},
		};
		return starter;
	};

	const approach = (place: Somewhere, order: number): Starter => {
		if (net.isIP(place.host)) {
			return attempt(place, place.host, order);
		}

		return question(order, {domain, host: place.host, port: place.port}, place, async () => {
			const addresses = await addressesOf(place.host, lookup);
			return addresses.map(({address}) => attempt(place, address, order));
		});
	};

	const find = (search: Search<Somewhere>, order: number): Starter =>
		question(order, {domain, host: domain, port: defaultPort}, undefined, async () => {
			const found = await search();
			return found.map((place, index) => approach(place, order + index / found.length));
		});

	enter(places.map((place, order) => (typeof place === 'function' ? find(place, order) : approach(place, order))));

	return {
		next: () =>
			new Promise(resolve => {
				if (isStopped) {
					resolve(undefined);
					return;
				}

				answer = resolve;
				startNext();
			}),
		stop() {
			isStopped = true;
			finish(undefined);
		},
	};
}

/**
 * A connection to one place.
 *
 * @throws {XmppcError} why it does not answer.
 */
export async function dial(
	place: Place,
	{signal, ...options}: Omit<RaceOptions, 'onProblem'> & {readonly signal?: AbortSignal | undefined},
): Promise<net.Socket> {
	const problems: Problem[] = [];
	const race = createRace([place], {...options, onProblem: problem => problems.push(problem)});
	const stop = () => race.stop();
	signal?.addEventListener('abort', stop);
	if (signal?.aborted) {
		stop();
	}

	const reached = await race.next();
	signal?.removeEventListener('abort', stop);
	if (!reached) {
		throw new XmppcError(mostTelling(problems));
	}

	return reached.socket;
}

async function addressesOf(host: string, given: LookupFunction | undefined): Promise<readonly LookupAddress[]> {
	const lookup = given ?? (await import('./system-lookup.js')).systemLookup;
	return new Promise((resolve, reject) => {
		lookup(host, {all: true}, (error, found, family) => {
			if (error) {
				reject(error);
			} else {
				resolve(byTurns(typeof found === 'string' ? [{address: found, family: family ?? 4}] : found));
			}
		});
	});
}

/** The families by turns, beginning with that of the first address: the system knows which one works here (RFC 8305 §4). */
export function byTurns(addresses: readonly LookupAddress[]): readonly LookupAddress[] {
	const preferred = addresses[0]?.family;
	const firsts = addresses.filter(({family}) => family === preferred);
	const seconds = addresses.filter(({family}) => family !== preferred);
	const longer = firsts.length > seconds.length ? firsts : seconds;
	return longer
		.flatMap((_, index) => [firsts[index], seconds[index]])
		.filter(address => address !== undefined)
		.slice(0, mostAddresses);
}

function connectTcp(address: string, port: number): net.Socket {
	return net.connect({host: address, port});
}
