/** The built command line against a real server: what a script sees of it. */
import {type SpawnOptions, spawn} from 'node:child_process';
import {readdirSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:net';
import path from 'node:path';
import anyTest, {type TestFn} from 'ava';
import {type ChatPeer, startChatPeer} from '../support/peers/chat-peer.js';
import {builtProgram, makeXmppc, makeXmppcAccount, type Xmppc} from '../support/peers/xmppc.js';
import {freePorts, type Prosody, startProsody} from '../support/prosody.js';

type Scene = {readonly server: Prosody; readonly romeo: ChatPeer; readonly nurse: ChatPeer; readonly juliet: Xmppc};

const test = anyTest as TestFn<Scene>;
const password = 'wherefore art thou';

test.before(async t => {
	const server = await startProsody({
		accounts: {juliet: password, romeo: 'orchard', nurse: 'patience'},
		scram: 'SHA-256',
	});
	t.context = {
		server,
		romeo: await startChatPeer(server, 'romeo', 'orchard'),
		nurse: await startChatPeer(server, 'nurse', 'patience'),
		juliet: await makeXmppcAccount(server, 'juliet', password),
	};
});

test.after.always(async t => {
	// Whatever came up before something failed.
	const {server, romeo, nurse, juliet} = t.context as Partial<Scene>;
	await Promise.all([romeo?.close(), nurse?.close()]);
	juliet?.remove();
	await server?.stop();
});

/** Runs the program with more than `Xmppc.run` offers; `act` gets the process while it runs. */
async function runWith(
	{command, home}: Xmppc,
	programArguments: readonly string[],
	stdio: SpawnOptions['stdio'],
	act: (child: ReturnType<typeof spawn>) => void = () => {},
) {
	const [program, ...before] = command;
	const child = spawn(program, [...before, ...programArguments], {env: {...home.environment}, stdio});
	let errors = '';
	child.stderr?.setEncoding('utf8').on('data', chunk => {
		errors += chunk;
	});
	act(child);
	const status = await new Promise<number | null>(resolve => child.once('close', resolve));
	return {status, errors};
}

test.serial('a text from a pipe arrives as it was, at every recipient', async t => {
	const {juliet, romeo, nurse} = t.context;
	const text = 'Zwei Zeilen,\n\tÜmläute, 恋 & <b>"Zeichen"</b> 👩‍❤️‍👨';
	const arrivals = Promise.all([romeo, nurse].map(peer => peer.hears(({from}) => from.startsWith('juliet@'))));
	const seen = await juliet.run(['send', 'romeo@example.test', 'nurse@example.test'], `${text}\n`);
	t.deepEqual(seen, {status: 0, output: '', errors: ''});
	t.deepEqual(
		(await arrivals).map(({body}) => body),
		[text, text],
	);
});

test.serial('a recipient that does not exist has a line of its own, and the others get the message', async t => {
	const {juliet, romeo} = t.context;
	const arrival = romeo.hears(({body}) => body === 'good night');
	const seen = await juliet.run(['send', '--json', 'nobody@example.test', 'romeo@example.test', 'good night']);
	t.is(seen.status, 67);
	t.like(JSON.parse(seen.output), {to: 'romeo@example.test', state: 'acked'});
	t.like(JSON.parse(seen.errors), {error: {to: 'nobody@example.test'}});
	await arrival;
});

test.serial(
	'what was sent from the shell stands in the history, and the rest of the profile is closed to others',
	async t => {
		const {juliet} = t.context;
		t.is((await juliet.run(['send', 'romeo@example.test', 'remembered'])).status, 0);
		const files = readdirSync(juliet.home.directory, {recursive: true, encoding: 'utf8'}).map(name =>
			path.join(juliet.home.directory, name),
		);
		const data = files.filter(file => statSync(file).isFile());
		t.true(data.length > 3);
		t.deepEqual(
			data.filter(file => (statSync(file).mode & 0o077) !== 0),
			[],
		);
		t.deepEqual(
			data.filter(file => readFileSync(file).includes(password)),
			[],
		);
	},
);

test.serial('account test shows how the login is protected', async t => {
	const {juliet, server} = t.context;
	const {status, output} = await juliet.run(['account', 'test', 'juliet@example.test', '--json']);
	t.is(status, 0);
	t.like(JSON.parse(output), {tls: 'TLSv1.3', mechanism: 'SCRAM-SHA-256', certificate: server.fingerprint});
});

test.serial('a wrong password ends with the status for "not permitted" and says which account', async t => {
	const {server} = t.context;
	const wrong = await makeXmppcAccount(server, 'juliet', 'not this');
	t.teardown(wrong.remove);
	for (const argv of [
		['send', 'romeo@example.test', 'hello'],
		['account', 'test', 'juliet@example.test'],
	]) {
		const {status, errors} = await wrong.run(argv);
		t.is(status, 77);
		t.regex(errors, /^xmppc: .*juliet@example\.test.*\n$/);
	}
});

test.serial('a passphrase comes from a file descriptor, and a wrong one opens nothing', async t => {
	const {server, romeo} = t.context;
	const xmppc = makeXmppc();
	t.teardown(xmppc.remove);
	const withDescriptor = (programArguments: readonly string[], passphrase: string) =>
		runWith(xmppc, [...programArguments, '--passphrase-fd', '3'], ['pipe', 'ignore', 'pipe', 'pipe'], child => {
			child.stdin?.end(`${password}\n`);
			const descriptor = child.stdio[3];
			if (descriptor !== null && descriptor !== undefined && 'end' in descriptor) {
				descriptor.end(`${passphrase}\n`);
			}
		});
	const where = ['--host', `127.0.0.1:${server.port}`, '--tls-ca', server.caFile];
	const add = ['account', 'add', 'juliet@example.test', '--password-stdin', '--secrets', 'passphrase', ...where];
	t.is((await withDescriptor(add, 'open sesame')).status, 0);

	const arrival = romeo.hears(({body}) => body === 'sealed');
	t.is((await withDescriptor(['send', 'romeo@example.test', 'sealed'], 'open sesame')).status, 0);
	await arrival;
	const wrong = await withDescriptor(['send', 'romeo@example.test', 'sealed'], 'close sesame');
	t.not(wrong.status, 0);
	t.regex(wrong.errors, /^xmppc: .*passphrase.*\n$/i);
});

test.serial('a program may print the password', async t => {
	const {server, romeo} = t.context;
	const xmppc = makeXmppc();
	t.teardown(xmppc.remove);
	const where = ['--host', `127.0.0.1:${server.tlsPort}`, '--direct-tls', '--tls-pin', server.fingerprint];
	const secrets = ['--secrets', 'command', '--password-command', 'printf', '%s\\n', password];
	t.is((await xmppc.run(['account', 'add', 'juliet@example.test', ...where, ...secrets])).status, 0);
	const arrival = romeo.hears(({body}) => body === 'asked for');
	t.like(await xmppc.run(['send', 'romeo@example.test', 'asked for']), {status: 0, errors: ''});
	await arrival;
});

test.serial('beside a running program, what is sent goes through it and stands in its history', async t => {
	const {juliet} = t.context;
	const running = await runWith(juliet, ['--plain'], ['pipe', 'pipe', 'pipe'], child => {
		let shown = '';
		child.stdout?.setEncoding('utf8').on('data', async chunk => {
			const before = shown;
			shown += chunk;
			if (!before.includes('is connected') && shown.includes('is connected')) {
				const arrival = t.context.romeo.hears(({body}) => body === 'beside it');
				t.is((await juliet.run(['send', 'romeo@example.test', 'beside it'])).status, 0);
				await arrival;
				t.regex(shown, /juliet: beside it/);
				// What only reads works all the same.
				t.regex((await juliet.run(['account', 'list'])).output, /^juliet@example\.test {2}key-file/);
				child.stdin?.end('/quit\n');
			}
		});
	});
	t.is(running.status, 0);
});

test.serial('the debug file tells what crossed the wire, without password and text', async t => {
	const {juliet} = t.context;
	const file = path.join(juliet.home.directory, 'debug.txt');
	t.is((await juliet.run(['send', '--debug', file, 'romeo@example.test', 'a private matter'])).status, 0);
	const log = readFileSync(file, 'utf8');
	t.regex(log, /> <message /);
	t.false(log.includes('private matter'));
	t.false(log.includes(password));
	t.false(log.includes(Buffer.from(`\0juliet\0${password}`).toString('base64')));
});

test.serial('a server that says nothing is given up on after --timeout, and on Ctrl+C at once', async t => {
	const silent = createServer(() => {});
	const [port = 0] = await freePorts(1);
	await new Promise<void>(resolve => silent.listen(port, '127.0.0.1', resolve));
	t.teardown(() => silent.close());
	const xmppc = await makeXmppcAccount(t.context.server, 'juliet', password, {port});
	t.teardown(xmppc.remove);

	const late = await xmppc.run(['send', '--timeout', '0.5', 'romeo@example.test', 'hello']);
	t.is(late.status, 75);
	t.regex(late.errors, /^xmppc: [^\n]+\n$/);

	const started = performance.now();
	const interrupted = await runWith(
		xmppc,
		['send', 'romeo@example.test', 'hello'],
		['ignore', 'pipe', 'pipe'],
		child => {
			silent.once('connection', () => child.kill('SIGINT'));
		},
	);
	t.deepEqual(interrupted, {status: 130, errors: ''});
	t.true(performance.now() - started < 2000);
});

test.serial('a defect is one line too, with its own status', async t => {
	const {juliet} = t.context;
	const defect = path.join(juliet.home.directory, 'defect.cjs');
	writeFileSync(defect, "setTimeout(() => { throw new TypeError('not a function'); }, 20);");
	const broken = {...juliet, command: [process.execPath, '--require', defect, builtProgram] as const};
	const seen = await runWith(broken, ['send', 'romeo@example.test'], ['pipe', 'pipe', 'pipe']);
	t.is(seen.status, 70);
	t.regex(seen.errors, /^xmppc: not a function \(This is a defect in xmppc[^\n]*\)\n$/);
});

test.serial('a reader that leaves early is no error', async t => {
	const {juliet} = t.context;
	const seen = await runWith(juliet, ['--help'], ['ignore', 'pipe', 'pipe'], child => {
		child.stdout?.destroy();
	});
	t.deepEqual(seen, {status: 0, errors: ''});
});
