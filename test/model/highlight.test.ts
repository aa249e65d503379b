import test from 'ava';
import {createHighlights} from '../../source/model/highlight.js';

const calls = (words: readonly string[], text: string, names: readonly string[] = []) =>
	createHighlights(() => words)(text, names);

for (const [text, does] of [
	['Juliet: are you there?', true],
	['thou art JULIET!', true],
	['(juliet)', true],
	['julietta is not her', false],
	['bejuliet', false],
	['juliet_2', false],
	['juliet\u0301', false],
	['nobody', false],
] as const) {
	test(`a name calls as a whole word, whatever its case: ${text}`, t => {
		t.is(calls([], text, ['juliet']), does);
	});
}

for (const [word, text, does] of [
	['on fire', 'the kitchen is on\n  fire', true],
	['on fire', 'the kitchen is on a fire', false],
	['C++', 'who knows c++?', true],
	['C++', 'who knows c?', false],
	['a.c', 'abc', false],
	['#42', 'see #42', true],
	['café', 'im cafe\u0301 um acht', true],
	['[x]', 'done: [x]', true],
	['発売', '今日発売です', true],
	['straße', 'DIE STRASSE', false],
	['  ', 'anything', false],
] as const) {
	test(`a word of the person's calls: ${word} in ${JSON.stringify(text)}: ${does}`, t => {
		t.is(calls([word], text), does);
	});
}

test('without a word or a name nothing calls', t => {
	t.false(calls([], 'anything'));
});

test('other words hold as soon as they are there', t => {
	let words: readonly string[] = ['release'];
	const highlights = createHighlights(() => words);
	t.true(highlights('the release is out', []));
	words = ['lunch'];
	t.false(highlights('the release is out', []));
	t.true(highlights('Lunch!', []));
});

// Quadratic work on it would end in the time limit of the tests.
test('a long text that nearly has a phrase in it is read once', t => {
	t.false(calls(['a b', 'a b a b'], `${'a  '.repeat(100_000)}${' '.repeat(1_000_000)}c`));
});
