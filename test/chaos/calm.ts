/** A stage on which nothing goes wrong by itself: two people who encrypt, with one machine each. */
import type {Finding} from './check.js';
import {checkEnd, checkMoment, checkServer} from './check.js';
import {checkReading} from './check-reading.js';
import {capulet, montague} from './letters.js';
import type {Machine, Sabotage} from './machine.js';
import type {World} from './monkey.js';
import {createRandom} from './random.js';
import type {ServerTraits} from './server-traits.js';
import {createStage} from './stage.js';
import {createTimeline, type Timeline} from './timeline.js';

const traits: ServerTraits = {
	management: 'resumable',
	window: 60_000,
	remembersCounts: true,
	archive: true,
	metadata: true,
	longestPage: 100,
	resolution: 1,
	archiveDelay: 0,
	offline: true,
	offlineIds: true,
	clientState: true,
	inline: false,
	unstablePages: false,
	forgets: false,
	nodes: {tellsNewest: true, takesOptions: true},
};

export type Calm = {
	readonly timeline: Timeline;
	/** Juliet's. */
	readonly desktop: Machine;
	/** Romeo's. */
	readonly orchard: Machine;
	/** Somebody writes to the other one; whatever process ended meanwhile is started before. Answers the number. */
	say(machine: Machine, pause?: number): Promise<number>;
	/** What is wrong. `talk`: has to be encrypted, and read by both. */
	findings(talk: readonly number[]): readonly Finding[];
	clear(): Promise<void>;
};

/** Both are started, and everything else is left to whoever asked for it. */
export async function calmStage({
	print,
	sabotage = {},
}: {
	print?: (line: string) => void;
	sabotage?: Sabotage;
} = {}): Promise<Calm> {
	const timeline = createTimeline(print);
	const found: Finding[] = [];
	const stage = createStage({
		seed: 1,
		random: createRandom(1),
		timeline,
		find: more => void found.push(...more),
		print,
		skew: 0,
		sabotage,
	});
	const worlds: readonly World[] = await stage.settle([
		{house: capulet, traits, names: ['desktop'], isProtected: () => true},
		{house: montague, traits, names: ['orchard'], isProtected: () => true},
	]);
	const [desktop, orchard] = stage.machines as [Machine, Machine];
	for (const {server} of worlds) {
		server.heal();
	}

	for (const {network, start} of stage.machines) {
		network.heal();
		start();
	}

	let count = 0;
	return {
		timeline,
		desktop,
		orchard,
		async say(machine, pause = 5000) {
			for (const {start} of stage.machines) {
				start();
			}

			const number = ++count;
			machine.send(machine.house.peers[0], number);
			await timeline.runUntil(timeline.now + pause);
			return number;
		},
		findings: talk => [
			...found,
			...worlds.flatMap(({server, machines}) => [
				...checkServer(server),
				...machines.flatMap(machine => [
					...checkMoment(machine, server),
					...checkEnd(machine, server, traits),
					...checkReading(machine, stage.secrecy, {
						machines: stage.machines,
						talk: new Map(talk.map(number => [number, undefined])),
					}),
				]),
			]),
		],
		clear: stage.clear,
	};
}
