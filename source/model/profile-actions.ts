import type {BareJid, Jid} from '../shared/jid.js';
import type {RoomProfile} from './room-profile.js';
import type {Vcard} from './vcard.js';

/** What a person can ask to be told about a room or somebody. A refusal is thrown as an `XmppcError`. */
export type ProfileActions = {
	/** Asks a room what it is, and for its card where it has one; it need not be entered. Throws `not-a-room`. */
	roomProfile(input: {readonly account: BareJid; readonly room: BareJid}): Promise<RoomProfile>;
	/**
	 * The card of somebody (XEP-0054): of an occupant by the address in the room, of anybody else by the bare JID, whatever
	 * resource is given; without a JID the account's own. Absent: there is none, or nobody. `jid`: who was asked for. `announced`:
	 * SHA-1 of pictures that presence tells of. Throws `no-such-occupant`, `room-not-joined`.
	 */
	vcard(input: {
		readonly account: BareJid;
		readonly jid?: Jid;
	}): Promise<{readonly jid: Jid; readonly card?: Vcard; readonly announced: readonly string[]}>;
};
