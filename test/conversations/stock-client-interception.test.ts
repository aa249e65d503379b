/**
 * The same for what no side of a login sees by itself (see `stock-client.test.ts`): somebody in between who has a
 * certificate that the client trusts, reads the whole session, and whom only a login bound to its connection gives away.
 */
import {execFile} from 'node:child_process';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';
import test, {type ExecutionContext} from 'ava';
import {issueCertificate, testCertificates} from '../support/certificates.js';
import {startInterceptor} from '../support/interceptor.js';
import {judgesScram, loginOffer, type ScramOutcome} from '../support/scripted-binding.js';
import {answersBind, answersHeader, offer} from '../support/scripted-login.js';
import {startScriptedServer} from '../support/scripted-server.js';
import {openTestSession, password, problemOfLogin} from '../support/scripted-session.js';

const run = promisify(execFile);
const stockLogin = path.join(path.dirname(fileURLToPath(import.meta.url)), '../support/stock-login-process.js');
const types = ['tls-exporter', 'tls-server-end-point'];

/** A server that can bind, and somebody before it; `read` is what passed through the hands of the latter. */
async function interceptedServer(t: ExecutionContext) {
	const {authority, good} = await testCertificates();
	const outcomes: ScramOutcome[] = [];
	const server = await startScriptedServer(
		async connection => {
			await answersHeader(connection, loginOffer(false, ['SCRAM-SHA-1', 'SCRAM-SHA-1-PLUS'], types));
			const outcome = await judgesScram(connection, {types});
			outcomes.push(outcome);
			if (outcome.isAccepted) {
				await answersHeader(connection, offer.bind);
				await answersBind(connection);
			}
		},
		{directTls: good},
	);
	t.teardown(() => server.close());
	const read: string[] = [];
	const between = await startInterceptor({
		certificate: await issueCertificate(authority, {names: ['localhost', '127.0.0.1']}),
		target: server.port,
		rewriteBack(text) {
			read.push(text);
			return text;
		},
	});
	t.teardown(() => between.close());
	return {server, between, outcomes, read};
}

async function logInWithStock(port: number): Promise<string> {
	const {authority} = await testCertificates();
	const environment = {...process.env, NODE_EXTRA_CA_CERTS: authority.certificateFile};
	const {stdout} = await run(process.execPath, [stockLogin, `xmpps://localhost:${port}`, 'juliet', password], {
		env: environment,
	});
	return stdout.trim();
}

test('X3 stock @xmpp/client goes online through whoever has a certificate that it trusts, and the server cannot tell', async t => {
	const {between, outcomes, read} = await interceptedServer(t);
	t.is(await logInWithStock(between.port), 'online');
	t.deepEqual(outcomes, [{mechanism: 'SCRAM-SHA-1', header: 'n,,', isAccepted: true}]);
	t.true(read.some(text => text.includes('urn:ietf:params:xml:ns:xmpp-bind')));
});

test('X3 xmppc is refused by the server there, and logs in without anybody in between', async t => {
	const {server, between, outcomes, read} = await interceptedServer(t);
	t.is((await problemOfLogin(between, {directTls: true})).code, 'binding-refused');
	t.false(outcomes.some(({isAccepted}) => isAccepted));
	t.false(read.some(text => text.includes('urn:ietf:params:xml:ns:xmpp-bind')));

	const {session} = await openTestSession(server, {directTls: true});
	t.is(session.security.mechanism, 'SCRAM-SHA-1-PLUS');
	await session.end();
});
