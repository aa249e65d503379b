import test from 'ava';
import {sasl2Login} from '../../source/client/login-device.js';
import {silentLog} from '../../source/shared/log.js';
import type {SecretStores} from '../../source/storage/ports.js';
import {addressOf} from '../support/scripted-session.js';
import {memorySecrets} from './profile.js';

const jid = addressOf('juliet@localhost');
const settings = {jid, secrets: 'key-file'} as const;
const token = {mechanism: 'HT-SHA-256-EXPR', secret: 'secret-token:one', expiry: 5};

test('an installation is the same to its server at every login, with the token it was given last', async t => {
	const secrets = memorySecrets();
	const first = sasl2Login(settings, secrets, silentLog);
	const userAgent = await first.userAgent();
	t.regex(userAgent, /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
	t.is(await first.tokens?.read(), undefined);
	await first.tokens?.save(token);

	const second = sasl2Login(settings, secrets, silentLog);
	t.is(await second.userAgent(), userAgent);
	t.deepEqual(await second.tokens?.read(), token);
	await second.tokens?.forget();

	const third = sasl2Login(settings, secrets, silentLog);
	t.is(await third.userAgent(), userAgent);
	t.is(await third.tokens?.read(), undefined);
});

test('a store of secrets that is out of order costs the token, not the login', async t => {
	const secrets = memorySecrets();
	const fail = async () => {
		throw new Error('locked');
	};
	const broken: SecretStores = {
		...secrets,
		forAccount: account => ({...secrets.forAccount(account), get: fail, set: fail}),
	};
	const login = sasl2Login(settings, broken, silentLog);
	const userAgent = await login.userAgent();
	t.is(await login.userAgent(), userAgent);
	t.is(await login.tokens?.read(), undefined);
	await t.notThrowsAsync(async () => login.tokens?.save(token));
});

test('what is stored and cannot be read is replaced', async t => {
	for (const text of ['', '{', 'null', '[]', '{"userAgent":5}', '{"token":{}}']) {
		const secrets = memorySecrets();
		await secrets.forAccount(settings).set(jid, 'fast', text);
		const userAgent = await sasl2Login(settings, secrets, silentLog).userAgent();
		t.is(await sasl2Login(settings, secrets, silentLog).userAgent(), userAgent);
	}
});
