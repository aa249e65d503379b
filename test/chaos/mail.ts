/** How the model server takes messages, archives them, delivers and copies them, and keeps what nobody takes. */
import {attributeOf, type Element} from '../../source/xmpp/element.js';
import {serialize} from '../../source/xmpp/serialize.js';
import type {FakeArchive} from '../client/fake-archive.js';
import type {Ledger} from './ledger.js';
import {
	archiveIdElement,
	attributeIn,
	bounceFrom,
	carbonOf,
	delayElement,
	type House,
	letterFrom,
	letterOfPhone,
	type Peer,
	receiptFrom,
	withMore,
} from './letters.js';
import {wallTime} from './machine-clock.js';
import type {Random} from './random.js';
import {type Parcel, type ServerSession, sendParcel} from './server-session.js';
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

export type Mail = {
	/** All that was ever taken. */
	readonly accepted: readonly Accepted[];
	fromPeer(peer: Peer, number: number, toSession: boolean): void;
	fromPhone(peer: Peer, number: number): void;
	/** A message that another server passes on. */
	fromAfar(message: string): void;
	takeMessage(session: ServerSession, message: Element): void;
	/** At its first presence a session gets what waited. */
	takePresence(session: ServerSession, presence: Element): void;
	/** Asks a session now and then for its count. */
	ask(session: ServerSession): void;
	/** Nobody took this. */
	keep(parcel: Parcel): void;
	forgetKept(): void;
	/** How much is kept. */
	readonly kept: number;
};

export type MailParts = {
	readonly house: House;
	readonly ledger: Ledger;
	/** Passes a message on to the server of a peer that is a person of this world; false: it is none. */
	readonly passOn: (peer: Peer, message: string) => boolean;
	readonly timeline: Timeline;
	readonly random: Random;
	readonly traits: ServerTraits;
	readonly archive: FakeArchive;
	readonly sessions: () => readonly ServerSession[];
};

export function createMail(parts: MailParts): Mail {
	const {house, ledger, timeline, random, traits, archive, sessions} = parts;
	const {account, peers} = house;
	const offline: Parcel[] = [];
	const accepted: Accepted[] = [];

	const store = (peer: Peer, message: string): string | undefined =>
		traits.archive ? archive.add({at: wallTime(timeline), peer, message}) : undefined;

	const ask = (session: ServerSession) => {
		if (session.isManaged && random.chance(0.5)) {
			session.wire?.write("<r xmlns='urn:xmpp:sm:3'/>");
		}
	};

	const give = (session: ServerSession, parcel: Parcel) => {
		sendParcel(session, parcel);
		ask(session);
	};

	const copy = (text: string, direction: 'sent' | 'received', except: ServerSession | undefined, parcel: Parcel) => {
		for (const session of sessions()) {
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

	/** Something for the account; `number` where there is something to be shown. */
	const deliver = (text: string, archiveId: string | undefined, target: ServerSession | undefined, number?: number) => {
		const stamped = stampedWith(text, archiveId);
		const parcel: Parcel = {
			text: stamped,
			isForAccount: true,
			isLasting: number !== undefined || isToBeStored(text),
			at: wallTime(timeline),
			...(number === undefined ? {} : {number}),
			...(archiveId === undefined ? {} : {archiveId}),
		};
		const available = sessions().filter(({isAvailable}) => isAvailable);
		if (target !== undefined) {
			give(target, parcel);
			copy(stamped, 'received', target, parcel);
		} else if (available.length > 0) {
			for (const session of available) {
				give(session, parcel);
			}
		} else if (traits.offline && parcel.isLasting) {
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
			const session = sessions().find(({jid}) => jid === from);
			const to = session?.jid ?? account;
			if (kind < 0.03) {
				deliver(bounceFrom(peer, id, to), undefined, session);
			} else {
				deliver(receiptFrom(peer, id, to), undefined, session);
			}
		});
	};

	const takeMessage = (session: ServerSession, message: Element) => {
		const to = attributeOf(message, 'to')?.split('/', 1)[0] ?? '';
		if (to !== account && !peers.includes(to)) {
			return;
		}

		message.attrs.from = session.jid;
		// It may be written where another namespace is the default.
		const text = serialize(message).replace('<message', "<message xmlns='jabber:client'");
		const number = ledger.inStanza(text);
		const isLasting = number !== undefined || isToBeStored(text);
		const archiveId = isLasting || random.chance(0.3) ? store(to, text) : undefined;
		if (number !== undefined) {
			accepted.push({
				number,
				peer: to,
				machine: session.machine,
				at: wallTime(timeline),
				...(archiveId === undefined ? {} : {archiveId}),
			});
			timeline.note(`server: ${number} of ${session.machine} taken as ${archiveId ?? '-'}`);
		}

		if (to === account) {
			deliver(text, archiveId, undefined, number);
			return;
		}

		if (isLasting) {
			copy(stampedWith(text, archiveId), 'sent', session, {
				text,
				...(number === undefined ? {} : {number}),
				...(archiveId === undefined ? {} : {archiveId}),
			});
		}

		if (!parts.passOn(to, text) && number !== undefined) {
			reachPeer(to, attributeOf(message, 'id'), session.jid);
		}
	};

	const stampedWith = (text: string, archiveId: string | undefined) =>
		archiveId === undefined ? text : withMore(text, archiveIdElement(house, archiveId));

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
			const text = bare ? parcel.text.replace(archiveIdElement(house, parcel.archiveId ?? ''), '') : parcel.text;
			give(session, {...parcel, text: withMore(text, delayElement(house.domain, parcel.at ?? 0, traits.resolution))});
		}
	};

	return {
		accepted,
		fromPeer(peer, number, toSession) {
			// Peers know of sessions by their presence.
			const present = sessions().filter(({isAvailable}) => isAvailable);
			const target = toSession ? present[random.below(present.length)] : undefined;
			const letter = letterFrom(peer, number, target?.jid ?? account);
			const archiveId = store(peer, letter);
			accepted.push({number, peer, at: wallTime(timeline), ...(archiveId === undefined ? {} : {archiveId})});
			timeline.note(`server: ${number} of ${peer} taken as ${archiveId ?? '-'}`);
			deliver(letter, archiveId, target, number);
		},
		fromPhone(peer, number) {
			const letter = letterOfPhone(house, peer, number);
			const archiveId = store(peer, letter);
			accepted.push({number, peer, at: wallTime(timeline), ...(archiveId === undefined ? {} : {archiveId})});
			timeline.note(`server: ${number} of the phone taken as ${archiveId ?? '-'}`);
			const stamped = stampedWith(letter, archiveId);
			copy(stamped, 'sent', undefined, {text: stamped, number, ...(archiveId === undefined ? {} : {archiveId})});
		},
		fromAfar(message) {
			const number = ledger.inStanza(message);
			const peer = attributeIn(message, 'from')?.split('/', 1)[0] ?? '';
			const to = attributeIn(message, 'to') ?? account;
			const archiveId = number !== undefined || isToBeStored(message) ? store(peer, message) : undefined;
			if (number !== undefined) {
				accepted.push({number, peer, at: wallTime(timeline), ...(archiveId === undefined ? {} : {archiveId})});
				timeline.note(`server: ${number} of ${peer} arrives as ${archiveId ?? '-'}`);
			}

			deliver(
				message,
				archiveId,
				sessions().find(({jid, isAvailable}) => isAvailable && jid === to),
				number,
			);
		},
		takeMessage,
		takePresence,
		ask,
		keep: parcel => void offline.push(parcel),
		forgetKept() {
			offline.length = 0;
		},
		get kept() {
			return offline.length;
		},
	};
}

/** Whether its sender wants it to be kept though there may be nothing to show (XEP-0334). */
function isToBeStored(stanza: string): boolean {
	return /<store\s/.test(stanza);
}
