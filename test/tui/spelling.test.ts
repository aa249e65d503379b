import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import test, {type ExecutionContext} from 'ava';
import {defaultPreferences} from '../../source/model/settings.js';
import type {BareJid} from '../../source/shared/jid.js';
import {reduce} from '../../source/store/reduce.js';
import type {State, StoreEvent} from '../../source/store/state.js';
import {createStore} from '../../source/store/store.js';
import {
	createOpenSpeller,
	type OpenedSpeller,
	type OpenSpeller,
	type SpellProgram,
	systemLanguage,
} from '../../source/tui/composer/speller.js';
import {misspeltIn, suggestionsAt, wordsIn} from '../../source/tui/composer/words.js';
import {spellInLines} from '../../source/tui/plain/line-spelling.js';
import {account, buffer, contact, romeo, stateAfter, withRomeo} from './support.js';
import {createTypist, press} from './typist.js';

const words = (text: string) => wordsIn(text).map(({word}) => word);

test('the words of a message are found where they stand', t => {
	t.deepEqual(wordsIn('So, naïve “don’t”!'), [
		{word: 'So', from: 0, to: 2},
		{word: 'naïve', from: 4, to: 9},
		{word: 'don’t', from: 11, to: 16},
	]);
	t.deepEqual(words('*bold* _emphasis_ (well) one-two'), ['bold', 'emphasis', 'well', 'one', 'two']);
});

test('addresses, paths, numbers, names in programs and abbreviations are not words', t => {
	t.deepEqual(
		words(
			'see https://example.org/teh or romeo@example.net, example.org, /etc/hosts, ab12, a_b, fooBar, XMPP e.g. :smile: #room x',
		),
		['see', 'or'],
	);
	t.deepEqual(words('日本語 ไทย'), []);
});

test('code and quotations are not checked', t => {
	t.deepEqual(words('say `cnost teh` now'), ['say', 'now']);
	t.deepEqual(words('> teh quote\nmine\n```\nteh code\n```'), ['mine']);
});

test('the word that is being typed is not marked yet, but has suggestions', t => {
	const misspelt = new Map([['teh', ['the', 'tea']]]);
	t.deepEqual(misspeltIn('teh', 3, misspelt), []);
	t.deepEqual(misspeltIn('teh ', 4, misspelt), [{word: 'teh', from: 0, to: 3}]);
	t.like(suggestionsAt('a teh', 5, misspelt), {from: 2, to: 5, suggestions: ['the', 'tea']});
	t.like(suggestionsAt('a teh', 3, misspelt), {from: 2, to: 5});
	t.is(suggestionsAt('a teh b', 7, misspelt), undefined);
});

test('the language is that of the environment', t => {
	t.is(systemLanguage({LANG: 'de_DE.UTF-8'}), 'de_DE');
	t.is(systemLanguage({LC_ALL: 'fr_FR@euro', LANG: 'de_DE.UTF-8'}), 'fr_FR');
	t.is(systemLanguage({LANG: 'C.UTF-8'}), 'en_US');
	t.is(systemLanguage({}), 'en_US');
});

/** A program that speaks the pipe mode: knows all words but those that begin with `w`, and ends at `die`. */
function fakeProgram(t: ExecutionContext, refuses = false): SpellProgram {
	const folder = mkdtempSync(path.join(tmpdir(), 'xmppc-test-'));
	t.teardown(() => rmSync(folder, {recursive: true}));
	const script = path.join(folder, 'speller.mjs');
	writeFileSync(
		script,
		`import readline from 'node:readline';
		if (${refuses}) process.exit(1);
		process.stdout.write('@(#) International Ispell Version 3.2.06 (but really a test)\\n');
		const learned = new Set();
		readline.createInterface({input: process.stdin}).on('line', line => {
			if (line.startsWith('*')) learned.add(line.slice(1));
			if (!line.startsWith('^')) return;
			const word = line.slice(1);
			if (word === 'die') process.exit(0);
			const answer = learned.has(word) || !word.startsWith('w') ? '*' : word === 'wqx' ? '# wqx 1' : '& ' + word + ' 2 1: r' + word + ', t wo';
			process.stdout.write(answer + '\\n\\n');
		});`,
	);
	return {program: process.execPath, arguments: language => [script, language]};
}

function speller(t: ExecutionContext, opened: OpenedSpeller) {
	if (opened.type !== 'speller') {
		throw new Error('no speller');
	}

	t.teardown(opened.speller.close);
	return opened.speller;
}

test('a program in pipe mode is asked, word for word', async t => {
	const asked = speller(t, await createOpenSpeller({LANG: 'de_DE'}, [fakeProgram(t)])('auto'));
	t.is(asked.language, 'de_DE');
	t.deepEqual(await asked.check(['good', 'wong', 'wqx', 'fine']), [undefined, ['rwong', 't wo'], [], undefined]);
	asked.learn('wong');
	t.deepEqual(await asked.check(['wong']), [undefined]);
});

test('when the program ends, nothing is wrong any more and nobody waits', async t => {
	const asked = speller(t, await createOpenSpeller({}, [fakeProgram(t)])('en_US'));
	t.true(asked.isOpen());
	t.deepEqual(await asked.check(['die', 'wong']), [undefined, undefined]);
	t.false(asked.isOpen());
	t.deepEqual(await asked.check(['wong']), [undefined]);
});

test('the first program that has the language is taken', async t => {
	const missing: SpellProgram = {program: 'no-such-speller-anywhere', arguments: () => []};
	const refusing = fakeProgram(t, true);
	t.deepEqual(await createOpenSpeller({}, [missing])('xx'), {type: 'none', language: 'xx', installed: []});
	t.deepEqual(await createOpenSpeller({}, [missing, refusing])('xx'), {
		type: 'none',
		language: 'xx',
		installed: [process.execPath],
	});
	t.is(speller(t, await createOpenSpeller({}, [missing, refusing, fakeProgram(t)])('xx')).language, 'xx');
});

test('hunspell finds what is wrong and knows what is right', async t => {
	const asked = speller(t, await createOpenSpeller({})('en_US'));
	t.is(asked.program, 'hunspell');
	const [teh, hello, dont, quoted] = await asked.check(['teh', 'hello', 'don’t', 'worng']);
	t.true(teh?.includes('the'));
	t.is(hello, undefined);
	t.is(dont, undefined);
	t.true(quoted?.includes('wrong'));
	const none = await createOpenSpeller({})('xx_YY');
	t.true(none.type === 'none' && none.installed.includes('hunspell'));
});

const people = {
	accounts: [account()],
	contacts: [contact(romeo, {name: 'Wolfram Wong'}), contact('wu@example.org' as BareJid)],
	buffers: [buffer(romeo)],
	active: withRomeo,
};

/** A person at the app with a speller to whom every word with a `w` is wrong. */
async function writing(language?: string) {
	const opened: string[] = [];
	const asked: string[] = [];
	let closed = 0;
	const typist = await createTypist(people, undefined, undefined, undefined, {
		async openSpeller(wanted) {
			opened.push(wanted);
			return language === 'none'
				? {type: 'none', language: 'de_DE', installed: []}
				: {
						type: 'speller',
						speller: {
							program: 'hunspell',
							language: wanted,
							async check(words) {
								asked.push(...words);
								return words.map(each => (each.includes('w') ? [each.replace('w', 'v'), 'else'] : undefined));
							},
							learn: each => asked.push(`learn ${each}`),
							isOpen: () => language !== 'dying',
							close: () => {
								closed++;
							},
						},
					};
		},
	});
	return {typist, opened, asked, closed: () => closed};
}

test('what is typed is checked after a quiet moment, each word once, names never', async t => {
	const {typist, opened, asked} = await writing();
	t.deepEqual(opened, []);
	await typist.type('hello wolfram wrold ');
	typist.clock.advance(400);
	await typist.settle();
	t.deepEqual(opened, ['auto']);
	t.deepEqual(asked, ['hello', 'wrold']);
	t.deepEqual([...typist.app.view().misspelt], [['wrold', ['vrold', 'else']]]);
	await typist.type('wrold again ');
	typist.clock.advance(400);
	await typist.settle();
	t.deepEqual(asked, ['hello', 'wrold', 'again']);
});

test('whoever leaves while the checker starts is not held up by it', async t => {
	const started: Array<(opened: OpenedSpeller) => void> = [];
	const typist = await createTypist(people, undefined, undefined, undefined, {
		openSpeller: () => new Promise(resolve => started.push(resolve)),
	});
	await typist.type('a wrold ');
	typist.clock.advance(400);
	await typist.settle();
	let closed = 0;
	typist.app.close();
	started[0]?.({
		type: 'speller',
		speller: {
			program: 'hunspell',
			language: 'en',
			check: () => Promise.reject(new Error('asked after the end')),
			learn() {},
			isOpen: () => true,
			close: () => {
				closed++;
			},
		},
	});
	await typist.settle();
	t.is(closed, 1);
});

test('Tab on a marked word offers others, and choosing one replaces it', async t => {
	const {typist} = await writing();
	await typist.type('a wrold');
	typist.clock.advance(400);
	await typist.settle();
	await typist.type(press.tab);
	t.regex(typist.popup() ?? '', /vrold\s+else/);
	await typist.type(press.tab);
	t.is(typist.input(), 'a vrold');
	await typist.type(` then${press.control('_')}${press.control('_')}`);
	t.is(typist.input(), 'a wrold');
});

test('commands are not checked', async t => {
	const {typist, opened} = await writing();
	await typist.type('/help wrold');
	typist.clock.advance(400);
	await typist.settle();
	t.deepEqual(opened, []);
});

const preferring = (typist: Awaited<ReturnType<typeof writing>>['typist'], spell: string) =>
	typist.backend.emit({
		type: 'preferences.changed',
		preferences: {...typist.app.state().preferences, 'composer.spell': spell},
	});

test('the setting names the language, and off turns it off', async t => {
	const {typist, opened, closed} = await writing();
	preferring(typist, 'en_GB');
	await typist.type('wrold ');
	typist.clock.advance(400);
	await typist.settle();
	t.deepEqual(opened, ['en_GB']);
	preferring(typist, 'off');
	await typist.type('wnother ');
	typist.clock.advance(400);
	await typist.settle();
	t.is(closed(), 1);
	t.is(typist.app.view().misspelt.size, 0);
	await typist.type(`${press.control('c')}/spell${press.enter}`);
	t.regex(typist.screen(), /Spelling is not checked\./);
});

test('another language is asked about what stands there already, and off takes the marks away', async t => {
	const {typist, opened, asked} = await writing();
	const quiet = async () => {
		typist.clock.advance(400);
		await typist.settle();
	};
	await typist.type('wrold here ');
	await quiet();
	preferring(typist, 'en_GB');
	await typist.settle();
	await quiet();
	t.deepEqual(opened, ['auto', 'en_GB']);
	t.deepEqual(asked, ['wrold', 'here', 'wrold', 'here']);
	t.is(typist.app.view().misspelt.size, 1);
	preferring(typist, 'off');
	await typist.settle();
	await quiet();
	t.is(typist.app.view().misspelt.size, 0);
});

test('/spell says what checks, tells of a word, and learns one', async t => {
	const {typist, asked} = await writing();
	await typist.type(`/spell${press.enter}`);
	t.regex(typist.screen(), /Spelling is checked by hunspell in auto\./);
	await typist.type(`/spell wrold${press.enter}`);
	t.regex(typist.screen(), /wrold is not known\. Perhaps: vrold, else\./);
	await typist.type(`/spell hello${press.enter}`);
	t.regex(typist.screen(), /hello is right\./);
	await typist.type(`/spell wrold --learn${press.enter}`);
	t.deepEqual(asked.slice(-2), ['learn wrold', 'wrold']);
	t.regex(typist.screen(), /wrold is in your dictionary now\./);
});

test('/spell answers in lines too, and leaves no program behind', async t => {
	const said: string[] = [];
	let open = 0;
	const program = fakeProgram(t);
	const closing = (close: () => void) => () => {
		open--;
		close();
	};
	const opening: OpenSpeller = async language => {
		const opened = await createOpenSpeller({}, [program])(language);
		open += opened.type === 'speller' ? 1 : 0;
		return opened.type === 'none'
			? opened
			: {...opened, speller: {...opened.speller, close: closing(opened.speller.close)}};
	};
	const ask = (more: {word?: string; learn?: boolean}, spell: string) =>
		spellInLines(
			more,
			{
				store: createStore<State, StoreEvent>(
					reduce,
					stateAfter({type: 'preferences.changed', preferences: {...defaultPreferences, 'composer.spell': spell}}),
					() => () => {},
				),
				say: (_, text) => said.push(text),
			},
			opening,
		);
	await ask({word: 'wong'}, 'en_US');
	await ask({word: 'good'}, 'en_US');
	await ask({word: 'wong', learn: true}, 'en_US');
	await ask({}, 'en_US');
	await ask({word: 'wong'}, 'off');
	t.deepEqual(said, [
		'wong is not known. Perhaps: rwong, t wo.',
		'good is right.',
		'wong is in your dictionary now.',
		`Spelling is checked by ${process.execPath} in en_US.`,
		'Spelling is not checked.',
	]);
	t.is(open, 0);
});

test('a checker that ends is started again, but not for ever', async t => {
	const {typist, opened} = await writing('dying');
	for (const word of ['one', 'two', 'three', 'four', 'five', 'six']) {
		await typist.type(`${word} `);
		typist.clock.advance(400);
		await typist.settle();
	}

	t.is(opened.length, 4);
});

test('/spell names the packages where nothing is installed', async t => {
	const {typist} = await writing('none');
	await typist.type(`/spell${press.enter}`);
	t.regex(typist.screen(), /No spell checker is installed\. {2}On Debian: apt install hunspell/);
	t.regex(typist.screen(), /hunspell-de-de/);
});
