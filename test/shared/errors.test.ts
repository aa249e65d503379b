import test from 'ava';
import {createEmitter} from '../../source/shared/emitter.js';
import {exitCodes, isXmppcError, problemOf, XmppcError} from '../../source/shared/errors.js';

const wrongPassword = {
	code: 'wrong-password',
	kind: 'notPermitted',
	message: 'The server refused the password of juliet@example.org.',
	hint: 'Check it.',
} as const;

test('every kind of failure has an exit status of its own', t => {
	const statuses = Object.values(exitCodes);
	t.is(new Set(statuses).size, statuses.length);
	t.is(new XmppcError(wrongPassword).exitCode, 77);
});

test('an error becomes the plain data it was made from', t => {
	t.deepEqual(problemOf(new XmppcError(wrongPassword)), wrongPassword);
});

test('an error of another bundle is recognised by its fields', t => {
	const foreign = Object.assign(new Error('gone'), {name: 'XmppcError', code: 'gone', kind: 'unavailable'});
	t.true(isXmppcError(foreign));
	t.deepEqual(problemOf(foreign), {code: 'gone', kind: 'unavailable', message: 'gone'});
});

test('anything else thrown is a bug and asks to be reported', t => {
	const problem = problemOf(new TypeError('x is not a function'));
	t.is(problem.kind, 'bug');
	t.regex(problem.hint ?? '', /report/);
	t.is(problemOf('text').message, 'text');
});

test('an emitter tells its listeners in order', t => {
	const emitter = createEmitter<number>();
	const heard: string[] = [];
	emitter.subscribe(value => heard.push(`a${value}`));
	emitter.subscribe(value => heard.push(`b${value}`));
	emitter.emit(1);
	t.deepEqual(heard, ['a1', 'b1']);
});

test('a listener that left hears nothing more, and leaving twice is harmless', t => {
	const emitter = createEmitter<number>();
	const heard: number[] = [];
	const listener = (value: number) => heard.push(value);
	const leave = emitter.subscribe(listener);
	emitter.subscribe(listener);
	leave();
	leave();
	emitter.emit(7);
	t.deepEqual(heard, [7]);
});

test('a listener added while a value is told hears from the next value on', t => {
	const emitter = createEmitter<number>();
	const heard: number[] = [];
	const leave = emitter.subscribe(() => {
		leave();
		emitter.subscribe(value => heard.push(value));
	});
	emitter.emit(1);
	emitter.emit(2);
	t.deepEqual(heard, [2]);
});
