/**
 * Compares what each machine has with what the server took: nothing lost, nothing doubled, the order of the archive
 * (invariants I1 to I6 of a session that breaks).
 */
import {anchorOf} from '../../source/client/archive-position.js';
import type {Message} from '../../source/model/message.js';
import type {BareJid} from '../../source/shared/jid.js';
import type {Storage} from '../../source/storage/ports.js';
import type {Archived} from '../client/fake-archive.js';
import {checkRooms, roomAnchors} from './check-rooms.js';
import {allMessages, type Machine, messagesWith} from './machine.js';
import type {Accepted} from './mail.js';
import type {ModelServer} from './model-server.js';
import type {ServerTraits} from './server-traits.js';

/** `exposed`: it can be read by others, or could be with what they have. */
export type Tally = {lost: number; doubled: number; misordered: number; exposed: number};

/** Something that is wrong, as a sentence for whoever replays the run. */
export type Finding = {readonly kind: keyof Tally; readonly text: string};

/** Rows apart by more than this are in the order of their times even where there is no archive, milliseconds. */
const surelyLater = 400_000;

const unsettled: ReadonlySet<string | undefined> = new Set(['queued', 'sealed', 'written', 'uncertain']);

/** What must hold at any moment, also when a process has just died. */
export function checkMoment(machine: Machine, server: ModelServer): readonly Finding[] {
	return machine.inspect(storage => [
		...outbox(machine, storage),
		...anchor(machine, storage, server.archive.items),
		...roomAnchors(machine, storage, server),
	]);
}

/** What must hold of rooms when all has been quiet for long, and nobody connected anew. */
export function checkPatience(machine: Machine, server: ModelServer, traits: ServerTraits): readonly Finding[] {
	return machine.inspect(storage => checkRooms(machine, storage, server, traits));
}

/** What must hold when all is quiet and everybody is connected. */
export function checkEnd(machine: Machine, server: ModelServer, traits: ServerTraits): readonly Finding[] {
	const hasArchive = traits.archive;
	// What the archive lost, or calls unstable, cannot tell what became of a message.
	const tells = hasArchive && !traits.forgets && !traits.unstablePages;
	return machine.inspect(storage => [
		...outbox(machine, storage),
		...anchor(machine, storage, server.archive.items),
		...machine.house.peers.flatMap(peer => {
			const rows = messagesWith(machine, storage, peer);
			const accepted = server.accepted.filter(each => each.peer === peer);
			return [
				...copies(machine, rows),
				...sent(machine, rows, server.accepted, tells),
				...(hasArchive ? archived(machine, rows, server, peer) : roughOrder(machine, rows, accepted)),
			];
		}),
		...promises(machine, storage),
		...checkRooms(machine, storage, server, traits),
	]);
}

/** Whether a machine has what it said that it has. */
export function isSaved(machine: Machine, number: number): boolean {
	return machine.inspect(storage =>
		machine.house.peers.some(peer =>
			messagesWith(machine, storage, peer).some(row => machine.ledger.ofRow(row) === number),
		),
	);
}

/** What the server has more than once was written more than once. */
export function checkServer(server: ModelServer): readonly Finding[] {
	const seen = new Set<number>();
	return [...server.accepted, ...(server.rooms?.all ?? []).flatMap(({said}) => said)].flatMap(
		({number, machine = 'somebody'}): Finding[] => {
			const isAgain = seen.has(number);
			seen.add(number);
			return isAgain ? [{kind: 'doubled', text: `${number} of ${machine} was sent twice`}] : [];
		},
	);
}

/** The numbers of all that the archive holds of a conversation, in its order. */
function archiveOrder({ledger}: Machine, server: ModelServer, peer: string): readonly number[] {
	return server.archive.items
		.filter(item => item.peer === peer)
		.map(({message}) => ledger.inStanza(message))
		.filter(number => number !== undefined);
}

export function copies({name, ledger}: Machine, rows: readonly Message[]): readonly Finding[] {
	const seen = new Set<number>();
	return rows.flatMap((row): Finding[] => {
		const number = ledger.ofRow(row);
		const isAgain = seen.has(number);
		seen.add(number);
		return isAgain ? [{kind: 'doubled', text: `${name} shows ${number} twice`}] : [];
	});
}

/** What was written here: at the server once, or shown as what it is. */
function sent(
	{name, composed, ledger}: Machine,
	rows: readonly Message[],
	accepted: readonly Accepted[],
	tells: boolean,
): readonly Finding[] {
	const taken = new Set(accepted.map(({number}) => number));
	return rows.flatMap((row): Finding[] => {
		const {state, via} = row;
		const number = ledger.ofRow(row);
		if (via !== 'local' || !composed.has(number)) {
			return [];
		}

		const isStuck = state === 'queued' || state === 'written' || (state === 'uncertain' && tells);
		const isGone = !taken.has(number) && !unsettled.has(state) && state !== 'failed';
		return isStuck || isGone ? [{kind: 'lost', text: `${name} shows ${number} as ${state} at the end`}] : [];
	});
}

/** What the program promised to send is on record. */
function promises(machine: Machine, storage: Storage): readonly Finding[] {
	const {name, promised, ledger} = machine;
	const stored = new Set(allMessages(machine, storage).map(ledger.ofRow));
	return [...promised]
		.filter(number => !stored.has(number))
		.map(number => ({kind: 'lost', text: `${name} promised to send ${number} and forgot it`}));
}

function archived(machine: Machine, rows: readonly Message[], server: ModelServer, peer: string): readonly Finding[] {
	const {name, ledger} = machine;
	const order = archiveOrder(machine, server, peer);
	const shown = new Set(rows.map(ledger.ofRow));
	const missing = order.filter(number => !shown.has(number));
	return [
		...missing.map((number): Finding => ({kind: 'lost', text: `${name} does not show ${number}`})),
		...disorder(machine, rows, order),
	];
}

/**
 * Pairs that the archive has the other way round. A message that was written here stands where it was written: what the
 * archive has before it and came here only afterwards may stand on either side; and what waited at the server stands by
 * the server's time, a message of ours by our own, which may be wrong.
 */
export function disorder(
	{name, composed, saved, ledger}: Machine,
	rows: readonly Message[],
	order: readonly number[],
): readonly Finding[] {
	const places = new Map(order.map((number, place) => [number, place]));
	const shown = rows.map(row => ({...row, number: ledger.ofRow(row)})).filter(({number}) => places.has(number));
	const findings: Finding[] = [];
	for (const [index, later] of shown.entries()) {
		const wrong = shown.slice(0, index).find(earlier => {
			const isInverted = (places.get(earlier.number) ?? 0) > (places.get(later.number) ?? 0);
			const written = composed.get(earlier.number);
			const cameAfterwards = written !== undefined && (saved.get(later.number) ?? 0) > written;
			const waited = composed.has(later.number) && earlier.via === 'live' && earlier.receivedAt < later.receivedAt;
			return isInverted && !cameAfterwards && !waited;
		});
		if (wrong !== undefined) {
			findings.push({kind: 'misordered', text: `${name} shows ${later.number} behind ${wrong.number}`});
		}
	}

	return findings;
}

/** Without an archive there is no order but that of time. */
export function roughOrder(
	{name, ledger}: Machine,
	rows: readonly Message[],
	accepted: ReadonlyArray<Pick<Accepted, 'number' | 'at'>>,
): readonly Finding[] {
	const times = new Map(accepted.map(({number, at}) => [number, at]));
	let newest = 0;
	return rows.flatMap((row): Finding[] => {
		const number = ledger.ofRow(row);
		const at = times.get(number);
		if (at === undefined || row.direction === 'outgoing') {
			return [];
		}

		const isLate = at < newest - surelyLater;
		newest = Math.max(newest, at);
		return isLate ? [{kind: 'misordered', text: `${name} shows ${number} too late`}] : [];
	});
}

/** Every waiting message has its row, and every row a message that waits. */
function outbox(machine: Machine, storage: Storage): readonly Finding[] {
	const {name, house, ledger} = machine;
	const waiting = new Set(storage.outbox.waiting(house.account).map(({key}) => key));
	const messages = allMessages(machine, storage);
	const waits = ({state, kind}: Message) => unsettled.has(state) || (state === 'acked' && kind === 'groupchat');
	const states = new Map(messages.map(message => [message.key, message]));
	return [
		...messages
			.filter(message => waits(message) && !waiting.has(message.key))
			.map(
				(message): Finding => ({
					kind: 'lost',
					text: `${name} shows ${ledger.ofRow(message)} as ${message.state} and has no row`,
				}),
			),
		...[...waiting]
			.map(key => states.get(key))
			.filter(message => message === undefined || !waits(message))
			.map((message): Finding => ({kind: 'doubled', text: `${name} has a row for what is ${message?.state}`})),
	];
}

/** The anchor never passes an id that is not saved: all from the first login on is there, but what the archive lost. */
export function anchor(
	machine: Machine,
	storage: Storage,
	items: readonly Archived[],
	archive: BareJid = machine.house.account,
): readonly Finding[] {
	const {name, house, ledger} = machine;
	const state = storage.archives.load(house.account, archive);
	const reached = state && anchorOf(state);
	const end = items.findIndex(({id}) => id === reached?.id);
	if (state === undefined || end < 0) {
		return [];
	}

	const past = state.gaps.find(({after}) => after === undefined);
	const begin = past === undefined ? 0 : items.findIndex(({id}) => id === past.before.id);
	if (begin < 0) {
		return [];
	}

	const stored = new Set(allMessages(machine, storage).map(ledger.ofRow));
	return items
		.slice(begin, end + 1)
		.map(({message}) => ledger.inStanza(message))
		.filter(number => number !== undefined)
		.filter(number => !stored.has(number))
		.map(number => ({kind: 'lost', text: `${name}'s anchor is behind ${number}, which is not saved (${archive})`}));
}
