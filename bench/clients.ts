import {startProfanity} from '../test/support/peers/profanity.js';
import {makeXmppcAccount} from '../test/support/peers/xmppc.js';
import type {Terminal} from '../test/support/terminal.js';
import {openRecorded, type Recorded} from './recorded.js';
import {isInstalled, type Surroundings} from './surroundings.js';

export type Size = {readonly columns: number; readonly rows: number};

/** The two sizes every figure of the screen is taken at. */
export const sizes: readonly Size[] = [
	{columns: 80, rows: 24},
	{columns: 200, rows: 50},
];

/** A client on a screen, online, with the conversation with the peer open and nothing in it. */
export type OpenChat = {
	readonly terminal: Terminal;
	/** Bare JID of its account. */
	readonly jid: string;
	/** Its history, where one can look into it. */
	readonly recorded?: Recorded;
	close(): Promise<void>;
};

/** A terminal client that figures are taken of. */
export type Contestant = {
	readonly name: 'xmppc' | 'profanity';
	/** Opens it with an account that nobody has used. */
	open(surroundings: Surroundings, size: Size): Promise<OpenChat>;
};

const xmppc: Contestant = {
	name: 'xmppc',
	async open({server, peer, newAccount}, size) {
		const {localpart, password} = newAccount();
		const program = await makeXmppcAccount(server, localpart, password);
		const terminal = program.open(size);
		let recorded: Recorded | undefined;
		const close = async () => {
			recorded?.close();
			await terminal.stop();
			program.remove();
		};
		try {
			await terminal.shows(isOnline);
			recorded = await openRecorded(program.home);
			const contact = peer.jid.split('/', 1)[0] ?? '';
			terminal.type(`/query ${contact}\r`);
			await terminal.shows(screen => screen.split('\n')[0]?.includes(contact) === true);
			await terminal.settles();
		} catch (error) {
			await close();
			throw error;
		}

		return {terminal, jid: `${localpart}@${server.domain}`, recorded, close};
	},
};

/** The status bar of xmppc names an account that is online with this sign. */
export function isOnline(screen: string): boolean {
	return screen.split('\n').slice(-3).join('\n').includes('●');
}

const profanity: Contestant = {
	name: 'profanity',
	async open({server, peer, newAccount}, size) {
		const {localpart, password} = newAccount();
		const client = await startProfanity(server, localpart, password, size);
		try {
			await client.opens(peer.jid.split('/', 1)[0] ?? '');
			await client.terminal.settles();
		} catch (error) {
			await client.stop();
			throw error;
		}

		return {terminal: client.terminal, jid: `${localpart}@${server.domain}`, close: client.stop};
	},
};

/** xmppc, and profanity where it is installed. */
export function contestants(): readonly Contestant[] {
	return isInstalled('profanity') ? [xmppc, profanity] : [xmppc];
}

/** Takes a figure of one contestant; a failure is told on stderr and leaves the figure empty. */
export async function measure<T>(name: string, work: () => Promise<T>): Promise<T | undefined> {
	try {
		return await work();
	} catch (error) {
		process.stderr.write(`bench: ${name}: ${error instanceof Error ? error.message : String(error)}\n`);
		return undefined;
	}
}

/** Opens each contestant at each size in turn, takes `work` of it and closes it. */
export async function onEveryScreen<T>(
	surroundings: Surroundings,
	work: (chat: OpenChat) => Promise<T>,
): Promise<readonly {readonly size: Size; readonly results: Readonly<Partial<Record<Contestant['name'], T>>>}[]> {
	const all = [];
	for (const size of sizes) {
		const results: Partial<Record<Contestant['name'], T>> = {};
		for (const contestant of contestants()) {
			const result = await measure(`${contestant.name} at ${nameOf(size)}`, async () => {
				const chat = await contestant.open(surroundings, size);
				try {
					return await work(chat);
				} finally {
					await chat.close();
				}
			});
			if (result !== undefined) {
				results[contestant.name] = result;
			}
		}

		all.push({size, results});
	}

	return all;
}

/** `80x24` */
export function nameOf({columns, rows}: Size): string {
	return `${columns}x${rows}`;
}
