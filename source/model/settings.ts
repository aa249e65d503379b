import type {AccountSettings} from './account.js';

/** All that `settings.json` may hold. Kept small: a slice is passed to whoever needs it, never the whole. */
export type Settings = {
	readonly accounts: readonly AccountSettings[];
	/** Name of a theme in `source/themes/`. */
	readonly theme: string;
	/** Answer XEP-0184 receipt requests of contacts. */
	readonly receipts: boolean;
};

export const defaultSettings: Settings = {
	accounts: [],
	theme: 'dark',
	receipts: true,
};
