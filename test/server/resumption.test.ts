import type {ExecutionContext} from 'ava';
import {type Client, createClient} from '../../source/client/actions.js';
import {type Clock, systemClock} from '../../source/shared/clock.js';
import type {BareJid} from '../../source/shared/jid.js';
import {silentLog} from '../../source/shared/log.js';
import {type Profile, profileWith} from '../client/profile.js';
import {type Recorder, record} from '../client/recorder.js';
import {type Detour, startProxy} from '../support/proxy.js';
import {addressOf} from '../support/scripted-session.js';
import {everyServer, type Serve, type TestServer} from '../support/servers.js';

// Every test has a server of its own: one after the other, so that they do not race for ports.

const juliet = addressOf('juliet@example.test');
const romeo = addressOf('romeo@example.test');
const friends = {
	juliet: [{jid: 'romeo@example.test', name: 'Romeo'}],
	romeo: [{jid: 'juliet@example.test', name: 'Juliet'}],
};

const onEveryServer = everyServer({accounts: {juliet: 'pencil', romeo: 'pencil'}, rosters: friends});

/** Waits are eight times as short, so that a dead connection is found in two to four seconds. */
const hastyClock: Clock = {
	...systemClock,
	monotonic: () => systemClock.monotonic() * 8,
	after: (delay, task) => systemClock.after(delay / 8, task),
};

type Sent = {readonly key: number};
type Person = Client & Profile & {readonly saw: Recorder};

/** Juliet behind a proxy and Romeo beside the server, both online; she sees him. */
async function scene(
	t: ExecutionContext,
	serve: Serve,
): Promise<{server: TestServer; proxy: Detour; hers: Person; his: Person}> {
	const server = await serve();
	const proxy = await startProxy(server.port);
	t.teardown(() => proxy.close());
	const [hers, his] = [await person(t, server, juliet, proxy.port), await person(t, server, romeo, server.port)];
	await hers.saw.until('presence.changed', ({jid}) => jid === romeo);
	return {server, proxy, hers, his};
}

async function person(t: ExecutionContext, server: TestServer, jid: BareJid, port: number): Promise<Person> {
	const profile = await profileWith(t, [{jid, host: '127.0.0.1', port, tlsCa: server.caFile}]);
	const client = createClient({...profile, clock: hastyClock, log: silentLog, resolver: server.resolver});
	t.teardown(() => client.stop());
	const saw = record(client.events);
	await client.actions.connect({account: jid});
	return {...profile, ...client, saw};
}

const say = ({actions}: Person, account: BareJid, to: BareJid, body: string): Promise<Sent> =>
	actions.sendMessage({account, to, body});
const heard = ({saw}: Person) =>
	saw
		.all('message.recorded')
		.filter(({message}) => message.direction === 'incoming')
		.map(({message}) => message.body);
const hears = ({saw}: Person, body: string) =>
	saw.until('message.recorded', ({message}) => message.direction === 'incoming' && message.body === body);
const hasState = ({saw}: Person, {key}: Sent, ...states: readonly string[]) =>
	saw.until('message.changed', ({change}) => change.key === key && states.includes(change.state ?? ''));
const statesOf = ({saw}: Person, {key}: Sent) =>
	saw
		.all('message.changed')
		.filter(({change}) => change.key === key)
		.flatMap(({change}) => change.state ?? []);

/** Waits until the account has been interrupted and is online again. */
async function isBack({saw}: Person): Promise<void> {
	await saw.until('account.changed', ({account}) => account.status === 'interrupted');
	const from = saw.all('account.changed').findIndex(({account}) => account.status === 'interrupted');
	await saw.until(
		'account.changed',
		event => event.account.status === 'online' && saw.all('account.changed').indexOf(event) > from,
	);
}

onEveryServer('a message that is sent into a dead connection arrives once, and is never in doubt', async (t, serve) => {
	const {proxy, hers, his} = await scene(t, serve);
	proxy.freeze();
	const sent = await say(hers, juliet, romeo, 'Into the void');
	await isBack(hers);
	await hears(his, 'Into the void');
	await hasState(hers, sent, 'acked', 'delivered');
	await say(hers, juliet, romeo, 'Afterwards');
	await hears(his, 'Afterwards');
	t.deepEqual(heard(his), ['Into the void', 'Afterwards']);
	t.false(statesOf(hers, sent).includes('uncertain'));
	t.deepEqual(hers.saw.all('presence.cleared'), [], 'it was the same session');
	t.is(proxy.connections, 2);
});

onEveryServer('a message that the server had, though its word for it was lost, is not sent again', async (t, serve) => {
	const {proxy, hers, his} = await scene(t, serve);
	proxy.freeze('down');
	const sent = await say(hers, juliet, romeo, 'Heard already');
	await hears(his, 'Heard already');
	proxy.cut();
	await isBack(hers);
	await hasState(hers, sent, 'acked', 'delivered');
	await say(hers, juliet, romeo, 'Afterwards');
	await hears(his, 'Afterwards');
	t.deepEqual(heard(his), ['Heard already', 'Afterwards']);
	t.deepEqual(hers.saw.all('presence.cleared'), []);
});

onEveryServer('what is said to somebody whose connection is dead arrives once, in its order', async (t, serve) => {
	const {proxy, hers, his} = await scene(t, serve);
	proxy.freeze();
	await say(his, romeo, juliet, 'One');
	const two = await say(his, romeo, juliet, 'Two');
	await hasState(his, two, 'acked');
	proxy.cut();
	await isBack(hers);
	await say(his, romeo, juliet, 'Three');
	await hears(hers, 'Three');
	t.deepEqual(heard(hers), ['One', 'Two', 'Three']);
	t.deepEqual(hers.saw.all('presence.cleared'), []);
});

onEveryServer(
	'what was on record when the connection broke is not recorded again, though the server does not know',
	async (t, serve) => {
		const {proxy, hers, his} = await scene(t, serve);
		proxy.freeze('up');
		await say(his, romeo, juliet, 'On record');
		await hears(hers, 'On record');
		proxy.cut();
		await isBack(hers);
		await say(his, romeo, juliet, 'Afterwards');
		await hears(hers, 'Afterwards');
		t.deepEqual(heard(hers), ['On record', 'Afterwards']);
	},
);

onEveryServer('a connection that breaks ten times in a row loses nothing and doubles nothing', async (t, serve) => {
	const {proxy, hers, his} = await scene(t, serve);
	const lines = Array.from({length: 10}, (_, index) => `line ${index}`);
	for (const [index, line] of lines.entries()) {
		await say(hers, juliet, romeo, line);
		await say(his, romeo, juliet, line);
		if (index % 2 === 0) {
			proxy.freeze(index % 4 === 0 ? 'down' : 'up');
		}

		await new Promise(resolve => setTimeout(resolve, 30));
		proxy.cut();
		await new Promise(resolve => setTimeout(resolve, 120));
	}

	await hears(his, 'line 9');
	await hears(hers, 'line 9');
	t.deepEqual(heard(his), lines);
	t.deepEqual(heard(hers), lines);
});

for (const [what, direction] of [
	['had not seen', 'both'],
	['had seen', 'down'],
] as const) {
	onEveryServer(
		`a server that ${what} the message and forgets the session still delivers it once`,
		async (t, serve) => {
			const {server, proxy, hers, his} = await scene(t, serve);
			proxy.freeze(direction);
			const sent = await say(hers, juliet, romeo, 'Before the fall');
			if (direction === 'down') {
				await hears(his, 'Before the fall');
			}

			await server.halt('hard');
			proxy.cut();
			await server.start();
			await Promise.all([isBack(hers), isBack(his)]);
			await hasState(hers, sent, 'acked', 'delivered');
			await hears(his, 'Before the fall');
			await say(hers, juliet, romeo, 'Afterwards');
			await hears(his, 'Afterwards');
			t.deepEqual(heard(his), ['Before the fall', 'Afterwards']);
			t.is(hers.saw.all('presence.cleared').length, 1, 'it was a fresh session');
		},
	);
}
