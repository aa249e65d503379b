import test from 'ava';
import fc from 'fast-check';
import {expandAlias} from '../../source/commands/aliases.js';
import {complete} from '../../source/commands/complete.js';
import type {CommandContext} from '../../source/commands/context.js';
import {registry} from '../../source/commands/definitions/index.js';
import {parse} from '../../source/commands/parse.js';
import {defaultPreferences} from '../../source/model/settings.js';
import {inConsole, romeo, source, withRomeo} from './support.js';

const own = {
	hi: '/msg $1 Hello!',
	tell: '/msg $1 [note] $*',
	brb: '/away back in $1 minutes',
	shrug: 'No idea',
	cost: 'That is $$$1',
	greet: '/hi $1',
	w: '/msg romeo@example.org',
	swap: '/msg $2 $1',
	one: '/two',
	two: '/three $*',
	three: '/one $*',
};

const context = (aliases: Readonly<Record<string, string>> = own, base = withRomeo): CommandContext => ({
	...base,
	source: {...source, preferences: () => ({...defaultPreferences, aliases})},
});

const expanded = (line: string) => {
	const expansion = expandAlias(line, own);
	return expansion?.ok === true ? expansion.text : expansion;
};

for (const [line, text] of [
	['/hi romeo', '/msg romeo Hello!'],
	['/HI "Big Ben"', '/msg "Big Ben" Hello!'],
	['/tell romeo it is  late', '/msg romeo [note] it is  late'],
	['/tell romeo', '/msg romeo [note]'],
	['/brb ten', '/away back in ten minutes'],
	['/shrug', 'No idea'],
	['/shrug at all', 'No idea at all'],
	['/cost 5', 'That is $5'],
	['/greet nurse', '/msg nurse Hello!'],
	['/w come  here ', '/msg romeo@example.org come  here'],
	['/swap hello romeo', '/msg romeo hello'],
	['/cost $1', 'That is $$1'],
] as const) {
	test(`an alias is replaced by what it stands for: ${line}`, t => {
		t.is(expanded(line), text);
	});
}

for (const line of ['hi romeo', '//hi romeo', ' /hi romeo', '/me waves', '/him', '/ hi']) {
	test(`what begins with no alias stays as it is: ${line}`, t => {
		t.is(expanded(line), undefined);
	});
}

test('what an alias stands for is obeyed', t => {
	t.like(parse('/hi romeo', context(), registry), {
		intents: [{action: 'sendMessage', input: {to: romeo, body: 'Hello!'}}],
	});
	t.like(parse('/shrug', context(), registry), {
		intents: [{action: 'sendMessage', input: {to: romeo, body: 'No idea'}}],
	});
});

for (const [line, wrong, says] of [
	['/hi', '', '/hi needs a word: it stands for /msg $1 Hello!'],
	['/swap hello', '', '/swap needs 2 words'],
	['/hi romeo twice', 'twice', '/hi has no use for “twice”'],
	['/hi nobody', 'nobody', 'nobody'],
	['/greet nobody', 'nobody', 'nobody'],
	['/greet romeo twice', 'twice', 'has no use for “twice”'],
	['/one x', '/one', 'These aliases lead in a circle: /one → /two → /three → /one.'],
	['/bad x', '/bad', 'There is no command /nonsense'],
	['/bare x', '/bare', 'There is no command /nonsense'],
] as const) {
	test(`what is wrong is shown in what was typed: ${line}`, t => {
		const parsed = parse(line, context({...own, bad: '/nonsense $1', bare: '/nonsense'}), registry);
		t.is(parsed.type, 'problem');
		if (parsed.type === 'problem') {
			t.is(line.slice(parsed.problem.from, parsed.problem.to), wrong);
			t.true(parsed.problem.message.includes(says), parsed.problem.message);
		}
	});
}

test('an alias goes before a built-in command, and gives way to none that merely begins so', t => {
	t.like(parse('/help me', context({help: 'HELP $*'}), registry), {intents: [{input: {body: 'HELP me'}}]});
	t.like(parse('/hel', context({h: '/quit', help2: '/quit'}), registry), {intents: [{view: {type: 'help'}}]});
	t.like(parse('/account add', context({account: 'my account'}), registry), {
		intents: [{input: {body: 'my account add'}}],
	});
});

test('whatever is typed, every piece of an expansion is where the typed text says', t => {
	fc.assert(
		fc.property(
			fc.constantFrom(...Object.keys(own)),
			fc.string({unit: fc.constantFrom(...'ab "$*1')}),
			(name, rest) => {
				const line = `/${name} ${rest}`;
				const expansion = expandAlias(line, own);
				if (expansion?.ok === true) {
					for (const {from, to, typed} of expansion.pieces) {
						t.is(expansion.text.slice(from, to), line.slice(typed.from, typed.to));
					}
				} else if (expansion?.ok === false) {
					t.true(expansion.from >= 0 && expansion.to <= line.length && expansion.from <= expansion.to);
				}
			},
		),
	);
});

const made = (line: string) => {
	const parsed = parse(line, context(), registry);
	return parsed.type === 'intents' && parsed.intents[0]?.type === 'client' ? parsed.intents[0].input : parsed;
};

test('/alias makes one, with or without an equals sign; /unalias forgets it', t => {
	t.deepEqual(made('/alias ciao = /quit'), {name: 'aliases', value: {...own, ciao: '/quit'}});
	t.deepEqual(made('/alias /Ciao /quit'), {name: 'aliases', value: {...own, ciao: '/quit'}});
	t.deepEqual(made('/alias eq == x'), {name: 'aliases', value: {...own, eq: '= x'}});
	const {hi: _, ...others} = own;
	t.deepEqual(made('/unalias hi'), {name: 'aliases', value: others});
	t.like(parse('/alias', context(), registry), {intents: [{view: {type: 'aliases'}}]});
	t.like(parse('/alias hi', context(), registry), {intents: [{view: {type: 'aliases', name: 'hi'}}]});
});

for (const [line, wrong, says] of [
	['/alias Ä = /quit', 'Ä', 'cannot be the name of a command'],
	['/alias me = /quit', 'me', 'cannot be the name of a command'],
	['/alias gone', 'gone', 'There is no alias /gone'],
	['/alias hi =', 'hi', 'What /hi stands for is missing'],
	['/alias loop = /loop', '= /loop', '/loop → /loop'],
	['/alias three = /one', '= /one', '/three → /one → /two → /three'],
	['/unalias gone', 'gone', 'There is no alias /gone'],
] as const) {
	test(`an alias that cannot be is refused: ${line}`, t => {
		const parsed = parse(line, context(), registry);
		t.is(parsed.type, 'problem');
		if (parsed.type === 'problem') {
			t.is(line.slice(parsed.problem.from, parsed.problem.to), wrong);
			t.true(parsed.problem.message.includes(says), parsed.problem.message);
		}
	});
}

const offered = (line: string) => {
	const found = complete(line, line.length, context(own, inConsole), registry);
	return found && {from: found.from, inserts: found.candidates.map(({insert}) => insert)};
};

test('names of aliases are completed among the commands', t => {
	t.deepEqual(offered('/gre'), {from: 1, inserts: ['greet']});
	t.true(offered('/h')?.inserts.includes('hi'));
	t.true(offered('/h')?.inserts.includes('help'));
});

test('what follows an alias is completed as where it goes', t => {
	const direct = offered('/msg rom');
	t.deepEqual(offered('/hi rom'), {from: 4, inserts: direct?.inserts ?? []});
	t.deepEqual(offered('/greet rom'), {from: 7, inserts: direct?.inserts ?? []});
	t.deepEqual(offered('/swap Hi rom'), {from: 9, inserts: direct?.inserts ?? []});
	t.deepEqual(offered('/hi romeo rom')?.inserts, []);
	t.deepEqual(offered('/one rom')?.inserts, []);
	t.true((direct?.inserts.length ?? 0) > 0);
});
