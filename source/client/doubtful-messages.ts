import {messageOf} from '../shared/errors.js';
import type {BareJid} from '../shared/jid.js';
import type {Storage} from '../storage/ports.js';
import type {Standing} from './account-standing.js';

export type DoubtPorts = {
	readonly storage: Pick<Storage, 'archives'>;
	readonly notice: Standing['notice'];
};

/**
 * Has messages recorded that were written and may or may not have arrived, and tells the person of them. `find`: records
 * them and answers how many there are. Where it cannot be recorded now, the outbox does it when it opens.
 */
export function recordDoubt(account: BareJid, find: () => number, {storage, notice}: DoubtPorts): void {
	try {
		const messages = find();
		if (messages > 0) {
			const hasArchive = storage.archives.load(account, account) !== undefined;
			const hint = hasArchive
				? 'The archive of the server will tell; what it does not have is sent again.'
				: 'Look for the mark beside them; ask, or send them again.';
			notice('warning', doubtText(messages), hint);
		}
	} catch (error) {
		notice('error', `What became of the last messages could not be recorded: ${messageOf(error)}`);
	}
}

function doubtText(count: number): string {
	return count === 1
		? 'The connection was lost before the server confirmed a message: it may or may not have arrived.'
		: `The connection was lost before the server confirmed ${count} messages: they may or may not have arrived.`;
}
