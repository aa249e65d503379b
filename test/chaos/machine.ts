/** A machine on which the real client runs, over and over, on one profile. */
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
import {account, numberOf, type Peer, peers, textOf} from './letters.js';
import {epoch, type MachineClock} from './machine-clock.js';
import {createLife, type Life, mortal} from './mortal-database.js';
import type {Network} from './network.js';
import type {Random} from './random.js';
import {type RoomJid, rooms} from './room-letters.js';
import type {Timeline} from './timeline.js';

/** Ways to break a rule on purpose, so that it is seen to be noticed. */
export type Sabotage = {
	readonly storage?: (storage: Storage) => Storage;
	readonly session?: (options: SessionOptions) => SessionOptions;
};

export type Machine = {
	readonly name: string;
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
	/** Does something with the running client; what it refuses is its right. */
	ask(what: (client: Client) => Promise<unknown>): void;
	/** Looks into the database, whether a process runs or not. */
	inspect<Result>(look: (storage: Storage) => Result): Result;
	/** For good. */
	close(): void;
};

export type MachineParts = {
	readonly name: string;
	readonly directory: string;
	readonly timeline: Timeline;
	readonly random: Random;
	readonly network: Network;
	readonly clock: MachineClock;
	readonly log: Log;
	readonly sabotage: Sabotage;
};

export const own = account as BareJid;
const endpoint = {host: 'server', port: 5223, directTls: true};

export async function createMachine(parts: MachineParts): Promise<Machine> {
	const {name, timeline, random, network, clock, sabotage} = parts;
	const sqlite = await loadSqlite();
	const path = join(parts.directory, `${name}.sqlite`);
	const settings = settingsInMemory();
	const secrets = memorySecrets({[account]: 'pencil'});
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

	const inserted = (body: string, key: number) => {
		saved.set(numberOf(body), ++places);
		timeline.note(`${name}: ${numberOf(body)} is put at ${placeOf(key)}`);
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

	const machine: Machine = {
		name,
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
			const opened = storageOn(mortal(database, life, inserted), time);
			const storage = sabotage.storage?.(opened) ?? opened;
			const client = createClient({
				storage,
				settings,
				secrets,
				clock: time,
				log: parts.log,
				resolver: {resolve: async () => [endpoint]},
				random: random.fraction,
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
export function messagesWith(storage: Storage, peer: Peer): readonly Message[] {
	return messagesIn(storage, bufferId(own, 'chat', peer as BareJid));
}

export function messagesInRoom(storage: Storage, room: RoomJid): readonly Message[] {
	return messagesIn(storage, bufferId(own, 'room', room as BareJid));
}

/** All that is stored. */
export function allMessages(storage: Storage): readonly Message[] {
	return [
		...peers.flatMap(peer => messagesWith(storage, peer)),
		...rooms.flatMap(room => messagesInRoom(storage, room)),
	];
}

function messagesIn(storage: Storage, buffer: BufferId): readonly Message[] {
	return storage.messages.page(buffer, {limit: 100_000});
}

/** A key as a place in time, in seconds since the beginning of the run. */
export function placeOf(key: number): string {
	return `${(key / 1024 / 1000 - epoch / 1000).toFixed(3)}+${key % 1024}`;
}

function settingsInMemory(): SettingsStore {
	let settings: Settings = {...defaultSettings, accounts: [{jid: own, enabled: true, secrets: 'key-file'}]};
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
