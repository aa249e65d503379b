import test, {type ExecutionContext} from 'ava';
import {type Client, createClient} from '../../source/client/actions.js';
import type {AccountSettings} from '../../source/model/account.js';
import {bufferId} from '../../source/model/buffer.js';
import {systemClock} from '../../source/shared/clock.js';
import type {BareJid} from '../../source/shared/jid.js';
import {silentLog} from '../../source/shared/log.js';
import {type Profile, profileWith} from '../client/profile.js';
import {type Recorder, record} from '../client/recorder.js';
import {type Prosody, startProsody} from '../support/prosody.js';
import {readServerArchive} from '../support/server-archive.js';
import {everyServer, type TestServer, type TestServerOptions} from '../support/servers.js';

const juliet = 'juliet@example.test' as BareJid;
const romeo = 'romeo@example.test' as BareJid;
const withRomeo = bufferId(juliet, 'chat', romeo);

type Person = Client & Profile & {readonly saw: Recorder};

const people: TestServerOptions = {
	accounts: {juliet: 'pencil', romeo: 'pencil'},
	rosters: {juliet: [{jid: romeo, subscription: 'both'}], romeo: [{jid: juliet, subscription: 'both'}]},
};
const onEveryServer = everyServer(people);

async function prosody(t: ExecutionContext): Promise<Prosody> {
	const server = await startProsody(people);
	t.teardown(() => server.stop());
	return server;
}

function settingsAt(server: TestServer, jid: BareJid): Omit<AccountSettings, 'enabled' | 'secrets'> {
	return {jid, host: '127.0.0.1', port: server.port, tlsCa: server.caFile};
}

const profileAt = (t: ExecutionContext, server: TestServer, jid: BareJid) => profileWith(t, [settingsAt(server, jid)]);

function clientOf(t: ExecutionContext, server: TestServer, home: Profile): Person {
	const client = createClient({...home, clock: systemClock, log: silentLog, resolver: server.resolver});
	t.teardown(() => client.stop());
	return {...home, ...client, saw: record(client.events)};
}

async function online(t: ExecutionContext, server: TestServer, jid: BareJid, home?: Profile): Promise<Person> {
	const person = clientOf(t, server, home ?? (await profileAt(t, server, jid)));
	await person.actions.connect({account: jid});
	return person;
}

/** Sends so many numbered messages and waits until the server has them all. */
async function say(person: Person, account: BareJid, to: BareJid, from: number, count: number): Promise<void> {
	let last = 0;
	for (let n = from; n < from + count; n++) {
		({key: last} = await person.actions.sendMessage({account, to, body: `${n}`}));
	}

	await person.saw.until('message.changed', ({change}) => change.key === last && change.state === 'acked');
}

const numbers = (count: number, from = 1) => Array.from({length: count}, (_, index) => `${from + index}`);
const stored = ({storage}: Profile) => storage.messages.page(withRomeo, {limit: 10_000}).map(({body}) => body);

/** Waits until all of it is stored; only then anything can be said about what is there too often. */
async function whole(person: Person): Promise<void> {
	await person.saw.until('archive.changed', ({gaps, loading}) => gaps.length === 0 && !loading);
	// What the server still has to say about it comes before the answer.
	await person.actions.ping({account: juliet});
}

onEveryServer(
	'what waited in the offline storage and is in the archive too is there once, and its sender learns of it',
	async (t, serve) => {
		const server = await serve();
		const his = await online(t, server, romeo);
		const home = await profileAt(t, server, juliet);
		const first = await online(t, server, juliet, home);
		await say(his, romeo, juliet, 1, 2);
		await first.saw.until('message.recorded', ({message}) => message.body === '2');
		await first.stop();

		await say(his, romeo, juliet, 3, 3);
		const hers = await online(t, server, juliet, home);
		await whole(hers);
		t.deepEqual(stored(hers), numbers(5));
		t.deepEqual(
			hers.saw.all('message.recorded').map(({message}) => [message.body, message.via]),
			[
				['3', 'archive'],
				['4', 'archive'],
				['5', 'archive'],
			],
		);
		t.is((await hers.actions.snapshot({})).buffers[0]?.unread, 5);
		for (const {key} of his.storage.messages.page(bufferId(romeo, 'chat', juliet), {limit: 10})) {
			await his.saw.until('message.changed', ({change}) => change.key === key && change.state === 'delivered');
		}
	},
);

onEveryServer('what another device sent while this one was away is there as sent', async (t, serve) => {
	const server = await serve();
	const his = await online(t, server, romeo);
	const home = await profileAt(t, server, juliet);
	const desk = await online(t, server, juliet, home);
	await say(desk, juliet, romeo, 1, 1);
	await desk.stop();

	const pocket = await online(t, server, juliet);
	await say(pocket, juliet, romeo, 2, 2);
	await his.saw.until('message.recorded', ({message}) => message.body === '3');
	await say(his, romeo, juliet, 4, 1);
	await pocket.saw.until('message.recorded', ({message}) => message.body === '4');
	await pocket.stop();

	const again = await online(t, server, juliet, home);
	await whole(again);
	t.deepEqual(stored(again), numbers(4));
	t.deepEqual(
		again.storage.messages.page(withRomeo, {limit: 9}).map(({direction, state, via}) => [direction, state, via]),
		[
			['outgoing', 'delivered', 'local'],
			['outgoing', 'delivered', 'archive'],
			['outgoing', 'delivered', 'archive'],
			['incoming', undefined, 'archive'],
		],
	);
});

onEveryServer(
	'a backlog of five hundred is fetched to the last one, in order, as news; a new device has it too',
	async (t, serve) => {
		const server = await serve();
		const his = await online(t, server, romeo);
		const home = await profileAt(t, server, juliet);
		const first = await online(t, server, juliet, home);
		await say(his, romeo, juliet, 1, 1);
		await first.saw.until('message.recorded');
		await first.stop();

		await say(his, romeo, juliet, 2, 500);
		const hers = await online(t, server, juliet, home);
		await whole(hers);
		t.deepEqual(stored(hers), numbers(501));
		t.is((await hers.actions.snapshot({})).buffers[0]?.unread, 501);
		await hers.stop();

		const elsewhere = await online(t, server, juliet);
		await whole(elsewhere);
		t.deepEqual(stored(elsewhere), numbers(501));
	},
);

test.serial('a process that ends in the middle of it goes on where it was', async t => {
	const server = await prosody(t);
	const his = await online(t, server, romeo);
	await say(his, romeo, juliet, 1, 450);
	const home = await profileAt(t, server, juliet);
	for (let attempt = 0; attempt < 3; attempt++) {
		const hers = clientOf(t, server, home);
		const connecting = hers.actions.connect({account: juliet}).catch(() => {});
		await hers.saw.until('archive.changed');
		await hers.stop();
		await connecting;
		await say(his, romeo, juliet, 451 + 150 * attempt, 150);
	}

	const hers = await online(t, server, juliet, home);
	await whole(hers);
	t.deepEqual(stored(hers), numbers(900));
});

test.serial('a server that is killed and comes back gets everything once, and all it has for her is there', async t => {
	const server = await prosody(t);
	const [his, hers] = [await online(t, server, romeo), await online(t, server, juliet)];
	const sent: string[] = [];
	for (let round = 0; round < 3; round++) {
		for (let n = 0; n < 20; n++) {
			const body = `${round} ${n}`;
			sent.push(body);
			await his.actions.sendMessage({account: romeo, to: juliet, body});
			if (n === 10) {
				await server.halt('hard');
			}
		}

		await server.start();
		await Promise.all([
			his.actions.connect({account: romeo}).catch(() => {}),
			hers.actions.connect({account: juliet}).catch(() => {}),
		]);
		const isOnline = ({account}: {readonly account: {readonly status: string}}) => account.status === 'online';
		await Promise.all([his.saw.until('account.changed', isOnline), hers.saw.until('account.changed', isOnline)]);
	}

	await hers.saw.until('message.recorded', ({message}) => message.body === sent.at(-1));
	await his.actions.ping({account: romeo});
	await hers.actions.ping({account: juliet});

	// Killed between its two copies of a message, the server has the sender's and never makes the recipient's: no client can
	// know. So its archives say what there is to show, and nothing that she misses is in hers.
	const bodiesOf = async (localpart: string) =>
		(await readServerArchive(server, localpart, 'pencil')).flatMap(({body}) => body ?? []);
	t.deepEqual((await bodiesOf('romeo')).toSorted(), sent.toSorted(), 'the server got each of them once');
	t.deepEqual(stored(hers), await bodiesOf('juliet'), 'what the server has for her is there once, in its order');
});
