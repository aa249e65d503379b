import {rm} from 'node:fs/promises';
import test, {type ExecutionContext} from 'ava';
import {systemClock} from '../../source/shared/clock.js';
import {isXmppcError, type Problem, problemOf} from '../../source/shared/errors.js';
import {silentLog} from '../../source/shared/log.js';
import type {SessionOptions} from '../../source/xmpp/session.js';
import {openSession} from '../../source/xmpp/session-opening.js';
import {type Certificate, createAuthority, issueCertificate} from '../support/certificates.js';
import {type Ejabberd, startEjabberd} from '../support/ejabberd.js';
import {startInterceptor} from '../support/interceptor.js';
import {addressOf} from '../support/scripted-session.js';

async function ejabberd(t: ExecutionContext): Promise<Ejabberd> {
	const server = await startEjabberd({accounts: {juliet: 'pencil'}});
	t.teardown(() => server.stop());
	return server;
}

function optionsFor(server: Ejabberd, changes: Partial<SessionOptions> = {}): SessionOptions {
	return {
		jid: addressOf(`juliet@${server.domain}`),
		password: async () => 'pencil',
		host: '127.0.0.1',
		port: server.port,
		tls: {ca: server.caPem},
		resolver: server.resolver,
		clock: systemClock,
		log: silentLog,
		receive: async () => undefined,
		...changes,
	};
}

async function problemOfLogin(options: SessionOptions): Promise<Problem> {
	try {
		const session = await openSession(options);
		await session.end();
	} catch (error) {
		if (isXmppcError(error)) {
			return problemOf(error);
		}

		throw error;
	}

	throw new Error('the login worked');
}

test('ejabberd: the login is bound to the connection, with STARTTLS and with TLS from the first byte', async t => {
	const server = await ejabberd(t);
	for (const way of [{}, {port: server.tlsPort, directTls: true}]) {
		const session = await openSession(optionsFor(server, way));
		t.is(session.security.mechanism, 'SCRAM-SHA-1-PLUS');
		t.is(session.security.tls, 'TLSv1.3');
		t.true(session.features.streamManagement);
		await session.end();
	}
});

test('ejabberd: a wrong password is told as such', async t => {
	const server = await ejabberd(t);
	t.is((await problemOfLogin(optionsFor(server, {password: async () => 'pen'}))).code, 'wrong-password');
});

test('ejabberd: who is in between with another trusted certificate is refused by the server', async t => {
	const server = await ejabberd(t);
	const certificate = await impostor(t, server);
	const between = await startInterceptor({certificate, target: server.tlsPort});
	t.teardown(() => between.close());
	const trusting = {tls: {ca: certificate.certificate}, port: between.port, directTls: true};
	const problem = await problemOfLogin(optionsFor(server, trusting));
	t.is(problem.code, 'wrong-password');
	t.regex(problem.hint ?? '', /in between/);
});

/** A certificate for the domain that somebody else made; the client of the test trusts it. */
async function impostor(t: ExecutionContext, server: Ejabberd): Promise<Certificate> {
	const authority = await createAuthority(`${server.directory}-impostor`);
	t.teardown(() => rm(authority.directory, {recursive: true, force: true}));
	const leaf = await issueCertificate(authority, {names: [server.domain]});
	return {...leaf, certificate: leaf.certificate + authority.certificate};
}
