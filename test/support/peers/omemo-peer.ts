import {spawn} from 'node:child_process';
import {fileURLToPath} from 'node:url';
import type {OmemoVersion} from '../../../source/model/device.js';
import type {TestServer} from '../servers.js';

/** The ids of the devices that a stanza is encrypted for, by version. */
export type AddressedDevices = {readonly [Version in OmemoVersion]?: readonly number[]};

/** Something that came to a device. */
export type PeerTold = {
	readonly what:
		| 'read'
		/** Only keys. */
		| 'empty'
		| 'unreadable'
		| 'clear'
		/** Somebody's device list. */
		| 'listed'
		/** Somebody is in the room. */
		| 'there'
		/** It came while all was ignored. */
		| 'lost';
	/** Bare JID of who wrote it, in rooms too. */
	readonly from?: string;
	readonly body?: string;
	readonly device?: number;
	readonly version?: OmemoVersion;
	readonly via?: 'live' | 'carbon' | 'archive';
	/** Why it could not be read: the name of the library's exception. */
	readonly reason?: string;
	readonly text?: string;
	readonly addressed?: AddressedDevices;
	/** Versions that it says to be encrypted in (XEP-0380). */
	readonly marks?: readonly OmemoVersion[];
	/** Body beside what is encrypted. */
	readonly fallback?: string | null;
	/** What the envelope says of itself, and how long it is; OMEMO 2 only. */
	readonly envelope?: {
		readonly from?: string;
		readonly to?: string;
		readonly time?: string;
		readonly rpad?: string;
		readonly bytes: number;
	};
	readonly devices?: readonly number[];
	readonly nick?: string;
};

export type SayOptions = {
	/** Bare JIDs of those it is encrypted for; the addressee unless given. */
	readonly for?: readonly string[];
	readonly type?: 'chat' | 'groupchat';
	/** It is encrypted and never sent, or not before `release`. */
	readonly keep?: 'for ever' | 'for later';
	/** What its envelope says instead of the truth; null: nothing. */
	readonly envelope?: {readonly from?: string | null; readonly to?: string | null};
};

/** A device on another implementation, python-omemo, in a program of its own; it trusts every key. */
export type OmemoPeer = {
	readonly device: number;
	/** 64 lowercase hexadecimal digits. */
	readonly fingerprint: string;
	/** Resolves when it is sent, with the devices it was encrypted for as `[bare JID, id]`. */
	say(
		to: string,
		text: string,
		options?: SayOptions,
	): Promise<{readonly [Version in OmemoVersion]?: ReadonlyArray<readonly [string, number]>}>;
	/** Sends what was kept for later. */
	release(): Promise<void>;
	/** From now on what comes is lost, without having been looked at, or no longer is. */
	ignore(on: boolean): Promise<void>;
	/** From now on what comes waits to be read, as on its way, or no longer does. */
	pause(on: boolean): Promise<void>;
	/** Sends a text in clear. */
	write(to: string, text: string, type?: 'chat' | 'groupchat'): Promise<void>;
	/** Resolves with the first thing that comes, or came, that `isMeant` accepts. Fails after 30 seconds. */
	sees(isMeant: (told: PeerTold) => boolean): Promise<PeerTold>;
	reads(body: string): Promise<PeerTold>;
	all(): readonly PeerTold[];
	online(): Promise<void>;
	offline(): Promise<void>;
	join(room: string, nick: string): Promise<void>;
	/** Asks for the device lists of somebody again. */
	refresh(jid: string): Promise<void>;
	/** Reads its archive, or a room's, from the beginning, as after a time offline. */
	readArchive(room?: string): Promise<void>;
	/** Takes its device off the lists of its account. */
	retire(): Promise<void>;
	stop(): Promise<void>;
};

/** Debian's own, which has Debian's packages; another one may come first on the path. */
const python = '/usr/bin/python3';
const program = fileURLToPath(new URL('../../../../test/support/peers/omemo_peer.py', import.meta.url));

let started = 0;

/** Makes a new device for an account of `server` and resolves when it is online and published. */
export async function startOmemoPeer(
	server: Pick<TestServer, 'domain' | 'port' | 'caFile'>,
	localpart: string,
	password: string,
	versions: readonly OmemoVersion[],
): Promise<OmemoPeer> {
	// Another one of the same account must not take its place.
	const jid = `${localpart}@${server.domain}/${versions.join('-')}-${++started}`;
	const child = spawn(python, [program, jid, password, `${server.port}`, server.caFile, ...versions]);
	const told: PeerTold[] = [];
	const answers: Array<(line: {answer?: unknown; error?: string}) => void> = [];
	let looking: ReadonlyArray<() => boolean> = [];
	let errors = '';
	let rest = '';
	child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
		errors += chunk;
	});
	child.stdin.on('error', () => {});
	child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
		const lines = (rest + chunk).split('\n');
		rest = lines.pop() ?? '';
		for (const line of lines) {
			const said = JSON.parse(line);
			if (said.what === 'done') {
				answers.shift()?.(said);
			} else {
				told.push(said);
			}
		}

		looking = looking.filter(look => !look());
	});
	const ended = new Promise<void>(resolve => child.once('close', () => resolve()));
	void ended.then(() => {
		for (const answer of answers.splice(0)) {
			answer({error: `the peer ended: ${errors}`});
		}
	});

	const ask = <Answer>(order: Readonly<Record<string, unknown>>): Promise<Answer> =>
		new Promise((resolve, reject) => {
			answers.push(({answer, error}) =>
				error === undefined ? resolve(answer as Answer) : reject(new Error(`${order.do}: ${error}\n${errors}`)),
			);
			child.stdin.write(`${JSON.stringify(order)}\n`);
		});

	const stop = async () => {
		child.kill('SIGKILL');
		await ended;
	};

	const sees: OmemoPeer['sees'] = isMeant =>
		new Promise((resolve, reject) => {
			const patience = setTimeout(
				() => reject(new Error(`${jid} saw only:\n${told.map(each => JSON.stringify(each)).join('\n')}\n${errors}`)),
				30_000,
			);
			const look = () => {
				const found = told.find(isMeant);
				if (found === undefined) {
					return false;
				}

				clearTimeout(patience);
				resolve(found);
				return true;
			};
			if (!look()) {
				looking = [...looking, look];
			}
		});

	try {
		const {id, fingerprint} = await ask<{readonly id: number; readonly fingerprint: string}>({do: 'online'});
		return {
			device: id,
			fingerprint,
			say: async (to, text, options = {}) =>
				(await ask<{readonly addressed: Awaited<ReturnType<OmemoPeer['say']>>}>({do: 'say', to, text, ...options}))
					.addressed,
			release: () => ask({do: 'release'}),
			ignore: on => ask({do: 'ignore', on}),
			pause: on => ask({do: 'pause', on}),
			write: (to, text, type = 'chat') => ask({do: 'write', to, text, type}),
			sees,
			reads: body => sees(each => each.what === 'read' && each.body === body),
			all: () => told,
			online: () => ask({do: 'online'}),
			offline: () => ask({do: 'offline'}),
			join: (room, nick) => ask({do: 'join', room, nick}),
			refresh: of => ask({do: 'refresh', jid: of}),
			readArchive: room => ask({do: 'archive', ...(room === undefined ? {} : {room})}),
			retire: () => ask({do: 'retire'}),
			stop,
		};
	} catch (error) {
		await stop();
		throw error;
	}
}
