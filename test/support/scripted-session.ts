import {systemClock} from '../../source/shared/clock.js';
import {isXmppcError, type Problem, problemOf} from '../../source/shared/errors.js';
import {type BareJid, parseBareJid} from '../../source/shared/jid.js';
import {silentLog} from '../../source/shared/log.js';
import type {Element} from '../../source/xmpp/element.js';
import type {Resolver} from '../../source/xmpp/resolver.js';
import type {Session, SessionEnd, SessionOptions} from '../../source/xmpp/session.js';
import {openSession} from '../../source/xmpp/session-opening.js';
import {testCertificates} from './certificates.js';
import type {ScriptedServer} from './scripted-server.js';

export const password = 'pencil';

/** No test reaches the network by accident. */
export const noResolver: Resolver = {
	async resolve(domain) {
		throw new Error(`${domain} was looked up`);
	},
};

export function addressOf(text: string): BareJid {
	const jid = parseBareJid(text);
	if (!jid) {
		throw new Error(`${text} is no address`);
	}

	return jid;
}

/** A server to connect to, or what DNS says. */
export type Whereabouts = Pick<ScriptedServer, 'port'> | 'dns';

/** Options for `juliet@localhost` at a scripted server, whose certificate is trusted. */
export async function sessionOptions(
	server: Whereabouts,
	changes: Partial<SessionOptions> = {},
): Promise<SessionOptions> {
	const {authority} = await testCertificates();
	return {
		jid: addressOf('juliet@localhost'),
		password: async () => password,
		...(server === 'dns' ? {} : {host: '127.0.0.1', port: server.port}),
		tls: {ca: authority.certificate},
		resolver: noResolver,
		clock: systemClock,
		log: silentLog,
		receive: async () => undefined,
		...changes,
	};
}

export type TestSession = {
	readonly session: Session;
	/** Stanzas in the order they were handed on. */
	readonly received: readonly Element[];
	/** Resolves when the session is over. */
	readonly ended: Promise<SessionEnd>;
};

/** Logs in at a scripted server and collects what arrives. */
export async function openTestSession(
	server: Whereabouts,
	changes: Partial<SessionOptions> = {},
): Promise<TestSession> {
	const received: Element[] = [];
	const options = await sessionOptions(server, {
		async receive(stanzas) {
			received.push(...stanzas);
		},
		...changes,
	});
	const session = await openSession(options);
	const ended = new Promise<SessionEnd>(resolve => session.onEnd(resolve));
	return {session, received, ended};
}

/** The problem that a login ends with; a login that works is a failure of the test. */
export async function problemOfLogin(server: Whereabouts, changes: Partial<SessionOptions> = {}): Promise<Problem> {
	try {
		const session = await openSession(await sessionOptions(server, changes));
		await session.end();
	} catch (error) {
		if (isXmppcError(error)) {
			return problemOf(error);
		}

		throw error;
	}

	throw new Error('the login worked');
}
