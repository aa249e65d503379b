import {fc, testProp} from '@fast-check/ava';
import test from 'ava';
import {createFrameReader, encodeFrame, type Frame, isFrame} from '../../source/control/frames.js';
import {isActionName, readInput} from '../../source/control/inputs.js';
import {readClientFrame, readServerFrame} from '../../source/control/protocol.js';
import type {ActionName} from '../../source/model/actions.js';

function reading(longest = 1000) {
	const frames: Frame[] = [];
	const faults: string[] = [];
	const reader = createFrameReader({
		longest,
		onFrame: frame => frames.push(frame),
		onFault: reason => faults.push(reason),
	});
	return {reader, frames, faults};
}

/** Cuts bytes at these places, in whatever order they are given. */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
	const inside = places.map(place => place % (bytes.length + 1)).sort((one, other) => one - other);
	return [0, ...inside].map((start, index) => bytes.subarray(start, inside[index] ?? bytes.length));
}

const jsonObject = fc.dictionary(fc.string(), fc.jsonValue());

testProp(
	'what was encoded is read again, wherever the bytes are cut',
	[fc.array(jsonObject), fc.array(fc.nat())],
	(t, objects, places) => {
		const {reader, frames, faults} = reading(1_000_000);
		for (const chunk of cut(Buffer.concat(objects.map(encodeFrame)), places)) {
			reader.push(chunk);
		}

		t.deepEqual(faults, []);
		t.deepEqual(JSON.stringify(frames), JSON.stringify(objects.map(object => JSON.parse(JSON.stringify(object)))));
	},
);

testProp(
	'whatever bytes come, nothing is thrown, and after the first fault nothing is read',
	[fc.array(fc.uint8Array({maxLength: 200}))],
	(t, chunks) => {
		const {reader, frames, faults} = reading(100);
		for (const chunk of chunks) {
			const before = frames.length;
			const wasDeaf = faults.length > 0;
			reader.push(Buffer.from(chunk));
			t.true(!wasDeaf || frames.length === before);
		}

		t.true(faults.length <= 1);
		t.true(frames.every(isFrame));
	},
);

testProp(
	'whatever object comes, both sides read a frame or nothing',
	[
		fc.oneof(
			jsonObject,
			fc.record(
				{
					id: fc.jsonValue(),
					action: fc.jsonValue(),
					hello: fc.oneof(fc.jsonValue(), fc.record({version: fc.jsonValue(), events: fc.jsonValue()})),
					seq: fc.jsonValue(),
					event: fc.jsonValue(),
					bye: fc.jsonValue(),
					error: fc.jsonValue(),
				},
				{requiredKeys: []},
			),
		),
	],
	(t, frame) => {
		t.notThrows(() => [readClientFrame(frame), readServerFrame(frame)]);
	},
);

const actionNames: readonly ActionName[] = ['addAccount', 'testAccount', 'sendMessage', 'saveView', 'loadHistory'];

testProp(
	'whatever a verb is given, it is the input of that verb or nothing',
	[fc.constantFrom(...actionNames), fc.jsonValue()],
	(t, name, input) => {
		t.notThrows(() => readInput(name, input));
	},
);

test('a line may be as long as the limit and no longer', t => {
	const {reader, frames, faults} = reading(10);
	reader.push(Buffer.from('{"a":1234}\n'));
	t.deepEqual(frames, [{a: 1234}]);
	reader.push(Buffer.from('{"a":12345'));
	t.deepEqual(faults, []);
	reader.push(Buffer.from('}\n{}\n'));
	t.is(faults.length, 1);
	t.is(frames.length, 1);
});

test('a list, a word, half a character and no JSON at all are no frames', t => {
	for (const line of ['[]', '1', 'null', '"hello"', '', '{', '{"a":1} {"b":2}']) {
		const {reader, faults} = reading();
		reader.push(Buffer.from(`${line}\n`));
		t.is(faults.length, 1, line);
	}

	const {reader, faults} = reading();
	reader.push(Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xc3]), Buffer.from('"}\n')]));
	t.is(faults.length, 1);
});

test('a fault does not repeat what was in the line', t => {
	const {reader, faults} = reading();
	reader.push(Buffer.from('{"password":"wherefore" art thou}\n'));
	t.false(faults.join().includes('wherefore'));
});

test('addresses are normalised on the way in', t => {
	t.deepEqual(readInput('sendMessage', {account: 'Juliet@Example.ORG', to: 'romeo@example.net/Orchard', body: ''}), {
		account: 'juliet@example.org',
		to: 'romeo@example.net/Orchard',
		body: '',
	});
});

test('what a verb does not know is left out, and what it needs may not be missing', t => {
	const given = {account: 'juliet@example.org', jid: 'romeo@example.net', name: 'R', colour: 'red'};
	const {colour, ...known} = given;
	t.is(colour, 'red');
	t.deepEqual(readInput('addContact', given), known as never);
	const wrong: ReadonlyArray<readonly [ActionName, unknown]> = [
		['addContact', {account: 'juliet@example.org'}],
		['addContact', {...known, groups: ['friends', 1]}],
		['addContact', {...known, name: null}],
		['connect', {account: 'juliet@example.org/balcony'}],
		['connect', {account: 'not an address@'}],
		['connect', undefined],
		['connect', []],
		['snapshot', null],
		['setPresence', {availability: 'here', statusText: ''}],
		['loadHistory', {buffer: 'x', limit: 0}],
		['loadHistory', {buffer: 'x', limit: 1e9}],
		['loadHistory', {buffer: 'x', limit: 10, before: -1}],
		['markRead', {buffer: 'x', upTo: 1.5}],
		['saveView', {drafts: {x: 1}}],
		['testAccount', {}],
		['testAccount', {candidate: {jid: 'juliet@example.org', port: 0}}],
	];
	for (const [name, input] of wrong) {
		t.is(readInput(name, input), undefined, `${name} ${JSON.stringify(input)}`);
	}
});

test('names of the language are neither verbs nor members', t => {
	for (const name of ['constructor', 'toString', '__proto__', 'hasOwnProperty', '']) {
		t.false(isActionName(name));
	}

	const {reader, frames} = reading();
	reader.push(Buffer.from('{"account":"juliet@example.org","jid":"a@b","__proto__":{"name":"x"}}\n'));
	t.deepEqual(readInput('addContact', frames[0]), {account: 'juliet@example.org', jid: 'a@b'} as never);
	reader.push(Buffer.from('{"drafts":{"__proto__":"text"}}\n'));
	const view = readInput('saveView', frames[1]);
	t.deepEqual(Object.keys(view?.drafts ?? {}), ['__proto__']);
});
