/** What tests of bad input share: accounts that lead anywhere, and what the program has to say when something is wrong. */
import type {ExecutionContext} from 'ava';
import {type Finished, makeXmppc, type Xmppc} from './peers/xmppc.js';
import {type ScriptedConnection, startScriptedServer} from './scripted-server.js';
import {keys, type Terminal} from './terminal.js';

/** Where an account leads, and how. */
export type Place = {
	readonly jid?: string;
	readonly password?: string;
	readonly host?: string;
	readonly port?: number;
	/** PEM file of the authority that is trusted; absent: those of the system. */
	readonly caFile?: string;
};

export const juliet = 'juliet@example.test';
export const password = 'a secret of verona';

/** A profile of its own with one account, the password in a key file. Nothing connects before the test does. */
export async function makeAccountAt(t: ExecutionContext, place: Place): Promise<Xmppc> {
	const xmppc = makeXmppc();
	t.teardown(xmppc.remove);
	const added = await addAccountAt(xmppc, place);
	t.is(added.status, 0, added.errors);
	return xmppc;
}

export function addAccountAt(xmppc: Xmppc, place: Place, more: readonly string[] = []): Promise<Finished> {
	const {host = place.port === undefined ? undefined : '127.0.0.1', port} = place;
	return xmppc.run(
		[
			...['account', 'add', place.jid ?? juliet, '--password-stdin'],
			...(more.includes('--secrets') ? [] : ['--secrets', 'key-file']),
			...(host === undefined ? [] : ['--host', port === undefined ? host : `${host}:${port}`]),
			...(place.caFile === undefined ? [] : ['--tls-ca', place.caFile]),
			...more,
		],
		`${place.password ?? password}\n`,
	);
}

/** A scripted server for the length of the test. Scripts of refused connections end early, which is no failure. */
export async function serve(t: ExecutionContext, script: (connection: ScriptedConnection) => Promise<void>) {
	const server = await startScriptedServer(script);
	t.teardown(server.close);
	return server;
}

/** The status of a refusal, and what its one line has to say. */
export type Refusal = {readonly status: number; readonly says: readonly RegExp[]};

/** Fails unless the program ended as expected after one line of advice. */
export function assertRefused(t: ExecutionContext, {status, output, errors}: Finished, expected: Refusal): void {
	t.is(status, expected.status, errors);
	t.is(output, '');
	t.regex(errors, /^xmppc: [^\n]+ \([^\n]+\)\n$/, 'one line: what failed (the next step)');
	for (const pattern of expected.says) {
		t.regex(errors, pattern);
	}
}

/** The text of the rightmost pane, or of a dialog, as one line, so that it does not matter where words wrap. */
export function wordsOn(screen: string): string {
	return screen
		.split('\n')
		.map(row => row.replace(/│\s*$/u, '').replace(/^.*│/u, ''))
		.join(' ')
		.replaceAll(/\s+/gu, ' ');
}

/** Resolves when all patterns are on the screen, wherever lines break. */
export async function showsAll(terminal: Terminal, patterns: readonly RegExp[], timeout?: number): Promise<void> {
	await terminal.shows(screen => patterns.every(pattern => pattern.test(wordsOn(screen))), timeout);
}

/** Moves down to the option that begins with `label`, and takes it. */
export async function choose(terminal: Terminal, label: string): Promise<void> {
	// Only the mark tells that the key has arrived: the rest of the screen changes by itself, and a second key would follow.
	const chosen = () => terminal.text().match(/│ +> \S[^│]*/u)?.[0];
	await terminal.shows(() => chosen() !== undefined);
	while (chosen()?.includes(`> ${label}`) !== true) {
		const before = chosen();
		terminal.type(keys.down);
		await terminal.shows(() => chosen() !== undefined && chosen() !== before);
	}

	terminal.type(keys.enter);
}
