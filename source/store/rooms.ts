import type {Snapshot} from '../model/actions.js';
import type {BufferId} from '../model/buffer.js';
import type {EventOf} from '../model/events.js';
import {byKey, noneByKey, withoutValue, withValue} from './by-key.js';
import type {RoomState, State, StoreEvent} from './state.js';

/** Rooms and who is in them, who is typing where, and how far others have read. */
export function reduceRooms(state: State, event: StoreEvent): State {
	switch (event.type) {
		case 'snapshot.loaded': {
			const {rooms = [], readers = []} = event.snapshot;
			return {
				...state,
				rooms: Object.fromEntries(
					rooms.map(({room, occupants}) => [
						room.buffer,
						{room, occupants: byKey(occupants.map(each => [each.nick, each]))},
					]),
				),
				typing: {},
				readers: positions(readers),
			};
		}

		case 'room.changed': {
			const {room} = event;
			const {occupants} = state.rooms[room.buffer] ?? {occupants: noneByKey};
			// Who has left a room no longer hears who is in it.
			const stays = room.status === 'joined' || room.status === 'joining';
			if (!stays && room.status !== 'parting' && !Object.hasOwn(state.buffers, room.buffer)) {
				return withoutBuffers(state, id => id === room.buffer);
			}

			return withRoom(state, room.buffer, {room, occupants: stays ? occupants : noneByKey});
		}

		case 'occupants.loaded': {
			const rows = event.occupants.map(each => [each.nick, each] as const);
			return change(state, event.buffer, known => ({...known, occupants: byKey(rows)}));
		}

		case 'occupant.changed':
			return change(state, event.buffer, known => changed(known, event));
		case 'occupant.left':
			return change(state, event.buffer, known => {
				const occupants = withoutValue(known.occupants, event.nick);
				return occupants === known.occupants ? known : {...known, occupants};
			});
		case 'typing.changed':
			return withTyping(state, event);
		case 'reader.moved': {
			const known = state.readers[event.buffer] ?? noneByKey;
			const readers = withValue<number>(known, event.reader, event.upTo);
			return {...state, readers: {...state.readers, [event.buffer]: readers}};
		}

		case 'buffer.closed': {
			// A buffer can be closed without leaving the room.
			const known = state.rooms[event.buffer];
			const stays = known !== undefined && ['joined', 'joining', 'parting'].includes(known.room.status);
			const closed = withoutBuffers(state, id => id === event.buffer);
			return stays ? withRoom(closed, event.buffer, known) : closed;
		}

		case 'account.removed':
			return withoutBuffers(
				state,
				id => !Object.hasOwn(state.buffers, id) && (state.rooms[id]?.room.account ?? event.account) === event.account,
			);
		case 'presence.cleared':
			return withoutTyping(state, id => state.buffers[id]?.info.account === event.account);
		default:
			return state;
	}
}

function positions(readers: NonNullable<Snapshot['readers']>): State['readers'] {
	const rows = new Map<BufferId, Array<readonly [string, number]>>();
	for (const {buffer, reader, upTo} of readers) {
		rows.set(buffer, [...(rows.get(buffer) ?? []), [reader, upTo]]);
	}

	return Object.fromEntries([...rows].map(([buffer, known]) => [buffer, byKey<number>(known)]));
}

function changed(known: RoomState, {occupant, formerNick}: EventOf<'occupant.changed'>): RoomState {
	const others =
		formerNick === undefined || formerNick === occupant.nick
			? known.occupants
			: withoutValue(known.occupants, formerNick);
	return {...known, occupants: withValue(others, occupant.nick, occupant)};
}

function change(state: State, id: BufferId, edit: (known: RoomState) => RoomState): State {
	const known = state.rooms[id];
	const edited = known === undefined ? undefined : edit(known);
	return edited === undefined || edited === known ? state : withRoom(state, id, edited);
}

function withRoom(state: State, id: BufferId, room: RoomState): State {
	return {...state, rooms: {...state.rooms, [id]: room}};
}

function withTyping(state: State, {buffer, names}: EventOf<'typing.changed'>): State {
	const before = state.typing[buffer] ?? [];
	if (before.length === names.length && before.every((name, index) => name === names[index])) {
		return state;
	}

	const {[buffer]: _, ...others} = state.typing;
	return {...state, typing: names.length === 0 ? others : {...others, [buffer]: names}};
}

/** The session is over: nobody is heard to type any more. */
function withoutTyping(state: State, gone: (id: BufferId) => boolean): State {
	const typing = without(state.typing, gone);
	return typing === state.typing ? state : {...state, typing};
}

/** What is known about a buffer that is no longer open is forgotten with it. */
function withoutBuffers(state: State, gone: (id: BufferId) => boolean): State {
	const rooms = without(state.rooms, gone);
	const typing = without(state.typing, gone);
	const readers = without(state.readers, gone);
	const same = rooms === state.rooms && typing === state.typing && readers === state.readers;
	return same ? state : {...state, rooms, typing, readers};
}

type PerBuffer<Value> = Readonly<Record<BufferId, Value>>;

function without<Value>(all: PerBuffer<Value>, gone: (id: BufferId) => boolean): PerBuffer<Value> {
	const rows = Object.entries(all) as Array<[BufferId, Value]>;
	const kept = rows.filter(([id]) => !gone(id));
	return kept.length === rows.length ? all : Object.fromEntries(kept);
}
