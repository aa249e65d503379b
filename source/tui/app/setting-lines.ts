import type {HelpLine} from '../../commands/help-line.js';
import {shownValue, wantedText} from '../../commands/setting-text.js';
import {changedSettings, isSameValue, settingOf} from '../../model/setting-values.js';
import {type Preferences, type SettingName, settingNames} from '../../model/settings.js';
import type {ViewIntent} from '../../model/view.js';
import type {HelpPage} from './help-page.js';

/** What `/set` and `/changes` show. */
export function settingsPage(
	{name, changed}: Extract<ViewIntent, {readonly type: 'settings'}>,
	preferences: Preferences,
): HelpPage {
	if (name !== undefined) {
		return {title: 'Setting', lines: settingLines(name, preferences), search: 'lines'};
	}

	return changed === true
		? {title: 'Changed settings', lines: changeLines(preferences), search: 'lines'}
		: {title: 'Settings', lines: allLines(preferences), search: 'lines'};
}

const star = '*';

/** One setting: its value, what it does and what it can be. */
function settingLines(name: SettingName, preferences: Preferences): readonly HelpLine[] {
	const {kind, initial, help, example} = settingOf(name);
	const row = (label: string, text: string): HelpLine => ({text: `  ${label.padEnd(9)}${text}`, hang: 11});
	const choices = kind.type === 'choice' ? Object.entries(kind.choices) : [];
	return [
		{text: name, heading: true},
		{text: help},
		{text: ''},
		row('now', shownValue(preferences[name])),
		row('default', shownValue(initial)),
		row('can be', wantedText(kind)),
		...choices.map(([choice, meaning]) => row('', `${choice}: ${meaning}`)),
		...(example === undefined ? [] : [row('example', example)]),
		{text: ''},
		{text: wayToChange(name)},
	];
}

/** All of them, a star before those that are not at their default. */
function allLines(preferences: Preferences): readonly HelpLine[] {
	return [
		{text: '/set <name> <value> changes one, /set <name> says more about it.'},
		{text: `${star} is not at its default; /changes lists only those.`},
		{text: ''},
		// One line each, so that whoever looks for a word sees which setting it is about.
		...settingNames.map((name): HelpLine => {
			const {initial, help} = settingOf(name);
			const differs = !isSameValue(preferences[name], initial);
			const value = `${shownValue(preferences[name])}${differs ? `  (default: ${shownValue(initial)})` : ''}`;
			return {text: `${differs ? star : ' '} ${name}  ${value} – ${help}`, hang: 4, topic: `setting ${name}`};
		}),
	];
}

/** What is not at its default, and the line that undoes it. */
function changeLines(preferences: Preferences): readonly HelpLine[] {
	const changed = changedSettings(preferences);
	if (changed.length === 0) {
		return [{text: 'Every setting is at its default.'}, {text: '/set lists them.'}];
	}

	return changed.flatMap((name): readonly HelpLine[] => [
		{
			text: `${name}  ${shownValue(preferences[name])}  (default: ${shownValue(settingOf(name).initial)})`,
			heading: true,
			hang: 2,
		},
		{text: `    /unset ${name}`},
	]);
}

function wayToChange(name: SettingName): string {
	switch (name) {
		case 'keys':
			return '/bind and /unbind change it.';
		case 'aliases':
			return '/alias and /unalias change it.';
		default:
			return `/set ${name} <value> changes it, /unset ${name} gives it back its default.`;
	}
}
