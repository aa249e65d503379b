import {PassThrough} from 'node:stream';
import type {Snapshot} from '../../source/model/actions.js';
import {type PlainExit, type PlainOptions, startPlain} from '../../source/tui/plain.js';
import {createManualClock} from '../support/manual-clock.js';
import {createFakeBackend} from './fake-backend.js';
import {evening, utc} from './support.js';

export type LineMode = ReturnType<typeof lineMode>;

/** Runs the line mode. `terminal`: somebody sits at it. */
export function lineMode(snapshot: Partial<Snapshot>, terminal = false, more: Partial<PlainOptions> = {}) {
	const clock = createManualClock(evening);
	const backend = createFakeBackend(clock, snapshot);
	const stdin = Object.assign(new PassThrough(), {
		isTTY: terminal,
		raw: false,
		setRawMode(raw: boolean) {
			stdin.raw = raw;
		},
	});
	const interruption = new AbortController();
	let text = '';
	const exit = startPlain({
		open: async () => ({actions: backend.actions, events: backend.events}),
		stdin,
		stdout: {
			isTTY: terminal,
			write(more) {
				text += more;
			},
		},
		clock,
		interrupted: interruption.signal,
		calendar: utc,
		...more,
	});
	const settle = async () => {
		for (let round = 0; round < 40; round++) {
			await new Promise(setImmediate);
		}
	};
	return {
		backend,
		clock,
		stdin,
		interruption,
		exit,
		settle,
		text: () => text,
		async type(line: string) {
			stdin.write(`${line}\n`);
			await settle();
		},
		/** Resolves when more was printed than so many characters, besides a prompt; for answers that ask the machine. */
		async heard(length: number, patience: number): Promise<void> {
			const end = Date.now() + patience;
			while (!text.slice(length).includes('\n') && Date.now() < end) {
				await new Promise(resolve => setTimeout(resolve, 5));
			}
		},
		async end(): Promise<PlainExit> {
			stdin.end();
			await settle();
			clock.advance(1000);
			return exit;
		},
	};
}
