/** One run: a seed makes a world, lets it happen, lets it come to rest, and judges what is there. */
import {openGap} from '../../source/client/archive-position.js';
import type {BareJid} from '../../source/shared/jid.js';
import {checkEnd, checkPatience, checkServer, type Finding, type Tally} from './check.js';
import {checkReading, type Talk} from './check-reading.js';
import {capulet, montague} from './letters.js';
import {type Machine, messagesInRoom, messagesWith, placeOf, type Sabotage} from './machine.js';
import {act, pause, renew, type World} from './monkey.js';
import {createRandom, type Random} from './random.js';
import {rooms} from './room-letters.js';
import {pickNodeTraits, pickTraits} from './server-traits.js';
import {createStage, type Settlement} from './stage.js';
import {createTimeline} from './timeline.js';

export type Verdict = Tally & {
	readonly seed: number;
	readonly findings: readonly Finding[];
	/** Two runs of a seed have the same. */
	readonly digest: number;
	readonly events: number;
	/** Messages that the servers took. */
	readonly messages: number;
	/** Of these, encrypted ones. */
	readonly encrypted: number;
	/** Of these, said in rooms. */
	readonly encryptedInRooms: number;
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
/** Between two messages when all is well. */
const talking = 20_000;
/** In which every room is asked whether it still knows us, and has answered. */
const roomCalm = 1_200_000;
/** Somebody with slow and short pages may have much to read, but gets there. */
const mostPatience = 1_800_000;

/** Plays the run with this seed. */
export async function run(seed: number, {print, skew = usualSkew, sabotage = {}}: RunOptions = {}): Promise<Verdict> {
	const random = createRandom(seed);
	const timeline = createTimeline(print);
	const findings: Finding[] = [];
	const find = (more: readonly Finding[]) => {
		for (const finding of more) {
			timeline.note(`${finding.kind.toUpperCase()}: ${finding.text}`);
			findings.push(finding);
		}
	};

	const stage = createStage({seed, random, timeline, find, print, skew, sabotage});
	const {machines} = stage;
	let worlds: readonly World[] = [];
	try {
		worlds = await stage.settle(settlementsFor(seed, random));
		const [first, second] = worlds as [World, World?];

		for (let past = random.chance(0.5) ? random.below(250) : 0; past > 0; past--) {
			first.server.fromPeer('romeo@example.net', first.next(), false);
		}

		for (const machine of machines) {
			machine.start();
		}

		for (let deeds = random.between(20, 70); deeds > 0; deeds--) {
			await timeline.runUntil(timeline.now + pause(random));
			act(second === undefined || random.chance(0.5) ? first : second);
		}

		timeline.note('peace');
		const wake = () => {
			for (const machine of machines) {
				const {network, life, house, start, ask} = machine;
				network.heal();
				if (life !== undefined) {
					life.isDiskFull = false;
					life.endAtWrite(Number.POSITIVE_INFINITY);
				}

				start();
				ask(({actions}) => actions.connect({account: house.account}));
				if (machine.isInDoubt()) {
					renew(machine, timeline);
				}
			}
		};
		for (const {server} of worlds) {
			server.heal();
		}

		await timeline.runUntil(timeline.now + 600_000);
		wake();
		await timeline.runUntil(timeline.now + calm);
		wake();
		if (first.traits.rooms !== undefined) {
			// Who was forgotten by a room finds out by asking.
			await timeline.runUntil(timeline.now + roomCalm);
			for (const {machines: inRooms, server, traits} of worlds) {
				for (const machine of inRooms) {
					find(checkPatience(machine, server, traits));
				}
			}
		}

		for (const {ask, house} of machines) {
			ask(async ({actions}) => {
				await actions.disconnect({account: house.account});
				await actions.connect({account: house.account});
			});
		}

		await timeline.runUntil(timeline.now + afterwards);
		for (let waited = 0; waited < mostPatience && machines.some(hasGap); waited += afterwards) {
			await timeline.runUntil(timeline.now + afterwards);
		}

		const talk: Talk = new Map();
		if (second !== undefined) {
			// Whatever was, they can still talk: each device of one is heard by all of the other.
			for (const machine of [...machines, ...machines]) {
				const number = first.next();
				talk.set(number, undefined);
				machine.send(machine.house.peers[0], number);
				await timeline.runUntil(timeline.now + talking);
			}

			for (const machine of first.traits.rooms?.isPrivate ? machines : []) {
				for (const room of rooms) {
					const number = first.next();
					talk.set(number, room);
					machine.say(room, number);
					await timeline.runUntil(timeline.now + talking);
				}
			}
		}

		const askAll = async () => {
			for (const {server} of worlds) {
				server.ask();
			}

			await timeline.runUntil(timeline.now + 10_000);
		};
		await askAll();
		for (const {server, traits} of worlds) {
			if (server.unsettled > 0) {
				// A session that was left for good is given up after its time.
				await timeline.runUntil(timeline.now + traits.window + mostPatience / 6);
				await askAll();
			}
		}

		for (const world of worlds) {
			find(checkServer(world.server));
			for (const machine of world.machines) {
				find(checkEnd(machine, world.server, world.traits));
				find(checkReading(machine, stage.secrecy, {machines, talk}));
				if (print !== undefined) {
					showHistory(machine, print);
				}
			}

			if (world.server.unsettled > 0) {
				find([{kind: 'lost', text: `the server still has ${world.server.unsettled} that nobody took`}]);
			}
		}
	} finally {
		await stage.clear();
	}

	const count = (kind: keyof Tally) => findings.filter(finding => finding.kind === kind).length;
	return {
		seed,
		findings,
		lost: count('lost'),
		doubled: count('doubled'),
		misordered: count('misordered'),
		exposed: count('exposed'),
		digest: timeline.digest,
		events: timeline.events,
		messages:
			worlds.reduce((sum, {server}) => sum + server.accepted.length, 0) +
			(worlds[0]?.server.rooms?.all ?? []).reduce((said, room) => said + room.said.length, 0),
		encrypted: stage.secrecy.count,
		encryptedInRooms: stage.secrecy.countInRooms,
	};
}

/**
 * In half of the runs juliet encrypts, or romeo does, or both, each on one device or two; then he is a person too. If there
 * are rooms, most of the time they are private ones, and he is a member.
 */
function settlementsFor(seed: number, random: Random): readonly Settlement[] {
	const traits = pickTraits(random);
	const names = traits.archive && random.chance(0.5) ? ['desktop', 'laptop'] : ['desktop'];
	if (random.chance(0.5)) {
		return [{house: capulet, traits, names, isProtected: () => false}];
	}

	const who = random.fraction();
	const {rooms: _, ...hisTraits} = pickTraits(random);
	const hisNames = hisTraits.archive && random.chance(0.5) ? ['orchard', 'pocket'] : ['orchard'];
	// One of the devices of somebody who encrypts may not.
	const often = (isWanted: boolean) => (chance: Random) => isWanted && !chance.chance(0.1);
	const isPrivate = createRandom(-seed).chance(0.7);
	// One that repeats what was said does not say whose it was: what is encrypted has to be read from an archive then.
	const inRooms = traits.rooms && {
		rooms: {...traits.rooms, isPrivate, archive: traits.rooms.archive || isPrivate},
	};
	return [
		{
			house: capulet,
			traits: {...traits, ...inRooms, nodes: pickNodeTraits(random)},
			names,
			isProtected: often(who < 0.9),
		},
		{
			house: montague,
			traits: {...hisTraits, ...(isPrivate && inRooms), nodes: pickNodeTraits(random)},
			names: hisNames,
			isProtected: often(who > 0.1),
		},
	];
}

/** Whether a machine has not read all of its archive. */
function hasGap({inspect, house: {account}}: Machine): boolean {
	return inspect(({archives}) =>
		[account, ...rooms].some(
			archive => openGap(archives.load(account, archive as BareJid) ?? {gaps: []}) !== undefined,
		),
	);
}

/** The history as it is shown, with the places of messages in it. */
function showHistory(machine: Machine, print: (line: string) => void): void {
	const {name, house, ledger, inspect} = machine;
	inspect(storage => {
		const conversations = [
			...house.peers.map(peer => [peer, messagesWith(machine, storage, peer)] as const),
			...rooms.map(room => [room, messagesInRoom(machine, storage, room)] as const),
		];
		for (const [whose, messages] of conversations) {
			print(`${name}: ${whose}`);
			for (const message of messages) {
				const {key, body, via, state = '', archiveId = '-', encryption = ''} = message;
				const number = String(ledger.ofRow(message)).padStart(5);
				const unread = body.startsWith('[') ? body : '';
				print(`${placeOf(key).padStart(16)} ${number} ${archiveId} ${via} ${state} ${encryption} ${unread}`);
			}
		}
	});
}
