import type {Session, SessionOptions} from '../xmpp/session.js';
import {attemptCancelled} from './account-problems.js';
import {createServerKnowledge} from './known-server.js';
import {createLiveSession, type LivePorts, type LiveSession} from './live-session.js';
import {type LoginPorts, type LoginSettings, login} from './login.js';
import {sasl2Login} from './login-device.js';

export type Connection = {
	readonly session: Session;
	readonly live: LiveSession;
	/** Lets in what was received. To be called once the caller has made itself ready for it. */
	release(): void;
};

/** Of a connection whose session may outlive it; `previous`: one that was interrupted. */
export type Continuity = {readonly previous?: Connection | undefined};

/**
 * Logs in and puts the extensions to work. Stanzas that come together with the end of the login wait for `release`. Throws
 * what stopped it, `connect-cancelled` where that was `signal`. Answers the previous connection where its session goes on.
 * Without `continuity` it is for one errand, and for what is sent `early`: nothing is taken from programs that stay.
 */
export async function openConnection(
	settings: LoginSettings,
	ports: LoginPorts & LivePorts,
	signal: AbortSignal,
	continuity?: Continuity,
	early?: SessionOptions['early'],
): Promise<Connection> {
	const {jid} = settings;
	let release: (live: LiveSession) => void = () => {};
	const released = new Promise<LiveSession>(resolve => {
		release = resolve;
	});
	const previous = continuity?.previous;
	const knowledge = createServerKnowledge(jid, ports);
	const hasEverything = knowledge.archiveKeepsEverything();
	const sasl2 = {
		// The server throws away what waited for us: only who goes on to read it in the archive may have that.
		bind: continuity !== undefined && hasEverything && ports.storage.archives.load(jid, jid) !== undefined,
	};
	const session = await login(settings, async stanzas => (await released).receive(stanzas), ports, signal, {
		...(continuity ? {resumable: true} : {}),
		...(previous === undefined ? {} : {resume: previous.session}),
		memory: knowledge,
		...(early ? {early} : {}),
		// A program that knows the password can keep nothing for us.
		...(settings.secrets === 'command' ? {} : {sasl2: sasl2Login(settings, ports.secrets, ports.log, sasl2)}),
	});
	if (signal.aborted) {
		await session.end();
		throw attemptCancelled(jid);
	}

	if (session === previous?.session) {
		return previous;
	}

	try {
		const live = createLiveSession(session, {
			...ports,
			noteArchive: knowledge.noteArchive,
			archiveMayLack: !hasEverything,
		});
		return {session, live, release: () => release(live)};
	} catch (error) {
		await session.end();
		throw error;
	}
}
