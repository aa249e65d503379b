import type {ExecutionContext} from 'ava';
import type {Problem} from '../../source/shared/errors.js';
import type {Session, SessionOptions} from '../../source/xmpp/session.js';
import {openSession} from '../../source/xmpp/session-opening.js';
import {testCertificates} from './certificates.js';
import {answersBind, answersHeader, answersScram, answersStartTls, offer} from './scripted-login.js';
import {type ScriptedConnection, type ScriptedServer, startScriptedServer} from './scripted-server.js';
import {password, sessionOptions} from './scripted-session.js';

export const sm = 'urn:xmpp:sm:3';
/** The SM-ID that {@link grants} gives. */
export const sessionId = 'some-long-sm-id';

/** Plays a login up to the features behind it. */
export async function authenticates(connection: ScriptedConnection): Promise<void> {
	const {good} = await testCertificates();
	await answersStartTls(connection, good);
	await answersHeader(connection, offer.mechanisms('SCRAM-SHA-256'));
	await answersScram(connection, {hash: 'SHA-256', password});
	await answersHeader(connection, offer.bind, offer.streamManagement);
}

/** Binds a resource, and answers `<enable/>` with a session that can be resumed. */
export async function grants(connection: ScriptedConnection, attributes = "resume='true' max='60'"): Promise<string> {
	await answersBind(connection);
	const enable = await connection.expects(/<enable [^>]*>/);
	connection.replies(`<enabled xmlns='${sm}' id='${sessionId}' ${attributes}/>`);
	return enable;
}

/** Waits for `<resume/>`, answers that the session goes on, and tells which count came with the request. */
export async function resumes(connection: ScriptedConnection, h: number | string, behind = ''): Promise<string> {
	const request = await connection.expects(/<resume [^>]*>/);
	connection.replies(`<resumed xmlns='${sm}' previd='${sessionId}' h='${h}'/>${behind}`);
	return /\bh=["']([^"']*)["']/.exec(request)?.[1] ?? '';
}

/** Waits for `<resume/>` and answers that there is no such session. */
export async function refusesToResume(connection: ScriptedConnection, h?: number | string): Promise<void> {
	await connection.expects(/<resume [^>]*>/);
	connection.replies(
		`<failed xmlns='${sm}'${h === undefined ? '' : ` h='${h}'`}>` +
			"<item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></failed>",
	);
}

/** Says which of our stanzas the server has. */
export async function acknowledges(connection: ScriptedConnection, h: number): Promise<void> {
	await connection.expects(/<r [^>]*>/);
	connection.replies(`<a xmlns='${sm}' h='${h}'/>`);
}

/** A server on which each connection, counted from the first, has a script of its own; those behind the last have none. */
export async function serveInTurn(
	t: ExecutionContext,
	...scripts: ReadonlyArray<(connection: ScriptedConnection) => Promise<void>>
): Promise<ScriptedServer & {readonly done: Promise<unknown>}> {
	const runs: Array<Promise<void>> = [];
	const waiting = {resolve: () => {}};
	const allStarted = new Promise<void>(resolve => {
		waiting.resolve = resolve;
	});
	const server = await startScriptedServer(connection => {
		const run = scripts[runs.length]?.(connection) ?? Promise.resolve();
		runs.push(run);
		run.catch(() => undefined);
		if (runs.length === scripts.length) {
			waiting.resolve();
		}

		return run;
	});
	t.teardown(() => server.close());
	const done = allStarted.then(() => Promise.all(runs));
	// Only a test that asks for it wants to know.
	done.catch(() => undefined);
	return {...server, done};
}

/** What is told of an interruption, once it is there. */
export function interruptionOf(session: Session): Promise<Problem> {
	return new Promise(resolve => {
		const stop = session.onInterrupt(problem => {
			stop();
			resolve(problem);
		});
	});
}

/** Options of a session that may be resumed. */
export async function resumableOptions(
	server: Pick<ScriptedServer, 'port'> | 'dns',
	changes: Partial<SessionOptions> = {},
): Promise<SessionOptions> {
	return sessionOptions(server, {resumable: true, ...changes});
}

/** Goes on with `session` over another connection, or starts anew. */
export function reopen(options: SessionOptions, session: Session): Promise<Session> {
	return openSession({...options, resume: session});
}
