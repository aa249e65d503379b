/** What happens elsewhere and concerns how conversations are protected. */
import type {Event} from '../../model/events.js';
import type {OccupantActivity} from '../../model/room.js';
import type {AccountSession} from '../account-session.js';

/** Looks again where something happened that decides about encryption. */
export function followEncryption(event: Event, {jid, encryption}: Pick<AccountSession, 'jid' | 'encryption'>): void {
	switch (event.type) {
		case 'buffer.opened':
			if (event.buffer.account === jid) {
				encryption.opened(event.buffer.id);
			}

			break;
		case 'room.changed':
			if (event.room.account === jid) {
				encryption.roomChanged(event.room);
			}

			break;
		case 'occupant.changed':
		case 'occupant.left':
			if (event.buffer.startsWith(`${jid} `) && changesReaders(event.activity)) {
				encryption.readersChanged(event.buffer);
			}

			break;
		case 'preferences.changed':
			void encryption.wanted();
			break;
		default:
	}
}

/** Who may read a room is decided by affiliations. */
function changesReaders(activity: OccupantActivity | undefined): boolean {
	const {what, about} = activity ?? {};
	return what === 'kicked' || what === 'banned' || (what === 'changed' && about === 'affiliation');
}
