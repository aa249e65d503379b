import {changedSettings} from '../../model/setting-values.js';
import {type Command, defineCommand} from '../command.js';
import {client, view} from '../intent.js';
import {optional} from '../parameters.js';
import {settingName, settingValue} from '../setting-parameters.js';
import {defaultWord, readSettingText} from '../setting-text.js';
import {themeComplaint} from '../theme-complaint.js';

/** How the program behaves. */
export const settings: readonly Command[] = [
	defineCommand({
		name: 'set',
		aliases: ['settings', 'prefs'],
		summary: 'Show or change how xmppc behaves',
		details: [
			'It takes effect at once and is written to settings.json, which can be edited by hand as well; “xmppc set --schema” prints a JSON schema of it for editors.',
			'A list is replaced by the words that follow, or changed by +word and -word. Words with spaces stand in double quotes.',
		],
		examples: [
			{input: '/set', does: 'lists all settings with their values'},
			{input: '/set theme', does: 'says what it is, and what it can be'},
			{input: '/set theme light', does: 'changes it'},
			{input: '/set highlight.words +release', does: 'adds a word to a list, as -release removes it'},
			{input: `/set theme ${defaultWord}`, does: 'gives it back its default, as /unset does'},
		],
		related: ['unset', 'changes', 'reload', 'alias', 'bind'],
		parameters: {name: optional(settingName()), value: optional(settingValue())},
		run({name, value}, {source}) {
			if (name === undefined || value === undefined) {
				return view({type: 'settings', ...(name === undefined ? {} : {name})});
			}

			if (value.toLowerCase() === defaultWord) {
				return client('changeSetting', {name});
			}

			const read = readSettingText(name, value, source.preferences());
			if (!read.ok) {
				return {complaint: read.complaint, about: 'value', within: {from: read.from, to: read.to}};
			}

			const complaint = name === 'theme' ? themeComplaint(String(read.value), source) : undefined;
			return complaint === undefined
				? client('changeSetting', {name, value: read.value})
				: {complaint, about: 'value', within: {from: 0, to: value.length}};
		},
	}),
	defineCommand({
		name: 'unset',
		summary: 'Give a setting back its default',
		examples: [{input: '/unset theme', does: 'has the theme it came with'}],
		related: ['set', 'changes'],
		parameters: {name: settingName(({source}) => changedSettings(source.preferences()))},
		run: ({name}) => client('changeSetting', {name}),
	}),
	defineCommand({
		name: 'changes',
		summary: 'List the settings that are not at their default',
		details: ['Each with the line that undoes it.'],
		examples: [{input: '/changes', does: 'lists them'}],
		related: ['set', 'unset'],
		parameters: {},
		run: () => view({type: 'settings', changed: true}),
	}),
	defineCommand({
		name: 'reload',
		summary: 'Read the settings file again',
		details: ['Where the system tells of changed files, that happens by itself.'],
		examples: [{input: '/reload', does: 'reads settings.json and says what is different'}],
		related: ['set', 'changes'],
		parameters: {},
		run: () => client('reloadSettings', {}),
	}),
];
