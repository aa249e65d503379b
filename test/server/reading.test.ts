/** Who writes and how far all have read, at real servers: Juliet at her desk and with her phone, Romeo, and the nurse. */
import {bufferId} from '../../source/model/buffer.js';
import type {BareJid} from '../../source/shared/jid.js';
import {addressOf} from '../support/scripted-session.js';
import {everyServer} from '../support/servers.js';
import {online, type Person} from './person.js';

const juliet = addressOf('juliet@example.test');
const romeo = addressOf('romeo@example.test');
const nurse = addressOf('nurse@example.test');
const julietsRomeo = bufferId(juliet, 'chat', romeo);
const romeosJuliet = bufferId(romeo, 'chat', juliet);

const onEveryServer = everyServer({
	accounts: {juliet: 'pencil', romeo: 'pencil', nurse: 'pencil'},
	rosters: {juliet: [{jid: romeo, name: 'Romeo'}], romeo: [{jid: juliet, name: 'Juliet'}]},
});

/** Reads all that is in a buffer. */
async function read({actions, storage}: Person, buffer: ReturnType<typeof bufferId>): Promise<void> {
	await actions.markRead({buffer, upTo: storage.messages.newest(buffer) ?? 0});
}

onEveryServer('who writes to a contact is seen to, until it is sent', async (t, serve) => {
	const server = await serve();
	const [hers, his] = [await online(t, server, juliet), await online(t, server, romeo)];
	await hers.saw.until('presence.changed', ({jid}) => jid === romeo);
	await his.actions.openBuffer({account: romeo, jid: juliet});
	await hers.actions.openBuffer({account: juliet, jid: romeo});
	await hers.actions.setTyping({buffer: julietsRomeo, state: 'composing'});
	const {buffer, names} = await his.saw.until('typing.changed');
	t.deepEqual([buffer, names], [romeosJuliet, ['Juliet']]);
	await hers.actions.sendMessage({account: juliet, to: romeo, body: 'Ay me'});
	await his.saw.until('typing.changed', event => event.names.length === 0);
	const times = (isTyping: boolean) =>
		his.saw.all('typing.changed').filter(event => event.names.length > 0 === isTyping).length;
	await hers.actions.setTyping({buffer: julietsRomeo, state: 'composing'});
	await his.saw.until('typing.changed', () => times(true) === 2);
	await hers.actions.disconnect({account: juliet});
	await his.saw.until('typing.changed', () => times(false) === 2);
	// Nothing of it is kept by anybody.
	t.deepEqual(
		his.storage.messages.page(romeosJuliet, {limit: 10}).map(({body}) => body),
		['Ay me'],
	);
});

onEveryServer(
	'what is read at the desk is read on the phone, the reverse too, and who wrote it learns it',
	async (t, serve) => {
		const server = await serve();
		const [desk, phone] = [await online(t, server, juliet), await online(t, server, juliet)];
		const his = await online(t, server, romeo);
		await his.saw.until('presence.changed', ({jid, resources}) => jid === juliet && resources.length === 2);

		const first = await his.actions.sendMessage({account: romeo, to: juliet, body: 'Hark'});
		await desk.saw.until('buffer.unread', ({unread}) => unread === 1);
		await phone.saw.until('buffer.unread', ({unread}) => unread === 1);
		await read(desk, julietsRomeo);
		await phone.saw.until('buffer.unread', ({unread}) => unread === 0);
		await his.saw.until('reader.moved', ({reader, upTo}) => reader === juliet && upTo === first.key);
		t.is(his.storage.messages.get(first.key)?.state, 'displayed');

		const second = await his.actions.sendMessage({account: romeo, to: juliet, body: 'Soft'});
		const {message: soft} = await desk.saw.until('message.recorded', ({message}) => message.body === 'Soft');
		await phone.saw.until('message.recorded', ({message}) => message.body === 'Soft');
		await read(phone, julietsRomeo);
		await desk.saw.until('buffer.unread', ({unread, readUpTo}) => unread === 0 && readUpTo === soft.key);
		await his.saw.until('reader.moved', ({upTo}) => upTo === second.key);
		t.is(desk.storage.buffers.get(julietsRomeo)?.unread, 0);
	},
);

onEveryServer('markers that are turned off go to the own devices alone', async (t, serve) => {
	const server = await serve();
	const [desk, phone] = [await online(t, server, juliet), await online(t, server, juliet)];
	const his = await online(t, server, romeo);
	await his.saw.until('presence.changed', ({jid, resources}) => jid === juliet && resources.length === 2);
	await desk.actions.changeSetting({name: 'markers.send', value: false});
	await his.actions.sendMessage({account: romeo, to: juliet, body: 'Hark'});
	await desk.saw.until('buffer.unread', ({unread}) => unread === 1);
	await phone.saw.until('buffer.unread', ({unread}) => unread === 1);
	await read(desk, julietsRomeo);
	await phone.saw.until('buffer.unread', ({unread}) => unread === 0);
	await desk.actions.sendMessage({account: juliet, to: romeo, body: 'I hear'});
	await his.saw.until('message.recorded', ({message}) => message.body === 'I hear');
	t.deepEqual(his.saw.all('reader.moved'), []);
});

onEveryServer('what was read on the phone while the desk was away is read there when it comes', async (t, serve) => {
	const server = await serve();
	const [desk, phone] = [await online(t, server, juliet), await online(t, server, juliet)];
	const his = await online(t, server, romeo);
	await his.saw.until('presence.changed', ({jid, resources}) => jid === juliet && resources.length === 2);
	await his.actions.sendMessage({account: romeo, to: juliet, body: 'Hark'});
	await desk.saw.until('buffer.unread', ({unread}) => unread === 1);
	await desk.actions.disconnect({account: juliet});
	await his.actions.sendMessage({account: romeo, to: juliet, body: 'Soft'});
	await phone.saw.until('message.recorded', ({message}) => message.body === 'Soft');
	await read(phone, julietsRomeo);
	await his.saw.until('reader.moved');
	await his.actions.sendMessage({account: romeo, to: juliet, body: 'Again'});
	await phone.saw.until('message.recorded', ({message}) => message.body === 'Again');
	await desk.actions.connect({account: juliet});
	await desk.saw.until('message.recorded', ({message}) => message.body === 'Again');
	await desk.saw.until('buffer.unread', ({unread, readUpTo}) => unread === 1 && readUpTo > 0);
	t.is(desk.storage.buffers.get(julietsRomeo)?.unread, 1);
});

onEveryServer('in a room for members everybody knows who has read what, whoever wrote it', async (t, serve) => {
	const server = await serve();
	const den = `den@${server.roomDomain}` as BareJid;
	const people = [await online(t, server, juliet), await online(t, server, romeo), await online(t, server, nurse)];
	const [hers, his, nurses] = people;
	if (hers === undefined || his === undefined || nurses === undefined) {
		t.fail();
		return;
	}

	await hers.actions.joinRoom({account: juliet, room: den, nick: 'Juliet'});
	await hers.actions.configureRoom({
		account: juliet,
		room: den,
		answers: {'muc#roomconfig_membersonly': ['1'], 'muc#roomconfig_whois': ['anyone']},
	});
	for (const jid of [romeo, nurse]) {
		await hers.actions.setAffiliation({account: juliet, room: den, jid, affiliation: 'member'});
	}

	await his.actions.joinRoom({account: romeo, room: den, nick: 'Romeo'});
	await nurses.actions.joinRoom({account: nurse, room: den, nick: 'Nurse'});
	await hers.saw.until(
		'room.changed',
		({room}) => room.features.membersOnly === true && room.features.nonAnonymous === true,
	);
	const inRoom = (jid: BareJid) => bufferId(jid, 'room', den);
	await hers.saw.until('occupant.changed', ({occupant}) => occupant.nick === 'Nurse');

	await his.actions.setTyping({buffer: inRoom(romeo), state: 'composing'});
	await nurses.saw.until('typing.changed', ({names}) => names.includes('Romeo'));
	await his.actions.sendMessage({account: romeo, to: den, body: 'Hark', kind: 'groupchat'});
	await nurses.saw.until('typing.changed', ({names}) => names.length === 0);
	for (const [person, jid] of [
		[hers, juliet],
		[nurses, nurse],
	] as const) {
		await person.saw.until('message.recorded', ({message}) => message.body === 'Hark');
		await read(person, inRoom(jid));
	}

	// Romeo about his own, Juliet about what she did not write herself.
	await his.saw.until('reader.moved', ({reader}) => reader === 'Juliet');
	await his.saw.until('reader.moved', ({reader}) => reader === 'Nurse');
	const {upTo} = await hers.saw.until('reader.moved', ({reader}) => reader === 'Nurse');
	t.is(hers.storage.messages.get(upTo)?.body, 'Hark');
	t.false(hers.saw.all('reader.moved').some(({reader}) => reader === 'Juliet'));
});
