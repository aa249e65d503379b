import {existsSync} from 'node:fs';
import path from 'node:path';
import {type ChatPeer, startChatPeer} from '../test/support/peers/chat-peer.js';
import {type ProsodyOptions, startProsody} from '../test/support/prosody.js';
import type {TestServer} from '../test/support/servers.js';

/** What every figure is taken in: a private server, and a peer that writes and reads fast. */
export type Surroundings = {
	readonly server: TestServer;
	readonly peer: ChatPeer;
	/** Of every account. */
	readonly password: string;
	/** An account with the peer as its only contact, another one at each call. */
	newAccount(): {readonly localpart: string; readonly password: string};
	close(): Promise<void>;
};

const password = 'secret';
/** Six characters, as the names of the figures' fixture. */
const peerName = 'juliet';
const accountCount = 60;

/** Starts server and peer. Nothing is archived on the server: its disk is not what is measured. */
export async function startSurroundings(options: Pick<ProsodyOptions, 'sasl2'> = {}): Promise<Surroundings> {
	const accounts = Array.from({length: accountCount}, (_, index) => `user${index}`);
	const domain = 'example.test';
	const server = await startProsody({
		domain,
		accounts: Object.fromEntries([peerName, 'other', ...accounts].map(name => [name, password])),
		rosters: {
			[peerName]: accounts.map(name => ({jid: `${name}@${domain}`, subscription: 'both' as const})),
			...Object.fromEntries(
				accounts.map(name => [name, [{jid: `${peerName}@${domain}`, subscription: 'both' as const}]]),
			),
		},
		disable: ['mam', 'offline'],
		scramIterations: 4096,
		...options,
	});
	try {
		const peer = await startChatPeer(server, peerName, password);
		let used = 0;
		return {
			server,
			peer,
			password,
			newAccount() {
				const localpart = accounts[used];
				used += 1;
				if (localpart === undefined) {
					throw new Error(`all ${accountCount} accounts have been used`);
				}

				return {localpart, password};
			},
			async close() {
				await peer.close();
				await server.stop();
			},
		};
	} catch (error) {
		await server.stop();
		throw error;
	}
}

/** Whether a program of this name is on the path. */
export function isInstalled(program: string): boolean {
	return (process.env.PATH ?? '').split(':').some(folder => existsSync(path.join(folder, program)));
}
