/** Rooms: one with 5,000 people in it, a hundred of them after a login, and twenty that talk at once. */
import {type ChildProcess, fork} from 'node:child_process';
import {setTimeout as sleep} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';
import {makeXmppcAccount} from '../test/support/peers/xmppc.js';
import {freePorts, type Prosody, startProsody} from '../test/support/prosody.js';
import {keys, type Terminal} from '../test/support/terminal.js';
import {isOnline, measure} from './clients.js';
import {type Figure, median, percentile} from './figures.js';
import {keyToScreen} from './key-to-screen.js';
import {residentMemory} from './processes.js';
import type {Order} from './rooms-component.js';

const [localpart, password, secret] = ['juliet', 'secret', 'handshake'];
const people = 'people.example.test';
const occupants = 5000;
const rooms = 100;
const inEach = 50;
const talking = 20;
const rate = 200;
const seconds = 10;
const letters = 'abcdefghijklmnopqrstuvwxyz';

export async function roomFigures(): Promise<readonly Figure[]> {
	const [componentPort = 0] = await freePorts(1);
	const server = await startProsody({
		accounts: {[localpart]: password},
		// The section of the component stays open to the end of these lines.
		settings: `component_ports = { ${componentPort} }\nComponent "${people}"\ncomponent_secret = "${secret}"`,
	});
	const component = fork(fileURLToPath(new URL('rooms-component.js', import.meta.url)), [
		String(componentPort),
		people,
		secret,
		String(occupants),
	]);
	const tell = (order: Order) => {
		const done = heard(component, order.type);
		component.send(order);
		return done;
	};
	try {
		await heard(component, 'ready');
		const crowd = await measure('a crowd', () => enterCrowd(server, tell));
		const many = await measure('many rooms', () => enterMany(server, tell));
		return [
			{name: `room of ${occupants}: until usable`, unit: 'ms', target: 2000, xmppc: crowd?.usable},
			{name: `room of ${occupants}: longest key to screen`, unit: 'ms', target: 50, xmppc: crowd?.stall},
			{name: `room of ${occupants}: memory`, unit: 'MB', target: 25, xmppc: crowd?.memory},
			{name: `room of ${occupants}: one is away`, unit: 'bytes', target: 400, xmppc: crowd?.change},
			{name: `${rooms} rooms of ${inEach}: all joined`, unit: 'ms', target: 10_000, xmppc: many?.joined},
			{name: `${rooms} rooms of ${inEach}: first key to screen`, unit: 'ms', target: 1000, xmppc: many?.usable},
			{name: `key to screen p99 at ${rate} msg/s in ${talking} rooms`, unit: 'ms', target: 40, xmppc: many?.key},
		];
	} finally {
		component.kill();
		await server.stop();
	}
}

async function heard(component: ChildProcess, what: string): Promise<void> {
	await new Promise<void>((resolve, reject) => {
		const gone = () => reject(new Error('the people have gone'));
		const listen = (message: unknown) => {
			if (message === what) {
				component.off('message', listen);
				component.off('exit', gone);
				resolve();
			}
		};
		component.on('message', listen);
		component.once('exit', gone);
	});
}

async function enterCrowd(server: Prosody, tell: (order: Order) => Promise<void>) {
	const program = await makeXmppcAccount(server, localpart, password);
	const terminal = program.open({columns: 200, rows: 50});
	try {
		await terminal.shows(isOnline);
		await terminal.settles(500);
		terminal.type(`/join crowd@${people}`);
		// What the first command loads is not the room's.
		await terminal.settles(1500);
		const before = residentMemory(terminal.pid);
		const entered = performance.now();
		terminal.type('\r');
		const usable = terminal
			.shows(new RegExp(String(occupants + 1).replace('5001', '5,?001'), 'u'))
			.then(() => performance.now() - entered);
		const stall = await longestKey(terminal, 3000);
		const took = await usable;
		await terminal.settles(500);
		const memory = residentMemory(terminal.pid) - before;
		const changes = [];
		for (let occupant = 0; occupant < 10; occupant += 1) {
			const bytes = terminal.bytes;
			await tell({type: 'change', occupant, away: true});
			await sleep(150);
			changes.push(terminal.bytes - bytes);
		}

		return {usable: took, stall, memory, change: median(changes)};
	} finally {
		await terminal.stop();
		program.remove();
	}
}

async function enterMany(server: Prosody, tell: (order: Order) => Promise<void>) {
	const addresses = Array.from({length: rooms}, (_, index) => `room${index}@${server.roomDomain}`);
	await tell({type: 'enter', rooms: addresses, people: inEach});
	const program = await makeXmppcAccount(server, localpart, password);
	try {
		const first = program.open({columns: 200, rows: 50});
		await first.shows(isOnline);
		const everywhere = tell({type: 'arrive', nick: localpart, count: rooms});
		for (const room of addresses) {
			first.type(`/bookmark autojoin on ${room}\r`);
			await sleep(50);
		}

		await everywhere;
		await first.settles(2000);
		first.type('/quit\r');
		await first.ended;

		const terminal = program.open({columns: 200, rows: 50});
		try {
			const joined = tell({type: 'arrive', nick: localpart, count: rooms}).then(
				() => performance.now() - terminal.startedAt,
			);
			await terminal.shows('>');
			const usable = await keyToScreen(terminal, 'x');
			terminal.type(keys.controlU);
			const took = await joined;
			const talk = tell({type: 'talk', rooms: addresses.slice(0, talking), rate, seconds});
			const delays = await typeFor(terminal, seconds * 1000 - 1000);
			await talk;
			return {joined: took, usable, key: percentile(delays, 99)};
		} finally {
			await terminal.stop();
		}
	} finally {
		program.remove();
	}
}

async function longestKey(terminal: Terminal, milliseconds: number): Promise<number> {
	return Math.max(...(await typeFor(terminal, milliseconds)));
}

async function typeFor(terminal: Terminal, milliseconds: number): Promise<readonly number[]> {
	const delays = [];
	let typed = '';
	for (const end = performance.now() + milliseconds; performance.now() < end; ) {
		if (typed.length === letters.length) {
			terminal.type(keys.controlU);
			typed = '';
			await sleep(50);
		}

		typed += letters[typed.length];
		delays.push(await keyToScreen(terminal, typed));
		await sleep(15 + Math.random() * 10);
	}

	terminal.type(keys.controlU);
	return delays;
}
