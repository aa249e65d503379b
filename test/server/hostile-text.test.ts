/**
 * A hostile server and hostile people: whatever they write into whichever field, the built program sends a terminal
 * nothing but its own sequences and text that can be seen, goes on working, and says what happened.
 */
import {readFileSync} from 'node:fs';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {assertRefused, juliet, makeAccountAt, password, serve, showsAll} from '../support/bad-input.js';
import {testCertificates} from '../support/certificates.js';
import {
	forbidden,
	hostile,
	hostileStanzas,
	hostileStreamError,
	playsHostileServer,
	worst,
} from '../support/hostile-server.js';
import {answersHeader, answersStartTls, offer} from '../support/scripted-login.js';
import type {ScriptedConnection, ScriptedServer} from '../support/scripted-server.js';
import {keys, startTerminal, type Terminal} from '../support/terminal.js';
import {strayBytes, strayInLines} from '../support/terminal-bytes.js';

const romeo = 'romeo@example.test';
const online = `${juliet} ●`;

async function hostileScene(t: ExecutionContext) {
	const {good, authority} = await testCertificates();
	const server = await serve(t, connection => playsHostileServer(connection, {certificate: good, password}));
	const xmppc = await makeAccountAt(t, {port: server.port, caFile: authority.certificateFile});
	return {server, xmppc};
}

function lastConnection({connections}: ScriptedServer): ScriptedConnection {
	const connection = connections.at(-1);
	if (connection === undefined) {
		throw new Error('nobody has connected');
	}

	return connection;
}

async function waitFor<Result>(look: () => Result | undefined, timeout = 10_000): Promise<Result> {
	const end = performance.now() + timeout;
	for (;;) {
		const found = look();
		if (found !== undefined) {
			return found;
		}

		if (performance.now() > end) {
			throw new Error(`not there after ${timeout} ms: ${look}`);
		}

		await new Promise(resolve => setTimeout(resolve, 20));
	}
}

/** Goes through everything that shows what others wrote, and resolves with the names of the fields that were seen. */
async function readEverything(terminal: Terminal): Promise<Set<string>> {
	const seen = new Set<string>();
	const look = async () => {
		await terminal.settles(150);
		for (const [field] of terminal.text().matchAll(/\b[A-Z]{4,}\b(?=-)/g)) {
			seen.add(field);
		}
	};
	const enter = async (line: string) => {
		terminal.type(`${line}${keys.enter}`);
		await look();
	};
	await look();
	await enter(`/query ${romeo}`);
	for (let page = 0; page < 8; page += 1) {
		terminal.type(keys.pageUp);
		await look();
	}

	terminal.type('\u001B[1;5F');
	await enter('Farewell');
	await enter(`/version ${romeo}/orchard`);
	await enter('/contacts');
	terminal.type(keys.escape);
	await enter('/account list');
	terminal.type(keys.escape);
	await enter('/group romeo@example.test ');
	terminal.type(keys.controlC);
	terminal.type(`/query rom${keys.tab}`);
	await look();
	terminal.type(keys.escape);
	await look();
	terminal.type(keys.controlC);
	await look();
	await enter('/buffer example.test');
	await enter('/requests');
	await enter('/buffer 1');
	for (let page = 0; page < 4; page += 1) {
		terminal.type(keys.pageUp);
		await look();
	}

	return seen;
}

test('what a terminal would obey, and what deceives the eye, is found in output', t => {
	t.deepEqual(strayBytes('\u001B[?1049h\u001B[1;97mtext\u001B[2;5H\u001B]2;xmppc (2)\u001B\\\u001B[?1049l\r\n'), []);
	for (const stray of ['\u001B]0;x\u0007', '\u001B]52;c;eA==\u001B\\', '\u001B[?47h', '\u001Bc', '\u009B', '\u202E']) {
		t.deepEqual(strayBytes(`text${stray}text`), [JSON.stringify(stray)]);
	}

	t.is(strayBytes(`e${'\u0301'.repeat(20)}`).length, 1);
	t.deepEqual(strayInLines('a\u001B[1mtext\n'), ['"\\u001b"']);
});

test.serial('the TUI shows every field that others fill, and obeys none', async t => {
	const {server, xmppc} = await hostileScene(t);
	const terminal = xmppc.open({columns: 160, rows: 40});
	t.teardown(terminal.stop);
	await terminal.shows(online);
	for (const stanza of hostileStanzas) {
		lastConnection(server).replies(stanza);
	}

	const seen = await readEverything(terminal);
	terminal.resize(40, 12);
	await terminal.settles();
	terminal.resize(160, 40);
	lastConnection(server).replies(hostileStreamError);
	await showsAll(terminal, [/example\.test ended the session: something broke its rules/, /Trying again by itself/]);
	terminal.type(`/quit${keys.enter}`);
	t.is((await terminal.ended).code, 0);
	t.deepEqual(strayBytes(terminal.output), []);
	t.notRegex(terminal.output, /dropped/, 'from an address that is none');
	t.deepEqual(
		['NAME', 'STATUS', 'BODY', 'ACTION', 'SUBJECT', 'LETTER', 'TITLE', 'HEADLINE', 'SERVER', 'REQUEST', 'BOUNCE']
			.concat(['PROGRAM', 'VERSION', 'SYSTEM', 'GROUP'])
			.filter(field => !seen.has(field)),
		[],
	);

	// What is on the disk is as hostile as what came over the wire.
	const again = xmppc.open({columns: 160, rows: 40});
	t.teardown(again.stop);
	await again.shows(online);
	again.type(`/query ${romeo}${keys.enter}`);
	await again.shows('BODY-');
	// What was read last may end in the middle of a sequence.
	await again.settles();
	t.deepEqual(strayBytes(again.output), []);
});

test.serial('the line mode shows them too, without a single escape sequence', async t => {
	for (const columns of [80, undefined]) {
		const {server, xmppc} = await hostileScene(t);
		const environment = {...xmppc.home.environment, TERM: 'dumb'};
		// With a size it runs on a terminal; without, what it writes goes through a pipe.
		const command = [...xmppc.command, '--plain'].join(' ');
		const script = columns === undefined ? `sleep 8 | ${command} | cat` : command;
		const terminal = startTerminal(['sh', '-c', script], {columns: columns ?? 80, rows: 40, environment});
		t.teardown(terminal.stop);
		await waitFor(() => (terminal.output.includes('is connected') ? true : undefined));
		for (const stanza of hostileStanzas) {
			lastConnection(server).replies(stanza);
		}

		await waitFor(() => (/LINK https/.test(terminal.output) ? true : undefined));
		if (columns !== undefined) {
			terminal.type(`/query ${romeo}${keys.enter}`);
			terminal.type(`Farewell${keys.enter}`);
			await waitFor(() => (terminal.output.includes('BOUNCE-') ? true : undefined));
			terminal.type(`/contacts${keys.enter}/version ${romeo}/orchard${keys.enter}`);
			await waitFor(() => (/BOUNCE-[\s\S]*SYSTEM-/.test(terminal.output) ? true : undefined));
			t.regex(terminal.output, /NAME-[\s\S]*STATUS-/);
		}

		lastConnection(server).replies(hostileStreamError);
		await terminal.settles(300);
		t.deepEqual(strayInLines(terminal.output), []);
		for (const field of ['BODY', 'SUBJECT', 'HEADLINE', 'REQUEST']) {
			t.true(terminal.output.includes(`${field}-`), field);
		}

		await terminal.stop();
	}
});

for (const [what, bytes] of forbidden) {
	test.serial(`${what} in a message ends the stream, is called by its name and shows nowhere`, async t => {
		const {server, xmppc} = await hostileScene(t);
		const terminal = xmppc.open({columns: 160});
		t.teardown(terminal.stop);
		await terminal.shows(online);
		const message = (body: Uint8Array) =>
			Buffer.concat([
				Buffer.from(`<message from='${romeo}/orchard' type='chat'><body>BEFORE`),
				body,
				Buffer.from('AFTER</body></message>'),
			]);
		lastConnection(server).replies(message(bytes));
		await showsAll(terminal, [/server of example\.test sent (?:XML|what)/, /Trying again by itself/]);
		t.deepEqual(strayBytes(terminal.output), []);
		t.notRegex(terminal.output, /BEFORE|PWNED|UFdORUQ/);
		// And it comes back by itself.
		await waitFor(() => (server.connections.length > 1 ? true : undefined));
		await terminal.shows(online);
	});
}

test.serial('xmppc send prints a hostile refusal in one harmless line, as text and as JSON', async t => {
	for (const json of [false, true]) {
		const {xmppc} = await hostileScene(t);
		const {status, output, errors} = await xmppc.run(['send', ...(json ? ['--json'] : []), romeo, 'Farewell']);
		t.is(status, 77);
		t.is(output, '');
		t.regex(errors, /^[^\n]+\n$/);
		t.true(errors.includes('BOUNCE-'));
		if (json) {
			t.notRegex(errors, /[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/);
			t.like(JSON.parse(errors), {error: {code: 'stanza-not-acceptable', to: romeo}});
		} else {
			t.deepEqual(strayInLines(errors), []);
		}
	}
});

test.serial('nor does a hostile login put anything but text on the screen or into the debug file', async t => {
	const {good, authority} = await testCertificates();
	const failure = "<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>";
	const logins: ReadonlyArray<readonly [string, number, (connection: ScriptedConnection) => Promise<unknown>]> = [
		[
			'failure',
			77,
			async connection => {
				await answersHeader(connection, offer.mechanisms('SCRAM-SHA-1', worst('MECHANISM')));
				await connection.expects('<auth');
				connection.replies(`${failure}<not-authorized/><text>${worst('FAILURE')}</text></failure>`);
			},
		],
		[
			'unknown failure',
			76,
			async connection => {
				await answersHeader(connection, offer.mechanisms('SCRAM-SHA-1'));
				await connection.expects('<auth');
				connection.replies(`${failure}<worst/><text>${worst('FAILURE')}</text></failure>`);
			},
		],
		[
			'challenge',
			77,
			async connection => {
				await answersHeader(connection, offer.mechanisms('SCRAM-SHA-1'));
				await connection.expects('<auth');
				const challenge = Buffer.from(`e=${hostile}\u001B]0;PWNED\u0007`).toString('base64');
				connection.replies(`<challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>${challenge}</challenge>`);
			},
		],
		['mechanisms', 76, connection => answersHeader(connection, offer.mechanisms(worst('MECHANISM')))],
		['stream error', 76, async connection => connection.replies(header + hostileStreamError)],
		[
			'stream header',
			69,
			async connection => {
				connection.replies(`${header}<worst>${worst('ELEMENT')}</worst>`);
				connection.closes();
			},
		],
	];
	for (const [what, expected, play] of logins) {
		const server = await serve(t, async connection => {
			await answersStartTls(connection, good);
			if (what.startsWith('stream')) {
				await connection.expects(/<stream:stream[^>]*>/);
			}

			await play(connection);
			await connection.ended;
		});
		const xmppc = await makeAccountAt(t, {port: server.port, caFile: authority.certificateFile});
		const debug = path.join(xmppc.home.directory, 'debug.txt');
		const refused = await xmppc.run(['send', '--timeout', '5', '--debug', debug, romeo, 'hello']);
		assertRefused(t, refused, {status: expected, says: [/example\.test/]});
		t.deepEqual(strayInLines(refused.errors), [], what);
		t.deepEqual(strayInLines(readFileSync(debug, 'utf8')), [], what);
	}
});

const header =
	"<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' " +
	`id='${hostile.replaceAll(/[\t\n]/g, ' ')}' from='localhost' version='1.0'>`;

test.serial('arguments are not obeyed either, wherever they are quoted', async t => {
	const xmppc = await makeAccountAt(t, {host: 'no..such..host'});
	const evil = `\u001B]0;PWNED\u0007${hostile.slice(0, 200)}`;
	for (const [status, ...programArguments] of [
		[65, 'send', `${evil}@example.test`, 'hello'],
		[65, 'send', '--account', `${evil}@example.test`, romeo, 'hello'],
		[64, 'send', `--${evil}`, romeo, 'hello'],
		[64, 'send', '--timeout', evil, romeo, 'hello'],
		[64, 'send', '--profile', evil, romeo, 'hello'],
		[74, 'send', '--debug', `/nowhere/${evil}`, romeo, 'hello'],
		[64, evil],
		[64, 'account', evil],
		[65, 'account', 'add', evil],
		[64, 'account', 'add', juliet, '--secrets', evil],
		[66, 'account', 'add', juliet, '--password-stdin', '--tls-ca', `/nowhere/${evil}`],
	] as const) {
		const {status: found, errors} = await xmppc.run(programArguments);
		const called = JSON.stringify(programArguments);
		t.is(found, status, called);
		t.regex(errors, /^xmppc: [^\n]+ \([^\n]+\)\n$/, called);
		t.deepEqual(strayInLines(errors), [], called);
	}
});
