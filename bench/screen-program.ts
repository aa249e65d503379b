/**
 * A program of its own: the TUI with ten conversations and no network, which feeds its own store. On its standard input
 * the person's keys come; a line from the socket named by its argument says what to do: `pour RATE SECONDS` or `render
 * COUNT`. When it is done it answers there with processor time and resident memory of this process.
 */
import {connect} from 'node:net';
import process from 'node:process';
import {createInterface} from 'node:readline';
import {setTimeout as sleep} from 'node:timers/promises';
import {defaultSettings} from '../source/model/settings.js';
import {systemClock} from '../source/shared/clock.js';
import type {BareJid} from '../source/shared/jid.js';
import {startTui} from '../source/tui/start.js';
import {createFakeBackend} from '../test/tui/fake-backend.js';
import {account, buffer, contact, message} from '../test/tui/support.js';

const people = Array.from({length: 10}, (_, index) => `friend${index}@example.net` as BareJid);
const buffers = people.map(jid => buffer(jid));
const [first] = buffers;
const backend = createFakeBackend(systemClock, {
	accounts: [account()],
	contacts: people.map(jid => contact(jid)),
	buffers,
	...(first === undefined ? {} : {active: first.id}),
});

let key = Date.now() * 1024;
let count = 0;

function record(): void {
	count += 1;
	key += 1;
	const [author = 'friend0@example.net' as BareJid] = people;
	const at = Math.floor(key / 1024);
	const body = `message ${String(count).padStart(6, '0')} of many`;
	backend.emit({
		type: 'message.recorded',
		message: {...message(at, body), key, author, ...(first === undefined ? {} : {buffer: first.id})},
	});
}

async function pour(rate: number, seconds: number): Promise<void> {
	const started = performance.now();
	const all = rate * seconds;
	for (let sent = 0; sent < all; ) {
		const due = Math.min(all, Math.floor(((performance.now() - started) / 1000) * rate));
		for (; sent < due; sent += 1) {
			record();
		}

		// What this program itself costs is to be little beside what it measures.
		await sleep(Math.max(10, 1000 / rate));
	}
}

/** Forty between two paints: each is laid out. */
async function render(amount: number): Promise<void> {
	for (let sent = 0; sent < amount; sent += 40) {
		for (let index = 0; index < 40; index += 1) {
			record();
		}

		await sleep(34);
	}
}

const socket = connect(process.argv[2] ?? '');
const orders = createInterface({input: socket});
orders.on('line', order => {
	const [what, amount, seconds] = order.split(' ');
	const before = process.cpuUsage();
	const started = performance.now();
	const work = what === 'pour' ? pour(Number(amount), Number(seconds)) : render(Number(amount));
	void work.then(() => {
		const {user, system} = process.cpuUsage(before);
		const answer = {
			processor: (user + system) / 1000,
			milliseconds: performance.now() - started,
			memory: process.memoryUsage.rss() / 1e6,
		};
		socket.write(`${JSON.stringify(answer)}\n`);
	});
});

await startTui({
	open: async () => ({actions: backend.actions, events: backend.events}),
	stdin: process.stdin,
	stdout: process.stdout,
	env: process.env,
	clock: systemClock,
	settings: defaultSettings,
});
process.exit();
