/**
 * Compares what each machine shows of rooms with what the rooms were told: what was said there is shown once, in the room's
 * order; what was written here is there once, or shown as what it is; nothing is shown that the room never said.
 */
import type {Message} from '../../source/model/message.js';
import type {BareJid} from '../../source/shared/jid.js';
import type {Storage} from '../../source/storage/ports.js';
import {anchor, copies, disorder, type Finding, roughOrder} from './check.js';
import {type Machine, messagesInRoom} from './machine.js';
import type {ModelRoom} from './model-rooms.js';
import type {ModelServer} from './model-server.js';
import {nickOf} from './room-letters.js';
import type {RoomTraits, ServerTraits} from './server-traits.js';

/** What must hold when all is quiet and everybody is in their rooms. */
export function checkRooms(
	machine: Machine,
	storage: Storage,
	server: ModelServer,
	{rooms: traits}: ServerTraits,
): readonly Finding[] {
	return traits === undefined
		? []
		: (server.rooms?.all ?? []).flatMap(room => {
				const rows = messagesInRoom(machine, storage, room.jid);
				return [
					...copies(machine, rows),
					...unsaid(machine, rows, room, traits),
					...written(machine, rows, room, traits),
					...(traits.archive ? archived(machine, rows, room) : roughOrder(machine, rows, room.said)),
					...(traits.archive ? anchor(machine, storage, room.archive.items, room.jid as BareJid) : []),
				];
			});
}

/** What must hold at any moment: what a room's archive is said to have been read up to is saved. */
export function roomAnchors(machine: Machine, storage: Storage, server: ModelServer): readonly Finding[] {
	return (server.rooms?.all ?? []).flatMap(({jid, archive}) => anchor(machine, storage, archive.items, jid as BareJid));
}

/** What a room did not say, and what somebody else said there, or we did. */
function unsaid(
	{name, house, composed, ledger}: Machine,
	rows: readonly Message[],
	room: ModelRoom,
	traits: RoomTraits,
): readonly Finding[] {
	const said = new Map(room.said.map(each => [each.number, each]));
	return rows.flatMap((row): Finding[] => {
		const {via, direction} = row;
		const number = ledger.ofRow(row);
		const known = said.get(number);
		if (known === undefined) {
			return via === 'local' ? [] : [{kind: 'doubled', text: `${name} shows ${number}, which ${room.jid} never said`}];
		}

		// Without an id for people nobody can tell who had a name at the time; an old copy of a database does not know what it said.
		const isFromHere = known.machine === name && composed.has(number);
		const isFromUs = known.nick === nickOf(house.account);
		const isSurelyOurs = isFromUs && (isFromHere || traits.occupantIds);
		const isWrong = direction === 'outgoing' ? !isFromUs : isSurelyOurs;
		return isWrong ? [{kind: 'doubled', text: `${name} shows ${number} as ${direction}`}] : [];
	});
}

/** What was written here: in the room once, or shown as what it is. */
function written(
	{name, composed, ledger}: Machine,
	rows: readonly Message[],
	{said, jid}: ModelRoom,
	{archive}: RoomTraits,
): readonly Finding[] {
	const taken = new Set(said.map(({number}) => number));
	return rows.flatMap((row): Finding[] => {
		const {state, via} = row;
		const number = ledger.ofRow(row);
		if (via !== 'local' || !composed.has(number)) {
			return [];
		}

		const isRight = taken.has(number)
			? state === 'delivered' || (state === 'uncertain' && !archive)
			: state === 'failed' || (state === 'uncertain' && !archive);
		const where = taken.has(number) ? 'has' : 'never had';
		return isRight
			? []
			: [{kind: 'lost', text: `${name} shows ${number} as ${state} at the end, which ${jid} ${where}`}];
	});
}

function archived(machine: Machine, rows: readonly Message[], room: ModelRoom): readonly Finding[] {
	const order = room.archive.items
		.map(({message}) => machine.ledger.inStanza(message))
		.filter(number => number !== undefined);
	const shown = new Set(rows.map(machine.ledger.ofRow));
	return [
		...order
			.filter(number => !shown.has(number))
			.map((number): Finding => ({kind: 'lost', text: `${machine.name} does not show ${number} of ${room.jid}`})),
		...disorder(machine, rows, order),
	];
}
