/** People on xmppc who encrypt, each with a client in this process and a profile of their own. */
import type {ExecutionContext} from 'ava';
import {type Client, createClient} from '../../source/client/actions.js';
import type {AccountSettings} from '../../source/model/account.js';
import type {Device} from '../../source/model/device.js';
import type {EventOf} from '../../source/model/events.js';
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

/** A new device of an account, logged in; it encrypts wherever it can. */
export async function online(
	t: ExecutionContext,
	server: TestServer,
	jid: BareJid,
	preferences: Partial<Settings> = {},
): Promise<Person> {
	const profile = await profileWith(t, [settingsAt(server, jid)], {'omemo.default': 'on', ...preferences});
	const person = clientOf(t, server, jid, profile);
	await person.actions.connect({account: jid});
	return person;
}

/** Accepts the message with a text, written by somebody else. */
export function incoming(body: string): (event: EventOf<'message.recorded'>) => boolean {
	return ({message}) => message.direction === 'incoming' && message.body === body;
}

/** Accepts the message with a text, written by the account itself. */
export function outgoing(body: string): (event: EventOf<'message.recorded'>) => boolean {
	return ({message}) => message.direction === 'outgoing' && message.body === body;
}

/** Resolves when what somebody knows of the devices of `owner` is so. */
export async function knows(
	{actions, saw, jid}: Person,
	owner: BareJid,
	isSo: (devices: readonly Device[]) => boolean,
): Promise<void> {
	for (;;) {
		const changes = saw.all('devices.changed').length;
		if (isSo(await actions.listDevices({account: jid, owner}))) {
			return;
		}

		await saw.until('devices.changed', () => saw.all('devices.changed').length > changes);
	}
}

/** Resolves when the device of somebody is on both lists of their account, where others can find it. */
export async function isPublished(person: Person): Promise<void> {
	await knows(person, person.jid, devices => devices.some(({isThis, versions}) => isThis && versions.length === 2));
}
