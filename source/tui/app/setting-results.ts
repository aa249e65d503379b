import {hiddenBy} from '../../commands/aliases.js';
import {registry} from '../../commands/definitions/index.js';
import {shownValue} from '../../commands/setting-text.js';
import type {ActionInput} from '../../model/actions.js';
import {chordName} from '../../model/chords.js';
import {keymapWith, type OwnKeys} from '../../model/key-check.js';
import {defaultBindings, type KeyAction} from '../../model/keys.js';
import {settingOf} from '../../model/setting-values.js';
import type {Preferences} from '../../model/settings.js';
import type {Answer} from './answer.js';

/** What is said once a setting was changed, knowing what it was `before`. */
export function changedText({name, value}: ActionInput<'changeSetting'>, before: Preferences): Answer {
	if (name === 'aliases') {
		return aliasesText((value ?? {}) as Preferences['aliases'], before.aliases);
	}

	const key = name === 'keys' ? keyText((value ?? {}) as Preferences['keys'], before.keys) : undefined;
	if (key !== undefined) {
		return key;
	}

	const shown = shownValue(value ?? settingOf(name).initial);
	return {
		level: 'info',
		text: value === undefined ? `${name} is ${shown} again, its default.` : `${name} is now ${shown}.`,
	};
}

/** What became of the key that was bound or unbound; `undefined` where that is not one key. */
function keyText(now: OwnKeys, before: OwnKeys): Answer | undefined {
	const [keys, keysBefore] = [keymapWith(now), keymapWith(before)];
	const changed = [...new Set([...keys.keys(), ...keysBefore.keys()])].filter(
		chord => keys.get(chord) !== keysBefore.get(chord),
	);
	const [chord] = changed;
	if (chord === undefined || changed.length > 1) {
		return undefined;
	}

	const name = chordName(chord);
	const [action, instead] = [keys.get(chord), keysBefore.get(chord)];
	return {
		level: 'info',
		text: action === undefined ? `${name} means nothing now.` : `${name} is now: ${helpOf(action)}.`,
		...(instead === undefined ? {} : {hint: `It was: ${helpOf(instead)}.`}),
	};
}

function helpOf(action: KeyAction): string {
	return defaultBindings.find(binding => binding.action === action)?.help ?? action;
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
