/** A room and its buffer are two things, at real servers: closed buffers, arrangements on two devices, people not heard. */
import {bookmarks} from '../../source/extensions/bookmarks.js';
import {multiUserChat} from '../../source/extensions/multi-user-chat.js';
import {roomAdministration} from '../../source/extensions/room-administration.js';
import {bufferId} from '../../source/model/buffer.js';
import {type BareJid, bareOf} from '../../source/shared/jid.js';
import {everyServer} from '../support/servers.js';
import {online} from './live-session.js';

const accounts = {juliet: 'pencil', romeo: 'Montägue'};
const onEveryServer = everyServer({accounts});

onEveryServer('a room whose buffer is closed stays joined, and comes back as the person wishes', async (t, serve) => {
	const server = await serve();
	const den = `den@${server.roomDomain}` as BareJid;
	const juliet = await online(t, server, 'juliet', accounts.juliet);
	await juliet.rooms.join(juliet.live, den, {nick: 'Juliet'});
	await juliet.live.use(roomAdministration).acceptDefaults(den);
	const romeo = await online(t, server, 'romeo', accounts.romeo);
	await romeo.rooms.join(romeo.live, den, {nick: 'Romeo'});
	const inDen = bufferId(bareOf(juliet.jid), 'room', den);
	juliet.buffers.close(inDen);
	romeo.say(den, 'nothing much');
	// What a room tells comes in order: who hears of this has got that.
	await romeo.live.use(multiUserChat).changeNick(den, 'Montague');
	await juliet.saw.until('occupant.changed', ({formerNick}) => formerNick === 'Romeo');
	t.false(juliet.buffers.isOpen(inDen));
	juliet.buffers.follow(inDen, {notify: 'all'});
	romeo.say(den, 'anybody there');
	await juliet.saw.until('message.recorded', ({message}) => message.body === 'anybody there');
	t.is(juliet.storage.buffers.get(inDen)?.unread, 2);
	t.deepEqual(
		juliet.storage.messages.page(inDen, {limit: 10}).map(({body}) => body),
		['nothing much', 'anybody there'],
	);
	t.is(juliet.live.use(multiUserChat).get(den)?.room.status, 'joined');
});

onEveryServer('what one device pins and wants to be called for, the other one has too', async (t, serve) => {
	const server = await serve();
	const den = `den@${server.roomDomain}` as BareJid;
	const laptop = await online(t, server, 'juliet', accounts.juliet);
	const phone = await online(t, server, 'juliet', accounts.juliet);
	await laptop.rooms.join(laptop.live, den, {nick: 'Juliet'});
	await laptop.live.use(roomAdministration).acceptDefaults(den);
	const inDen = bufferId(bareOf(laptop.jid), 'room', den);
	await phone.saw.until('room.changed', ({room}) => room.status === 'joined');
	await laptop.saw.until('bookmarks.changed', ({bookmarks: all}) => all.some(({autojoin}) => autojoin));
	laptop.buffers.arrange(inDen, {pinned: true, notify: 'none'});
	laptop.rooms.arranged(den);
	const {arrangement} = await phone.saw.until('buffer.changed', ({buffer}) => buffer === inDen);
	t.deepEqual(arrangement, {pinned: true, notify: 'none'});
	phone.buffers.arrange(inDen, {pinned: false, muted: true});
	phone.rooms.arranged(den);
	await laptop.saw.until('buffer.changed', ({arrangement: {pinned}}) => pinned !== true);
	t.deepEqual(laptop.buffers.arrangementOf(inDen), {notify: 'none'});
	t.like(laptop.live.use(bookmarks).get(den), {autojoin: true, nick: 'Juliet'});
});

onEveryServer('who is ignored is not heard under another nick either, and then is again', async (t, serve) => {
	const server = await serve();
	const den = `den@${server.roomDomain}` as BareJid;
	const juliet = await online(t, server, 'juliet', accounts.juliet);
	await juliet.rooms.join(juliet.live, den, {nick: 'Juliet'});
	await juliet.live.use(roomAdministration).acceptDefaults(den);
	const romeo = await online(t, server, 'romeo', accounts.romeo);
	await romeo.rooms.join(romeo.live, den, {nick: 'Romeo'});
	await juliet.saw.until('occupant.changed', ({occupant}) => occupant.nick === 'Romeo');
	const occupant = juliet.live.use(multiUserChat).get(den)?.occupants.get('Romeo');
	t.truthy(occupant);
	const {knownBy} = juliet.rooms.ignoring.add(den, occupant ?? {nick: 'Romeo'});
	t.true(['occupantId', 'jid'].includes(knownBy));
	await romeo.live.use(multiUserChat).changeNick(den, 'Montague');
	romeo.say(den, 'hark');
	const {message} = await juliet.saw.until('message.recorded', ({message: {body}}) => body === 'hark');
	t.true(message.ignored);
	t.is(juliet.storage.buffers.get(message.buffer)?.unread, 0);
	juliet.rooms.ignoring.remove(den, 'Romeo', undefined);
	await juliet.saw.until('message.changed', ({change}) => change.key === message.key && change.ignored === false);
	t.is(juliet.storage.buffers.get(message.buffer)?.unread, 1);
});
