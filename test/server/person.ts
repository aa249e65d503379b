/** People on xmppc at a real server, each with a client in this process and a profile of their own. */
import type {ExecutionContext} from 'ava';
import {type Client, createClient} from '../../source/client/actions.js';
import type {AccountSettings} from '../../source/model/account.js';
import type {Settings} from '../../source/model/settings.js';
import {systemClock} from '../../source/shared/clock.js';
import type {BareJid} from '../../source/shared/jid.js';
import {silentLog} from '../../source/shared/log.js';
import {type Profile, profileWith} from '../client/profile.js';
import {type Recorder, record} from '../client/recorder.js';
import type {TestServer} from '../support/servers.js';

/** An account on a client that goes on until the test ends. */
export type Person = Client & Profile & {readonly saw: Recorder; readonly jid: BareJid};

export function settingsAt(server: TestServer, jid: BareJid): Omit<AccountSettings, 'enabled' | 'secrets'> {
	return {jid, host: '127.0.0.1', port: server.port, tlsCa: server.caFile};
}

/** A client for a profile that is there already: the same device again. */
export function clientOf(t: ExecutionContext, server: TestServer, jid: BareJid, profile: Profile): Person {
	const client = createClient({...profile, clock: systemClock, log: silentLog, resolver: server.resolver});
	t.teardown(() => client.stop());
	return {...profile, ...client, jid, saw: record(client.events)};
}

/** A new device of an account, logged in; it encrypts nothing unless the preferences say so. */
export async function online(
	t: ExecutionContext,
	server: TestServer,
	jid: BareJid,
	preferences?: Partial<Settings>,
): Promise<Person> {
	const person = clientOf(t, server, jid, await profileWith(t, [settingsAt(server, jid)], preferences));
	await person.actions.connect({account: jid});
	return person;
}
