import type {BareJid, Jid} from '../shared/jid.js';
import type {RoomFeatures} from './room.js';
import type {Vcard} from './vcard.js';

/** What a room tells about itself to whoever asks (XEP-0045 §6.4, XEP-0486). All but JIDs, numbers and hashes is user text. */
export type RoomProfile = {
	readonly room: BareJid;
	readonly name?: string;
	readonly description?: string;
	readonly subject?: string;
	readonly features: RoomFeatures;
	/** Whether it stands in the list of rooms of its service; absent: it does not tell. */
	readonly listed?: boolean;
	/** How many are there. */
	readonly occupants?: number;
	readonly language?: string;
	/** Whom to turn to. */
	readonly contacts: readonly Jid[];
	/** Where what was said can be read. */
	readonly logs?: string;
	/** Where it can be entered with a browser. */
	readonly pages: readonly string[];
	/** SHA-1 of the pictures that it says it has, lowercase hexadecimal: hints, to be held against those of the card. */
	readonly announced: readonly string[];
	/** Absent: it has none. */
	readonly card?: Vcard;
	/** Why its card could not be had, as a sentence. */
	readonly cardProblem?: string;
};
