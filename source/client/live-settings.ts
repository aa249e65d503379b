import type {AccountSettings} from '../model/account.js';
import type {ActionInput} from '../model/actions.js';
import {
	defaultPreferences,
	defaultSettings,
	type Preferences,
	type SettingName,
	type Settings,
	settingNames,
} from '../model/settings.js';
import type {SettingsStore} from '../storage/ports.js';

/** The settings as they hold now: those of the file when it was last read and found valid. */
export type LiveSettings = {
	current(): Settings;
	/** The same without the accounts. One value as long as nothing changes. */
	preferences(): Preferences;
	/** Changes the file, and what holds. Throws as {@link SettingsStore.update}; then nothing has changed. */
	update(change: (settings: Settings) => Settings): Promise<void>;
	/** Reads the file again and answers which settings are others now. Throws as {@link SettingsStore.read}. */
	reload(): readonly SettingName[];
};

/**
 * @param changed is told what is preferred from now on.
 * @param edited is told when somebody else has written other accounts into the file: what it said of them before. By then
 * {@link LiveSettings.current} has what it says now.
 */
export function createLiveSettings(
	file: SettingsStore,
	changed: (preferences: Preferences) => void = () => {},
	edited: (before: readonly AccountSettings[]) => void = () => {},
): LiveSettings {
	let settings = file.read();
	let preferences = preferencesIn(settings);

	const take = (next: Settings): readonly SettingName[] => {
		settings = next;
		const now = preferencesIn(next);
		const names = settingNames.filter(name => JSON.stringify(now[name]) !== JSON.stringify(preferences[name]));
		if (names.length > 0) {
			preferences = now;
			changed(preferences);
		}

		return names;
	};

	/** A file that is gone says nothing: the accounts in it are not to go with it. */
	const orKnown = (found: Settings): Settings => (found === defaultSettings ? settings : found);

	/** The file says something that was not written here. */
	const takeForeign = (found: Settings): readonly SettingName[] => {
		const {accounts} = settings;
		const names = take(found);
		if (JSON.stringify(found.accounts) !== JSON.stringify(accounts)) {
			edited(accounts);
		}

		return names;
	};

	return {
		current: () => settings,
		preferences: () => preferences,
		async update(change) {
			let found = settings;
			const next = await file.update(current => {
				found = orKnown(current);
				return change(found);
			});
			// It may have been edited a moment ago, before anybody told of that.
			takeForeign(found);
			take(next);
		},
		reload: () => takeForeign(orKnown(file.read())),
	};
}

/** The Action of that name. */
export async function changeSetting(
	settings: LiveSettings,
	{name, value = defaultPreferences[name]}: ActionInput<'changeSetting'>,
): Promise<void> {
	await settings.update(current => ({...current, [name]: value}));
}

function preferencesIn(settings: Settings): Preferences {
	const {accounts: _, ...preferences} = settings;
	return preferences;
}
