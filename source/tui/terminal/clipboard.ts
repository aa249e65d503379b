import {Buffer} from 'node:buffer';
import {passedThrough} from './passthrough.js';
import type {Run} from './run.js';
import type {Surroundings} from './surroundings.js';

/**
 * What became of a text that was to be copied. `tmux`: its buffer has it, and with its clipboard turned on the system's
 * clipboard too. `terminal`: it was handed to the terminal, which does not say whether it took it.
 */
export type CopyResult =
	| {readonly way: 'tmux' | 'terminal'}
	| {readonly way: 'none'; readonly reason: 'empty' | 'too-long' | 'no-terminal'};

/** Copies a text; see {@link CopyResult}. */
export type CopyText = (text: string) => Promise<CopyResult>;

/** Bytes of base64 that terminals take in one sequence at least. */
const longestPayload = 74_994;

export type ClipboardOptions = {
	readonly surroundings: Surroundings;
	readonly run: Run;
	/** Whether the terminal is ours to write to. */
	isOpen(): boolean;
	write(text: string): void;
};

/** The sequence that asks the terminal to take the text into its clipboard (OSC 52); nothing when it is too long. */
export function clipboardSequence(text: string, surroundings: Pick<Surroundings, 'multiplexer'>): string | undefined {
	const payload = Buffer.from(text, 'utf8').toString('base64');
	if (payload.length > longestPayload) {
		return undefined;
	}

	const sequence = `\u{1B}]52;c;${payload}\u{1B}\\`;
	// tmux takes OSC 52 itself and hands it on, with `set-clipboard on`.
	return surroundings.multiplexer === 'screen' ? passedThrough(sequence, surroundings) : sequence;
}

/** Copies texts: inside a local tmux through it, else with OSC 52. */
export function createClipboard({surroundings, run, isOpen, write}: ClipboardOptions): CopyText {
	return async text => {
		if (text === '') {
			return {way: 'none', reason: 'empty'};
		}

		if (surroundings.localTmux) {
			const {status} = await run(['tmux', 'load-buffer', '-w', '-'], text);
			if (status === 0) {
				return {way: 'tmux'};
			}
		}

		const sequence = surroundings.strings ? clipboardSequence(text, surroundings) : undefined;
		if (!surroundings.strings || !isOpen()) {
			return {way: 'none', reason: 'no-terminal'};
		}

		if (sequence === undefined) {
			return {way: 'none', reason: 'too-long'};
		}

		write(sequence);
		return {way: 'terminal'};
	};
}
