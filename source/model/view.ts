import type {BareJid, Jid} from '../shared/jid.js';
import type {BufferId} from './buffer.js';
import type {EncryptionIntent} from './encryption-view.js';
import type {ExportFormat} from './export.js';
import type {FileIntent} from './file-view.js';
import type {KeyAction} from './keys.js';
import type {MessageIntent} from './message-view.js';
import type {Affiliation} from './room.js';
import type {Preferences, SettingName} from './settings.js';
import type {StrangerIntent} from './stranger-view.js';

/** Which stanzas are meant: all that is named must fit. Texts are looked for regardless of case. */
export type XmlFilter = {
	readonly name?: string;
	/** Part of the sender's address. */
	readonly from?: string;
	readonly to?: string;
	readonly contains?: string;
};

/** What concerns only the screen of the front end that was asked; never on the control socket. */
export type ViewIntent =
	| EncryptionIntent
	| MessageIntent
	| StrangerIntent
	| FileIntent
	/** Opens it first if it is not open. */
	| {readonly type: 'showBuffer'; readonly buffer: BufferId}
	/** By its number in the list (1 is the first), by JID or contact name, or relative. */
	| {readonly type: 'switchBuffer'; readonly to: number | string | 'next' | 'previous' | 'last' | 'unread'}
	| {readonly type: 'closeBuffer'; readonly buffer?: BufferId}
	| {readonly type: 'listBuffers'}
	/** Roster, presence and waiting requests, in words. */
	| {readonly type: 'listContacts'; readonly account?: BareJid}
	| {readonly type: 'listAccounts'}
	/** Starts the assistant that asks for what is missing, the password unseen. */
	| {readonly type: 'addAccount'; readonly jid?: BareJid}
	/** Asks for the passphrase, unseen. */
	| {readonly type: 'unlock'}
	/** Sends again what failed in the active buffer: the newest, or everything. What was sent again before is left out. */
	| {readonly type: 'resend'; readonly all: boolean}
	| {readonly type: 'clear'}
	| {readonly type: 'help'; readonly topic?: string}
	/** The keys, those with this word where one is given. */
	| {readonly type: 'keys'; readonly word?: string}
	/** Asks for a key, and tells its name and what it does. */
	| {readonly type: 'learnKey'}
	/** Does what a key does. */
	| {readonly type: 'do'; readonly action: KeyAction}
	/** Whose joining and leaving is shown from now on; without it, all or what is set, in turn. */
	| {readonly type: 'joins'; readonly show?: Preferences['messages.joins']}
	/** All of a long message is shown, or its first lines again: the lowest in view, or every one. */
	| {readonly type: 'fold'; readonly folded: boolean; readonly all: boolean}
	/** Takes the theme of that name, read again; without one lists them, to try them on and choose one. */
	| {readonly type: 'chooseTheme'; readonly name?: string}
	/** Writes the conversation of a buffer into a file, as the person names it; the form is as its name says, unless given. */
	| {readonly type: 'exportHistory'; readonly buffer: BufferId; readonly format: ExportFormat; readonly path: string}
	/** The links in the messages on the screen, to open one. */
	| {readonly type: 'links'}
	| {readonly type: 'scroll'; readonly by: 'page' | 'line' | 'end'; readonly direction: 'up' | 'down'}
	/** Searches everything; what was found is listed. */
	| {readonly type: 'search'; readonly query?: string}
	/** Searches the active buffer, hit by hit. */
	| {readonly type: 'find'; readonly query?: string}
	/** Goes to a point in time in the active buffer, as `shared/when.ts` reads it, or `back`. */
	| {readonly type: 'goTo'; readonly when: string}
	/** Goes back to where the last jump began. */
	| {readonly type: 'goBack'}
	| {readonly type: 'toHighlight'; readonly direction: 'previous' | 'next'}
	| {readonly type: 'toggleBufferList'}
	| {readonly type: 'toggleParticipants'}
	/** Who is in the room of a buffer, by what they may do there. */
	| {readonly type: 'listOccupants'; readonly buffer: BufferId}
	/** What the room of a buffer is about. */
	| {readonly type: 'sayTopic'; readonly buffer: BufferId}
	/** What is known about somebody: an occupant of a room by `nick`, or whoever has an address. */
	| {
			readonly type: 'whois';
			readonly account: BareJid;
			readonly room?: BareJid;
			readonly nick?: string;
			readonly jid?: BareJid;
	  }
	/** What a room is: what it tells whoever asks, and the person's place in it. */
	| {readonly type: 'roomInfo'; readonly account: BareJid; readonly room: BareJid}
	/** The card of somebody, or of a room; without a JID the account's own. */
	| {readonly type: 'vcard'; readonly account: BareJid; readonly jid?: Jid}
	/** The account's own card, to be changed. */
	| {readonly type: 'editVcard'; readonly account: BareJid}
	/**
	 * The rooms that a service shows, to enter one; without one those of the account's own server. With `find`, which may be
	 * empty, the public rooms that a directory finds.
	 */
	| {readonly type: 'listRooms'; readonly account: BareJid; readonly service?: BareJid; readonly find?: string}
	/** The rooms that are remembered. */
	| {readonly type: 'listBookmarks'; readonly account: BareJid}
	/** Those whom the person does not want to hear, in one room or in all of the account's. */
	| {readonly type: 'listIgnored'; readonly account: BareJid; readonly room?: BareJid}
	/** Who is what in a room: those with that affiliation, or with any. */
	| {
			readonly type: 'listAffiliations';
			readonly account: BareJid;
			readonly room: BareJid;
			readonly affiliation?: Affiliation;
	  }
	/** What of a room can be configured, to be changed. */
	| {readonly type: 'roomConfiguration'; readonly account: BareJid; readonly room: BareJid}
	/** What has to be told to become a member of a room, to be filled in. */
	| {readonly type: 'roomRegistration'; readonly account: BareJid; readonly room: BareJid}
	/** Shows others of those who are in the room. */
	| {readonly type: 'scrollParticipants'; readonly direction: 'up' | 'down'}
	/** A second buffer beside the active one: `open` shows that one, `other` goes there, `swap` exchanges their places. */
	| {readonly type: 'splitView'; readonly how: 'open'; readonly buffer: BufferId}
	| {readonly type: 'splitView'; readonly how: 'toggle' | 'off' | 'swap' | 'other'}
	/** With what spelling is checked or, of a word, whether it is right; `learn` puts it into the person's dictionary. */
	| {readonly type: 'spell'; readonly word?: string; readonly learn?: boolean}
	/** Edits what is typed in the active buffer, or this text, with the person's own editor. */
	| {readonly type: 'editText'; readonly text?: string}
	| {readonly type: 'redraw'}
	/** Copies a text to the clipboard; without one, the newest message of the active buffer. */
	| {readonly type: 'copy'; readonly text?: string}
	/** Says what the terminal can do and which options would help. */
	| {readonly type: 'doctor'}
	/** Opens or closes the view of stanzas; without an account, of all. */
	| {readonly type: 'watchXml'; readonly on: boolean; readonly account?: BareJid}
	/** What of the stanzas is shown; absent: all of them. */
	| {readonly type: 'filterXml'; readonly filter?: XmlFilter}
	/** Calls the person in every way that is turned on, and says which those are. */
	| {readonly type: 'testNotification'}
	/** The settings, one of them, or those that are not at their default. */
	| {readonly type: 'settings'; readonly name?: SettingName; readonly changed?: true}
	/** The commands of the person's own. */
	| {readonly type: 'aliases'; readonly name?: string}
	/** What was begun to be written here on a screen, for who has none: says it, sends it or forgets it. */
	| {readonly type: 'draft'; readonly what: 'show' | 'send' | 'drop'}
	| {readonly type: 'quit'};
