/** Rooms at real servers that stop, are cut off or lose us: nothing that was said is lost, nothing is said twice. */
import test, {type ExecutionContext} from 'ava';
import {type Client, createClient} from '../../source/client/actions.js';
import {bookmarks} from '../../source/extensions/bookmarks.js';
import {multiUserChat} from '../../source/extensions/multi-user-chat.js';
import {bufferId} from '../../source/model/buffer.js';
import {type Clock, systemClock} from '../../source/shared/clock.js';
import type {BareJid} from '../../source/shared/jid.js';
import {silentLog} from '../../source/shared/log.js';
import {type Profile, profileWith} from '../client/profile.js';
import {type Recorder, record} from '../client/recorder.js';
import {startFederated} from '../support/federation.js';
import {startProxy} from '../support/proxy.js';
import {addressOf} from '../support/scripted-session.js';
import {everyServer, type TestServer} from '../support/servers.js';
import {online} from './live-session.js';

const onEveryServer = everyServer({accounts: {juliet: 'pencil', romeo: 'pencil'}});

/** Rooms are asked whether they still know us every three seconds instead of every quarter of an hour. */
const hastyClock: Clock = {
	...systemClock,
	after: (delay, task) => systemClock.after(delay >= 600_000 ? 3000 : delay, task),
};

type Person = Client & Profile & {readonly saw: Recorder; readonly jid: BareJid};

async function person(
	t: ExecutionContext,
	server: TestServer,
	localpart: string,
	{port = server.port, clock = hastyClock} = {},
): Promise<Person> {
	const jid = addressOf(`${localpart}@${server.domain}`);
	const profile = await profileWith(t, [{jid, host: '127.0.0.1', port, tlsCa: server.caFile}]);
	const client = createClient({...profile, clock, log: silentLog, resolver: server.resolver});
	t.teardown(() => client.stop());
	await client.actions.connect({account: jid});
	return {...profile, ...client, jid, saw: record(client.events)};
}

const say = ({actions, jid}: Person, to: BareJid, body: string) =>
	actions.sendMessage({account: jid, to, body, kind: 'groupchat'});
const hears = ({saw}: Person, body: string) =>
	saw.until('message.recorded', ({message}) => message.body === body && message.direction === 'incoming');
/** The room has said it. */
const isSaid = ({saw}: Person, {key}: {readonly key: number}) =>
	saw.until('message.changed', ({change}) => change.key === key && change.state === 'delivered');
const isIn = ({saw}: Person, times: number) =>
	saw.until('room.changed', ({room}) => room.status === 'joined' && entrances(saw) >= times);
/** How often somebody came in. */
const entrances = (saw: Recorder) => saw.all('occupants.loaded').filter(({occupants}) => occupants.length > 0).length;
const words = ({storage, jid}: Person, room: BareJid) =>
	storage.messages.page(bufferId(jid, 'room', room), {limit: 1000}).map(({body}) => body);

/** Makes a room that stays, with an archive (`1`) or without one (`0`). */
async function make({actions, jid}: Person, room: BareJid, archiving: '0' | '1' = '1'): Promise<void> {
	await actions.joinRoom({account: jid, room});
	const {fields} = await actions.roomConfiguration({account: jid, room});
	const wanted = [
		['muc#roomconfig_persistentroom', '1'],
		...['muc#roomconfig_enablearchiving', 'muc#roomconfig_mam', 'mam'].map(name => [name, archiving] as const),
	] as const;
	const known = wanted.filter(([name]) => fields.some(field => field.name === name));
	const answers = Object.fromEntries(known.map(([name, value]) => [name, [value]]));
	await actions.configureRoom({account: jid, room, answers});
}

onEveryServer(
	'a room that stays is entered again after a restart of the server; what was written meanwhile goes there once',
	async (t, serve) => {
		const server = await serve();
		const den = `den@${server.roomDomain}` as BareJid;
		const [juliet, romeo] = [await person(t, server, 'juliet'), await person(t, server, 'romeo')];
		await make(juliet, den);
		await romeo.actions.joinRoom({account: romeo.jid, room: den});
		await isSaid(juliet, await say(juliet, den, 'before'));
		await hears(romeo, 'before');

		await server.halt('hard');
		await juliet.saw.until('account.changed', ({account}) => account.status !== 'online');
		const meanwhile = await say(juliet, den, 'meanwhile');
		await server.start();
		await isIn(romeo, 2);
		await isSaid(juliet, meanwhile);
		await hears(romeo, 'meanwhile');
		await isSaid(romeo, await say(romeo, den, 'after'));
		await hears(juliet, 'after');
		t.deepEqual(words(juliet, den), ['before', 'meanwhile', 'after']);
		t.deepEqual(words(romeo, den), ['before', 'meanwhile', 'after']);
	},
);

onEveryServer(
	'a room that is gone after a restart of the server is made again, and is open to others',
	async (t, serve) => {
		const server = await serve();
		const den = `den@${server.roomDomain}` as BareJid;
		const [juliet, romeo] = [await person(t, server, 'juliet'), await person(t, server, 'romeo')];
		await juliet.actions.joinRoom({account: juliet.jid, room: den});
		await romeo.actions.joinRoom({account: romeo.jid, room: den});
		await server.halt('hard');
		await server.start();
		await Promise.all([isIn(juliet, 2), isIn(romeo, 2)]);
		await say(juliet, den, 'here again');
		await hears(romeo, 'here again');
		t.pass();
	},
);

const day = 24 * 60 * 60_000;

for (const [what, offset] of [
	['ahead', day],
	['behind', -day],
] as const) {
	onEveryServer(
		`a room without an archive tells whose clock is a day ${what} all that was missed, once and in order`,
		async (t, serve) => {
			const server = await serve();
			const den = `den@${server.roomDomain}` as BareJid;
			const clock: Clock = {...hastyClock, now: () => systemClock.now() + offset};
			const [juliet, romeo] = [await person(t, server, 'juliet', {clock}), await person(t, server, 'romeo')];
			await make(romeo, den, '0');
			await juliet.actions.joinRoom({account: juliet.jid, room: den});
			for (const body of ['one', 'two']) {
				await isSaid(romeo, await say(romeo, den, body));
				await hears(juliet, body);
			}

			await juliet.actions.disconnect({account: juliet.jid});
			for (const body of ['three', 'four']) {
				await isSaid(romeo, await say(romeo, den, body));
			}

			await juliet.actions.connect({account: juliet.jid});
			await hears(juliet, 'four');
			await isSaid(romeo, await say(romeo, den, 'five'));
			await hears(juliet, 'five');
			t.deepEqual(words(juliet, den), ['one', 'two', 'three', 'four', 'five']);
		},
	);
}

onEveryServer('a hundred bookmarked rooms are all entered, a few at a time', async (t, serve) => {
	const server = await serve();
	const first = await online(t, server, 'juliet', 'pencil');
	first.rooms.ended();
	const all = Array.from({length: 100}, (_, index) => `r${index}@${server.roomDomain}` as BareJid);
	for (const room of all) {
		await first.live.use(bookmarks).put(room, {autojoin: true, nick: 'Juliet'});
	}

	const {live, saw} = await online(t, server, 'juliet', 'pencil');
	t.is(
		live
			.use(multiUserChat)
			.rooms()
			.filter(({room}) => room.status === 'joined').length,
		100,
	);
	const most = mostAtOnce(saw);
	t.true(most > 1 && most <= 10, `${most} at once`);
});

/** How many rooms were on the way in at the same time. */
function mostAtOnce(saw: Recorder): number {
	let most = 0;
	const joining = new Set<string>();
	for (const {room} of saw.all('room.changed')) {
		if (room.status === 'joining') {
			joining.add(room.jid);
		} else {
			joining.delete(room.jid);
		}

		most = Math.max(most, joining.size);
	}

	return most;
}

onEveryServer(
	'rooms that another device bookmarks while we are online are entered a few at a time',
	async (t, serve) => {
		const server = await serve();
		const phone = await online(t, server, 'juliet', 'pencil');
		phone.rooms.ended();
		const {saw} = await online(t, server, 'juliet', 'pencil');
		const all = Array.from({length: 50}, (_, index) => `r${index}@${server.roomDomain}` as BareJid);
		await Promise.all(all.map(room => phone.live.use(bookmarks).put(room, {autojoin: true, nick: 'Juliet'})));
		for (const jid of all) {
			await saw.until('room.changed', ({room}) => room.jid === jid && room.status === 'joined');
		}

		// How many of them wait for one another is up to how fast the server passes the bookmarks on.
		const most = mostAtOnce(saw);
		t.true(most <= 10, `${most} at once`);
	},
);

test.serial('a room of another server that lost us is entered again, and its archive fills the gap', async t => {
	const servers = await startFederated({
		prosodyAccounts: {juliet: 'pencil', tybalt: 'pencil'},
		ejabberdAccounts: {romeo: 'pencil', mercutio: 'pencil'},
	});
	t.teardown(() => servers.stop());
	const {prosody, ejabberd} = servers;
	const [juliet, romeo] = [await person(t, prosody, 'juliet'), await person(t, ejabberd, 'romeo')];
	const [tybalt, mercutio] = [await person(t, prosody, 'tybalt'), await person(t, ejabberd, 'mercutio')];
	// Each of the two is in a room of the other's server, with somebody of that server.
	const scenes = [
		{room: `orchard@${prosody.roomDomain}` as BareJid, host: tybalt, guest: romeo},
		{room: `hall@${ejabberd.roomDomain}` as BareJid, host: mercutio, guest: juliet},
	];
	for (const {room, host, guest} of scenes) {
		await make(host, room);
		await guest.actions.joinRoom({account: guest.jid, room});
		await isSaid(guest, await say(guest, room, 'one'));
		await hears(host, 'one');
	}

	await servers.disconnect();
	for (const {room, host} of scenes) {
		await isSaid(host, await say(host, room, 'two'));
	}

	servers.reconnect();
	for (const {room, host, guest} of scenes) {
		await isSaid(host, await say(host, room, 'three'));
		await hears(guest, 'three');
		await isSaid(guest, await say(guest, room, 'four'));
		await hears(host, 'four');
		t.deepEqual(words(guest, room), ['one', 'two', 'three', 'four']);
		t.deepEqual(words(host, room), ['one', 'two', 'three', 'four']);
	}
});

test.serial('whoever was away when a room of another server lost them asks it when the stream goes on', async t => {
	const servers = await startFederated({prosodyAccounts: {juliet: 'pencil'}, ejabberdAccounts: {romeo: 'pencil'}});
	t.teardown(() => servers.stop());
	const {prosody, ejabberd} = servers;
	const link = await startProxy(ejabberd.port);
	t.teardown(() => link.close());
	const juliet = await person(t, prosody, 'juliet');
	// Nobody asks the room just because time passes.
	const romeo = await person(t, ejabberd, 'romeo', {port: link.port, clock: systemClock});
	const den = `den@${prosody.roomDomain}` as BareJid;
	await make(juliet, den);
	await romeo.actions.joinRoom({account: romeo.jid, room: den});
	await isSaid(romeo, await say(romeo, den, 'one'));

	link.open(false);
	link.cut();
	await romeo.saw.until('account.changed', ({account}) => account.status !== 'online');
	const meanwhile = await say(romeo, den, 'meanwhile');
	await servers.disconnect();
	await isSaid(juliet, await say(juliet, den, 'two'));
	await juliet.saw.until('occupant.left', ({nick}) => nick === 'romeo');
	servers.reconnect();
	link.open(true);
	await romeo.actions.connect({account: romeo.jid});
	await hears(romeo, 'two');
	await isSaid(romeo, meanwhile);
	await hears(juliet, 'meanwhile');
	t.deepEqual(words(juliet, den), ['one', 'two', 'meanwhile']);
	t.deepEqual(words(romeo, den).toSorted(), ['meanwhile', 'one', 'two']);
	// It was the same stream all the time.
	t.false(romeo.saw.all('notice').some(({text}) => text.includes('is connected (')));
});
