import type {ExecutionContext} from 'ava';
import {multiUserChat} from '../../source/extensions/multi-user-chat.js';
import {roomAdministration} from '../../source/extensions/room-administration.js';
import {bufferId} from '../../source/model/buffer.js';
import {type BareJid, bareOf, withResource} from '../../source/shared/jid.js';
import type {TestServer} from '../support/servers.js';
import {everyServer} from '../support/servers.js';
import {type OnlineAccount, online} from './live-session.js';

const accounts = {juliet: 'pencil', romeo: 'Montägue'};
const onEveryServer = everyServer({accounts});

/** What an account has of a room: who said what. */
const heard = ({jid, storage}: OnlineAccount, room: BareJid) =>
	storage.messages
		.page(bufferId(bareOf(jid), 'room', room), {limit: 1000})
		.map(({author, body, direction}) => `${direction === 'outgoing' ? '>' : '<'}${author.split('/')[1]}: ${body}`);

async function twoInTheDen(t: ExecutionContext, server: TestServer) {
	const den = `den@${server.roomDomain}` as BareJid;
	const juliet = await online(t, server, 'juliet', accounts.juliet);
	await juliet.rooms.join(juliet.live, den, {nick: 'Juliet'});
	const administration = juliet.live.use(roomAdministration);
	const form = await administration.configuration(den);
	await administration.configure(den, form, {
		'muc#roomconfig_persistentroom': ['1'],
		'muc#roomconfig_enablearchiving': ['1'],
		'muc#roomconfig_mam': ['1'],
	});
	const romeo = await online(t, server, 'romeo', accounts.romeo);
	await romeo.rooms.join(romeo.live, den, {nick: 'Romeo'});
	return {den, juliet, romeo};
}

onEveryServer(
	'what is said in a room reaches everybody, and comes back to whoever said it as delivered',
	async (t, serve) => {
		const {den, juliet, romeo} = await twoInTheDen(t, await serve());
		const {key} = juliet.say(den, 'Good night, good night!');
		await romeo.saw.until('message.recorded', ({message}) => message.body === 'Good night, good night!');
		await juliet.saw.until('message.changed', ({change}) => change.key === key && change.state === 'delivered');
		romeo.say(den, 'Sleep dwell upon thine eyes');
		await juliet.saw.until('message.recorded', ({message}) => message.body === 'Sleep dwell upon thine eyes');
		t.deepEqual(heard(juliet, den), ['>Juliet: Good night, good night!', '<Romeo: Sleep dwell upon thine eyes']);
		t.deepEqual(heard(romeo, den), ['<Juliet: Good night, good night!', '>Romeo: Sleep dwell upon thine eyes']);
		t.is(juliet.storage.messages.get(key)?.archiveId === undefined, false);
	},
);

onEveryServer(
	"what was said while somebody was away comes out of the room's archive, in order, once",
	async (t, serve) => {
		const server = await serve();
		const {den, juliet, romeo} = await twoInTheDen(t, server);
		romeo.say(den, 'one');
		await juliet.saw.until('message.recorded', ({message}) => message.body === 'one');
		await romeo.rooms.leave(romeo.live, den);
		for (const body of ['two', 'three', 'four']) {
			const {key} = juliet.say(den, body);
			await juliet.saw.until('message.changed', ({change}) => change.key === key && change.state === 'delivered');
		}

		await romeo.rooms.join(romeo.live, den, {nick: 'Romeo'});
		await romeo.saw.until('message.recorded', ({message}) => message.body === 'four');
		romeo.say(den, 'five');
		await juliet.saw.until('message.recorded', ({message}) => message.body === 'five');
		t.deepEqual(heard(romeo, den), ['>Romeo: one', '<Juliet: two', '<Juliet: three', '<Juliet: four', '>Romeo: five']);
	},
);

onEveryServer('two devices of one account are in the same room, and each has what the other said', async (t, serve) => {
	const server = await serve();
	const {den, juliet} = await twoInTheDen(t, server);
	const phone = await online(t, server, 'juliet', accounts.juliet);
	// Bookmarked by the other device: it is entered without having been asked to.
	await phone.saw.until('room.changed', ({room}) => room.status === 'joined');
	phone.say(den, 'from the phone');
	await juliet.saw.until('message.recorded', ({message}) => message.body === 'from the phone');
	t.true(heard(juliet, den).includes('>Juliet: from the phone'));
	await juliet.rooms.leave(juliet.live, den);
	await phone.saw.until('room.changed', ({room}) => room.status === 'parted');
	t.is(phone.live.use(multiUserChat).get(den), undefined);
});

onEveryServer('a private message to somebody in a room stands in a buffer of its own', async (t, serve) => {
	const {den, juliet, romeo} = await twoInTheDen(t, await serve());
	const [toRomeo, toJuliet] = [withResource(den, 'Romeo') ?? den, withResource(den, 'Juliet') ?? den];
	juliet.say(toRomeo, 'psst', 'chat');
	const {message} = await romeo.saw.until('message.recorded', ({message: each}) => each.body === 'psst');
	t.is(message.buffer, bufferId(bareOf(romeo.jid), 'private', toJuliet));
	t.deepEqual(heard(romeo, den), []);
	t.deepEqual(
		juliet.storage.messages.page(bufferId(bareOf(juliet.jid), 'private', toRomeo), {limit: 10}).map(({body}) => body),
		['psst'],
	);
});

onEveryServer('who said something is known by one id, live and out of the archive', async (t, serve, {name}) => {
	const server = await serve();
	const {den, juliet, romeo} = await twoInTheDen(t, server);
	romeo.say(den, 'It is my lady');
	await juliet.saw.until('message.recorded', ({message}) => message.body === 'It is my lady');
	const later = await online(t, server, 'juliet', accounts.juliet);
	await later.saw.until('message.recorded', ({message}) => message.body === 'It is my lady');
	const idsOf = ({jid, storage}: OnlineAccount) =>
		storage.messages.page(bufferId(bareOf(jid), 'room', den), {limit: 10}).map(({occupantId}) => occupantId);
	const [live] = idsOf(juliet);
	// Debian's ejabberd does not give any.
	t.is(live !== undefined, name === 'Prosody');
	t.deepEqual(idsOf(later), [live]);
	t.is(juliet.live.use(multiUserChat).get(den)?.occupants.get('Romeo')?.occupantId, live);
});
