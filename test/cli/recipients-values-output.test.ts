import test from 'ava';
import {InvalidArgumentError} from 'commander';
import {createOutput} from '../../source/cli/output.js';
import {readRecipient, splitArguments} from '../../source/cli/recipients.js';
import {readDescriptor, readFingerprint, readHost, readSeconds} from '../../source/cli/values.js';

test('the last of several arguments is the text', t => {
	t.deepEqual(splitArguments(['romeo@example.org', 'hello'], undefined), {
		recipients: ['romeo@example.org'],
		text: 'hello',
	});
	t.deepEqual(splitArguments(['a@example.org', 'b@example.org', 'meet me @ noon'], undefined), {
		recipients: ['a@example.org', 'b@example.org'],
		text: 'meet me @ noon',
	});
});

test('a last argument that looks like an address is a recipient, and the text comes from standard input', t => {
	t.deepEqual(splitArguments(['a@example.org', 'b@example.org'], undefined), {
		recipients: ['a@example.org', 'b@example.org'],
	});
	t.deepEqual(splitArguments(['a@example.org'], undefined), {recipients: ['a@example.org']});
});

test('with --message every argument is a recipient', t => {
	t.deepEqual(splitArguments(['a@example.org', 'hello'], 'b@example.org'), {
		recipients: ['a@example.org', 'hello'],
		text: 'b@example.org',
	});
});

test('a recipient is normalised, and a plain word is not one', t => {
	t.is(readRecipient('Romeo@Example.ORG/Garden') as string, 'romeo@example.org/Garden');
	t.is(readRecipient('gateway.example.org') as string, 'gateway.example.org');
	for (const wrong of ['romeo', '', '@example.org', 'romeo@', 'ro meo@example.org', 'a@b@c']) {
		const read = readRecipient(wrong);
		t.true(typeof read === 'object' && read.code === 'invalid-jid' && read.kind === 'badData', wrong);
	}
});

test('--host takes names, IPv4 and IPv6, with and without a port', t => {
	t.deepEqual(readHost('xmpp.example.org'), {host: 'xmpp.example.org'});
	t.deepEqual(readHost('127.0.0.1:5223'), {host: '127.0.0.1', port: 5223});
	t.deepEqual(readHost('[::1]:5222'), {host: '::1', port: 5222});
	t.deepEqual(readHost('::1'), {host: '::1'});
	for (const wrong of ['', ':5222', 'host:', 'host:0', 'host:65536', 'host:x']) {
		t.throws(() => readHost(wrong), {instanceOf: InvalidArgumentError}, wrong);
	}
});

test('a fingerprint is taken with colons and in capitals', t => {
	t.is(readFingerprint('AB:'.repeat(31).concat('AB')), 'ab'.repeat(32));
	t.throws(() => readFingerprint('abcd'), {instanceOf: InvalidArgumentError});
});

test('seconds are more than none and at most a day', t => {
	t.is(readSeconds('1.5'), 1500);
	for (const wrong of ['0', '-1', '1e3', '86401', 'soon']) {
		t.throws(() => readSeconds(wrong), {instanceOf: InvalidArgumentError}, wrong);
	}
});

test('a passphrase is not read from our own output', t => {
	t.is(readDescriptor('0'), 0);
	t.is(readDescriptor('3'), 3);
	for (const wrong of ['1', '2', '-3', 'three']) {
		t.throws(() => readDescriptor(wrong), {instanceOf: InvalidArgumentError}, wrong);
	}
});

test('a failure is one line for people, whatever its text holds', t => {
	let said = '';
	const output = createOutput(
		false,
		() => t.fail(),
		text => {
			said += text;
		},
	);
	output.problem({code: 'x', kind: 'protocol', message: 'The server said \u001B[31mno\nand left.', hint: 'Try again.'});
	t.is(said.split('\n').length, 2);
	t.false(said.includes('\u001B'));
	t.regex(said, /^xmppc: The server said .* \(Try again\)\n$/);
});

test('a failure with --json is an object on standard error, harmless on a terminal', t => {
	let said = '';
	const output = createOutput(
		true,
		() => t.fail(),
		text => {
			said += text;
		},
	);
	output.problem({code: 'gone', kind: 'protocol', message: 'a\u009Bb\u202Ec'}, {to: 'romeo@example.org'});
	t.is(said, '{"error":{"code":"gone","message":"a\\u009bb\\u202ec","to":"romeo@example.org"}}\n');
	t.deepEqual(JSON.parse(said), {error: {code: 'gone', message: 'a\u009Bb\u202Ec', to: 'romeo@example.org'}});
});

test('a remark is for people only', t => {
	createOutput(
		true,
		() => t.fail(),
		() => t.fail(),
	).remark('Added');
	t.pass();
});

test('a problem that an option solves names the option, in text and in JSON', t => {
	let error = '';
	const problem = {code: 'no-such-host', kind: 'noSuchHost', message: 'There is no server.', hint: 'Name it.'} as const;
	for (const json of [false, true]) {
		createOutput(
			json,
			() => {},
			text => {
				error += text;
			},
		).problem(problem);
	}

	t.is(error.split('Name it. xmppc account add takes --host for that').length, 3);
});
