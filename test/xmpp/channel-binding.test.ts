import {execFile} from 'node:child_process';
import {createHmac, X509Certificate} from 'node:crypto';
import {once} from 'node:events';
import {mkdtemp, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {connect, createServer, type SecureContextOptions} from 'node:tls';
import {promisify} from 'node:util';
import test, {type ExecutionContext} from 'ava';
import {certificateHash} from '../../source/xmpp/certificate-hash.js';
import {channelBinding} from '../../source/xmpp/channel-binding.js';
import {createElement} from '../../source/xmpp/element.js';
import {offerHash} from '../../source/xmpp/sasl/downgrade-protection.js';
import type {SessionOptions} from '../../source/xmpp/session.js';
import {type Certificate, issueCertificate, testCertificates} from '../support/certificates.js';
import {type Interception, startInterceptor} from '../support/interceptor.js';
import {
	judgesScram,
	loginOffer,
	type ScramOutcome,
	type StrictScram,
	serverBinding,
} from '../support/scripted-binding.js';
import {answersBind, answersHeader, offer} from '../support/scripted-login.js';
import {
	featuresBehind,
	inlineOffer,
	memoryTokens,
	responderOf,
	sasl2Failure,
	sasl2Success,
} from '../support/scripted-sasl2.js';
import {type ScriptedServer, startScriptedServer} from '../support/scripted-server.js';
import {openTestSession, problemOfLogin} from '../support/scripted-session.js';

const run = promisify(execFile);
const atMost12: SecureContextOptions = {maxVersion: 'TLSv1.2'};

const hashes: ReadonlyArray<readonly [key: string, options: readonly string[], hash: string | undefined]> = [
	['rsa', ['-md5'], 'sha256'],
	['rsa', ['-sha1'], 'sha256'],
	['rsa', ['-sha224'], 'sha224'],
	['rsa', ['-sha256'], 'sha256'],
	['rsa', ['-sha384'], 'sha384'],
	['rsa', ['-sha512'], 'sha512'],
	['rsa', ['-sha256', '-sigopt', 'rsa_padding_mode:pss'], undefined],
	['ec', ['-sha1'], 'sha256'],
	['ec', ['-sha224'], 'sha224'],
	['ec', ['-sha256'], 'sha256'],
	['ec', ['-sha384'], 'sha384'],
	['ec', ['-sha512'], 'sha512'],
	['ed25519', [], undefined],
];

test('a binding to a certificate takes the hash of its signature, and a better one in place of a broken one', async t => {
	const directory = await mkdtemp(path.join(tmpdir(), 'xmppc-hash-'));
	t.teardown(() => rm(directory, {recursive: true, force: true}));
	const file = (name: string) => path.join(directory, name);
	for (const [name, options] of [
		['rsa', ['rsa', '-pkeyopt', 'rsa_keygen_bits:2048']],
		['ec', ['ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1']],
		['ed25519', ['ed25519']],
	] as const) {
		await run('openssl', ['genpkey', '-algorithm', ...options, '-out', file(name)]);
	}

	for (const [key, options, hash] of hashes) {
		const out = file('certificate.pem');
		await run('openssl', ['req', '-x509', '-key', file(key), '-subj', '/CN=localhost', '-out', out, ...options]);
		const {raw} = new X509Certificate(await readFile(out));
		t.is(certificateHash(raw), hash, `${key} ${options.join(' ')}`);
	}
});

test('what is not the shortest form of a whole certificate has no hash', async t => {
	const {good} = await testCertificates();
	const {raw} = new X509Certificate(good.certificate);
	t.is(certificateHash(raw), 'sha256');
	t.deepEqual([...raw.subarray(0, 2)], [0x30, 0x82], 'it is more than 255 bytes long');
	for (let length = 0; length < raw.length; length++) {
		t.is(certificateHash(raw.subarray(0, length)), undefined);
	}

	const body = raw.subarray(4);
	for (const [what, changed] of [
		['a byte behind it', Buffer.concat([raw, Buffer.of(0)])],
		['another tag', Buffer.concat([Buffer.of(0x31), raw.subarray(1)])],
		['an indefinite length', Buffer.concat([Buffer.of(0x30, 0x80), body, Buffer.of(0, 0)])],
		['a longer length than need be', Buffer.concat([Buffer.of(0x30, 0x83, 0, raw[2] ?? 0, raw[3] ?? 0), body])],
		['nothing in it', Buffer.of(0x30, 0)],
		['a length beyond every certificate', Buffer.of(0x30, 0x84, 0xff, 0xff, 0xff, 0xff)],
	] as const) {
		t.is(certificateHash(changed), undefined, what);
	}

	// 128 bytes: BER's sign of an indefinite length is the same number, and must not be taken for it.
	const algorithm = Buffer.from('300b06092a864886f70d01010b', 'hex');
	const content = Buffer.concat([Buffer.of(0x30, 0), algorithm, Buffer.of(0x03, 111), Buffer.alloc(111)]);
	t.is(certificateHash(Buffer.concat([Buffer.of(0x30, 0x81, 0x80), content])), 'sha256');
	t.is(certificateHash(Buffer.concat([Buffer.of(0x30, 0x80), content])), undefined);
});

test('a connection whose TLS session goes on from another one has nothing unique', async t => {
	const {authority, good} = await testCertificates();
	const server = createServer({key: good.key, cert: good.certificate, ...atMost12}, socket => {
		socket.on('error', () => undefined);
		socket.resume();
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	t.teardown(() => server.close());
	const address = server.address();
	const port = typeof address === 'object' && address !== null ? address.port : 0;
	const connection = async (session?: Buffer) => {
		const socket = connect({port, host: '127.0.0.1', ca: authority.certificate, ...(session ? {session} : {})});
		await once(socket, 'secureConnect');
		t.teardown(() => socket.destroy());
		return socket;
	};
	const certificate = new X509Certificate(good.certificate);
	const first = await connection();
	t.is(channelBinding('tls-unique', first, certificate)?.length, 12);
	const resumed = await connection(first.getSession());
	t.true(resumed.isSessionReused());
	t.is(channelBinding('tls-unique', resumed, certificate), undefined);
	t.is(channelBinding('tls-exporter', resumed, certificate), undefined);
});

type ScramServer = StrictScram & {
	readonly mechanisms: readonly string[];
	readonly certificate?: Certificate;
	readonly tls?: SecureContextOptions;
	/** What it names; unless given, what it has. */
	readonly named?: readonly string[];
};

/** A server that logs in whoever SCRAM allows it, and what came of it. */
async function serve(t: ExecutionContext, options: ScramServer): Promise<ScriptedServer & {outcomes: ScramOutcome[]}> {
	const {good} = await testCertificates();
	const {isSasl2 = false, mechanisms, types = [], named = types} = options;
	const outcomes: ScramOutcome[] = [];
	const server = await startScriptedServer(
		async connection => {
			await answersHeader(connection, loginOffer(isSasl2, mechanisms, named));
			const outcome = await judgesScram(connection, options);
			outcomes.push(outcome);
			if (!outcome.isAccepted) {
				return;
			}

			if (isSasl2) {
				connection.replies(featuresBehind(offer.bind));
			} else {
				await answersHeader(connection, offer.bind);
			}

			await answersBind(connection);
		},
		{directTls: options.certificate ?? good, ...(options.tls ? {tls: options.tls} : {})},
	);
	t.teardown(() => server.close());
	return Object.assign(server, {outcomes});
}

const options: Partial<SessionOptions> = {
	directTls: true,
	sasl2: {userAgent: async () => '5f1b8c1e-6a1d-4b0e-9d0a-0c5f2f8f4f11', bind: false},
};
const both = ['tls-server-end-point', 'tls-exporter'];

for (const isSasl2 of [false, true]) {
	const profile = isSasl2 ? 'SASL2' : 'SASL';
	for (const [hash, types, tls, binding] of [
		['SHA-1', both, {}, 'tls-exporter'],
		['SHA-256', both, {}, 'tls-exporter'],
		['SHA-512', both, {}, 'tls-exporter'],
		['SHA-256', ['tls-server-end-point'], {}, 'tls-server-end-point'],
		['SHA-256', both, atMost12, 'tls-server-end-point'],
		['SHA-256', ['tls-unique'], atMost12, 'tls-unique'],
	] as const) {
		const version = 'maxVersion' in tls ? 'TLS 1.2' : 'TLS 1.3';
		test(`${profile}: SCRAM-${hash}-PLUS over ${version} with ${types.join(' and ')} is bound with ${binding}`, async t => {
			const mechanisms = [`SCRAM-${hash}`, `SCRAM-${hash}-PLUS`, 'PLAIN'];
			const server = await serve(t, {isSasl2, mechanisms, types, tls});
			const {session} = await openTestSession(server, options);
			t.is(session.security.mechanism, `SCRAM-${hash}-PLUS`);
			t.deepEqual(server.outcomes, [{mechanism: `SCRAM-${hash}-PLUS`, header: `p=${binding},,`, isAccepted: true}]);
		});
	}

	test(`${profile}: a server that can bind nothing is told that we could`, async t => {
		const server = await serve(t, {isSasl2, mechanisms: ['SCRAM-SHA-256']});
		const {session} = await openTestSession(server, options);
		t.is(session.security.mechanism, 'SCRAM-SHA-256');
		t.deepEqual(server.outcomes, [{mechanism: 'SCRAM-SHA-256', header: 'y,,', isAccepted: true}]);
	});

	test(`${profile}: a server that signs its offer and its version of TLS is believed`, async t => {
		const mechanisms = ['SCRAM-SHA-1', 'SCRAM-SHA-1-PLUS'];
		const h = offerHash('sha1', {mechanisms, channelBindings: both});
		t.is(h, 'G6k/rBLDqgOhRRaCuuatSDFkJ08=');
		const server = await serve(t, {isSasl2, mechanisms, types: both, extensions: `,h=${h},t=0304`});
		const {session} = await openTestSession(server, options);
		t.is(session.security.mechanism, 'SCRAM-SHA-1-PLUS');
		const other = await serve(t, {isSasl2, mechanisms, types: both, extensions: `,h=${h},t=0303`});
		t.is((await problemOfLogin(other, options)).code, 'server-not-authentic');
		t.false(other.connections[0]?.received.includes('<response'));
	});

	test(`${profile}: types that we cannot have are taken for the server's own only where it signs them`, async t => {
		const mechanisms = ['SCRAM-SHA-256', 'SCRAM-SHA-256-PLUS'];
		const h = offerHash('sha256', {mechanisms, channelBindings: ['x-new']});
		const signing = await serve(t, {isSasl2, mechanisms, types: ['x-new'], extensions: `,h=${h}`});
		const {session} = await openTestSession(signing, options);
		t.is(session.security.mechanism, 'SCRAM-SHA-256');
		t.is(signing.outcomes[0]?.header, 'n,,');

		const server = await serve(t, {isSasl2, mechanisms, types: ['x-new']});
		t.is((await problemOfLogin(server, options)).code, 'server-not-authentic');
		t.false(server.connections[0]?.received.includes('<response'));
	});
}

test('SASL: a server that names no type is bound to as before they had names', async t => {
	for (const tls of [{}, atMost12]) {
		const mechanisms = ['SCRAM-SHA-1', 'SCRAM-SHA-1-PLUS', 'PLAIN'];
		const server = await serve(t, {mechanisms, types: ['tls-unique'], named: [], tls});
		const {session} = await openTestSession(server, options);
		t.is(session.security.mechanism, 'SCRAM-SHA-1-PLUS');
		t.is(server.outcomes[0]?.header, 'p=tls-unique,,');
	}
});

test('where SASL2 leaves out the bound mechanisms, the older SASL is taken that has them', async t => {
	const {good} = await testCertificates();
	const server = await startScriptedServer(
		async connection => {
			const types = ['tls-exporter', 'tls-server-end-point'];
			await answersHeader(
				connection,
				loginOffer(true, ['SCRAM-SHA-512']) + loginOffer(false, ['SCRAM-SHA-1', 'SCRAM-SHA-1-PLUS'], types),
			);
			await judgesScram(connection, {types});
			await answersHeader(connection, offer.bind);
			await answersBind(connection);
		},
		{directTls: good},
	);
	t.teardown(() => server.close());
	const {session} = await openTestSession(server, options);
	t.is(session.security.mechanism, 'SCRAM-SHA-1-PLUS');
});

// --- Somebody in between, with a certificate that the client trusts.

const full = ['SCRAM-SHA-1', 'SCRAM-SHA-1-PLUS', 'SCRAM-SHA-256', 'SCRAM-SHA-256-PLUS'];

async function intercept(
	t: ExecutionContext,
	server: ScriptedServer,
	changes: Omit<Interception, 'certificate' | 'target'> = {},
) {
	const {authority} = await testCertificates();
	const certificate = await issueCertificate(authority, {names: ['localhost', '127.0.0.1']});
	const interceptor = await startInterceptor({certificate, target: server.port, ...changes});
	t.teardown(() => interceptor.close());
	return interceptor;
}

/** What of an offer may be taken away on the way. */
const without = {
	bound: (text: string) => text.replaceAll(/<mechanism>[^<]*-PLUS<\/mechanism>/g, ''),
	scram: (text: string) => text.replaceAll(/<mechanism>SCRAM-[^<]*<\/mechanism>/g, ''),
	types: (text: string) => text.replace(/<sasl-channel-binding[\s\S]*?<\/sasl-channel-binding>/, ''),
	exporter: (text: string) => text.replace("<channel-binding type='tls-exporter'/>", ''),
	knownTypes: (text: string) => text.replaceAll(/type='tls-[^']*'/g, "type='x-dummy'"),
};

test('the one in between can read a login that is bound to nothing: the tests below see it caught', async t => {
	const server = await serve(t, {mechanisms: ['SCRAM-SHA-256']});
	const between = await intercept(t, server);
	const {session} = await openTestSession(between, options);
	t.is(session.security.mechanism, 'SCRAM-SHA-256');
	session.send(createElement('presence'));
});

type Trick = Omit<Interception, 'certificate' | 'target'>;

/** The code that it ends with, and who ends it. */
type Catch = readonly [code: string, by: 'us' | 'server'];

const byServer: Catch = ['binding-refused', 'server'];
const byUs: Catch = ['offer-contradictory', 'us'];

const tricks: ReadonlyArray<readonly [what: string, trick: Trick, sasl: Catch, sasl2: Catch]> = [
	['changes nothing', {}, byServer, byServer],
	['takes the exporter away', {rewrite: without.exporter}, byServer, byServer],
	['speaks TLS 1.2 with us', {clientSide: atMost12}, byServer, byServer],
	['takes the bound mechanisms away', {rewrite: without.bound}, byUs, byUs],
	['takes the types away', {rewrite: without.types}, byServer, byUs],
	[
		'takes both away',
		{rewrite: text => without.types(without.bound(text))},
		['offer-contradictory', 'server'],
		['offer-contradictory', 'server'],
	],
	[
		'puts types that nobody knows in their place',
		{rewrite: without.knownTypes},
		['server-not-authentic', 'us'],
		['server-not-authentic', 'us'],
	],
	[
		'leaves nothing but PLAIN, and we have used SCRAM',
		{
			rewrite: text =>
				without.types(without.scram(text)).replace('<mechanism>', '<mechanism>PLAIN</mechanism><mechanism>'),
		},
		['plain-refused', 'us'],
		['plain-refused', 'us'],
	],
];

for (const isSasl2 of [false, true]) {
	const profile = isSasl2 ? 'SASL2' : 'SASL';
	for (const [what, trick, sasl, sasl2] of tricks) {
		const [code, by] = isSasl2 ? sasl2 : sasl;
		test(`${profile}: who is in between with another trusted certificate and ${what} is caught`, async t => {
			const server = await serve(t, {isSasl2, mechanisms: [...full, 'X-OTHER'], types: both});
			const between = await intercept(t, server, trick);
			const problem = await problemOfLogin(between, {...options, scramPinned: true});
			t.is(problem.code, code);
			t.regex(problem.hint ?? '', /in between/);
			t.false(server.outcomes.some(outcome => outcome.isAccepted));
			t.is(server.outcomes.length > 0, by === 'server');
		});
	}

	test(`${profile}: a weaker binding that a server has is noticed by the one that signs its offer`, async t => {
		const signed = offerHash('sha256', {mechanisms: full, channelBindings: both});
		const server = await serve(t, {isSasl2, mechanisms: full, types: both, extensions: `,h=${signed}`});
		// With the certificate of the server itself the binding to it would not tell.
		const {good} = await testCertificates();
		const thief = await startInterceptor({certificate: good, target: server.port, rewrite: without.exporter});
		t.teardown(() => thief.close());
		t.is((await problemOfLogin(thief, options)).code, 'server-not-authentic');
	});

	test(`${profile}: other versions of TLS on both sides are noticed by the server that signs its own`, async t => {
		const {good} = await testCertificates();
		const server = await serve(t, {isSasl2, mechanisms: full, types: both, extensions: ',t=0304'});
		const thief = await startInterceptor({certificate: good, target: server.port, clientSide: atMost12});
		t.teardown(() => thief.close());
		t.is((await problemOfLogin(thief, options)).code, 'server-not-authentic');
	});

	test(`${profile}: a claim that is changed on the way is found out by the proof`, async t => {
		const server = await serve(t, {isSasl2, mechanisms: full, types: both});
		const honest = (text: string) =>
			text.replace(/(<auth [^>]*>|<initial-response>)([^<]*)/, (_all, tag: string, data: string) => {
				const message = Buffer.from(data, 'base64').toString('utf8').replace(/^y,,/, 'n,,');
				return tag + Buffer.from(message).toString('base64');
			});
		const between = await intercept(t, server, {
			rewrite: text => without.types(without.bound(text)),
			rewriteBack: honest,
		});
		const problem = await problemOfLogin(between, options);
		t.is(problem.code, 'offer-contradictory');
		t.deepEqual(server.outcomes, [{mechanism: 'SCRAM-SHA-256', header: 'n,,', isAccepted: false}]);
	});
}

// --- Tokens in place of the password (XEP-0484).

const secret = 'secret-token:fast-one';

for (const [mechanism, type] of [
	['HT-SHA-256-EXPR', 'tls-exporter'],
	['HT-SHA-256-ENDP', 'tls-server-end-point'],
] as const) {
	test(`a token of ${mechanism} is good on the connection to the server, and on no other`, async t => {
		const {good} = await testCertificates();
		const accepted: boolean[] = [];
		const server = await startScriptedServer(
			async connection => {
				const fast = inlineOffer.fast(mechanism);
				await answersHeader(connection, loginOffer(true, full, both).replace('<inline/>', `<inline>${fast}</inline>`));
				const authenticate = await connection.expects(/<authenticate [\s\S]*<\/authenticate>/);
				const initial = />([^<]*)<\/initial-response>/.exec(authenticate)?.[1] ?? '';
				const data = serverBinding(connection, type) ?? Buffer.alloc(0);
				const proof = createHmac('sha256', secret).update('Initiator').update(data).digest();
				const isGood = Buffer.from(initial, 'base64').equals(Buffer.concat([Buffer.from('juliet\0'), proof]));
				accepted.push(isGood);
				if (!isGood) {
					connection.replies(sasl2Failure('not-authorized'));
					return;
				}

				connection.replies(
					sasl2Success(responderOf(secret, data), '', 'juliet@localhost') + featuresBehind(offer.bind),
				);
				await answersBind(connection);
			},
			{directTls: good},
		);
		t.teardown(() => server.close());
		const {sasl2} = options;
		const withToken = () => ({
			...options,
			...(sasl2 ? {sasl2: {...sasl2, tokens: memoryTokens({mechanism, secret})}} : {}),
		});
		const {session} = await openTestSession(server, withToken());
		t.is(session.security.mechanism, mechanism);

		const between = await intercept(t, server);
		t.is((await problemOfLogin(between, withToken())).code, 'wrong-password');
		t.deepEqual(accepted, [true, false, false], 'the token, the token in between, and the password there');
	});
}
