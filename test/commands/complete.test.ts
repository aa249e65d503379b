import test from 'ava';
import {defineCommand} from '../../source/commands/command.js';
import {complete, helpAt, namesAt, sharedBeginning} from '../../source/commands/complete.js';
import type {CommandContext} from '../../source/commands/context.js';
import {registry} from '../../source/commands/definitions/index.js';
import {file, fileCandidates} from '../../source/commands/files.js';
import {helpFor, helpIndex, noHelp, searchCommands} from '../../source/commands/help.js';
import type {HelpLine} from '../../source/commands/help-line.js';
import {parse} from '../../source/commands/parse.js';
import {createRegistry} from '../../source/commands/registry.js';
import {usage} from '../../source/commands/usage.js';
import {defaultBindings} from '../../source/model/keys.js';
import {abram, friar, inConsole, inGarden, peter, source, withRomeo} from './support.js';

/** `|` is the cursor. */
const at = (line: string, context: CommandContext = inConsole) => {
	const cursor = line.indexOf('|');
	return complete(line.replace('|', ''), cursor, context, registry);
};
const inserts = (line: string) => at(line)?.candidates.map(candidate => candidate.insert);

test('a word of a message that begins nothing known has no completion', t => {
	t.is(at('hello|'), undefined);
	t.is(at('//et|'), undefined);
	t.is(at('/me wav|'), undefined);
	t.is(at('|'), undefined);
});

test('a command name is completed', t => {
	t.deepEqual(inserts('/que|'), ['query']);
	t.deepEqual(inserts('/ms|'), ['msg']);
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
	t.deepEqual(inserts('/msg xyz|'), []);
});

test('a stranger with a buffer is completed', t => {
	t.deepEqual(inserts('/msg tyb|'), ['tybalt@example.net']);
	t.deepEqual(inserts('/add tyb|'), ['tybalt@example.net']);
});

test('those who wait for an answer come first', t => {
	t.deepEqual(inserts('/accept |')?.slice(0, 4), [abram, peter, `"${friar}"`, 'paris@example.org']);
	t.deepEqual(inserts('/deny p|'), [peter, 'paris@example.org']);
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

test('where nothing begins like that, what has those letters in this order is found', t => {
	t.deepEqual(inserts('/msg montague|'), ['romeo@example.org']);
	t.deepEqual(inserts('/msg rmo|'), ['romeo@example.org', 'mercutio@example.org']);
	t.is(inserts('/dscnct|')?.[0], 'disconnect');
	t.deepEqual(inserts('/msg o|'), []);
});

test('upper and lower case are one', t => {
	t.deepEqual(inserts('/QUE|'), ['query']);
	t.deepEqual(inserts('/msg NUR|'), ['nurse@example.org']);
});

test('a name with a space can be completed inside its quotes', t => {
	t.deepEqual(inserts('/buffer "Romeo |'), ['"Romeo Montague"']);
});

test('names of keys and what they do are completed', t => {
	t.true(inserts('/bind F|')?.includes('F1'));
	t.deepEqual(inserts('/bind F5 bufferU|'), ['bufferUnread']);
	t.deepEqual(inserts('/do suspend|'), ['suspend']);
});

test('in a room nicks are completed, at the start of the line with a colon, who spoke last first', t => {
	const inRoom: CommandContext = {...withRomeo, kind: 'room'};
	const nicks = (line: string) => at(line, inRoom)?.candidates.map(({insert}) => insert);
	t.deepEqual(nicks('al|'), ['alice: ', 'Albert: ']);
	t.deepEqual(nicks('hello al|'), ['alice', 'Albert']);
	t.deepEqual(nicks('hello @al|'), ['@alice', '@Albert']);
	t.deepEqual(nicks('hello lce|'), ['alice']);
	t.deepEqual(nicks('/msg romeo tell al|'), ['alice', 'Albert']);
});

test('in a message addresses are completed by what they or their names begin with, and by nothing less', t => {
	t.deepEqual(inserts('ask rom|'), ['romeo@example.org', 'mercutio@example.org']);
	t.deepEqual(inserts('come to gard|'), ['garden@rooms.example.org']);
	t.is(at('ask mont|'), undefined);
	t.deepEqual(inserts('ask @Nu|'), ['@Nurse']);
});

test('a short code of an emoji becomes the emoji', t => {
	t.deepEqual(inserts('hello :smi|'), ['😄', '😏']);
	t.is(at('at 10:sm|'), undefined);
	t.is(at('see :s|'), undefined);
});

test('files are completed by their paths, directories first, hidden ones only on demand', t => {
	const files = (typed: string) => fileCandidates(source, typed).map(({insert}) => insert);
	t.deepEqual(files(''), ['"My photos/', 'notes.txt']);
	t.deepEqual(files('.'), ['"My photos/', '.hidden', 'notes.txt']);
	t.deepEqual(files('~'), ['~/']);
	t.deepEqual(files('~/l'), ['"~/letter to nurse.txt"']);
	t.deepEqual(files('My photos/b'), ['"My photos/balcony.jpg"']);
	t.deepEqual(files('nowhere/'), []);
});

test('a path is completed word by word in a command that takes a file', t => {
	const send = defineCommand({
		name: 'send',
		summary: 'Send a file',
		examples: [],
		parameters: {path: file()},
		run: () => [],
	});
	const found = (line: string) =>
		complete(line, line.length, inConsole, createRegistry([send]))?.candidates.map(({insert}) => insert);
	t.deepEqual(found('/send no'), ['notes.txt']);
	t.deepEqual(found('/send my'), ['"My photos/']);
	t.deepEqual(found('/send "My photos/b'), ['"My photos/balcony.jpg"']);
	t.deepEqual(found('/send ~/let'), ['"~/letter to nurse.txt"']);
});

test('the line above the input tells what the command at the cursor wants', t => {
	const help = (line: string) => helpAt(line.replace('|', ''), line.indexOf('|'), registry);
	t.is(help('hello|'), undefined);
	t.is(help('/|'), undefined);
	t.like(help('/quer|'), {summary: 'Open a chat and go there'});
	t.is(help('/quer|')?.active, undefined);
	t.like(help('/msg |'), {active: 'who', wanted: 'a contact: JID or name; in a room also a nick there'});
	t.like(help('/msg| romeo'), {summary: 'Send a message without leaving this buffer'});
	t.like(help('/msg romeo |'), {active: 'message'});
	t.is(help('/nonsense |'), undefined);
});

test('a half-typed name lists what it may become', t => {
	t.deepEqual(namesAt('/unb', 4, registry), ['unban', 'unbind', 'unblock']);
	t.true(namesAt('/re', 3, registry).includes('resend'));
	t.deepEqual(namesAt('/msg ', 5, registry), []);
});

test('the shared beginning of the candidates is how far Tab can go', t => {
	t.is(sharedBeginning(at('/re|')?.candidates ?? []), 're');
	t.is(sharedBeginning(at('/disc|')?.candidates ?? []), 'disconnect');
	t.is(sharedBeginning([]), '');
});

test('every example in the help is a line that is understood', t => {
	for (const {input} of registry.commands.flatMap(command => command.examples)) {
		const here = parse(input, withRomeo, registry);
		const isForRooms = here.type === 'problem' && here.problem.code === 'not-in-room';
		const result = isForRooms ? parse(input, inGarden, registry) : here;
		// The people and accounts of the examples are not those of this test.
		const understood = [
			'no-such-contact',
			'no-such-occupant',
			'no-such-account',
			'no-such-buffer',
			'nobody-here',
			'ambiguous-contact',
		];
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
	const text = textOf(helpFor('/msg'));
	for (const part of ['/msg <who> [message]', 'Send a message', 'a contact', '/msg romeo@example.org', '/tell']) {
		t.true(text.includes(part), part);
	}
});

const textOf = (lines: readonly HelpLine[] | undefined) => (lines ?? []).map(line => line.text).join('\n');

test('the help on a family has all of it', t => {
	t.is(helpFor('account')?.filter(line => line.text.startsWith('/account')).length, 4);
});

test('there is no help on what is no command, and what may be meant is told', t => {
	t.is(helpFor('qury'), undefined);
	t.is(helpFor('msg nonsense'), undefined);
	t.regex(noHelp('qury')[1]?.text ?? '', /query/);
});

test('the help on a command names its keys and related commands', t => {
	t.regex(textOf(helpFor('links')), /Keys: Alt\+O/);
	t.regex(textOf(helpFor('bind')), /See also: \/keys, \/unbind/);
});

test('examples are of the command that they explain', t => {
	for (const {name, aliases, examples} of registry.commands) {
		for (const {input} of examples) {
			const isOwn = [name, ...aliases].some(each => input === `/${each}` || input.startsWith(`/${each} `));
			t.true(isOwn, `/${name}: ${input}`);
		}
	}
});

test('every command has an example, and what it is related to is there', t => {
	for (const command of registry.commands) {
		t.true(command.examples.length > 0, command.name);
		for (const name of command.related) {
			t.truthy(
				registry.commands.find(each => each.name === name),
				`${command.name}: ${name}`,
			);
		}
	}
});

test('commands are found by any word of their help, those of that name first', t => {
	const names = (...words: readonly string[]) => searchCommands(words).map(({topic}) => topic);
	t.is(names('msg')[0], 'msg');
	t.true(names('server').includes('ping'));
	t.true(names('lunch').includes('away'));
	t.true(names('contact', 'name').includes('rename'));
	t.deepEqual(names('zebra'), []);
});

test('the command of each key in the table is one that is understood', t => {
	for (const {action, command} of defaultBindings) {
		t.is(command === undefined ? 'intents' : parse(command, withRomeo, registry).type, 'intents', action);
	}
});

test('flags and lists show in the usage line', t => {
	const row = registry.commands.find(command => command.name === 'group');
	t.is(row && usage(row), '/group <who> [--none] [groups…]');
});

test('completing never throws, and what it replaces is around the cursor', t => {
	const pieces = [
		'/',
		'//',
		'"',
		' ',
		'\n',
		'msg',
		'rom',
		'--',
		'@al',
		':smi',
		'~/',
		'\u0000',
		'𝒳',
		'\uD800',
		'set keys',
		'bind "',
	];
	const inRoom: CommandContext = {...withRomeo, kind: 'room'};
	let seed = 11;
	const next = (below: number) => {
		seed = (seed * 1103515245 + 12345) % 2147483648;
		return seed % below;
	};
	for (let round = 0; round < 2000; round++) {
		const text = Array.from({length: 6}, () => pieces[next(pieces.length)]).join(round % 2 === 0 ? '' : ' ');
		const cursor = next(text.length + 1);
		for (const context of [inConsole, inRoom]) {
			const found = complete(text, cursor, context, registry);
			t.true(found === undefined || (found.from <= cursor && cursor <= found.to && found.to <= text.length), text);
		}

		t.notThrows(() => helpAt(text, cursor, registry));
		t.notThrows(() => namesAt(text, cursor, registry));
	}
});
