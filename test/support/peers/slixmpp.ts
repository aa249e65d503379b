import {spawn} from 'node:child_process';
import {fileURLToPath} from 'node:url';
import type {TestServer} from '../servers.js';

/** Something that happened to somebody in a room. */
export type Told = {
	readonly what: 'online' | 'failed' | 'said' | 'subject' | 'there' | 'gone';
	readonly nick?: string;
	readonly body?: string;
	/** Status codes of XEP-0045. */
	readonly codes?: readonly number[];
};

/** An account on slixmpp, in rooms. */
export type Occupant = {
	does(what: 'join' | 'say' | 'leave' | 'nick', room: string, text?: string): void;
	/** Resolves with the first thing that happens, or happened, that `isMeant` accepts. Fails after 30 seconds. */
	sees(isMeant: (told: Told) => boolean): Promise<Told>;
	stop(): Promise<void>;
};

/** Debian's own, which has Debian's slixmpp; another one may come first on the path. */
const python = '/usr/bin/python3';
const program = fileURLToPath(new URL('../../../../test/support/peers/occupant.py', import.meta.url));

/** Starts slixmpp as an account of `server` and resolves when it is online. */
export async function startOccupant(server: TestServer, localpart: string, password: string): Promise<Occupant> {
	const jid = `${localpart}@${server.domain}/slixmpp`;
	const child = spawn(python, [program, jid, password, `${server.port}`, server.caFile]);
	const all: Told[] = [];
	let errors = '';
	let look = () => {};
	let rest = '';
	child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
		errors += chunk;
	});
	child.stdin.on('error', () => {});
	child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
		const lines = (rest + chunk).split('\n');
		rest = lines.pop() ?? '';
		all.push(...lines.map((line): Told => JSON.parse(line)));
		look();
	});
	const ended = new Promise<void>(resolve => child.once('close', () => resolve()));
	const occupant: Occupant = {
		does(what, room, text = '') {
			child.stdin.write(`${JSON.stringify({do: what, room, text})}\n`);
		},
		sees: isMeant =>
			new Promise((resolve, reject) => {
				const patience = setTimeout(
					() => reject(new Error(`slixmpp saw only ${JSON.stringify(all)}\n${errors}`)),
					30_000,
				);
				look = () => {
					const found = all.find(isMeant);
					if (found !== undefined) {
						clearTimeout(patience);
						look = () => {};
						resolve(found);
					}
				};
				look();
			}),
		async stop() {
			child.kill('SIGKILL');
			await ended;
		},
	};
	try {
		await occupant.sees(({what}) => what === 'online');
	} catch (error) {
		await occupant.stop();
		throw error;
	}

	return occupant;
}
