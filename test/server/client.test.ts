import test, {type ExecutionContext} from 'ava';
import {type Client, createClient} from '../../source/client/actions.js';
import {sendOnce} from '../../source/client/one-shot.js';
import type {AccountSettings} from '../../source/model/account.js';
import {bufferId} from '../../source/model/buffer.js';
import {systemClock} from '../../source/shared/clock.js';
import type {BareJid} from '../../source/shared/jid.js';
import {silentLog} from '../../source/shared/log.js';
import {type Profile, profileWith} from '../client/profile.js';
import {type Recorder, record} from '../client/recorder.js';
import {type Prosody, type ProsodyOptions, startProsody} from '../support/prosody.js';
import {addressOf} from '../support/scripted-session.js';

const friends = {
	juliet: [{jid: 'romeo@example.test', name: 'Romeo'}],
	romeo: [{jid: 'juliet@example.test', name: 'Juliet'}],
};
const juliet = addressOf('juliet@example.test');
const romeo = addressOf('romeo@example.test');

async function prosody(t: ExecutionContext, options: ProsodyOptions = {}): Promise<Prosody> {
	const server = await startProsody({accounts: {juliet: 'pencil', romeo: 'pencil'}, rosters: friends, ...options});
	t.teardown(() => server.stop());
	return server;
}

type Person = Client & Profile & {readonly saw: Recorder; readonly jid: BareJid};

function settingsAt(server: Prosody, jid: BareJid): Omit<AccountSettings, 'enabled' | 'secrets'> {
	return {jid, host: '127.0.0.1', port: server.port, tlsCa: server.caFile};
}

/** A client over a profile, not started yet. */
function clientOf(t: ExecutionContext, server: Prosody, jid: BareJid, profile: Profile): Person {
	const client = createClient({...profile, clock: systemClock, log: silentLog, resolver: server.resolver});
	t.teardown(() => client.stop());
	return {...client, ...profile, jid, saw: record(client.events)};
}

/** Somebody who is online. */
async function online(t: ExecutionContext, server: Prosody, jid: BareJid): Promise<Person> {
	const person = clientOf(t, server, jid, await profileWith(t, [settingsAt(server, jid)]));
	await person.actions.connect({account: jid});
	return person;
}

test('two people chat in both directions, with receipts', async t => {
	const server = await prosody(t);
	const [hers, his] = [await online(t, server, juliet), await online(t, server, romeo)];
	await hers.saw.until('presence.changed', ({jid}) => jid === romeo);

	const sent = await hers.actions.sendMessage({account: juliet, to: romeo, body: 'Wherefore art thou?'});
	const {message} = await his.saw.until('message.recorded');
	t.is(message.body, 'Wherefore art thou?');
	t.is(message.id, sent.id);
	t.is(message.originId, sent.id);
	t.is(message.direction, 'incoming');
	t.truthy(message.archiveId);
	await hers.saw.until('message.changed', ({change}) => change.key === sent.key && change.state === 'acked');
	await hers.saw.until('message.changed', ({change}) => change.key === sent.key && change.state === 'delivered');

	await his.actions.sendMessage({account: romeo, to: juliet, body: 'Here'});
	const answer = await hers.saw.until('message.recorded', ({message}) => message.direction === 'incoming');
	t.is(answer.message.body, 'Here');
	const unread = await hers.saw.until('buffer.unread', ({unread}) => unread === 1);
	t.is(unread.buffer, bufferId(juliet, 'chat', romeo));
});
