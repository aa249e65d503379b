import {hiddenBy, isAliasName} from '../../commands/aliases.js';
import {registry} from '../../commands/definitions/index.js';
import type {HelpLine} from '../../commands/help-line.js';
import type {Preferences} from '../../model/settings.js';
import type {HelpPage} from './help-page.js';
import {helpPage} from './help-topics.js';

/** What `/alias` shows: the commands of the person's own, or the one of this name. */
export function aliasPage({aliases}: Preferences, name?: string): HelpPage {
	const shown = name === undefined || aliases[name] === undefined ? aliases : {[name]: aliases[name]};
	return {title: 'Aliases', lines: aliasLines(shown), search: 'lines'};
}

/** What `/help` shows on a topic: of a command of the person's own what it stands for, and all of those in the index. */
export function helpOn(topic: string | undefined, preferences: Preferences): HelpPage {
	const {aliases} = preferences;
	const name = topic?.trim().replace(/^\//u, '').toLowerCase() ?? '';
	if (Object.hasOwn(aliases, name)) {
		return aliasPage(preferences, name);
	}

	const page = helpPage(topic, preferences);
	return name !== '' || Object.keys(aliases).length === 0
		? page
		: {...page, lines: [...page.lines, {text: ''}, {text: 'Your own', heading: true}, ...aliasLines(aliases)]};
}

function aliasLines(aliases: Preferences['aliases']): readonly HelpLine[] {
	const names = Object.keys(aliases).sort();
	if (names.length === 0) {
		return [{text: 'There is no command of your own yet.'}, {text: '/alias hi = /msg $1 Hello! makes one.'}];
	}

	const width = Math.max(...names.map(name => name.length));
	return names.map(name => {
		const hidden = hiddenBy(name, registry);
		const instead = hidden === undefined ? '' : `  (instead of the built-in /${hidden.name})`;
		const note = isAliasName(name) ? instead : '  (never used: no command can have this name)';
		return {text: `  /${name.padEnd(width)}  ${aliases[name]}${note}`, hang: width + 5};
	});
}
