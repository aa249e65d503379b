/** XMPP over WebSocket (RFC 7395), and how it is found (XEP-0156). */
import test, {type ExecutionContext} from 'ava';
import {silentLog} from '../../source/shared/log.js';
import {readWebSocketUrl} from '../../source/shared/websocket-url.js';
import {createDnsResolver} from '../../source/xmpp/dns-resolver.js';
import {createElement} from '../../source/xmpp/element.js';
import {webSocketsInJson, webSocketsInXrd} from '../../source/xmpp/host-meta.js';
import type {SessionOptions} from '../../source/xmpp/session.js';
import {openSession} from '../../source/xmpp/session-opening.js';
import {testCertificates} from '../support/certificates.js';
import {type DnsRecord, startDnsServer} from '../support/dns-server.js';
import {createManualClock} from '../support/manual-clock.js';
import {answersLogin, answersScram} from '../support/scripted-login.js';
import {closedPort, startScriptedServer} from '../support/scripted-server.js';
import {
	addressOf,
	noResolver,
	openTestSession,
	password,
	problemOfLogin,
	sessionOptions,
} from '../support/scripted-session.js';
import {
	answersOpen,
	answersWebLogin,
	type ScriptedWebSocket,
	startWebServer,
	type WebServer,
	type WebServerOptions,
} from '../support/web-server.js';

// Nothing listens there: whoever asks a proxy gets nowhere.
for (const name of ['HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy', 'WSS_PROXY', 'wss_proxy']) {
	process.env[name] = 'http://127.0.0.1:1';
}

process.env.NODE_USE_ENV_PROXY = '1';

const scram = {hash: 'SHA-256', password} as const;
const sm = "<sm xmlns='urn:xmpp:sm:3'/>";
const resumable = "<enabled xmlns='urn:xmpp:sm:3' resume='true' id='s7'/>";

async function serve(t: ExecutionContext, options: Partial<WebServerOptions> = {}): Promise<WebServer> {
	const {good} = await testCertificates();
	const server = await startWebServer({certificate: good, ...options});
	t.teardown(() => server.close());
	return server;
}

const urlOf = ({port}: WebServer, host = 'localhost') => `wss://${host}:${port}/xmpp-websocket`;

/** Options for a login over WebSocket at `server`, whose address was told. */
function at(server: WebServer, changes: Partial<SessionOptions> = {}): Partial<SessionOptions> {
	return {webSocket: urlOf(server), ...changes};
}

/** A server that plays a login and then `script`. */
function serveLogin(
	t: ExecutionContext,
	script: (connection: ScriptedWebSocket) => Promise<void>,
	features: readonly string[] = [],
): Promise<WebServer> {
	return serve(t, {
		async script(connection) {
			await answersWebLogin(connection, scram, features);
			await script(connection);
		},
	});
}

const message = (id: string) =>
	createElement('message', {to: 'romeo@localhost', id}, createElement('body', {}, 'Hello'));

test('a login and a conversation go over WebSocket, each element in a message of its own with its namespace', async t => {
	const server = await serveLogin(t, async connection => {
		connection.replies("<message xmlns='jabber:client' from='romeo@localhost' id='in1'><body>Hi</body></message>");
		await connection.expects('id="out2"');
		connection.webSocket.ping('still there?');
		await connection.expects(/^<close /);
		connection.replies("<close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>");
	});
	const ids: Array<string | undefined> = [];
	let arrive = () => {};
	const arrived = new Promise<void>(resolve => {
		arrive = resolve;
	});
	const {session} = await openTestSession('dns', {
		...at(server),
		async receive(stanzas) {
			ids.push(...stanzas.map(({attrs}) => attrs.id));
			arrive();
		},
	});
	t.is(String(session.jid), 'juliet@localhost/balcony');
	t.regex(session.security.tls, /^TLSv1\.[23], WebSocket$/);
	session.send(message('out1'));
	session.send(message('out2'));
	await arrived;
	await session.end();
	const [connection] = server.connections;
	t.is(await connection?.closed, 1000);
	t.deepEqual(server.requests, ['/xmpp-websocket']);
	t.deepEqual(ids, ['in1']);
	const messages = connection?.messages ?? [];
	t.regex(
		messages[0] ?? '',
		/^<open xmlns="urn:ietf:params:xml:ns:xmpp-framing" to="localhost" from="juliet@localhost" version="1\.0" xml:lang="en"\/>$/,
	);
	t.is(messages.at(-1), '<close xmlns="urn:ietf:params:xml:ns:xmpp-framing"/>');
	for (const text of messages) {
		t.regex(text, /^<[a-z]+ xmlns="/);
		t.notRegex(text, /stream:stream|<\?xml/);
	}

	t.is(messages.filter(text => /^<message xmlns="jabber:client" [^>]*id="out[12]"/.test(text)).length, 2);
	t.is(server.failure, undefined);
});

test('a message may come in fragments, and a character in two of them', async t => {
	const server = await serveLogin(t, async ({webSocket}) => {
		const bytes = Buffer.from(
			"<message xmlns='jabber:client' from='romeo@localhost' id='m1'><body>süß €</body></message>",
		);
		for (const [index, byte] of bytes.entries()) {
			webSocket.send(Buffer.of(byte), {binary: false, fin: index === bytes.length - 1});
		}
	});
	const arrived = new Promise<string>(resolve => {
		void openTestSession('dns', at(server, {receive: async ([stanza]) => resolve(String(stanza))}));
	});
	t.true((await arrived).includes('süß €'));
});

test('pings are answered, and of a flood of them only what can be written', async t => {
	const flood = 20_000;
	const pongs: string[] = [];
	let ponged = () => {};
	const last = new Promise<void>(resolve => {
		ponged = resolve;
	});
	const server = await serveLogin(t, async ({webSocket}) => {
		webSocket.on('pong', data => {
			pongs.push(String(data));
			if (String(data) === String(flood)) {
				ponged();
			}
		});
		for (let index = 1; index <= flood; index++) {
			webSocket.ping(String(index));
		}
	});
	const {session} = await openTestSession('dns', at(server));
	await last;
	t.true(pongs.length < flood / 2, `${pongs.length}`);
	session.send(message('m1'));
	await server.connections[0]?.expects('id="m1"');
	await session.end();
});

// --- who is there

test('the certificate must be one for the host of the address that was told', async t => {
	const {good, wrongName, expired, selfSigned} = await testCertificates();
	const codes: string[] = [];
	for (const certificate of [wrongName, expired, selfSigned]) {
		const server = await serve(t, {certificate});
		codes.push((await problemOfLogin('dns', at(server))).code);
		t.deepEqual(server.requests, []);
	}

	t.deepEqual(codes, ['certificate-name', 'certificate-expired', 'certificate-untrusted']);
	const elsewhere = addressOf('juliet@elsewhere.test');
	const server = await serve(t, {
		script: connection => answersWebLogin(connection, scram, [], 'juliet@elsewhere.test/x'),
	});
	const {session} = await openTestSession('dns', at(server, {jid: elsewhere}));
	t.is(session.security.certificate, good.fingerprint);
	await session.end();
});

test('a pinned certificate is the only one accepted', async t => {
	const {selfSigned, good} = await testCertificates();
	const server = await serve(t, {
		certificate: selfSigned,
		script: connection => answersWebLogin(connection, scram),
	});
	const {session} = await openTestSession('dns', at(server, {tls: {pin: selfSigned.fingerprint}}));
	await session.end();
	t.is((await problemOfLogin('dns', at(server, {tls: {pin: good.fingerprint}}))).code, 'certificate-pin');
});

test('only wss: is an address for it', async t => {
	t.is((await problemOfLogin('dns', {webSocket: 'ws://localhost/xmpp'})).code, 'websocket-url-invalid');
	for (const text of [
		...['ws://a.test/', 'http://a.test/', 'https://a.test/', 'wss:', 'wss://', 'wss:a.test', '//a.test/', '', 'x'],
		...['wss://user@a.test/', 'wss://user:secret@a.test/', 'wss://a.test/#x', ' wss://a.test/', 'wss://a b/'],
		`wss://a.test/${'x'.repeat(2000)}`,
	]) {
		t.is(readWebSocketUrl(text), undefined, text);
	}

	t.is(readWebSocketUrl('WSS://A.test:5281/xmpp?x=1')?.href, 'wss://a.test:5281/xmpp?x=1');
});

// --- what is not taken

for (const [what, options, reason] of [
	['does not take up the sub-protocol', {subprotocol: false}, /subprotocol/],
	['does not know the place', {refusal: 'HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n'}, /404/],
	[
		'wants to send us elsewhere',
		{refusal: 'HTTP/1.1 301 Moved\r\nLocation: wss://localhost/\r\nContent-Length: 0\r\n\r\n'},
		/301/,
	],
	['speaks something else', {refusal: 'SSH-2.0-OpenSSH_9.2p1\r\n\r\n'}, /Parse Error/],
	[
		'compresses without being asked',
		{
			refusal:
				'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
				'Sec-WebSocket-Accept: x\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n',
		},
		/Sec-WebSocket/,
	],
] as const) {
	test(`a web server that ${what} is named`, async t => {
		const server = await serve(t, options);
		const problem = await problemOfLogin('dns', at(server));
		t.is(problem.code, 'websocket-refused');
		t.regex(problem.message, reason);
		t.is(server.requests.length, 1);
	});
}

const stanza = "<message xmlns='jabber:client' from='romeo@localhost'><body>x</body></message>";

for (const [what, text, code] of [
	['two elements', `${stanza}${stanza}`, 'xml-not-well-formed'],
	['half an element', "<message xmlns='jabber:client'><body>", 'xml-not-well-formed'],
	['the other half', '</body></message>', 'xml-not-well-formed'],
	['an element and more', `${stanza} `, 'xml-not-well-formed'],
	['text', 'hello', 'xml-bad-format'],
	['white space', ' ', 'xml-bad-format'],
	['nothing', '', 'xml-bad-format'],
	['a declaration', `<?xml version='1.0'?>${stanza}`, 'xml-restricted-xml'],
	['a comment', '<!-- -->', 'xml-restricted-xml'],
	['the end of a stream', '</stream:stream>', 'xml-not-well-formed'],
	['a second beginning', "<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' version='1.0'/>", 'xml-invalid-namespace'],
	['an undeclared prefix', '<x:message/>', 'xml-bad-namespace-prefix'],
	['too deep an element', `${'<a>'.repeat(70)}${'</a>'.repeat(70)}`, 'xml-policy-violation'],
] as const) {
	test(`a message of ${what} ends the session, and nothing of it is handed on`, async t => {
		const server = await serveLogin(t, async connection => connection.replies(text));
		const {received, ended} = await openTestSession('dns', at(server));
		t.is((await ended).problem?.code, code);
		t.deepEqual(received, []);
		const [connection] = server.connections;
		await connection?.closed;
		t.regex(
			connection?.messages.at(-2) ?? '',
			/^<stream:error xmlns:stream="http:\/\/etherx\.jabber\.org\/streams"><[a-z-]+ xmlns='urn:ietf:params:xml:ns:xmpp-streams'\/><\/stream:error>$/,
		);
		t.regex(connection?.messages.at(-1) ?? '', /^<close /);
	});
}

test('a message that is no text, one that is too long and a broken frame end the session', async t => {
	const codes: Array<string | undefined> = [];
	for (const wrong of [
		({webSocket}: ScriptedWebSocket) => webSocket.send(Buffer.from(stanza), {binary: true}),
		({webSocket}: ScriptedWebSocket) => webSocket.send(`<a>${'x'.repeat(6 * 1024 * 1024)}</a>`),
		({webSocket}: ScriptedWebSocket) => Reflect.get(webSocket, '_socket').write(Buffer.from([0xff, 0x00])),
		({webSocket}: ScriptedWebSocket) => webSocket.send(Buffer.from([0x3c, 0xff]), {binary: false}),
	]) {
		const server = await serveLogin(t, async connection => void wrong(connection));
		const {received, ended} = await openTestSession('dns', at(server));
		codes.push((await ended).problem?.code);
		t.deepEqual(received, []);
		await server.connections[0]?.closed;
	}

	t.deepEqual(
		codes,
		Array.from({length: 4}, () => 'malformed-stream'),
	);
});

test('a server that begins with anything else is no XMPP server', async t => {
	for (const text of [stanza, "<stream:features xmlns:stream='http://etherx.jabber.org/streams'/>"]) {
		const server = await serve(t, {script: async connection => connection.replies(text)});
		t.is((await problemOfLogin('dns', at(server))).code, 'not-xmpp');
	}
});

test('a server that says nothing after the upgrade is given up in time', async t => {
	const clock = createManualClock();
	let reached = () => {};
	const open = new Promise<void>(resolve => {
		reached = resolve;
	});
	const server = await serve(t, {
		async script(connection) {
			await connection.expects('<open');
			reached();
		},
	});
	const problem = problemOfLogin('dns', at(server, {clock}));
	await open;
	clock.advance(30_000);
	t.is((await problem).code, 'negotiation-timeout');
	clock.advance(2000);
	await server.connections[0]?.closed;
});

// --- how it ends

test('the connection is closed when the server has read that the stream is, and not before', async t => {
	let answer = () => {};
	const mayAnswer = new Promise<void>(resolve => {
		answer = resolve;
	});
	let isClosed = false;
	let wasOpen = false;
	const server = await serveLogin(t, async connection => {
		void connection.closed.then(() => {
			isClosed = true;
		});
		await connection.expects(/^<close /);
		// What stands behind it in the same packet is read together with it.
		connection.webSocket.ping();
		connection.webSocket.once('pong', () => answer());
		await mayAnswer;
		wasOpen = !isClosed;
		connection.replies("<close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>");
	});
	const {session} = await openTestSession('dns', at(server));
	await session.end();
	t.is(await server.connections[0]?.closed, 1000);
	t.true(wasOpen);
});

test('a connection that is closed with a reason is named by it, and one without is just lost', async t => {
	for (const [close, detail] of [
		[({webSocket}: ScriptedWebSocket) => webSocket.close(1011), /1011/],
		[({webSocket}: ScriptedWebSocket) => webSocket.close(4000, 'go away \u001b[2J'), /4000/],
		[({webSocket}: ScriptedWebSocket) => webSocket.close(1000), /was lost\.$/],
		[({webSocket}: ScriptedWebSocket) => webSocket.terminate(), /was lost/],
		[
			(connection: ScriptedWebSocket) => connection.replies("<close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>"),
			/closed the stream/,
		],
	] as const) {
		const server = await serveLogin(t, async connection => void close(connection));
		const {ended} = await openTestSession('dns', at(server));
		const {problem, recoverable} = await ended;
		t.is(problem?.code, 'connection-lost');
		t.regex(problem?.message ?? '', detail);
		t.notRegex(problem?.message ?? '', /go away/);
		t.true(recoverable);
	}
});

test('an interrupted session goes on over another WebSocket', async t => {
	let logins = 0;
	const server = await serve(t, {
		async script(connection) {
			logins++;
			if (logins === 1) {
				await answersWebLogin(connection, scram, [sm]);
				await connection.expects('<enable ');
				connection.replies(resumable);
				await connection.expects('id="m1"');
				connection.webSocket.terminate();
				return;
			}

			await answersOpen(connection, mechanisms);
			await answersScram(connection, scram);
			await answersOpen(connection, "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>", sm);
			const resume = await connection.expects('<resume ');
			t.regex(resume, /^<resume xmlns="urn:xmpp:sm:3" /);
			connection.replies("<resumed xmlns='urn:xmpp:sm:3' previd='s7' h='0'/>");
			await connection.expects(/<message .*id="m1".*<delay /);
			connection.replies("<a xmlns='urn:xmpp:sm:3' h='1'/>");
		},
	});
	const options = await sessionOptions('dns', at(server, {resumable: true}));
	const session = await openSession(options);
	const interrupted = new Promise<void>(resolve => session.onInterrupt(() => resolve()));
	session.send(message('m1'));
	await interrupted;
	const acknowledged = session.flush();
	t.is(await openSession({...options, resume: session}), session);
	await acknowledged;
	t.is(server.failure, undefined);
	await session.end();
});

const mechanisms =
	"<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>SCRAM-SHA-256</mechanism></mechanisms>";
const seeOther = (uri: string) => `<close xmlns='urn:ietf:params:xml:ns:xmpp-framing' see-other-uri='${uri}'/>`;

test('another place that the server names is gone to once, under TLS and with a good certificate only', async t => {
	const {wrongName} = await testCertificates();
	const fine = await serve(t, {script: connection => answersWebLogin(connection, scram)});
	const misnamed = await serve(t, {certificate: wrongName});
	const sendingTo = (uri: string) =>
		serve(t, {
			async script(connection) {
				await connection.expects('<open');
				connection.replies(seeOther(uri));
			},
		});
	const {session} = await openTestSession('dns', at(await sendingTo(urlOf(fine))));
	await session.end();

	const chain = await sendingTo(urlOf(await sendingTo(urlOf(fine))));
	t.is((await problemOfLogin('dns', at(chain))).code, 'connection-lost');
	t.is(fine.requests.length, 1);

	t.is((await problemOfLogin('dns', at(await sendingTo(urlOf(misnamed))))).code, 'certificate-name');
	for (const uri of [`ws://localhost:${fine.port}/`, `https://localhost:${fine.port}/`, `localhost:${fine.port}`, '']) {
		t.is((await problemOfLogin('dns', at(await sendingTo(uri)))).code, 'connection-lost', uri);
	}

	t.is(fine.requests.length, 1);
});

test('a session that is sent to another place in the middle goes on there', async t => {
	const other = await serve(t, {
		async script(connection) {
			await answersOpen(connection, mechanisms);
			await answersScram(connection, scram);
			await answersOpen(connection, "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>", sm);
			await connection.expects('<resume ');
			connection.replies("<resumed xmlns='urn:xmpp:sm:3' previd='s7' h='0'/>");
		},
	});
	const server = await serveLogin(
		t,
		async connection => {
			await connection.expects('<enable ');
			connection.replies(resumable);
			connection.replies(seeOther(urlOf(other)));
		},
		[sm],
	);
	const options = await sessionOptions('dns', at(server, {resumable: true}));
	const session = await openSession(options);
	await new Promise<void>(resolve => session.onInterrupt(() => resolve()));
	t.is(await openSession({...options, resume: session}), session);
	t.is(server.requests.length, 1);
	await session.end();
});

// --- how it is found

const relation = 'urn:xmpp:alt-connections:websocket';
const json = (...hrefs: readonly string[]) => JSON.stringify({links: hrefs.map(href => ({rel: relation, href}))});
const xrd = (...hrefs: readonly string[]) =>
	`<?xml version='1.0' encoding='utf-8'?>\n<!-- ours --><XRD xmlns='http://docs.oasis-open.org/ns/xri/xrd-1.0'>${hrefs
		.map(href => `<Link rel='${relation}' href='${href}'/>`)
		.join('')}</XRD>`;
const wellKnown = '/.well-known/host-meta';

/** A domain whose web server has `pages`, which get its port, and that cannot be reached in any other way. */
async function domainWith(
	t: ExecutionContext,
	pages: (port: number) => WebServerOptions['pages'],
	changes: Partial<WebServerOptions> & {readonly records?: readonly DnsRecord[]} = {},
): Promise<{readonly server: WebServer; readonly options: Partial<SessionOptions>}> {
	const known: Record<string, NonNullable<WebServerOptions['pages']>[string]> = {};
	const server = await serve(t, {
		pages: known,
		script: connection => answersWebLogin(connection, scram, [], 'juliet@example.test/x'),
		...changes,
	});
	Object.assign(known, pages(server.port));
	const dns = await startDnsServer({
		'_xmpp-client._tcp.example.test': changes.records ?? [
			{type: 'SRV', priority: 1, weight: 1, port: closedPort, target: 'example.test'},
		],
		'example.test': [{type: 'A', address: '127.0.0.1'}],
		'www.example.test': [{type: 'A', address: '127.0.0.1'}],
	});
	t.teardown(() => dns.close());
	const resolver = createDnsResolver({
		log: silentLog,
		server: dns.address,
		random: () => 0,
		webPort: server.port,
	});
	return {server, options: {jid: addressOf('juliet@example.test'), resolver}};
}

for (const [what, pages] of [
	['in JSON', (port: number) => ({[`${wellKnown}.json`]: json(`wss://example.test:${port}/ws`)})],
	['in XML', (port: number) => ({[wellKnown]: xrd(`wss://example.test:${port}/ws`)})],
	[
		'in XML beside JSON that says nothing of it',
		(port: number) => ({[`${wellKnown}.json`]: '{"links":[]}', [wellKnown]: xrd(`wss://example.test:${port}/ws`)}),
	],
	[
		'behind a redirection to another place with TLS',
		(port: number) => ({
			[`${wellKnown}.json`]: moved(`https://www.example.test:${port}/elsewhere`),
			'/elsewhere': json(`wss://example.test:${port}/ws`),
		}),
	],
] as const) {
	test(`where nothing else works, the place that the web server of the domain names ${what} is used`, async t => {
		const {server, options} = await domainWith(t, pages);
		const {session} = await openTestSession('dns', options);
		t.is(server.requests.at(-1), '/ws');
		await session.end();
	});
}

function moved(location: string) {
	return (response: {writeHead(status: number, headers: Record<string, string>): {end(): void}}) =>
		response.writeHead(302, {location}).end();
}

test('a session that had to go over WebSocket goes on there, without asking again what works', async t => {
	let logins = 0;
	const {server, options} = await domainWith(
		t,
		port => ({[`${wellKnown}.json`]: json(`wss://example.test:${port}/ws`)}),
		{
			async script(connection) {
				logins++;
				if (logins === 1) {
					await answersWebLogin(connection, scram, [sm], 'juliet@example.test/x');
					await connection.expects('<enable ');
					connection.replies(resumable);
					await connection.expects('id="m1"');
					connection.webSocket.terminate();
				} else {
					await answersOpen(connection, mechanisms);
					await answersScram(connection, scram);
					await answersOpen(connection, "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>", sm);
					await connection.expects('<resume ');
					connection.replies("<resumed xmlns='urn:xmpp:sm:3' previd='s7' h='0'/>");
				}
			},
		},
	);
	const all = await sessionOptions('dns', {...options, resumable: true});
	const session = await openSession(all);
	const interrupted = new Promise<void>(resolve => session.onInterrupt(() => resolve()));
	session.send(message('m1'));
	await interrupted;
	const {lookup} = all.resolver;
	const resolver = {...noResolver, ...(lookup ? {lookup} : {})};
	t.is(await openSession({...all, resolver, resume: session}), session);
	t.deepEqual(server.requests, [`${wellKnown}.json`, '/ws', '/ws']);
	await session.end();
});

test('a domain that says that it is not reached over TCP may be reached over WebSocket', async t => {
	const {options} = await domainWith(t, port => ({[`${wellKnown}.json`]: json(`wss://example.test:${port}/ws`)}), {
		records: [{type: 'SRV', priority: 0, weight: 0, port: 0, target: '.'}],
	});
	const {session} = await openTestSession('dns', options);
	await session.end();
	const nowhere = await domainWith(t, () => ({}), {
		records: [{type: 'SRV', priority: 0, weight: 0, port: 0, target: '.'}],
	});
	t.is((await problemOfLogin('dns', nowhere.options)).code, 'not-offered');
});

test('of several places the next one is tried where one does not work', async t => {
	const {good} = await testCertificates();
	const {server, options} = await domainWith(t, port => ({
		[`${wellKnown}.json`]: json('wss://localhost:1/', `wss://example.test:${port}/ws`),
	}));
	const {session} = await openTestSession('dns', options);
	t.is(session.security.certificate, good.fingerprint);
	t.is(server.requests.at(-1), '/ws');
	await session.end();
});

for (const [what, page] of [
	['names a place without TLS', (port: number) => json(`ws://example.test:${port}/ws`, `http://example.test:${port}/`)],
	[
		'names a place of another kind',
		(port: number) => json(`wss://example.test:${port}/ws`).replace('websocket', 'xbosh'),
	],
	['has nothing but garbage', () => '<html><body>Not found'],
	['says too much', (port: number) => `${' '.repeat(70_000)}${json(`wss://example.test:${port}/ws`)}`],
	['sends us to a place without TLS', (port: number) => moved(`http://example.test:${port}/elsewhere`)],
	['sends us round in circles', (port: number) => moved(`https://example.test:${port}${wellKnown}.json`)],
] as const) {
	test(`a web server that ${what} leads nowhere, and the first problem is told`, async t => {
		const {server, options} = await domainWith(t, port => ({
			[`${wellKnown}.json`]: page(port),
			'/elsewhere': json(`wss://example.test:${port}/ws`),
		}));
		t.is((await problemOfLogin('dns', options)).code, 'connection-refused');
		t.true(server.requests.length <= 5);
		t.deepEqual(server.connections, []);
	});
}

test('a web server whose certificate is not for the domain is not asked anything', async t => {
	const {wrongName, expired, selfSigned} = await testCertificates();
	for (const certificate of [wrongName, expired, selfSigned]) {
		const {server, options} = await domainWith(
			t,
			port => ({[`${wellKnown}.json`]: json(`wss://example.test:${port}/ws`)}),
			{certificate},
		);
		t.is((await problemOfLogin('dns', options)).code, 'connection-refused');
		t.deepEqual(server.requests, []);
	}
});

test('a web server that does not come to an end is given up after ten seconds', async t => {
	const clock = createManualClock();
	let asked = () => {};
	const isAsked = new Promise<void>(resolve => {
		asked = resolve;
	});
	const {server, options} = await domainWith(t, () => ({
		[`${wellKnown}.json`](response) {
			response.writeHead(200, {'content-length': '100'});
			response.write('{');
			asked();
		},
	}));
	const problem = problemOfLogin('dns', {...options, clock});
	await isAsked;
	clock.advance(9_999);
	t.is(clock.pending, 1);
	clock.advance(1);
	t.is((await problem).code, 'connection-refused');
	t.is(server.requests.length, 1);
	t.is(clock.pending, 0);
});

test('a login that is cancelled asks the web server no further', async t => {
	const abort = new AbortController();
	const {server, options} = await domainWith(t, () => ({
		[`${wellKnown}.json`]: () => abort.abort(),
	}));
	t.is((await problemOfLogin('dns', {...options, signal: abort.signal})).code, 'cancelled');
	t.is(server.requests.length, 1);
});

test('the web server is not asked where TCP works, or where the place was told', async t => {
	const {good} = await testCertificates();
	const tcp = await startScriptedServer(connection =>
		answersLogin(connection, {startTls: good, scram, jid: 'juliet@example.test/x'}),
	);
	t.teardown(() => tcp.close());
	const reachable = await domainWith(t, () => ({}), {
		records: [{type: 'SRV', priority: 1, weight: 1, port: tcp.port, target: 'example.test'}],
	});
	const {session} = await openTestSession('dns', reachable.options);
	await session.end();
	const told = await domainWith(t, () => ({}));
	const problem = await problemOfLogin('dns', {...told.options, host: '127.0.0.1', port: 1});
	t.is(problem.code, 'connection-refused');
	t.deepEqual([...reachable.server.requests, ...told.server.requests], []);
});

test('places are read from both forms, and whatever is not one is left out', t => {
	const two = ['wss://a.test/ws', 'wss://b.test:5281/ws'];
	t.deepEqual(webSocketsInJson(json(...two)), two);
	t.deepEqual(webSocketsInXrd(xrd(...two)), two);
	t.deepEqual(webSocketsInJson(json('wss://a.test/ws', 'wss://a.test/ws', 'ws://c.test/')), ['wss://a.test/ws']);
	const many = Array.from({length: 100}, (_, index) => `wss://h${index}.test/`);
	t.is(webSocketsInJson(json(...many)).length, 5);
	t.is(webSocketsInXrd(xrd(...many)).length, 5);
	for (const text of ['', 'null', '[]', '{}', '{"links":{}}', '{"links":[null,1,{"rel":1,"href":[]}]}', '{', '<a/>']) {
		t.deepEqual(webSocketsInJson(text), [], text);
	}

	const sound = xrd('wss://a.test/ws');
	for (const text of [
		'',
		'{}',
		'<XRD',
		sound.slice(0, -3),
		sound.replace('<!-- ours -->', '<!DOCTYPE XRD [<!ENTITY a "b">]>'),
		sound.replace('xri/xrd-1.0', 'something'),
		`${sound}<XRD/>`,
	]) {
		t.deepEqual(webSocketsInXrd(text), [], text);
	}
});
