/**
 * A model of a server with one account: it archives and delivers, copies what one session sends to the others, keeps
 * what nobody takes, lets sessions wait for their clients, and forgets all but archive and offline store when it restarts.
 */
import {
	attributeOf,
	child,
	createElement,
	type Element,
	nameOf,
	namespaceOf,
	textOf as textIn,
} from '../../source/xmpp/element.js';
import {serialize} from '../../source/xmpp/serialize.js';
import {createFakeArchive, type FakeArchive} from '../client/fake-archive.js';
import {
	account,
	archiveIdElement,
	bounceFrom,
	carbonOf,
	delayElement,
	letterFrom,
	letterOfPhone,
	numberOf,
	type Peer,
	peers,
	receiptFrom,
	withMore,
} from './letters.js';
import {wallTime} from './machine-clock.js';
import type {Listen, Wire, WireReader} from './network.js';
import type {Random} from './random.js';
import {answerTo} from './server-questions.js';
import {createServerSession, type Parcel, type ServerSession, sendHeldBack, sendParcel} from './server-session.js';
import {readStream} from './server-stream.js';
import type {ServerTraits} from './server-traits.js';
import type {Timeline} from './timeline.js';

/** A message that the server took, in its order. */
export type Accepted = {
	readonly number: number;
	readonly peer: Peer;
	/** Which machine it was sent from; absent: from the phone or the peer. */
	readonly machine?: string;
	readonly archiveId?: string;
	readonly at: number;
};

export type ModelServer = {
	readonly listen: Listen;
	readonly archive: FakeArchive;
	/** All it ever took. What was sent to peers they have: this is their log too. */
	readonly accepted: readonly Accepted[];
	/** A peer writes to the account, or to one of its sessions if there is one. */
	fromPeer(peer: Peer, number: number, toSession: boolean): void;
	/** Another device of the account writes. */
	fromPhone(peer: Peer, number: number): void;
	/** Goes away for so long. `isOrderly`: what is not acknowledged by clients is kept as if their sessions had ended. */
	restart(milliseconds: number, isOrderly: boolean): void;
	/** The archive loses so many of its oldest messages. */
	forget(count: number): void;
	/** From now on nothing goes wrong by itself. */
	heal(): void;
	/** Asks all clients for their counts. */
	ask(): void;
	/** What was sent to clients and neither acknowledged nor given up. */
	readonly unsettled: number;
};

export type ModelServerParts = {
	readonly timeline: Timeline;
	readonly random: Random;
	readonly traits: ServerTraits;
	/** A client said that it has these: by then it must. */
	readonly acknowledged: (machine: string, parcels: readonly Parcel[]) => void;
	/** A client broke the protocol. */
	readonly offended: (text: string) => void;
	/** The connections of all machines. */
	readonly dropConnections: () => void;
};

export function createModelServer(parts: ModelServerParts): ModelServer {
	const {timeline, random, traits} = parts;
	const archive = createFakeArchive();
	archive.resolution = traits.resolution;
	archive.longestPage = traits.longestPage;
	let sessions: ServerSession[] = [];
	const offline: Parcel[] = [];
	const accepted: Accepted[] = [];
	/** How much was handled of sessions that are no more. */
	const counts = new Map<string, number>();
	let isDown = false;
	let isReliable = false;
	let resources = 0;
	let managementIds = 0;
	let incarnation = 0;

	const store = (peer: Peer, message: string): string | undefined =>
		traits.archive ? archive.add({at: wallTime(timeline), peer, message}) : undefined;

	const maybeAsk = (session: ServerSession) => {
		if (session.isManaged && random.chance(0.5)) {
			session.wire?.write("<r xmlns='urn:xmpp:sm:3'/>");
		}
	};

	const give = (session: ServerSession, parcel: Parcel) => {
		sendParcel(session, parcel);
		maybeAsk(session);
	};

	const copy = (text: string, direction: 'sent' | 'received', except: ServerSession | undefined, parcel: Parcel) => {
		for (const session of sessions) {
			if (session !== except && session.wantsCarbons) {
				give(session, {
					...parcel,
					text: carbonOf(text, direction, session.jid),
					isForAccount: false,
					isIdle: direction === 'sent',
				});
			}
		}
	};

	/** Something for the account; `number` where it is a message to keep. */
	const deliver = (text: string, archiveId: string | undefined, target: ServerSession | undefined, number?: number) => {
		const stamped = archiveId === undefined ? text : withMore(text, archiveIdElement(archiveId));
		const parcel: Parcel = {
			text: stamped,
			isForAccount: true,
			at: wallTime(timeline),
			...(number === undefined ? {} : {number}),
			...(archiveId === undefined ? {} : {archiveId}),
		};
		const available = sessions.filter(({isAvailable}) => isAvailable);
		if (target !== undefined) {
			give(target, parcel);
			copy(stamped, 'received', target, parcel);
		} else if (available.length > 0) {
			for (const session of available) {
				give(session, parcel);
			}
		} else if (traits.offline && number !== undefined) {
			offline.push(parcel);
		}
	};

	/** A message of the account's went out; what becomes of it there. */
	const reachPeer = (peer: Peer, id: string | undefined, from: string) => {
		const kind = random.fraction();
		if (id === undefined || kind > 0.4) {
			return;
		}

		timeline.after(random.below(5000), () => {
			const session = sessions.find(({jid}) => jid === from);
			const to = session?.jid ?? account;
			if (kind < 0.03) {
				deliver(bounceFrom(peer, id, to), undefined, session);
			} else {
				deliver(receiptFrom(peer, id, to), undefined, session);
			}
		});
	};

	const takeMessage = (session: ServerSession, message: Element) => {
		const to = attributeOf(message, 'to')?.split('/', 1)[0];
		const peer = peers.find(each => each === to);
		const body = child(message, 'body', 'jabber:client');
		if (peer === undefined) {
			return;
		}

		message.attrs.from = session.jid;
		// It may be written where another namespace is the default.
		const text = serialize(message).replace('<message', "<message xmlns='jabber:client'");
		const archiveId = body || random.chance(0.3) ? store(peer, text) : undefined;
		if (body === undefined) {
			return;
		}

		const number = numberOf(textIn(body));
		accepted.push({
			number,
			peer,
			machine: session.machine,
			at: wallTime(timeline),
			...(archiveId === undefined ? {} : {archiveId}),
		});
		timeline.note(`server: ${number} of ${session.machine} taken as ${archiveId ?? '-'}`);
		const stamped = archiveId === undefined ? text : withMore(text, archiveIdElement(archiveId));
		copy(stamped, 'sent', session, {text, number, ...(archiveId === undefined ? {} : {archiveId})});
		reachPeer(peer, attributeOf(message, 'id'), session.jid);
	};

	const takePresence = (session: ServerSession, presence: Element) => {
		if (attributeOf(presence, 'to') !== undefined) {
			return;
		}

		const wasAvailable = session.isAvailable;
		session.isAvailable = attributeOf(presence, 'type') === undefined;
		if (wasAvailable || !session.isAvailable) {
			return;
		}

		for (const peer of peers) {
			give(session, {text: `<presence from='${peer}/orchard' to='${session.jid}'/>`, isIdle: true});
		}

		// Those of a session that was given up came later than others that are younger.
		for (const parcel of offline.splice(0).sort((one, other) => (one.at ?? 0) - (other.at ?? 0))) {
			const bare = parcel.archiveId !== undefined && !traits.offlineIds;
			const text = bare ? parcel.text.replace(archiveIdElement(parcel.archiveId ?? ''), '') : parcel.text;
			give(session, {...parcel, text: withMore(text, delayElement(parcel.at ?? 0, traits.resolution))});
		}
	};

	const takeQuestion = (session: ServerSession, iq: Element) => {
		const asked = answerTo(iq, {session, archive, traits, isReliable, random});
		const born = incarnation;
		// A page may be made before it is sent, and others come in between.
		const made = random.chance(0.5) ? asked.make() : undefined;
		timeline.after(asked.isSlow ? random.below(traits.archiveDelay + 1) : 0, () => {
			if (born !== incarnation || !sessions.includes(session)) {
				return;
			}

			for (const text of made ?? asked.make()) {
				sendParcel(session, {text});
			}

			maybeAsk(session);
		});
	};

	const remove = (session: ServerSession, isLoss: boolean) => {
		if (!sessions.includes(session)) {
			return;
		}

		sessions = sessions.filter(other => other !== session);
		if (session.managementId !== undefined && !isLoss) {
			counts.set(session.managementId, session.handled);
		}

		session.wire?.close();
		session.wire = undefined;
		if (isLoss) {
			return;
		}

		for (const parcel of [...session.unacknowledged, ...session.heldBack]) {
			const isInArchive = parcel.archiveId !== undefined && session.readsArchive;
			if (parcel.isForAccount && parcel.number !== undefined && !isInArchive && traits.offline) {
				if (!sessions.some(({isAvailable}) => isAvailable)) {
					offline.push(parcel);
				}
			}
		}
	};

	const leave = (session: ServerSession, wire: Wire) => {
		if (session.wire !== wire) {
			return;
		}

		session.wire = undefined;
		if (session.managementId === undefined) {
			remove(session, false);
			return;
		}

		timeline.note(`server: ${session.jid} waits`);
		timeline.after(traits.window, () => {
			if (session.wire === undefined) {
				remove(session, false);
			}
		});
	};

	const listen: Listen = (wire): WireReader | undefined => {
		if (isDown) {
			return undefined;
		}

		const born = incarnation;
		return readStream({
			wire,
			traits,
			offended: parts.offended,
			isOver: () => born !== incarnation,
			clearOffline() {
				offline.length = 0;
			},
			archiveEnds() {
				const ends = createElement('metadata', {xmlns: 'urn:xmpp:mam:2'});
				return traits.archive ? (archive.answer(ends, account)?.answer ?? '') : '';
			},
			bind(wanted) {
				const resource = wanted ?? `r${++resources}`;
				for (const other of sessions.filter(session => session.resource === resource)) {
					other.wire?.write(
						"<stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>",
					);
					remove(other, false);
				}

				const session = createServerSession(resource, `${account}/${resource}`, wire);
				sessions.push(session);
				timeline.note(`server: ${session.jid} bound for ${wire.machine}`);
				return session;
			},
			newManagementId: () => `sm-${String(++managementIds).padStart(6, '0')}`,
			waiting: id => sessions.find(({managementId}) => managementId === id),
			countOf: id => (traits.remembersCounts ? counts.get(id) : undefined),
			takeStanza(session, stanza) {
				session.handled++;
				if (nameOf(stanza) === 'message') {
					takeMessage(session, stanza);
				} else if (nameOf(stanza) === 'presence') {
					takePresence(session, stanza);
				} else {
					takeQuestion(session, stanza);
				}
			},
			takeState(session, element) {
				if (namespaceOf(element) === 'urn:xmpp:csi:0' && nameOf(element) === 'inactive') {
					session.isInactive = true;
				} else {
					sendHeldBack(session);
				}
			},
			acknowledged: (session, parcels) => parts.acknowledged(session.machine, parcels),
			left: leave,
			ended: session => remove(session, false),
		});
	};

	return {
		listen,
		archive,
		accepted,
		fromPeer(peer, number, toSession) {
			if (isDown) {
				return;
			}

			// Peers know of sessions by their presence.
			const present = sessions.filter(({isAvailable}) => isAvailable);
			const target = toSession ? present[random.below(present.length)] : undefined;
			const letter = letterFrom(peer, number, target?.jid ?? account);
			const archiveId = store(peer, letter);
			accepted.push({number, peer, at: wallTime(timeline), ...(archiveId === undefined ? {} : {archiveId})});
			timeline.note(`server: ${number} of ${peer} taken as ${archiveId ?? '-'}`);
			deliver(letter, archiveId, target, number);
		},
		fromPhone(peer, number) {
			if (isDown) {
				return;
			}

			const letter = letterOfPhone(peer, number);
			const archiveId = store(peer, letter);
			accepted.push({number, peer, at: wallTime(timeline), ...(archiveId === undefined ? {} : {archiveId})});
			timeline.note(`server: ${number} of the phone taken as ${archiveId ?? '-'}`);
			const stamped = archiveId === undefined ? letter : withMore(letter, archiveIdElement(archiveId));
			copy(stamped, 'sent', undefined, {text: stamped, number, ...(archiveId === undefined ? {} : {archiveId})});
		},
		restart(milliseconds, isOrderly) {
			timeline.note(`server: goes away${isOrderly ? ' in order' : ''} for ${milliseconds}`);
			isDown = true;
			incarnation++;
			for (const session of [...sessions]) {
				remove(session, !isOrderly);
			}

			counts.clear();
			parts.dropConnections();
			timeline.after(milliseconds, () => {
				isDown = false;
			});
		},
		forget(count) {
			timeline.note(`server: the archive forgets ${count}`);
			archive.items.splice(0, count);
		},
		heal() {
			isReliable = true;
		},
		ask() {
			for (const {isManaged, wire} of sessions) {
				if (isManaged) {
					wire?.write("<r xmlns='urn:xmpp:sm:3'/>");
				}
			}
		},
		get unsettled() {
			return offline.length + sessions.reduce((sum, {unacknowledged}) => sum + unacknowledged.length, 0);
		},
	};
}
