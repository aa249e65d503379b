import type {CompletionSource} from '../../commands/context.js';
import type {SettingName} from '../../model/settings.js';
import type {ThemesPopup} from '../popups/popup.js';

/** What a setting can be whose values the table of settings does not name. */
export function settingValues(
	name: SettingName,
	themes: () => ThemesPopup['themes'],
): ReturnType<CompletionSource['settingValues']> {
	switch (name) {
		case 'theme':
			return themes().map(({name: value, about: note, complaint}) => ({
				value,
				note,
				...(complaint === undefined ? {} : {complaint}),
			}));
		case 'composer.spell':
			return [
				{value: 'auto', note: 'the language of the system'},
				{value: 'off', note: 'nothing is checked'},
			];
		default:
			return [];
	}
}
