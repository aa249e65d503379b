import test from 'ava';
import {complete} from '../../source/commands/complete.js';
import type {CommandContext} from '../../source/commands/context.js';
import {registry} from '../../source/commands/definitions/index.js';
import {parse} from '../../source/commands/parse.js';
import {bufferId, consoleBuffer, xmlBuffer} from '../../source/model/buffer.js';
import {inConsole, me, romeo, withRomeo} from './support.js';

const inserts = (line: string, context: CommandContext = withRomeo) =>
	complete(line, line.length, context, registry)?.candidates.map(candidate => candidate.insert);
const intents = (line: string, context: CommandContext = withRomeo) => {
	const parsed = parse(line, context, registry);
	return parsed.type === 'intents' ? parsed.intents : parsed;
};
const chat = bufferId(me, 'chat', romeo);

test('a buffer is pinned, muted and given a rule, this one or the one that is named', t => {
	const arranged = (change: object, buffer = chat) => [
		{type: 'client', action: 'arrangeBuffer', input: {buffer, ...change}},
	];
	t.deepEqual(intents('/pin'), arranged({pinned: true}));
	t.deepEqual(intents('/unpin 2', inConsole), arranged({pinned: false}));
	t.deepEqual(intents('/mute romeo', inConsole), arranged({muted: true}));
	t.deepEqual(intents('/unmute'), arranged({muted: false}));
	t.deepEqual(intents('/notify mentions'), arranged({notify: 'mentions'}));
	t.deepEqual(intents('/notify no 2', inConsole), arranged({notify: 'none'}));
	t.deepEqual(intents('/markers off'), arranged({markers: 'off'}));
	t.deepEqual(intents('/markers default 2', inConsole), arranged({markers: 'default'}));
});

test('the console cannot be arranged, and a wrong rule is named', t => {
	t.like(intents('/mute', inConsole), {type: 'problem', problem: {code: 'not-in-console'}});
	const inStanzas: CommandContext = {...inConsole, buffer: xmlBuffer, kind: 'xml'};
	t.like(intents('/pin', inStanzas), {
		problem: {code: 'not-in-console', message: 'The view of stanzas stays as it is.'},
	});
	t.like(intents('/notify sometimes'), {type: 'problem', problem: {code: 'unknown-choice', from: 8, to: 17}});
	t.like(intents('/pin nobody'), {type: 'problem', problem: {code: 'no-such-buffer'}});
});

test('rules, and the buffers they are for, are completed', t => {
	t.deepEqual(inserts('/notify m'), ['mentions']);
	t.deepEqual(inserts('/notify all Ro'), ['"Romeo Montague"']);
	t.true(inserts('/mute ')?.includes('console'));
});

test('a view is split with a buffer, or what is done with it is named', t => {
	const split = (more: object) => [{type: 'view', view: {type: 'splitView', ...more}}];
	t.deepEqual(intents('/split'), split({how: 'toggle'}));
	t.deepEqual(intents('/split 1'), split({how: 'open', buffer: consoleBuffer}));
	t.deepEqual(intents('/split romeo', inConsole), split({how: 'open', buffer: chat}));
	for (const how of ['off', 'swap', 'other']) {
		t.deepEqual(intents(`/split ${how}`), split({how}));
	}

	t.deepEqual(inserts('/split o'), ['off', 'other']);
	t.deepEqual(inserts('/split c'), ['console']);
});

test('participants are shown, hidden and gone through', t => {
	t.deepEqual(intents('/participants'), [{type: 'view', view: {type: 'toggleParticipants'}}]);
	t.deepEqual(intents('/nicklist down'), [{type: 'view', view: {type: 'scrollParticipants', direction: 'down'}}]);
	t.deepEqual(inserts('/participants '), ['down', 'up']);
});

test('a filter of stanzas names one of each kind', t => {
	const filter = (more: object) => [{type: 'view', view: {type: 'filterXml', filter: more}}];
	t.deepEqual(
		intents('/xml filter message from:romeo contains two words'),
		filter({name: 'message', from: 'romeo', contains: 'two words'}),
	);
	t.deepEqual(intents('/xml filter to:Nurse contains:x'), filter({to: 'Nurse', contains: 'x'}));
	t.like(intents('/xml filter iq message'), {type: 'problem', problem: {code: 'filter-given-twice'}});
	t.like(intents('/xml filter from:a from:b'), {type: 'problem', problem: {code: 'filter-given-twice'}});
	t.like(intents('/xml filter from:'), {type: 'problem', problem: {code: 'unknown-choice'}});
	t.like(intents('/xml filter name=message'), {type: 'problem', problem: {code: 'unknown-choice'}});
});
