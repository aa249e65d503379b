import {hiddenBy} from '../../commands/aliases.js';
import {registry} from '../../commands/definitions/index.js';
import {shownValue} from '../../commands/setting-text.js';
import type {ActionInput} from '../../model/actions.js';
import {settingOf} from '../../model/setting-values.js';
import type {Preferences} from '../../model/settings.js';
import type {Answer} from './results.js';

/** What is said once a setting was changed, knowing what it was `before`. */
export function changedText({name, value}: ActionInput<'changeSetting'>, before: Preferences): Answer {
	if (name === 'aliases') {
		return aliasesText((value ?? {}) as Preferences['aliases'], before.aliases);
	}

	const shown = shownValue(value ?? settingOf(name).initial);
	return {
		level: 'info',
		text: value === undefined ? `${name} is ${shown} again, its default.` : `${name} is now ${shown}.`,
	};
}

function aliasesText(now: Preferences['aliases'], before: Preferences['aliases']): Answer {
	const [made] = Object.keys(now).filter(name => now[name] !== before[name]);
	const [gone] = Object.keys(before).filter(name => now[name] === undefined);
	if (made === undefined) {
		const hidden = gone === undefined ? undefined : hiddenBy(gone, registry);
		const back = hidden === undefined ? '' : ` /${gone} is the built-in command again.`;
		return {
			level: 'info',
			text: gone === undefined ? 'The aliases are as they were.' : `/${gone} is forgotten.${back}`,
		};
	}

	const hidden = hiddenBy(made, registry);
	return {
		level: 'info',
		text: `/${made} stands for ${now[made]}`,
		...(hidden === undefined
			? {}
			: {hint: `It takes the place of the built-in /${hidden.name}; /unalias ${made} brings that back.`}),
	};
}
