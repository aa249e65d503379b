import type {Command} from 'commander';
import {defaultWord, readSettingText, settingText, shownValue} from '../commands/setting-text.js';
import type {ActionInput} from '../model/actions.js';
import type {SettingValue} from '../model/setting-kinds.js';
import {changedSettings, isSettingName, isSettingValue, settingOf} from '../model/setting-values.js';
import {type Preferences, type SettingName, settingNames} from '../model/settings.js';
import {XmppcError} from '../shared/errors.js';
import {nearestNames} from '../shared/nearest.js';
import type {Output} from './output.js';
import {personAt} from './person.js';
import {accessProfile} from './profile-access.js';
import {profileOptions} from './profile-options.js';
import type {Shell} from './shell.js';

type Options = {readonly json?: boolean; readonly changes?: boolean; readonly schema?: boolean};

const explanation = `
  xmppc set                              prints all settings
  xmppc set theme                        prints one
  xmppc set theme light                  changes it, also in an xmppc that is running
  xmppc set theme default                gives it back its default
  xmppc set highlight.words +release     adds a word to a list
  xmppc set highlight.words -- -release  removes one
  xmppc set aliases '{"hi": "/msg $1 Hello!"}'`;

/** `xmppc set [name [value]]` */
export function setCommand(program: Command, shell: Shell): void {
	const command = program
		.command('set')
		.description('print or change settings')
		.argument('[name]', 'a setting; without it all are printed')
		.argument('[value...]', 'what it is to be')
		.option('--changes', 'print only what is not at its default')
		.option('--schema', 'print a JSON schema of settings.json, for editors')
		.option('--json', 'print JSON lines')
		.addHelpText('after', explanation);
	command.action(async (given: string | undefined, words: readonly string[], options: Options) => {
		const output = shell.output(options.json === true);
		if (options.schema === true) {
			const {settingsJsonSchema} = await import('../storage/settings-json-schema.js');
			printSchema(settingsJsonSchema(), output);
			return;
		}

		const name = given === undefined ? undefined : readName(given);
		const profile = profileOptions(command);
		const compose = await shell.compose(personAt(shell, output));
		const preferences = compose.settings(profile);
		if (name === undefined) {
			for (const each of options.changes === true ? changedSettings(preferences) : settingNames) {
				printSetting(each, preferences, output);
			}
		} else if (words.length === 0) {
			printValue(name, preferences, output);
		} else {
			const change = readChange(name, words, preferences);
			await accessProfile(profile, shell, output, {
				running: ({actions}) => actions.changeSetting(change),
				alone: ({changeSetting}) => changeSetting(profile, change),
			});
		}
	});
}

function readName(given: string): SettingName {
	if (isSettingName(given)) {
		return given;
	}

	const near = nearestNames(given, settingNames);
	throw new XmppcError({
		code: 'usage',
		kind: 'usage',
		message: `There is no setting ${JSON.stringify(given)}.`,
		hint: near.length === 0 ? 'xmppc set prints them.' : `Did you mean ${near.join(', ')}?`,
	});
}

function readChange(
	name: SettingName,
	words: readonly string[],
	preferences: Preferences,
): ActionInput<'changeSetting'> {
	const {kind} = settingOf(name);
	if (words.length === 1 && words[0] === defaultWord) {
		return {name};
	}

	if (kind.type === 'map') {
		return {name, value: readMap(name, words.join(' '))};
	}

	const read = readSettingText(
		name,
		kind.type === 'list' ? words.map(listWord).join(' ') : words.join(' '),
		preferences,
	);
	if (read.ok) {
		return {name, value: read.value};
	}

	const {message, hint} = read.complaint;
	throw new XmppcError({code: 'usage', kind: 'usage', message, ...(hint === undefined ? {} : {hint})});
}

/** The shell has taken quotes away. */
function listWord(word: string): string {
	const [, sign = '', rest = ''] = /^([+-]?)(.*)$/su.exec(word) ?? [];
	return rest === '' || /\s/u.test(rest) ? `${sign}"${rest}"` : word;
}

function readMap(name: SettingName, text: string): SettingValue {
	const value = parseJson(text);
	if (isSettingValue(settingOf(name).kind, value)) {
		return value;
	}

	throw new XmppcError({
		code: 'usage',
		kind: 'usage',
		message: `${name} is a JSON object with a text under each name.`,
		hint: `For example '{"hi": "/msg $1 Hello!"}'.`,
	});
}

function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		// Said by whoever looks at what it is.
		return undefined;
	}
}

function printSetting(name: SettingName, preferences: Preferences, output: Output): void {
	const {initial} = settingOf(name);
	if (output.json) {
		printValue(name, preferences, output);
		return;
	}

	const isDefault = changedSettings(preferences).every(changed => changed !== name);
	const value = settingText(preferences[name]);
	output.line(`${name} ${value}${isDefault ? '' : `  (default: ${shownValue(initial)})`}`.trimEnd());
}

function printValue(name: SettingName, preferences: Preferences, output: Output): void {
	const {initial, help} = settingOf(name);
	const value = preferences[name];
	if (output.json) {
		output.record({name, value, default: initial, help});
	} else {
		output.line(typeof value === 'object' && !Array.isArray(value) ? JSON.stringify(value) : settingText(value));
	}
}

function printSchema(schema: object, output: Output): void {
	if (output.json) {
		output.record(schema);
		return;
	}

	for (const line of JSON.stringify(schema, undefined, '\t').split('\n')) {
		output.line(line);
	}
}
