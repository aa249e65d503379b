import type {SettingKind, SettingValue} from '../model/setting-kinds.js';
import {isSettingValue, settingOf} from '../model/setting-values.js';
import type {Preferences, SettingName} from '../model/settings.js';
import {nearestNames} from '../shared/nearest.js';
import type {Complaint} from './complaint.js';
import {quoted, splitWords, type Word} from './words.js';

/** A value as it was typed, or why it is none and which part of the text is to blame, in UTF-16 code units. */
export type TypedValue =
	| {readonly ok: true; readonly value: SettingValue}
	| {readonly ok: false; readonly complaint: Complaint; readonly from: number; readonly to: number};

/** A setting with this value has its default. */
export const defaultWord = 'default';

/** Reads what a person wrote behind the name of a setting. `+word` and `-word` change the list that is there. */
export function readSettingText(name: SettingName, text: string, preferences: Preferences): TypedValue {
	const {kind} = settingOf(name);
	const words = splitWords(text);
	switch (kind.type) {
		case 'map':
			return refused(text, wholeOf(text), ownCommand(name));
		case 'list':
			return readList(text, words, listOf(preferences[name]));
		case 'text':
			return readText(name, kind, text);
		default:
			return readWord(name, kind, text, words);
	}
}

/** A value as a person writes it behind `/set <name>`. */
export function settingText(value: SettingValue): string {
	if (typeof value === 'boolean') {
		return value ? 'on' : 'off';
	}

	if (typeof value === 'number') {
		return String(value);
	}

	if (typeof value === 'string') {
		return value === '' || value.trim() !== value || value === defaultWord ? `"${value}"` : value;
	}

	return isList(value)
		? value.map((word, index) => (index === 0 && /^[+-]/u.test(word) ? `"${word}"` : quoted(word))).join(' ')
		: Object.entries(value)
				.map(([key, each]) => `${key} → ${each}`)
				.join(', ');
}

/** A value for a person to look at. */
export function shownValue(value: SettingValue): string {
	const text = settingText(value);
	return text === '' || text === '""' ? 'empty' : text;
}

/** What a person may write, in words. */
export function wantedText(kind: SettingKind): string {
	switch (kind.type) {
		case 'flag':
			return 'on or off';
		case 'choice':
			return `one of ${Object.keys(kind.choices).join(', ')}`;
		case 'number':
			return `a whole number from ${kind.least} to ${kind.most}${kind.unit === undefined ? '' : ` (${kind.unit})`}`;
		case 'text':
			return kind.wanted ?? 'a text';
		case 'list':
			return 'words; +word adds one, -word removes one';
		case 'map':
			return 'set by a command of its own';
	}
}

function readWord(name: SettingName, kind: SettingKind, text: string, words: readonly Word[]): TypedValue {
	const [word, extra] = words;
	if (word === undefined) {
		return refused(text, wholeOf(text), wrongValue(name, kind, ''));
	}

	if (extra !== undefined) {
		const message = `${name} is ${wantedText(kind)}: one word.`;
		return refused(text, {from: extra.from, to: text.trimEnd().length}, {code: 'invalid-setting', message});
	}

	const value = kind.type === 'number' ? readNumber(word.value) : readName(kind, word.value.toLowerCase());
	return isSettingValue(kind, value) ? {ok: true, value} : refused(text, word, wrongValue(name, kind, word.value));
}

const yes: ReadonlySet<string> = new Set(['on', 'yes', 'true']);
const no: ReadonlySet<string> = new Set(['off', 'no', 'false']);

function readName(kind: SettingKind, word: string): SettingValue | undefined {
	if (kind.type === 'flag') {
		return yes.has(word) ? true : no.has(word) ? false : undefined;
	}

	const names = kind.type === 'choice' ? Object.keys(kind.choices) : [];
	const beginning = names.filter(each => each.startsWith(word));
	return names.find(each => each === word) ?? (beginning.length === 1 ? beginning[0] : undefined);
}

function readNumber(word: string): number | undefined {
	return /^-?\d{1,15}$/u.test(word) ? Number(word) : undefined;
}

function readText(name: SettingName, kind: SettingKind, text: string): TypedValue {
	const trimmed = text.trim();
	const value = /^"([^"]*)"$/u.exec(trimmed)?.[1] ?? trimmed;
	return isSettingValue(kind, value) ? {ok: true, value} : refused(text, wholeOf(text), wrongValue(name, kind, value));
}

/** Words that begin with + or - change the list where the first one does; in quotes they are words like others. */
function readList(text: string, words: readonly Word[], current: readonly string[]): TypedValue {
	const signOf = (word: Word) => /^[+-]/u.exec(text.slice(word.from))?.[0];
	if (words[0] === undefined || signOf(words[0]) === undefined) {
		return readPlainList(text, words);
	}

	const signed = signedWords(text);
	let list = current;
	for (const word of signed) {
		if (word.sign === undefined || word.value === '') {
			const message = 'Each word begins with + to be added or with - to be removed.';
			return refused(text, word, {code: 'invalid-setting', message});
		}

		if (word.sign === '+') {
			list = list.includes(word.value) ? list : [...list, word.value];
		} else if (list.includes(word.value)) {
			list = list.filter(each => each !== word.value);
		} else {
			const near = nearestNames(word.value, list);
			const hint = near.length > 0 ? `Did you mean ${near.join(', ')}?` : `There are ${list.join(', ')}.`;
			const message = `“${word.value}” is not in the list.`;
			return refused(text, word, {code: 'invalid-setting', message, ...(list.length === 0 ? {} : {hint})});
		}
	}

	return {ok: true, value: list};
}

function readPlainList(text: string, words: readonly Word[]): TypedValue {
	const empty = words.find(({value}) => value === '');
	return empty === undefined
		? {ok: true, value: words.map(({value}) => value)}
		: refused(text, empty, {code: 'invalid-setting', message: 'A word of the list must not be empty.'});
}

/** `+word` and `+"two words"`. */
function signedWords(text: string): ReadonlyArray<Word & {readonly sign?: string}> {
	return [...text.matchAll(/([+-])?(?:"([^"]*)"?|(\S+))|[+-]/gu)].map(match => ({
		from: match.index,
		to: match.index + match[0].length,
		value: match[2] ?? match[3] ?? '',
		...(match[1] === undefined ? {} : {sign: match[1]}),
	}));
}

function wrongValue(name: SettingName, kind: SettingKind, given: string): Complaint {
	const near = kind.type === 'choice' ? nearestNames(given, Object.keys(kind.choices)) : [];
	return {
		code: 'invalid-setting',
		message: `${name} is ${wantedText(kind)}${given === '' ? '' : `, not “${given}”`}.`,
		...(near.length === 0 ? {} : {hint: `Did you mean ${near.join(', ')}?`}),
	};
}

function ownCommand(name: SettingName): Complaint {
	const command = name === 'keys' ? '/bind' : '/alias';
	return {
		code: 'setting-by-command',
		message: `${name} is changed by ${command}.`,
		hint: `/help ${command.slice(1)} tells how.`,
	};
}

function refused(
	text: string,
	{from, to}: {readonly from: number; readonly to: number},
	complaint: Complaint,
): TypedValue {
	return {ok: false, complaint, from, to: Math.min(to, text.length)};
}

function wholeOf(text: string) {
	return {from: 0, to: text.trimEnd().length};
}

function listOf(value: SettingValue): readonly string[] {
	return isList(value) ? value : [];
}

function isList(value: SettingValue): value is readonly string[] {
	return Array.isArray(value);
}
