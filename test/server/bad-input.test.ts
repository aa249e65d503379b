/**
 * Logins that cannot work, end to end: `xmppc send`, `xmppc account test` and the TUI of the built program each say what
 * is wrong, with whom, and what to do, and scripts get the documented status.
 */
import dns from 'node:dns';
import test, {type ExecutionContext} from 'ava';
import {
	addAccountAt,
	assertRefused,
	choose,
	juliet,
	makeAccountAt,
	type Place,
	password,
	type Refusal,
	serve,
	showsAll,
} from '../support/bad-input.js';
import {type TestCertificates, testCertificates} from '../support/certificates.js';
import {makeXmppc, type Xmppc} from '../support/peers/xmppc.js';
import {freePorts, startProsody} from '../support/prosody.js';
import {answersHeader, answersScram, answersStartTls, offer} from '../support/scripted-login.js';
import type {ScriptedConnection} from '../support/scripted-server.js';
import {keys, startTerminal} from '../support/terminal.js';

const romeo = 'romeo@example.test';
const screenSize = {columns: 200, rows: 30} as const;

/** The same answer from the shell and on the screen, which stays usable. */
async function assertRefusedEverywhere(t: ExecutionContext, xmppc: Xmppc, expected: Refusal): Promise<void> {
	const account = (await xmppc.run(['account', 'list'])).output.split(' ')[0] ?? juliet;
	assertRefused(t, await xmppc.run(['send', romeo, 'hello']), expected);
	assertRefused(t, await xmppc.run(['account', 'test', account]), expected);
	const terminal = xmppc.open(screenSize);
	t.teardown(terminal.stop);
	await showsAll(terminal, expected.says);
	terminal.type(`/quit${keys.enter}`);
	t.deepEqual(await terminal.ended, {code: 0, signal: 0});
}

test.serial('a wrong password', async t => {
	const server = await startProsody({accounts: {juliet: password}});
	t.teardown(() => server.stop());
	const place = {port: server.port, caFile: server.caFile, password: 'not this'};
	await assertRefusedEverywhere(t, await makeAccountAt(t, place), {
		status: 77,
		says: [
			/example\.test does not accept the password of juliet@example\.test/,
			/xmppc account remove juliet@example\.test; xmppc account add juliet@example\.test/,
		],
	});
});

test.serial('a domain without a server', async t => {
	// Where no name can be looked up at all, that is what has to be said.
	const answer = await dns.promises.lookup('nowhere.invalid').catch((error: NodeJS.ErrnoException) => error);
	const isOffline = answer instanceof Error && answer.code !== 'ENOTFOUND';
	await assertRefusedEverywhere(
		t,
		await makeAccountAt(t, {jid: 'juliet@nowhere.invalid'}),
		isOffline
			? {status: 75, says: [/address of nowhere\.invalid cannot be looked up/, /[Tt]ry/]}
			: {status: 68, says: [/no server for nowhere\.invalid/, /Check the part of the address after the @/]},
	);
});

test.serial('a host that is set for the account and does not exist', async t => {
	await assertRefusedEverywhere(t, await makeAccountAt(t, {host: 'no..such..host'}), {
		status: 68,
		says: [
			/no computer called no\.\.such\.\.host, where the server of example\.test should be/,
			/named as the host of the account/,
		],
	});
});

test.serial('nothing that listens', async t => {
	const [port = 0] = await freePorts(1);
	await assertRefusedEverywhere(t, await makeAccountAt(t, {port}), {
		status: 69,
		says: [new RegExp(`Nothing answers at 127\\.0\\.0\\.1 port ${port}, where the server of example\\.test`), /[Tt]ry/],
	});
});

type Scripted = Refusal & {
	readonly what: string;
	readonly plays: (connection: ScriptedConnection, certificates: TestCertificates) => Promise<void>;
	/** Trust the authority of the tests. */
	readonly trusted?: boolean;
};

const lost = {status: 69, says: [/connection to the server of example\.test was lost/, /[Tt]ry/], trusted: true};
const notXmpp = {status: 76, says: [/127\.0\.0\.1 port \d+.*example\.test|example\.test.*127\.0\.0\.1 port \d+/]};

const scripted: readonly Scripted[] = [
	{
		what: 'a certificate that has expired',
		plays: (connection, {expired}) => answersStartTls(connection, expired),
		trusted: true,
		status: 77,
		says: [/certificate of example\.test is valid from [-\d]+ to [-\d]+, not today/, /Check the date of this computer/],
	},
	{
		what: 'a certificate for another name',
		plays: (connection, {wrongName}) => answersStartTls(connection, wrongName),
		trusted: true,
		status: 77,
		says: [/certificate that is not for example\.test/, /operator must put example\.test in the certificate/],
	},
	{
		what: 'a certificate that nobody vouches for',
		plays: (connection, {selfSigned}) => answersStartTls(connection, selfSigned),
		trusted: true,
		status: 77,
		says: [
			/No authority .* vouches for the certificate of example\.test/,
			/set its file for the account/,
			/pin it: [\da-f]{64}/,
		],
	},
	{
		what: 'a certificate of an authority that this computer does not know',
		plays: (connection, {good}) => answersStartTls(connection, good),
		status: 77,
		says: [
			/No authority .* vouches for the certificate of example\.test/,
			/set its file for the account/,
			/pin it: [\da-f]{64}/,
		],
	},
	{
		what: 'a server without STARTTLS',
		plays: async connection => {
			await answersHeader(connection, offer.mechanisms('SCRAM-SHA-1', 'PLAIN'));
			await connection.ended;
		},
		status: 77,
		says: [/server of example\.test at 127\.0\.0\.1 port \d+ offers no encryption/, /Try another network/],
	},
	{
		what: 'a server that goes away before its first word',
		plays: async connection => {
			await connection.expects(/<stream:stream[^>]*>/);
			connection.resets();
		},
		...lost,
	},
	{
		what: 'a server that goes away instead of TLS',
		plays: async connection => {
			await answersHeader(connection, offer.startTls);
			await connection.expects('<starttls');
			connection.closes();
		},
		...lost,
	},
	{
		what: 'a server that goes away over the password',
		plays: async (connection, {good}) => {
			await answersStartTls(connection, good);
			await answersHeader(connection, offer.mechanisms('SCRAM-SHA-1'));
			await connection.expects('<auth');
			connection.resets();
		},
		...lost,
	},
	{
		what: 'a server that goes away after the password',
		plays: async (connection, {good}) => {
			await answersStartTls(connection, good);
			await answersHeader(connection, offer.mechanisms('SCRAM-SHA-1'));
			await answersScram(connection, {hash: 'SHA-1', password});
			await connection.expects(/<stream:stream[^>]*>/);
			connection.closes();
		},
		...lost,
	},
	{
		what: 'a port where a web server answers',
		plays: async connection => {
			await connection.expects(/<stream:stream[^>]*>/);
			connection.replies('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n');
			connection.closes();
		},
		...notXmpp,
	},
	{
		what: 'a port where an SSH server answers',
		plays: async connection => {
			connection.replies('SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n');
			await connection.ended;
		},
		...notXmpp,
	},
];

for (const {what, plays, trusted, ...expected} of scripted) {
	test.serial(what, async t => {
		const certificates = await testCertificates();
		const server = await serve(t, connection => plays(connection, certificates));
		const place: Place = {port: server.port, ...(trusted ? {caFile: certificates.authority.certificateFile} : {})};
		await assertRefusedEverywhere(t, await makeAccountAt(t, place), expected);
	});
}

test.serial('a certificate that is not the pinned one', async t => {
	const {good} = await testCertificates();
	const server = await serve(t, connection => answersStartTls(connection, good));
	const xmppc = makeXmppc();
	t.teardown(xmppc.remove);
	t.is((await addAccountAt(xmppc, {port: server.port}, ['--tls-pin', 'ab'.repeat(32)])).status, 0);
	await assertRefusedEverywhere(t, xmppc, {
		status: 77,
		says: [
			new RegExp(`server of example\\.test presents another certificate .*${good.fingerprint}`),
			/Ask its operator/,
		],
	});
});

test.serial('the assistant goes on after each thing that fails, up to the first login', async t => {
	const server = await startProsody({accounts: {juliet: password}});
	t.teardown(() => server.stop());
	const xmppc = makeXmppc();
	t.teardown(xmppc.remove);
	const environment = {...xmppc.home.environment, NODE_EXTRA_CA_CERTS: server.caFile};
	const terminal = startTerminal(xmppc.command, {...screenSize, environment});
	t.teardown(terminal.stop);
	await terminal.shows('JID');
	terminal.type(`no address${keys.enter}`);
	await terminal.shows(/“no address” is not the JID of an account/);
	terminal.type(`${keys.controlU}${juliet}${keys.enter}`);
	await terminal.shows(`Password of ${juliet}`);
	terminal.type(`not this${keys.enter}`);
	await terminal.shows('The login did not work. What now?', 25_000);
	await choose(terminal, 'Name the server');
	await terminal.shows('Host name and, if it is not 5222, the port');
	terminal.type(`127.0.0.1:${server.port}${keys.enter}`);
	await showsAll(terminal, [/example\.test does not accept the password of juliet@example\.test/]);
	terminal.type(`${password}${keys.enter}`);
	// There is no D-Bus in the environment of the tests.
	await terminal.shows('Where shall the password be kept?');
	await showsAll(terminal, [/no Secret Service answers on D-Bus/]);
	await choose(terminal, 'Sealed with a key file');
	await terminal.shows(`${juliet} ●`);
	t.false(terminal.output.includes(password), 'the password was shown');
	t.false(terminal.output.includes('not this'), 'the password was shown');
});
