/** One process writes a profile, and the others use it: the built program against a real server. */
import {chmodSync, existsSync, lstatSync, mkdirSync, rmSync, symlinkSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import anyTest, {type ExecutionContext, type TestFn} from 'ava';
import {type ChatPeer, openPeerStream, startChatPeer} from '../support/peers/chat-peer.js';
import {type Staying, startStaying} from '../support/peers/staying.js';
import {makeXmppcAccount, type Xmppc} from '../support/peers/xmppc.js';
import {type Prosody, startProsody} from '../support/prosody.js';
import {closedPort} from '../support/scripted-server.js';
import {keys} from '../support/terminal.js';

type Scene = {readonly server: Prosody; readonly romeo: ChatPeer};

const test = anyTest as TestFn<Scene>;
const password = 'wherefore art thou';
const juliet = 'juliet@example.test';
const nurse = 'nurse@example.test';
const friar = 'friar@example.test';

test.before(async t => {
	const both = (jid: string) => [{jid, subscription: 'both' as const}];
	const server = await startProsody({
		accounts: {juliet: password, romeo: 'orchard', nurse: password, benvolio: 'verona'},
		rosters: {juliet: both(nurse), nurse: both(juliet)},
		scram: 'SHA-256',
	});
	t.context = {server, romeo: await startChatPeer(server, 'romeo', 'orchard')};
});

test.after.always(async t => {
	const {server, romeo} = t.context as Partial<Scene>;
	await romeo?.close();
	await server?.stop();
});

/** A profile with Juliet's account, or another's; nothing of it is left when the test ends. */
async function profileOf(t: ExecutionContext<Scene>, localpart = 'juliet'): Promise<Xmppc> {
	const xmppc = await makeXmppcAccount(t.context.server, localpart, password);
	t.teardown(xmppc.remove);
	return xmppc;
}

async function stay(t: ExecutionContext<Scene>, xmppc: Xmppc, programArguments: readonly string[]): Promise<Staying> {
	const staying = startStaying(xmppc, programArguments);
	t.teardown(() => staying.end('SIGKILL'));
	return staying;
}

async function daemonOf(t: ExecutionContext<Scene>, xmppc: Xmppc): Promise<Staying> {
	const daemon = await stay(t, xmppc, ['daemon']);
	await daemon.says(/is connected/);
	return daemon;
}

const socketOf = ({home}: Xmppc) => path.join(home.directory, 'run', 'xmppc', 'default.sock');
const resourceOf = (jid: string) => jid.split('/')[1] ?? '';

test.serial('what is sent beside the daemon goes through its session', async t => {
	const {romeo} = t.context;
	const xmppc = await profileOf(t);
	const daemon = await daemonOf(t, xmppc);
	const arrivals = ['one', 'two\nlines'].map(text => romeo.hears(({body}) => body === text));
	t.deepEqual(await xmppc.run(['send', 'romeo@example.test', 'one']), {status: 0, output: '', errors: ''});
	const second = await xmppc.run(['send', '--json', '--account', juliet, 'romeo@example.test'], 'two\nlines\n');
	t.is(second.status, 0);
	t.like(JSON.parse(second.output), {to: 'romeo@example.test', state: 'acked'});
	const [one, two] = await Promise.all(arrivals);
	t.is(one?.from, two?.from);
	t.not(resourceOf(one?.from ?? ''), '');
	t.is(lstatSync(socketOf(xmppc)).mode & 0o777, 0o600);
	t.is(lstatSync(path.dirname(socketOf(xmppc))).mode & 0o777, 0o700);

	t.is(await daemon.end('SIGTERM'), 0);
	t.false(existsSync(socketOf(xmppc)));
	t.false(/one|two/.test(daemon.text()));
});

test.serial('a recipient that does not exist has its status beside the daemon too', async t => {
	const xmppc = await profileOf(t);
	await daemonOf(t, xmppc);
	const seen = await xmppc.run(['send', '--json', 'nobody@example.test', 'romeo@example.test', 'hello']);
	t.is(seen.status, 67);
	t.like(JSON.parse(seen.errors), {error: {code: 'stanza-service-unavailable', to: 'nobody@example.test'}});
	t.like(JSON.parse(seen.output), {to: 'romeo@example.test', state: 'acked'});
});

test.serial('send waits until the contact’s program has confirmed, with the daemon and without', async t => {
	const receiver = await profileOf(t, 'nurse');
	await daemonOf(t, receiver);
	const sender = await profileOf(t);
	const alone = await sender.run(['send', '--wait', 'delivered', '--json', nurse, 'are you there?']);
	t.is(alone.status, 0, alone.errors);
	t.like(JSON.parse(alone.output), {to: nurse, state: 'delivered'});

	await daemonOf(t, sender);
	const beside = await sender.run(['send', '--wait', 'delivered', '--json', nurse, 'and now?']);
	t.is(beside.status, 0, beside.errors);
	t.like(JSON.parse(beside.output), {to: nurse, state: 'delivered'});
});

test.serial('send waits until the message was read, with the daemon and without', async t => {
	const {socket, stream} = await openPeerStream(t.context.server, 'benvolio', 'verona', 'reader');
	t.teardown(() => socket.destroy());
	socket.write('<presence/>');
	stream.onStanza(stanza => {
		const [from, id] = ['from', 'id'].map(name => new RegExp(`^<message[^>]* ${name}=['"]([^'"]*)`).exec(stanza)?.[1]);
		if (id !== undefined && stanza.includes('<body>') && stanza.includes('urn:xmpp:chat-markers:0')) {
			socket.write(
				`<message to='${from}' type='chat' id='read-${id}'><displayed xmlns='urn:xmpp:chat-markers:0' id='${id}'/></message>`,
			);
		}
	});
	const argv = ['send', '--wait', 'displayed', '--json', 'benvolio@example.test', 'read this'];
	const xmppc = await profileOf(t);
	const alone = await xmppc.run(argv);
	t.is(alone.status, 0, alone.errors);
	t.like(JSON.parse(alone.output), {to: 'benvolio@example.test', state: 'displayed'});
	await daemonOf(t, xmppc);
	const beside = await xmppc.run(argv);
	t.is(beside.status, 0, beside.errors);
	t.like(JSON.parse(beside.output), {to: 'benvolio@example.test', state: 'displayed'});
});

test.serial('a running client that is stopped keeps nobody waiting longer than they said', async t => {
	const xmppc = await profileOf(t);
	const daemon = await daemonOf(t, xmppc);
	process.kill(daemon.pid, 'SIGSTOP');
	const seen = await xmppc.run(['send', '--timeout', '1', 'romeo@example.test', 'hello?']);
	t.is(seen.status, 75);
	t.regex(seen.errors, /^xmppc: The xmppc that is running with this profile does not answer \(It may be stopped/);
	process.kill(daemon.pid, 'SIGCONT');
	t.like(await xmppc.run(['send', 'romeo@example.test', 'there you are']), {status: 0});
	t.is(await daemon.end('SIGTERM'), 0);
});

test.serial('a contact who does not confirm is said so when the time is up', async t => {
	const xmppc = await profileOf(t);
	const argv = ['send', '--wait', 'delivered', '--timeout', '1.5', 'romeo@example.test', 'hello'];
	const alone = await xmppc.run(argv);
	t.is(alone.status, 75);
	t.regex(alone.errors, /^xmppc: The server has the message, but romeo@example\.test did not confirm/);
	await daemonOf(t, xmppc);
	const beside = await xmppc.run(argv);
	t.is(beside.status, 75);
	// What finding the daemon took is not waited for the contact.
	const untimed = (text: string) => text.replace(/within [\d.]+ s/, 'in time');
	t.is(untimed(beside.errors), untimed(alone.errors));
});

test.serial('a message queued while the server is away is sent when it is back', async t => {
	const server = await startProsody({accounts: {juliet: password, romeo: 'orchard'}});
	t.teardown(server.stop);
	const xmppc = await makeXmppcAccount(server, 'juliet', password);
	t.teardown(xmppc.remove);
	const daemon = await daemonOf(t, xmppc);
	await server.halt();
	await daemon.says(/interrupted/);

	const started = performance.now();
	const queued = await xmppc.run(['send', '--wait', 'queued', '--json', 'romeo@example.test', 'patience']);
	t.true(performance.now() - started < 1000);
	t.is(queued.status, 0);
	t.like(JSON.parse(queued.output), {state: 'queued'});
	const waited = await xmppc.run(['send', '--timeout', '0.5', 'romeo@example.test', 'and more']);
	t.is(waited.status, 75);
	t.regex(waited.errors, /waits in the outbox.*do not send it again/);

	await server.start();
	const romeo = await startChatPeer(server, 'romeo', 'orchard');
	t.teardown(romeo.close);
	const arrivals = ['patience', 'and more'].map(text => romeo.hears(({body}) => body === text, 20_000));
	await Promise.all(arrivals);
});

test.serial('queued without a running client, a message goes out with the next one', async t => {
	const {romeo} = t.context;
	const xmppc = await profileOf(t);
	const seen = await xmppc.run(['send', '--wait', 'queued', 'romeo@example.test', 'later']);
	t.is(seen.status, 0);
	t.regex(seen.errors, /sent when xmppc is started/);
	const arrival = romeo.hears(({body}) => body === 'later');
	await daemonOf(t, xmppc);
	await arrival;
});

test.serial('commands that need the profile at the same time take turns', async t => {
	const xmppc = await profileOf(t);
	const texts = ['first', 'second', 'third', 'fourth'];
	const sending = texts.map(text => xmppc.run(['send', 'romeo@example.test', text]));
	t.deepEqual(
		await Promise.all(sending),
		texts.map(() => ({status: 0, output: '', errors: ''})),
	);
});

test.serial('after kill -9 the socket that is left behind keeps nobody from sending or starting', async t => {
	const {romeo} = t.context;
	const xmppc = await profileOf(t);
	const daemon = await daemonOf(t, xmppc);
	t.is(await daemon.end('SIGKILL'), null);
	t.true(existsSync(socketOf(xmppc)));
	const arrival = romeo.hears(({body}) => body === 'all by myself');
	t.deepEqual(await xmppc.run(['send', 'romeo@example.test', 'all by myself']), {status: 0, output: '', errors: ''});
	await arrival;
	await daemonOf(t, xmppc);
	t.is((await xmppc.run(['send', 'romeo@example.test', 'and not alone'])).status, 0);
});

test.serial('a place for the socket that others can reach is refused, with the next step', async t => {
	const xmppc = await profileOf(t);
	const directory = path.dirname(socketOf(xmppc));
	rmSync(directory, {recursive: true, force: true});
	mkdirSync(directory);
	chmodSync(directory, 0o755);
	for (const argv of [['daemon'], ['send', 'romeo@example.test', 'hello']]) {
		const seen = await xmppc.run(argv);
		t.is(seen.status, 74);
		t.regex(seen.errors, /^xmppc: .* is open to other users \(Close it: chmod 700 .*\)\n$/);
	}

	rmSync(directory, {recursive: true});
	const elsewhere = path.join(xmppc.home.directory, 'elsewhere');
	mkdirSync(elsewhere, {mode: 0o700});
	symlinkSync(elsewhere, directory);
	const linked = await xmppc.run(['daemon']);
	t.is(linked.status, 74);
	t.regex(linked.errors, /is not a directory/);
});

test.serial('a client is found although only one of the two has a runtime directory', async t => {
	const xmppc = await profileOf(t);
	const {XDG_RUNTIME_DIR: _, ...environment} = xmppc.home.environment;
	const service: Xmppc = {...xmppc, home: {...xmppc.home, environment}};
	const daemon = await daemonOf(t, service);
	t.false(existsSync(socketOf(xmppc)));
	const seen = await xmppc.run(['send', '--json', '--wait', 'queued', 'romeo@example.test', 'found']);
	t.deepEqual([seen.status, seen.errors], [0, '']);
	t.is(await daemon.end('SIGTERM'), 0);
});

test.serial('a second line mode follows the first, and leaving it leaves the first running', async t => {
	const {romeo} = t.context;
	const xmppc = await profileOf(t);
	const first = await stay(t, xmppc, ['--plain']);
	await first.says(/is connected/);
	const second = await stay(t, xmppc, ['--plain']);
	await second.says(/Following the xmppc that is running with the profile "default"/);
	const arrival = romeo.hears(({body}) => body === 'from the second');
	second.type('/msg romeo@example.test from the second');
	const {from} = await arrival;
	await first.says(/juliet: from the second/);
	romeo.send(from, 'to both');
	await Promise.all([first.says(/romeo: to both/), second.says(/romeo: to both/)]);
	second.type('/quit');
	t.is(await second.ended, 0);

	const third = await stay(t, xmppc, ['--plain']);
	await third.says(/Following/);
	first.type('/quit');
	t.is(await first.ended, 0);
	t.is(await third.ended, 75);
	t.regex(third.text(), /xmppc: The xmppc that was running has ended/);
});

test.serial('a second screen asks what to do', async t => {
	const xmppc = await profileOf(t);
	const daemon = await daemonOf(t, xmppc);
	const other = xmppc.open();
	t.teardown(other.stop);
	await other.shows('Another xmppc is running with the profile "default"');
	t.false(other.isAlternate());
	other.type(`1${keys.enter}`);
	await other.shows('Following the xmppc that is running');
	await other.shows('[console]');
	other.type(`/quit${keys.enter}`);
	t.is((await other.ended).code, 0);

	const third = xmppc.open();
	t.teardown(third.stop);
	await third.shows('1, 2 or 3:');
	third.type(`2${keys.enter}`);
	await third.shows('Name of the profile:');
	third.type(`My work${keys.enter}`);
	await third.shows(/Use 1 to 32 of the characters[\s\S]*1, 2 or 3:/u);
	third.type(`2${keys.enter}`);
	await third.shows(/Name of the profile:[\s\S]*Name of the profile:/u);
	third.type(`work${keys.enter}`);
	await third.shows(/Welcome/);
	t.true(third.isAlternate());
	await third.stop();

	const fourth = xmppc.open();
	t.teardown(fourth.stop);
	await fourth.shows('1, 2 or 3:');
	fourth.type(keys.controlC);
	t.is((await fourth.ended).code, 130);
	t.is(await daemon.end('SIGINT'), 0);
});

test.serial('the screen serves others too', async t => {
	const {romeo} = t.context;
	const xmppc = await profileOf(t);
	const screen = xmppc.open();
	t.teardown(screen.stop);
	await screen.shows('is connected');
	const arrival = romeo.hears(({body}) => body === 'from the shell');
	t.is((await xmppc.run(['send', 'romeo@example.test', 'from the shell'])).status, 0);
	const {from} = await arrival;
	romeo.send(from, 'heard');
	await screen.shows('[new: 2');
	screen.type(`/quit${keys.enter}`);
	t.is((await screen.ended).code, 0);
	t.false(existsSync(socketOf(xmppc)));
});

test.serial('accounts are set up, tested and removed beside a running daemon', async t => {
	const {server} = t.context;
	const xmppc = await profileOf(t);
	const daemon = await daemonOf(t, xmppc);
	const where = ['--secrets', 'key-file', '--host', `127.0.0.1:${server.port}`, '--tls-ca', server.caFile];
	const added = await xmppc.run(['account', 'add', nurse, '--password-stdin', ...where], `${password}\n`);
	t.is(added.status, 0, added.errors);
	t.regex(added.errors, /xmppc that is running has connected nurse@example\.test/);
	await daemon.says(/nurse@example\.test: online/);
	const tested = await xmppc.run(['account', 'test', nurse, '--json']);
	t.is(tested.status, 0, tested.errors);
	t.like(JSON.parse(tested.output), {mechanism: 'SCRAM-SHA-256'});
	t.regex((await xmppc.run(['account', 'list'])).output, /juliet@[^\n]*\nnurse@/);
	const which = await xmppc.run(['send', 'romeo@example.test', 'hello']);
	t.is(which.status, 64);
	t.regex(which.errors, /--account: juliet@example\.test, nurse@example\.test/);
	const nobody = ['--secrets', 'key-file', '--host', `127.0.0.1:${closedPort}`];
	const away = await xmppc.run(['account', 'add', friar, '--password-stdin', ...nobody], 'a word\n');
	t.is(away.status, 0);
	t.regex(away.errors, /cannot connect friar@example\.test: .*Added friar@example\.test/s);
	const unconnected = await xmppc.run(['send', '--timeout', '1', '--account', friar, 'romeo@example.test', 'hello']);
	t.is(unconnected.status, 75);
	t.regex(unconnected.errors, /friar@example\.test was not connected within 1 s.*waits in the outbox/);
	t.is((await xmppc.run(['account', 'remove', nurse])).status, 0);
	await daemon.says(/nurse@example\.test: removed/);
	t.false(daemon.text().includes(password));
});

test.serial('a daemon without an account says what sets one up', async t => {
	const xmppc = await profileOf(t);
	const daemon = await stay(t, xmppc, ['daemon', '--profile', 'work']);
	await daemon.says(/There is no account yet \(.*xmppc account add/u);
	t.is(await daemon.end('SIGTERM'), 0);
});

test.serial('a second daemon says that one is running', async t => {
	const xmppc = await profileOf(t);
	await daemonOf(t, xmppc);
	const second = await xmppc.run(['daemon']);
	t.is(second.status, 75);
	t.regex(second.errors, /^xmppc: Another xmppc is running with the profile "default"/);
});
