/** What waits to go out in clear, and is not to any more (invariant 6). */
import type {Storage} from '../../storage/ports.js';
import type {AccountSession} from '../account-session.js';
import {destinationIn} from './states.js';

/**
 * The person wants something else of encryption than before: what waits in conversations that have to be encrypted by that is
 * encrypted, or stays here.
 */
export function protectWaiting(
	{jid, encryption, outbox}: Pick<AccountSession, 'jid' | 'encryption' | 'outbox'>,
	storage: Pick<Storage, 'outbox' | 'messages'>,
): void {
	const buffers = new Set(storage.outbox.waiting(jid).map(({key}) => storage.messages.get(key)?.buffer));
	for (const buffer of buffers) {
		const destination = buffer === undefined ? undefined : destinationIn(buffer, jid);
		if (buffer !== undefined && destination !== undefined && encryption.policy.isBound(destination)) {
			outbox.protect(buffer);
		}
	}
}
