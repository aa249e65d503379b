/**
 * Live messages as fast as ejabberd delivers them. It drops whoever leaves 5,000 unacknowledged, so a client that stays
 * has acknowledged them; that they are recorded is read from the database.
 */
import {setTimeout as sleep} from 'node:timers/promises';
import {type Ejabberd, startEjabberd} from '../test/support/ejabberd.js';
import {type ChatPeer, startChatPeer} from '../test/support/peers/chat-peer.js';
import type {Terminal} from '../test/support/terminal.js';
import {type Contestant, contestants, measure, type OpenChat} from './clients.js';
import type {Figure} from './figures.js';
import type {Surroundings} from './surroundings.js';

const amount = 20_000;
/**
 * Messages a second that are sent. What comes faster than the server deals with waits in one queue with the
 * acknowledgements, and then it drops everybody, the fastest reader too.
 */
const pace = 6500;
/** profanity shows some hundred a second: less of it takes as long. */
const amountForOthers = 1000;
const warmUpAmount = 500;
/** Milliseconds. */
const longestGush = 10;
const password = 'secret';

type Flooded = {
	/** Messages a second, from the first one sent until the last one is on the screen. */
	readonly rate: number;
	/** The longest time that the open chat showed nothing newer. Milliseconds. */
	readonly stalled: number;
};

export async function flood(): Promise<readonly Figure[]> {
	const server = await startEjabberd({
		accounts: {peer: password, reader: password, xmppc: password, profanity: password},
		rosters: Object.fromEntries(
			[
				['peer', 'xmppc'],
				['peer', 'profanity'],
				['xmppc', 'peer'],
				['profanity', 'peer'],
			].map(([owner, contact]) => [owner, [{jid: `${contact}@ejabberd.test`}]]),
		),
	});
	try {
		const fastest = await measure('a bare reader', () => bareReader(server));
		const results: Partial<Record<Contestant['name'], Flooded>> = {};
		for (const contestant of contestants()) {
			const flooded = await measure(`${contestant.name} flooded`, () => flooding(server, contestant));
			if (flooded !== undefined) {
				results[contestant.name] = flooded;
			}
		}

		const {xmppc, profanity} = results;
		const name = `${amount} live messages from ejabberd`;
		return [
			{
				name: `${name}, recorded and acknowledged`,
				unit: '/s',
				least: 5000,
				xmppc: xmppc?.rate,
				peer: {name: 'profanity', value: profanity?.rate},
			},
			{
				name: `${name}, beside what it can deliver`,
				unit: '/s',
				xmppc: xmppc?.rate,
				peer: {name: 'bare reader', value: fastest},
			},
			{
				name: `${name}, the open chat stands still`,
				unit: 'ms',
				target: 250,
				xmppc: xmppc?.stalled,
				peer: {name: 'profanity', value: profanity?.stalled},
			},
		];
	} finally {
		await server.stop();
	}
}

async function flooding(server: Ejabberd, contestant: Contestant): Promise<Flooded> {
	const peer = await startChatPeer(server, 'peer', password);
	const surroundings: Surroundings = {
		server,
		peer,
		password,
		newAccount: () => ({localpart: contestant.name, password}),
		close: peer.close,
	};
	const chat = await contestant.open(surroundings, {columns: 80, rows: 24});
	try {
		const count = contestant.name === 'xmppc' ? amount : amountForOthers;
		await warmUp(peer, chat);
		const seen = watchNumbers(chat.terminal);
		const started = performance.now();
		await pour(count, body => peer.send(chat.jid, body, {noStore: true}));

		while (seen.newest < count) {
			if (performance.now() - started > 40_000) {
				throw new Error(`${count} messages do not come: the newest is ${seen.newest}\n${chat.terminal.text()}`);
			}

			await sleep(5);
		}

		seen.stop();
		const recorded = chat.recorded === undefined ? count : chat.recorded.count() - warmUpAmount;
		if (recorded !== count) {
			throw new Error(`${recorded} of ${count} messages are recorded\n${complaints(server)}`);
		}

		return {rate: count / ((seen.newestAt - started) / 1000), stalled: seen.stalled};
	} finally {
		await chat.close();
		await peer.close();
	}
}

/** What a client that has been open for a while has behind it: its code is compiled. */
async function warmUp(peer: ChatPeer, {terminal, jid}: OpenChat): Promise<void> {
	for (let number = 1; number <= warmUpAmount; number += 1) {
		peer.send(jid, `warming up ${number}.`, {noStore: true});
		await sleep(2);
	}

	await terminal.shows(`warming up ${warmUpAmount}.`);
	await terminal.settles(500);
}

/** Why the server ended a session, where it did. */
function complaints(server: Ejabberd): string {
	return server
		.log()
		.split('\n')
		.filter(line => line.includes('Closing c2s session'))
		.join('\n');
}

/** Sends numbered messages at an even pace; what this process was too busy for is not made up for in one gush. */
async function pour(count: number, send: (body: string) => void): Promise<void> {
	let last = performance.now();
	let due = 0;
	for (let sent = 0; sent < count; ) {
		const now = performance.now();
		due = Math.min(count, due + (Math.min(now - last, longestGush) / 1000) * pace);
		last = now;
		while (sent < due) {
			sent += 1;
			send(bodyOf(sent));
		}

		await sleep(1);
	}
}

const bodyOf = (number: number) => `number ${String(number).padStart(6, '0')} of many`;

/** The newest of the numbered messages on the screen, and how long it took for a newer one to come. */
function watchNumbers(terminal: Terminal) {
	let newestAt = performance.now();
	let newest = 0;
	let stalled = 0;
	const stop = terminal.onPaint(at => {
		const shown = Math.max(
			0,
			...[...terminal.text().matchAll(/number (\d{6}) of/g)].map(([, digits]) => Number(digits)),
		);
		if (shown > newest) {
			stalled = Math.max(stalled, newest === 0 ? 0 : at - newestAt);
			newest = shown;
			newestAt = at;
		}
	});
	return {
		get newest() {
			return newest;
		},
		get newestAt() {
			return newestAt;
		},
		get stalled() {
			return stalled;
		},
		stop,
	};
}

/** What the server can deliver to a client that does nothing with it, messages a second. */
async function bareReader(server: Ejabberd): Promise<number> {
	const [peer, reader] = [
		await startChatPeer(server, 'peer', password),
		await startChatPeer(server, 'reader', password),
	];
	const last = reader.hears(({body}) => body === bodyOf(amount), 40_000);
	const started = performance.now();
	await pour(amount, body => peer.send(`reader@${server.domain}`, body, {noStore: true}));

	const {at} = await last;
	await Promise.all([peer.close(), reader.close()]);
	return amount / ((at - started) / 1000);
}
