/**
 * A model of two rooms: one of a service at the account's own server, one of a server to which the connection may be cut. A
 * room archives and says what it was told, in its order, to everybody whom it believes to be in it; whom it does not reach
 * it puts out, without a word that arrives.
 */
import {
	attributeOf,
	child,
	children,
	type Element,
	nameOf,
	namespaceOf,
	textOf as textIn,
} from '../../source/xmpp/element.js';
import {serialize} from '../../source/xmpp/serialize.js';
import {createFakeArchive, type FakeArchive} from '../client/fake-archive.js';
import {delayElement, numberOf, withMore} from './letters.js';
import {wallTime} from './machine-clock.js';
import type {Random} from './random.js';
import {
	occupantIdElement,
	otherNick,
	ownNick,
	type RoomJid,
	reflectionTo,
	refusalOf,
	roomLetter,
	roomPresence,
	rooms,
} from './room-letters.js';
import {type ServerSession, sendParcel} from './server-session.js';
import type {RoomTraits} from './server-traits.js';
import type {Timeline} from './timeline.js';

/** Something that a room took, in its order. */
export type Said = {
	readonly number: number;
	/** Which machine it was sent from; absent: romeo said it. */
	readonly machine?: string;
	readonly at: number;
};

export type ModelRoom = {
	readonly jid: RoomJid;
	readonly archive: FakeArchive;
	/** All that was ever said there. */
	readonly said: readonly Said[];
};

export type ModelRooms = {
	readonly all: readonly ModelRoom[];
	/** Takes a stanza that is for a room. Answers false for any other. */
	take(session: ServerSession, stanza: Element): boolean;
	/** Romeo says something. */
	say(room: RoomJid, number: number): void;
	/** A room forgets one of the account's sessions, or all, and tells nobody. */
	eject(room: RoomJid): void;
	/** A service goes away for so long, and nobody is in its rooms any more. `isOrderly`: it says so first. */
	restart(room: RoomJid, milliseconds: number, isOrderly: boolean): void;
	/** Nothing passes between the servers for so long. */
	cut(milliseconds: number): void;
	/** A session is over: the server says so to the rooms. */
	left(session: ServerSession): void;
	/** The account's server is started again, its own rooms with it. */
	forgetOccupants(): void;
	heal(): void;
};

export type ModelRoomsParts = {
	readonly timeline: Timeline;
	readonly random: Random;
	readonly traits: RoomTraits;
	/** Milliseconds to which times are rounded. */
	readonly resolution: number;
	readonly archiveDelay: number;
	readonly longestPage: number;
	readonly sessions: () => readonly ServerSession[];
	/** A client broke the protocol. */
	readonly offended: (text: string) => void;
};

type State = {
	readonly jid: RoomJid;
	readonly isRemote: boolean;
	readonly archive: FakeArchive;
	readonly said: Said[];
	/** What a room without an archive repeats. */
	readonly history: Array<{readonly at: number; readonly text: string}>;
	/** The sessions that it believes to be in it. */
	readonly occupants: Set<string>;
	isDown: boolean;
};

const muc = 'http://jabber.org/protocol/muc';
const disco = 'http://jabber.org/protocol/disco#info';
const archiveNamespace = 'urn:xmpp:mam:2';

export function createModelRooms(parts: ModelRoomsParts): ModelRooms {
	const {timeline, random, traits, resolution, sessions} = parts;
	let cutUntil = 0;
	let isReliable = false;
	/** The rooms that told a session that it is in them. */
	const told = new WeakMap<ServerSession, Set<RoomJid>>();
	const states: readonly State[] = rooms.map((jid, index) => {
		const archive = createFakeArchive();
		archive.resolution = resolution;
		archive.longestPage = parts.longestPage;
		return {jid, isRemote: index > 0, archive, said: [], history: [], occupants: new Set(), isDown: false};
	});
	const stateOf = (room: string) => states.find(({jid}) => jid === room);
	const isCut = ({isRemote}: State) => isRemote && timeline.now < cutUntil;
	const distance = ({isRemote}: State) => (isRemote ? traits.distance : 0);

	/** Something from a room to a session. Who cannot be reached is not in it any more. */
	const give = (room: State, to: string, text: string) => {
		if (isCut(room)) {
			room.occupants.delete(to);
			return;
		}

		timeline.after(distance(room), () => {
			const session = sessions().find(({jid}) => jid === to);
			if (session === undefined) {
				room.occupants.delete(to);
			} else {
				if (text.startsWith('<presence') && text.includes("code='110'") && !text.includes("type='")) {
					told.set(session, (told.get(session) ?? new Set()).add(room.jid));
				}

				sendParcel(session, {text});
			}
		});
	};

	const tellAll = (room: State, text: (to: string) => string) => {
		for (const to of [...room.occupants]) {
			give(room, to, text(to));
		}
	};

	const take = (room: State, letter: string, said: Omit<Said, 'at'>) => {
		const at = wallTime(timeline);
		room.said.push({...said, at});
		const archiveId = traits.archive ? room.archive.add({at, peer: room.jid, message: letter}) : undefined;
		timeline.note(`${room.jid}: ${said.number} of ${said.machine ?? otherNick} taken as ${archiveId ?? '-'}`);
		room.history.push({at, text: letter});
		const id = archiveId === undefined ? '' : `<stanza-id xmlns='urn:xmpp:sid:0' id='${archiveId}' by='${room.jid}'/>`;
		tellAll(room, to => withMore(reflectionTo(letter, to), id));
	};

	const identity = (nick: string) => (traits.occupantIds ? occupantIdElement(nick) : '');

	const refuse = (room: State, session: ServerSession, stanza: Element, type: string, condition: string) => {
		if (attributeOf(stanza, 'type') === 'error' || attributeOf(stanza, 'type') === 'result') {
			return;
		}

		const from = nameOf(stanza) === 'message' ? room.jid : (attributeOf(stanza, 'to') ?? room.jid);
		const id = attributeOf(stanza, 'id') ?? '';
		const text = refusalOf(nameOf(stanza), {from, to: session.jid, id, type, condition});
		// It is the server's own word where the other one is not reached.
		if (sessions().includes(session)) {
			sendParcel(session, {text});
		}
	};

	const takeMessage = (room: State, session: ServerSession, message: Element) => {
		const body = child(message, 'body', 'jabber:client');
		if (!room.occupants.has(session.jid)) {
			refuse(room, session, message, 'modify', 'not-acceptable');
		} else if (body !== undefined && attributeOf(message, 'type') === 'groupchat') {
			message.attrs.from = `${room.jid}/${ownNick}`;
			const letter = serialize(message)
				.replace('<message', "<message xmlns='jabber:client'")
				.replace(/ to="[^"]*"/, '');
			take(room, withMore(letter, identity(ownNick)), {number: numberOf(textIn(body)), machine: session.machine});
		}
	};

	/** What came since a time, or the last few, of a room without an archive. */
	const repeated = (room: State, entrance: Element) => {
		const wish = child(entrance, 'history', muc);
		const most = Number((wish && attributeOf(wish, 'maxstanzas')) ?? traits.history);
		const since = wish === undefined ? undefined : attributeOf(wish, 'since');
		const from = since === undefined ? Number.NEGATIVE_INFINITY : Date.parse(since);
		const kept = room.history.slice(-traits.history).filter(({at}) => at >= from);
		return most === 0 ? [] : kept.slice(-most);
	};

	const takePresence = (room: State, session: ServerSession, presence: Element) => {
		const {jid} = session;
		if (attributeOf(presence, 'type') === 'unavailable') {
			room.occupants.delete(jid);
			give(room, jid, roomPresence(room.jid, ownNick, jid, {type: 'unavailable', codes: [110]}));
			return;
		}

		const entrance = child(presence, 'x', muc);
		if (entrance === undefined) {
			return;
		}

		timeline.note(`${room.jid}: ${jid} enters`);
		room.occupants.add(jid);
		give(room, jid, roomPresence(room.jid, otherNick, jid, {more: identity(otherNick)}));
		give(room, jid, roomPresence(room.jid, ownNick, jid, {codes: [110, 100], more: identity(ownNick)}));
		for (const {at, text} of repeated(room, entrance)) {
			const late = delayElement(room.jid, at, resolution);
			give(room, jid, withMore(reflectionTo(text, jid), late));
		}

		give(room, jid, `<message type='groupchat' from='${room.jid}' to='${jid}'><subject/></message>`);
	};

	const takeQuestion = (room: State, session: ServerSession, iq: Element) => {
		const [payload] = children(iq);
		const type = attributeOf(iq, 'type');
		if (payload === undefined || (type !== 'get' && type !== 'set')) {
			return;
		}

		const to = attributeOf(iq, 'to');
		const wrap = (content: string) =>
			`<iq type='result' id='${attributeOf(iq, 'id')}' to='${session.jid}' from='${to}'>${content}</iq>`;
		const space = namespaceOf(payload);
		if (to !== room.jid && !room.occupants.has(session.jid)) {
			refuse(room, session, iq, 'cancel', 'not-acceptable');
		} else if (space === 'urn:xmpp:ping') {
			give(room, session.jid, wrap(''));
		} else if (space === disco) {
			give(room, session.jid, wrap(`<query xmlns='${disco}'>${features(traits)}</query>`));
		} else if (space === archiveNamespace && traits.archive) {
			if (!isReliable && random.chance(0.04)) {
				refuse(room, session, iq, 'wait', 'resource-constraint');
				return;
			}

			// A page may be made before it is sent, and others speak in between.
			const page = () => {
				const made = room.archive.answer(payload, session.jid);
				return made === undefined
					? []
					: [...made.results.map(text => text.replace('<message', `<message from='${room.jid}'`)), wrap(made.answer)];
			};
			const made = random.chance(0.5) ? page() : undefined;
			timeline.after(random.below(parts.archiveDelay + 1), () => {
				for (const text of made ?? page()) {
					give(room, session.jid, text);
				}
			});
		} else {
			refuse(room, session, iq, 'cancel', 'service-unavailable');
		}
	};

	const arrive = (room: State, session: ServerSession, stanza: Element) => {
		const name = nameOf(stanza);
		if (room.isDown) {
			refuse(room, session, stanza, 'wait', 'service-unavailable');
		} else if (name === 'message') {
			takeMessage(room, session, stanza);
		} else if (name === 'presence') {
			takePresence(room, session, stanza);
		} else {
			takeQuestion(room, session, stanza);
		}
	};

	return {
		all: states,
		take(session, stanza) {
			const room = stateOf(attributeOf(stanza, 'to')?.split('/', 1)[0] ?? '');
			if (room === undefined) {
				return false;
			}

			if (nameOf(stanza) === 'message' && told.get(session)?.has(room.jid) !== true) {
				parts.offended(`${session.machine} writes to ${room.jid} before it is in it`);
			}

			if (isCut(room)) {
				// Either somebody notices, or it is lost.
				if (traits.bounces) {
					const patience = random.between(500, 20_000);
					timeline.after(patience, () => refuse(room, session, stanza, 'wait', 'remote-server-timeout'));
				}
			} else {
				timeline.after(distance(room), () => arrive(room, session, stanza));
			}

			return true;
		},
		say(jid, number) {
			const room = stateOf(jid);
			if (room !== undefined && !room.isDown) {
				take(room, roomLetter(jid, number, identity(otherNick)), {number});
			}
		},
		eject(jid) {
			const occupants = [...(stateOf(jid)?.occupants ?? [])];
			const out = random.chance(0.5) ? occupants : occupants.slice(0, 1);
			timeline.note(`${jid}: forgets ${out.join(' ')}`);
			for (const occupant of out) {
				stateOf(jid)?.occupants.delete(occupant);
			}
		},
		restart(jid, milliseconds, isOrderly) {
			const room = stateOf(jid);
			if (room === undefined) {
				return;
			}

			timeline.note(`${jid}: its service goes away${isOrderly ? ' in order' : ''} for ${milliseconds}`);
			room.isDown = true;
			if (isOrderly) {
				tellAll(room, to => roomPresence(jid, ownNick, to, {type: 'unavailable', codes: [110, 332]}));
			}

			room.occupants.clear();
			timeline.after(milliseconds, () => {
				room.isDown = false;
			});
		},
		cut(milliseconds) {
			timeline.note(`nothing passes between the servers for ${milliseconds}`);
			cutUntil = Math.max(cutUntil, timeline.now + milliseconds);
		},
		left({jid}) {
			for (const room of states) {
				if (!isCut(room)) {
					timeline.after(distance(room), () => room.occupants.delete(jid));
				}
			}
		},
		forgetOccupants() {
			for (const room of states.filter(({isRemote}) => !isRemote)) {
				room.occupants.clear();
			}
		},
		heal() {
			isReliable = true;
			cutUntil = 0;
		},
	};
}

function features({archive, occupantIds}: RoomTraits): string {
	const names = [
		muc,
		'muc_open',
		'muc_persistent',
		'muc_nonanonymous',
		...(archive ? [archiveNamespace, 'urn:xmpp:sid:0'] : []),
		...(occupantIds ? ['urn:xmpp:occupant-id:0'] : []),
	];
	return (
		"<identity category='conference' type='text' name='A room'/>" +
		names.map(name => `<feature var='${name}'/>`).join('')
	);
}
