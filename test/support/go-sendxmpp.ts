/** go-sendxmpp, another people's client, as the other end of a conversation (Debian's package). */
import {spawn} from 'node:child_process';
import type {Prosody} from './prosody.js';

export type PeerAccount = {readonly localpart: string; readonly password: string};

type Options = {readonly directTls?: boolean};

function argumentsFor(server: Prosody, {localpart, password}: PeerAccount, {directTls = false}: Options) {
	return [
		...['-u', `${localpart}@${server.domain}`, '-p', password],
		...(directTls ? ['-t', '-j', `127.0.0.1:${server.tlsPort}`] : ['-j', `127.0.0.1:${server.port}`]),
	];
}

const environmentFor = (server: Prosody) => ({
	PATH: process.env.PATH ?? '',
	HOME: server.directory,
	SSL_CERT_FILE: server.caFile,
});

/** Sends one message and resolves when go-sendxmpp has ended well. */
export function goSend(
	server: Prosody,
	account: PeerAccount,
	message: {readonly to: string; readonly text: string},
	options: Options = {},
): Promise<void> {
	return new Promise((resolve, reject) => {
		const child = spawn('go-sendxmpp', [...argumentsFor(server, account, options), message.to], {
			env: environmentFor(server),
			stdio: ['pipe', 'ignore', 'pipe'],
		});
		let complaint = '';
		child.stderr.on('data', chunk => {
			complaint += String(chunk);
		});
		child.once('error', reject);
		child.once('close', status => {
			if (status === 0) {
				resolve();
			} else {
				reject(new Error(`go-sendxmpp ended with ${status}: ${complaint}`));
			}
		});
		child.stdin.end(message.text);
	});
}

export type GoListener = {
	/** Everything it has printed so far: `TIME JID: text`. */
	heard(): string;
	/** Resolves once it has printed something that matches, with all it has printed. */
	hears(pattern: RegExp | string, patience?: number): Promise<string>;
	stop(): Promise<void>;
};

/** Logs in and prints what arrives; resolves when the server has it as available. */
export async function goListen(server: Prosody, account: PeerAccount, options: Options = {}): Promise<GoListener> {
	const child = spawn('go-sendxmpp', [...argumentsFor(server, account, options), '-l'], {
		env: environmentFor(server),
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	let printed = '';
	const listeners = new Set<() => void>();
	for (const stream of [child.stdout, child.stderr]) {
		stream.on('data', chunk => {
			printed += String(chunk);
			for (const listener of listeners) {
				listener();
			}
		});
	}

	const ended = new Promise<void>(resolve => child.once('close', () => resolve()));
	const matches = (pattern: RegExp | string) =>
		typeof pattern === 'string' ? printed.includes(pattern) : pattern.test(printed);
	const listener: GoListener = {
		heard: () => printed,
		hears(pattern, patience = 10_000) {
			return new Promise((resolve, reject) => {
				const look = () => {
					if (matches(pattern)) {
						listeners.delete(look);
						clearTimeout(limit);
						resolve(printed);
					}
				};
				const limit = setTimeout(() => {
					listeners.delete(look);
					reject(new Error(`go-sendxmpp has not heard ${pattern} but:\n${printed}`));
				}, patience);
				listeners.add(look);
				look();
			});
		},
		async stop() {
			child.kill('SIGTERM');
			await ended;
		},
	};

	// A note to itself tells when it is available. One sent too early reaches only its own sender, hence several.
	const jid = `${account.localpart}@${server.domain}`;
	try {
		for (let attempt = 1; ; attempt += 1) {
			const mark = `listening? ${attempt}`;
			await goSend(server, account, {to: jid, text: mark}, options);
			const outcome = await listener.hears(mark, 500).catch((error: unknown) => error);
			if (typeof outcome === 'string') {
				break;
			}

			if (attempt === 20) {
				throw outcome;
			}
		}
	} catch (error) {
		await listener.stop();
		throw error;
	}

	return listener;
}
