import {chmodSync, existsSync, lstatSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {connect, createServer, type Socket} from 'node:net';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {connectControl} from '../../source/control/client.js';
import type {ControlConnection} from '../../source/control/exchange.js';
import {createFrameReader, type Frame} from '../../source/control/frames.js';
import {type ControlServerOptions, startControlServer} from '../../source/control/server.js';
import {controlSocketPath, hasSocketDirectory} from '../../source/control/socket-path.js';
import type {Actions, Snapshot} from '../../source/model/actions.js';
import type {Event} from '../../source/model/events.js';
import {XmppcError} from '../../source/shared/errors.js';
import type {BareJid} from '../../source/shared/jid.js';
import type {Log} from '../../source/shared/log.js';
import {createManualClock, type ManualClock} from '../support/manual-clock.js';
import {createFakeBackend, type FakeBackend} from '../tui/fake-backend.js';
import {account, me, message, romeo, withNurse, withRomeo} from '../tui/support.js';

const profile = '/data/xmppc/default';

type Scene = {
	readonly path: string;
	readonly clock: ManualClock;
	readonly backend: FakeBackend;
	/** Lines of the log. */
	readonly noted: string[];
	readonly options: ControlServerOptions;
};

function scene(t: ExecutionContext): Scene {
	const directory = mkdtempSync(path.join(tmpdir(), 'xmppc-run-'));
	t.teardown(() => rmSync(directory, {recursive: true, force: true}));
	const clock = createManualClock();
	const backend = createFakeBackend(clock, {accounts: [account()]});
	const noted: string[] = [];
	const log: Log = {note: (area, text) => noted.push(`${area}: ${text}`), xml() {}};
	const socketPath = controlSocketPath({runtime: path.join(directory, 'xmppc'), profile: 'default'});
	const {actions, events} = backend;
	const watch = () => () => {};
	const arrive = () => ({idle() {}, leave() {}});
	const watchXml = () => () => {};
	const options = {path: socketPath, profile, actions, events, watch, arrive, watchXml, clock, log};
	return {path: socketPath, clock, backend, noted, options};
}

async function serve(t: ExecutionContext, more: Partial<ControlServerOptions> = {}) {
	const it = scene(t);
	const server = await startControlServer({...it.options, ...more});
	t.teardown(async () => {
		const closed = server.close();
		it.clock.advance(1000);
		await closed;
	});
	const attach = async (wanted: Parameters<typeof connectControl>[1] | object = {}) => {
		const connection = await connectControl(it.path, {profile, clock: it.clock, ...wanted});
		t.teardown(() => connection?.close());
		return connection as ControlConnection;
	};
	return {...it, server, attach};
}

const notice = (text: string): Event => ({type: 'notice', level: 'info', text, at: 0});

/** Hears Events, and waits until there are so many. */
function hearing(connection: Pick<ControlConnection, 'events'>) {
	const heard: Event[] = [];
	let wake = () => {};
	connection.events(event => {
		heard.push(event);
		wake();
	});
	return {
		heard,
		async count(wanted: number) {
			while (heard.length < wanted) {
				await new Promise<void>(resolve => {
					wake = resolve;
				});
			}

			return heard;
		},
	};
}

/** A peer that writes what it likes. */
function rawPeer(t: ExecutionContext, socketPath: string) {
	const socket: Socket = connect(socketPath);
	t.teardown(() => socket.destroy());
	const frames: Frame[] = [];
	const reader = createFrameReader({longest: 1e9, onFrame: frame => frames.push(frame), onFault: t.fail});
	socket.on('data', chunk => reader.push(chunk));
	socket.on('error', () => {});
	const closed = new Promise<readonly Frame[]>(resolve => socket.once('close', () => resolve(frames)));
	return {socket, frames, closed};
}

test('the verbs of the client work over the socket, with their results', async t => {
	const {attach, backend} = await serve(t);
	const {actions} = await attach();
	t.deepEqual(await actions.listAccounts({}), [account()]);
	const {id, state} = await actions.sendMessage({account: me, to: romeo, body: 'Wherefore\nart thou? 🌹'});
	t.is(state, 'queued');
	t.regex(id, /^id-/);
	t.is(await actions.connect({account: me}), undefined);
	t.deepEqual(backend.asked('sendMessage'), [{account: me, to: romeo, body: 'Wherefore\nart thou? 🌹'}]);
});

test('a refusal arrives as the same error', async t => {
	const {attach, backend} = await serve(t);
	const {actions} = await attach();
	backend.refuse(
		'connect',
		new XmppcError({code: 'wrong-password', kind: 'notPermitted', message: 'No.', hint: 'Look.'}),
	);
	await t.throwsAsync(actions.connect({account: me}), {
		name: 'XmppcError',
		message: 'No.',
		code: 'wrong-password',
	});
	backend.refuse('connect', new TypeError('a defect'));
	t.like(await t.throwsAsync(actions.connect({account: me})), {code: 'internal', kind: 'bug'});
});

test('many requests are answered, each with its own answer', async t => {
	const {attach} = await serve(t);
	const {actions} = await attach();
	const bodies = Array.from({length: 500}, (_, index) => `message ${index}`);
	const sent = await Promise.all(bodies.map(body => actions.sendMessage({account: me, to: romeo, body})));
	const keys = sent.map(({key}) => key);
	t.is(new Set(keys).size, 500);
	t.deepEqual(
		keys,
		[...keys].sort((one, other) => one - other),
	);
});

test('a second connection hears what the first one does', async t => {
	const {attach} = await serve(t);
	const [first, second] = [await attach(), await attach({events: 'all'})];
	const ear = hearing(second);
	await first.actions.sendMessage({account: me, to: romeo, body: 'Hi'});
	const heard = await ear.count(2);
	t.deepEqual(
		heard.map(({type}) => type),
		['buffer.opened', 'message.recorded'],
	);
});

test('only Events that were asked for are sent', async t => {
	const {attach, backend} = await serve(t);
	const nothing = hearing(await attach());
	const some = hearing(await attach({events: ['account.changed']}));
	backend.emit(notice('one'));
	backend.emit({type: 'account.changed', account: account({status: 'offline'})});
	t.deepEqual(await some.count(1), [{type: 'account.changed', account: account({status: 'offline'})}]);
	t.deepEqual(nothing.heard, []);
});

test('nothing is missed between the snapshot and the first Event', async t => {
	const it = scene(t);
	const known: Snapshot = {accounts: [account()], contacts: [], presence: [], requests: [], buffers: []};
	const actions: Actions = {
		...it.options.actions,
		async snapshot() {
			// What happens while it is made is told behind it.
			it.backend.emit(notice('meanwhile'));
			await new Promise(setImmediate);
			it.backend.emit(notice('still'));
			return known;
		},
	};
	const server = await startControlServer({...it.options, actions});
	const connection = await connectControl(it.path, {profile, clock: it.clock, snapshot: true, events: 'all'});
	t.deepEqual(connection?.snapshot, known);
	it.backend.emit(notice('then'));
	// The listener comes late: the answer is behind what happened.
	await connection?.actions.listAccounts({});
	const ear = hearing(connection as ControlConnection);
	await ear.count(3);
	t.deepEqual(ear.heard, [notice('meanwhile'), notice('still'), notice('then')]);
	connection?.close();
	await server.close();
});

test('a page of history goes to whoever asked for it', async t => {
	const {attach, backend} = await serve(t);
	backend.history.set(withRomeo, [message(1000, 'Hi')]);
	const [one, other] = [await attach({events: 'all'}), await attach({events: 'all'})];
	const [asking, quiet] = [hearing(one), hearing(other)];
	await one.actions.loadHistory({buffer: withRomeo, limit: 10});
	await one.actions.loadHistory({buffer: withNurse, limit: 10});
	backend.emit(notice('end'));
	t.deepEqual(
		(await asking.count(3)).map(({type}) => type),
		['history.loaded', 'history.loaded', 'notice'],
	);
	t.deepEqual(await quiet.count(1), [notice('end')]);
});

test('secrets travel and are not logged', async t => {
	const {attach, backend, noted} = await serve(t);
	const {actions} = await attach();
	await actions.addAccount({jid: me, password: 'wherefore art thou'});
	backend.refuse('unlock', new XmppcError({code: 'wrong-passphrase', kind: 'notPermitted', message: 'No.'}));
	await t.throwsAsync(actions.unlock({passphrase: 'open sesame'}));
	t.like(backend.asked('addAccount')[0], {password: 'wherefore art thou'});
	t.false(/wherefore|sesame/.test(noted.join()));
});

test('an unknown verb and a wrong input are refused without ending the connection', async t => {
	const {attach, backend} = await serve(t);
	const {actions} = await attach();
	const verb = (name: string): ((input: unknown) => Promise<unknown>) => Reflect.get(actions, name);
	t.like(await t.throwsAsync(verb('format')({})), {code: 'unknown-action', kind: 'usage'});
	t.like(await t.throwsAsync(verb('constructor')({})), {code: 'unknown-action'});
	t.like(await t.throwsAsync(verb('connect')({account: 'no body'})), {code: 'invalid-input', kind: 'badData'});
	t.deepEqual(backend.calls, []);
	t.is((await actions.listAccounts({})).length, 1);
});

test('when the server ends, peers learn why and the socket is gone', async t => {
	const it = scene(t);
	const server = await startControlServer(it.options);
	const connection = await connectControl(it.path, {profile, clock: it.clock});
	const pending = connection?.actions.ping({account: me}).then(
		() => 'answered',
		() => 'refused',
	);
	await server.close();
	t.like(await connection?.closed, {code: 'control-closed', kind: 'temporary'});
	t.true(['answered', 'refused'].includes((await pending) ?? ''));
	t.like(await t.throwsAsync(connection?.actions.listAccounts({}) ?? Promise.resolve()), {code: 'control-closed'});
	t.false(existsSync(it.path));
	t.is(await connectControl(it.path, {profile, clock: it.clock}), undefined);
});

test('a peer that does not read is cut off, and the others are not concerned', async t => {
	const {attach, backend, path: socketPath} = await serve(t, {queueLimit: 100_000});
	const reading = hearing(await attach({events: 'all'}));
	const slow = rawPeer(t, socketPath);
	slow.socket.write('{"hello":{"version":1,"events":"all"}}\n');
	await new Promise<void>(resolve => slow.socket.once('data', () => resolve()));
	slow.socket.pause();
	const text = 'x'.repeat(10_000);
	for (let round = 1; round <= 300; round++) {
		backend.emit(notice(text));
		if (round % 10 === 0) {
			await reading.count(round);
		}
	}

	slow.socket.resume();
	const frames = await slow.closed;
	t.true(frames.length < 200);
	t.like(frames.at(-1), {bye: {code: 'control-too-slow'}});
	t.is(reading.heard.length, 300);
	const again = await attach({snapshot: true});
	t.is(again.snapshot?.accounts.length, 1);
});

test('a peer that neither reads nor leaves is destroyed', async t => {
	const {backend, clock, path: socketPath} = await serve(t, {queueLimit: 1000});
	const slow = rawPeer(t, socketPath);
	slow.socket.write('{"hello":{"version":1,"events":"all"}}\n');
	await new Promise<void>(resolve => slow.socket.once('data', () => resolve()));
	slow.socket.pause();
	for (let round = 0; round < 100; round++) {
		backend.emit(notice('x'.repeat(10_000)));
	}

	clock.advance(5000);
	slow.socket.resume();
	t.is((await slow.closed).at(-1)?.bye, undefined);
});

test('who sends nonsense is told so and cut off, and the next one is served', async t => {
	const {attach, backend, path: socketPath} = await serve(t);
	const hello = '{"hello":{"version":1}}\n';
	const nonsense = [
		'GET / HTTP/1.1\r\n\r\n',
		'[]\n',
		'{"id":1,"action":"snapshot","input":{}}\n',
		`${hello}${hello}`,
		`${hello}{"id":-1,"action":"snapshot","input":{}}\n`,
		`${hello}{"id":1}\n`,
		'{"hello":{"version":"1"}}\n',
		'{"hello":{"version":1,"events":["notice",7]}}\n',
		`${hello}{"seq":1,"event":{"type":"notice"}}\n`,
	];
	for (const text of nonsense) {
		const peer = rawPeer(t, socketPath);
		peer.socket.write(text);
		t.like((await peer.closed).at(-1), {bye: {code: 'control-frame', kind: 'protocol'}}, text);
	}

	t.deepEqual(backend.calls, []);
	t.is((await (await attach()).actions.listAccounts({})).length, 1);
});

test('who says nothing is not waited for', async t => {
	const {clock, path: socketPath} = await serve(t);
	const silent = rawPeer(t, socketPath);
	while (clock.pending === 0) {
		await new Promise(setImmediate);
	}

	clock.advance(5000);
	t.like((await silent.closed).at(-1), {bye: {code: 'control-frame'}});
});

test('requests that come with the hello are answered behind it', async t => {
	const {path: socketPath} = await serve(t);
	const peer = rawPeer(t, socketPath);
	peer.socket.write('{"hello":{"version":1,"snapshot":true}}\n{"id":7,"action":"listAccounts","input":{},"more":1}\n');
	while (peer.frames.length < 2) {
		await new Promise(resolve => peer.socket.once('data', resolve));
	}

	t.like(peer.frames[0], {hello: {version: 1, profile, seq: 0}});
	t.deepEqual(peer.frames[1], {id: 7, result: [account()]});
});

test('more peers than can be served are told so', async t => {
	const {attach, path: socketPath} = await serve(t);
	await Promise.all(Array.from({length: 32}, () => attach()));
	t.like((await rawPeer(t, socketPath).closed).at(-1), {bye: {code: 'control-busy'}});
	await t.throwsAsync(attach(), {message: /32 programs/});
});

test('another version is a clear error on either side', async t => {
	const {path: socketPath} = await serve(t);
	const newer = rawPeer(t, socketPath);
	newer.socket.write('{"hello":{"version":2}}\n');
	t.like((await newer.closed).at(-1), {bye: {code: 'control-version', kind: 'unavailable'}});

	const it = scene(t);
	mkdirSync(path.dirname(it.path), {mode: 0o700});
	const server = createServer(socket => {
		socket.on('error', () => {});
		socket.write(`{"hello":{"version":2,"program":"9.0.0","profile":"${profile}","seq":0}}\n`);
	});
	await new Promise<void>(resolve => server.listen(it.path, resolve));
	t.teardown(() => server.close());
	const error = await t.throwsAsync(connectControl(it.path, {profile, clock: it.clock}));
	t.like(error, {code: 'control-version', hint: 'Close the one that is running and start it anew.'});
});

test('a server that says nonsense or nothing ends the connection with a reason', async t => {
	const it = scene(t);
	mkdirSync(path.dirname(it.path), {mode: 0o700});
	let says = 'SSH-2.0-OpenSSH_9.2\r\n';
	const server = createServer(socket => {
		socket.on('error', () => {});
		socket.write(says);
	});
	await new Promise<void>(resolve => server.listen(it.path, resolve));
	t.teardown(() => server.close());
	const attempt = (patience?: number) =>
		connectControl(it.path, {profile, clock: it.clock, ...(patience === undefined ? {} : {patience})});
	t.like(await t.throwsAsync(attempt()), {code: 'control-frame', kind: 'protocol'});
	says = '';
	const silent = t.throwsAsync(attempt());
	while (it.clock.pending === 0) {
		await new Promise(setImmediate);
	}

	it.clock.advance(5000);
	t.like(await silent, {code: 'control-silent', kind: 'temporary'});
	t.is(it.clock.pending, 0);

	// Who has less time than that waits no longer than they have.
	const hurried = t.throwsAsync(attempt(1000));
	while (it.clock.pending === 0) {
		await new Promise(setImmediate);
	}

	it.clock.advance(1000);
	t.like(await hurried, {code: 'control-silent'});
	t.is(it.clock.pending, 0);
});

test('a server of another profile is nobody', async t => {
	const {attach, path: socketPath, clock} = await serve(t);
	t.is(await connectControl(socketPath, {profile: '/elsewhere', clock}), undefined);
	t.is((await (await attach()).actions.listAccounts({})).length, 1);
});

test('the directory is closed to others and so is the socket', async t => {
	const {path: socketPath} = await serve(t);
	t.is(lstatSync(path.dirname(socketPath)).mode & 0o777, 0o700);
	t.is(lstatSync(socketPath).mode & 0o777, 0o600);
});

test('a socket that its owner left behind is nobody, and makes room', async t => {
	const it = scene(t);
	mkdirSync(path.dirname(it.path), {mode: 0o700});
	await leaveSocketBehind(it.path);
	t.is(await connectControl(it.path, {profile, clock: it.clock}), undefined);
	const server = await startControlServer(it.options);
	const connection = await connectControl(it.path, {profile, clock: it.clock});
	t.is((await connection?.actions.listAccounts({}))?.length, 1);
	await server.close();
});

test('a socket at which somebody answers, and a file that is none, are left alone', async t => {
	const {options, attach} = await serve(t);
	t.like(await t.throwsAsync(startControlServer(options)), {code: 'control-in-use', kind: 'temporary'});
	t.is((await (await attach()).actions.listAccounts({})).length, 1);

	const it = scene(t);
	mkdirSync(path.dirname(it.path), {mode: 0o700});
	writeFileSync(it.path, 'precious');
	t.like(await t.throwsAsync(startControlServer(it.options)), {code: 'socket-path-taken', kind: 'storage'});
	t.true(existsSync(it.path));
	t.is(await connectControl(it.path, {profile, clock: it.clock}), undefined);
});

test('a directory that others may enter, a link and a stranger’s are refused by both sides', async t => {
	const it = scene(t);
	const directory = path.dirname(it.path);
	const refused = async (pattern: RegExp) => {
		const errors = [
			await t.throwsAsync(startControlServer(it.options)),
			await t.throwsAsync(connectControl(it.path, {profile, clock: it.clock})),
		];
		for (const error of errors) {
			t.like(error, {code: 'unsafe-socket-directory', kind: 'storage'});
			t.regex(error?.message ?? '', pattern);
		}
	};

	mkdirSync(directory);
	chmodSync(directory, 0o750);
	await refused(/open to other users/);
	rmSync(directory, {recursive: true});

	const elsewhere = `${directory}-elsewhere`;
	mkdirSync(elsewhere, {mode: 0o700});
	symlinkSync(elsewhere, directory);
	await refused(/is not a directory/);
	rmSync(directory);

	writeFileSync(directory, '');
	await refused(/is not a directory/);
	rmSync(directory);

	mkdirSync(directory, {mode: 0o700});
	const error = t.throws(() => hasSocketDirectory(directory, 4_000_000_000));
	t.like(error, {code: 'unsafe-socket-directory', kind: 'storage'});
	t.regex(error?.message ?? '', /belongs to another user/);
});

test('a directory that cannot be made is said so, and one that is missing is made', async t => {
	const it = scene(t);
	const top = path.dirname(path.dirname(it.path));
	writeFileSync(path.join(top, 'file'), '');
	const impossible = path.join(top, 'file', 'xmppc', 'default.sock');
	t.like(await t.throwsAsync(startControlServer({...it.options, path: impossible})), {code: 'no-socket-directory'});
	t.is(await connectControl(impossible, {profile, clock: it.clock}), undefined);

	const server = await startControlServer({...it.options, path: path.join(top, 'state', 'xmppc', 'run:', 'a.sock')});
	t.is(lstatSync(path.join(top, 'state')).mode & 0o777, 0o700);
	await server.close();
});

test('a long path becomes a short name, and one that is too long a clear error', t => {
	const runtime = (length: number) => `/${'x'.repeat(length - 1)}`;
	const named = controlSocketPath({runtime: runtime(87), profile: 'default'});
	t.is(named.slice(87), '/default.sock');
	const hashed = controlSocketPath({runtime: runtime(70), profile: 'a'.repeat(32)});
	t.regex(hashed.slice(70), /^\/[\da-f]{16}\.sock$/);
	t.not(hashed, controlSocketPath({runtime: runtime(70), profile: 'b'.repeat(32)}));
	const error = t.throws(() => controlSocketPath({runtime: runtime(95), profile: 'default'}));
	t.like(error, {code: 'socket-path-too-long', kind: 'configuration'});
	t.regex(error?.message ?? '', /100 fit/);
});

/** What remains of a server that was killed: Node itself would remove it. */
async function leaveSocketBehind(socketPath: string): Promise<void> {
	const {spawnSync} = await import('node:child_process');
	const program = `require('node:net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))`;
	spawnSync(process.execPath, ['-e', program, socketPath]);
}

test('stanzas reach the peer that watches them, and nobody watches once it is gone', async t => {
	const watched: string[] = [];
	let wake = () => {};
	const {attach, backend} = await serve(t, {
		watchXml(account) {
			watched.push(`on ${account ?? 'all'}`);
			return () => {
				watched.push(`off ${account ?? 'all'}`);
				wake();
			};
		},
	});
	const [watching, other] = [await attach({events: 'all'}), await attach({events: 'all'})];
	const [hers, theirs] = [hearing(watching), hearing(other)];
	const passed = (account: BareJid): Event => ({
		type: 'xml.passed',
		account,
		direction: 'in',
		name: 'iq',
		text: '<iq/>',
		at: 0,
	});
	await watching.actions.watchXml({account: me, on: true});
	await watching.actions.watchXml({account: me, on: true});
	backend.emit(passed(me));
	backend.emit(passed('juliet@work.example' as BareJid));
	backend.emit(notice('done'));
	await hers.count(2);
	await theirs.count(1);
	t.deepEqual(
		hers.heard.map(({type}) => type),
		['xml.passed', 'notice'],
	);
	t.deepEqual(
		theirs.heard.map(({type}) => type),
		['notice'],
	);
	t.deepEqual(watched, [`on ${me}`]);
	const gone = new Promise<void>(resolve => {
		wake = resolve;
	});
	watching.close();
	await gone;
	t.deepEqual(watched, [`on ${me}`, `off ${me}`]);
	t.deepEqual(backend.asked('watchXml'), []);
});

test('somebody looks while a peer says so, and no longer than it is there', async t => {
	const news: string[] = [];
	let resolve = () => {};
	const both = new Promise<void>(done => {
		resolve = done;
	});
	const watch = () => {
		news.push('looks');
		return () => {
			news.push('looks away');
			if (news.length === 6) {
				resolve();
			}
		};
	};
	const {attach, backend} = await serve(t, {watch});
	const [first, second] = [await attach(), await attach()];
	await first.actions.setAttention({active: false});
	await first.actions.setAttention({active: true});
	await first.actions.setAttention({active: true});
	t.deepEqual(news, ['looks']);
	await first.actions.setAttention({active: false});
	await first.actions.setAttention({active: false});
	t.deepEqual(news, ['looks', 'looks away']);
	await first.actions.setAttention({active: true});
	await second.actions.setAttention({active: true});
	first.close();
	second.close();
	await both;
	t.deepEqual(news.slice(2), ['looks', 'looks', 'looks away', 'looks away']);
	t.deepEqual(backend.asked('setAttention'), [], 'what the front end of the process says is its own');
});

test('since when nobody touched a key is said for each peer, until it is gone', async t => {
	const news: string[] = [];
	let resolve = () => {};
	const gone = new Promise<void>(done => {
		resolve = done;
	});
	const arrive = () => {
		news.push('arrives');
		return {
			idle: (since?: number) => news.push(since === undefined ? 'is there' : `idle since ${since}`),
			leave() {
				news.push('leaves');
				resolve();
			},
		};
	};
	const {attach, backend} = await serve(t, {arrive});
	const [first, second] = [await attach(), await attach()];
	await first.actions.setIdle({since: 5000});
	await first.actions.setIdle({});
	first.close();
	await gone;
	second.close();
	t.deepEqual(news, ['arrives', 'idle since 5000', 'is there', 'leaves']);
	t.deepEqual(backend.asked('setIdle'), [], 'what the front end of the process says is its own');
});
