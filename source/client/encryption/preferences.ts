import type {Settings} from '../../model/settings.js';
import type {EncryptionPreferences} from './account-encryption.js';

/** What the settings say about encryption. */
export function encryptionPreferencesIn(settings: Settings): EncryptionPreferences {
	return {
		isUsual: settings['omemo.default'] === 'on',
		mode: settings['omemo.trust'],
		prefer: settings['omemo.prefer'],
		trustMessages: settings['omemo.trust-messages'],
		shown: {replies: settings['omemo.show-replies'], reactions: settings['omemo.show-reactions']},
	};
}
