/** XEP-0319 between two people: who is idle is seen so, by those who may see their presence. */
import type {ExecutionContext} from 'ava';
import {type Client, createClient} from '../../source/client/actions.js';
import {systemClock} from '../../source/shared/clock.js';
import type {BareJid} from '../../source/shared/jid.js';
import {silentLog} from '../../source/shared/log.js';
import {profileWith} from '../client/profile.js';
import {type Recorder, record} from '../client/recorder.js';
import {addressOf} from '../support/scripted-session.js';
import {everyServer, type TestServer} from '../support/servers.js';

const juliet = addressOf('juliet@example.test');
const romeo = addressOf('romeo@example.test');
const minute = 60_000;

const onEveryServer = everyServer({
	accounts: {juliet: 'pencil', romeo: 'pencil'},
	rosters: {juliet: [{jid: romeo}], romeo: [{jid: juliet}]},
});

type Person = Client & {readonly saw: Recorder};

async function online(t: ExecutionContext, server: TestServer, jid: BareJid): Promise<Person> {
	const profile = await profileWith(t, [{jid, host: '127.0.0.1', port: server.port, tlsCa: server.caFile}]);
	const client = createClient({...profile, clock: systemClock, log: silentLog, resolver: server.resolver});
	t.teardown(() => client.stop());
	const person = {...client, saw: record(client.events)};
	await person.actions.connect({account: jid});
	return person;
}

onEveryServer('a contact sees that somebody is idle, since when, and that they are back', async (t, serve) => {
	const server = await serve();
	const [hers, his] = [await online(t, server, juliet), await online(t, server, romeo)];
	const seen = (wanted: string) =>
		his.saw.until(
			'presence.changed',
			({jid, resources}) => jid === juliet && resources.some(({availability}) => availability === wanted),
		);
	await seen('available');

	await hers.actions.changeSetting({name: 'away.after', value: 3});
	await hers.actions.changeSetting({name: 'away.text', value: 'at the friar’s'});
	const since = Math.floor(systemClock.now() / 1000) * 1000 - 5 * minute;
	await hers.actions.setIdle({since});
	const {resources} = await seen('away');
	t.like(resources[0], {availability: 'away', statusText: 'at the friar’s', idleSince: since});

	const before = new Set(his.saw.all('presence.changed'));
	await hers.actions.setIdle({});
	const back = await his.saw.until('presence.changed', event => event.jid === juliet && !before.has(event));
	t.is(back.resources[0]?.availability, 'available');
	t.is(back.resources[0]?.idleSince, undefined);

	await hers.actions.setPresence({account: juliet, availability: 'dnd', statusText: ''});
	await seen('dnd');
	await hers.actions.setIdle({since});
	// Presence keeps its order: had it been changed, that would come before this.
	await hers.actions.setPresence({account: juliet, availability: 'xa', statusText: ''});
	await seen('xa');
	t.is(his.saw.all('presence.changed').filter(({resources}) => resources[0]?.availability === 'away').length, 1);
});
