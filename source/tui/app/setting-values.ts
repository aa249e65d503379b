import type {SettingName} from '../../model/settings.js';
import type {ThemesPopup} from '../popups/popup.js';

/** What a setting can be whose values the table of settings does not name. */
export function settingValues(
	name: SettingName,
	themes: () => ThemesPopup['themes'],
): ReadonlyArray<{readonly value: string; readonly note: string}> {
	switch (name) {
		case 'theme':
			return themes().map(({name: value, about: note}) => ({value, note}));
		case 'composer.spell':
			return [
				{value: 'auto', note: 'the language of the system'},
				{value: 'off', note: 'nothing is checked'},
			];
		default:
			return [];
	}
}
