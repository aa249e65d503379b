import test from 'ava';
import {createJournal} from '../../source/client/journal.js';
import type {Event} from '../../source/model/events.js';
import {incoming, juliet, temporaryStorage, withRomeo} from '../storage/temporary-profile.js';

const cleared: Event = {type: 'presence.cleared', account: juliet};

test('what is told in a commit is heard after it, in order', async t => {
	const storage = await temporaryStorage(t);
	const heard: string[] = [];
	const journal = createJournal(storage, ({type}) => heard.push(type));
	const result = journal.commit(() => {
		journal.emit(cleared);
		journal.afterwards(() => heard.push('effect'));
		journal.commit(() => journal.emit({type: 'buffer.closed', buffer: withRomeo}));
		storage.messages.insert(incoming());
		return heard.length;
	});
	t.is(result, 0);
	t.deepEqual(heard, ['presence.cleared', 'effect', 'buffer.closed']);
});

test('without a commit everything is told at once', async t => {
	const heard: string[] = [];
	const journal = createJournal(await temporaryStorage(t), ({type}) => heard.push(type));
	journal.emit(cleared);
	journal.afterwards(() => heard.push('effect'));
	t.deepEqual(heard, ['presence.cleared', 'effect']);
});

test('what was rolled back is never told', async t => {
	const storage = await temporaryStorage(t);
	const heard: string[] = [];
	const journal = createJournal(storage, ({type}) => heard.push(type));
	const fail = () => {
		storage.messages.insert(incoming());
		journal.emit(cleared);
		throw new Error('no');
	};
	t.throws(() => journal.commit(fail));
	t.deepEqual(heard, []);
	journal.commit(() => {
		journal.emit({type: 'buffer.closed', buffer: withRomeo});
		t.throws(() => journal.commit(fail));
	});
	t.deepEqual(heard, ['buffer.closed']);
	t.deepEqual(storage.messages.page(withRomeo, {limit: 10}), []);
});

test('a listener that fails keeps no later effect from happening, and is heard of', async t => {
	const heard: string[] = [];
	const journal = createJournal(await temporaryStorage(t), () => {
		throw new Error('mine');
	});
	t.throws(
		() =>
			journal.commit(() => {
				journal.emit(cleared);
				journal.afterwards(() => heard.push('written'));
			}),
		{message: 'mine'},
	);
	t.deepEqual(heard, ['written']);
});

test('an effect with a key runs once a commit, and may commit itself', async t => {
	const storage = await temporaryStorage(t);
	const journal = createJournal(storage, () => {});
	let runs = 0;
	const effect = () => {
		journal.commit(() => {
			runs++;
		});
	};
	journal.commit(() => {
		journal.afterwards(effect, 'key');
		journal.afterwards(effect, 'key');
	});
	journal.commit(() => journal.afterwards(effect, 'key'));
	t.is(runs, 2);
});
