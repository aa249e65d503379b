import {setTimeout as sleep} from 'node:timers/promises';
import {keys} from '../test/support/terminal.js';
import {nameOf, type OpenChat, onEveryScreen} from './clients.js';
import {type Figure, percentile} from './figures.js';
import {keyToScreen} from './key-to-screen.js';
import type {Surroundings} from './surroundings.js';

const messagesPerSecond = 200;
const duration = 15_000;
const calmDuration = 4000;
/** Milliseconds between a key that is on the screen and the next one; a bit of chance keeps out of step with frames. */
const pause = () => 25 + Math.random() * 20;
const letters = 'abcdefghijklmnopqrstuvwxyz';

type Loaded = {
	readonly delays: readonly number[];
	/** Milliseconds from the last message sent until it was on the screen. */
	readonly behind: number;
};

/** From a key to its letter on the screen while nothing happens, and while messages pour into the open conversation. */
export async function load(surroundings: Surroundings): Promise<readonly Figure[]> {
	const screens = await onEveryScreen(surroundings, async chat => ({
		calm: await typeFor(chat, calmDuration),
		loaded: await typeUnderLoad(surroundings, chat),
	}));
	return screens.flatMap(({size, results}) => {
		const calm: Figure = {
			name: `key to screen p50 idle, ${nameOf(size)}`,
			unit: 'ms',
			target: 5,
			xmppc: results.xmppc && percentile(results.xmppc.calm, 50),
			peer: {name: 'profanity', value: results.profanity && percentile(results.profanity.calm, 50)},
		};
		const figure = (name: string, value: (loaded: Loaded) => number | undefined, target?: number): Figure => ({
			name: `${name} at ${messagesPerSecond} msg/s, ${nameOf(size)}`,
			unit: 'ms',
			...(target === undefined ? {} : {target}),
			xmppc: results.xmppc && value(results.xmppc.loaded),
			peer: {name: 'profanity', value: results.profanity && value(results.profanity.loaded)},
		});
		return [
			calm,
			figure('key to screen p50', ({delays}) => percentile(delays, 50), 8),
			figure('key to screen p99', ({delays}) => percentile(delays, 99), 30),
			figure('last message to screen', ({behind}) => behind),
		];
	});
}

async function typeUnderLoad({peer}: Surroundings, {terminal, jid}: OpenChat): Promise<Loaded> {
	const pour = startPouring(body => peer.send(jid, body, {noStore: true}));
	try {
		await sleep(1000);
		const delays = await typeFor({terminal}, duration);
		const last = pour.stop();
		const stopped = performance.now();
		await terminal.shows(last, 20_000);
		return {delays, behind: performance.now() - stopped};
	} finally {
		pour.stop();
	}
}

/** Types letter after letter; milliseconds from each to the screen. */
async function typeFor({terminal}: Pick<OpenChat, 'terminal'>, milliseconds: number): Promise<readonly number[]> {
	const delays = [];
	const until = performance.now() + milliseconds;
	let typed = '';
	while (performance.now() < until) {
		if (typed.length === letters.length) {
			terminal.type(keys.controlU);
			typed = '';
			await sleep(100);
		}

		typed += letters[typed.length];
		delays.push(await keyToScreen(terminal, typed));
		await sleep(pause());
	}

	terminal.type(keys.controlU);
	await terminal.settles(100);
	return delays;
}

/** Sends numbered messages at an even pace; `stop` answers the last body. */
function startPouring(send: (body: string) => void) {
	const started = performance.now();
	let sent = 0;
	let last = '';
	const timer = setInterval(() => {
		const due = Math.floor(((performance.now() - started) / 1000) * messagesPerSecond);
		while (sent < due) {
			sent += 1;
			last = `message number ${String(sent).padStart(6, '0')}`;
			send(last);
		}
	}, 5);
	return {
		stop() {
			clearInterval(timer);
			return last;
		},
	};
}
