import type {BareJid} from '../shared/jid.js';
import type {BufferId} from './buffer.js';

/** What concerns only the screen of the front end that was asked; never on the control socket. */
export type ViewIntent =
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
	| {readonly type: 'keys'}
	| {readonly type: 'scroll'; readonly by: 'page' | 'line' | 'end'; readonly direction: 'up' | 'down'}
	| {readonly type: 'toggleBufferList'}
	| {readonly type: 'redraw'}
	| {readonly type: 'quit'};
