import {startDelayProxy} from './delay-proxy.js';
import {type Figure, median} from './figures.js';
import {type Contender, goSendxmpp, oneLiners, type Sending, sendInTurns, xmppc, xmppcEncrypted} from './one-liners.js';
import {type Surroundings, startSurroundings} from './surroundings.js';

const runs = 15;
const runsAfar = 9;
/** Each way, in milliseconds: long against anything a client computes. */
const delay = 60;
/** Round-trip times to the server, milliseconds. */
const distances = [0, 50, 150];
/** Of the time that go-sendxmpp takes, for who comes back to a server this many milliseconds away. */
const share = {of: 150, most: 0.6};
/** TCP, TLS, the login, the message. */
const mostFlights = 4;

/**
 * `xmppc send` against go-sendxmpp, with no client running: from the start of the process to delivery, to its end, and how
 * often each waits for the server; first with a password, then for who comes back with a token (XEP-0484). Both send in clear;
 * beside that stands what it costs to encrypt for a device that there is a session with.
 */
export async function send(surroundings: Surroundings): Promise<readonly Figure[]> {
	const figures = await withPassword(surroundings);
	const others = await startSurroundings({sasl2: true});
	try {
		for (const roundTrip of distances) {
			figures.push(...(await withToken(others, roundTrip)));
		}
	} finally {
		await others.close();
	}

	return figures;
}

async function withPassword(surroundings: Surroundings): Promise<Figure[]> {
	const {tlsPort: port} = surroundings.server;
	const near = summaries(await sendInTurns(surroundings, oneLiners(), {port, runs}));
	const limit = near.other?.delivered;
	const proxy = await startDelayProxy(port, delay);
	try {
		const far = summaries(
			await sendInTurns(surroundings, oneLiners(), {port: proxy.port, runs: 3, flights: () => proxy.flights}),
		);
		// Without the message's own flight: what was waited for. What is written out of turn depends on the machine's mood.
		const trips = (summary: Summary | undefined) =>
			summary?.fewestFlights === undefined ? undefined : summary.fewestFlights - 1;
		return [
			figure('send: start to delivery', 'ms', near, 'delivered', limit === undefined ? undefined : limit * 1.5),
			figure('send: start to end', 'ms', near, 'ended'),
			besidePlain('send encrypted: start to delivery', 'ms', near, 'delivered'),
			besidePlain('send encrypted: start to end', 'ms', near, 'ended'),
			{
				name: 'send: round trips before delivery',
				unit: '',
				target: (trips(far.other) ?? 6) + 1,
				xmppc: trips(far.own),
				peer: {name: goSendxmpp.name, value: trips(far.other)},
			},
		];
	} finally {
		await proxy.close();
	}
}

async function withToken(surroundings: Surroundings, roundTrip: number): Promise<readonly Figure[]> {
	const proxy = await startDelayProxy(surroundings.server.tlsPort, roundTrip / 2);
	try {
		const found = summaries(
			await sendInTurns(surroundings, oneLiners(), {port: proxy.port, runs: runsAfar, flights: () => proxy.flights}),
		);
		const where = `with a token, server ${roundTrip} ms away`;
		const limit = found.other?.delivered;
		const target = roundTrip === share.of && limit !== undefined ? limit * share.most : undefined;
		const delivered = figure(`send ${where}: start to delivery`, 'ms', found, 'delivered', target);
		// Where an answer takes no time, the flight behind the message's may be under way before the message is heard.
		const encrypted = besidePlain(`send encrypted ${where}: start to delivery`, 'ms', found, 'delivered');
		return roundTrip === 0
			? [delivered, encrypted]
			: [
					delivered,
					figure(`send ${where}: flights until delivery`, '', found, 'flights', mostFlights),
					encrypted,
					besidePlain(`send encrypted ${where}: flights until delivery`, '', found, 'flights'),
				];
	} finally {
		await proxy.close();
	}
}

type Summary = {readonly [Part in keyof Sending | 'fewestFlights']: number | undefined};
type Summaries = {
	readonly own: Summary | undefined;
	readonly encrypted: Summary | undefined;
	readonly other: Summary | undefined;
};

function summaries(sendings: ReadonlyMap<Contender, readonly Sending[]>): Summaries {
	const of = (contender: Contender): Summary | undefined => {
		const all = sendings.get(contender);
		const middle = (part: keyof Sending) => all && median(all.map(sending => sending[part]));
		return (
			all && {
				delivered: middle('delivered'),
				ended: middle('ended'),
				flights: middle('flights'),
				fewestFlights: all.length === 0 ? undefined : Math.min(...all.map(({flights}) => flights)),
			}
		);
	};
	return {own: of(xmppc), encrypted: of(xmppcEncrypted), other: of(goSendxmpp)};
}

/** What encrypting costs: the same one-liner with `--omemo off` stands beside it. */
function besidePlain(name: string, unit: string, {own, encrypted}: Summaries, part: keyof Sending): Figure {
	return {name, unit, xmppc: encrypted?.[part], peer: {name: 'xmppc --omemo off', value: own?.[part]}};
}

function figure(name: string, unit: string, {own, other}: Summaries, part: keyof Sending, target?: number): Figure {
	return {
		name,
		unit,
		...(target === undefined ? {} : {target}),
		xmppc: own?.[part],
		peer: {name: goSendxmpp.name, value: other?.[part]},
	};
}
