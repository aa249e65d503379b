import type {BareJid, Jid} from '../shared/jid.js';
import type {Form, FormAnswers} from './form.js';
import type {Affiliation, Bookmark, Ignored, ListedPerson, Role, RoomListing} from './room.js';
import type {RoomChallenge} from './room-challenge.js';

type InRoom = {readonly account: BareJid; readonly room: BareJid};
type On<Input> = (input: InRoom & Input) => Promise<void>;

/** What a person can ask for in rooms (XEP-0045). A refusal of the room is thrown as an `XmppcError`. */
export type RoomActions = {
	/**
	 * Enters a room and opens its buffer; resolves when the person is in it. `created`: it was not there before. A new room is
	 * opened as its service makes them, unless `reserved`: then it is locked until it is configured. Entered again after each
	 * login and by the account's other devices, unless `remember` is false. In a room that one is in already only its buffer
	 * opens, and another nick is asked for where one is given; `again`: it is left first, on this device. Who only looks in,
	 * without `remember`, changes nothing for who `wasIn` it or was about to come back. Throws `room-captcha` where the room
	 * asks something first: the request waits for `answerRoomChallenge`, except that of who only looks in.
	 */
	joinRoom(
		input: InRoom & {
			readonly nick?: string;
			readonly password?: string;
			readonly reserved?: boolean;
			readonly remember?: boolean;
			readonly again?: boolean;
		},
	): Promise<{readonly created: boolean; readonly wasIn?: true}>;
	/** What a room that is being entered asks now. Throws `captcha-over` where it asks nothing. */
	roomChallenge(input: InRoom): Promise<RoomChallenge>;
	/**
	 * Answers it; resolves when the person is in. Throws `room-captcha` where the room asks something else now, and why it
	 * refuses.
	 */
	answerRoomChallenge(input: InRoom & {readonly answers: FormAnswers}): Promise<{readonly created: boolean}>;
	/** Tells the room that nobody will answer, and does not enter it. */
	declineRoomChallenge(input: InRoom): Promise<void>;
	/** Writes a picture of the question to a file (0600), by its place among them; it is gone when nothing is asked any more. */
	saveChallengePicture(input: InRoom & {readonly picture: number}): Promise<{readonly path: string}>;
	/** Leaves it, on all devices; the buffer stays. */
	leaveRoom: On<{readonly text?: string}>;
	changeNick: On<{readonly nick: string}>;
	/** Empty: none. */
	setSubject: On<{readonly subject: string}>;
	/** Asks somebody into the room, through the room where only members may enter. */
	inviteToRoom: On<{readonly jid: BareJid; readonly reason?: string}>;
	/** Forgets an invitation and says no, `to` whoever invited through the room; who did so directly hears nothing (XEP-0249). */
	declineInvitation: On<{readonly to?: Jid; readonly reason?: string}>;
	/** `none` throws somebody out. */
	setRole: On<{readonly nick: string; readonly role: Role; readonly reason?: string}>;
	/**
	 * `outcast` bans. By `jid`, or by the `nick` of somebody who is there: throws `address-hidden` where the room hides who
	 * that is. With `from` only who is on that list now: throws `not-listed`.
	 */
	setAffiliation: On<{
		readonly jid?: BareJid;
		readonly nick?: string;
		readonly affiliation: Affiliation;
		readonly from?: Affiliation;
		readonly reason?: string;
	}>;
	/** Everybody with that affiliation, whether they are there or not. */
	listAffiliated(input: InRoom & {readonly affiliation: Affiliation}): Promise<readonly ListedPerson[]>;
	/** What can be configured, and how it is. */
	roomConfiguration(input: InRoom): Promise<Form>;
	/** Throws `form-invalid` where an answer cannot be one. */
	configureRoom: On<{readonly answers: FormAnswers}>;
	destroyRoom: On<{readonly alternative?: BareJid; readonly reason?: string}>;
	/** What has to be told to become a member; without a form the person is one. */
	roomRegistration(input: InRoom): Promise<{readonly form?: Form}>;
	registerInRoom: On<{readonly answers: FormAnswers}>;
	/** The name that is reserved for the person there. */
	reservedNick(input: InRoom): Promise<{readonly nick?: string}>;
	/**
	 * Does not show, count or call what somebody who is there says, from now on and of what they said before. Answers what
	 * they are known by: where that is a `nick`, another one is all they need to be heard. Throws `no-such-occupant`.
	 */
	ignoreOccupant(input: InRoom & {readonly nick: string}): Promise<{readonly ignored: Ignored}>;
	/** Hears somebody again, by the nick they had then or have now. Throws `not-ignored`. */
	unignoreOccupant(input: InRoom & {readonly nick: string}): Promise<{readonly heard: readonly Ignored[]}>;
	/** Those who are ignored in a room, or in all of the account's. */
	listIgnored(input: {readonly account: BareJid; readonly room?: BareJid}): Promise<readonly Ignored[]>;
	/** Asks the moderators to be let speak. */
	requestVoice(input: InRoom): Promise<void>;
	/** Remembers a room on the server, or changes what is remembered; an empty text removes it. */
	setBookmark: On<Partial<Pick<Bookmark, 'name' | 'autojoin' | 'nick' | 'password' | 'pinned' | 'notify'>>>;
	removeBookmark(input: InRoom): Promise<void>;
	/** The rooms that a service or a directory (XEP-0433) shows; without one those of the account's own server. */
	listRooms(input: {readonly account: BareJid; readonly service?: BareJid}): Promise<RoomListing>;
	/**
	 * The public rooms that fit the words, without words all, those with most people first where the directory sorts so. Asked
	 * is the directory named, else the one of the account's own server, else the one that is set. Throws `no-directory` where
	 * there is none, `directory-paused` where it wants to be left alone for a time.
	 */
	findRooms(input: {
		readonly account: BareJid;
		readonly service?: BareJid;
		readonly words?: string;
	}): Promise<RoomListing>;
};
