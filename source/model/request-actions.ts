import type {BareJid, Jid} from '../shared/jid.js';
import type {Buffer} from './buffer.js';

type OfRequest = {readonly account: BareJid; readonly jid: Jid};

/** What a person answers to strangers who write, or who want to see when they are online. */
export type RequestActions = {
	/**
	 * Opens the conversation with what they wrote, and lets them see the account's presence where they asked for that. `add`: adds
	 * them to the contacts as well. Answers the buffer where there was a message. Throws `no-such-request`.
	 */
	acceptRequest(input: OfRequest & {readonly add?: boolean}): Promise<{readonly buffer?: Buffer}>;
	/**
	 * Puts away what they wrote, and refuses what they asked for; somebody who only wrote learns nothing of it. Who writes once
	 * more waits once more. Throws `no-such-request`.
	 */
	declineRequest(input: OfRequest): Promise<void>;
};
