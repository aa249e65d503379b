/** How the built program calls the person, and what it writes for those who listen instead of looking. */
import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import {setTimeout as sleep} from 'node:timers/promises';
import anyTest, {type ExecutionContext, type TestFn} from 'ava';
import {juliet, makeAccountAt, password} from '../support/bad-input.js';
import {type ChatPeer, startChatPeer} from '../support/peers/chat-peer.js';
import type {Xmppc} from '../support/peers/xmppc.js';
import {type Prosody, startProsody} from '../support/prosody.js';
import {keys, type Terminal} from '../support/terminal.js';

type Scene = {readonly server: Prosody; readonly romeo: ChatPeer};

const test = anyTest as TestFn<Scene>;
const romeo = 'romeo@example.test';
const online = `${juliet} ●`;
const patience = 30_000;
const bell = '\u0007';

test.before(async t => {
	const server = await startProsody({
		accounts: {juliet: password, romeo: password},
		rosters: {
			juliet: [{jid: romeo, name: 'Romeo', subscription: 'both'}],
			romeo: [{jid: juliet, subscription: 'both'}],
		},
	});
	t.context = {server, romeo: await startChatPeer(server, 'romeo', password)};
});

test.after.always(async t => {
	const {server, romeo} = t.context as Partial<Scene>;
	await romeo?.close();
	await server?.stop();
});

async function julietsProfile(t: ExecutionContext<Scene>): Promise<Xmppc> {
	const {port, caFile} = t.context.server;
	return makeAccountAt(t, {port, caFile});
}

async function until(isThere: () => boolean, missing: () => string): Promise<void> {
	for (const end = Date.now() + patience; !isThere(); await sleep(20)) {
		if (Date.now() > end) {
			throw new Error(missing());
		}
	}
}

const bells = ({output}: Terminal) => output.split(bell).length - 1;

/** A program that notes what it is called with. */
function noting(file: string): readonly string[] {
	const script = 'require("fs").appendFileSync(process.argv[1], JSON.stringify(process.argv.slice(2)) + "\\n")';
	return [process.execPath, '-e', script, '--', file, '{title}', '{text}'];
}

function prefer(xmppc: Xmppc, settings: Readonly<Record<string, unknown>>): void {
	const file = path.join(xmppc.home.environment.XDG_CONFIG_HOME ?? '', 'xmppc', 'default', 'settings.json');
	const known: unknown = JSON.parse(readFileSync(file, 'utf8'));
	writeFileSync(file, JSON.stringify({...(known as object), ...settings}));
}

test.serial('what comes together rings the bell once and starts the program once, while nobody looks', async t => {
	const xmppc = await julietsProfile(t);
	const notes = path.join(xmppc.home.directory, 'called');
	prefer(xmppc, {'notify.command': noting(notes)});
	const terminal = xmppc.open();
	t.teardown(terminal.stop);
	await terminal.shows(online);
	terminal.type(`/query ${romeo}${keys.enter}`);
	await terminal.shows(/No messages with Romeo yet/);
	t.is(bells(terminal), 0);
	t.context.romeo.send(juliet, 'seen');
	await terminal.shows('seen');
	terminal.type('\u001B[O');
	t.context.romeo.send(juliet, 'one');
	t.context.romeo.send(juliet, '--two');
	await until(
		() => bells(terminal) > 0,
		() => 'the bell did not ring',
	);
	await until(
		() => existsSync(notes) && readFileSync(notes, 'utf8').endsWith('\n'),
		() => 'the program was not started',
	);
	t.is(bells(terminal), 1);
	t.deepEqual(JSON.parse(readFileSync(notes, 'utf8')), ['Romeo (2)', ' --two']);
	t.true(terminal.output.includes('\u001B]2;xmppc (2)'));
	terminal.type('\u001B[I');
	terminal.type(`/notify test${keys.enter}`);
	await until(
		() => bells(terminal) === 2,
		() => 'the test did not ring',
	);
	await terminal.shows('Bell: on, rung now.');
});

test.serial('stanzas are shown while they are looked at', async t => {
	const xmppc = await julietsProfile(t);
	const terminal = xmppc.open({columns: 120});
	t.teardown(terminal.stop);
	await terminal.shows(online);
	terminal.type(`/xml${keys.enter}`);
	await terminal.shows('Stanzas of all accounts');
	terminal.type(`/xml filter contains urn:xmpp:ping${keys.enter}`);
	await terminal.shows('only contains urn:xmpp:ping');
	terminal.type(`/ping${keys.enter}`);
	await terminal.shows(/sent: iq[\s\S]*<ping xmlns="urn:xmpp:ping"\/>/);
	terminal.type(`/xml filter${keys.enter}`);
	await terminal.shows(/received: iq/);
	terminal.type(`/xml off${keys.enter}`);
	await terminal.shows(screen => !screen.includes('<ping'));
});

for (const [how, programArguments, variables] of [
	['--plain', ['--plain'], {XMPPC_SCREEN_READER: '1'}],
	['a terminal that can do nothing', [], {TERM: 'dumb'}],
] as const) {
	test.serial(`short lines stay short lines: ${how}`, async t => {
		const xmppc = await julietsProfile(t);
		Object.assign(xmppc.home.environment, variables);
		const terminal = xmppc.open({}, programArguments);
		t.teardown(terminal.stop);
		await until(
			() => /-- console: [\s\S]*is connected/.test(terminal.output),
			() => `it said: ${terminal.output}`,
		);
		terminal.type(`/quit${keys.enter}`);
		t.is((await terminal.ended).code, 0);
		t.notRegex(
			terminal.output,
			/[\0-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F]/,
			'no control but the end of a line',
		);
	});
}

for (const [how, programArguments, more] of [
	['--screen-reader', ['--screen-reader'], {}],
	['a variable of the environment', [], {XMPPC_SCREEN_READER: '1'}],
	['a setting', [], undefined],
] as const) {
	test.serial(`for a screen reader there are lines in whole words and nothing else: ${how}`, async t => {
		const xmppc = await julietsProfile(t);
		if (more === undefined) {
			prefer(xmppc, {'screen-reader': true});
		} else {
			Object.assign(xmppc.home.environment, more);
		}

		const terminal = xmppc.open({}, programArguments);
		t.teardown(terminal.stop);
		const hears = (text: string | RegExp) =>
			until(
				() => (typeof text === 'string' ? terminal.output.includes(text) : text.test(terminal.output)),
				() => `“${text}” was not said but: ${terminal.output}`,
			);
		await hears(/Command: /);
		await hears('is connected');
		terminal.type(`/query ${romeo}${keys.enter}`);
		await hears(/Chat with Romeo, .*not end-to-end encrypted\./);
		t.context.romeo.send(juliet, 'But soft\u{1F339}');
		await hears(/Message from Romeo, \d\d:\d\d: But soft\u{1F339}/u);
		terminal.type(`Ay me${keys.enter}`);
		await hears('Sent.');
		terminal.type(`/notify test${keys.enter}`);
		await hears('Bell: not here');
		terminal.type(`/quit${keys.enter}`);
		t.is((await terminal.ended).code, 0);
		t.notRegex(
			terminal.output,
			/[\0-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F]/,
			'no control but the end of a line',
		);
	});
}
