/** What a run is played on: the servers of its people, their machines, and who watches them. */
import {existsSync, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {type Log, silentLog} from '../../source/shared/log.js';
import {checkMoment, type Finding, isSaved} from './check.js';
import {createLedger} from './ledger.js';
import type {House} from './letters.js';
import {createMachine, type Machine, type Sabotage} from './machine.js';
import {createMachineClock} from './machine-clock.js';
import type {ModelRooms} from './model-rooms.js';
import {createModelServer} from './model-server.js';
import type {World} from './monkey.js';
import {createNetwork} from './network.js';
import type {Random} from './random.js';
import {createSecrecy, type Secrecy} from './secrecy.js';
import type {ServerTraits} from './server-traits.js';
import type {Timeline} from './timeline.js';

/** A person of a run, with what they have. */
export type Settlement = {
	readonly house: House;
	readonly traits: ServerTraits;
	readonly names: readonly string[];
	/** Whether the next of the machines encrypts. */
	readonly isProtected: (random: Random) => boolean;
};

export type Stage = {
	/** Of all people. */
	readonly machines: readonly Machine[];
	readonly secrecy: Secrecy;
	/** Gives the people their servers, which reach each other, and machines that are not started yet. To be called once. */
	settle(settlements: readonly Settlement[]): Promise<readonly World[]>;
	/** Nothing of it is left. */
	clear(): Promise<void>;
};

export type StageParts = {
	readonly seed: number;
	readonly random: Random;
	readonly timeline: Timeline;
	readonly find: (findings: readonly Finding[]) => void;
	readonly print?: ((line: string) => void) | undefined;
	/** How far the machines' clocks are wrong at most, milliseconds. */
	readonly skew: number;
	readonly sabotage: Sabotage;
};

export function createStage({seed, random, timeline, find, print, skew, sabotage}: StageParts): Stage {
	// In memory where that is possible: what the process wrote outlives it either way.
	const directory = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'xmppc-chaos-'));
	const ledger = createLedger();
	const machines: Machine[] = [];
	const machineCalled = (name: string) => machines.find(each => each.name === name);
	const secrecy = createSecrecy({now: () => timeline.now, ledger, machine: machineCalled, find: each => find([each])});
	let numbers = 0;

	const buildServer = (house: House, traits: ServerTraits, rooms: ModelRooms | undefined) =>
		createModelServer({
			house,
			rooms,
			ledger,
			timeline,
			random,
			traits,
			seen: secrecy.seen,
			acknowledged(name, parcels) {
				const machine = machineCalled(name);
				for (const {number} of parcels) {
					if (number !== undefined && machine?.life?.isAlive && !isSaved(machine, number)) {
						find([{kind: 'lost', text: `${name} acknowledged ${number} without having saved it`}]);
					}
				}
			},
			offended: text => find([{kind: 'lost', text}]),
			dropConnections() {
				for (const {network} of machines.filter(machine => machine.house === house)) {
					network.serverGone();
				}
			},
		});

	/** `rooms`: those where its people are already. */
	const settle = async (settlement: Settlement, rooms: ModelRooms | undefined): Promise<World> => {
		const {house, traits, names} = settlement;
		timeline.note(`seed ${seed}: ${house.account} ${JSON.stringify(traits)}`);
		const server = buildServer(house, traits, rooms);
		const made: Machine[] = [];
		for (const name of names) {
			const clock = createMachineClock(timeline, traits.archive ? random.between(-skew, skew) : 0);
			const network = createNetwork({
				timeline,
				random,
				machine: name,
				listen: server.listen,
				asleepUntil: () => clock.asleepUntil,
				latency: random.pick([5, 40, 150, 1500]),
			});
			const log = print === undefined ? silentLog : logTo(line => timeline.note(`${name} ${line}`));
			const isProtected = settlement.isProtected(random);
			const keySeed = seed * 16 + machines.length;
			const about = {name, house, ledger, secrecy, isProtected, keySeed, directory};
			const machine = await createMachine({...about, timeline, random, network, clock, log, sabotage});
			made.push(machine);
			machines.push(machine);
		}

		return {
			house,
			timeline,
			random,
			traits,
			server,
			machines: made as [Machine, ...Machine[]],
			next: () => ++numbers,
			look: machine => find(checkMoment(machine, server)),
		};
	};

	return {
		machines,
		secrecy,
		async settle(settlements) {
			const worlds: World[] = [];
			for (const settlement of settlements) {
				worlds.push(await settle(settlement, worlds[0]?.server.rooms));
			}

			const [first, second] = worlds;
			if (first !== undefined && second !== undefined) {
				first.server.connect(second.server);
				second.server.connect(first.server);
			}

			return worlds;
		},
		async clear() {
			for (const machine of machines) {
				machine.close();
			}

			await timeline.runUntil(timeline.now);
			rmSync(directory, {recursive: true, force: true});
		},
	};
}

function logTo(print: (line: string) => void): Log {
	return {
		note: (area, text) => print(`[${area}] ${text}`),
		xml: (direction, text) => print(`${direction} ${text}`),
	};
}
