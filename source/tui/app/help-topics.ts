import {registry} from '../../commands/definitions/index.js';
import {helpFor, noHelp, searchCommands} from '../../commands/help.js';
import type {HelpLine} from '../../commands/help-line.js';
import {availabilities} from '../../model/account.js';
import type {OwnKeys} from '../../model/key-check.js';
import {defaultPreferences, type Preferences, settingNames, settingTable} from '../../model/settings.js';
import {viLines} from '../composer/vi/help.js';
import {listSigns} from '../panes/buffer-look.js';
import {markMeanings, signMeanings} from '../panes/message-marks.js';
import {affiliationSigns} from '../panes/participants.js';
import {roomLetterMeanings} from '../panes/room-words.js';
import {availabilityText, blockedMark, presenceMark} from '../panes/words.js';
import type {HelpPage} from './help-page.js';
import {keyLines} from './key-lines.js';
import {settingsPage} from './setting-lines.js';

/** What can be asked for: a family of commands is one topic. */
export function helpTopics(): ReadonlyArray<{readonly name: string; readonly summary: string}> {
	const topics = new Map<string, string>();
	for (const {name, summary} of registry.commands) {
		const [head = name] = name.split(' ');
		topics.set(head, head === name ? summary : `/${head} …`);
	}

	return [
		...topics
			.set('marks', 'The signs behind messages and beside names')
			.set('vi', 'The keys of vi mode')
			.set('settings', 'What can be set, and what it is good for'),
	].map(([name, summary]) => ({name, summary}));
}

/** What `/help` shows on a topic. What is no topic is looked for as words. */
export function helpPage(topic: string | undefined, preferences: Preferences = defaultPreferences): HelpPage {
	const asked = topic?.trim().toLowerCase() ?? '';
	const setting = /^settings? (\S+)$/u.exec(asked)?.[1] ?? '';
	const name = settingNames.find(each => each.toLowerCase() === setting);
	if (name !== undefined) {
		return settingsPage({type: 'settings', name}, preferences);
	}

	switch (asked) {
		case 'keys':
			return {title: 'Keys', lines: keyLines(preferences.keys), search: 'lines'};
		case 'marks':
			return {title: 'Signs', lines: markLines(), search: 'everything'};
		case 'vi':
			return {title: 'Keys', lines: viLines(), search: 'everything'};
		case 'settings':
			return settingsPage({type: 'settings'}, preferences);
		default: {
			const lines = helpFor(topic) ?? searchHelp(asked, preferences);
			return {title: 'Help', lines: lines.length === 0 ? noHelp(topic ?? '') : lines, search: 'everything'};
		}
	}
}

/** `/keys`: the key table, or the rows with some words. */
export function keysPage(own: OwnKeys, word: string | undefined): HelpPage {
	const lines = keyLines(own, (word ?? '').split(/\s+/u));
	return {
		title: 'Keys',
		lines: lines.length === 0 ? [{text: `No key has to do with “${word}”.`}, {text: ''}, ...keyLines(own)] : lines,
		search: 'lines',
	};
}

/** Everything that help knows with all these words in it: commands, keys, signs, settings. */
export function searchHelp(query: string, {keys}: Preferences): readonly HelpLine[] {
	const words = query.split(/\s+/u).filter(word => word !== '');
	const sections: ReadonlyArray<readonly [string, readonly HelpLine[]]> = [
		['Commands', searchCommands(words)],
		['Keys', keyLines(keys, words).filter(({text, heading}) => heading !== true && text.startsWith('  '))],
		['Signs', withWords(markLines(), words)],
		['Settings', settingLines(words)],
	];
	return sections
		.filter(([, lines]) => lines.length > 0)
		.flatMap(([title, lines], index) => [...(index === 0 ? [] : [{text: ''}]), {text: title, heading: true}, ...lines]);
}

function withWords(lines: readonly HelpLine[], words: readonly string[]): readonly HelpLine[] {
	const lower = words.map(word => word.toLowerCase());
	return lines.filter(({text, also = '', heading}) => {
		const all = `${text} ${also}`.toLowerCase();
		return heading !== true && text !== '' && lower.every(word => all.includes(word));
	});
}

/** The lines with all the words in them, each below the heading it stood under. */
export function filterLines(lines: readonly HelpLine[], query: string): readonly HelpLine[] {
	const words = query.split(/\s+/u).filter(word => word !== '');
	const kept = new Set(withWords(lines, words));
	let heading: HelpLine | undefined;
	return lines.flatMap(each => {
		if (each.heading === true) {
			heading = each;
			return [];
		}

		if (!kept.has(each)) {
			return [];
		}

		const above = heading;
		heading = undefined;
		return above === undefined ? [each] : [above, each];
	});
}

function settingLines(words: readonly string[]): readonly HelpLine[] {
	const width = Math.max(...settingNames.map(name => name.length));
	return withWords(
		settingNames.map(name => ({
			text: `  ${name.padEnd(width)}  ${settingTable[name].help}`,
			hang: width + 4,
			topic: `setting ${name}`,
		})),
		words,
	);
}

/** `/help marks`: what a sign stands for. */
export function markLines(): readonly HelpLine[] {
	const row = (mark: string, meaning: string): HelpLine => ({text: `  ${mark.padEnd(4)}${meaning}`, hang: 6});
	return [
		{text: 'Behind your own messages', heading: true},
		...markMeanings.map(([mark, meaning]) => row(mark, meaning)),
		{text: ''},
		{text: 'Around messages', heading: true},
		...signMeanings.map(([mark, meaning]) => row(mark, meaning)),
		...roomLetterMeanings.map(([mark, meaning]) => row(mark, meaning)),
		{text: ''},
		{text: 'Beside a name', heading: true},
		...presenceMeanings().map(([mark, meaning]) => row(mark, meaning)),
		row(presenceMark(undefined).glyph, 'offline'),
		row(blockedMark.glyph, 'you block them: /unblock'),
		row('?', 'not known: they do not let you see it, or you are not online'),
		{text: ''},
		{text: 'In the list of buffers', heading: true},
		row('#', 'a room'),
		row('@', 'somebody in a room, alone'),
		...Object.values(listSigns).map(({sign, meaning}) => row(sign, meaning)),
		{text: ''},
		{text: 'Before a nick, in the list of participants', heading: true},
		...Object.values(affiliationSigns)
			.filter(({sign}) => sign !== ' ')
			.map(({sign, meaning}) => row(sign, meaning)),
		{text: ''},
		{text: 'Numbers', heading: true},
		row('3', 'messages that you have not seen'),
		row('!3', 'the same, and they are for you'),
	];
}

/** Some kinds of presence share a mark. */
function presenceMeanings(): ReadonlyArray<readonly [string, string]> {
	const meanings = new Map<string, string>();
	for (const each of availabilities) {
		const {glyph} = presenceMark(each);
		const before = meanings.get(glyph);
		meanings.set(glyph, before === undefined ? availabilityText(each) : `${before} or ${availabilityText(each)}`);
	}

	return [...meanings];
}
