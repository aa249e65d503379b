/** The invitations to rooms that wait for an answer. They are in memory only: who invites into a room that lives invites again. */
import type {Event} from '../model/events.js';
import type {RoomInvitation} from '../model/room.js';
import type {BareJid} from '../shared/jid.js';

export type Invitations = {
	waiting(): readonly RoomInvitation[];
	/** Hears of invitations, and of rooms that were entered. */
	hear(event: Event): void;
	/** The person gave an answer, or wants to hear no more of it. */
	answered(account: BareJid, room: BareJid): void;
};

/** Invitations that are kept: each is a line that somebody else may write. */
const most = 100;

/** `publish` tells that one waits no more. */
export function createInvitations(publish: (event: Event) => void): Invitations {
	const waiting = new Map<string, RoomInvitation>();
	const keyOf = (account: BareJid, room: BareJid) => `${account} ${room}`;

	const answered = (account: BareJid, room: BareJid) => {
		if (waiting.delete(keyOf(account, room))) {
			publish({type: 'invitation.resolved', account, room});
		}
	};

	return {
		waiting: () => [...waiting.values()],
		hear(event) {
			if (event.type === 'room.invited') {
				const {account, room} = event.invitation;
				waiting.delete(keyOf(account, room));
				waiting.set(keyOf(account, room), event.invitation);
				const [oldest] = waiting.values();
				if (waiting.size > most && oldest !== undefined) {
					answered(oldest.account, oldest.room);
				}
			} else if (event.type === 'room.changed' && event.room.status === 'joined') {
				answered(event.room.account, event.room.jid);
			} else if (event.type === 'account.removed') {
				for (const [key, {account}] of waiting) {
					if (account === event.account) {
						waiting.delete(key);
					}
				}
			}
		},
		answered,
	};
}
