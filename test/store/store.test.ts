import test from 'ava';
import {createStore} from '../../source/store/store.js';

function counter() {
	const flushes: Array<() => void> = [];
	const store = createStore<number, number>(
		(state, event) => state + event,
		0,
		flush => flushes.push(flush),
	);
	return {store, flushes};
}

test('an event is reduced at once', t => {
	const {store} = counter();
	store.dispatch(2);
	t.is(store.get(), 2);
});

test('listeners are told once for many events', t => {
	const {store, flushes} = counter();
	let told = 0;
	store.subscribe(() => told++);
	store.dispatch(1);
	store.dispatch(1);
	t.is(told, 0);
	t.is(flushes.length, 1);
	flushes[0]?.();
	t.is(told, 1);
	store.dispatch(1);
	t.is(flushes.length, 2);
});

test('an unchanged state asks for no flush and tells nobody', t => {
	const {store, flushes} = counter();
	store.subscribe(() => t.fail());
	store.dispatch(0);
	t.is(flushes.length, 0);
});

test('a state that came back to what was told tells nobody', t => {
	const {store, flushes} = counter();
	store.subscribe(() => t.fail());
	store.dispatch(1);
	store.dispatch(-1);
	flushes[0]?.();
	t.pass();
});

test('who left is not told, and may leave twice', t => {
	const {store, flushes} = counter();
	const leave = store.subscribe(() => t.fail());
	leave();
	leave();
	store.dispatch(1);
	flushes[0]?.();
	t.pass();
});
