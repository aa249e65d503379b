/** The forms of rooms at real servers, filled in as the line mode asks them; and what others in the room are told of it. */
import type {ExecutionContext} from 'ava';
import {type Client, createClient} from '../../source/client/actions.js';
import {systemClock} from '../../source/shared/clock.js';
import type {BareJid} from '../../source/shared/jid.js';
import {silentLog} from '../../source/shared/log.js';
import {newRoomForm, roomForm} from '../../source/tui/app/room-forms.js';
import type {Dialog} from '../../source/tui/assistant/dialog.js';
import {createFormDialog} from '../../source/tui/forms/form-dialog.js';
import {createRoomKindWatch} from '../../source/tui/panes/room-kind-watch.js';
import {profileWith} from '../client/profile.js';
import {type Recorder, record} from '../client/recorder.js';
import {addressOf} from '../support/scripted-session.js';
import {everyServer, type TestServer} from '../support/servers.js';

const onEveryServer = everyServer({accounts: {juliet: 'pencil', romeo: 'pencil'}});

type Person = Client & {readonly saw: Recorder; readonly jid: BareJid};

async function person(t: ExecutionContext, server: TestServer, localpart: string): Promise<Person> {
	const jid = addressOf(`${localpart}@${server.domain}`);
	const profile = await profileWith(t, [{jid, host: '127.0.0.1', port: server.port, tlsCa: server.caFile}]);
	const client = createClient({...profile, clock: systemClock, log: silentLog, resolver: server.resolver});
	t.teardown(() => client.stop());
	const saw = record(client.events);
	await client.actions.connect({account: jid});
	await saw.until('account.changed', ({account}) => account.status === 'online');
	return {...client, jid, saw};
}

/** Answers what is asked, one after the other, and waits for the end. */
async function through(dialog: Dialog, ...answers: readonly string[]): Promise<readonly string[]> {
	for (const answer of answers) {
		dialog.answer(answer);
	}

	return new Promise(resolve => {
		const look = () => {
			const question = dialog.question();
			if (question.type === 'end') {
				resolve(question.lines);
			} else if ('problem' in question && question.problem !== undefined) {
				resolve([question.problem.message]);
			}
		};
		dialog.changed(look);
		look();
	});
}

onEveryServer(
	'a reserved room opens with its form, and its change of kind is told to whoever is in it',
	async (t, serve) => {
		const server = await serve();
		const [juliet, romeo] = [await person(t, server, 'juliet'), await person(t, server, 'romeo')];
		const room = `orchard@${server.roomDomain}` as BareJid;
		const place = {account: juliet.jid, room};
		t.true((await juliet.actions.joinRoom({...place, reserved: true})).created);

		const made = await newRoomForm(place, juliet.actions);
		const name = numberOf(made.form.fields, 'muc#roomconfig_roomname');
		t.deepEqual(await through(createFormDialog(made), 'one', name, 'The orchard', 'send'), [`${room} is open.`]);
		const {rooms} = await juliet.actions.listRooms({account: juliet.jid, service: server.roomDomain as BareJid});
		t.true(rooms.some(each => each.jid === room && each.name?.includes('The orchard')));

		const watch = createRoomKindWatch();
		const heard: string[] = [];
		romeo.events(event => heard.push(...watch.hear(event).map(({text}) => text)));
		await romeo.actions.joinRoom({account: romeo.jid, room});
		const change = await roomForm({type: 'roomConfiguration', ...place}, juliet.actions);
		if (change === undefined) {
			t.fail();
			return;
		}

		const whois = numberOf(change.form.fields, 'muc#roomconfig_whois');
		t.deepEqual(await through(createFormDialog(change), 'one', whois, 'anyone', 'send'), [`${room} is configured.`]);
		await romeo.saw.until('room.changed', ({room: now}) => now.features.nonAnonymous === true);
		t.true(heard.includes('The room shows real addresses to everybody now.'));
	},
);

onEveryServer('a new room whose form is given up is gone', async (t, serve) => {
	const server = await serve();
	const juliet = await person(t, server, 'juliet');
	const room = `attic@${server.roomDomain}` as BareJid;
	const place = {account: juliet.jid, room};
	await juliet.actions.joinRoom({...place, reserved: true});
	const form = await newRoomForm(place, juliet.actions);
	t.deepEqual(await through(createFormDialog(form), 'leave'), [`${room} was given up.`]);
	const {rooms, bookmarks = []} = await juliet.actions.snapshot({});
	t.not(rooms?.find(each => each.room.jid === room)?.room.status, 'joined');
	t.deepEqual(
		bookmarks.filter(each => each.room === room),
		[],
	);
	t.true((await juliet.actions.joinRoom(place)).created);
});

/** The number by which the line mode knows a question. */
function numberOf(fields: ReadonlyArray<{readonly name?: string; readonly kind: string}>, name: string): string {
	const asked = fields.filter(({kind}) => kind !== 'hidden' && kind !== 'fixed');
	return String(asked.findIndex(field => field.name === name) + 1);
}
