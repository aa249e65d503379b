/** Follows what rooms say of themselves and of their people: it decides who reads what is said there (`protocol.md` §2.11). */
import type {BufferId} from '../../model/buffer.js';
import type {Room} from '../../model/room.js';
import {type BareJid, parseBareJid} from '../../shared/jid.js';
import type {Element} from '../../xmpp/element.js';
import type {Journal} from '../journal.js';
import type {Policy} from './policy.js';
import type {Destination, RecipientLists} from './recipients.js';
import type {MessageSealing} from './sealing-messages.js';
import type {States} from './states.js';

export type RoomReadersPorts = {
	readonly account: BareJid;
	readonly policy: Policy;
	readonly recipients: RecipientLists;
	readonly sealing: Pick<MessageSealing, 'stale' | 'look'>;
	readonly states: Pick<States, 'reassessRoom'>;
	readonly journal: Pick<Journal, 'afterwards'>;
	/** Whether there is a session that stays. */
	readonly isHere: () => boolean;
	/** What waits in the outbox may go out now. */
	readonly proceed: () => void;
};

export type RoomReaders = {
	/** A room says something of its people. */
	noticed(stanza: Element): void;
	/** A room may be another thing than before. */
	roomChanged(room: Room): void;
	/** Somebody in a room may read it who could not, or the reverse. */
	readersChanged(room: BufferId): void;
};

export function createRoomReaders(ports: RoomReadersPorts): RoomReaders {
	const {account, policy, recipients, sealing, states, journal, proceed} = ports;
	/** What each room was when it was heard of last. */
	const seen = new Map<BareJid, string>();
	const destinationOf = (room: BareJid): Destination => ({kind: 'room', jid: room});

	const changed = (room: BareJid) => {
		recipients.stale(room);
		sealing.stale(policy.bufferOf(destinationOf(room)));
		states.reassessRoom(room);
		proceed();
	};

	/** Who reads what is said in a room decides how it is protected, also before anything is said. */
	const learn = (room: BareJid) => {
		const destination = destinationOf(room);
		// Not asked yet, or known: anything else is no private room, or none that we are in.
		const isPrivate = ['people', undefined].includes(recipients.known(destination)?.kind);
		if (ports.isHere() && isPrivate && policy.ruleFor(destination) !== undefined) {
			sealing.look(destination);
		}
	};

	return {
		noticed(stanza) {
			const room = recipients.noticed(stanza);
			if (room !== undefined) {
				sealing.stale(policy.bufferOf(destinationOf(room)));
				journal.afterwards(proceed, `readers ${account}`);
			}
		},
		roomChanged(room) {
			const is = JSON.stringify([room.status, room.features]);
			if (seen.get(room.jid) !== is) {
				seen.set(room.jid, is);
				changed(room.jid);
				learn(room.jid);
			}
		},
		readersChanged(buffer) {
			const [, , jid = ''] = buffer.split(' ');
			const room = parseBareJid(jid);
			if (room !== undefined) {
				changed(room);
			}
		},
	};
}
