/** What we have with each device, as it is stored. */
import type {OmemoStore, SessionPlace} from '../storage/omemo-ports.js';
import {parseSession, serializeSession} from './ratchet/serialize.js';
import type {Session} from './ratchet/session.js';
import {isSameRecord} from './records.js';

export type Sessions = {
	/** `undefined`: there is none, or none that can be read. */
	load(place: SessionPlace): Session | undefined;
	/** In the transaction that runs. */
	save(place: SessionPlace, session: Session): void;
};

/** Sessions whose meaning is remembered. */
const mostKnown = 500;

/** As with the own keys: the record decides, and what it means is remembered. */
export function sessionsIn(store: OmemoStore): Sessions {
	const known = new Map<string, {readonly record: Uint8Array; readonly session: Session}>();
	const nameOf = ({account, owner, device, version}: SessionPlace) => `${account} ${owner} ${device} ${version}`;
	const remember = (name: string, record: Uint8Array, session: Session) => {
		known.delete(name);
		known.set(name, {record, session});
		if (known.size > mostKnown) {
			for (const oldest of [...known.keys()].slice(0, mostKnown / 10)) {
				known.delete(oldest);
			}
		}
	};

	return {
		load(place) {
			const record = store.session(place);
			if (record === undefined) {
				return undefined;
			}

			const name = nameOf(place);
			const found = known.get(name);
			if (found !== undefined && isSameRecord(found.record, record)) {
				return found.session;
			}

			const session = parseSession(record);
			if (session !== undefined) {
				remember(name, record, session);
			}

			return session;
		},
		save(place, session) {
			const record = serializeSession(session);
			remember(nameOf(place), record, session);
			store.saveSession(place, record);
		},
	};
}
