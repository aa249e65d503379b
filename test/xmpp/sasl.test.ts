import test from 'ava';
import {isXmppcError} from '../../source/shared/errors.js';
import {parseBareJid} from '../../source/shared/jid.js';
import type {BindingData} from '../../source/xmpp/channel-binding.js';
import {createElement, type Element, nameOf, textOf} from '../../source/xmpp/element.js';
import {authenticate, type Login} from '../../source/xmpp/sasl/authentication.js';
import type {LoginOffer} from '../../source/xmpp/sasl/binding-choice.js';
import {offerHash} from '../../source/xmpp/sasl/downgrade-protection.js';
import {saslNamespace} from '../../source/xmpp/sasl/failures.js';
import {chooseMechanism} from '../../source/xmpp/sasl/mechanisms.js';
import {saslprep} from '../../source/xmpp/sasl/saslprep.js';
import {
	createScramClient,
	maximumIterations,
	minimumIterations,
	type ScramSurroundings,
} from '../../source/xmpp/sasl/scram.js';

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

/** Every type of binding there is. */
const everyBinding = (type: string) => Buffer.from(type);
const noBinding = () => undefined;
const only =
	(...had: readonly string[]): BindingData =>
	type =>
		had.includes(type) ? Buffer.from(type) : undefined;

function chosen(
	mechanisms: readonly string[],
	more: Partial<LoginOffer> = {},
	bindingData: BindingData = everyBinding,
	scramPinned = false,
) {
	const offer = {mechanisms, channelBindings: [], isSasl2: false, ...more};
	return chooseMechanism(offer, {domain: 'example.org', scramPinned, bindingData});
}

test('the strongest mechanism that both sides have is chosen', t => {
	t.is(chosen(['PLAIN', 'SCRAM-SHA-1', 'X-OAUTH2', 'SCRAM-SHA-512', 'SCRAM-SHA-256']).name, 'SCRAM-SHA-512');
	t.is(chosen(['PLAIN', 'SCRAM-SHA-1', 'SCRAM-SHA-256']).name, 'SCRAM-SHA-256');
	t.is(chosen(['PLAIN', 'SCRAM-SHA-1'], {}, everyBinding, true).name, 'SCRAM-SHA-1');
	t.is(chosen(['PLAIN']).name, 'PLAIN');
});

const plus = ['SCRAM-SHA-1', 'SCRAM-SHA-1-PLUS'];
const both = ['tls-server-end-point', 'tls-exporter'];

test('a login bound to the connection is preferred whatever its hash', t => {
	const offered = ['SCRAM-SHA-1-PLUS', 'SCRAM-SHA-1', 'SCRAM-SHA-512', 'PLAIN'];
	t.is(chosen(offered, {channelBindings: both}).name, 'SCRAM-SHA-1-PLUS');
	t.is(chosen([...offered, 'SCRAM-SHA-256-PLUS'], {channelBindings: both}).name, 'SCRAM-SHA-256-PLUS');
	t.is(chosen([...offered, 'SCRAM-SHA-512-PLUS'], {channelBindings: both}).name, 'SCRAM-SHA-512-PLUS');
});

for (const [what, channelBindings, bindingData, binding] of [
	['the exporter where both sides have it', both, everyBinding, 'tls-exporter'],
	[
		'the certificate where our TLS has no exporter',
		both,
		only('tls-server-end-point', 'tls-unique'),
		'tls-server-end-point',
	],
	['the certificate where the server has no exporter', ['tls-server-end-point'], everyBinding, 'tls-server-end-point'],
	['the old type where the server has no other', ['tls-unique'], everyBinding, 'tls-unique'],
	['one that it knows among those that it does not', ['x-new', 'tls-exporter'], everyBinding, 'tls-exporter'],
] as const) {
	for (const isSasl2 of [false, true]) {
		test(`a login is bound with ${what} (${isSasl2 ? 'SASL2' : 'SASL'})`, t => {
			const choice = chosen(plus, {channelBindings, isSasl2}, bindingData);
			t.is(choice.name, 'SCRAM-SHA-1-PLUS');
			t.deepEqual(choice.binding, {flag: 'p', type: binding, data: Buffer.from(binding)});
			t.false(choice.mustBeSigned);
		});
	}
}

test('where a server names no type, SASL falls back on the one that SCRAM began with', t => {
	t.deepEqual(chosen(plus).binding, {flag: 'p', type: 'tls-unique', data: Buffer.from('tls-unique')});
	t.like(chosen(plus, {}, only('tls-exporter')), {name: 'SCRAM-SHA-1', binding: {flag: 'n'}, mustBeSigned: false});
});

test('that the server seems to know nothing of binding is said to it, for it to see what was taken away', t => {
	for (const isSasl2 of [false, true]) {
		t.like(chosen(['SCRAM-SHA-1'], {isSasl2}), {name: 'SCRAM-SHA-1', binding: {flag: 'y'}});
		t.like(chosen(['SCRAM-SHA-1'], {isSasl2}, noBinding), {name: 'SCRAM-SHA-1', binding: {flag: 'n'}});
	}
});

test('bound mechanisms of which none is known are none', t => {
	const offered = ['SCRAM-SHA3-512-PLUS', 'SCRAM-SHA-256'];
	t.like(chosen(offered, {channelBindings: both}), {name: 'SCRAM-SHA-256', binding: {flag: 'y'}});
	t.throws(() => chosen(['SCRAM-SHA-1-PLUS'], {channelBindings: both}, noBinding), {message: /no way to log in/});
});

for (const [what, mechanisms, channelBindings, isSasl2] of [
	['types of binding, but no bound mechanism', ['SCRAM-SHA-256', 'PLAIN'], both, false],
	['types of binding, but no bound mechanism', ['SCRAM-SHA-256', 'PLAIN'], both, true],
	['types of binding and PLAIN', ['PLAIN'], both, false],
	['bound mechanisms, but no type of binding', plus, [], true],
] as const) {
	test(`an offer of ${what} is no server's (${isSasl2 ? 'SASL2' : 'SASL'})`, t => {
		for (const bindingData of [everyBinding, noBinding]) {
			const error = t.throws(() => chosen(mechanisms, {channelBindings, isSasl2}, bindingData));
			t.true(isXmppcError(error) && error.code === 'offer-contradictory' && error.kind === 'notPermitted');
			t.true(error?.message.includes('example.org'));
		}
	});
}

test('types of binding that nobody knows are believed only with the signature of the server', t => {
	const dummies = {name: 'SCRAM-SHA-1', binding: {flag: 'n'}, mustBeSigned: true} as const;
	t.like(chosen(plus, {channelBindings: ['x-dummy']}), dummies);
	t.like(chosen(plus, {channelBindings: ['tls-exporter']}, only('tls-server-end-point')), dummies);
	// PLAIN has no signature to wait for.
	const unsigned = t.throws(() => chosen(['SCRAM-SHA-1-PLUS', 'PLAIN'], {channelBindings: ['x-dummy']}));
	t.true(isXmppcError(unsigned) && unsigned.code === 'offer-contradictory');
	// Every server has this type; that this connection lacks it is our affair.
	t.like(chosen(plus, {channelBindings: ['tls-server-end-point']}, noBinding), {...dummies, mustBeSigned: false});
});

test('an account that used SCRAM before never hands out its password again', t => {
	const error = t.throws(() => chosen(['PLAIN'], {}, everyBinding, true));
	t.true(isXmppcError(error) && error.code === 'plain-refused' && error.kind === 'notPermitted');
});

test('a server without a mechanism of ours is named', t => {
	const error = t.throws(() => chosen(['GSSAPI']));
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

const [{nonce: vectorNonce, serverFirst: vectorChallenge}] = vectors;

async function answerTo(attributes: string, surroundings: ScramSurroundings) {
	return createScramClient('sha1', 'user', vectorNonce, surroundings).answer(vectorChallenge + attributes, 'pencil');
}

test('what a server signs of its offer is what XEP-0474 computes', t => {
	const mechanisms = ['SCRAM-SHA-1-PLUS', 'SCRAM-SHA-1'];
	const channelBindings = ['tls-server-end-point', 'tls-exporter'];
	t.is(offerHash('sha1', {mechanisms, channelBindings}), 'G6k/rBLDqgOhRRaCuuatSDFkJ08=');
	t.not(offerHash('sha1', {mechanisms, channelBindings: []}), offerHash('sha1', {mechanisms, channelBindings}));
});

for (const [what, arrived] of [
	['mechanisms', {mechanisms: ['SCRAM-SHA-1'], channelBindings: ['tls-exporter', 'tls-server-end-point']}],
	['types of binding', {mechanisms: plus, channelBindings: ['tls-server-end-point']}],
	['every type of binding', {mechanisms: plus, channelBindings: []}],
	['types of binding, with others in their place', {mechanisms: plus, channelBindings: ['x-dummy']}],
] as const) {
	test(`a server that offered more ${what} than arrived ends the login before the password is used`, async t => {
		const offer = {mechanisms: plus, channelBindings: both};
		t.true('clientFinal' in (await answerTo(',h=G6k/rBLDqgOhRRaCuuatSDFkJ08=', {offer})));
		t.deepEqual(await answerTo(',h=G6k/rBLDqgOhRRaCuuatSDFkJ08=', {offer: arrived}), {
			failure: 'it offered other ways to log in than those that arrived here',
		});
	});
}

test('an offer that has to be signed and is not ends the login', async t => {
	const offer = {mechanisms: plus, channelBindings: ['x-dummy']};
	t.true('failure' in (await answerTo('', {offer, mustBeSigned: true})));
	t.true('clientFinal' in (await answerTo(`,h=${offerHash('sha1', offer)}`, {offer, mustBeSigned: true})));
});

test('a server whose connection has another version of TLS than ours is on another connection', async t => {
	for (const [tlsVersion, code] of [
		['TLSv1.3', '0304'],
		['TLSv1.2', '0303'],
	] as const) {
		t.true('clientFinal' in (await answerTo(`,t=${code}`, {tlsVersion})));
		for (const other of ['0302', '0305', code === '0304' ? '0303' : '0304', '', tlsVersion]) {
			t.true('failure' in (await answerTo(`,t=${other}`, {tlsVersion})), other);
		}
	}

	t.true('clientFinal' in (await answerTo(',t=0304', {})));
});

// XEP-0515, example 1: the whole exchange with binding, signed offer and version of TLS.
test('SCRAM with channel binding is what the example of XEP-0515 has', async t => {
	const clientNonce = '12C4CD5C-E38E-4A98-8F6D-15C38F51CCC6';
	const client = createScramClient('sha1', 'user', clientNonce, {
		binding: {flag: 'p', type: 'tls-exporter', data: Buffer.from('THIS IS FAKE CB DATA')},
		offer: {mechanisms: plus, channelBindings: both},
		tlsVersion: 'TLSv1.3',
	});
	t.is(client.clientFirst, `p=tls-exporter,,n=user,r=${clientNonce}`);
	const serverNonce = `${clientNonce}a09117a6-ac50-4f2f-93f1-93799c2bddf6`;
	const answer = await client.answer(
		`r=${serverNonce},s=QSXCR+Q6sek8bf92,i=4096,h=G6k/rBLDqgOhRRaCuuatSDFkJ08=,t=0304`,
		'pencil',
	);
	const final = `c=cD10bHMtZXhwb3J0ZXIsLFRISVMgSVMgRkFLRSBDQiBEQVRB,r=${serverNonce},p=KHUfN8dSy1K95crT4D5y1ItLJfs=`;
	t.is('clientFinal' in answer && answer.clientFinal, final);
	t.is(client.verify('v=3w34ZIMVRkx2f2Ozb3/ecRPVdv4='), undefined);
});

test('what can be claimed of the connection without binding is in the first message and in the signed one', async t => {
	const client = createScramClient('sha1', 'user', vectorNonce, {binding: {flag: 'y'}});
	t.regex(client.clientFirst, /^y,,n=user/);
	const answer = await client.answer(vectorChallenge, 'pencil');
	t.is('clientFinal' in answer && answer.clientFinal.slice(0, 7), 'c=eSws,');
});

test('a refused login that was bound to its connection says that somebody may be in between', async t => {
	for (const [condition, code] of [
		['not-authorized', 'wrong-password'],
		['malformed-request', 'binding-refused'],
	] as const) {
		const failure = createElement('failure', {xmlns: saslNamespace}, createElement(condition));
		const error = await t.throwsAsync(
			authenticate(
				scriptedChannel(() => [challenge(), failure]),
				plus,
				login({channelBindings: both, bindingData: everyBinding}),
			),
		);
		t.true(isXmppcError(error) && error.code === code && error.kind === 'notPermitted');
		t.regex(isXmppcError(error) ? (error.hint ?? '') : '', /in between/);
	}
});
