import {readFileSync} from 'node:fs';
import {rootCertificates} from 'node:tls';
import type {AccountSettings} from '../model/account.js';
import type {Clock} from '../shared/clock.js';
import {isXmppcError, messageOf, problemOf, XmppcError} from '../shared/errors.js';
import type {Log} from '../shared/log.js';
import type {SecretStores} from '../storage/ports.js';
import type {Resolver} from '../xmpp/resolver.js';
import type {Session, SessionOptions} from '../xmpp/session.js';
import {noPassword, storedPasswordRefused} from './account-problems.js';

/** Opens an authenticated, bound stream: `xmpp/open-session.ts`, or a fake of it. */
export type OpenSession = (options: SessionOptions) => Promise<Session>;

export type LoginPorts = {
	readonly openSession: OpenSession;
	readonly secrets: Pick<SecretStores, 'forAccount' | 'forIdentity'>;
	readonly resolver: Resolver;
	readonly clock: Clock;
	readonly log: Log;
};

/** Whether the session may outlive its connection, the one that is to go on, and what else a login may make use of. */
export type LoginMeans = Pick<SessionOptions, 'resumable' | 'resume' | 'sasl2' | 'memory' | 'early'>;

/** What a login needs to know of an account; a candidate that is not set up yet has these too. */
export type LoginSettings = Omit<AccountSettings, 'enabled'>;

/**
 * Logs an account in with its stored password. Throws the `XmppcError` of whatever stands in the way: the authorities' file,
 * the store of secrets, the network, the server.
 */
export function login(
	settings: LoginSettings,
	receive: SessionOptions['receive'],
	ports: LoginPorts,
	signal?: AbortSignal,
	means?: LoginMeans,
): Promise<Session> {
	const password = () => storedPassword(settings, ports.secrets);
	return loginWith(settings, password, receive, ports, signal, means).catch((error: unknown) => {
		throw isXmppcError(error) && error.code === 'wrong-password'
			? new XmppcError(storedPasswordRefused(problemOf(error), settings), {cause: error})
			: error;
	});
}

/** The same with a password that is not stored. */
export async function loginWith(
	settings: LoginSettings,
	password: () => Promise<string>,
	receive: SessionOptions['receive'],
	{openSession, resolver, clock, log}: Omit<LoginPorts, 'secrets'>,
	signal?: AbortSignal,
	means: LoginMeans = {},
): Promise<Session> {
	const {jid, host, port, directTls, webSocket, tlsCa, tlsPin, scramPinned} = settings;
	return openSession({
		jid,
		password,
		...(host === undefined ? {} : {host}),
		...(port === undefined ? {} : {port}),
		...(directTls === undefined ? {} : {directTls}),
		...(webSocket === undefined ? {} : {webSocket}),
		tls: {
			...(tlsCa === undefined ? {} : {ca: readAuthorities(tlsCa)}),
			...(tlsPin === undefined ? {} : {pin: tlsPin}),
		},
		...(scramPinned === undefined ? {} : {scramPinned}),
		streamManagement: true,
		resolver,
		clock,
		log,
		receive,
		...(signal === undefined ? {} : {signal}),
		...means,
	});
}

async function storedPassword(settings: LoginSettings, secrets: LoginPorts['secrets']): Promise<string> {
	const password = await secrets.forAccount(settings).get(settings.jid, 'password');
	if (password === undefined) {
		throw noPassword(settings.jid);
	}

	return password;
}

/**
 * PEM text of all authorities that are trusted for files, which lie at many servers: those of the accounts beside the usual
 * ones; undefined: only the usual ones.
 */
export function trustedBeside(accounts: ReadonlyArray<Pick<LoginSettings, 'tlsCa'>>): string | undefined {
	const own = accounts.flatMap(({tlsCa}) => (tlsCa === undefined ? [] : [readAuthorities(tlsCa)]));
	return own.length === 0 ? undefined : [...rootCertificates, ...own].join('\n');
}

function readAuthorities(path: string): string {
	try {
		return readFileSync(path, 'utf8');
	} catch (error) {
		throw new XmppcError(
			{
				code: 'tls-ca-unreadable',
				kind: 'configuration',
				message: `The file of trusted authorities ${path} cannot be read: ${messageOf(error)}`,
				hint: 'Correct "tlsCa" of the account, or remove it to trust the system\'s authorities.',
			},
			{cause: error},
		);
	}
}
