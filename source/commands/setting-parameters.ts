import type {SettingValue} from '../model/setting-kinds.js';
import {isSettingName, settingOf} from '../model/setting-values.js';
import {type SettingName, settingNames} from '../model/settings.js';
import {nearestNames} from '../shared/nearest.js';
import {bad, type Candidate, good, type Parameter} from './command.js';
import type {CommandContext} from './context.js';
import {missing, text} from './parameters.js';
import {defaultWord, settingText} from './setting-text.js';
import {quoted} from './words.js';

/** The name of a setting. */
export function settingName(
	names: (context: CommandContext) => readonly SettingName[] = () => settingNames,
): Parameter<SettingName> {
	return {
		takes: 'word',
		optional: false,
		what: 'the name of a setting',
		read(given) {
			const lower = given.toLowerCase();
			if (isSettingName(lower)) {
				return good(lower);
			}

			const near = nearestNames(given, settingNames);
			return bad(
				'unknown-setting',
				`There is no setting “${given}”.`,
				near.length === 0 ? '/set lists them.' : `Did you mean ${near.join(', ')}?`,
			);
		},
		absent: missing,
		candidates: context =>
			names(context).map(name => ({
				insert: name,
				label: name,
				note: `${settingText(context.source.preferences()[name])} – ${settingOf(name).help}`,
			})),
	};
}

/** What a setting is to be; it is read once it is known which one. */
export function settingValue(): Parameter<string> {
	return {
		...text(),
		what: `a value, or ${defaultWord}`,
		read: given => good(given.trimEnd()),
		candidates: (context, typed, [name = ''] = []) =>
			isSettingName(name) ? valueCandidates(name, typed, context) : [],
	};
}

function valueCandidates(name: SettingName, typed: string, {source}: CommandContext): readonly Candidate[] {
	const {kind, initial, example} = settingOf(name);
	const current = source.preferences()[name];
	const notes = new Map<string, string>();
	const offer = (value: SettingValue, note: string) => {
		const word = settingText(value);
		if (word !== '' && !notes.has(word)) {
			notes.set(word, word === settingText(current) ? `${note} (now)` : note);
		}
	};
	switch (kind.type) {
		case 'flag':
			offer(true, '');
			offer(false, '');
			break;
		case 'choice':
			for (const [choice, meaning] of Object.entries(kind.choices)) {
				offer(choice, meaning);
			}

			break;
		case 'number':
			offer(current as number, 'as it is');
			offer(kind.least, `the least${kind.unit === undefined ? '' : ` (${kind.unit})`}`);
			offer(kind.most, 'the most');
			break;
		case 'text':
			for (const {value, note} of source.settingValues(name)) {
				offer(value, note);
			}

			for (const language of name === 'composer.spell' ? dictionaries(source) : []) {
				offer(language, 'a dictionary of yours');
			}

			offer(current, '');
			offer(example ?? '', 'for example');
			break;
		case 'list':
			return listCandidates(current as readonly string[], typed);
		case 'map':
			return [];
	}

	return [
		...[...notes].map(([word, note]) => ({insert: word, label: word, note})),
		{insert: defaultWord, label: defaultWord, note: settingText(initial)},
	];
}

/** Where hunspell's dictionaries lie on most systems. */
const dictionaryFolders = ['/usr/share/hunspell/', '/usr/share/myspell/dicts/'];

function dictionaries({files}: CommandContext['source']): readonly string[] {
	return dictionaryFolders
		.flatMap(files)
		.flatMap(({name}) => /^([a-z]{2,3}(?:_[A-Z]{2})?)\.dic$/u.exec(name)?.[1] ?? []);
}

function listCandidates(current: readonly string[], typed: string): readonly Candidate[] {
	const removals = current.map(word => ({insert: `-${quoted(word)}`, label: `-${word}`, note: 'removes it'}));
	return typed.startsWith('-') ? removals : [...removals, {insert: defaultWord, label: defaultWord, note: 'empty'}];
}
