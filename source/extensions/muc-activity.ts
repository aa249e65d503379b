/**
 * XEP-0045: what happens to people in a room, as lines for a person (§7.1, §7.6, §7.14, §8–§10).
 */
import type {Affiliation, Occupant, OccupantActivity, Role} from '../model/room.js';
import {type BareJid, bareOf, resourcepartOf, withResource} from '../shared/jid.js';
import {printable, shortened} from '../shared/text.js';
import {codes, type RoomItem, type RoomUser} from './muc-elements.js';
import type {RoomPresence} from './muc-presence.js';

/** Code points that are kept of a reason, and of the name of who gives it. */
const longestReason = 500;
const longestActor = 100;

const affiliationWords: Readonly<Record<Affiliation, string>> = {
	owner: 'an owner of the room',
	admin: 'an administrator',
	member: 'a member',
	outcast: 'banned',
	none: 'no member',
};

const roleWords: Readonly<Record<Role, string>> = {
	moderator: 'a moderator now',
	participant: 'a participant now',
	visitor: 'a visitor now, who cannot speak',
	none: 'out of the room now',
};

/** The item of a message that tells somebody outside of what they are in the room (status 101). */
export function standingOf({items: [item], statuses}: RoomUser): RoomItem | undefined {
	const isStanding = statuses.some(({code}) => code === codes.affiliationChangedAway);
	return isStanding && item?.affiliation !== undefined ? item : undefined;
}

/** What is told of somebody in a room: a sentence, and the next step where there is one. */
export type Standing = {readonly text: string; readonly hint?: string};

/**
 * What a room tells the account, which is not in it, of what it is there from now on (§9, status 101): what it has become,
 * who made it that and why, as far as the room says. An item about somebody else is no news of ours.
 */
export function standingToldBy(room: BareJid, account: BareJid, user: RoomUser): Standing | undefined {
	const item = standingOf(user);
	const affiliation = item?.affiliation;
	if (affiliation === undefined || (item?.jid !== undefined && bareOf(item.jid) !== account)) {
		return undefined;
	}

	const reason = shortened(printable(reasonOf(item), 'line'), longestReason);
	const text = `In ${room} you are ${affiliationWords[affiliation]} now${reason === '' ? '' : ` (${reason})`}.`;
	const isWelcome = affiliation === 'member' || affiliation === 'admin' || affiliation === 'owner';
	return {text, ...(isWelcome ? {hint: `/join ${room} enters it.`} : {})};
}

/** What is worth a line when somebody's presence comes; `former`: as they were. */
export function activityOnPresence(
	former: Occupant | undefined,
	now: Occupant,
	{item}: Pick<RoomPresence, 'item'>,
	at: number,
): OccupantActivity | undefined {
	const {nick} = now;
	if (former === undefined) {
		return {what: 'joined', nick, at};
	}

	const reason = reasonOf(item);
	const why = reason === '' ? '' : ` (${reason})`;
	if (former.affiliation !== now.affiliation) {
		const text = `is ${affiliationWords[now.affiliation]} now${why}`;
		return {what: 'changed', about: 'affiliation', nick, text, at};
	}

	return former.role === now.role
		? undefined
		: {what: 'changed', about: 'role', nick, text: `is ${roleWords[now.role]}${why}`, at};
}

/** Who did it and why, as far as the room tells; empty where it tells nothing. */
function reasonOf(item: RoomPresence['item']): string {
	const by = item?.actor?.nick;
	const parts = [by === undefined ? undefined : `by ${shortened(by, longestActor)}`, item?.reason];
	return shortened(parts.filter(part => part !== undefined).join(': '), longestReason);
}

/** Why somebody is no longer there under that name, from an unavailable presence. */
export function departureOf(
	{room, statuses, item, user, statusText}: RoomPresence,
	nick: string,
	at: number,
): OccupantActivity {
	const renamed = statuses.has(codes.newNick) ? withResource(room, item?.nick ?? '') : undefined;
	const newNick = renamed === undefined ? undefined : resourcepartOf(renamed);
	if (newNick !== undefined) {
		return {what: 'renamed', nick, newNick, at};
	}

	const activity = (what: OccupantActivity['what'], text: string | undefined): OccupantActivity => ({
		what,
		nick,
		...(text === undefined || text === '' ? {} : {text}),
		at,
	});
	const reason = reasonOf(item);
	if (statuses.has(codes.banned)) {
		return activity('banned', reason);
	}

	if (statuses.has(codes.thrownOutByError)) {
		return activity('left', 'lost the connection');
	}

	if (statuses.has(codes.kicked)) {
		return activity('kicked', reason);
	}

	if (statuses.has(codes.affiliationLost)) {
		return activity('kicked', reason === '' ? 'no longer a member' : `no longer a member, ${reason}`);
	}

	if (statuses.has(codes.nowMembersOnly)) {
		return activity('kicked', 'the room is for members only now');
	}

	if (statuses.has(codes.shutDown)) {
		return activity('left', 'the service shut down');
	}

	const destroyed = user?.destroyed;
	if (destroyed !== undefined) {
		const {reason: why, alternative} = destroyed;
		const parts = [
			'the room was closed',
			why && shortened(why, longestReason),
			alternative === undefined ? undefined : `it goes on in ${alternative}`,
		];
		return activity('left', parts.filter(part => part !== undefined).join(': '));
	}

	return activity('left', statusText);
}
