/** The own card and nick at real servers: what is written is read again by others, and what the form does not ask for stays. */
import type {ExecutionContext} from 'ava';
import {type Client, createClient} from '../../source/client/actions.js';
import {systemClock} from '../../source/shared/clock.js';
import type {BareJid} from '../../source/shared/jid.js';
import {silentLog} from '../../source/shared/log.js';
import {profileWith} from '../client/profile.js';
import {type Recorder, record} from '../client/recorder.js';
import {addressOf} from '../support/scripted-session.js';
import {everyServer, type TestServer} from '../support/servers.js';

const onEveryServer = everyServer({
	accounts: {juliet: 'pencil', romeo: 'pencil'},
	rosters: {
		juliet: [{jid: 'romeo@example.test', subscription: 'both'}],
		romeo: [{jid: 'juliet@example.test', subscription: 'both'}],
	},
});

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

onEveryServer('a card that was written is read by others, and changed line by line', async (t, serve) => {
	const server = await serve();
	const [juliet, romeo] = [await person(t, server, 'juliet'), await person(t, server, 'romeo')];
	const account = juliet.jid;
	t.is((await juliet.actions.vcard({account})).card, undefined);
	t.true((await juliet.actions.vcardForm({account})).fields.every(({values}) => values.join('') === ''));

	await juliet.actions.saveVcard({
		account,
		answers: {
			FN: ['Juliet Capulet'],
			EMAIL: ['juliet@example.org'],
			ORG: ['House of Capulet'],
			DESC: ['one', 'two <three> & “four”'],
		},
	});
	const read = async () => (await romeo.actions.vcard({account: romeo.jid, jid: account})).card?.fields;
	t.deepEqual(
		(await read())
			// Prosody keeps cards in the newer kind, which has no descriptions but notes.
			?.map(({kind, value}) => [kind === 'note' ? 'description' : kind, value])
			.toSorted(([one = ''], [other = '']) => one.localeCompare(other)),
		[
			['description', 'one\ntwo <three> & “four”'],
			['email', 'juliet@example.org'],
			['fullName', 'Juliet Capulet'],
			['organisation', 'House of Capulet'],
		],
	);

	await juliet.actions.saveVcard({account, answers: {FN: ['Juliet'], EMAIL: ['']}});
	t.deepEqual(
		(await read())?.map(({value}) => value).toSorted(),
		['House of Capulet', 'Juliet', 'one\ntwo <three> & “four”'].toSorted(),
	);
	t.deepEqual((await juliet.actions.vcardForm({account})).fields.find(({name}) => name === 'FN')?.values, ['Juliet']);
});

onEveryServer(
	'a nick that was published reaches contacts, at once and at their next login, and is taken back',
	async (t, serve) => {
		const server = await serve();
		const [juliet, romeo] = [await person(t, server, 'juliet'), await person(t, server, 'romeo')];
		await romeo.saw.until('presence.changed', ({jid, resources}) => jid === juliet.jid && resources.length > 0);
		await juliet.actions.publishNick({account: juliet.jid, nick: 'Juliet of the balcony'});
		t.like(await romeo.saw.until('contact.nicked', ({nick}) => nick !== ''), {
			account: romeo.jid,
			jid: juliet.jid,
			nick: 'Juliet of the balcony',
		});

		await romeo.actions.disconnect({account: romeo.jid});
		const again = romeo.saw.all('contact.nicked').length;
		await romeo.actions.connect({account: romeo.jid});
		await romeo.saw.until('contact.nicked', event => romeo.saw.all('contact.nicked').indexOf(event) >= again);
		await juliet.actions.publishNick({account: juliet.jid, nick: ''});
		await romeo.saw.until('contact.nicked', ({nick}) => nick === '');
		t.deepEqual((await romeo.actions.snapshot({})).nicks, []);
	},
);
