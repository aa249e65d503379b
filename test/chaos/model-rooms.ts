/**
 * A model of two rooms: one of a service at the account's own server, one of a server to which the connection may be cut. A
 * room archives and says what it was told, in its order, to everybody whom it believes to be in it; whom it does not reach
 * it puts out, without a word that arrives. Private rooms are those of two people, each at the server of one of them.
 */
import {attributeOf, child, children, type Element, nameOf, namespaceOf} from '../../source/xmpp/element.js';
import {serialize} from '../../source/xmpp/serialize.js';
import {createFakeArchive, type FakeArchive} from '../client/fake-archive.js';
import type {Ledger} from './ledger.js';
import {delayElement, withMore} from './letters.js';
import {wallTime} from './machine-clock.js';
import type {Random} from './random.js';
import {
	authorElement,
	isAtHome,
	membership,
	nickOf,
	occupantIdElement,
	otherNick,
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
	/** Which machine it was sent from; absent: romeo said it, and has none. */
	readonly machine?: string;
	/** As whom. */
	readonly nick: string;
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
	/** Romeo says something, where he has no machine. */
	say(room: RoomJid, number: number): void;
	/** A room forgets one of the account's sessions, or all, and tells nobody. */
	eject(room: RoomJid): void;
	/** A service goes away for so long, and nobody is in its rooms any more. `isOrderly`: it says so first. */
	restart(room: RoomJid, milliseconds: number, isOrderly: boolean): void;
	/** Nothing passes between the servers for so long. */
	cut(milliseconds: number): void;
	/** A session is over: the server says so to the rooms. */
	left(session: ServerSession): void;
	/** The server of an account is started again, its own rooms with it. */
	forgetOccupants(account: string): void;
	heal(): void;
};

export type ModelRoomsParts = {
	readonly ledger: Ledger;
	readonly timeline: Timeline;
	readonly random: Random;
	readonly traits: RoomTraits;
	/** Milliseconds to which times are rounded. */
	readonly resolution: number;
	readonly archiveDelay: number;
	readonly longestPage: number;
	/** Of all people. */
	readonly sessions: () => readonly ServerSession[];
	/** Whether the server of the account that it belongs to is away. */
	readonly isAway: (room: RoomJid) => boolean;
	/** A client broke the protocol. */
	readonly offended: (text: string) => void;
};

type State = {
	readonly jid: RoomJid;
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
const administration = `${muc}#admin`;

export function createModelRooms(parts: ModelRoomsParts): ModelRooms {
	const {ledger, timeline, random, traits, resolution, sessions} = parts;
	let cutUntil = 0;
	let isReliable = false;
	/** The rooms that told a session that it is in them. */
	const told = new WeakMap<ServerSession, Set<RoomJid>>();
	const states: readonly State[] = rooms.map(jid => {
		const archive = createFakeArchive();
		archive.resolution = resolution;
		archive.longestPage = parts.longestPage;
		return {jid, archive, said: [], history: [], occupants: new Set(), isDown: false};
	});
	const stateOf = (room: string) => states.find(({jid}) => jid === room);
	const isCut = ({jid}: State, who: string) => !isAtHome(jid, who) && timeline.now < cutUntil;
	const distance = ({jid}: State, who: string) => (isAtHome(jid, who) ? 0 : traits.distance);
	/** What everybody may know of somebody who is there. */
	const shown = (jid: string) => (traits.isPrivate ? {jid} : {});

	/** Something from a room to a session. Who cannot be reached is not in it any more. */
	const give = (room: State, to: string, text: string) => {
		if (isCut(room, to)) {
			room.occupants.delete(to);
			return;
		}

		timeline.after(distance(room, to), () => {
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

	const take = (room: State, letter: string, said: Omit<Said, 'at'>, author?: string) => {
		const at = wallTime(timeline);
		room.said.push({...said, at});
		const kept = traits.isPrivate && author !== undefined ? withMore(letter, authorElement(author)) : letter;
		const archiveId = traits.archive ? room.archive.add({at, peer: room.jid, message: kept}) : undefined;
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
		if (!room.occupants.has(session.jid)) {
			refuse(room, session, message, 'modify', 'not-acceptable');
			return;
		}

		const nick = nickOf(session.jid);
		message.attrs.from = `${room.jid}/${nick}`;
		const letter = serialize(message)
			.replace('<message', "<message xmlns='jabber:client'")
			.replace(/ to="[^"]*"/, '');
		const number = ledger.inStanza(letter);
		if (number !== undefined && attributeOf(message, 'type') === 'groupchat') {
			take(room, withMore(letter, identity(nick)), {number, machine: session.machine, nick}, session.jid);
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

	/** Somebody is not there any more; others hear of it where they see who is. */
	const leave = (room: State, jid: string) => {
		const nick = nickOf(jid);
		if (room.occupants.delete(jid) && traits.isPrivate && ![...room.occupants].some(each => nickOf(each) === nick)) {
			tellAll(room, to => roomPresence(room.jid, nick, to, {type: 'unavailable', jid}));
		}
	};

	/** Who is there, for somebody who enters; where nobody sees who it is, romeo always is. */
	const tellOccupants = (room: State, entering: string) => {
		if (!traits.isPrivate) {
			give(room, entering, roomPresence(room.jid, otherNick, entering, {more: identity(otherNick)}));
			return;
		}

		for (const jid of [...room.occupants].filter(each => nickOf(each) !== nickOf(entering))) {
			const nick = nickOf(jid);
			give(room, entering, roomPresence(room.jid, nick, entering, {more: identity(nick), jid}));
		}

		const nick = nickOf(entering);
		for (const to of [...room.occupants].filter(each => each !== entering)) {
			give(room, to, roomPresence(room.jid, nick, to, {more: identity(nick), jid: entering}));
		}
	};

	const takePresence = (room: State, session: ServerSession, presence: Element) => {
		const {jid} = session;
		const nick = nickOf(jid);
		if (attributeOf(presence, 'type') === 'unavailable') {
			leave(room, jid);
			give(room, jid, roomPresence(room.jid, nick, jid, {type: 'unavailable', codes: [110], ...shown(jid)}));
			return;
		}

		const entrance = child(presence, 'x', muc);
		if (entrance === undefined) {
			return;
		}

		timeline.note(`${room.jid}: ${jid} enters`);
		room.occupants.add(jid);
		tellOccupants(room, jid);
		give(room, jid, roomPresence(room.jid, nick, jid, {codes: [110, 100], more: identity(nick), ...shown(jid)}));
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
		} else if (space === administration && traits.isPrivate && type === 'get') {
			const isBusy = !isReliable && random.chance(0.04);
			if (isBusy) {
				refuse(room, session, iq, 'wait', 'resource-constraint');
			} else {
				give(room, session.jid, wrap(`<query xmlns='${administration}'>${listed(payload)}</query>`));
			}
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

			if (isCut(room, session.jid) || parts.isAway(room.jid)) {
				// Either somebody notices, or it is lost.
				if (traits.bounces) {
					const patience = random.between(500, 20_000);
					timeline.after(patience, () => refuse(room, session, stanza, 'wait', 'remote-server-timeout'));
				}
			} else {
				timeline.after(distance(room, session.jid), () => arrive(room, session, stanza));
			}

			return true;
		},
		say(jid, number) {
			const room = stateOf(jid);
			if (room !== undefined && !room.isDown && !traits.isPrivate) {
				take(room, roomLetter(jid, number, identity(otherNick)), {number, nick: otherNick});
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
				tellAll(room, to => roomPresence(jid, nickOf(to), to, {type: 'unavailable', codes: [110, 332], ...shown(to)}));
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
				if (!isCut(room, jid)) {
					timeline.after(distance(room, jid), () => leave(room, jid));
				}
			}
		},
		forgetOccupants(account) {
			for (const room of states.filter(({jid}) => isAtHome(jid, account))) {
				room.occupants.clear();
			}
		},
		heal() {
			isReliable = true;
			cutUntil = 0;
		},
	};
}

/** Who has the affiliation that was asked for. */
function listed(query: Element): string {
	const [item] = children(query);
	const asked = (item && attributeOf(item, 'affiliation')) ?? '';
	return Object.entries(membership)
		.filter(([affiliation]) => affiliation === asked)
		.flatMap(([affiliation, people]) => people.map(jid => `<item affiliation='${affiliation}' jid='${jid}'/>`))
		.join('');
}

function features({archive, occupantIds, isPrivate}: RoomTraits): string {
	const names = [
		muc,
		isPrivate ? 'muc_membersonly' : 'muc_open',
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
