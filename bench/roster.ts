/** Login of somebody with 2,000 contacts, all of them online: until the client has dealt with it, and what it does then. */
import {fork} from 'node:child_process';
import {setTimeout as sleep} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';
import {startProfanity} from '../test/support/peers/profanity.js';
import {makeXmppcAccount} from '../test/support/peers/xmppc.js';
import {freePorts, type Prosody, startProsody} from '../test/support/prosody.js';
import {keys, type Terminal} from '../test/support/terminal.js';
import {type Contestant, contestants, measure} from './clients.js';
import type {Figure} from './figures.js';
import {keyToScreen} from './key-to-screen.js';
import {processorTime} from './processes.js';

const contacts = 2000;
const [localpart, password, secret] = ['juliet', 'secret', 'handshake'];
const contactsDomain = 'contacts.example.test';
/** All times in milliseconds. */
const patience = 15_000;
const sampling = 50;
/** Who uses less of a processor than this share over `calm` has settled. */
const share = 0.1;
const calm = 300;
const afterwards = 5000;
const letters = 'abcdefghijklmnopqrstuvwxyz';

type Settling = {
	/** From the start of the program; `patience` where it never did. */
	readonly settled: number;
	/** Per cent of one processor, afterwards. */
	readonly idle: number;
	/** The longest that a key took to be on the screen while the login went on. */
	readonly stall: number;
};

export async function roster(): Promise<readonly Figure[]> {
	const [componentPort = 0] = await freePorts(1);
	const server = await startProsody({
		accounts: {[localpart]: password},
		rosters: {
			[localpart]: Array.from({length: contacts}, (_, index) => ({
				jid: `contact${index}@${contactsDomain}`,
				name: `Contact ${index}`,
				groups: [`Group ${index % 20}`],
			})),
		},
		// The section of the component stays open to the end of these lines.
		settings: `component_ports = { ${componentPort} }\nComponent "${contactsDomain}"\ncomponent_secret = "${secret}"`,
	});
	const program = fileURLToPath(new URL('contacts-component.js', import.meta.url));
	const component = fork(program, [String(componentPort), contactsDomain, secret]);
	try {
		let told = 0;
		await new Promise((resolve, reject) => {
			component.on('message', count => {
				told = Number(count);
				resolve(undefined);
			});
			component.once('exit', () => reject(new Error('the contacts have gone')));
		});
		const results: Partial<Record<Contestant['name'], Settling>> = {};
		for (const {name} of contestants()) {
			const before = told;
			const settling = await measure(`${name} with ${contacts} contacts`, () => settlingOf(server, openers[name]));
			if (told - before !== 2 * contacts) {
				throw new Error(`${told - before} contacts were asked for their presence by ${name}, at two logins`);
			}

			if (settling !== undefined) {
				results[name] = settling;
			}
		}

		const figure = (name: string, unit: string, target: number, value: (settling: Settling) => number): Figure => ({
			name: `${contacts} contacts: ${name}`,
			unit,
			target,
			xmppc: results.xmppc && value(results.xmppc),
			peer: {name: 'profanity', value: results.profanity && value(results.profanity)},
		});
		return [
			figure('start to settled', 'ms', 1500, ({settled}) => settled),
			figure('processor afterwards', '%', 0.5, ({idle}) => idle),
			figure('longest key to screen', 'ms', 50, ({stall}) => stall),
		];
	} finally {
		component.kill();
		await server.stop();
	}
}

/** Starts a client and hands out its screen at once; `ready` when a key can be typed, `close` leaves nothing behind. */
type Opener = (
	server: Prosody,
) => Promise<{readonly terminal: Terminal; readonly ready: Promise<unknown>; close(): Promise<void>}>;

const openers: Readonly<Record<Contestant['name'], Opener>> = {
	async xmppc(server) {
		const xmppc = await makeXmppcAccount(server, localpart, password);
		// What a first login notes of the server is noted, but no contact is known yet.
		await xmppc.run(['send', `${localpart}@${server.domain}`, 'hello']);
		const terminal = xmppc.open();
		return {
			terminal,
			ready: terminal.shows('>'),
			async close() {
				await terminal.stop();
				xmppc.remove();
			},
		};
	},
	async profanity(server) {
		return new Promise((resolve, reject) => {
			const ready = startProfanity(server, localpart, password, {
				onStart: terminal => resolve({terminal, ready, close: async () => (await ready).stop()}),
			});
			ready.catch(reject);
		});
	},
};

/** Twice: once in peace, once with keys, whose echo costs time too. */
async function settlingOf(server: Prosody, open: Opener): Promise<Settling> {
	const quiet = await open(server);
	let settling: Omit<Settling, 'stall'>;
	try {
		settling = await watchProcessor(quiet.terminal);
	} finally {
		await quiet.close();
	}

	const typed = await open(server);
	try {
		await typed.ready;
		return {...settling, stall: await longestKey(typed.terminal)};
	} finally {
		await typed.close();
	}
}

async function watchProcessor({pid, startedAt}: Terminal): Promise<Omit<Settling, 'stall'>> {
	const samples: {readonly at: number; readonly used: number}[] = [];
	let busyAt = performance.now();
	while (performance.now() - busyAt < afterwards && performance.now() - startedAt < patience + afterwards) {
		const now = {at: performance.now(), used: processorTime(pid)};
		samples.push(now);
		const before = samples.findLast(({at}) => at <= now.at - calm) ?? {at: startedAt, used: 0};
		if (now.used - before.used > share * (now.at - before.at)) {
			busyAt = now.at;
		}

		await sleep(sampling);
	}

	const end = {at: performance.now(), used: processorTime(pid)};
	// The window in which it was last seen busy ends with what it was busy with.
	const settled = Math.min(patience, busyAt - startedAt - (calm - sampling));
	const quiet = samples.find(({at}) => at >= Math.min(busyAt + calm, end.at - 1000)) ?? end;
	return {settled, idle: ((end.used - quiet.used) / (end.at - quiet.at)) * 100};
}

async function longestKey(terminal: Terminal): Promise<number> {
	let [longest, typed] = [0, ''];
	for (const end = performance.now() + afterwards; performance.now() < end; ) {
		if (typed.length === letters.length) {
			terminal.type(keys.controlU);
			typed = '';
			await sleep(50);
		}

		typed += letters[typed.length];
		longest = Math.max(longest, await keyToScreen(terminal, typed));
		await sleep(15 + Math.random() * 10);
	}

	return longest;
}
