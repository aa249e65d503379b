import type {AccountStatus} from '../model/account.js';
import type {Event} from '../model/events.js';
import type {BareJid} from '../shared/jid.js';

/**
 * What a program without a screen says of an Event: notices, and what becomes of accounts. Never a message or who wrote
 * it: that is for the history, and not for a log.
 */
export function createDaemonLines(): (event: Event) => string | undefined {
	const statuses = new Map<BareJid, AccountStatus>();
	return event => {
		if (event.type === 'notice') {
			const level = event.level === 'info' ? '' : `${event.level}: `;
			return `${level}${event.text}${event.hint === undefined ? '' : ` (${event.hint})`}`;
		}

		if (event.type === 'account.removed') {
			statuses.delete(event.account);
			return `${event.account}: removed`;
		}

		if (event.type !== 'account.changed') {
			return undefined;
		}

		const {jid, status} = event.account;
		// Attempts come and go while the server is away; what they come to is said.
		if (status === 'connecting' || statuses.get(jid) === status) {
			return undefined;
		}

		statuses.set(jid, status);
		return `${jid}: ${status}`;
	};
}
