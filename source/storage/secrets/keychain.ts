import {spawn} from 'node:child_process';
import {fileURLToPath} from 'node:url';
import type {Clock} from '../../shared/clock.js';
import {isXmppcError, problemOf, XmppcError} from '../../shared/errors.js';
import type {BareJid} from '../../shared/jid.js';
import type {SecretName, SecretStore} from '../ports.js';
import type {KeychainAnswer, KeychainQuestion} from './keychain-worker.js';
import {secretMissing, secretsLocked, secretsUnavailable} from './secret-errors.js';
import type {StoredNames} from './stored-names.js';

/** Milliseconds a keychain has for an answer. One that is open takes some 50, most of it our own process starting. */
const patience = 5000;
const service = 'xmppc';
const title = process.platform === 'linux' ? 'the keychain (Secret Service)' : 'the keychain';
const otherBackends = 'To keep passwords elsewhere: xmppc account add with --secrets key-file, passphrase or command.';

export type KeychainOptions = {
	readonly profile: string;
	readonly clock: Clock;
	readonly storedNames: StoredNames;
	/** For the process that asks the keychain; it finds the session's D-Bus there. */
	readonly environment: Readonly<Record<string, string | undefined>>;
};

export type KeychainStore = {
	readonly store: SecretStore;
	/** Throws why it does not keep a secret and give it back here and now, with the other places in the hint. */
	check(): Promise<void>;
};

/** Secrets in the keychain of the desktop session, one entry a secret: service `xmppc`, user `<profile>/<jid>/<name>`. */
export function createKeychainStore({profile, clock, storedNames, environment}: KeychainOptions): KeychainStore {
	// One question at a time: a locked keychain shows a prompt for each, and gnome-keyring may lose one of two.
	let last: Promise<unknown> = Promise.resolve();
	const ask = (question: Omit<KeychainQuestion, 'service'>): Promise<string | undefined> => {
		const answer = last.then(() => askKeychain({...question, service}, clock, environment));
		// Whoever asked hears of a failure; the next question does not depend on it.
		last = answer.catch(() => {});
		return answer;
	};

	const user = (account: BareJid, name: SecretName) => `${profile}/${account}/${name}`;

	return {
		store: {
			backend: 'keychain',
			async get(account, name) {
				const found = await ask({operation: 'get', user: user(account, name)});
				// A reset keychain and another session's one also say "nothing".
				if (found === undefined && storedNames.has(account, name)) {
					throw secretMissing(account, name, title);
				}

				return found;
			},
			async set(account, name, value) {
				// Remembered first: if we die in between, "nothing found" is a reason to stop, not to begin anew.
				const known = storedNames.has(account, name);
				storedNames.add(account, name);
				try {
					await ask({operation: 'set', user: user(account, name), value});
				} catch (error) {
					// After a time-out nobody knows whether it was stored.
					if (!known && !(isXmppcError(error) && error.code === 'secrets-timeout')) {
						storedNames.remove(account, name);
					}

					throw error;
				}
			},
			async delete(account, name) {
				await ask({operation: 'delete', user: user(account, name)});
				storedNames.remove(account, name);
			},
			async status() {
				const problem = await ask({operation: 'get', user: `${profile}/status`}).then(
					() => undefined,
					(error: unknown) => error,
				);
				return problem === undefined ? 'ready' : isLocked(problem) ? 'locked' : 'unavailable';
			},
		},
		async check() {
			const found = await ask({operation: 'probe', user: `${profile}/probe`, value: 'probe'}).catch(
				(error: unknown) => {
					throw withOtherBackends(error);
				},
			);
			if (found !== 'probe') {
				throw secretsUnavailable(`${capitalised(title)} does not give back what was stored in it.`, otherBackends);
			}
		},
	};
}

/** For somebody who has not chosen the keychain yet. */
function withOtherBackends(error: unknown): unknown {
	const problem = problemOf(error);
	const {hint = ''} = problem;
	return hint.includes(otherBackends)
		? error
		: new XmppcError({...problem, hint: `${hint} ${otherBackends}`.trim()}, {cause: error});
}

function isLocked(error: unknown): boolean {
	return isXmppcError(error) && error.code === 'secrets-locked';
}

/** One question, in a process of its own. */
async function askKeychain(
	question: KeychainQuestion,
	clock: Clock,
	environment: KeychainOptions['environment'],
): Promise<string | undefined> {
	const answer = await runWorker(question, clock, environment);
	if ('failed' in answer) {
		throw answer.failed === 'library'
			? secretsUnavailable('The library that talks to the keychain is not installed here.', otherBackends, answer.text)
			: keychainError(answer.text);
	}

	return answer.value ?? undefined;
}

function runWorker(
	question: KeychainQuestion,
	clock: Clock,
	environment: KeychainOptions['environment'],
): Promise<KeychainAnswer> {
	const worker = fileURLToPath(new URL('./keychain-worker.js', import.meta.url));
	// What is meant for our own process (a debugger, more certificates) only slows this one down.
	const {NODE_OPTIONS: _, NODE_EXTRA_CA_CERTS: __, ...inherited} = environment;
	return new Promise((resolve, reject) => {
		const child = spawn(process.execPath, [worker], {
			stdio: ['pipe', 'pipe', 'ignore'],
			env: inherited,
			windowsHide: true,
		});
		let output = '';
		const stopWaiting = clock.after(patience, () => {
			child.kill('SIGKILL');
			reject(
				new XmppcError({
					code: 'secrets-timeout',
					kind: 'temporary',
					message: `${capitalised(title)} did not answer within ${patience / 1000} s.`,
					hint: 'It may be waiting for you to unlock it in a window. Unlock it and try again.',
				}),
			);
		});
		const fail = (error: unknown) => {
			stopWaiting();
			reject(secretsUnavailable('The process that asks the keychain could not run.', otherBackends, error));
		};
		child.on('error', fail);
		// It may end before it has read its input; how it ended tells more.
		child.stdin.on('error', () => {});
		child.stdin.end(JSON.stringify(question));
		child.stdout.setEncoding('utf8').on('data', (text: string) => {
			output += text;
		});
		child.on('close', code => {
			stopWaiting();
			const answer = parseAnswer(output);
			if (answer === undefined) {
				fail(new Error(`It ended with status ${code}.`));
			} else {
				resolve(answer);
			}
		});
	});
}

function parseAnswer(output: string): KeychainAnswer | undefined {
	try {
		return JSON.parse(output);
	} catch {
		// Cut off or empty: the process died.
		return undefined;
	}
}

/** The library has one error class, so its texts have to tell the cases apart. */
function keychainError(text: string): XmppcError {
	// First, since D-Bus puts it so: "…, the message bus security policy blocked the reply".
	if (/not receive a reply|timed? ?out/i.test(text)) {
		return new XmppcError(
			{
				code: 'secrets-timeout',
				kind: 'temporary',
				message: `${capitalised(title)} does not answer.`,
				hint: `Restart the keychain service and try again. ${otherBackends}`,
			},
			{cause: text},
		);
	}

	if (/dismissed|\blocked\b/i.test(text)) {
		return secretsLocked(
			`${capitalised(title)} is locked.`,
			'Unlock it (log in to the desktop session, or use its password program) and try again.',
			text,
		);
	}

	if (/no result found/i.test(text)) {
		return secretsUnavailable(
			`${capitalised(title)} has no default keyring to store secrets in.`,
			'Create one with the password program of your desktop (for example seahorse), then try again.',
			text,
		);
	}

	if (/D-?Bus/i.test(text)) {
		return secretsUnavailable(
			'There is no keychain in this session: no Secret Service answers on D-Bus.',
			`Without a desktop session that is normal. ${otherBackends}`,
			text,
		);
	}

	return secretsUnavailable(`${capitalised(title)} failed: ${text}.`, otherBackends, text);
}

function capitalised(text: string): string {
	return text.charAt(0).toUpperCase() + text.slice(1);
}
