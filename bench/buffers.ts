import {setTimeout as sleep} from 'node:timers/promises';
import {type ChatPeer, startChatPeer} from '../test/support/peers/chat-peer.js';
import {keys} from '../test/support/terminal.js';
import {contestants, measure, nameOf, type OpenChat, type Size} from './clients.js';
import {type Figure, median} from './figures.js';
import {processorTime} from './processes.js';
import type {Surroundings} from './surroundings.js';

const size: Size = {columns: 200, rows: 50};
const conversations = 10;
/** Columns of the list of buffers. */
const listWidth = 20;
const amount = 100;
const warmUp = 300;

type Bytes = {
	readonly still: number | undefined;
	readonly scrolling: number | undefined;
	readonly unread: number | undefined;
	readonly switching: number | undefined;
	/** Milliseconds of processor time, all of the process. */
	readonly perMessage: number;
	readonly perKey: number;
};

/** Ten open conversations beside a list of 20 columns: what a message, an unread count and a change of buffer cost. */
export async function buffers(surroundings: Surroundings): Promise<readonly Figure[]> {
	const other = await startChatPeer(surroundings.server, 'other', surroundings.password);
	const taken: Partial<Record<string, Bytes>> = {};
	try {
		for (const contestant of contestants()) {
			taken[contestant.name] = await measure(`${contestant.name}, ten conversations`, async () => {
				const chat = await contestant.open(surroundings, size);
				try {
					return await takeBytes(surroundings, other, chat, contestant.name);
				} finally {
					await chat.close();
				}
			});
		}
	} finally {
		await other.close();
	}

	const figure = (name: string, unit: string, target: number, value: (bytes: Bytes) => number | undefined): Figure => ({
		name: `${name}, ${nameOf(size)}, ten conversations`,
		unit,
		target,
		xmppc: taken.xmppc && value(taken.xmppc),
		peer: {name: 'profanity', value: taken.profanity && value(taken.profanity)},
	});
	return [
		figure('message in view', 'bytes', 100, ({still}) => still),
		figure('message that scrolls', 'bytes', 400, ({scrolling}) => scrolling),
		figure('unread change', 'bytes', 40, ({unread}) => unread),
		figure('buffer switch', 'bytes', 2500, ({switching}) => switching),
		figure('processor a message', 'ms', 3, ({perMessage}) => perMessage),
		figure('processor a key', 'ms', 3, ({perKey}) => perKey),
	];
}

async function takeBytes(
	{peer, server}: Surroundings,
	other: ChatPeer,
	{terminal, jid}: OpenChat,
	contestant: string,
): Promise<Bytes> {
	let count = 0;
	const bytesOf = async (work: () => void, isDone: () => Promise<void>) => {
		const before = terminal.bytes;
		work();
		await isDone();
		await terminal.settles(60);
		return terminal.bytes - before;
	};
	const several = async (times: number, work: () => Promise<number>) => {
		const bytes = [];
		for (let index = 0; index < times; index += 1) {
			bytes.push(await work());
		}

		return median(bytes);
	};
	const message = () => {
		count += 1;
		// Twenty characters.
		const body = `message number ${String(count).padStart(5, '0')}`;
		return bytesOf(
			() => peer.send(jid, body, {noStore: true}),
			() => terminal.shows(body),
		);
	};

	const bare = (full: string) => full.split('/', 1)[0] ?? '';
	if (contestant === 'xmppc') {
		terminal.type(`/set list.width ${listWidth}\r`);
		await terminal.settles(300);
	}

	const open = contestant === 'xmppc' ? '/query' : '/msg';
	for (let index = 0; index < conversations - 2; index += 1) {
		terminal.type(`${open} friend${index}@${server.domain}\r`);
		await terminal.settles(200);
	}

	terminal.type(`${open} ${bare(other.jid)}\r`);
	await terminal.settles(200);
	terminal.type(`${open} ${bare(peer.jid)}\r`);
	await terminal.settles(500);

	await several(3, message);
	const still = await several(30, message);
	for (let index = 0; index < size.rows + warmUp; index += 1) {
		peer.send(jid, `filling line ${index}`, {noStore: true});
		await sleep(2);
	}

	await terminal.shows(`filling line ${size.rows + warmUp - 1}`);
	await terminal.settles(500);
	const before = processorTime(terminal.pid);
	const scrolling = await several(amount, message);
	const perMessage = (processorTime(terminal.pid) - before) / amount;

	const unread = await several(20, async () => {
		count += 1;
		other.send(jid, `elsewhere ${count}`, {noStore: true});
		return bytesOf(
			() => {},
			() => sleep(150),
		);
	});

	const line = 'the quick brown fox jumps over the lazy dog';
	const type = async () => {
		for (const character of line) {
			terminal.type(character);
			await sleep(15);
		}

		terminal.type(keys.controlU);
		await terminal.settles(60);
	};
	await type();
	const beforeKeys = processorTime(terminal.pid);
	await type();
	await type();
	const perKey = (processorTime(terminal.pid) - beforeKeys) / (2 * (line.length + 1));

	// Between two full conversations, there and back.
	for (let index = 0; index < size.rows; index += 1) {
		other.send(jid, `a line of the other one ${index}`, {noStore: true});
	}

	await terminal.settles(500);
	const next = contestant === 'xmppc' ? '\u001B/' : '\u001B[1;3D';
	const back = contestant === 'xmppc' ? '\u001B/' : '\u001B[1;3C';
	let turn = 0;
	const switching = await several(10, () => {
		turn += 1;
		return bytesOf(
			() => terminal.type(turn % 2 === 1 ? next : back),
			() => sleep(150),
		);
	});
	return {still, scrolling, unread, switching, perMessage, perKey};
}
