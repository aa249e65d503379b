import {nameOf, type OpenChat, onEveryScreen} from './clients.js';
import {type Figure, median} from './figures.js';
import type {Surroundings} from './surroundings.js';

/** Bytes to the terminal for a short message in the open conversation, with room below it and without. */
export async function incoming(surroundings: Surroundings): Promise<readonly Figure[]> {
	const screens = await onEveryScreen(surroundings, chat => bytesPerMessage(surroundings, chat));
	return screens.flatMap(({size, results}) => [
		{
			name: `message in view, ${nameOf(size)}`,
			unit: 'bytes',
			target: 100,
			xmppc: results.xmppc?.still,
			peer: {name: 'profanity', value: results.profanity?.still},
		},
		{
			name: `message that scrolls, ${nameOf(size)}`,
			unit: 'bytes',
			xmppc: results.xmppc?.scrolling,
			peer: {name: 'profanity', value: results.profanity?.scrolling},
		},
	]);
}

async function bytesPerMessage({peer}: Surroundings, {terminal, jid}: OpenChat) {
	let count = 0;
	const one = async () => {
		count += 1;
		const body = `short message number ${String(count).padStart(3, '0')}`;
		const before = terminal.bytes;
		peer.send(jid, body, {noStore: true});
		await terminal.shows(body);
		await terminal.settles(150);
		return terminal.bytes - before;
	};
	const several = async (amount: number) => {
		const bytes = [];
		for (let index = 0; index < amount; index += 1) {
			bytes.push(await one());
		}

		return median(bytes);
	};

	// The first one brings the day's line and the contact's full address with it.
	await several(2);
	const still = await several(9);
	for (let index = 0; index < terminal.size().rows; index += 1) {
		peer.send(jid, `filling line ${index}`, {noStore: true});
	}

	await terminal.shows(`filling line ${terminal.size().rows - 1}`);
	await terminal.settles(300);
	return {still, scrolling: await several(9)};
}
