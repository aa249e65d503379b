import {setTimeout as sleep} from 'node:timers/promises';
import {keys} from '../test/support/terminal.js';
import {nameOf, type OpenChat, onEveryScreen} from './clients.js';
import type {Figure} from './figures.js';
import type {Surroundings} from './surroundings.js';

const text = 'the quick brown fox jumps over the lazy';

/** Bytes to the terminal for each typed character, nothing else going on. */
export async function typing(surroundings: Surroundings): Promise<readonly Figure[]> {
	const screens = await onEveryScreen(surroundings, bytesPerCharacter);
	return screens.map(({size, results}) => ({
		name: `typed character, ${nameOf(size)}`,
		unit: 'bytes',
		target: 1,
		xmppc: results.xmppc,
		peer: {name: 'profanity', value: results.profanity},
	}));
}

async function bytesPerCharacter({terminal}: OpenChat): Promise<number> {
	// The first key may bring the composer out of its empty state.
	terminal.type('x');
	await terminal.settles(300);
	const before = terminal.bytes;
	for (const character of text) {
		terminal.type(character);
		await sleep(40);
	}

	await terminal.shows(`x${text}`);
	await terminal.settles(300);
	const bytes = terminal.bytes - before;
	terminal.type(keys.controlU);
	return bytes / text.length;
}
