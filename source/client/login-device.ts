import {randomUUID} from 'node:crypto';
import {messageOf} from '../shared/errors.js';
import type {Log} from '../shared/log.js';
import type {SecretStores} from '../storage/ports.js';
import type {LoginToken} from '../xmpp/sasl/login-token.js';
import type {Sasl2Options} from '../xmpp/session.js';
import type {LoginSettings} from './login.js';

/** What this installation is to one account's server: its id there, and the token it was given. */
type Device = {readonly userAgent: string; readonly token?: LoginToken};

/**
 * Logs in with SASL2 where the server has it, with its token in place of the password (XEP-0484). Both stand in the account's
 * store of secrets, which is asked only when they are needed; one that is out of order costs the token, not the login.
 *
 * Without Bind 2 unless told: the server then drops the messages it kept for us (XEP-0386), and not every account has an
 * archive.
 */
export function sasl2Login(
	settings: LoginSettings,
	secrets: Pick<SecretStores, 'forAccount'>,
	log: Log,
	more: Partial<Pick<Sasl2Options, 'bind' | 'givesTokenBack'>> = {},
): Sasl2Options {
	let device: Promise<Device> | undefined;

	const write = async (next: Device) => {
		device = Promise.resolve(next);
		try {
			await secrets.forAccount(settings).set(settings.jid, 'fast', JSON.stringify(next));
		} catch (error) {
			log.note('session', `the login token cannot be stored: ${messageOf(error)}`);
		}
	};

	const read = async (): Promise<Device> => {
		let text: string | undefined;
		try {
			text = await secrets.forAccount(settings).get(settings.jid, 'fast');
		} catch (error) {
			log.note('session', `the login token cannot be read: ${messageOf(error)}`);
			return {userAgent: randomUUID()};
		}

		const known = text === undefined ? undefined : readDevice(text);
		const made = known ?? {userAgent: randomUUID()};
		if (!known) {
			await write(made);
		}

		return made;
	};

	const current = (): Promise<Device> => {
		device ??= read();
		return device;
	};

	return {
		bind: false,
		...more,
		userAgent: async () => (await current()).userAgent,
		tokens: {
			read: async () => (await current()).token,
			save: async token => write({userAgent: (await current()).userAgent, token}),
			forget: async () => write({userAgent: (await current()).userAgent}),
		},
	};
}

/** What is stored; `undefined` where it is not what was written here. */
function readDevice(text: string): Device | undefined {
	let stored: unknown;
	try {
		stored = JSON.parse(text);
	} catch {
		return undefined;
	}

	if (!isRecord(stored) || typeof stored.userAgent !== 'string') {
		return undefined;
	}

	const {userAgent, token} = stored;
	if (!isRecord(token) || typeof token.mechanism !== 'string' || typeof token.secret !== 'string') {
		return {userAgent};
	}

	const {mechanism, secret, expiry} = token;
	return {userAgent, token: {mechanism, secret, ...(typeof expiry === 'number' ? {expiry} : {})}};
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === 'object' && value !== null;
}
