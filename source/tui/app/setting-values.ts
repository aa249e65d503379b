import type {CompletionSource} from '../../commands/context.js';
import {themes} from '../../themes/index.js';

/** What a setting can be whose values the table of settings does not name. */
export const settingValues: CompletionSource['settingValues'] = name => {
	switch (name) {
		case 'theme':
			return themes.map(theme => ({value: theme.name, note: ''}));
		case 'composer.spell':
			return [
				{value: 'auto', note: 'the language of the system'},
				{value: 'off', note: 'nothing is checked'},
			];
		default:
			return [];
	}
};
