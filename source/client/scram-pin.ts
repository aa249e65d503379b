import type {Settings} from '../model/settings.js';
import type {BareJid} from '../shared/jid.js';

/** The settings with a note that SCRAM works for this account, so that PLAIN is refused from then on. */
export function withScramPinned(settings: Settings, jid: BareJid): Settings {
	return {
		...settings,
		accounts: settings.accounts.map(account => (account.jid === jid ? {...account, scramPinned: true} : account)),
	};
}
