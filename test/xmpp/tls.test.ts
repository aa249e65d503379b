import test, {type ExecutionContext} from 'ava';
import {silentLog} from '../../source/shared/log.js';
import {createDnsResolver} from '../../source/xmpp/dns-resolver.js';
import type {SessionOptions} from '../../source/xmpp/session.js';
import {type Certificate, issueCertificate, testCertificates} from '../support/certificates.js';
import {startDnsServer} from '../support/dns-server.js';
import {answersHeader, answersLogin, answersStartTls, offer} from '../support/scripted-login.js';
import {closedPort, type ScriptedConnection, startScriptedServer} from '../support/scripted-server.js';
import {addressOf, openTestSession, password, problemOfLogin} from '../support/scripted-session.js';

const scram = {hash: 'SHA-256', password} as const;

async function serve(
	t: ExecutionContext,
	script: (connection: ScriptedConnection) => Promise<void>,
	directTls?: Certificate,
) {
	const server = await startScriptedServer(script, directTls ? {directTls} : {});
	t.teardown(() => server.close());
	return server;
}

/** The problem that a server with this certificate gives, with STARTTLS and with direct TLS, which must be the same. */
async function problemWith(t: ExecutionContext, certificate: Certificate, changes: Partial<SessionOptions> = {}) {
	const problems = [];
	for (const directTls of [false, true]) {
		const server = await serve(
			t,
			connection => answersLogin(connection, {...(directTls ? {} : {startTls: certificate}), scram}),
			directTls ? certificate : undefined,
		);
		problems.push(await problemOfLogin(server, {directTls, ...changes}));
		t.false(
			server.connections.some(connection => connection.received.includes('<auth')),
			'nothing of the login was written',
		);
	}

	t.deepEqual(problems[0], problems[1]);
	return problems[0];
}

for (const directTls of [false, true]) {
	test(`a certificate for the domain is accepted with ${directTls ? 'direct TLS' : 'STARTTLS'}, and shown`, async t => {
		const {good} = await testCertificates();
		const server = await serve(
			t,
			connection => answersLogin(connection, {...(directTls ? {} : {startTls: good}), scram}),
			directTls ? good : undefined,
		);
		const {session} = await openTestSession(server, {directTls});
		t.deepEqual(session.security, {tls: 'TLSv1.3', mechanism: 'SCRAM-SHA-256', certificate: good.fingerprint});
		await session.end();
	});
}

test('a certificate that has expired is refused, and its dates are named', async t => {
	const {expired} = await testCertificates();
	const problem = await problemWith(t, expired);
	t.is(problem?.code, 'certificate-expired');
	t.regex(problem?.message ?? '', /localhost.*\d{4}-\d\d-\d\d/);
	t.truthy(problem?.hint);
});

test('a certificate for another name is refused', async t => {
	const {wrongName} = await testCertificates();
	t.is((await problemWith(t, wrongName))?.code, 'certificate-name');
});

test('a certificate that nobody vouches for is refused, and its fingerprint is told', async t => {
	const {selfSigned} = await testCertificates();
	const problem = await problemWith(t, selfSigned);
	t.is(problem?.code, 'certificate-untrusted');
	t.true(problem?.hint?.includes(selfSigned.fingerprint));
});

test('an authority that was not named is not trusted', async t => {
	const {good} = await testCertificates();
	t.is((await problemWith(t, good, {tls: {}}))?.code, 'certificate-untrusted');
});

test('the certificate must be for the domain of the address, not for the host that DNS leads to', async t => {
	const {wrongName, authority} = await testCertificates();
	const server = await serve(t, connection => answersLogin(connection, {startTls: wrongName, scram}));
	const dns = await startDnsServer({
		'_xmpp-client._tcp.example.test': [
			{type: 'SRV', priority: 1, weight: 1, port: server.port, target: 'elsewhere.test'},
		],
		'elsewhere.test': [{type: 'A', address: '127.0.0.1'}],
	});
	t.teardown(() => dns.close());
	t.is((await problemOfLogin('dns', throughDns(dns.address, authority.certificate))).code, 'certificate-name');
});

test('a domain beyond ASCII is checked in the form that certificates carry', async t => {
	const {authority} = await testCertificates();
	const certificate = await issueCertificate(authority, {names: ['xn--bcher-kva.test']});
	const server = await serve(t, connection =>
		answersLogin(connection, {startTls: certificate, scram, jid: 'juliet@bücher.test/x'}),
	);
	const {session} = await openTestSession(server, {jid: addressOf('juliet@bücher.test')});
	t.is(server.connections[0]?.tls().serverName, 'xn--bcher-kva.test');
	await session.end();
});

test('an address may name its server by number', async t => {
	const {authority} = await testCertificates();
	const certificate = await issueCertificate(authority, {names: ['127.0.0.1', '::1']});
	for (const domain of ['127.0.0.1', '[::1]']) {
		const server = await serve(t, connection =>
			answersLogin(connection, {startTls: certificate, scram, jid: `juliet@${domain}/x`}),
		);
		const {session} = await openTestSession(server, {jid: addressOf(`juliet@${domain}`)});
		t.is(server.connections[0]?.tls().serverName, undefined, 'a number is no name for TLS');
		await session.end();
	}
});

test('a pinned certificate is accepted without an authority, and any other is refused', async t => {
	const {selfSigned, good, authority} = await testCertificates();
	const server = await serve(t, connection => answersLogin(connection, {startTls: selfSigned, scram}));
	const {session} = await openTestSession(server, {tls: {pin: selfSigned.fingerprint}});
	t.is(session.security.certificate, selfSigned.fingerprint);
	await session.end();

	const problem = await problemWith(t, good, {tls: {ca: authority.certificate, pin: selfSigned.fingerprint}});
	t.is(problem?.code, 'certificate-pin');
	t.true(problem?.message.includes(good.fingerprint));
});

test('a pin does not make an expired or misnamed certificate good', async t => {
	const {expired, wrongName} = await testCertificates();
	t.is((await problemWith(t, expired, {tls: {pin: expired.fingerprint}}))?.code, 'certificate-expired');
	t.is((await problemWith(t, wrongName, {tls: {pin: wrongName.fingerprint}}))?.code, 'certificate-name');
});

test('a file of authorities without a certificate is an error of the configuration', async t => {
	const server = await serve(t, async () => undefined);
	const problem = await problemOfLogin(server, {tls: {ca: 'not a certificate'}});
	t.is(problem.code, 'tls-ca-invalid');
	t.is(problem.kind, 'configuration');
	t.is(server.connections.length, 0);
});

test('TLS below 1.2 is refused', async t => {
	const {good} = await testCertificates();
	const server = await serve(t, async connection => {
		await answersHeader(connection, offer.startTls);
		await connection.expects(/<starttls [^>]*>/);
		connection.replies("<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
		await connection.startTls(good, {minVersion: 'TLSv1', maxVersion: 'TLSv1.1'});
	});
	t.is((await problemOfLogin(server)).code, 'tls-failed');
});

test('a port that does not speak TLS is named', async t => {
	const server = await serve(t, async connection => {
		connection.replies('HTTP/1.1 400 Bad Request\r\n\r\n');
	});
	const problem = await problemOfLogin(server, {directTls: true});
	t.is(problem.code, 'tls-failed');
	t.true(problem.message.includes(String(server.port)));
});

test('a server that closes during the handshake is a failure of TLS', async t => {
	const server = await serve(t, async connection => {
		await answersHeader(connection, offer.startTls);
		await connection.expects(/<starttls [^>]*>/);
		connection.replies("<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
		connection.closes();
	});
	t.is((await problemOfLogin(server)).code, 'tls-failed');
});

test('the server is told whom we look for and what we speak, before it must choose a certificate', async t => {
	const {good, authority} = await testCertificates();
	const server = await serve(t, connection => answersLogin(connection, {scram, jid: 'juliet@example.test/x'}), good);
	const dns = await startDnsServer({
		'_xmpps-client._tcp.example.test': [
			{type: 'SRV', priority: 1, weight: 1, port: server.port, target: 'chat.example.test'},
		],
		'chat.example.test': [{type: 'A', address: '127.0.0.1'}],
	});
	t.teardown(() => dns.close());
	const {session} = await openTestSession('dns', throughDns(dns.address, authority.certificate));
	t.deepEqual(server.connections[0]?.tls(), {serverName: 'example.test', protocol: 'xmpp-client'});
	await session.end();
});

test('a bad certificate at one endpoint leaves the next one, and is what is told when all fail', async t => {
	const {good, expired, authority} = await testCertificates();
	const bad = await serve(t, connection => answersStartTls(connection, expired));
	const fine = await serve(t, connection =>
		answersLogin(connection, {startTls: good, scram, jid: 'juliet@example.test/x'}),
	);
	const zone = (ports: readonly number[]) => ({
		'_xmpp-client._tcp.example.test': ports.map((port, index) => ({
			type: 'SRV' as const,
			priority: index,
			weight: 0,
			port,
			target: 'chat.example.test',
		})),
		'chat.example.test': [{type: 'A' as const, address: '127.0.0.1'}],
	});
	const working = await startDnsServer(zone([closedPort, bad.port, fine.port]));
	const failing = await startDnsServer(zone([closedPort, bad.port]));
	t.teardown(() => Promise.all([working.close(), failing.close()]));

	const {session} = await openTestSession('dns', throughDns(working.address, authority.certificate));
	await session.end();
	const problem = await problemOfLogin('dns', throughDns(failing.address, authority.certificate));
	t.is(problem.code, 'certificate-expired');
});

/** Options that find the server through DNS instead of being told. */
function throughDns(server: string, ca: string): Partial<SessionOptions> {
	return {
		jid: addressOf('juliet@example.test'),
		tls: {ca},
		resolver: createDnsResolver({log: silentLog, server, random: () => 0}),
	};
}
