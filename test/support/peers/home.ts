import {execFile} from 'node:child_process';
import {copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {promisify} from 'node:util';
import {childEnvironment} from '../terminal.js';

/** A home directory that belongs to one program of one test. */
export type Home = {
	readonly directory: string;
	/** The XDG directories below it, and nothing of the person who runs the test. */
	readonly environment: Readonly<Record<string, string>>;
	remove(): void;
};

const directories = new Set<string>();

/** What a program started may still write there while it goes: then there is more to remove. */
function removeDirectory(directory: string): void {
	for (let more = 20; existsSync(directory); more--) {
		try {
			rmSync(directory, {recursive: true, force: true, maxRetries: 1, retryDelay: 20});
		} catch (error) {
			if (more === 0) {
				throw error;
			}
		}
	}
}

// One listener for all of them: tests run many programs at once.
process.once('exit', () => directories.forEach(removeDirectory));

/** Makes a private home; it goes away with the process at the latest. */
export function makeHome(name: string): Home {
	const directory = mkdtempSync(path.join(tmpdir(), `xmppc-${name}-`));
	const folder = (below: string) => {
		const made = path.join(directory, below);
		mkdirSync(made, {recursive: true, mode: 0o700});
		return made;
	};
	directories.add(directory);
	return {
		directory,
		environment: childEnvironment({
			HOME: directory,
			XDG_CONFIG_HOME: folder('config'),
			XDG_DATA_HOME: folder('data'),
			XDG_STATE_HOME: folder('state'),
			XDG_CACHE_HOME: folder('cache'),
			XDG_RUNTIME_DIR: folder('run'),
		}),
		remove() {
			directories.delete(directory);
			removeDirectory(directory);
		},
	};
}

/** Puts an authority into a directory that OpenSSL and GnuTLS search: files under the hash of their subject. */
export async function trustDirectory(home: Home, caFile: string): Promise<string> {
	const directory = path.join(home.directory, 'trusted');
	if (!existsSync(directory)) {
		mkdirSync(directory);
		copyFileSync(caFile, path.join(directory, 'ca.pem'));
		await promisify(execFile)('openssl', ['rehash', directory]);
	}

	return directory;
}
