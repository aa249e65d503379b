/** XEP-0352: when the server takes a client for one that nobody looks at, and that nothing waits because of it. */
import {setTimeout as sleep} from 'node:timers/promises';
import test, {type ExecutionContext} from 'ava';
import {createClient} from '../../source/client/actions.js';
import type {Log} from '../../source/shared/log.js';
import {profileWith} from '../client/profile.js';
import {createManualClock} from '../support/manual-clock.js';
import {openPeerStream} from '../support/peers/chat-peer.js';
import {type Staying, startStaying} from '../support/peers/staying.js';
import {makeXmppcAccount} from '../support/peers/xmppc.js';
import {type Prosody, startProsody} from '../support/prosody.js';
import {startProxy} from '../support/proxy.js';
import {addressOf} from '../support/scripted-session.js';

const password = 'pencil';
const both = (jid: string) => [{jid, subscription: 'both' as const}];
const patience = 45_000;

async function serverOf(t: ExecutionContext, sasl2 = false): Promise<Prosody> {
	const server = await startProsody({
		accounts: {juliet: password, romeo: 'orchard'},
		rosters: {juliet: both('romeo@example.test'), romeo: both('juliet@example.test')},
		scram: 'SHA-256',
		sasl2,
	});
	t.teardown(server.stop);
	return server;
}

/** Romeo by hand: he neither counts stanzas nor says who looks, so in the server's log those are Juliet's. */
async function romeoAt(t: ExecutionContext, server: Prosody) {
	const {socket, stream} = await openPeerStream(server, 'romeo', 'orchard', 'peer');
	t.teardown(() => socket.destroy());
	socket.write('<presence/>');
	return {
		...stream,
		write: (xml: string) => void socket.write(xml),
		/** Resolves when Juliet's client has confirmed a message that is written now. */
		async confirmed(id: string) {
			socket.write(
				`<message to='juliet@example.test' type='chat' id='${id}'><body>${id}</body><request xmlns='urn:xmpp:receipts'/></message>`,
			);
			return stream.reads(new RegExp(`<received[^>]* id=['"]${id}['"]`));
		},
	};
}

/** What the server has read of Juliet's, by name. */
function readsOf(server: Prosody): readonly string[] {
	return [...server.log().matchAll(/Received\[c2s\w*\]: <(active|inactive|resume|a)\b/g)].map(([, name]) => name ?? '');
}

const statesOf = (server: Prosody) => readsOf(server).filter(name => name !== 'a' && name !== 'resume');

async function until(isThere: () => boolean, missing: string): Promise<void> {
	const deadline = Date.now() + patience;
	while (!isThere()) {
		if (Date.now() > deadline) {
			throw new Error(missing);
		}

		await sleep(50);
	}
}

/** Resolves when the server has read that. */
const reads = (server: Prosody, isThere: (names: readonly string[]) => boolean) =>
	until(() => isThere(readsOf(server)), 'the server has not read what was expected').catch((error: Error) => {
		throw new Error(`${error.message}, but ${readsOf(server).join(', ')}`);
	});

const states = (server: Prosody, ...expected: readonly string[]) =>
	reads(server, () => statesOf(server).join() === expected.join());

test.serial('a daemon is inactive while nobody follows it, and gets and confirms messages all the same', async t => {
	const server = await serverOf(t);
	const romeo = await romeoAt(t, server);
	const proxy = await startProxy(server.port);
	t.teardown(proxy.close);
	const xmppc = await makeXmppcAccount(server, 'juliet', password, {port: proxy.port});
	t.teardown(xmppc.remove);
	const stay = (...programArguments: readonly string[]): Staying => {
		const staying = startStaying(xmppc, programArguments);
		t.teardown(() => staying.end('SIGKILL'));
		return staying;
	};

	const daemon = stay('daemon');
	await daemon.says(/is connected/);
	await states(server, 'inactive');

	await romeo.confirmed('while-nobody-follows');
	const acknowledged = readsOf(server).length;
	await romeo.confirmed('once-more');
	await reads(server, names => names.slice(acknowledged).includes('a'));
	t.deepEqual(statesOf(server), ['inactive'], 'a message makes nobody look');

	romeo.write('<presence><show>dnd</show></presence>');
	const follower = stay('--plain');
	await states(server, 'inactive', 'active');
	await follower.says(/Following/);
	await romeo.confirmed('to-the-follower');
	await follower.says(/romeo: to-the-follower/);
	follower.type('/quit');
	t.is(await follower.ended, 0);
	await states(server, 'inactive', 'active', 'inactive');

	const killed = stay('--plain');
	await states(server, 'inactive', 'active', 'inactive', 'active');
	await killed.end('SIGKILL');
	await states(server, 'inactive', 'active', 'inactive', 'active', 'inactive');

	proxy.cut();
	await reads(
		server,
		names => names.lastIndexOf('resume') !== -1 && names.lastIndexOf('inactive') > names.lastIndexOf('resume'),
	);
	await romeo.confirmed('after-resumption');
	t.is(statesOf(server).at(-1), 'inactive');

	const sent = xmppc.run(['send', '--wait', 'delivered', '--json', 'romeo@example.test', 'are you there?']);
	const text = await romeo.reads(/<message[^>]*>(?:(?!<\/message>).)*are you there\?.*?<\/message>/s);
	const [, head = ''] = /<message([^>]*)>(?:(?!<message).)*$/s.exec(text) ?? [];
	const attribute = (name: string) => new RegExp(` ${name}=['"]([^'"]*)`).exec(head)?.[1] ?? '';
	romeo.write(
		`<message to='${attribute('from')}' type='chat'><received xmlns='urn:xmpp:receipts' id='${attribute('id')}'/></message>`,
	);
	const {status, output} = await sent;
	t.is(status, 0);
	t.like(JSON.parse(output), {to: 'romeo@example.test', state: 'delivered'});
	t.is(statesOf(server).at(-1), 'active', 'who sends waits for what becomes of it');
	t.is(await daemon.end('SIGTERM'), 0);
});

test.serial('a daemon that is bound with its login is not cut off from messages by being inactive', async t => {
	const server = await serverOf(t, true);
	const romeo = await romeoAt(t, server);
	const xmppc = await makeXmppcAccount(server, 'juliet', password);
	t.teardown(xmppc.remove);
	const start = async () => {
		const daemon = startStaying(xmppc, ['daemon']);
		t.teardown(() => daemon.end('SIGKILL'));
		await daemon.says(/is connected/);
		return daemon;
	};

	// Only who knows where the archive ends binds with the login.
	const first = await start();
	await romeo.confirmed('first');
	t.is(await first.end('SIGTERM'), 0);
	const before = statesOf(server);

	await start();
	await states(server, ...before, 'inactive');
	const flushed = server.log().length;
	t.regex(await romeo.confirmed('second'), /\/xmppc~/, 'it was bound with the login');
	// The server holds back again only some seconds after it let something out.
	await until(() => server.log().slice(flushed).includes('resuming inactive mode'), 'no inactive mode');
	await romeo.confirmed('third');
	t.deepEqual(statesOf(server), [...before, 'inactive']);
});

test.serial('what the server had ready when nobody looked any more comes at once', async t => {
	const server = await serverOf(t);
	const juliet = addressOf('juliet@example.test');
	// It stands still: nothing but what is asked at that moment can let the answer out.
	const clock = createManualClock(Date.now());
	const lines: string[] = [];
	const log: Log = {note() {}, xml: (direction, text) => void lines.push(`${direction} ${text}`)};
	const settings = {jid: juliet, host: '127.0.0.1', port: server.port, tlsCa: server.caFile};
	const profile = await profileWith(t, [settings]);
	const client = createClient({...profile, clock, log, resolver: server.resolver});
	t.teardown(() => client.stop());
	await client.actions.connect({account: juliet});
	clock.advance(10_000);
	for (let round = 1; round <= 5; round += 1) {
		const answer = client.actions.ping({account: juliet});
		await client.actions.setAttention({active: false});
		t.is(await answer, 0);
		await client.actions.setAttention({active: true});
	}

	t.is(lines.filter(line => line.startsWith('> <inactive')).length, 5);
});
