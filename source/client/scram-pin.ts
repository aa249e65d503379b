import type {AccountSettings} from '../model/account.js';
import type {Settings} from '../model/settings.js';
import {messageOf} from '../shared/errors.js';
import type {BareJid} from '../shared/jid.js';
import type {Log} from '../shared/log.js';
import type {SettingsStore} from '../storage/ports.js';

/** The settings with a note that SCRAM works for this account, so that PLAIN is refused from then on. */
export function withScramPinned(settings: Settings, jid: BareJid): Settings {
	return {
		...settings,
		accounts: settings.accounts.map(account => (account.jid === jid ? {...account, scramPinned: true} : account)),
	};
}

/** A one-liner does as a client that stays: from now on this account does not log in by showing its password. */
export async function pinScram(
	account: AccountSettings,
	mechanism: string,
	{settings, log}: {readonly settings: SettingsStore; readonly log: Log},
): Promise<void> {
	if (account.scramPinned === true || !mechanism.startsWith('SCRAM-')) {
		return;
	}

	try {
		await settings.update(current => withScramPinned(current, account.jid));
	} catch (error) {
		// What was sent is sent, and the next login tries again.
		log.note('settings', `the use of SCRAM could not be noted: ${messageOf(error)}`);
	}
}
