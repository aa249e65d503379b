/**
 * A model of a server with one account, which may have another such server for a neighbour: it archives and delivers, copies what one session sends to the others, keeps
 * what nobody takes, lets sessions wait for their clients, and forgets all but archive and offline store when it restarts.
 */
import {attributeOf, children, createElement, type Element, nameOf, namespaceOf} from '../../source/xmpp/element.js';
import {createFakeArchive, type FakeArchive} from '../client/fake-archive.js';
import type {Ledger} from './ledger.js';
import type {House, Peer} from './letters.js';
import {type Accepted, createMail} from './mail.js';
import {createModelNodes, type ModelNodes, ownerNamespace, pubsubNamespace} from './model-nodes.js';
import {createModelRooms, type ModelRooms} from './model-rooms.js';
import type {Listen, Wire, WireReader} from './network.js';
import type {Random} from './random.js';
import {isAtHome} from './room-letters.js';
import {answerTo, wrapped} from './server-questions.js';
import {createServerSession, type Parcel, type ServerSession, sendHeldBack, sendParcel} from './server-session.js';
import {readStream} from './server-stream.js';
import type {ServerTraits} from './server-traits.js';
import type {Timeline} from './timeline.js';

export type ModelServer = {
	readonly house: House;
	/** The account's nodes; absent: it has none. */
	readonly nodes: ModelNodes | undefined;
	/** The server of a peer, whom messages, questions and news reach. To be called once, before anything happens. */
	connect(neighbour: ModelServer): void;
	/** Something from the neighbour, which waits while nobody is here. */
	arrive(message: string): void;
	/** Has news of the neighbour's account. */
	hear(news: (to: string) => string): void;
	/** Whether it was restarted and is not back. */
	readonly isDown: boolean;
	readonly listen: Listen;
	readonly archive: FakeArchive;
	/** All it ever took. What was sent to peers they have: this is their log too. */
	readonly accepted: readonly Accepted[];
	/** Absent: there are none. Private ones are those of the neighbour too. */
	readonly rooms: ModelRooms | undefined;
	readonly sessions: readonly ServerSession[];
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
	readonly house: House;
	readonly ledger: Ledger;
	/** Private rooms of its account's too. */
	readonly rooms?: ModelRooms | undefined;
	/** A client sent this. */
	readonly seen: (session: ServerSession, stanza: Element) => void;
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

/** Milliseconds between two servers, one way: everything comes in its order. */
const distance = 40;

export function createModelServer(parts: ModelServerParts): ModelServer {
	const {timeline, random, traits, house, ledger} = parts;
	const {account} = house;
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

	/** What came from the neighbour while nobody was here. */
	const arriving: string[] = [];
	let neighbour: ModelServer | undefined;

	const mail = createMail({
		house,
		ledger,
		timeline,
		random,
		traits,
		archive,
		sessions: () => sessions,
		passOn(peer, message) {
			const there = neighbour?.house.account === peer ? neighbour : undefined;
			timeline.after(distance, () => there?.arrive(message));
			return there !== undefined;
		},
	});

	const hear = (news: (to: string) => string) => {
		for (const session of sessions.filter(({isAvailable}) => isAvailable)) {
			sendParcel(session, {text: news(session.jid), isIdle: true});
		}
	};

	const nodes =
		traits.nodes === undefined
			? undefined
			: createModelNodes(account, news => {
					hear(news);
					timeline.after(distance, () => neighbour?.hear(news));
				});

	/** A question about somebody's nodes; those of the neighbour's account are far away. */
	const askNodes = (session: ServerSession, iq: Element, request: Element) => {
		const to = attributeOf(iq, 'to');
		const isOwn = to === undefined || to === account;
		const there = to === neighbour?.house.account ? neighbour : undefined;
		const born = incarnation;
		const say = (content: string) => {
			if (born === incarnation && sessions.includes(session)) {
				sendParcel(session, {text: wrapped(iq, session, content)});
				mail.ask(session);
			}
		};
		const isRefused = !isReliable && random.chance(0.03);
		timeline.after(isOwn ? random.below(60) : 2 * distance, () => {
			const [known, isHere] = isOwn ? [nodes, true] : [there?.nodes, there?.isDown === false];
			if (isRefused || (there !== undefined && !isHere)) {
				say(failure(isRefused ? 'resource-constraint' : 'remote-server-timeout', 'wait'));
			} else {
				say(known?.answer(request, isOwn) ?? failure('item-not-found', 'cancel'));
			}
		});
	};

	const rooms =
		traits.rooms === undefined
			? undefined
			: (parts.rooms ??
				createModelRooms({
					...traits,
					ledger,
					timeline,
					random,
					traits: traits.rooms,
					sessions: () => [...sessions, ...(neighbour?.sessions ?? [])],
					isAway: room => (isAtHome(room, account) ? isDown : neighbour?.isDown === true),
					offended: parts.offended,
				}));

	const takeQuestion = (session: ServerSession, iq: Element) => {
		const [request] = children(iq);
		const type = attributeOf(iq, 'type');
		const isAboutNodes = request !== undefined && [pubsubNamespace, ownerNamespace].includes(namespaceOf(request));
		if (nodes !== undefined && isAboutNodes && (type === 'get' || type === 'set') && !isOfBookmarks(request)) {
			askNodes(session, iq, request);
			return;
		}

		const asked = answerTo(iq, {house, session, archive, traits, isReliable, random});
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
			if (parcel.isForAccount && parcel.isLasting && !isInArchive && traits.offline) {
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
			house,
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

				const session = createServerSession(resource, `${account}/${resource}`, wire, timeline.now);
				sessions.push(session);
				timeline.note(`server: ${session.jid} bound for ${wire.machine}`);
				return session;
			},
			newManagementId: () => `sm-${String(++managementIds).padStart(6, '0')}`,
			waiting: id => sessions.find(({managementId}) => managementId === id),
			countOf: id => (traits.remembersCounts ? counts.get(id) : undefined),
			takeStanza(session, stanza) {
				session.handled++;
				parts.seen(session, stanza);
				if (rooms?.take(session, stanza)) {
					return;
				}

				if (nameOf(stanza) === 'message') {
					mail.takeMessage(session, stanza);
				} else if (nameOf(stanza) === 'presence') {
					const wasAvailable = session.isAvailable;
					mail.takePresence(session, stanza);
					if (session.isAvailable && !wasAvailable && traits.nodes?.tellsNewest) {
						for (const text of [nodes, neighbour?.nodes].flatMap(each => each?.news(session.jid) ?? [])) {
							sendParcel(session, {text, isIdle: true});
						}
					}
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
		house,
		listen,
		archive,
		nodes,
		connect(server) {
			neighbour = server;
		},
		arrive(message) {
			if (isDown) {
				arriving.push(message);
			} else {
				mail.fromAfar(message);
			}
		},
		hear,
		get isDown() {
			return isDown;
		},
		get sessions() {
			return sessions;
		},
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
			rooms?.forgetOccupants(account);
			parts.dropConnections();
			timeline.after(milliseconds, () => {
				isDown = false;
				for (const message of arriving.splice(0)) {
					mail.fromAfar(message);
				}
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

const failure = (condition: string, type: 'wait' | 'cancel') =>
	`<error type='${type}'><${condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>`;

function isOfBookmarks(request: Element): boolean {
	return children(request).some(verb => attributeOf(verb, 'node') === 'urn:xmpp:bookmarks:1');
}
