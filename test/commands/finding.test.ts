import test from 'ava';
import {complete} from '../../source/commands/complete.js';
import {registry} from '../../source/commands/definitions/index.js';
import {parse} from '../../source/commands/parse.js';
import {consoleBuffer} from '../../source/model/buffer.js';
import {withRomeo} from './support.js';

const offers = (text: string) => {
	const found = complete(text, text.length, withRomeo, registry);
	return {from: found?.from, inserts: found?.candidates.map(({insert}) => insert) ?? []};
};
const view = (text: string) => {
	const parsed = parse(text, withRomeo, registry);
	const [intent] = parsed.type === 'intents' ? parsed.intents : [];
	return intent?.type === 'view' ? intent.view : parsed;
};

test('searches and jumps are read from a line', t => {
	t.deepEqual(view('/search'), {type: 'search'});
	t.deepEqual(view('/search "two words" from:me'), {type: 'search', query: '"two words" from:me'});
	t.deepEqual(view('/find rose'), {type: 'find', query: 'rose'});
	t.deepEqual(view('/goto monday 14:00'), {type: 'goTo', when: 'monday 14:00'});
	t.deepEqual(view('/goto back'), {type: 'goTo', when: 'back'});
	t.deepEqual(view('/return'), {type: 'goBack'});
	t.deepEqual(view('/highlight previous'), {type: 'toHighlight', direction: 'previous'});
});

test('the word of a search that is wrong is pointed at', t => {
	const wrong = (text: string) => {
		const parsed = parse(text, withRomeo, registry);
		return parsed.type === 'problem' ? text.slice(parsed.problem.from, parsed.problem.to) : undefined;
	};
	t.is(wrong('/search sun before:teatime moon'), 'before:teatime');
	t.is(wrong('/find has:cheese'), 'has:cheese');
	t.is(wrong('/goto teatime'), 'teatime');
});

test('filters are completed, and what can stand behind them', t => {
	t.true(offers('/search sun ').inserts.includes('before:'));
	t.deepEqual(offers('/search sun be').inserts, ['before:']);
	t.deepEqual(offers('/search -fr').inserts, ['-from:']);
	t.deepEqual(offers('/search has:i').inserts, ['has:image']);
	t.true(offers('/search from:').inserts.includes('from:me'));
	t.true(offers('/search from:ro').inserts.some(insert => insert.startsWith('from:romeo@')));
	t.true(offers('/search on:y').inserts.includes('on:yesterday'));
	t.true(offers('/goto y').inserts.includes('yesterday'));
	t.is(offers('/search sun has:i').from, '/search sun '.length);
});

test('an export is of the conversation in view, in the form that is asked for or that the name promises', t => {
	const {buffer} = withRomeo;
	t.deepEqual(view('/export ~/romeo.txt'), {type: 'exportHistory', buffer, format: 'text', path: '~/romeo.txt'});
	t.like(view('/export "my romeo.html"'), {format: 'html', path: 'my romeo.html'});
	t.like(view('/export --format json romeo.md'), {format: 'json', path: 'romeo.md'});
	const wrong = (text: string, context = withRomeo) => {
		const parsed = parse(text, context, registry);
		return parsed.type === 'problem' ? parsed.problem.code : undefined;
	};
	t.is(wrong('/export'), 'missing-word');
	t.is(wrong('/export --format pdf romeo'), 'unknown-choice');
	t.is(wrong('/export romeo.txt', {...withRomeo, buffer: consoleBuffer, kind: 'console'}), 'not-a-conversation');
});
