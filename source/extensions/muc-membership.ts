/**
 * XEP-0045 §7: one room and our place in it, from the request to enter to the end. Pure of the wire: presence comes in read,
 * what has to be sent goes through a port.
 */
import {bufferId} from '../model/buffer.js';
import type {Event} from '../model/events.js';
import type {Occupant, OccupantActivity, Room, RoomFeatures} from '../model/room.js';
import type {Clock, Dispose} from '../shared/clock.js';
import {XmppcError} from '../shared/errors.js';
import {type BareJid, localpartOf} from '../shared/jid.js';
import type {StanzaErrorContent} from '../xmpp/stanza-error.js';
import {activityOnPresence, departureOf} from './muc-activity.js';
import {codes} from './muc-elements.js';
import type {RoomInformation} from './muc-features.js';
import type {RoomPresence} from './muc-presence.js';
import {challengeFailed, entryRefused, nickRefused} from './muc-refusals.js';

export type Entered = {
	/** The room was not there before; it is locked until its owner has configured it (§10.1). */
	readonly created: boolean;
};

/** A room is no more (§10.9). `password`: of the room in which it goes on. */
export type Destroyed = {readonly alternative?: BareJid; readonly password?: string};

export type MembershipPorts = {
	readonly account: BareJid;
	readonly clock: Clock;
	publish(event: Event): void;
	/**
	 * The room is over for us. `wasThrownOut`: we were in it, and had not asked for that. `mayReturn`: it was the fault of its
	 * service, and nobody's wish.
	 */
	onOut(end: {readonly wasThrownOut: boolean; readonly mayReturn: boolean; readonly destroyed?: Destroyed}): void;
	/** The room refused something that nobody waits for: it may have lost us. */
	onDoubt(): void;
};

export type Membership = {
	readonly room: Room;
	readonly occupants: ReadonlyMap<string, Occupant>;
	readonly hasOccupantIds: boolean;
	readonly hasStableIds: boolean;
	readonly takesMentions: boolean;
	/** Since when somebody is there under a nick without a break, by our clock: milliseconds since the epoch. */
	presentSince(nick: string): number | undefined;
	/** We are in when it resolves. Rejects with why not. */
	readonly entered: Promise<Entered>;
	learned(information: RoomInformation): void;
	/** What the room says of itself besides what discovery tells (§10.2.1, status 170 to 173). */
	told(change: Pick<RoomFeatures, 'logged' | 'nonAnonymous'>): void;
	/** Somebody's presence, or the room's; `refusal` where it is an error. */
	take(presence: RoomPresence, refusal: StanzaErrorContent | undefined): void;
	subject(text: string): void;
	/** The room asks something before it lets us in: who answers needs time (XEP-0158). */
	challenged(): void;
	/** That was answered rightly: it is for the room to let us in now. */
	answered(): void;
	/** Something of ours was said there: where the room is slow, the next has to wait (XEP-0500). Milliseconds since the epoch. */
	said(at: number): void;
	/** The request to leave was sent. Resolves when the room has confirmed it, or says nothing. */
	leaving(): Promise<void>;
	/** We are out, and the room need not confirm it: it has not been asked to let us in. */
	left(): void;
	/** A new nick was asked for. Rejects with why the room refuses it. */
	renaming(nick: string): Promise<void>;
	/** It cannot go on; whoever waits learns why. */
	fail(error: Error): void;
};

/** Milliseconds that a room may take to let somebody in: it may have to be fetched from another server. */
const entryPatience = 60_000;
/** The same while it waits for a person's answer. */
const answerPatience = 300_000;
const leavePatience = 5000;
/** People that are kept of one room. */
const mostOccupants = 20_000;

/** Begins with a room that is being entered. `since` then it is told of: `room.changed`, `occupants.loaded` and the others. */
export function createMembership(
	jid: BareJid,
	{nick, hasPassword}: {readonly nick: string; readonly hasPassword: boolean},
	ports: MembershipPorts,
): Membership {
	const {account, clock, publish} = ports;
	const buffer = bufferId(account, 'room', jid);
	const occupants = new Map<string, Occupant>();
	let room: Room = {account, jid, buffer, status: 'joining', nick, features: {}};
	let hasOccupantIds = false;
	let hasStableIds = false;
	let takesMentions = false;
	let isOver = false;

	let lastSaidAt: number | undefined;

	const changed = (change: Partial<Room>) => {
		const {lastSaidAt: _, ...rest} = {...room, ...change};
		const isSlow = rest.features.slowMode !== undefined;
		room = {...rest, ...(isSlow && lastSaidAt !== undefined ? {lastSaidAt} : {})};
		publish({type: 'room.changed', room});
	};

	/** It does not ask any more. */
	const unchallenged = () => {
		const {challenged: _, ...rest} = room;
		room = rest;
	};

	const entering = waitFor<Entered>(clock, entryPatience, () => fail(silent(jid)));
	/** When each came under the nick they have. */
	const since = new Map<string, number>();
	let leave: Waiting<void> | undefined;
	let rename: (Waiting<void> & {readonly nick: string}) | undefined;

	const end = (
		status: 'parted' | 'refused',
		reason: string | undefined,
		{mayReturn = false, destroyed, elsewhere = destroyed?.alternative}: Ending = {},
	) => {
		if (isOver) {
			return;
		}

		isOver = true;
		occupants.clear();
		since.clear();
		const {reason: _, challenged: __, ...rest} = room;
		room = {
			...rest,
			status,
			...(reason === undefined ? {} : {reason}),
			...(mayReturn && status === 'parted' ? {returning: true} : {}),
			...(isAlternative(elsewhere, jid) ? {alternative: elsewhere} : {}),
		};
		publish({type: 'room.changed', room});
		publish({type: 'occupants.loaded', buffer, occupants: []});
		const wasThrownOut = leave === undefined && !entering.isOpen();
		leave?.resolve();
		ports.onOut({wasThrownOut, mayReturn, ...(destroyed === undefined ? {} : {destroyed})});
	};

	function fail(error: Error, elsewhere?: BareJid): void {
		end(entering.isOpen() ? 'refused' : 'parted', error.message, {mayReturn: true, ...(elsewhere && {elsewhere})});
		entering.reject(error);
		rename?.reject(error);
	}

	const left = () => {
		end('parted', undefined);
		entering.reject(outOf(jid, {what: 'left'}));
	};

	const refused = (content: StanzaErrorContent) => {
		if (rename !== undefined) {
			rename.reject(nickRefused(content, {room: jid, nick: rename.nick, hasPassword}));
			rename = undefined;
		} else if (entering.isOpen()) {
			const place = {room: jid, nick: room.nick, hasPassword, isChallenged: room.challenged === true};
			fail(entryRefused(content, place), content.newAddress);
		} else if (leave === undefined) {
			ports.onDoubt();
		}
	};

	const came = (occupant: Occupant, presence: Pick<RoomPresence, 'statuses' | 'item'>) => {
		const {statuses} = presence;
		const isSelf = statuses.has(codes.self);
		const former = occupants.get(occupant.nick);
		if (former === undefined && !isSelf && occupants.size >= mostOccupants) {
			return;
		}

		occupants.set(occupant.nick, occupant);
		if (former === undefined) {
			since.set(occupant.nick, clock.now());
		}

		if (!entering.isOpen()) {
			if (isSelf && occupant.nick !== room.nick) {
				changed({nick: occupant.nick});
			}

			const activity = activityOnPresence(former, occupant, presence, clock.now());
			publish({type: 'occupant.changed', buffer, occupant, ...(activity === undefined ? {} : {activity})});
		} else if (isSelf) {
			// Our own presence comes last of all (§7.1): everybody is known now.
			const told = {
				...(statuses.has(codes.nonAnonymous) ? {nonAnonymous: true} : {}),
				...(statuses.has(codes.logged) ? {logged: true} : {}),
			};
			publish({type: 'occupants.loaded', buffer, occupants: [...occupants.values()]});
			unchallenged();
			changed({status: 'joined', nick: occupant.nick, features: {...room.features, ...told}});
			entering.resolve({created: statuses.has(codes.created)});
		}
	};

	const renamed = (former: string, activity: OccupantActivity & {readonly newNick: string}, isSelf: boolean) => {
		const {newNick} = activity;
		const occupant = {...(occupants.get(former) ?? stranger), nick: newNick};
		occupants.delete(former);
		occupants.set(newNick, occupant);
		since.delete(former);
		since.set(newNick, clock.now());
		if (isSelf) {
			rename?.resolve();
			rename = undefined;
			changed({nick: newNick});
		}

		const told = isSelf ? {...activity, own: true as const} : activity;
		publish({type: 'occupant.changed', buffer, occupant, formerNick: former, activity: told});
	};

	const forget = (nick: string) => {
		since.delete(nick);
		return occupants.delete(nick);
	};

	const went = (who: string, presence: RoomPresence) => {
		const isSelf = presence.statuses.has(codes.self) || who === room.nick;
		const {newNick, ...activity} = departureOf(presence, who, clock.now());
		if (newNick !== undefined) {
			renamed(who, {...activity, newNick}, isSelf);
		} else if (isSelf) {
			const {statuses} = presence;
			const mayReturn = statuses.has(codes.shutDown) || statuses.has(codes.thrownOutByError);
			const why = outOf(jid, activity);
			const destroyed = presence.user?.destroyed;
			end('parted', leave === undefined ? why.message : undefined, {mayReturn, ...(destroyed && {destroyed})});
			entering.reject(why);
			rename?.reject(why);
		} else if (forget(who) && !entering.isOpen()) {
			publish({type: 'occupant.left', buffer, nick: who, activity});
		}
	};

	publish({type: 'room.changed', room});
	return {
		get room() {
			return room;
		},
		get hasOccupantIds() {
			return hasOccupantIds;
		},
		get hasStableIds() {
			return hasStableIds;
		},
		get takesMentions() {
			return takesMentions;
		},
		occupants,
		presentSince: nick => (occupants.has(nick) ? since.get(nick) : undefined),
		entered: entering.promise,
		told(change) {
			const features = {...room.features, ...change};
			if (features.logged !== room.features.logged || features.nonAnonymous !== room.features.nonAnonymous) {
				changed({features});
			}
		},
		learned(information) {
			hasOccupantIds = information.hasOccupantIds;
			hasStableIds = information.hasStableIds;
			takesMentions = information.takesMentions;
			const {logged, nonAnonymous} = room.features;
			const said = {
				...(logged === undefined ? {} : {logged}),
				...(nonAnonymous === undefined ? {} : {nonAnonymous}),
			};
			const features = {...said, ...information.features};
			changed({features, ...(information.name === undefined ? {} : {name: information.name})});
		},
		take(presence, refusal) {
			if (refusal !== undefined) {
				refused(refusal);
			} else if (presence.occupant !== undefined) {
				came(presence.occupant, presence);
			} else if (presence.nick !== undefined) {
				went(presence.nick, presence);
			}
		},
		subject(text) {
			if (text !== room.subject) {
				changed({subject: text});
			}
		},
		challenged() {
			entering.within(answerPatience, () => fail(challengeFailed(jid)));
			changed({challenged: true});
		},
		answered() {
			entering.within(entryPatience, () => fail(silent(jid)));
			unchallenged();
			changed({});
		},
		said(at) {
			lastSaidAt = Math.max(at, lastSaidAt ?? at);
			if (room.features.slowMode !== undefined) {
				changed({});
			}
		},
		leaving() {
			leave ??= waitFor<void>(clock, leavePatience, left);
			changed({status: 'parting'});
			return leave.promise;
		},
		left,
		renaming(wanted) {
			rename?.reject(silent(jid));
			const late = () => {
				rename?.reject(silent(jid));
				rename = undefined;
			};
			rename = {...waitFor<void>(clock, entryPatience, late), nick: wanted};
			return rename.promise;
		},
		fail: error => fail(error),
	};
}

/** How a room ends for us. `elsewhere`: where it goes on. */
type Ending = {readonly mayReturn?: boolean; readonly destroyed?: Destroyed; readonly elsewhere?: BareJid};

/** Whether that is another room: a service alone is none, and the same one would lead round in a circle. */
function isAlternative(alternative: BareJid | undefined, room: BareJid): alternative is BareJid {
	return alternative !== undefined && alternative !== room && localpartOf(alternative) !== undefined;
}

type Waiting<Value> = {
	readonly promise: Promise<Value>;
	isOpen(): boolean;
	/** Another limit counts from now on. */
	within(patience: number, isLate: () => void): void;
	resolve(value: Value): void;
	reject(error: Error): void;
};

/** A promise that is settled once, with a limit in milliseconds. */
function waitFor<Value>(clock: Clock, patience: number, isLate: () => void): Waiting<Value> {
	let open = true;
	let settle: {readonly resolve: (value: Value) => void; readonly reject: (error: Error) => void} | undefined;
	const promise = new Promise<Value>((resolve, reject) => {
		settle = {resolve, reject};
	});
	// Whoever waits hears of it; nobody has to.
	promise.catch(() => {});
	let stop: Dispose = clock.after(patience, isLate);
	const close = () => {
		open = false;
		stop();
	};
	return {
		promise,
		isOpen: () => open,
		within(limit, isLater) {
			stop();
			stop = open ? clock.after(limit, isLater) : () => {};
		},
		resolve(value) {
			close();
			settle?.resolve(value);
		},
		reject(error) {
			close();
			settle?.reject(error);
		},
	};
}

const stranger: Omit<Occupant, 'nick'> = {
	role: 'none',
	affiliation: 'none',
	availability: 'available',
	statusText: '',
};

function outOf(room: BareJid, {what, text}: Pick<OccupantActivity, 'what' | 'text'>): XmppcError {
	const because = text === undefined ? '' : ` (${text})`;
	const message = what === 'left' ? `You are out of ${room}${because}.` : `You were ${what} from ${room}${because}.`;
	return new XmppcError({code: 'room-out', kind: 'notPermitted', message});
}

function silent(room: BareJid): XmppcError {
	return new XmppcError({
		code: 'room-silent',
		kind: 'temporary',
		message: `${room} does not answer.`,
		hint: 'Check the address; its server may be away for now.',
	});
}
