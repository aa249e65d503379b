/** Moderators take back all that somebody said in a room (XEP-0425), asked in line mode at real servers. */
import type {ExecutionContext} from 'ava';
import {bufferId} from '../../source/model/buffer.js';
import type {BareJid} from '../../source/shared/jid.js';
import {addressOf} from '../support/scripted-session.js';
import {everyServer, type TestServer} from '../support/servers.js';
import {lineMode} from '../tui/line-mode.js';
import {incoming} from './encrypting.js';
import {online, type Person} from './person.js';

const juliet = addressOf('juliet@example.test');
const nurse = addressOf('nurse@example.test');
const tybalt = addressOf('tybalt@example.test');
const password = 'pencil';
const onEveryServer = everyServer({accounts: {juliet: password, nurse: password, tybalt: password}});

const say = (who: Person, room: BareJid, body: string) =>
	who.actions.sendMessage({account: who.jid, to: room, body, kind: 'groupchat'});

/** What somebody sees of the room, with who took it back and why. */
const view = ({storage, jid}: Person, room: BareJid) =>
	storage.messages
		.page(bufferId(jid, 'room', room), {limit: 50})
		.map(({body, retracted}) =>
			retracted === undefined
				? body
				: `(${retracted.by} ${retracted.moderator ?? '?'}: ${retracted.reason ?? 'no reason'})`,
		);

/** Resolves when so many messages were taken back where somebody is. */
const lost = async ({saw}: Person, count: number) => {
	const keys = new Set<number>();
	await saw.until('message.changed', ({change}) => {
		if (change.retracted !== undefined) {
			keys.add(change.key);
		}

		return keys.size === count;
	});
};

/** Juliet's room with what three people said there, and Juliet at her lines in it. */
async function crowded(t: ExecutionContext, server: TestServer) {
	const room = `square@${server.roomDomain}` as BareJid;
	const [hers, other, his] = [
		await online(t, server, juliet),
		await online(t, server, nurse),
		await online(t, server, tybalt),
	];
	await hers.actions.joinRoom({account: juliet, room, nick: 'Juliet'});
	await other.actions.joinRoom({account: nurse, room, nick: 'Nurse'});
	await his.actions.joinRoom({account: tybalt, room, nick: 'Prince of Cats'});
	await say(his, room, 'Buy swords');
	await hers.saw.until('message.recorded', incoming('Buy swords'));
	await other.saw.until('message.recorded', incoming('Buy swords'));
	await say(other, room, 'Peace');
	await hers.saw.until('message.recorded', incoming('Peace'));
	// Under another name he is the same one.
	await his.actions.changeNick({account: tybalt, room, nick: 'Tybalt'});
	await say(his, room, 'Buy more swords');
	await hers.saw.until('message.recorded', incoming('Buy more swords'));
	await other.saw.until('message.recorded', incoming('Buy more swords'));

	const lines = lineMode({}, true, {open: async () => ({actions: hers.actions, events: hers.events})});
	const shows = async (pattern: RegExp) => {
		const end = performance.now() + 20_000;
		while (!pattern.test(lines.text()) && performance.now() < end) {
			await new Promise(resolve => setTimeout(resolve, 20));
		}

		t.regex(lines.text(), pattern);
	};
	await lines.settle();
	await lines.type(`/buffer ${room}`);
	await shows(/Buy more swords/);
	return {room, hers, other, his, lines, shows};
}

onEveryServer('cleaning up takes back all that somebody said, under each of their names', async (t, serve, {name}) => {
	const server = await serve();
	const {room, hers, other, his, lines, shows} = await crowded(t, server);
	await lines.type('/clean Tybalt --ban no swords');
	await shows(
		/2 messages of Tybalt in square@[\s\S]*tybalt@example\.test is banned as well\.[\s\S]*Because: no swords/,
	);
	await lines.type('2');
	await shows(/Tybalt is banned from square@/);
	await his.saw.until('room.changed', ({room: {jid, status}}) => jid === room && status !== 'joined');

	const moderates = name === 'Prosody';
	if (moderates) {
		await shows(/2 messages of Tybalt were taken back\./);
		await lost(hers, 2);
		await lost(other, 2);
	} else {
		await shows(
			/0 messages of Tybalt were taken back\.\s+-- 2 messages were not: square@\S+ cannot take messages away/,
		);
	}

	const gone = '(moderator Juliet: no swords)';
	const expected = moderates ? [gone, 'Peace', gone] : ['Buy swords', 'Peace', 'Buy more swords'];
	t.deepEqual(view(hers, room), expected);
	t.deepEqual(view(other, room), expected);
	t.like(await t.throwsAsync(his.actions.joinRoom({account: tybalt, room, nick: 'Tybalt'})), {code: 'room-banned'});

	if (moderates) {
		const later = await online(t, server, nurse);
		await later.actions.joinRoom({account: nurse, room, nick: 'Angelica'});
		await later.saw.until('message.recorded', ({message}) => message.body === 'Peace');
		await later.saw.until('archive.changed', event => event.room === room && !event.loading);
		t.false(view(later, room).some(text => /swords$/.test(text)));
		t.true(view(later, room).includes('Peace'));
	}

	await lines.type('/quit');
	await lines.end();
});

onEveryServer('who is no moderator takes nothing back', async (t, serve) => {
	const server = await serve();
	const {room, hers, other} = await crowded(t, server);
	const lines = lineMode({}, true, {open: async () => ({actions: other.actions, events: other.events})});
	await lines.settle();
	await lines.type(`/buffer ${room}`);
	await lines.type('/clean Tybalt');
	t.regex(lines.text(), /Only moderators of square@\S+ take back what others said\./);
	t.deepEqual(view(hers, room), ['Buy swords', 'Peace', 'Buy more swords']);
	await lines.type('/quit');
	await lines.end();
});
