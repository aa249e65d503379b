import {bookmarks} from '../../source/extensions/bookmarks.js';
import {multiUserChat} from '../../source/extensions/multi-user-chat.js';
import {roomAdministration} from '../../source/extensions/room-administration.js';
import {roomInvitations} from '../../source/extensions/room-invitations.js';
import {type BareJid, bareOf} from '../../source/shared/jid.js';
import {everyServer} from '../support/servers.js';
import {online} from './live-session.js';

const accounts = {juliet: 'pencil', romeo: 'Montägue', nurse: 'herbs'};
const onEveryServer = everyServer({accounts});

onEveryServer(
	'a room is made, opened to others, entered by them, and everybody sees who comes and goes',
	async (t, serve) => {
		const server = await serve();
		const den = `den@${server.roomDomain}` as BareJid;
		const juliet = await online(t, server, 'juliet', accounts.juliet);
		const romeo = await online(t, server, 'romeo', accounts.romeo);
		const rooms = juliet.live.use(multiUserChat);
		t.deepEqual(await rooms.join(den, {nick: 'Juliet'}), {created: true});
		await juliet.live.use(roomAdministration).acceptDefaults(den);
		t.deepEqual(await romeo.live.use(multiUserChat).join(den, {nick: 'Romeo'}), {created: false});
		const came = await juliet.saw.until('occupant.changed', ({occupant}) => occupant.nick === 'Romeo');
		t.is(came.activity?.what, 'joined');
		t.is(romeo.live.use(multiUserChat).get(den)?.occupants.get('Juliet')?.affiliation, 'owner');

		await romeo.live.use(multiUserChat).changeNick(den, 'Montague');
		t.is(
			(await juliet.saw.until('occupant.changed', ({formerNick}) => formerNick === 'Romeo')).occupant.nick,
			'Montague',
		);
		t.like(await t.throwsAsync(romeo.live.use(multiUserChat).changeNick(den, 'Juliet')), {code: 'nick-taken'});

		await juliet.live.use(roomAdministration).setRole(den, 'Montague', 'none', 'hush');
		const out = await romeo.saw.until('room.changed', ({room}) => room.status === 'parted');
		t.regex(out.room.reason ?? '', /kicked .*hush/);
		const left = await juliet.saw.until('occupant.left');
		t.like(left.activity, {what: 'kicked', nick: 'Montague'});
		await rooms.leave(den, 'good night');
		t.is(rooms.get(den), undefined);
	},
);

onEveryServer(
	'a room is configured for members only, says so, and lets in whoever became a member',
	async (t, serve) => {
		const server = await serve();
		const den = `den@${server.roomDomain}` as BareJid;
		const juliet = await online(t, server, 'juliet', accounts.juliet);
		const romeo = await online(t, server, 'romeo', accounts.romeo);
		const nurse = await online(t, server, 'nurse', accounts.nurse);
		const administration = juliet.live.use(roomAdministration);
		await juliet.live.use(multiUserChat).join(den, {nick: 'Juliet'});
		const form = await administration.configuration(den);
		t.true(form.fields.some(({name, kind}) => name === 'muc#roomconfig_membersonly' && kind === 'boolean'));
		await administration.configure(den, form, {
			'muc#roomconfig_membersonly': ['1'],
			'muc#roomconfig_whois': ['anyone'],
			'muc#roomconfig_roomname': ['The den'],
		});
		const told = await juliet.saw.until('room.changed', ({room}) => room.features.membersOnly === true);
		t.like(told.room, {name: 'The den', features: {nonAnonymous: true}});

		t.like(await t.throwsAsync(romeo.live.use(multiUserChat).join(den, {nick: 'Romeo'})), {code: 'room-members-only'});
		const romeosJid = bareOf(romeo.jid);
		await administration.setAffiliation(den, romeosJid, 'member', 'my only love');
		t.deepEqual(
			(await administration.affiliated(den, 'member')).map(({jid}) => jid),
			[romeosJid],
		);
		await romeo.live.use(multiUserChat).join(den, {nick: 'Romeo'});
		t.is(romeo.live.use(multiUserChat).get(den)?.occupants.get('Juliet')?.jid, juliet.jid);

		juliet.live.use(roomInvitations).invite(den, bareOf(nurse.jid), {reason: 'come hither'}, 'mediated');
		const {invitation} = await nurse.saw.until('room.invited');
		t.like(invitation, {room: den, reason: 'come hither', direct: false});
		t.is(bareOf(invitation.from ?? nurse.jid), bareOf(juliet.jid));
		nurse.live.use(roomInvitations).decline(den, juliet.jid, 'my bones ache');
		t.like(await juliet.saw.until('invitation.declined'), {reason: 'my bones ache'});

		await administration.destroy(den, {reason: 'tragedy', alternative: `tomb@${server.roomDomain}` as BareJid});
		const over = await romeo.saw.until('room.changed', ({room}) => room.status === 'parted');
		t.regex(over.room.reason ?? '', /tragedy.*tomb@/);
	},
);

onEveryServer('a direct invitation reaches the other one', async (t, serve) => {
	const server = await serve();
	const den = `den@${server.roomDomain}` as BareJid;
	const juliet = await online(t, server, 'juliet', accounts.juliet);
	const romeo = await online(t, server, 'romeo', accounts.romeo);
	juliet.live.use(roomInvitations).invite(den, bareOf(romeo.jid), {reason: 'now', password: 'rose'}, 'direct');
	t.like((await romeo.saw.until('room.invited')).invitation, {
		room: den,
		from: bareOf(juliet.jid),
		reason: 'now',
		password: 'rose',
		direct: true,
	});
});

onEveryServer('bookmarks are the same on two devices, whichever of them changes one', async (t, serve) => {
	const server = await serve();
	const den = `den@${server.roomDomain}` as BareJid;
	const laptop = await online(t, server, 'juliet', accounts.juliet);
	const phone = await online(t, server, 'juliet', accounts.juliet);
	const [here, there] = [laptop.live.use(bookmarks), phone.live.use(bookmarks)];
	t.deepEqual(await here.load(), []);
	await there.load();
	await here.put(den, {name: 'The den', autojoin: true, nick: 'Juliet', pinned: true, notify: 'mentions'});
	const expected = {
		account: bareOf(laptop.jid),
		room: den,
		name: 'The den',
		autojoin: true,
		nick: 'Juliet',
		pinned: true,
		notify: 'mentions',
	} as const;
	await phone.saw.until('bookmarks.changed', event => event.bookmarks.length === 1);
	t.deepEqual(there.all(), [expected]);
	await there.put(den, {autojoin: false});
	await laptop.saw.until('bookmarks.changed', event => event.bookmarks[0]?.autojoin === false);
	t.deepEqual(here.get(den), {...expected, autojoin: false});
	await here.remove(den);
	await phone.saw.until('bookmarks.changed', event => event.bookmarks.length === 0);
	t.deepEqual(await there.load(), []);
});
