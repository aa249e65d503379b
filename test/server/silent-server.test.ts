/**
 * Servers that keep the program waiting, end to end: `xmppc send` gives up in its own time and says whether anything was
 * sent, a signal ends it at once, and the screen stays a person's to use and to leave.
 */
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {setTimeout as sleep} from 'node:timers/promises';
import test, {type ExecutionContext} from 'ava';
import {assertRefused, juliet, makeAccountAt, password, serve} from '../support/bad-input.js';
import {testCertificates} from '../support/certificates.js';
import type {Xmppc} from '../support/peers/xmppc.js';
import {answersBind, answersHeader, answersScram, answersStartTls, offer} from '../support/scripted-login.js';
import {keys} from '../support/terminal.js';

const romeo = 'romeo@example.test';

test.serial('a server that accepts and says nothing: send gives up after --timeout, and nothing was sent', async t => {
	const server = await serve(t, connection => connection.ended);
	const xmppc = await makeAccountAt(t, {port: server.port});
	const started = performance.now();
	assertRefused(t, await xmppc.run(['send', '--timeout', '0.7', romeo, 'hello']), {
		status: 75,
		says: [/server of juliet@example\.test did not complete the login within 0\.7 s; nothing was sent/, /--timeout/],
	});
	t.true(performance.now() - started < 3000);
});

test.serial('a server that accepts and says nothing: the TUI says that it waits, obeys and leaves at once', async t => {
	const server = await serve(t, connection => connection.ended);
	const xmppc = await makeAccountAt(t, {port: server.port});
	const terminal = xmppc.open();
	t.teardown(terminal.stop);
	await terminal.shows(`${juliet} ○ connecting`);
	terminal.type(`/help${keys.enter}`);
	await terminal.shows('/query');
	terminal.type(keys.escape);
	await terminal.settles();
	const started = performance.now();
	terminal.type(`/quit${keys.enter}`);
	t.deepEqual(await terminal.ended, {code: 0, signal: 0});
	t.true(performance.now() - started < 2000);
});

for (const [signal, status] of [
	['SIGINT', 130],
	['SIGTERM', 143],
	['SIGHUP', 129],
] as const) {
	test.serial(`${signal} while a subcommand waits ends it at once, without a word`, async t => {
		const server = await serve(t, connection => connection.ended);
		const xmppc = await makeAccountAt(t, {port: server.port});
		const waiting = [
			['send', romeo, 'hello'],
			['account', 'test', juliet],
		];
		for (const [index, programArguments] of waiting.entries()) {
			const child = startProgram(xmppc, programArguments);
			while (server.connections.length <= index) {
				await sleep(20);
			}

			assertEndsAt(t, await child.endedBy(signal), status);
		}

		// Nobody types the text: it waits for its input.
		const child = startProgram(xmppc, ['send', romeo]);
		await sleep(500);
		assertEndsAt(t, await child.endedBy(signal), status);
	});
}

type End = {readonly status: number | null; readonly errors: string; readonly after: number};

function assertEndsAt(t: ExecutionContext, {status, errors, after}: End, expected: number): void {
	t.deepEqual({status, errors}, {status: expected, errors: ''});
	t.true(after < 1500, `${Math.round(after)} ms`);
}

/** Starts the program with an open input. */
function startProgram({command, home}: Xmppc, programArguments: readonly string[]) {
	const [program, ...before] = command;
	const child = spawn(program, [...before, ...programArguments], {env: {...home.environment}, stdio: 'pipe'});
	let errors = '';
	child.stderr.setEncoding('utf8').on('data', (text: string) => {
		errors += text;
	});
	return {
		async endedBy(signal: NodeJS.Signals): Promise<End> {
			const started = performance.now();
			child.kill(signal);
			const [status] = await once(child, 'close');
			return {status, errors, after: performance.now() - started};
		},
	};
}

test.serial('a server that never confirms: send says that the message may have arrived', async t => {
	const {good, authority} = await testCertificates();
	const server = await serve(t, async connection => {
		await answersStartTls(connection, good);
		await answersHeader(connection, offer.mechanisms('SCRAM-SHA-1'));
		await answersScram(connection, {hash: 'SHA-1', password});
		await answersHeader(connection, offer.bind);
		await answersBind(connection, `${juliet}/balcony`);
		await connection.ended;
	});
	const xmppc = await makeAccountAt(t, {port: server.port, caFile: authority.certificateFile});
	assertRefused(t, await xmppc.run(['send', '--timeout', '1', '--omemo', 'off', romeo, 'hello']), {
		status: 75,
		says: [/did not confirm the message within 1 s/, /may or may not have arrived/],
	});
	t.regex(server.connections[0]?.received ?? '', /<body>hello<\/body>/);

	// Nor does it say for which devices it is to be encrypted: then nothing of it has left.
	assertRefused(t, await xmppc.run(['send', '--timeout', '1', romeo, 'a secret']), {
		status: 75,
		says: [/It could not be found out within 1 s for which devices/, /it was not sent/],
	});
	t.notRegex(server.connections[1]?.received ?? '', /a secret|<message/);
});
