/** People on xmppc who encrypt, and what they wait for. */
import type {ExecutionContext} from 'ava';
import type {Device} from '../../source/model/device.js';
import type {EventOf} from '../../source/model/events.js';
import type {Settings} from '../../source/model/settings.js';
import type {BareJid} from '../../source/shared/jid.js';
import type {TestServer} from '../support/servers.js';
import {online as login, type Person} from './person.js';

/** A new device of an account, logged in; it encrypts wherever it can. */
export function online(
	t: ExecutionContext,
	server: TestServer,
	jid: BareJid,
	preferences: Partial<Settings> = {},
): Promise<Person> {
	return login(t, server, jid, {'omemo.default': 'on', ...preferences});
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
