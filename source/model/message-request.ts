import type {BareJid, Jid} from '../shared/jid.js';
import type {BufferId} from './buffer.js';

/**
 * Somebody who is no contact has written, and waits for the person to say whether they want to hear it. The conversation is
 * on record and has no buffer; nothing of it was answered.
 */
export type MessageRequest = {
	readonly account: BareJid;
	/** The conversation, which has this id once it is open. */
	readonly buffer: BufferId;
	/** Who: a bare JID or, of somebody in a room that the account is not in, their address there. */
	readonly jid: Jid;
	/** The first words of the first message that waits. User text. */
	readonly text: string;
	/** How many messages wait. */
	readonly count: number;
	/** When the newest of them came: milliseconds since the epoch. */
	readonly at: number;
};

/** Code points that are kept of the first words. */
export const longestRequestText = 280;
