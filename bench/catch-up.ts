/**
 * An archive read from its newest message to its oldest, into the database, while somebody types. The archive is a
 * scripted one that answers at once; what Prosody itself hands out in such pages stands beside it.
 */
import {type ChildProcess, fork} from 'node:child_process';
import {setTimeout as sleep} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';
import {openPeerStream, startChatPeer} from '../test/support/peers/chat-peer.js';
import type {Home} from '../test/support/peers/home.js';
import {makeXmppcAccount} from '../test/support/peers/xmppc.js';
import {startProsody} from '../test/support/prosody.js';
import {keys, type Terminal} from '../test/support/terminal.js';
import type {ArchiveServerNews} from './archive-server.js';
import {measure} from './clients.js';
import {type Figure, percentile} from './figures.js';
import {keyToScreen} from './key-to-screen.js';
import {peakMemory} from './processes.js';
import {openRecorded} from './recorded.js';

const [few, many] = [10_000, 50_000];
const onProsody = 2000;
const pageSize = 100;
/** Megabytes that five times the archive may take more: nothing of it stays in memory, but garbage comes and goes. */
const memoryTolerance = 25;
const letters = 'abcdefghijklmnopqrstuvwxyz';

type CaughtUp = {
	/** Messages a second. */
	readonly rate: number;
	readonly delays: readonly number[];
	/** The most memory, in megabytes. */
	readonly memory: number;
};

export async function catchUp(): Promise<readonly Figure[]> {
	const small = await measure(`an archive of ${few}`, () => catchingUp(few));
	const large = await measure(`an archive of ${many}`, () => catchingUp(many));
	const prosody = await measure("Prosody's archive", prosodysRate);
	return [
		{
			name: `${many} archived messages into the database`,
			unit: '/s',
			least: 5000,
			xmppc: large?.rate,
			peer: {name: 'Prosody alone', value: prosody},
		},
		{name: 'key to screen p50 meanwhile', unit: 'ms', xmppc: large && percentile(large.delays, 50)},
		{name: 'key to screen p99 meanwhile', unit: 'ms', target: 50, xmppc: large && percentile(large.delays, 99)},
		{
			name: `peak memory, ${many} instead of ${few}`,
			unit: 'MB',
			...(small === undefined ? {} : {target: small.memory + memoryTolerance}),
			xmppc: large?.memory,
			peer: {name: `xmppc, ${few}`, value: small?.memory},
		},
	];
}

async function catchingUp(count: number): Promise<CaughtUp> {
	const server = await startArchiveServer(count);
	try {
		const {port, caFile} = server;
		const xmppc = await makeXmppcAccount({domain: 'example.test', port, tlsPort: port, caFile}, 'juliet', 'secret', {
			directTls: true,
		});
		try {
			const terminal = xmppc.open();
			try {
				await server.asked;
				const started = performance.now();
				const whole = server.read.then(() => untilRecorded(xmppc.home, count));
				const delays = await typeUntil(terminal, whole);
				const milliseconds = (await whole) - started;
				return {rate: count / (milliseconds / 1000), delays, memory: peakMemory(terminal.pid)};
			} finally {
				await terminal.stop();
			}
		} finally {
			xmppc.remove();
		}
	} finally {
		server.stop();
	}
}

/** Waits until the last page is committed too; monotonic milliseconds of that. */
async function untilRecorded(home: Home, count: number): Promise<number> {
	const recorded = await openRecorded(home);
	try {
		for (const end = performance.now() + 10_000; recorded.count() !== count; ) {
			if (performance.now() > end) {
				throw new Error(`${recorded.count()} of ${count} messages are recorded`);
			}

			await sleep(10);
		}

		return performance.now();
	} finally {
		recorded.close();
	}
}

/** Starts the scripted archive in a process of its own: its work is not ours. */
async function startArchiveServer(count: number) {
	const child: ChildProcess = fork(fileURLToPath(new URL('archive-server.js', import.meta.url)), [String(count)]);
	const news = <Type extends ArchiveServerNews['type']>(type: Type) =>
		new Promise<Extract<ArchiveServerNews, {type: Type}>>((resolve, reject) => {
			child.on('message', (said: ArchiveServerNews) => {
				if (said.type === type) {
					resolve(said as Extract<ArchiveServerNews, {type: Type}>);
				}
			});
			child.once('exit', () => reject(new Error('the scripted archive has ended')));
			setTimeout(() => reject(new Error(`the archive of ${count} is not "${type}"`)), 60_000).unref();
		});
	const [asked, read] = [news('asked'), news('read')];
	for (const late of [asked, read]) {
		late.catch(() => undefined);
	}

	const {port, caFile} = await news('listening');
	return {port, caFile, asked, read, stop: () => child.kill()};
}

/** Presses keys until `end`; how long each took to be on the screen. */
async function typeUntil(terminal: Terminal, end: Promise<unknown>): Promise<readonly number[]> {
	let isOver = false;
	const over = end.finally(() => {
		isOver = true;
	});
	over.catch(() => undefined);
	await terminal.shows(screen => screen.includes('>'));
	const delays = [];
	let typed = '';
	while (!isOver) {
		if (typed.length === letters.length) {
			terminal.type(keys.controlU);
			typed = '';
			await sleep(50);
		}

		typed += letters[typed.length];
		delays.push(await keyToScreen(terminal, typed));
		await sleep(15 + Math.random() * 10);
	}

	return delays;
}

/** Messages a second that Prosody hands out, page by page, to somebody who does nothing with them. */
async function prosodysRate(): Promise<number> {
	const server = await startProsody({accounts: {reader: 'secret', peer: 'secret'}, disable: ['offline']});
	try {
		const peer = await startChatPeer(server, 'peer', 'secret');
		const end = peer.hears(({body}) => body === 'end', 60_000);
		for (let number = 1; number < onProsody; number += 1) {
			peer.send(`reader@${server.domain}`, `archived number ${number}, and some words as people write them`);
		}

		peer.send(peer.jid, 'end');
		await end;
		await peer.close();
		const {socket, stream} = await openPeerStream(server, 'reader', 'secret', 'bench');
		const started = performance.now();
		let read = 0;
		for (let after: string | undefined; ; ) {
			const from = after === undefined ? '' : `<after>${after}</after>`;
			socket.write(
				`<iq type='set' id='page'><query xmlns='urn:xmpp:mam:2'><set xmlns='http://jabber.org/protocol/rsm'><max>${pageSize}</max>${from}</set></query></iq>`,
			);
			const page = await stream.reads(/<\/iq>/);
			read += page.split('<result ').length - 1;
			after = /<last>([^<]*)<\/last>/.exec(page)?.[1];
			if (after === undefined || /complete=['"]true/.test(page)) {
				break;
			}
		}

		const taken = performance.now() - started;
		socket.destroy();
		if (read < onProsody - 1) {
			throw new Error(`Prosody has only ${read} messages`);
		}

		return read / (taken / 1000);
	} finally {
		await server.stop();
	}
}
