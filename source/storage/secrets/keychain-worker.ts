/**
 * A process of its own for one question to the keychain: its library can block for minutes (a prompt on another
 * screen, a service that does not answer), and only a process can be ended then. The question comes as JSON on
 * standard input, so that no secret is ever in argv or the environment; the answer goes to standard output.
 */

import type {Entry as KeychainEntry} from '@napi-rs/keyring';

export type KeychainQuestion = {
	/** `probe` writes, reads and removes the entry. */
	readonly operation: 'get' | 'set' | 'delete' | 'probe';
	readonly service: string;
	readonly user: string;
	/** With `set` and `probe`. */
	readonly value?: string;
};

export type KeychainAnswer =
	| {readonly value: string | null}
	/** `library`: it cannot be loaded here. `keychain`: what the keychain said. */
	| {readonly failed: 'library' | 'keychain'; readonly text: string};

function ask(entry: KeychainEntry, {operation, value = ''}: KeychainQuestion): string | null {
	switch (operation) {
		case 'get':
			return entry.getPassword();
		case 'set':
			entry.setPassword(value);
			return null;
		case 'delete':
			entry.deletePassword();
			return null;
		case 'probe': {
			entry.setPassword(value);
			const found = entry.getPassword();
			entry.deletePassword();
			return found;
		}
	}
}

async function answer(question: KeychainQuestion): Promise<KeychainAnswer> {
	const library = await import('@napi-rs/keyring').catch((error: unknown) => String(error));
	if (typeof library === 'string') {
		return {failed: 'library', text: library};
	}

	try {
		// Pinned: else it falls back without a word to the kernel's keyring, which forgets at the next start.
		const entry = new library.Entry(question.service, question.user, {linux: {store: 'secret-service'}});
		return {value: ask(entry, question)};
	} catch (error) {
		return {failed: 'keychain', text: error instanceof Error ? error.message : String(error)};
	}
}

const parts: Buffer[] = [];
for await (const part of process.stdin) {
	parts.push(part);
}

process.stdout.write(JSON.stringify(await answer(JSON.parse(Buffer.concat(parts).toString()))));
