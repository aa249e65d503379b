import type {Dispose} from './clock.js';
import type {BareJid} from './jid.js';

/** Whose stanzas one front end watches. */
export type WatchedAccounts = {
	/** Without an account: all of them, those to come too; off ends every watch. */
	set(account: BareJid | undefined, on: boolean): void;
	has(account: BareJid): boolean;
	/** Nothing any more. */
	clear(): void;
};

/** @param watch begins to watch one account, or all; others may watch the same. */
export function createWatchedAccounts(watch: (account: BareJid | undefined) => Dispose): WatchedAccounts {
	const watches = new Map<BareJid | undefined, Dispose>();
	const clear = () => {
		for (const stop of watches.values()) {
			stop();
		}

		watches.clear();
	};

	return {
		set(account, on) {
			if (on) {
				watches.set(account, watches.get(account) ?? watch(account));
			} else if (account === undefined) {
				clear();
			} else {
				watches.get(account)?.();
				watches.delete(account);
			}
		},
		has: account => watches.has(undefined) || watches.has(account),
		clear,
	};
}
