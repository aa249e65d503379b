/** One run: a seed makes a world, lets it happen, lets it come to rest, and judges what is there. */
import {existsSync, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {openGap} from '../../source/client/archive-position.js';
import type {BareJid} from '../../source/shared/jid.js';
import {type Log, silentLog} from '../../source/shared/log.js';
import {checkEnd, checkMoment, checkPatience, checkServer, type Finding, isSaved, type Tally} from './check.js';
import {numberOf, peers} from './letters.js';
import {createMachine, type Machine, messagesInRoom, messagesWith, own, placeOf, type Sabotage} from './machine.js';
import {createMachineClock} from './machine-clock.js';
import {createModelServer} from './model-server.js';
import {act, pause, type World} from './monkey.js';
import {createNetwork} from './network.js';
import {createRandom} from './random.js';
import {rooms} from './room-letters.js';
import {pickTraits} from './server-traits.js';
import {createTimeline} from './timeline.js';

export type Verdict = Tally & {
	readonly seed: number;
	readonly findings: readonly Finding[];
	/** Two runs of a seed have the same. */
	readonly digest: number;
	readonly events: number;
	/** Messages that the server took. */
	readonly messages: number;
};

export type RunOptions = {
	/** Takes the story of the run, a line at a time. */
	readonly print?: (line: string) => void;
	/** How far the machines' clocks are wrong at most, milliseconds. */
	readonly skew?: number;
	/** Breaks a rule on purpose. */
	readonly sabotage?: Sabotage;
};

/** Clocks that are set by the network are wrong by less. */
export const usualSkew = 2000;
/** Milliseconds of peace at the end: before everybody connects anew, and after. */
const calm = 200_000;
const afterwards = 90_000;
/** In which every room is asked whether it still knows us, and has answered. */
const roomCalm = 1_200_000;
/** Somebody with slow and short pages may have much to read, but gets there. */
const mostPatience = 1_800_000;

/** Plays the run with this seed. */
export async function run(seed: number, {print, skew = usualSkew, sabotage = {}}: RunOptions = {}): Promise<Verdict> {
	const random = createRandom(seed);
	const timeline = createTimeline(print);
	const traits = pickTraits(random);
	timeline.note(`seed ${seed}: ${JSON.stringify(traits)}`);
	const findings: Finding[] = [];
	const find = (more: readonly Finding[]) => {
		for (const finding of more) {
			timeline.note(`${finding.kind.toUpperCase()}: ${finding.text}`);
			findings.push(finding);
		}
	};

	// In memory where that is possible: what the process wrote outlives it either way.
	const directory = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'xmppc-chaos-'));
	const machines: Machine[] = [];
	const server = createModelServer({
		timeline,
		random,
		traits,
		acknowledged(name, parcels) {
			const machine = machines.find(each => each.name === name);
			for (const {number} of parcels) {
				if (number !== undefined && machine?.life?.isAlive && !isSaved(machine, number)) {
					find([{kind: 'lost', text: `${name} acknowledged ${number} without having saved it`}]);
				}
			}
		},
		offended: text => find([{kind: 'lost', text}]),
		dropConnections() {
			for (const {network} of machines) {
				network.serverGone();
			}
		},
	});

	try {
		const names = traits.archive && random.chance(0.5) ? ['desktop', 'laptop'] : ['desktop'];
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
			machines.push(await createMachine({name, directory, timeline, random, network, clock, log, sabotage}));
		}

		let numbers = 0;
		const world: World = {
			timeline,
			random,
			traits,
			server,
			machines: machines as [Machine, ...Machine[]],
			next: () => ++numbers,
			look: machine => find(checkMoment(machine, server)),
		};
		for (let past = random.chance(0.5) ? random.below(250) : 0; past > 0; past--) {
			server.fromPeer('romeo@example.net', world.next(), false);
		}

		for (const machine of machines) {
			machine.start();
		}

		for (let deeds = random.between(20, 70); deeds > 0; deeds--) {
			await timeline.runUntil(timeline.now + pause(random));
			act(world);
		}

		timeline.note('peace');
		server.heal();
		const wake = () => {
			for (const {network, life, start, ask} of machines) {
				network.heal();
				if (life !== undefined) {
					life.isDiskFull = false;
					life.endAtWrite(Number.POSITIVE_INFINITY);
				}

				start();
				ask(({actions}) => actions.connect({account: own}));
			}
		};
		await timeline.runUntil(timeline.now + 600_000);
		wake();
		await timeline.runUntil(timeline.now + calm);
		wake();
		if (traits.rooms !== undefined) {
			// Who was forgotten by a room finds out by asking.
			await timeline.runUntil(timeline.now + roomCalm);
			for (const machine of machines) {
				find(checkPatience(machine, server, traits));
			}
		}

		for (const {ask} of machines) {
			ask(async ({actions}) => {
				await actions.disconnect({account: own});
				await actions.connect({account: own});
			});
		}

		await timeline.runUntil(timeline.now + afterwards);
		for (let waited = 0; waited < mostPatience && machines.some(hasGap); waited += afterwards) {
			await timeline.runUntil(timeline.now + afterwards);
		}

		server.ask();
		await timeline.runUntil(timeline.now + 10_000);
		if (server.unsettled > 0) {
			// A session that was left for good is given up after its time.
			await timeline.runUntil(timeline.now + traits.window + mostPatience / 6);
		}

		find(checkServer(server));
		for (const machine of machines) {
			find(checkEnd(machine, server, traits));
			if (print !== undefined) {
				showHistory(machine, print);
			}
		}

		if (server.unsettled > 0) {
			find([{kind: 'lost', text: `the server still has ${server.unsettled} that nobody took`}]);
		}
	} finally {
		for (const machine of machines) {
			machine.close();
		}

		await timeline.runUntil(timeline.now);
		rmSync(directory, {recursive: true, force: true});
	}

	const count = (kind: keyof Tally) => findings.filter(finding => finding.kind === kind).length;
	return {
		seed,
		findings,
		lost: count('lost'),
		doubled: count('doubled'),
		misordered: count('misordered'),
		digest: timeline.digest,
		events: timeline.events,
		messages: server.accepted.length + (server.rooms?.all ?? []).reduce((sum, {said}) => sum + said.length, 0),
	};
}

/** Whether a machine has not read all of its archive. */
function hasGap({inspect}: Machine): boolean {
	return inspect(({archives}) =>
		[own, ...rooms].some(archive => openGap(archives.load(own, archive as BareJid) ?? {gaps: []}) !== undefined),
	);
}

/** The history as it is shown, with the places of messages in it. */
function showHistory({name, inspect}: Machine, print: (line: string) => void): void {
	inspect(storage => {
		const conversations = [
			...peers.map(peer => [peer, messagesWith(storage, peer)] as const),
			...rooms.map(room => [room, messagesInRoom(storage, room)] as const),
		];
		for (const [whose, messages] of conversations) {
			print(`${name}: ${whose}`);
			for (const {key, body, via, state = '', archiveId = '-'} of messages) {
				print(`${placeOf(key).padStart(16)} ${String(numberOf(body)).padStart(5)} ${archiveId} ${via} ${state}`);
			}
		}
	});
}

function logTo(print: (line: string) => void): Log {
	return {
		note: (area, text) => print(`[${area}] ${text}`),
		xml: (direction, text) => print(`${direction} ${text}`),
	};
}
