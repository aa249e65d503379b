import type {Random} from './random.js';

/** What kind of rooms there are. */
export type RoomTraits = {
	readonly archive: boolean;
	readonly occupantIds: boolean;
	/** Messages that a room without an archive repeats, at most. */
	readonly history: number;
	/** Milliseconds to the other server, one way. */
	readonly distance: number;
	/** What cannot be delivered to the other server comes back. */
	readonly bounces: boolean;
	/** For members only, who are known to each other: those two people who write to each other. */
	readonly isPrivate: boolean;
};

/** How a server keeps the nodes of its account. */
export type NodeTraits = {
	/** Tells whoever comes online what the device lists are. */
	readonly tellsNewest: boolean;
	/** Takes with what is published how its node is to be. */
	readonly takesOptions: boolean;
};

/** What kind of server a run has. */
export type ServerTraits = {
	/** Stream management: none, counting only, or with sessions that outlive their connection for `window` milliseconds. */
	readonly management: 'none' | 'counting' | 'resumable';
	readonly window: number;
	/** Says in `<failed/>` how much it had of a session that it gave up. */
	readonly remembersCounts: boolean;
	readonly archive: boolean;
	/** XEP-0313's question for the ends of an archive. */
	readonly metadata: boolean;
	readonly longestPage: number;
	/** Milliseconds to which the archive's times are rounded. */
	readonly resolution: number;
	/** Milliseconds that the archive takes for an answer, at most. */
	readonly archiveDelay: number;
	/** Keeps what comes while nobody is there. */
	readonly offline: boolean;
	/** What it kept carries the archive's id. */
	readonly offlineIds: boolean;
	readonly clientState: boolean;
	/** SASL2 with all that can be done together with it. */
	readonly inline: boolean;
	/** Some of its pages say that their order may change. */
	readonly unstablePages: boolean;
	/** Forgets the beginning of the archive now and then. */
	readonly forgets: boolean;
	/** Absent: there are none. */
	readonly rooms?: RoomTraits;
	/** Absent: nobody here encrypts. */
	readonly nodes?: NodeTraits;
};

export function pickNodeTraits(random: Random): NodeTraits {
	return {tellsNewest: random.chance(0.8), takesOptions: random.chance(0.8)};
}

export function pickTraits(random: Random): ServerTraits {
	const archive = random.chance(0.85);
	const management = random.fraction();
	return {
		management: management < 0.1 ? 'none' : management < 0.2 ? 'counting' : 'resumable',
		window: random.between(20_000, 300_000),
		remembersCounts: random.chance(0.5),
		archive,
		metadata: random.chance(0.7),
		longestPage: random.chance(0.5) ? 100 : random.between(3, 30),
		resolution: random.chance(0.6) ? 1000 : 1,
		archiveDelay: random.pick([0, 0, 50, 500, 3000]),
		offline: !archive || random.chance(0.6),
		offlineIds: random.chance(0.7),
		clientState: random.chance(0.7),
		inline: random.chance(0.4),
		unstablePages: archive && random.chance(0.12),
		forgets: archive && random.chance(0.12),
		...(random.chance(0.6) ? {rooms: pickRoomTraits(random)} : {}),
	};
}

function pickRoomTraits(random: Random): RoomTraits {
	return {
		archive: random.chance(0.8),
		occupantIds: random.chance(0.6),
		history: random.chance(0.5) ? 1000 : random.between(5, 50),
		distance: random.pick([5, 80, 600]),
		bounces: random.chance(0.5),
		isPrivate: false,
	};
}
