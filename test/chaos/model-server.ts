/**
 * A model of a server with one account: it archives and delivers, copies what one session sends to the others, keeps
 * what nobody takes, lets sessions wait for their clients, and forgets all but archive and offline store when it restarts.
 */
import {createElement, type Element, nameOf, namespaceOf} from '../../source/xmpp/element.js';
import {createFakeArchive, type FakeArchive} from '../client/fake-archive.js';
import {account, type Peer} from './letters.js';
import {type Accepted, createMail} from './mail.js';
import {createModelRooms, type ModelRooms} from './model-rooms.js';
import type {Listen, Wire, WireReader} from './network.js';
import type {Random} from './random.js';
import {answerTo} from './server-questions.js';
import {createServerSession, type Parcel, type ServerSession, sendHeldBack, sendParcel} from './server-session.js';
import {readStream} from './server-stream.js';
import type {ServerTraits} from './server-traits.js';
import type {Timeline} from './timeline.js';

export type ModelServer = {
	readonly listen: Listen;
	readonly archive: FakeArchive;
	/** All it ever took. What was sent to peers they have: this is their log too. */
	readonly accepted: readonly Accepted[];
	/** Absent: there are none. */
	readonly rooms: ModelRooms | undefined;
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
	/** How much was handled of sessions that are no more. */
	const counts = new Map<string, number>();
	let isDown = false;
	let isReliable = false;
	let resources = 0;
	let managementIds = 0;
	let incarnation = 0;

	const mail = createMail({timeline, random, traits, archive, sessions: () => sessions});

	const rooms =
		traits.rooms === undefined
			? undefined
			: createModelRooms({
					...traits,
					timeline,
					random,
					traits: traits.rooms,
					sessions: () => sessions,
					offended: parts.offended,
				});

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

			mail.ask(session);
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
		if (!isLoss) {
			rooms?.left(session);
		}

		if (isLoss) {
			return;
		}

		for (const parcel of [...session.unacknowledged, ...session.heldBack]) {
			const isInArchive = parcel.archiveId !== undefined && session.readsArchive;
			if (parcel.isForAccount && parcel.number !== undefined && !isInArchive && traits.offline) {
				if (!sessions.some(({isAvailable}) => isAvailable)) {
					mail.keep(parcel);
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
			clearOffline: mail.forgetKept,
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
				if (rooms?.take(session, stanza)) {
					return;
				}

				if (nameOf(stanza) === 'message') {
					mail.takeMessage(session, stanza);
				} else if (nameOf(stanza) === 'presence') {
					mail.takePresence(session, stanza);
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
		accepted: mail.accepted,
		rooms,
		fromPeer(peer, number, toSession) {
			if (!isDown) {
				mail.fromPeer(peer, number, toSession);
			}
		},
		fromPhone(peer, number) {
			if (!isDown) {
				mail.fromPhone(peer, number);
			}
		},
		restart(milliseconds, isOrderly) {
			timeline.note(`server: goes away${isOrderly ? ' in order' : ''} for ${milliseconds}`);
			isDown = true;
			incarnation++;
			for (const session of [...sessions]) {
				remove(session, !isOrderly);
			}

			counts.clear();
			rooms?.forgetOccupants();
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
			rooms?.heal();
		},
		ask() {
			for (const {isManaged, wire} of sessions) {
				if (isManaged) {
					wire?.write("<r xmlns='urn:xmpp:sm:3'/>");
				}
			}
		},
		get unsettled() {
			return mail.kept + sessions.reduce((sum, {unacknowledged}) => sum + unacknowledged.length, 0);
		},
	};
}
