import {startProfanity} from '../test/support/peers/profanity.js';
import {makeXmppc, makeXmppcAccount} from '../test/support/peers/xmppc.js';
import type {Terminal} from '../test/support/terminal.js';
import {isOnline, measure, nameOf, type Size, sizes} from './clients.js';
import {type Figure, median} from './figures.js';
import {wallTime} from './processes.js';
import {isInstalled, type Surroundings} from './surroundings.js';

const runs = 9;
const versionRuns = 21;
const lastWords = 'last words';

type Started = {
	readonly painted: number;
	readonly online: number;
	/** The newest message of the conversation that was left open. */
	readonly recalled: number;
};

/** From the start of the process: to the first text on the screen, to being online, to the end of `--version`. */
export async function start(surroundings: Surroundings): Promise<readonly Figure[]> {
	const figures: Figure[] = [];
	for (const size of sizes) {
		const own = await measure(`xmppc, start at ${nameOf(size)}`, () => xmppcStarts(surroundings, size));
		const other = isInstalled('profanity')
			? await measure(`profanity, start at ${nameOf(size)}`, () => profanityStarts(surroundings, size))
			: undefined;
		const figure = (name: string, value: (started: Started) => number, target?: number): Figure => ({
			name: `${name}, ${nameOf(size)}`,
			unit: 'ms',
			...(target === undefined ? {} : {target}),
			xmppc: own && median(own.map(value)),
			peer: {name: 'profanity', value: other && median(other.map(value))},
		});
		figures.push(
			figure('start to first paint', ({painted}) => painted, 200),
			{
				name: `start to last conversation, ${nameOf(size)}`,
				unit: 'ms',
				target: 200,
				xmppc: own && median(own.map(({recalled}) => recalled)),
			},
			figure('start to online', ({online}) => online),
		);
	}

	return [...figures, await version()];
}

async function xmppcStarts({server, newAccount, peer}: Surroundings, size: Size): Promise<readonly Started[]> {
	const {localpart, password} = newAccount();
	const program = await makeXmppcAccount(server, localpart, password);
	const all = [];
	try {
		await leaveOpen(program.open(size), peer.jid.split('/', 1)[0] ?? '');
		for (let run = 0; run <= runs; run += 1) {
			const terminal = program.open(size);
			try {
				all.push(await watchStart(terminal, isOnline));
			} finally {
				await terminal.stop();
			}
		}
	} finally {
		program.remove();
	}

	return all.slice(1);
}

/** A conversation with a message in it, open when the program is left. */
async function leaveOpen(terminal: Terminal, contact: string): Promise<void> {
	await terminal.shows(isOnline);
	terminal.type(`/query ${contact}\r`);
	await terminal.shows(screen => screen.split('\n')[0]?.includes(contact) === true);
	terminal.type(`${lastWords}\r`);
	await terminal.shows(/last words +✓/u);
	terminal.type('/quit\r');
	await terminal.ended;
}

async function profanityStarts({server, newAccount}: Surroundings, size: Size): Promise<readonly Started[]> {
	const {localpart, password} = newAccount();
	const all = [];
	for (let run = 0; run <= runs; run += 1) {
		let started: Promise<Started> | undefined;
		const client = await startProfanity(server, localpart, password, {
			...size,
			onStart(terminal) {
				started = watchStart(terminal, screen => screen.includes('[online]'));
			},
		});
		try {
			if (started !== undefined) {
				all.push(await started);
			}
		} finally {
			await client.stop();
		}
	}

	return all.slice(1);
}

async function watchStart(terminal: Terminal, isThere: (screen: string) => boolean): Promise<Started> {
	let painted: number | undefined;
	let online: number | undefined;
	let recalled: number | undefined;
	const forget = terminal.onPaint(at => {
		painted ??= terminal.text().trim() === '' ? undefined : at;
		online ??= isThere(terminal.text()) ? at : undefined;
		recalled ??= terminal.text().includes(lastWords) ? at : undefined;
	});
	await terminal.shows(isThere);
	forget();
	const now = performance.now();
	const after = (at = now) => at - terminal.startedAt;
	return {painted: after(painted), online: after(online), recalled: after(recalled)};
}

/** The program's floor, and under it that of the runtime. */
async function version(): Promise<Figure> {
	const xmppc = makeXmppc();
	const own: number[] = [];
	const bare: number[] = [];
	const failed = await measure('xmppc --version', async () => {
		for (let run = 0; run <= versionRuns; run += 1) {
			own.push(await wallTime([...xmppc.command, '--version'], xmppc.home.environment));
			bare.push(await wallTime([process.execPath, '-e', '0'], xmppc.home.environment));
		}

		return false;
	});
	xmppc.remove();
	return {
		name: 'xmppc --version',
		unit: 'ms',
		target: 60,
		xmppc: failed === undefined ? undefined : median(own.slice(1)),
		peer: {name: 'node -e 0', value: median(bare.slice(1))},
	};
}
