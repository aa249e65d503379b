/** One session at the model server: a resource, what it was sent, and what is known to have arrived (XEP-0198). */
import type {Wire} from './network.js';

/** A stanza for a client. */
export type Parcel = {
	readonly text: string;
	/** The number of the message in it, where there is one to be shown. */
	readonly number?: number;
	/** Kept when nobody takes it. */
	readonly isLasting?: boolean;
	/** Whether it was sent to the account, so that it is kept when nobody takes it; a copy is not. */
	readonly isForAccount?: boolean;
	readonly archiveId?: string;
	readonly at?: number;
	/** Can wait until somebody looks (XEP-0352). */
	readonly isIdle?: boolean;
};

export type ServerSession = {
	readonly jid: string;
	readonly resource: string;
	readonly machine: string;
	/** When it began, in the timeline's milliseconds. */
	readonly boundAt: number;
	/** Absent: the connection is gone, the session waits. */
	wire: Wire | undefined;
	isManaged: boolean;
	/** What it is resumed with. */
	managementId: string | undefined;
	/** Stanzas handled since `<enable/>`. */
	handled: number;
	/** Parcels acknowledged so far. */
	acknowledged: number;
	unacknowledged: Parcel[];
	isAvailable: boolean;
	wantsCarbons: boolean;
	readsArchive: boolean;
	isInactive: boolean;
	heldBack: Parcel[];
};

export function createServerSession(resource: string, jid: string, wire: Wire, boundAt: number): ServerSession {
	return {
		jid,
		resource,
		machine: wire.machine,
		boundAt,
		wire,
		isManaged: false,
		managementId: undefined,
		handled: 0,
		acknowledged: 0,
		unacknowledged: [],
		isAvailable: false,
		wantsCarbons: false,
		readsArchive: false,
		isInactive: false,
		heldBack: [],
	};
}

/** Sends a parcel, or keeps it for when somebody looks or comes back. */
export function sendParcel(session: ServerSession, parcel: Parcel): void {
	if (session.isInactive && parcel.isIdle) {
		session.heldBack.push(parcel);
		return;
	}

	for (const each of [...session.heldBack.splice(0), parcel]) {
		if (session.isManaged) {
			session.unacknowledged.push(each);
		}

		session.wire?.write(each.text);
	}
}

/** Sends what was held back. */
export function sendHeldBack(session: ServerSession): void {
	const held = session.heldBack.splice(0);
	session.isInactive = false;
	for (const parcel of held) {
		sendParcel(session, parcel);
	}
}

/** Takes the client's count: answers what it has now of what it had not, or `undefined` for a count that cannot be. */
export function takeCount(session: ServerSession, h: string | undefined): readonly Parcel[] | undefined {
	const count = Number(h) - session.acknowledged;
	if (!Number.isInteger(count) || count < 0 || count > session.unacknowledged.length) {
		return undefined;
	}

	session.acknowledged += count;
	return session.unacknowledged.splice(0, count);
}
