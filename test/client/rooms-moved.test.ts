/** XEP-0045 §10.9: a room that was destroyed says in which one it goes on, and how one gets in there. */
import test from 'ava';
import type {BareJid} from '../../source/shared/jid.js';
import {before, den, entries, inside, presence, self} from './room-scene.js';
import {juliet, type Scene, settled} from './scene.js';

const cave = 'cave@rooms.example.org' as BareJid;
const inCave = {account: juliet, room: cave};

const destroyed = (attributes: string, inner = '') =>
	`<presence from='${den}/juliet' type='unavailable'><x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='none' role='none'/><destroy ${attributes}>${inner}</destroy><status code='110'/></x></presence>`;
const secret = '<password>cauldronburn</password>';
const lastEntry = ({server}: Scene) => server.written.findLast(text => text.includes('jabber.org/protocol/muc"')) ?? '';
const denAsTold = (it: Scene) => it.saw.all('room.changed').findLast(({room}) => room.jid === den)?.room;

test('where a room goes on is known once it was destroyed, until it is entered again', async t => {
	const it = await inside(t);
	await it.server.bring(destroyed(`jid='${cave}'`));
	t.like(denAsTold(it), {status: 'parted', alternative: cave});
	it.actions.joinRoom({account: juliet, room: den}).catch(() => {});
	await settled();
	t.is(denAsTold(it)?.alternative, undefined);
});

test('the password of the room in which it goes on is used there, and told to nobody here', async t => {
	const it = await inside(t);
	await it.server.bring(destroyed(`jid='${cave}'`, `<reason>rebuilding</reason>${secret}`));
	const joined = it.actions.joinRoom(inCave);
	await settled();
	t.is(entries(it).at(-1), `${cave}/juliet`);
	t.true(lastEntry(it).includes('<password>cauldronburn</password>'));
	await it.server.bring(presence('juliet', {room: cave, codes: [110]}));
	await joined;
	t.false(JSON.stringify([...it.saw.all('room.changed'), ...it.saw.all('notice')]).includes('cauldronburn'));
});

test('a password that the person types goes before the one that was told', async t => {
	const it = await inside(t);
	await it.server.bring(destroyed(`jid='${cave}'`, secret));
	it.actions.joinRoom({...inCave, password: 'thorn'}).catch(() => {});
	await settled();
	t.true(lastEntry(it).includes('<password>thorn</password>'));
});

for (const [what, address] of [
	['itself', den],
	['a service alone', 'rooms.example.org'],
] as const) {
	test(`a room that goes on in ${what} goes on nowhere`, async t => {
		const it = await inside(t);
		await it.server.bring(destroyed(`jid='${address}'`));
		t.like(denAsTold(it), {status: 'parted', alternative: undefined});
	});
}

test('where a room has moved is known also when it refuses because of that', async t => {
	const it = await before(t);
	await it.server.bring(
		`<presence from='${den}/juliet' type='error'><error type='cancel'><gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>xmpp:${cave}?join</gone></error></presence>`,
	);
	t.like(denAsTold(it), {status: 'refused', alternative: cave});
	await it.server.bring(self());
});
