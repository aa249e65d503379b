import test from 'ava';
import {complete, sharedBeginning} from '../../source/commands/complete.js';
import type {CommandContext} from '../../source/commands/context.js';
import {registry} from '../../source/commands/definitions/index.js';
import {helpFor, helpIndex} from '../../source/commands/help.js';
import {parse} from '../../source/commands/parse.js';
import {usage} from '../../source/commands/usage.js';
import {inConsole, withRomeo} from './support.js';

/** `|` is the cursor. */
const at = (line: string, context: CommandContext = inConsole) => {
	const cursor = line.indexOf('|');
	return complete(line.replace('|', ''), cursor, context, registry);
};
const inserts = (line: string) => at(line)?.candidates.map(candidate => candidate.insert);

test('a message has no completion', t => {
	t.is(at('hello|'), undefined);
	t.is(at('//et|'), undefined);
	t.is(at('/me wav|'), undefined);
});

test('a command name is completed', t => {
	t.deepEqual(inserts('/que|'), ['query']);
	t.deepEqual(inserts('/m|'), ['msg']);
	t.true((inserts('/|')?.length ?? 0) > 15);
});

test('an alias is offered only where no name begins like that', t => {
	t.deepEqual(inserts('/ros|'), ['roster']);
	t.false(inserts('/a|')?.includes('afk'));
});

test('the second word of a family is completed', t => {
	t.deepEqual(inserts('/account |'), ['list', 'add', 'remove', 'test']);
	t.deepEqual(inserts('/account re|'), ['remove']);
});

test('a contact is completed by JID or by name', t => {
	t.deepEqual(inserts('/msg rom|'), ['romeo@example.org', 'mercutio@example.org']);
	t.deepEqual(inserts('/msg Nur|'), ['nurse@example.org']);
	t.deepEqual(inserts('/msg montague|'), []);
});

test('a stranger with a buffer is completed', t => {
	t.deepEqual(inserts('/msg tyb|'), ['tybalt@example.net']);
	t.deepEqual(inserts('/add tyb|'), ['tybalt@example.net']);
});

test('those who wait for an answer come first', t => {
	t.is(inserts('/accept |')?.[0], 'paris@example.org');
});

test('accounts, buffers, choices, groups and flags are completed', t => {
	t.deepEqual(inserts('/connect juliet@w|'), ['juliet@work.example']);
	t.deepEqual(inserts('/buffer rom|'), ['"Romeo Montague"']);
	t.deepEqual(inserts('/status x|'), ['xa']);
	t.deepEqual(inserts('/group nurse O|'), ['"Old friends"']);
	t.deepEqual(inserts('/group nurse Friends "Old|'), ['"Old friends"']);
	t.deepEqual(inserts('/account remove juliet@work.example --|'), ['--history']);
});

test('a topic of the help is completed', t => {
	t.deepEqual(inserts('/help m|'), ['msg', 'marks']);
});

test('the whole word under the cursor is replaced', t => {
	t.like(at('/q|xyz romeo'), {from: 1, to: 5});
});

test('what is completed can be parsed', t => {
	for (const insert of inserts('/buffer |') ?? []) {
		t.is(parse(`/buffer ${insert}`, withRomeo, registry).type, 'intents');
	}
});

test('the help line marks the parameter at the cursor', t => {
	t.like(at('/msg |')?.help, {active: 'who'});
	t.like(at('/msg romeo he|')?.help, {active: 'message'});
	t.like(at('/msg romeo hello to|')?.help, {active: 'message'});
	t.is(at('/clear |')?.help?.active, undefined);
});

test('the shared beginning of the candidates is how far Tab can go', t => {
	t.is(sharedBeginning(at('/re|')?.candidates ?? []), 're');
	t.is(sharedBeginning(at('/disc|')?.candidates ?? []), 'disconnect');
	t.is(sharedBeginning([]), '');
});

test('every example in the help is a line that is understood', t => {
	for (const {input} of registry.commands.flatMap(command => command.examples)) {
		const result = parse(input, withRomeo, registry);
		// The people and accounts of the examples are not those of this test.
		const understood = ['no-such-contact', 'no-such-account', 'no-such-buffer', 'nobody-here', 'ambiguous-contact'];
		t.true(result.type === 'intents' || (result.type === 'problem' && understood.includes(result.problem.code)), input);
	}
});

test('no two commands share a name', t => {
	const names = registry.names.map(name => `${name.head} ${name.tail ?? ''}`);
	t.is(new Set(names).size, names.length);
});

test('the help index names every command', t => {
	const text = helpIndex()
		.map(line => line.text)
		.join('\n');
	for (const command of registry.commands) {
		t.true(text.includes(`/${command.name} `));
	}
});

test('the help on a command has usage, summary, parameters, examples and aliases', t => {
	const text = helpFor('/msg')
		.map(line => line.text)
		.join('\n');
	for (const part of ['/msg <who> [message]', 'Send a message', 'a contact', '/msg romeo@example.org', '/tell']) {
		t.true(text.includes(part), part);
	}
});

test('the help on a family has all of it, and an unknown topic says so', t => {
	t.is(helpFor('account').filter(line => line.text.startsWith('/account')).length, 4);
	t.regex(helpFor('qury')[1]?.text ?? '', /query/);
});

test('flags and lists show in the usage line', t => {
	const row = registry.commands.find(command => command.name === 'group');
	t.is(row && usage(row), '/group <who> [--none] [groups…]');
});
