import type {Clock} from '../../shared/clock.js';
import {createDecoder} from '../input/decoder.js';
import {createProbe, type TerminalReport} from './probe.js';
import type {Environment} from './surroundings.js';

export type AskOptions = {
	readonly clock: Clock;
	readonly env: Environment;
	readonly stdin: Pick<NodeJS.ReadStream, 'isTTY' | 'setRawMode' | 'on' | 'off' | 'resume' | 'pause'>;
	readonly stdout: Pick<NodeJS.WriteStream, 'isTTY' | 'write'>;
};

/**
 * Asks the terminal what it is, for a program that does not take it over: raw for a moment, so that the answers are read
 * and not echoed. What is typed meanwhile is lost. `undefined`: there is no terminal at both ends.
 */
export async function askTerminal({clock, env, stdin, stdout}: AskOptions): Promise<TerminalReport | undefined> {
	if (!(stdin.isTTY && stdout.isTTY)) {
		return undefined;
	}

	const probe = createProbe({
		clock,
		env,
		write: text => stdout.write(text),
		onReport() {},
		onWaiting: waiting => decoder.expectAnswers(waiting),
	});
	const decoder = createDecoder({
		clock,
		emit(event) {
			if (event.type === 'reply') {
				probe.answer(event);
			}
		},
	});
	const read = (chunk: Uint8Array) => decoder.push(chunk);
	stdin.setRawMode(true);
	stdin.on('data', read);
	stdin.resume();
	probe.ask();
	await probe.settled();
	stdin.off('data', read);
	stdin.pause();
	stdin.setRawMode(false);
	decoder.close();
	return probe.report;
}
