/**
 * Texts and arguments that cannot be sent as they are, end to end: what XML has no room for, what is too long, too much
 * at once, nothing at all. Each is sent in a form that arrives, or refused with the next step.
 */
import anyTest, {type ExecutionContext, type TestFn} from 'ava';
import {assertRefused, juliet, makeAccountAt, password, serve, showsAll} from '../support/bad-input.js';
import {type ChatPeer, startChatPeer} from '../support/peers/chat-peer.js';
import {runProgram, type Xmppc} from '../support/peers/xmppc.js';
import {type Prosody, startProsody} from '../support/prosody.js';
import {keys, type Terminal} from '../support/terminal.js';
import {strayBytes} from '../support/terminal-bytes.js';

type Scene = {readonly server: Prosody; readonly romeo: ChatPeer};

const test = anyTest as TestFn<Scene>;
const romeo = 'romeo@example.test';

test.before(async t => {
	const server = await startProsody({
		accounts: {juliet: password, romeo: password},
		rosters: {juliet: [{jid: romeo, subscription: 'both'}], romeo: [{jid: juliet, subscription: 'both'}]},
	});
	t.context = {server, romeo: await startChatPeer(server, 'romeo', password)};
});

test.after.always(async t => {
	const {server, romeo} = t.context as Partial<Scene>;
	await romeo?.close();
	await server?.stop();
});

function julietsProfile(t: ExecutionContext<Scene>): Promise<Xmppc> {
	const {port, caFile} = t.context.server;
	return makeAccountAt(t, {port, caFile});
}

/** Sends bytes from standard input, as a shell's `printf` makes them. */
function sendBytes({command, home}: Xmppc, printf: string) {
	const script = `printf '${printf}' | "$@"`;
	return runProgram(['bash', '-c', `set -o pipefail; ${script}`, 'bash', ...command, 'send', romeo], home.environment);
}

for (const [what, printf, arrives] of [
	['NUL', 'a\\0b', 'ab'],
	['ESC', 'a\\033[31mb', 'a[31mb'],
	['an OSC sequence', 'a\\033]52;c;eA==\\007b', 'a]52;c;eA==b'],
	['a character that XML forbids', 'a\\357\\277\\277b', 'a\uFFFDb'],
	['line ends of other systems', 'a\\r\\nb\\rc', 'a\nb\nc'],
] as const) {
	test.serial(`${what} on standard input arrives as what XML can carry`, async t => {
		const xmppc = await julietsProfile(t);
		const arrival = t.context.romeo.hears(({from}) => from.startsWith(juliet));
		t.deepEqual(await sendBytes(xmppc, printf), {status: 0, output: '', errors: ''});
		t.is((await arrival).body, arrives);
	});
}

for (const [what, printf, says] of [
	['no text', '', [/no text to send/, /--message/]],
	['white space alone', ' \\n\\t\\n', [/no text to send/, /--message/]],
	['control characters alone', '\\0\\033\\007', [/no text to send/, /--message/]],
	['an encoded surrogate', 'a\\355\\240\\200b', [/not text in UTF-8/, /iconv/]],
	['Latin-1', 'gr\\374n', [/not text in UTF-8/, /iconv/]],
] as const) {
	test.serial(`${what} on standard input is refused before anything is opened`, async t => {
		const server = await serve(t, connection => connection.ended);
		const xmppc = await makeAccountAt(t, {port: server.port});
		assertRefused(t, await sendBytes(xmppc, printf), {status: 65, says});
		t.is(server.connections.length, 0);
	});
}

test.serial('a text that no server takes is refused without a connection, whatever its way in', async t => {
	const server = await serve(t, connection => connection.ended);
	const xmppc = await makeAccountAt(t, {port: server.port});
	const expected = {
		status: 65,
		says: [/message to romeo@example\.test is too long/, /servers usually take 250 kB/, /send it in parts/],
	};
	assertRefused(t, await xmppc.run(['send', romeo], 'x'.repeat(1_000_000)), expected);
	assertRefused(t, await xmppc.run(['send', romeo], '&'.repeat(60_000)), expected);
	assertRefused(t, await xmppc.run(['send', romeo, 'x'.repeat(125_000), 'y'.repeat(10)]), {
		status: 65,
		says: [/not an address/, /--message/],
	});
	assertRefused(t, await xmppc.run(['send', romeo], 'x'.repeat(5_000_000)), {
		status: 65,
		says: [/longer than 4 MiB/, /[Ss]end it in parts/],
	});
	t.is(server.connections.length, 0);
});

test.serial('a long text that servers take arrives whole', async t => {
	const xmppc = await julietsProfile(t);
	const text = 'Wherefore art thou, ü? '.repeat(9000).trim();
	const arrival = t.context.romeo.hears(({from}) => from.startsWith(juliet));
	t.deepEqual(await xmppc.run(['send', romeo], text), {status: 0, output: '', errors: ''});
	t.is((await arrival).body, text);
});

for (const [address, says] of [
	['romeo', /"romeo" is not an address/],
	['romeo@', /"romeo@" is not an address/],
	['@example.test', /"@example\.test" is not an address/],
	['ro meo@example.test', /"ro meo@example\.test" is not an address/],
	['romeo@exa mple.test', /"romeo@exa mple\.test" is not an address/],
	[`${'r'.repeat(1024)}@example.test`, /is not an address/],
] as const) {
	test.serial(`${address.slice(0, 40)} is no address`, async t => {
		const server = await serve(t, connection => connection.ended);
		const xmppc = await makeAccountAt(t, {port: server.port});
		const expected = {status: 65, says: [says, /name@example\.org/]};
		assertRefused(t, await xmppc.run(['send', address, 'hello']), expected);
		const both = await xmppc.run(['send', romeo, address, '--message', 'hello']);
		assertRefused(t, both, expected);
		t.is(server.connections.length, 0, 'nor is anything sent to the others');
	});
}

for (const [programArguments, says] of [
	[
		['send', '--colour', romeo, 'hello'],
		[/Unknown option '--colour'/, /xmppc send --help/],
	],
	[['--colour'], [/Unknown option '--colour'/, /xmppc --help/]],
	[
		['account', 'add', juliet, '--colour'],
		[/Unknown option '--colour'/, /xmppc account add --help/],
	],
	[
		['sned', romeo, 'hello'],
		[/no subcommand "sned"/, /xmppc --help/],
	],
	[['constructor'], [/no subcommand "constructor"/, /xmppc --help/]],
	[['account'], [/account needs a subcommand/, /xmppc account --help/]],
	[['history'], [/history needs a subcommand/, /xmppc history --help/]],
	[
		['history', 'rebuild', '--colour'],
		[/Unknown option '--colour'/, /xmppc history rebuild --help/],
	],
	[
		['account', 'archive', juliet, 'sometimes'],
		[/always, roster, never/, /xmppc account archive --help/],
	],
	[
		['account', 'frobnicate'],
		[/'frobnicate'/, /xmppc account --help/],
	],
	[['send'], [/Missing required argument 'jid'/, /xmppc send --help/]],
	[
		['send', '--timeout', '0', romeo, 'hello'],
		[/number of seconds/, /xmppc send --help/],
	],
	[
		['send', '--timeout', 'soon', romeo, 'hello'],
		[/number of seconds/, /xmppc send --help/],
	],
	[
		['send', '--profile', '../other', romeo, 'hello'],
		[/"\.\.\/other" is not a profile name/, /a-z/],
	],
] as const) {
	test.serial(`xmppc ${programArguments.join(' ')}`, async t => {
		const xmppc = await makeAccountAt(t, {port: 1});
		assertRefused(t, await xmppc.run(programArguments), {status: 64, says});
	});
}

/** Juliet's screen, with Romeo's conversation open. */
async function conversation(t: ExecutionContext<Scene>): Promise<Terminal> {
	const xmppc = await julietsProfile(t);
	const terminal = xmppc.open({columns: 100, rows: 30});
	t.teardown(terminal.stop);
	await terminal.shows(`${juliet} ●`);
	terminal.type(`/query ${romeo}${keys.enter}`);
	await terminal.shows(screen => screen.split('\n')[0]?.includes(romeo) === true);
	return terminal;
}

const pasted = (text: string) => `\u001B[200~${text}\u001B[201~`;

for (const [what, text] of [
	['one line', 'x'.repeat(1_000_000)],
	['many lines', 'a line of text\n'.repeat(66_000)],
	['wide letters', '日本語'.repeat(111_000)],
] as const) {
	test.serial(`a megabyte of ${what} is refused whole: keys still answer, and what was typed is there`, async t => {
		const terminal = await conversation(t);
		terminal.type('before ');
		const started = performance.now();
		terminal.type(`${pasted(text)}END`);
		await terminal.shows('END', 5000);
		const took = performance.now() - started;
		t.true(took < 3000, `${Math.round(took)} ms for the paste`);
		const typed = performance.now();
		terminal.type('!');
		await terminal.shows('before END!');
		const answered = performance.now() - typed;
		t.true(answered < 500, `${Math.round(answered)} ms for a key`);
		const arrival = t.context.romeo.hears(({body}) => body === 'before END!');
		terminal.type(keys.enter);
		await arrival;
		terminal.type(pasted(text));
		await showsAll(terminal, [/nothing was pasted/, /still here/]);
	});
}

test.serial('a pasted text that servers take arrives whole', async t => {
	const terminal = await conversation(t);
	const text = 'A long letter, with lines.\n'.repeat(7000).trim();
	const arrival = t.context.romeo.hears(({from}) => from.startsWith(juliet));
	terminal.type(`${pasted(text)}${keys.enter}`);
	await terminal.shows('Send 7000 lines as one message?');
	terminal.type(keys.enter);
	t.is((await arrival).body, text);
});

test.serial('what is pasted is text, whatever it holds', async t => {
	const terminal = await conversation(t);
	const evil = 'A\u001B]0;PWNED\u0007\u001B[2J\u0000\u0001\u009B31m\u202EB\r\nC';
	const arrival = t.context.romeo.hears(({from}) => from.startsWith(juliet));
	terminal.type(pasted(evil));
	await terminal.shows(/C\s*$/);
	terminal.type(keys.enter);
	const {body} = await arrival;
	t.regex(body, /^A[^\u0000-\u0008\u000B-\u001F]*B\nC$/);
	await terminal.settles();
	t.deepEqual(strayBytes(terminal.output), []);
});

test.serial('a paste that never ends is given back to the person', async t => {
	const terminal = await conversation(t);
	terminal.type('\u001B[200~half a paste');
	await terminal.shows('half a paste', 5000);
	terminal.type(keys.enter);
	t.is((await t.context.romeo.hears(({from}) => from.startsWith(juliet))).body, 'half a paste');
});

test.serial('an empty line and white space alone send nothing, and say nothing', async t => {
	const terminal = await conversation(t);
	terminal.type(`${keys.enter}   ${keys.enter}`);
	await terminal.settles();
	terminal.type(`${keys.controlU}something${keys.enter}`);
	t.is((await t.context.romeo.hears(({from}) => from.startsWith(juliet))).body, 'something');
});
