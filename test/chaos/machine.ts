/** A machine on which the real client runs, over and over, on one profile. */
import {copyFileSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import {type Client, createClient} from '../../source/client/actions.js';
import {type BufferId, bufferId} from '../../source/model/buffer.js';
import type {Message} from '../../source/model/message.js';
import {defaultSettings, type Settings} from '../../source/model/settings.js';
import type {BareJid} from '../../source/shared/jid.js';
import type {Log} from '../../source/shared/log.js';
import {storageOn} from '../../source/storage/open.js';
import type {SettingsStore, Storage} from '../../source/storage/ports.js';
import {type Database, loadSqlite, openDatabase} from '../../source/storage/sqlite.js';
import type {SessionOptions} from '../../source/xmpp/session.js';
import {openSession} from '../../source/xmpp/session-opening.js';
import {memorySecrets} from '../client/profile.js';
import {memoryEpochKeeper} from '../storage/temporary-profile.js';
import type {Ledger} from './ledger.js';
import {type House, numberOf, type Peer, textOf} from './letters.js';
import {epoch, type MachineClock} from './machine-clock.js';
import {createLife, type Life, mortal, type Overhearing} from './mortal-database.js';
import type {Network} from './network.js';
import {createRandom, type Random} from './random.js';
import {type RoomJid, rooms} from './room-letters.js';
import type {Secrecy} from './secrecy.js';
import type {Timeline} from './timeline.js';

/** Ways to break a rule on purpose, so that it is seen to be noticed. */
export type Sabotage = {
	readonly storage?: (storage: Storage) => Storage;
	readonly session?: (options: SessionOptions) => SessionOptions;
};

export type Machine = {
	readonly name: string;
	readonly house: House;
	readonly ledger: Ledger;
	/** Whether its person wants everything encrypted that can be. */
	readonly isProtected: boolean;
	/** All devices that it ever was, the last one last. */
	readonly devices: ReadonlySet<number>;
	/** Why a conversation could not be encrypted, by code, as its person was told. */
	readonly obstacles: readonly string[];
	/** What stands of the copy of its database: none, made, made before the place outside was advanced, or put back. */
	readonly backup: 'none' | 'made' | 'old' | 'restored';
	/** Whether a device of it came out of a copy and may be in use elsewhere. */
	isDoubtful(device: number): boolean;
	/** Whether the one that it is now did. */
	isInDoubt(): boolean;
	readonly network: Network;
	readonly clock: MachineClock;
	/** Of the process that runs now. */
	readonly life: Life | undefined;
	/** What a person told it to send, and the program promised to. */
	readonly promised: ReadonlySet<number>;
	/** What was written here, with its place among all that came into the database. */
	readonly composed: ReadonlyMap<number, number>;
	/** When each message came into the database: its place among all that did. */
	readonly saved: ReadonlyMap<number, number>;
	start(): void;
	/** `kill -9`. */
	kill(): void;
	/** The person quits the program. */
	quit(): void;
	send(peer: Peer, number: number): void;
	/** The person says something in a room, or will be let say it when the client is in it. */
	say(room: RoomJid, number: number): void;
	/** Copies the database as it is. */
	backUp(): void;
	/** Kills the process and puts the copy back; then starts. */
	restore(): void;
	/** Does something with the running client; what it refuses is its right. */
	ask(what: (client: Client) => Promise<unknown>): void;
	/** Looks into the database, whether a process runs or not. */
	inspect<Result>(look: (storage: Storage) => Result): Result;
	/** For good. */
	close(): void;
};

export type MachineParts = {
	readonly name: string;
	readonly house: House;
	readonly ledger: Ledger;
	readonly secrecy: Secrecy;
	readonly isProtected: boolean;
	/** Makes the keys of its devices. */
	readonly keySeed: number;
	readonly directory: string;
	readonly timeline: Timeline;
	readonly random: Random;
	readonly network: Network;
	readonly clock: MachineClock;
	readonly log: Log;
	readonly sabotage: Sabotage;
};

const endpoint = {host: 'server', port: 5223, directTls: true};

export async function createMachine(parts: MachineParts): Promise<Machine> {
	const {name, house, ledger, secrecy, isProtected, timeline, random, network, clock, sabotage} = parts;
	const own = house.account;
	const sqlite = await loadSqlite();
	const path = join(parts.directory, `${name}.sqlite`);
	const keyRandom = createRandom(parts.keySeed);
	const settings = settingsInMemory({
		...defaultSettings,
		accounts: [{jid: own, enabled: true, secrets: 'key-file'}],
		'omemo.default': isProtected ? 'on' : 'off',
		'omemo.prefer': random.chance(0.5) ? 'legacy' : 'omemo2',
	});
	const secrets = memorySecrets({[own]: 'pencil'});
	const promised = new Set<number>();
	const composed = new Map<number, number>();
	const saved = new Map<number, number>();
	let places = 0;
	let running:
		| {readonly client: Client; readonly storage: Storage; readonly database: Database; life: Life}
		| undefined;

	const open = () => {
		const database = openDatabase(sqlite, path, {timeout: 0});
		database.execute('PRAGMA synchronous = OFF');
		return database;
	};

	const numbersByKey = new Map<number, number>();
	const devices = new Set<number>();
	const doubtful = new Set<number>();
	const obstacles: string[] = [];
	let backup: Machine['backup'] = 'none';
	const overhearing: Overhearing = {
		message({body, id, originId, key}) {
			const wrote = numberOf(String(body));
			if (typeof id === 'string' && !Number.isNaN(wrote)) {
				ledger.note(id, wrote);
			}

			const row = {body: String(body), ...(id && {id: String(id)}), ...(originId && {originId: String(originId)})};
			const number = ledger.ofRow(row);
			saved.set(number, ++places);
			numbersByKey.set(Number(key), number);
			timeline.note(`${name}: ${number} is put at ${placeOf(Number(key))}${Number.isNaN(wrote) ? ` ${body}` : ''}`);
		},
		waiting(key, seal) {
			const number = numbersByKey.get(key);
			if (seal === 'require' && number !== undefined) {
				secrecy.require(number);
			}
		},
		device(id) {
			devices.add(id);
		},
	};

	const died = () => {
		timeline.note(`${name}: the process dies`);
		network.hangUp();
		const gone = running;
		running = undefined;
		// Not in the middle of its transaction.
		timeline.after(0, () => gone?.database.close());
	};

	const compose = (to: string, number: number, kind?: 'groupchat') => {
		const client = running?.client;
		if (client === undefined) {
			return;
		}

		timeline.note(`${name}: ${number} is written`);
		composed.set(number, ++places);
		const draft = {account: own, to: to as BareJid, body: textOf(number), ...(kind && {kind})};
		client.actions.sendMessage(draft).then(
			() => promised.add(number),
			() => timeline.note(`${name}: ${number} is refused`),
		);
	};

	const kept = memoryEpochKeeper();
	const epochKeeper: typeof kept = {
		...kept,
		write(text) {
			kept.write(text);
			backup = backup === 'made' ? 'old' : backup;
		},
	};
	const machine: Machine = {
		name,
		house,
		ledger,
		isProtected,
		devices,
		obstacles,
		get backup() {
			return backup;
		},
		network,
		clock,
		get life() {
			return running?.life;
		},
		promised,
		composed,
		saved,
		start() {
			if (running !== undefined) {
				return;
			}

			timeline.note(`${name}: the program starts`);
			const life = createLife(died);
			const database = open();
			const time = clock.forProcess(() => life.isAlive);
			const opened = storageOn(mortal(database, life, overhearing), time, epochKeeper);
			const storage = sabotage.storage?.(opened) ?? opened;
			const client = createClient({
				storage,
				settings,
				secrets,
				clock: time,
				log: parts.log,
				resolver: {resolve: async () => [endpoint]},
				random: random.fraction,
				randomBytes: length => Uint8Array.from({length}, () => keyRandom.below(256)),
				openSession(options) {
					const all = {...options, socketClass: network.socketClass};
					return openSession(sabotage.session?.(all) ?? all);
				},
			});
			client.events(event => {
				if (event.type === 'account.changed') {
					timeline.note(`${name}: ${event.account.status}`);
				} else if (event.type === 'notice') {
					timeline.note(`${name}: ${event.text}`);
				} else if (event.type === 'encryption.changed' && event.problem !== undefined) {
					timeline.note(`${name}: ${event.problem.message}`);
					obstacles.push(event.problem.code);
				}
			});
			running = {client, storage, database, life};
			void client.start();
		},
		kill() {
			if (running !== undefined) {
				running.life.end();
				died();
			}
		},
		quit() {
			const leaving = running;
			if (leaving !== undefined) {
				timeline.note(`${name}: the program is ended`);
				void leaving.client.stop().finally(() => {
					if (running === leaving) {
						leaving.life.end();
						died();
					}
				});
			}
		},
		send: (peer, number) => compose(peer, number),
		say: (room, number) => compose(room, number, 'groupchat'),
		isDoubtful: device => doubtful.has(device),
		isInDoubt: () => doubtful.has(machine.inspect(({omemo}) => omemo.ownDeviceId(own)) ?? Number.NaN),
		backUp() {
			timeline.note(`${name}: the database is copied`);
			const database = open();
			rmSync(`${path}.old`, {force: true});
			database.execute(`VACUUM INTO '${path}.old'`);
			database.close();
			backup = 'made';
		},
		restore() {
			machine.kill();
			timeline.after(0, () => {
				timeline.note(`${name}: the copy is put back`);
				for (const suffix of ['', '-wal', '-shm']) {
					rmSync(`${path}${suffix}`, {force: true});
				}

				copyFileSync(`${path}.old`, path);
				backup = 'restored';
				for (const device of devices) {
					doubtful.add(device);
					secrecy.doubt(device);
				}

				// What was written since, this machine never heard of.
				const there = new Set(machine.inspect(storage => allMessages(machine, storage)).map(ledger.ofRow));
				for (const known of [promised, composed, saved]) {
					for (const number of [...known.keys()].filter(each => !there.has(each))) {
						known.delete(number);
					}
				}

				machine.start();
			});
		},
		ask(what) {
			const client = running?.client;
			if (client !== undefined) {
				what(client).catch(() => {});
			}
		},
		inspect(look) {
			if (running?.life.isAlive) {
				return look(running.storage);
			}

			const database = open();
			try {
				return look(
					storageOn(
						database,
						clock.forProcess(() => false),
						epochKeeper,
					),
				);
			} finally {
				database.close();
			}
		},
		close() {
			machine.kill();
		},
	};
	return machine;
}

/** All that is stored of a conversation, in the order in which it is shown. */
export function messagesWith({house}: Pick<Machine, 'house'>, storage: Storage, peer: Peer): readonly Message[] {
	return messagesIn(storage, bufferId(house.account, 'chat', peer as BareJid));
}

export function messagesInRoom({house}: Pick<Machine, 'house'>, storage: Storage, room: RoomJid): readonly Message[] {
	return messagesIn(storage, bufferId(house.account, 'room', room as BareJid));
}

/** All that is stored. */
export function allMessages(machine: Pick<Machine, 'house'>, storage: Storage): readonly Message[] {
	return [
		...machine.house.peers.flatMap(peer => messagesWith(machine, storage, peer)),
		...rooms.flatMap(room => messagesInRoom(machine, storage, room)),
	];
}

function messagesIn(storage: Storage, buffer: BufferId): readonly Message[] {
	return storage.messages.page(buffer, {limit: 100_000});
}

/** A key as a place in time, in seconds since the beginning of the run. */
export function placeOf(key: number): string {
	return `${(key / 1024 / 1000 - epoch / 1000).toFixed(3)}+${key % 1024}`;
}

function settingsInMemory(settings: Settings): SettingsStore {
	return {
		read: () => settings,
		async update(change) {
			settings = change(settings);
			return settings;
		},
		watch: () => () => {},
		path: '',
	};
}
