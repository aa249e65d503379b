import test from 'ava';
import fc from 'fast-check';
import {complete} from '../../source/commands/complete.js';
import type {CommandContext} from '../../source/commands/context.js';
import {registry} from '../../source/commands/definitions/index.js';
import {parse} from '../../source/commands/parse.js';
import {readSettingText, settingText} from '../../source/commands/setting-text.js';
import {isSameValue, settingOf} from '../../source/model/setting-values.js';
import {defaultPreferences, type Preferences, settingNames} from '../../source/model/settings.js';
import {inConsole, source} from './support.js';

const preferring = (preferences: Partial<Preferences>): CommandContext => ({
	...inConsole,
	source: {...source, preferences: () => ({...defaultPreferences, ...preferences})},
});
const words = preferring({'highlight.words': ['release', 'on fire']});

const change = (line: string, context = words) => {
	const parsed = parse(line, context, registry);
	return parsed.type === 'intents' && parsed.intents[0]?.type === 'client' ? parsed.intents[0].input : parsed;
};

for (const [line, input] of [
	['/set mouse on', {name: 'mouse', value: true}],
	['/set MOUSE no', {name: 'mouse', value: false}],
	['/set keys.mode v', {name: 'keys.mode', value: 'vi'}],
	['/set list.width 30', {name: 'list.width', value: 30}],
	['/set away.text  at lunch,  "today"', {name: 'away.text', value: 'at lunch,  "today"'}],
	['/set away.text "at lunch"', {name: 'away.text', value: 'at lunch'}],
	['/set away.text ""', {name: 'away.text', value: ''}],
	['/set away.text "default"', {name: 'away.text', value: 'default'}],
	['/set notify.quiet 22:00-07:00', {name: 'notify.quiet', value: '22:00-07:00'}],
	['/set composer.editor vim -f "my file"', {name: 'composer.editor', value: ['vim', '-f', 'my file']}],
	['/set highlight.words +lunch', {name: 'highlight.words', value: ['release', 'on fire', 'lunch']}],
	['/set highlight.words -"on fire" +"at last" +release', {name: 'highlight.words', value: ['release', 'at last']}],
	['/set highlight.words one "two words"', {name: 'highlight.words', value: ['one', 'two words']}],
	['/set highlight.words "+1" two', {name: 'highlight.words', value: ['+1', 'two']}],
	['/set theme default', {name: 'theme'}],
	['/unset theme', {name: 'theme'}],
] as const) {
	test(`a setting is changed: ${line}`, t => {
		t.deepEqual(change(line), input as object);
	});
}

for (const [line, wrong, says, hint] of [
	['/set thme light', 'thme', 'There is no setting “thme”', 'Did you mean theme?'],
	['/set zzzz light', 'zzzz', 'There is no setting', '/set lists them'],
	['/set mouse maybe', 'maybe', 'mouse is on or off, not “maybe”', 'Usage'],
	['/set list.width 3', '3', 'list.width is a whole number from 12 to 60 (columns), not “3”', 'Usage'],
	['/set list.width 20 30', '30', 'one word', 'Usage'],
	['/set color.depth 256 now', 'now', 'one word', 'Usage'],
	['/set color.depth truecolr', 'truecolr', 'color.depth is one of', 'Did you mean truecolor?'],
	['/set notify.quiet  at night', 'at night', 'two times such as 22:00-07:00', 'Usage'],
	['/set highlight.words +one two', 'two', 'begins with + to be added', 'Usage'],
	['/set highlight.words +one -', '-', 'begins with + to be added', 'Usage'],
	['/set highlight.words -relese', '-relese', '“relese” is not in the list', 'Did you mean release?'],
	['/set highlight.words one ""', '""', 'must not be empty', 'Usage'],
	['/set aliases hi', 'hi', 'aliases is changed by /alias', '/help alias'],
	['/set keys F5', 'F5', 'keys is changed by /bind', '/help bind'],
	['/set theme ligth', 'ligth', 'There is no theme “ligth”', 'Did you mean light?'],
	['/unset thme', 'thme', 'There is no setting', 'Did you mean theme?'],
] as const) {
	test(`the wrong word is shown: ${line}`, t => {
		const parsed = parse(line, words, registry);
		t.is(parsed.type, 'problem');
		if (parsed.type === 'problem') {
			const {from, to, message, hint: tip} = parsed.problem;
			t.is(line.slice(from, to), wrong);
			t.true(message.includes(says), message);
			t.true(tip?.includes(hint), tip);
		}
	});
}

test('without a value a setting is shown, without a name all of them', t => {
	t.like(parse('/set theme', words, registry), {intents: [{view: {type: 'settings', name: 'theme'}}]});
	t.deepEqual(parse('/set', words, registry), {type: 'intents', intents: [{type: 'view', view: {type: 'settings'}}]});
	t.like(parse('/changes', words, registry), {intents: [{view: {type: 'settings', changed: true}}]});
});

const offered = (line: string, context = words) =>
	complete(line, line.length, context, registry)?.candidates.map(({insert}) => insert) ?? [];

test('names of settings are completed', t => {
	t.deepEqual(offered('/set away'), ['away.after', 'away.text']);
	t.deepEqual(offered('/unset hi'), ['highlight.words']);
	t.true(offered('/set ').length >= settingNames.length);
});

for (const [line, values] of [
	['/set mouse ', ['on', 'off', 'default']],
	['/set keys.mode ', ['emacs', 'vi', 'default']],
	['/set list.width ', ['24', '12', '60', 'default']],
	['/set theme ', ['light', defaultPreferences.theme, 'default']],
	['/set notify.quiet ', ['""', '22:00-07:00', 'default']],
	['/set highlight.words -', ['-release', '-"on fire"']],
	['/set keys ', []],
] as const) {
	test(`values are completed: ${line}`, t => {
		t.deepEqual(offered(line), [...values]);
	});
}

test('languages of dictionaries that are installed are completed', t => {
	const installed = {
		...inConsole,
		source: {
			...source,
			files: (directory: string) =>
				directory === '/usr/share/hunspell/'
					? ['de_AT.dic', 'de_AT.aff', 'hyph_de.dic', 'it.dic'].map(name => ({name, isDirectory: false}))
					: [],
		},
	};
	t.deepEqual(offered('/set composer.spell d', installed), ['de_AT', 'default']);
});

test('a value that is shown can be typed again', t => {
	// A double quote inside is typed as it is, but then nothing stands around the text.
	const text = fc.string({unit: fc.constantFrom(...'ab +-:,\t→')});
	const word = fc.stringMatching(/^[a-z+-]([a-z +-]*[a-z+-])?$/);
	for (const name of settingNames) {
		const {kind} = settingOf(name);
		const values =
			kind.type === 'flag'
				? fc.boolean()
				: kind.type === 'choice'
					? fc.constantFrom(...Object.keys(kind.choices))
					: kind.type === 'number'
						? fc.integer({min: kind.least, max: kind.most})
						: kind.type === 'list'
							? fc.array(word, {minLength: 1})
							: kind.type === 'text' && kind.pattern === undefined
								? text
								: undefined;
		if (values !== undefined) {
			fc.assert(
				fc.property(values, value => {
					const read = readSettingText(name, settingText(value), defaultPreferences);
					return read.ok && isSameValue(read.value, value);
				}),
			);
		}
	}

	t.pass();
});
