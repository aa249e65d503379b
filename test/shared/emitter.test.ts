import test from 'ava';
import {createEmitter} from '../../source/shared/emitter.js';

test('what a listener emits is told when all have heard what it heard', t => {
	const {subscribe, emit} = createEmitter<string>();
	const heard: string[] = [];
	subscribe(value => {
		if (value === 'opened') {
			emit('changed');
		}
	});
	subscribe(value => heard.push(value));
	emit('opened');
	t.deepEqual(heard, ['opened', 'changed']);
	emit('closed');
	t.deepEqual(heard, ['opened', 'changed', 'closed']);
});

test('the exception of a listener reaches who emitted, and what others emitted meanwhile is told', t => {
	const {subscribe, emit} = createEmitter<string>();
	const heard: string[] = [];
	subscribe(value => {
		heard.push(value);
		if (value === 'opened') {
			emit('changed');
			throw new Error('defect');
		}
	});
	t.throws(() => emit('opened'), {message: 'defect'});
	t.deepEqual(heard, ['opened', 'changed']);
	emit('closed');
	t.deepEqual(heard.at(-1), 'closed');
});

test('a listener added meanwhile is told from the next value on', t => {
	const {subscribe, emit} = createEmitter<number>();
	const heard: number[] = [];
	const dispose = subscribe(() => {
		dispose();
		subscribe(value => heard.push(value));
	});
	emit(1);
	emit(2);
	t.deepEqual(heard, [2]);
});
