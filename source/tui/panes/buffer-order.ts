import type {BufferId} from '../../model/buffer.js';
import type {BareJid} from '../../shared/jid.js';
import type {State} from '../../store/state.js';

/** Buffers that stand together in the list. */
export type Section = {
	/** Absent: they belong to no account. */
	readonly account: BareJid | undefined;
	readonly chats: readonly BufferId[];
	/** Rooms, and those one speaks to alone there. */
	readonly rooms: readonly BufferId[];
};

/** The open buffers as they are listed: what belongs to no account, then account by account; in each part the pinned ones first. */
export function sectionsOf(state: State): readonly Section[] {
	const found = new Map<BareJid | undefined, {chats: BufferId[]; rooms: BufferId[]}>();
	for (const account of [undefined, ...state.accounts.map(({jid}) => jid)]) {
		found.set(account, {chats: [], rooms: []});
	}

	for (const id of state.order) {
		const info = state.buffers[id]?.info;
		const section = found.get(info?.account) ?? {chats: [], rooms: []};
		found.set(info?.account, section);
		section[info?.kind === 'room' || info?.kind === 'private' ? 'rooms' : 'chats'].push(id);
	}

	return [...found].map(([account, {chats, rooms}]) => ({
		account,
		chats: account === undefined ? chats : arranged(state, chats),
		rooms: arranged(state, rooms),
	}));
}

/** The same without their sections. */
export function listedBuffers(state: State): readonly BufferId[] {
	return sectionsOf(state).flatMap(({chats, rooms}) => [...chats, ...rooms]);
}

function arranged(state: State, ids: readonly BufferId[]): readonly BufferId[] {
	const byActivity = state.preferences['list.order'] === 'activity';
	const infoOf = (id: BufferId) => state.buffers[id]?.info;
	if (!byActivity && !ids.some(id => infoOf(id)?.pinned)) {
		return ids;
	}

	const pinned = (id: BufferId) => (infoOf(id)?.pinned ? 0 : 1);
	const activity = (id: BufferId) => (byActivity ? (infoOf(id)?.lastActivity ?? 0) : 0);
	return ids.toSorted((one, other) => pinned(one) - pinned(other) || activity(other) - activity(one));
}
