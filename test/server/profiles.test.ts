/** What rooms and people tell about themselves, as real servers tell it. */
import {createHash} from 'node:crypto';
import {multiUserChat} from '../../source/extensions/multi-user-chat.js';
import {roomAvatars} from '../../source/extensions/room-avatars.js';
import {vcards} from '../../source/extensions/vcard.js';
import {vcardAvatars} from '../../source/extensions/vcard-avatars.js';
import type {BareJid, Jid} from '../../source/shared/jid.js';
import {openPeerStream} from '../support/peers/chat-peer.js';
import {makeXmppcAccount} from '../support/peers/xmppc.js';
import {picture} from '../support/pictures.js';
import {everyServer, type TestServer} from '../support/servers.js';
import {keys} from '../support/terminal.js';
import {online} from './live-session.js';

const accounts = {juliet: 'pencil', romeo: 'Montague'};
const onEveryServer = everyServer({accounts});

const png = picture('PNG', {width: 64, height: 48});
const sha1 = createHash('sha1').update(png).digest('hex');
const photo = `<PHOTO><TYPE>image/png</TYPE><BINVAL>${Buffer.from(png).toString('base64')}</BINVAL></PHOTO>`;

const field = (name: string, value: string) => `<field var='${name}'><value>${value}</value></field>`;
const configuration = [
	field('FORM_TYPE', 'http://jabber.org/protocol/muc#roomconfig'),
	field('muc#roomconfig_roomname', 'The den'),
	field('muc#roomconfig_roomdesc', 'Where lovers meet'),
	field('muc#roomconfig_persistentroom', '1'),
].join('');

/** Romeo, on a stream of his own, makes the den, and gives it and himself cards. */
async function romeoInHisDen(server: TestServer, den: BareJid) {
	const {socket, stream} = await openPeerStream(server, 'romeo', accounts.romeo, 'stream');
	const asks = async (id: string, to: string, payload: string) => {
		const address = to === '' ? '' : `to='${to}'`;
		socket.write(`<iq type='set' id='${id}' ${address}>${payload}</iq>`);
		const answer = await stream.reads(new RegExp(`<iq[^>]*id=['"]${id}['"][^>]*>`));
		if (!/type=['"]result['"]/.test(answer.slice(answer.lastIndexOf('<iq')))) {
			throw new Error(`the server refuses ${id}: ${answer}`);
		}
	};
	socket.write(`<presence to='${den}/Romeo'><x xmlns='http://jabber.org/protocol/muc'/></presence>`);
	await stream.reads(/code=['"]201['"]/);
	await asks(
		'configure',
		den,
		`<query xmlns='http://jabber.org/protocol/muc#owner'><x xmlns='jabber:x:data' type='submit'>${configuration}</x></query>`,
	);
	await asks('room', den, `<vCard xmlns='vcard-temp'><FN>Den of Montague</FN>${photo}</vCard>`);
	await asks('own', '', `<vCard xmlns='vcard-temp'><FN>Romeo Montague</FN><DESC>Under the balcony</DESC></vCard>`);
	return socket;
}

onEveryServer('a room tells what it is and shows its card, and so do those in it', async (t, serve) => {
	const server = await serve();
	const den = `den@${server.roomDomain}` as BareJid;
	const socket = await romeoInHisDen(server, den);
	t.teardown(() => socket.destroy());
	const {live} = await online(t, server, 'juliet', accounts.juliet);
	const rooms = live.use(roomAvatars);
	const told = await rooms.profile(den);
	t.like(told, {
		name: 'The den',
		description: 'Where lovers meet',
		features: {membersOnly: false, nonAnonymous: false, persistent: true, archived: true},
		occupants: 1,
		listed: true,
	});
	t.deepEqual(told.card, {
		fields: [{kind: 'fullName', value: 'Den of Montague'}],
		photos: [{where: 'inside', type: 'PNG', width: 64, height: 48, bytes: png.length, sha1, claimed: 'image/png'}],
		omitted: 0,
	});

	await live.use(multiUserChat).join(den, {nick: 'Juliet'});
	t.is(live.use(vcardAvatars).announcedBy(den), sha1);
	t.deepEqual((await rooms.profile(den)).announced, [sha1]);

	const {query} = live.use(vcards);
	const romeos = await query(`${den}/Romeo` as Jid);
	t.is(romeos?.fields[0]?.value, 'Romeo Montague');
	t.is(romeos?.fields[1]?.value, 'Under the balcony');
	t.deepEqual(await query(`romeo@${server.domain}` as Jid), romeos);
	t.is(await query(`juliet@${server.domain}` as Jid), undefined);
	t.is(await query(`nobody@${server.domain}` as Jid), undefined);
	t.like(await t.throwsAsync(rooms.profile(`none@${server.roomDomain}` as BareJid)), {code: 'stanza-item-not-found'});
});

onEveryServer('the cards of a room and of somebody in it are shown on the screen', async (t, serve) => {
	const server = await serve();
	const den = `den@${server.roomDomain}` as BareJid;
	const socket = await romeoInHisDen(server, den);
	t.teardown(() => socket.destroy());
	const xmppc = await makeXmppcAccount(server, 'juliet', accounts.juliet);
	t.teardown(xmppc.remove);
	const terminal = xmppc.open({columns: 120, rows: 40});
	t.teardown(terminal.stop);
	await terminal.shows(`juliet@${server.domain} ●`);
	const type = (line: string) => terminal.type(`${line}${keys.enter}`);
	type(`/roominfo ${den}`);
	await terminal.shows('Picture: PNG, 64x48, 29 bytes');
	t.regex(terminal.text(), /The den\s.*Description: Where lovers meet.*Full name: Den of Montague/s);
	t.regex(terminal.text(), new RegExp(`SHA-1: ${sha1}`));
	t.regex(terminal.text(), /You are not in this room/);
	terminal.type(keys.escape);
	await terminal.shows(screen => !screen.includes('Picture:'));

	type(`/join ${den} Juliet`);
	await terminal.shows('you are Juliet');
	type('/whois');
	await terminal.shows(`SHA-1: ${sha1}, as announced`);
	t.regex(terminal.text(), /There now: 2 people/);
	t.regex(terminal.text(), /Nick: Juliet/);
	terminal.type(keys.escape);
	await terminal.shows(screen => !screen.includes('Picture:'));

	type('/vcard Romeo');
	await terminal.shows('Full name: Romeo Montague');
	t.regex(terminal.text(), /Under the balcony/);
	terminal.type(keys.escape);
	await terminal.shows(screen => !screen.includes('Full name'));
	type(`/roominfo none@${server.roomDomain}`);
	await terminal.shows(`There is no room none@${server.roomDomain}.`);
});
