import test from 'ava';
import {isXmppcError} from '../../source/shared/errors.js';
import {parseBareJid} from '../../source/shared/jid.js';
import {createElement, type Element, nameOf, textOf} from '../../source/xmpp/element.js';
import {authenticate, type Login} from '../../source/xmpp/sasl/authentication.js';
import {offerHash} from '../../source/xmpp/sasl/downgrade-protection.js';
import {saslNamespace} from '../../source/xmpp/sasl/failures.js';
import {chooseMechanism} from '../../source/xmpp/sasl/mechanisms.js';
import {saslprep} from '../../source/xmpp/sasl/saslprep.js';
import {createScramClient, maximumIterations, minimumIterations} from '../../source/xmpp/sasl/scram.js';

// RFC 5802 §5 and RFC 7677 §3.
const vectors = [
	{
		hash: 'sha1',
		nonce: 'fyko+d2lbbFgONRv9qkxdawL',
		serverFirst: 'r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096',
		proof: 'v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=',
		serverFinal: 'v=rmF9pqV8S7suAoZWja4dJRkFsKQ=',
	},
	{
		hash: 'sha256',
		nonce: 'rOprNGfwEbeRWgbNEkqO',
		serverFirst: 'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096',
		proof: 'dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=',
		serverFinal: 'v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=',
	},
] as const;

for (const vector of vectors) {
	test(`SCRAM with ${vector.hash} computes the proof and knows the signature of the RFC`, async t => {
		const client = createScramClient(vector.hash, 'user', vector.nonce);
		t.is(client.clientFirst, `n,,n=user,r=${vector.nonce}`);
		const answer = await client.answer(vector.serverFirst, 'pencil');
		t.is('clientFinal' in answer && answer.clientFinal.replace(/^.*,p=/, ''), vector.proof);
		t.is(client.verify(vector.serverFinal), undefined);
	});
}

test('a user name with the separators of SCRAM is escaped', t => {
	t.is(createScramClient('sha1', 'a,b=c', 'x').clientFirst, 'n,,n=a=2Cb=3Dc,r=x');
});

const salt = 's=QSXCR+Q6sek8bf92';
const lies: ReadonlyArray<readonly [what: string, serverFirst: string]> = [
	['a nonce that does not begin with ours', `r=other,${salt},i=4096`],
	['our nonce without an addition', `r=mine,${salt},i=4096`],
	['a nonce with a space', `r=mine and,${salt},i=4096`],
	['a nonce with a control character', `r=mine\u0001x,${salt},i=4096`],
	['no nonce', `${salt},i=4096`],
	['no salt', 'r=minex,i=4096'],
	['an empty salt', 'r=minex,s=,i=4096'],
	['a salt that is not base64', 'r=minex,s=?,i=4096'],
	['no iteration count', `r=minex,${salt}`],
	['too few iterations', `r=minex,${salt},i=${minimumIterations - 1}`],
	['one iteration', `r=minex,${salt},i=1`],
	['too many iterations', `r=minex,${salt},i=${maximumIterations + 1}`],
	['a negative iteration count', `r=minex,${salt},i=-4096`],
	['a hexadecimal iteration count', `r=minex,${salt},i=0x2000`],
	['an iteration count with a fraction', `r=minex,${salt},i=4096.5`],
	['a mandatory extension', `m=x,r=minex,${salt},i=4096`],
	['two nonces', `r=minex,r=minex,${salt},i=4096`],
	['two iteration counts', `r=minex,${salt},i=4096,i=9999`],
	['a part without a name', `r=minex,${salt},i=4096,?`],
	['nothing', ''],
];

for (const [what, serverFirst] of lies) {
	test(`SCRAM refuses a challenge with ${what}`, async t => {
		const answer = await createScramClient('sha1', 'user', 'mine').answer(serverFirst, 'pencil');
		t.true('failure' in answer);
	});
}

test('SCRAM takes an extension that it need not know', async t => {
	const answer = await createScramClient('sha1', 'user', 'mine').answer(`r=minex,${salt},i=4096,x=new`, 'pencil');
	t.true('clientFinal' in answer);
});

test('SCRAM refuses every other signature, a server error and a signature before the proof', async t => {
	const [vector] = vectors;
	const client = createScramClient(vector.hash, 'user', vector.nonce);
	t.truthy(client.verify(vector.serverFinal));
	await client.answer(vector.serverFirst, 'pencil');
	for (const final of [
		'v=rmF9pqV8S7suAoZWja4dJRkFsKA=',
		'v=',
		'v=rmF9',
		'e=other-error',
		'',
		'x',
		`${vector.serverFinal},v=`,
	]) {
		t.truthy(client.verify(final), final);
	}

	t.is(client.verify(vector.serverFinal), undefined);
});

test('SCRAM with another password gives another proof, and the true server is still not believed', async t => {
	const [vector] = vectors;
	const client = createScramClient(vector.hash, 'user', vector.nonce);
	const answer = await client.answer(vector.serverFirst, 'pencils');
	t.false('clientFinal' in answer && answer.clientFinal.endsWith(vector.proof));
	t.truthy(client.verify(vector.serverFinal));
});

// RFC 4013 §3.
for (const [input, output] of [
	['I\u00adX', 'IX'],
	['user', 'user'],
	['USER', 'USER'],
	['\u00aa', 'a'],
	['\u2168', 'IX'],
	['pass\u00a0word', 'pass word'],
	['o\u0308', 'ö'],
] as const) {
	test(`a password is prepared as its server did: ${JSON.stringify(input)}`, t => {
		t.is(saslprep(input), output);
	});
}

test('the strongest mechanism that both sides have is chosen', t => {
	const offered = ['PLAIN', 'SCRAM-SHA-1', 'X-OAUTH2', 'SCRAM-SHA-512', 'SCRAM-SHA-256', 'SCRAM-SHA-1-PLUS'];
	t.is(chooseMechanism(offered, 'example.org', false).name, 'SCRAM-SHA-512');
	t.is(chooseMechanism(['PLAIN', 'SCRAM-SHA-1', 'SCRAM-SHA-256'], 'example.org', false).name, 'SCRAM-SHA-256');
	t.is(chooseMechanism(['PLAIN', 'SCRAM-SHA-1'], 'example.org', true).name, 'SCRAM-SHA-1');
	t.is(chooseMechanism(['PLAIN'], 'example.org', false).name, 'PLAIN');
});

test('an account that used SCRAM before never hands out its password again', t => {
	const error = t.throws(() => chooseMechanism(['PLAIN'], 'example.org', true));
	t.true(isXmppcError(error) && error.code === 'plain-refused' && error.kind === 'notPermitted');
});

test('a server without a mechanism of ours is named', t => {
	const error = t.throws(() => chooseMechanism(['GSSAPI'], 'example.org', false));
	t.true(isXmppcError(error) && error.code === 'no-mechanism' && error.message.includes('example.org'));
});

test('PLAIN sends user and password in one message', async t => {
	const channel = scriptedChannel(() => [sasl('success')]);
	t.is(await authenticate(channel, ['PLAIN'], login()), 'PLAIN');
	t.deepEqual(channel.sent.map(decoded), ['\0juliet\0pencil']);
});

test('success before the proof is not believed', async t => {
	t.is(await codeOf(scriptedChannel(() => [sasl('success')])), 'server-not-authentic');
});

test('success without a signature is not believed', async t => {
	t.is(await codeOf(scriptedChannel(() => [challenge(), sasl('success')])), 'server-not-authentic');
});

test('a signature that comes as a last challenge is checked before the empty response', async t => {
	const wrong = scriptedChannel(() => [challenge(), sasl('challenge', 'v=AAAA'), sasl('success')]);
	t.is(await codeOf(wrong), 'server-not-authentic');

	const vector = vectors[0];
	const right = scriptedChannel(() => [
		sasl('challenge', vector.serverFirst),
		sasl('challenge', vector.serverFinal),
		sasl('success'),
	]);
	const user = parseBareJid('user@example.org');
	t.is(
		await authenticate(right, ['SCRAM-SHA-1'], login({nonce: () => vector.nonce, ...(user && {jid: user})})),
		'SCRAM-SHA-1',
	);
	t.is(right.sent.length, 3);
	t.is(decoded(right.sent[2]), '');
});

for (const [condition, code] of [
	['not-authorized', 'wrong-password'],
	['account-disabled', 'account-disabled'],
	['credentials-expired', 'credentials-expired'],
	['temporary-auth-failure', 'login-unavailable'],
	['mechanism-too-weak', 'no-mechanism'],
	['malformed-request', 'login-failed'],
	['made-up-by-the-server', 'login-failed'],
] as const) {
	test(`the failure ${condition} becomes ${code}, with a next step and without the server's words`, async t => {
		const failure = createElement(
			'failure',
			{xmlns: saslNamespace},
			createElement('text', {}, '\u001b[2Jgo away'),
			createElement(condition),
		);
		const error = await t.throwsAsync(
			authenticate(
				scriptedChannel(() => [challenge(), failure]),
				['SCRAM-SHA-1'],
				login(),
			),
		);
		t.true(isXmppcError(error) && error.code === code && error.hint !== undefined);
		t.false(error?.message.includes('go away'));
		t.false(error?.message.includes('made-up'));
	});
}

test('an element that does not belong there breaks off the login', async t => {
	t.is(await codeOf(scriptedChannel(() => [createElement('message')])), 'login-failed');
	const failureOfOthers = createElement('failure', {xmlns: 'urn:other'}, createElement('not-authorized', {}));
	t.is(await codeOf(scriptedChannel(() => [failureOfOthers])), 'login-failed');
	t.is(await codeOf(scriptedChannel(() => [sasl('challenge', '', '%%%')])), 'server-not-authentic');
});

test('every login has a nonce of its own', async t => {
	const {nonce: _, ...withoutNonce} = login();
	const opened = new Set<string>();
	for (const _round of [1, 2]) {
		const channel = scriptedChannel(() => [sasl('failure')]);
		await t.throwsAsync(authenticate(channel, ['SCRAM-SHA-1'], withoutNonce));
		opened.add(decoded(channel.sent[0]));
	}

	t.is(opened.size, 2);
});

function login(changes: Partial<Login> = {}): Login {
	const jid = parseBareJid('juliet@example.org');
	if (!jid) {
		throw new Error('the address of the test is not valid');
	}

	return {
		jid,
		domain: 'example.org',
		scramPinned: false,
		password: async () => 'pencil',
		nonce: () => 'mine',
		...changes,
	};
}

function scriptedChannel(answers: () => Element[]) {
	const sent: Element[] = [];
	const queue = answers();
	return {
		sent,
		send(element: Element) {
			sent.push(element);
		},
		async next() {
			const element = queue.shift();
			if (!element) {
				throw new Error(`nothing more was expected after <${nameOf(sent.at(-1) ?? createElement('nothing'))}/>`);
			}

			return element;
		},
	};
}

function challenge(): Element {
	return sasl('challenge', `r=minex,${salt},i=4096`);
}

function sasl(name: string, text = '', raw = Buffer.from(text).toString('base64')): Element {
	return createElement(name, {xmlns: saslNamespace}, raw);
}

function decoded(element: Element | undefined): string {
	return element ? Buffer.from(textOf(element), 'base64').toString('utf8') : 'nothing';
}

async function codeOf(channel: ReturnType<typeof scriptedChannel>): Promise<string> {
	try {
		await authenticate(channel, ['SCRAM-SHA-1'], login());
		return 'success';
	} catch (error) {
		return isXmppcError(error) ? error.code : String(error);
	}
}

test('what a server signs of its offer is what XEP-0474 computes', t => {
	const mechanisms = ['SCRAM-SHA-1-PLUS', 'SCRAM-SHA-1'];
	const channelBindings = ['tls-server-end-point', 'tls-exporter'];
	t.is(offerHash('sha1', {mechanisms, channelBindings}), 'G6k/rBLDqgOhRRaCuuatSDFkJ08=');
	t.not(offerHash('sha1', {mechanisms, channelBindings: []}), offerHash('sha1', {mechanisms, channelBindings}));
});

test('a server that offered more than arrived ends the login before the password is used', async t => {
	const signed = (mechanisms: readonly string[]) => offerHash('sha1', {mechanisms, channelBindings: []});
	const arrived = {mechanisms: ['SCRAM-SHA-1', 'PLAIN'], channelBindings: []};
	const [{nonce, serverFirst}] = vectors;
	const untouched = createScramClient('sha1', 'user', nonce, arrived);
	t.true('clientFinal' in (await untouched.answer(`${serverFirst},h=${signed(['PLAIN', 'SCRAM-SHA-1'])}`, 'pencil')));

	const reduced = createScramClient('sha1', 'user', nonce, arrived);
	const stronger = signed(['PLAIN', 'SCRAM-SHA-1', 'SCRAM-SHA-256']);
	t.deepEqual(await reduced.answer(`${serverFirst},h=${stronger}`, 'pencil'), {
		failure: 'it offered other ways to log in than those that arrived here',
	});
});
