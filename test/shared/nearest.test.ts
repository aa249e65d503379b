import test from 'ava';
import {editDistance, nearestNames} from '../../source/shared/nearest.js';

for (const [one, other, distance] of [
	['theme', 'theme', 0],
	['thme', 'theme', 1],
	['themes', 'theme', 1],
	['tteme', 'theme', 1],
	['ligth', 'light', 1],
	['abcd', 'badc', 2],
	['', 'abc', 3],
	['kitten', 'sitting', 3],
] as const) {
	test(`from ${one} to ${other} it takes ${distance}`, t => {
		t.is(editDistance(one, other), distance);
		t.is(editDistance(other, one), distance);
	});
}

test('the nearest names come first, then those that have the word in them; others are not named', t => {
	const names = ['away.after', 'away.text', 'theme', 'mouse', 'highlight.words'];
	t.deepEqual(nearestNames('away.afetr', names), ['away.after']);
	t.deepEqual(nearestNames('away', names), ['away.text', 'away.after']);
	t.deepEqual(nearestNames('Words', names), ['highlight.words']);
	t.deepEqual(nearestNames('zzzzz', names), []);
});
