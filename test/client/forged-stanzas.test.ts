/** Rows 7, 8, 24 and 34 of the threat model, where one side of the client alone does not show it. */
import test from 'ava';
import {archive} from '../../source/extensions/archive.js';
import type {BareJid} from '../../source/shared/jid.js';
import {attached} from '../extensions/attached.js';
import {stored} from './archive-scene.js';
import {here, juliet, offlineScene, romeo, scene, settled} from './scene.js';

const room = 'lounge@rooms.example.org' as BareJid;
const day = 24 * 60 * 60_000;
const words = (text: string, attributes = "type='chat'") =>
	`<message xmlns='jabber:client' from='${romeo}/x' to='${juliet}' ${attributes}><body>${text}</body></message>`;

function result(queryId: string, id: string, from?: string): string {
	return `<message to='${here}' ${from === undefined ? '' : `from='${from}'`}><result xmlns='urn:xmpp:mam:2'
		queryid='${queryId}' id='${id}'><forwarded xmlns='urn:xmpp:forward:0'>${words(id)}</forwarded></result></message>`;
}

const fin = "<fin xmlns='urn:xmpp:mam:2' complete='true'/>";
const last = (texts: readonly string[], pattern: RegExp) => pattern.exec(texts.at(-1) ?? '')?.[1] ?? '';

test('of two archives that are asked at once each speaks for itself', async t => {
	const it = await attached(t);
	const release = it.server.hold();
	const own = it.live.use(archive).page({max: 10});
	const ownId = last(it.server.asked, /queryid="([^"]*)"/);
	const rooms = it.live.use(archive).page({archive: room, max: 10});
	const roomsId = last(it.server.asked, /queryid="([^"]*)"/);
	t.not(ownId, roomsId);
	await it.server.bring(
		result(ownId, 'forged by the room', room),
		result(ownId, 'own'),
		result(roomsId, 'forged by the account', juliet),
		result(roomsId, 'forged without a sender'),
		result(roomsId, 'the room’s', room),
		result(roomsId, 'forged by another room', 'other@rooms.example.org'),
		result(roomsId, 'forged by an occupant', `${room}/nick`),
	);
	release();
	t.deepEqual(
		(await own).messages.map(({id}) => id),
		['own'],
	);
	t.deepEqual(
		(await rooms).messages.map(({id}) => id),
		['the room’s'],
	);
});

test('what comes for a page that is complete is too late', async t => {
	const it = await attached(t);
	const page = await it.live.use(archive).page({max: 10});
	const queryId = last(it.server.asked, /queryid="([^"]*)"/);
	const id = last(it.server.asked, /\bid="([^"]*)"/);
	await it.server.bring(
		result(queryId, 'late'),
		`<iq type='result' id='${id}'>${fin}</iq>`,
		`<iq type='result' id='${id}' from='${romeo}'>${fin}</iq>`,
	);
	t.deepEqual(page.messages, []);
	t.deepEqual(it.saw.all('message.recorded'), []);
});

test('impossible times of an archive are ignored: its messages are where they came', async t => {
	const it = await offlineScene(t);
	const now = it.clock.now();
	for (const [index, at] of [now - 2 * day, 0, Date.UTC(9999, 0), now - day].entries()) {
		it.server.archive.add({at, peer: romeo, message: words(`${index}`, `type='chat' id='m${index}'`)});
	}

	it.server.archive.tamper = results => results.map(text => text.replace(/stamp='9999[^']*'/, "stamp='no time'"));
	it.server.archive.add({at: now + 400 * day, peer: romeo, message: words('4', "type='chat' id='m4'")});
	it.server.accountFeatures = ['urn:xmpp:mam:2'];
	await it.actions.connect({account: juliet});
	await settled();
	t.deepEqual(stored(it), ['0', '1', '2', '3', '4']);
	const times = it.saw.all('message.recorded').map(({message}) => message.receivedAt);
	t.true(times.every(time => time <= now && time > now - 3 * day));
});

for (const [what, bring] of [
	['delivered', (error: string) => error.replace(/ xmlns='jabber:client'/, '')],
	[
		'in a carbon',
		(error: string) => `<message from='${juliet}' to='${here}'><received xmlns='urn:xmpp:carbons:2'>
			<forwarded xmlns='urn:xmpp:forward:0'>${error}</forwarded></received></message>`,
	],
] as const) {
	for (const content of ['', "<error type='cancel'><gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>"]) {
		test(`an error that has words, ${what}${content && ' and with a condition'}, is no message`, async t => {
			const it = await scene(t);
			const error = words('Send me your password', "type='error' id='e1'").replace(
				'</message>',
				`${content}</message>`,
			);
			await it.server.bring(bring(error), words('after').replace(" xmlns='jabber:client'", ''));
			t.deepEqual(stored(it), ['after']);
			t.false(
				it.server.written.some(text => text.includes('e1')),
				'and is not answered',
			);
		});
	}
}

test('an error that has words, from the archive, is no message', async t => {
	const it = await offlineScene(t);
	it.server.accountFeatures = ['urn:xmpp:mam:2'];
	it.server.archive.add({at: it.clock.now() - 1000, peer: romeo, message: words('password?', "type='error'")});
	it.server.archive.add({at: it.clock.now(), peer: romeo, message: words('after')});
	await it.actions.connect({account: juliet});
	await settled();
	t.deepEqual(stored(it), ['after']);
});
