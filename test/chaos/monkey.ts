/** What happens in a run, one thing after the other: people write, and things break. */

import {bufferId} from '../../source/model/buffer.js';
import type {BareJid} from '../../source/shared/jid.js';
import type {House, Peer} from './letters.js';
import type {Machine} from './machine.js';
import type {ModelServer} from './model-server.js';
import type {Random} from './random.js';
import {type RoomJid, rooms} from './room-letters.js';
import type {ServerTraits} from './server-traits.js';
import type {Timeline} from './timeline.js';

/** A person, their machines and their server. */
export type World = {
	readonly house: House;
	readonly timeline: Timeline;
	readonly random: Random;
	readonly traits: ServerTraits;
	readonly server: ModelServer;
	readonly machines: readonly [Machine, ...Machine[]];
	/** A number for the next message. */
	readonly next: () => number;
	/** To be called where a process may have died, or a connection broken. */
	readonly look: (machine: Machine) => void;
};

type Deed = readonly [weight: number, run: (world: World) => void];

const peerOf = ({random, house}: World): Peer => (random.chance(0.75) ? house.peers[0] : house.peers[1]);

const roomOf = (random: Random): RoomJid => random.pick(rooms);

/** How many messages come at once. */
function burst(random: Random): number {
	return random.chance(0.7) ? 1 : random.chance(0.9) ? random.between(2, 8) : random.between(20, 150);
}

const deeds: readonly Deed[] = [
	[
		24,
		world => {
			const {random, server, next} = world;
			const peer = peerOf(world);
			const toSession = random.chance(0.3);
			for (let left = burst(random); left > 0; left--) {
				server.fromPeer(random.chance(0.8) ? peer : peerOf(world), next(), toSession);
			}
		},
	],
	[
		20,
		world => {
			const {random, machines, next} = world;
			const machine = random.pick(machines);
			const peer = peerOf(world);
			for (let left = Math.min(20, burst(random)); left > 0; left--) {
				machine.send(peer, next());
			}
		},
	],
	[8, world => world.server.fromPhone(peerOf(world), world.next())],
	[
		12,
		({random, machines, look}) => {
			const machine = random.pick(machines);
			machine.network.breakConnections();
			look(machine);
		},
	],
	[5, ({random, machines}) => random.pick(machines).network.freeze(random.between(100, 90_000))],
	[4, ({random, machines}) => random.pick(machines).network.fail(random.between(500, 240_000))],
	[
		7,
		({random, machines, look, timeline}) => {
			const machine = random.pick(machines);
			machine.kill();
			look(machine);
			timeline.after(random.chance(0.6) ? random.below(3000) : random.below(400_000), machine.start);
		},
	],
	[
		10,
		({random, machines, timeline}) => {
			const machine = random.pick(machines);
			machine.life?.endAtWrite(1 + random.below(random.chance(0.5) ? 12 : 120));
			// Whoever has not met that write by then is let off.
			timeline.after(60_000, () => machine.life?.endAtWrite(Number.POSITIVE_INFINITY));
		},
	],
	[2, ({random, machines}) => random.pick(machines).quit()],
	[
		8,
		({machines}) => {
			for (const {start} of machines) {
				start();
			}
		},
	],
	[
		3,
		({random, machines, timeline}) => {
			const machine = random.pick(machines);
			timeline.note(`${machine.name}: the person disconnects`);
			machine.ask(({actions}) => actions.disconnect({account: machine.house.account}));
		},
	],
	[
		8,
		({random, machines, house}) => random.pick(machines).ask(({actions}) => actions.connect({account: house.account})),
	],
	[
		3,
		({random, machines, timeline}) => {
			const machine = random.pick(machines);
			timeline.note(`${machine.name}: the machine sleeps`);
			machine.clock.sleep(random.between(1000, 600_000));
		},
	],
	[
		4,
		({random, server}) =>
			server.restart(random.chance(0.5) ? random.below(500) : random.below(60_000), random.chance(0.4)),
	],
	[
		4,
		world => {
			const {random, machines, house} = world;
			const machine = random.pick(machines);
			const buffer = bufferId(house.account, 'chat', peerOf(world) as BareJid);
			machine.ask(({actions}) => actions.loadHistory({buffer, limit: random.between(5, 60)}));
		},
	],
	[
		4,
		({random, machines}) =>
			random.pick(machines).ask(({actions}) => actions.setAttention({active: random.chance(0.5)})),
	],
	[
		2,
		({random, machines, timeline}) => {
			const {life} = random.pick(machines);
			if (life !== undefined) {
				timeline.note('a disk is full');
				life.isDiskFull = true;
				timeline.after(random.below(20_000), () => {
					life.isDiskFull = false;
				});
			}
		},
	],
	[
		2,
		({random, server, traits, machines, house: {account}}) => {
			// One that was empty when it was first read, and loses its beginning, cannot be told from one that never had it.
			const isKnown = ({inspect}: Machine) =>
				inspect(({archives}) => archives.load(account, account)?.head !== undefined);
			if (traits.forgets && machines.every(isKnown)) {
				server.forget(random.below(server.archive.items.length + 1));
			}
		},
	],
];

/** What happens where there are rooms, as well. */
const roomDeeds: readonly Deed[] = [
	[
		20,
		({random, server, next}) => {
			const room = roomOf(random);
			for (let left = burst(random); left > 0; left--) {
				server.rooms?.say(room, next());
			}
		},
	],
	[
		20,
		({random, machines, next}) => {
			const machine = random.pick(machines);
			const room = roomOf(random);
			for (let left = Math.min(20, burst(random)); left > 0; left--) {
				machine.say(room, next());
			}
		},
	],
	[6, ({random, server}) => server.rooms?.eject(roomOf(random))],
	[
		5,
		({random, server}) =>
			server.rooms?.restart(
				roomOf(random),
				random.chance(0.5) ? random.below(500) : random.below(90_000),
				random.chance(0.5),
			),
	],
	[6, ({random, server}) => server.rooms?.cut(random.chance(0.5) ? random.below(2000) : random.below(200_000))],
	[
		3,
		({random, machines, house}) => {
			const buffer = bufferId(house.account, 'room', roomOf(random) as BareJid);
			random.pick(machines).ask(({actions}) => actions.loadHistory({buffer, limit: random.between(5, 60)}));
		},
	],
];

/** What happens where people encrypt, as well: they write to each other, and an old copy of a database comes back. */
const nodeDeeds: readonly Deed[] = [
	[
		40,
		({random, machines, house, next}) => {
			const machine = random.pick(machines);
			for (let left = Math.min(20, burst(random)); left > 0; left--) {
				machine.send(house.peers[0], next());
			}
		},
	],
	[
		10,
		({random, machines, house}) => {
			const machine = random.pick(machines);
			// What waits in the copy would be sent from there again.
			const isIdle = machine.inspect(({outbox}) => outbox.waiting(house.account).length === 0);
			if (machine.isProtected && machine.backup === 'none' && machine.devices.size > 0 && isIdle) {
				machine.backUp();
			}
		},
	],
	[
		8,
		({random, machines}) => {
			const machine = random.pick(machines);
			if (machine.backup === 'old') {
				machine.restore();
			}
		},
	],
	[
		6,
		({random, machines, timeline}) => {
			const machine = random.pick(machines);
			if (machine.isInDoubt()) {
				renew(machine, timeline);
			}
		},
	],
];

/** The person makes a new device of one that must not be used any more. */
export function renew({name, ask, house: {account}}: Machine, timeline: Timeline): void {
	timeline.note(`${name}: the person makes a new device`);
	ask(({actions}) => actions.resetIdentity({account, keep: true}));
}

/** One thing that happens now. */
export function act(world: World): void {
	const possible = [
		...deeds,
		...(world.server.rooms === undefined ? [] : roomDeeds),
		...(world.server.nodes === undefined ? [] : nodeDeeds),
	];
	let left = world.random.below(possible.reduce((sum, [weight]) => sum + weight, 0));
	for (const [weight, run] of possible) {
		left -= weight;
		if (left < 0) {
			run(world);
			return;
		}
	}
}

/** Milliseconds until the next thing happens. */
export function pause(random: Random): number {
	const kind = random.fraction();
	return kind < 0.35
		? random.below(30)
		: kind < 0.6
			? random.below(500)
			: kind < 0.9
				? random.below(8000)
				: random.below(150_000);
}
