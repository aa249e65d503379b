import {X509Certificate} from 'node:crypto';
import {homedir} from 'node:os';
import path from 'node:path';
import {rootCertificates} from 'node:tls';
import test from 'ava';
import type {AccountTest} from '../../source/model/actions.js';
import type {Problem} from '../../source/shared/errors.js';
import {createAccountAssistant} from '../../source/tui/assistant/account-assistant.js';
import type {Dialog} from '../../source/tui/assistant/dialog.js';
import {createRebuildDialog} from '../../source/tui/assistant/rebuild-history.js';
import {parseServer, serverText} from '../../source/tui/assistant/server-address.js';
import {createUnlockDialog} from '../../source/tui/assistant/unlock.js';
import {fingerprintOf, judgeCertificate} from '../../source/xmpp/certificate.js';
import {connectionProblem} from '../../source/xmpp/connection-problems.js';
import {createManualClock} from '../support/manual-clock.js';
import {createFakeBackend, refusal} from './fake-backend.js';
import {me} from './support.js';

const settle = async () => {
	for (let round = 0; round < 20; round++) {
		await Promise.resolve();
	}
};

function asked(dialog: Dialog) {
	const question = dialog.question();
	return question.type === 'end' ? question.lines.join('\n') : question.label;
}

function assistant(given?: typeof me) {
	const backend = createFakeBackend(createManualClock(), {accounts: []});
	const dialog = createAccountAssistant(backend.actions, given);
	const answers = async (...values: readonly string[]) => {
		for (const value of values) {
			dialog.answer(value);
			await settle();
		}
	};
	return {backend, dialog, answers};
}

const failure = (code: string, message: string): AccountTest => ({
	ok: false,
	problem: {code, kind: 'unavailable', message, hint: 'The next step.'},
});
const problemOf = (dialog: Dialog) => {
	const question = dialog.question();
	return 'problem' in question ? question.problem : undefined;
};

test('asks for the JID, then the password, tests, stores, connects', async t => {
	const {backend, dialog, answers} = assistant();
	t.is(asked(dialog), 'JID');
	await answers(' Juliet@Example.org ', 'secret');
	t.deepEqual(
		backend.calls.map(call => call.action),
		['testAccount', 'addAccount', 'connect'],
	);
	t.deepEqual(backend.asked('testAccount'), [{candidate: {jid: me, password: 'secret'}}]);
	t.regex(asked(dialog), /juliet@example.org is set up[\s\S]*TLSv1.3[\s\S]*in the keychain/);
});

test('a JID that was given is not asked for', t => {
	t.is(asked(assistant(me).dialog), `Password of ${me}`);
});

test('what is no JID of an account is asked for again', async t => {
	const {dialog, answers} = assistant();
	for (const wrong of ['', 'example.org', 'a b@c', 'juliet@example.org/phone']) {
		await answers(wrong);
		t.is(asked(dialog), 'JID');
		t.truthy(problemOf(dialog));
		t.like(dialog.question(), {initial: wrong});
	}
});

test('a server that was named is one for its domain only', async t => {
	const {dialog, answers, backend} = assistant();
	backend.tests.push(failure('timeout', 'Nothing answered.'), failure('timeout', 'Nothing answered.'));
	await answers('juliet@example.org', 'secret', 'server', 'a b');
	t.like(dialog.question(), {initial: 'a b'});
	await answers('xmpp.example.org', 'jid');
	t.like(dialog.question(), {initial: me});
	await answers('juliet@example.net', 'secret');
	t.deepEqual(backend.asked('testAccount'), [
		{candidate: {jid: me, password: 'secret'}},
		{candidate: {jid: me, password: 'secret', host: 'xmpp.example.org'}},
		{candidate: {jid: 'juliet@example.net', password: 'secret'}},
	]);
});

test('the password is a secret, and an empty one is refused', async t => {
	const {dialog, answers, backend} = assistant(me);
	t.like(dialog.question(), {type: 'text', secret: true, initial: ''});
	await answers('');
	t.is(asked(dialog), `Password of ${me}`);
	t.deepEqual(backend.calls, []);
});

test('a wrong password is asked for again, with the reason; nothing was stored', async t => {
	const {backend, dialog, answers} = assistant(me);
	backend.tests.push(failure('wrong-password', 'The server refused the password.'));
	await answers('guess');
	t.is(asked(dialog), `Password of ${me}`);
	t.deepEqual(problemOf(dialog), {message: 'The server refused the password.', hint: 'The next step.'});
	t.deepEqual(backend.asked('addAccount'), []);
	await answers('secret');
	t.regex(asked(dialog), /is set up/);
});

test('another failure offers every correction', async t => {
	const {backend, dialog, answers} = assistant();
	backend.tests.push(
		failure('no-such-host', 'There is no server.'),
		failure('no-such-host', 'There is no server.'),
		failure('certificate-expired', 'The certificate has expired.'),
	);
	await answers('juliet@exmaple.org', 'secret', 'again', 'jid');
	t.like(dialog.question(), {type: 'text', label: 'JID', initial: 'juliet@exmaple.org'});
	await answers('juliet@example.org', 'secret', 'server');
	t.is(asked(dialog), 'Server');
	await answers('not a host');
	t.truthy(problemOf(dialog));
	await answers('xmpp.example.org:5269');
	t.deepEqual(backend.asked('addAccount'), [{jid: me, password: 'secret', host: 'xmpp.example.org', port: 5269}]);
});

test('a person in a network that lets only HTTPS through names a place for WebSocket', async t => {
	const {backend, answers} = assistant(me);
	backend.tests.push(failure('connect-timeout', 'The server does not answer.'));
	await answers('secret', 'server', 'wss://example.org/ws');
	t.deepEqual(backend.asked('addAccount'), [{jid: me, password: 'secret', webSocket: 'wss://example.org/ws'}]);
});

/** Any certificate will do for one that is refused. */
const certificate = new X509Certificate(rootCertificates[0] ?? '');
const fingerprint = fingerprintOf(certificate);
const untrusted = (): AccountTest => {
	const presented = {certificate, refusal: 'SELF_SIGNED_CERT_IN_CHAIN'};
	const problem = judgeCertificate(presented, {domain: 'example.org'}, Date.now());
	return {ok: false, problem: problem ?? {code: '', kind: 'bug', message: ''}};
};
const optionsOf = (dialog: Dialog) => {
	const question = dialog.question();
	return question.type === 'choice' ? question.options.map(option => option.value) : [];
};

test('where there is no server, naming it is what Enter does; no option of the command line is named', async t => {
	const {backend, dialog, answers} = assistant(me);
	backend.tests.push({
		ok: false,
		problem: connectionProblem(Object.assign(new Error('none'), {code: 'ENOTFOUND'}), {
			domain: 'example.org',
			host: 'example.org',
			port: 5222,
		}),
	});
	await answers('secret');
	t.is(optionsOf(dialog)[0], 'server');
	t.notRegex(JSON.stringify(dialog.question()), /--/);
	await answers('server');
	t.notRegex(JSON.stringify(dialog.question()), /5269/);
});

test('an authority of its own is named by its file, until the file is one', async t => {
	const {backend, dialog, answers} = assistant(me);
	backend.tests.push(untrusted(), failure('tls-ca-unreadable', 'The file cannot be read.'));
	await answers('secret');
	t.is(optionsOf(dialog)[0], 'authority');
	t.notRegex(JSON.stringify(dialog.question()), /--/);
	await answers('authority', '~/ca.pem');
	const missing = path.join(homedir(), 'ca.pem');
	t.like(dialog.question(), {type: 'text', label: 'File of the authority', initial: missing});
	t.like(problemOf(dialog), {message: 'The file cannot be read.'});
	await answers('/etc/ssl/ca.pem');
	t.deepEqual(backend.asked('testAccount'), [
		{candidate: {jid: me, password: 'secret'}},
		{candidate: {jid: me, password: 'secret', tlsCa: missing}},
		{candidate: {jid: me, password: 'secret', tlsCa: '/etc/ssl/ca.pem'}},
	]);
	t.deepEqual(backend.asked('addAccount'), [{jid: me, password: 'secret', tlsCa: '/etc/ssl/ca.pem'}]);
});

test('one certificate is accepted only after the beginning of its SHA-256 was typed', async t => {
	const {backend, dialog, answers} = assistant(me);
	backend.tests.push(untrusted());
	await answers('secret', 'pin');
	t.true(JSON.stringify(dialog.question()).includes(fingerprint.replaceAll(/.{8}(?=.)/gu, '$& ')));
	for (const wrong of ['', 'yes', fingerprint.slice(0, 7), fingerprint.slice(8, 16)]) {
		await answers(wrong);
		t.truthy(problemOf(dialog));
	}

	t.is(backend.asked('testAccount').length, 1);
	await answers(fingerprint.slice(0, 8).toUpperCase());
	t.deepEqual(backend.asked('addAccount'), [{jid: me, password: 'secret', tlsPin: fingerprint}]);
});

test('what is trusted for one domain is not trusted for another', async t => {
	const {backend, answers} = assistant(me);
	backend.tests.push(untrusted(), failure('timeout', 'Nothing answered.'));
	await answers('secret', 'pin', fingerprint, 'jid', 'juliet@example.net', 'secret');
	t.deepEqual(backend.asked('addAccount'), [{jid: 'juliet@example.net', password: 'secret'}]);
});

test('without a keychain it asks where the password shall be kept', async t => {
	const {backend, dialog, answers} = assistant(me);
	backend.refuse('addAccount', refusal('secrets-unavailable', 'No keychain answers.'));
	await answers('secret');
	t.like(dialog.question(), {type: 'choice', problem: {message: 'No keychain answers.'}});
	await answers('key-file');
	t.deepEqual(backend.asked('addAccount').at(-1), {jid: me, password: 'secret', secrets: 'key-file'});
	t.regex(asked(dialog), /in a file sealed with a key file/);
});

test('a passphrase is typed twice and opens the sealed file before the account is stored', async t => {
	const {backend, dialog, answers} = assistant(me);
	backend.refuse('addAccount', refusal('secrets-locked', 'The keychain is locked.'));
	await answers('secret', 'passphrase', 'one', 'other');
	t.deepEqual(problemOf(dialog), {message: 'The two were not the same.'});
	backend.refuse('unlock', refusal('wrong-passphrase', 'That is not the passphrase.'));
	await answers('wrong', 'wrong');
	t.like(problemOf(dialog), {message: 'That is not the passphrase.'});
	await answers('right', 'right');
	t.deepEqual(backend.asked('unlock').at(-1), {passphrase: 'right'});
	t.like(backend.asked('addAccount').at(-1), {secrets: 'passphrase'});
});

test('an account that cannot be stored says so, and not that the login failed', async t => {
	const {backend, dialog, answers} = assistant(me);
	backend.refuse('addAccount', refusal('settings-corrupt', 'The settings cannot be read.'));
	await answers('secret');
	t.regex(asked(dialog), /could not be stored/);
});

test('an account that is stored but not online yet is no failure', async t => {
	const {backend, dialog, answers} = assistant(me);
	backend.refuse('connect', refusal('unreachable', 'The server cannot be reached.', 'Try /connect later.'));
	await answers('secret');
	t.regex(asked(dialog), /is set up[\s\S]*not online yet: The server cannot be reached[\s\S]*Try \/connect later/);
});

test('giving up ends it, whatever is still on its way', async t => {
	const {backend, dialog, answers} = assistant();
	dialog.answer('juliet@example.org');
	dialog.answer('secret');
	dialog.cancel();
	await settle();
	t.regex(asked(dialog), /No account was set up/);
	t.deepEqual(backend.asked('addAccount'), []);
	await answers('late');
	dialog.cancel();
	t.is(dialog.question().type, 'end');
});

test('a server is a host, perhaps with a port, perhaps a numeric address, or a place for WebSocket', t => {
	t.is(parseServer(''), 'dns');
	t.deepEqual(parseServer('a.example'), {host: 'a.example'});
	t.deepEqual(parseServer('a.example:5269'), {host: 'a.example', port: 5269});
	t.deepEqual(parseServer('[::1]:5222'), {host: '::1', port: 5222});
	for (const wrong of ['a b', 'a:b', 'a:0', 'a:70000', 'user@a', 'https://a', 'ws://a', 'wss://', 'wss://me@a']) {
		t.is(parseServer(wrong), undefined, wrong);
	}

	t.is(serverText({host: '::1', port: 5222}), '[::1]:5222');
	t.deepEqual(parseServer('wss://A.example/ws'), {webSocket: 'wss://a.example/ws'});
	t.is(serverText({webSocket: 'wss://a.example/ws'}), 'wss://a.example/ws');
});

test('the store of passwords is unlocked with the right passphrase', async t => {
	const backend = createFakeBackend(createManualClock());
	backend.refuse('unlock', refusal('wrong-passphrase', 'That is not the passphrase.'));
	const dialog = createUnlockDialog(backend.actions);
	dialog.answer('wrong');
	await settle();
	t.like(problemOf(dialog), {message: 'That is not the passphrase.'});
	dialog.answer('right');
	await settle();
	t.regex(asked(dialog), /is open/);
});

const damage: Problem = {code: 'database-corrupt', kind: 'storage', message: 'The history is damaged.'};

test('a damaged history is left alone unless the person says otherwise', async t => {
	const done: boolean[] = [];
	const rebuild = async () => t.fail('nobody said so') as never;
	const dialog = createRebuildDialog({problem: damage, rebuild, done: rebuilt => done.push(rebuilt)});
	const question = dialog.question();
	t.is(question.type === 'choice' ? question.explanation[0] : '', 'The history is damaged.');
	dialog.answer('leave');
	await settle();
	t.deepEqual(done, [false]);
	t.regex(asked(dialog), /Nothing was changed/);
});

test('a rebuild that fails is told, and may be tried again', async t => {
	const done: boolean[] = [];
	let attempts = 0;
	const rebuild = async () => {
		attempts++;
		if (attempts === 1) {
			throw refusal('disk-full', 'No space is left.');
		}

		return ['It is elsewhere now.'];
	};
	const dialog = createRebuildDialog({problem: damage, rebuild, done: rebuilt => done.push(rebuilt)});
	dialog.answer('rebuild');
	await settle();
	t.like(problemOf(dialog), {message: 'No space is left.'});
	t.deepEqual(done, []);
	dialog.answer('rebuild');
	await settle();
	t.regex(asked(dialog), /It is elsewhere now\./);
	t.deepEqual(done, [true]);
});
