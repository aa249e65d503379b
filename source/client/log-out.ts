import type {AccountSettings} from '../model/account.js';
import {messageOf, XmppcError} from '../shared/errors.js';
import {type LoginPorts, loginWith} from './login.js';
import {sasl2Login} from './login-device.js';

/** Milliseconds that the removal of an account waits for its server. */
const patience = 5000;

/**
 * Gives the login token of an account back to its server (XEP-0484, invalidation): from then on it lets nobody in, copied or
 * not. Needs the token itself. Where the server cannot be reached, the token ends when its time is over.
 */
export async function logOut(account: AccountSettings, ports: LoginPorts): Promise<void> {
	const {log, clock} = ports;
	const sasl2 = sasl2Login(account, ports.secrets, log, {givesTokenBack: true});
	if ((await sasl2.tokens?.read()) === undefined) {
		return;
	}

	const deadline = new AbortController();
	const stopClock = clock.after(patience, () => deadline.abort());
	try {
		const session = await loginWith(account, onlyWithToken, async () => {}, ports, deadline.signal, {sasl2});
		await session.end();
	} catch (error) {
		log.note('session', `the login token could not be given back: ${messageOf(error)}`);
	} finally {
		stopClock();
	}
}

/** Whoever does not take the token knows it no more. */
async function onlyWithToken(): Promise<string> {
	throw new XmppcError({code: 'token-unknown', kind: 'notPermitted', message: 'The server does not know the token.'});
}
