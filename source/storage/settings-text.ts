import {isSameValue, settingOf} from '../model/setting-values.js';
import {type Settings, settingNames} from '../model/settings.js';

/** What the file holds, as JSON has it. */
export type FileContent = Readonly<Record<string, unknown>>;

/**
 * What a settings file says for these settings: what differs from the defaults, and what a person wrote there although it
 * does not. The order of names is always the same: that of the table.
 * @param before what the file held.
 */
export function contentOf(settings: Settings, before: FileContent): FileContent {
	const kept = settingNames.filter(name => {
		const value = settings[name];
		return (
			!isSameValue(value, settingOf(name).initial) || (Object.hasOwn(before, name) && isSameValue(before[name], value))
		);
	});
	const hasAccounts = settings.accounts.length > 0 || Object.hasOwn(before, 'accounts');
	return {
		...('$schema' in before ? {$schema: before.$schema} : {}),
		...(hasAccounts ? {accounts: settings.accounts} : {}),
		...Object.fromEntries(kept.map(name => [name, settings[name]])),
	};
}

/** The text of the file. */
export function serializeContent(content: FileContent): string {
	return `${JSON.stringify(content, undefined, '\t')}\n`;
}
