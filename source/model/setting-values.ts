import type {Setting, SettingKind, SettingValue} from './setting-kinds.js';
import {type Preferences, type SettingName, settingNames, settingTable} from './settings.js';

export function settingOf(name: SettingName): Setting<SettingValue> {
	return settingTable[name];
}

export function isSettingName(name: string): name is SettingName {
	return Object.hasOwn(settingTable, name);
}

/** What a value of this kind has to be, as the file has it: the end of a sentence with "must be". */
export function wantedValue(kind: SettingKind): string {
	switch (kind.type) {
		case 'flag':
			return 'true or false';
		case 'choice':
			return `one of ${Object.keys(kind.choices).join(', ')}`;
		case 'number':
			return `a whole number from ${kind.least} to ${kind.most}`;
		case 'text':
			return kind.wanted ?? 'a text';
		case 'list':
			return 'a list of texts that are not empty';
		case 'map':
			return 'an object in { } with a text under each name';
	}
}

/** Whether a setting of this kind can have the value. */
export function isSettingValue(kind: SettingKind, value: unknown): value is SettingValue {
	switch (kind.type) {
		case 'flag':
			return typeof value === 'boolean';
		case 'choice':
			return typeof value === 'string' && Object.hasOwn(kind.choices, value);
		case 'number':
			return typeof value === 'number' && Number.isInteger(value) && value >= kind.least && value <= kind.most;
		case 'text':
			return typeof value === 'string' && new RegExp(`^(?:${kind.pattern ?? '[^]*'})$`, 'u').test(value);
		case 'list':
			return Array.isArray(value) && value.every(isText);
		case 'map':
			return isRecord(value) && Object.values(value).every(isText);
	}
}

/** Whether two values of a setting are the same; the order of a map's names says nothing. */
export function isSameValue(one: unknown, other: unknown): boolean {
	if (isRecord(one) && isRecord(other)) {
		const names = Object.keys(one);
		return names.length === Object.keys(other).length && names.every(name => one[name] === other[name]);
	}

	return JSON.stringify(one) === JSON.stringify(other);
}

/** The settings that are not at their default, in the order of the table. */
export function changedSettings(preferences: Preferences): readonly SettingName[] {
	return settingNames.filter(name => !isSameValue(preferences[name], settingOf(name).initial));
}

function isText(value: unknown): value is string {
	return typeof value === 'string' && value !== '';
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
