/**
 * XEP-0045 §6.4: asking a room what it is, until it has said so. What it is decides what of its words can be believed, and
 * who reads what is said there.
 */
import type {Dispose} from '../shared/clock.js';
import type {BareJid} from '../shared/jid.js';
import type {ExtensionContext} from '../xmpp/extension.js';
import {isStanzaError} from '../xmpp/stanza-error.js';
import {roomInformation} from './muc-features.js';
import type {Membership} from './muc-membership.js';
import {entryRefused, isStillIn} from './muc-refusals.js';
import type {ExtensionPorts} from './ports.js';
import {serviceDiscovery} from './service-discovery.js';

export type RoomDiscovery = {
	/**
	 * Asks a room that we want to enter. One that does not tell may still be entered: there may be none yet. Rejects where it
	 * cannot be reached now.
	 */
	ask(membership: Membership): Promise<void>;
	/** Asks a room that we are in what it has become, and again later while it does not tell. Never rejects. */
	askAgain(membership: Membership): Promise<void>;
	/**
	 * What an error in answer to a question to ourselves says. A name that is not there means another one of ours (XEP-0410 §3)
	 * or, in a room that its service has dropped, that there is no room: then there is nothing to discover either.
	 */
	isThere(room: BareJid, error: unknown): Promise<'in' | 'out' | 'unknown'>;
};

/** How long after each attempt it is asked again, milliseconds. After the last one it takes a resumption, or a change of the room. */
const pauses = [15_000, 60_000, 300_000] as const;

export function createRoomDiscovery(
	context: Pick<ExtensionContext<ExtensionPorts>, 'use' | 'clock' | 'log' | 'onResumed' | 'onDispose'>,
	isCurrent: (membership: Membership) => boolean,
): RoomDiscovery {
	/** Rooms that have not told, and what ends waiting for the next attempt. */
	const owed = new Map<Membership, Dispose>();

	const forget = (membership: Membership) => {
		owed.get(membership)?.();
		owed.delete(membership);
	};

	const owe = (membership: Membership, attempts: number) => {
		forget(membership);
		if (isCurrent(membership)) {
			const pause = pauses[attempts];
			const ask = () => void again(membership, attempts + 1);
			owed.set(membership, pause === undefined ? () => {} : context.clock.after(pause, ask));
		}
	};

	/** Whether the room has told what it is; rejects where that was not to be learnt. */
	const learn = async (membership: Membership): Promise<boolean> => {
		try {
			membership.learned(roomInformation(await context.use(serviceDiscovery).query(membership.room.jid)));
			return true;
		} catch (error) {
			if (!isStanzaError(error)) {
				throw error;
			}

			if (error.kind === 'temporary' || error.condition === 'remote-server-not-found') {
				const {jid: room, nick} = membership.room;
				const {condition, type, text} = error;
				throw entryRefused({condition, type, ...(text === undefined ? {} : {text})}, {room, nick, hasPassword: false});
			}

			return false;
		}
	};

	const again = async (membership: Membership, attempts: number): Promise<void> => {
		const hasTold = await learn(membership).catch(() => {
			context.log.note('rooms', 'a room could not be asked what it has become');
			return false;
		});
		if (hasTold) {
			forget(membership);
		} else {
			owe(membership, attempts);
		}
	};

	context.onResumed(() => {
		for (const membership of [...owed.keys()]) {
			forget(membership);
			if (isCurrent(membership)) {
				void again(membership, 0);
			}
		}
	});

	context.onDispose(() => {
		for (const membership of [...owed.keys()]) {
			forget(membership);
		}
	});

	return {
		async ask(membership) {
			if (!(await learn(membership))) {
				owe(membership, 0);
			}
		},
		askAgain: membership => again(membership, 0),
		isThere: async (room, error) =>
			isStanzaError(error) && error.condition === 'item-not-found'
				? context
						.use(serviceDiscovery)
						.query(room)
						.then(
							() => 'in' as const,
							(reason: unknown) =>
								isStanzaError(reason) && reason.condition === 'item-not-found' ? ('out' as const) : ('in' as const),
						)
				: isStillIn(error),
	};
}
