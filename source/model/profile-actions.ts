import type {BareJid, Jid} from '../shared/jid.js';
import type {Form, FormAnswers} from './form.js';
import type {RoomProfile} from './room-profile.js';
import type {Vcard} from './vcard.js';

/** What a person can ask to be told about a room or somebody. A refusal is thrown as an `XmppcError`. */
export type ProfileActions = {
	/** Asks a room what it is, and for its card where it has one; it need not be entered. Throws `not-a-room`. */
	roomProfile(input: {readonly account: BareJid; readonly room: BareJid}): Promise<RoomProfile>;
	/**
	 * The card of somebody (XEP-0054, else XEP-0292): of an occupant by the address in the room, of anybody else by the bare JID, whatever
	 * resource is given; without a JID the account's own. Absent: there is none, or nobody. `jid`: who was asked for. `announced`:
	 * SHA-1 of pictures that presence tells of. Throws `no-such-occupant`, `room-not-joined`.
	 */
	vcard(input: {
		readonly account: BareJid;
		readonly jid?: Jid;
	}): Promise<{readonly jid: Jid; readonly card?: Vcard; readonly announced: readonly string[]}>;
	/** The account's own card as a form to be filled in (XEP-0054). */
	vcardForm(input: {readonly account: BareJid}): Promise<Form>;
	/** Puts what was filled in into the own card; the rest of it stays. */
	saveVcard(input: {readonly account: BareJid; readonly answers: FormAnswers}): Promise<void>;
	/** Tells contacts what the account calls itself (XEP-0172); empty: nothing any more. */
	publishNick(input: {readonly account: BareJid; readonly nick: string}): Promise<void>;
};
