import {once} from 'node:events';
import {createServer, type Socket} from 'node:net';
import path from 'node:path';
import {createInterface} from 'node:readline';
import {fileURLToPath} from 'node:url';
import {makeHome} from '../test/support/peers/home.js';
import {startTerminal} from '../test/support/terminal.js';
import {measure} from './clients.js';
import type {Figure} from './figures.js';

const program = fileURLToPath(new URL('screen-program.js', import.meta.url));
const rate = 500;
const seconds = 15;
const rendered = 100_000;
/** Messages a second that a person can follow: each is drawn by itself. */
const leisurely = 15;

type Worked = {readonly processor: number; readonly milliseconds: number; readonly memory: number};

/** What the screen alone costs, fed at the store: no network, no database. 200x50, list open, the conversation scrolls. */
export async function screen(): Promise<readonly Figure[]> {
	const taken = await measure('xmppc, screen alone', takeFigures);
	return [
		{name: `screen alone at ${rate} msg/s, 200x50`, unit: '%', target: 12, xmppc: taken?.share},
		{name: 'screen alone, processor a message, 200x50', unit: 'ms', target: 3, xmppc: taken?.each},
		{name: `growth over ${rendered} rendered messages`, unit: 'MB', target: 10, xmppc: taken?.growth},
	];
}

async function takeFigures(): Promise<{readonly share: number; readonly each: number; readonly growth: number}> {
	const home = makeHome('screen');
	const address = path.join(home.environment.XDG_RUNTIME_DIR ?? '/tmp', 'orders.sock');
	const server = createServer().listen(address);
	const connected = once(server, 'connection') as Promise<[Socket]>;
	const terminal = startTerminal([process.execPath, program, address], {
		columns: 200,
		rows: 50,
		environment: {...home.environment, NODE_ENV: 'production'},
	});
	try {
		const [orders] = await connected;
		const answers = createInterface({input: orders})[Symbol.asyncIterator]();
		const order = async (line: string): Promise<Worked> => {
			orders.write(`${line}\n`);
			return JSON.parse((await answers.next()).value ?? '{}') as Worked;
		};

		await terminal.shows('friend0');
		await order(`pour ${rate} 5`);
		const busy = await order(`pour ${rate} ${seconds}`);
		const calm = await order(`pour ${leisurely} ${seconds}`);
		// The window of messages in memory is full only after some thousands.
		const before = await order('render 10000');
		const after = await order(`render ${rendered}`);
		return {
			share: (busy.processor / busy.milliseconds) * 100,
			each: calm.processor / (leisurely * seconds),
			growth: after.memory - before.memory,
		};
	} finally {
		await terminal.stop();
		server.close();
		home.remove();
	}
}
