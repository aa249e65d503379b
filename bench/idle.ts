import {setTimeout as sleep} from 'node:timers/promises';
import {contestants, measure, nameOf, sizes} from './clients.js';
import type {Figure} from './figures.js';
import {processorTime, residentMemory} from './processes.js';
import type {Surroundings} from './surroundings.js';

/** Long enough that 0.1 % of one processor is 20 ms. */
const window = 20_000;
/** What still follows from the start is not idleness: V8 collects garbage a last time some 15 seconds after it. */
const calmingDown = 20_000;

type Quiet = {readonly bytes: number; readonly processor: number; readonly memory: number};

/** Connected, a conversation open, nothing happens: bytes to the terminal, processor and memory. All at once. */
export async function idle(surroundings: Surroundings): Promise<readonly Figure[]> {
	const everyone = sizes.flatMap(size => contestants().map(contestant => ({size, contestant})));
	const opened: {readonly key: string; readonly quiet: Promise<Quiet | undefined>}[] = [];
	const start = startSignal();
	for (const {size, contestant} of everyone) {
		const key = `${contestant.name} ${nameOf(size)}`;
		const ready = startSignal();
		const quiet = measure(`${key}, idle`, async () => {
			try {
				const chat = await contestant.open(surroundings, size);
				ready.give();
				await start.given;
				const bytes = chat.terminal.bytes;
				const processor = processorTime(chat.terminal.pid);
				await sleep(window);
				const result = {
					bytes: chat.terminal.bytes - bytes,
					processor: ((processorTime(chat.terminal.pid) - processor) / window) * 100,
					memory: residentMemory(chat.terminal.pid),
				};
				await chat.close();
				return result;
			} finally {
				ready.give();
			}
		});
		await ready.given;
		opened.push({key, quiet});
	}

	await sleep(calmingDown);
	await untilMinuteHasRoomFor(window);
	start.give();
	const found = new Map<string, Quiet | undefined>();
	for (const {key, quiet} of opened) {
		found.set(key, await quiet);
	}

	return sizes.flatMap(size => {
		const own = found.get(`xmppc ${nameOf(size)}`);
		const other = found.get(`profanity ${nameOf(size)}`);
		const figure = (name: string, unit: string, target: number, value: (quiet: Quiet) => number): Figure => ({
			name: `${name}, ${nameOf(size)}`,
			unit,
			target,
			xmppc: own === undefined ? undefined : value(own),
			peer: {name: 'profanity', value: other === undefined ? undefined : value(other)},
		});
		return [
			figure(`idle for ${window / 1000} s`, 'bytes', 0, quiet => quiet.bytes),
			figure('idle processor', '%', 0.1, quiet => quiet.processor),
			figure('connected and idle', 'MB', 100, quiet => quiet.memory),
		];
	});
}

/** A clock on the screen may change once a minute; that is not what the figure is about. */
async function untilMinuteHasRoomFor(duration: number): Promise<void> {
	const left = 60_000 - (Date.now() % 60_000);
	if (left < duration + 500) {
		await sleep(left + 500);
	}
}

function startSignal() {
	let give = () => {};
	const given = new Promise<void>(resolve => {
		give = resolve;
	});
	return {given, give: () => give()};
}
