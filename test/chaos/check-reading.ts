/** Checks what people can read of what was encrypted: all that their device was addressed with, and of the rest one line. */
import type {Message} from '../../source/model/message.js';
import type {Finding} from './check.js';
import {type House, textOf} from './letters.js';
import {allMessages, type Machine} from './machine.js';
import type {RoomJid} from './room-letters.js';
import type {Secrecy} from './secrecy.js';

/** What was said when all was well, and in which room; undefined: to the other person. */
export type Talk = Map<number, RoomJid | undefined>;

export type ReadingParts = {
	readonly machines: readonly Machine[];
	readonly talk: ReadonlyMap<number, RoomJid | undefined>;
};

/** What must hold when all is quiet. That each message is shown once is checked with all the others. */
export function checkReading(machine: Machine, secrecy: Secrecy, parts: ReadingParts): readonly Finding[] {
	return machine.inspect(storage => {
		const rows = allMessages(machine, storage);
		return [
			...rows.flatMap(row => unread(machine, row, secrecy)),
			...[...machine.composed.keys()].flatMap(number => unaddressed(machine, number, secrecy, parts)),
			...[...parts.talk].flatMap(([number, room]) => unheard(machine, rows, {number, room}, secrecy, parts)),
		];
	});
}

/** A text that is not what was written, and why it may not be. */
function unread({name, ledger, devices, isDoubtful}: Machine, row: Message, secrecy: Secrecy): readonly Finding[] {
	const number = ledger.ofRow(row);
	if (row.body === textOf(number)) {
		return [];
	}

	if (row.encryption !== 'omemo' || !row.body.startsWith('[')) {
		return [{kind: 'lost', text: `${name} shows ${number} as "${row.body}"`}];
	}

	const recipients = secrecy.envelope(number)?.recipients;
	// What came after a copy was made may be lost with the keys that were there then.
	const device = [...devices].find(id => recipients?.has(id) && !isDoubtful(id));
	return device === undefined
		? []
		: [
				{
					kind: 'lost',
					text: `${name} cannot read ${number}, which was encrypted for its device ${device}: ${row.body}`,
				},
			];
}

/** Who belongs to a private room is addressed with what is encrypted there, whether they are there or not. */
function unaddressed({name, house}: Machine, number: number, secrecy: Secrecy, {machines}: ReadingParts) {
	const envelope = secrecy.envelope(number);
	const others = new Set(machines.filter(each => each.house !== house).map(each => each.house));
	const isAddressed = (other: House) =>
		machines.some(({house: its, devices}) => its === other && [...devices].some(id => envelope?.recipients.has(id)));
	return envelope?.machine !== name || !envelope.isForRoom
		? []
		: [...others]
				.filter(other => !isAddressed(other))
				.map(({account}): Finding => ({kind: 'lost', text: `${name} encrypts ${number} for no device of ${account}`}));
}

/** What was said at the end is encrypted where both encrypt, and everybody who encrypts can read it. */
function unheard(
	machine: Machine,
	rows: readonly Message[],
	{number, room}: {readonly number: number; readonly room: RoomJid | undefined},
	secrecy: Secrecy,
	{machines}: ReadingParts,
): readonly Finding[] {
	const {name, ledger} = machine;
	const sender = machines.find(({composed}) => composed.has(number));
	const people = new Set(machines.filter(({isProtected}) => isProtected).map(({house}) => house));
	if (sender?.isProtected !== true || people.size < 2) {
		return [];
	}

	if (secrecy.envelope(number) === undefined) {
		const where = room === undefined ? '' : ` in ${room}`;
		return [{kind: 'exposed', text: `${number} of ${sender.name}${where} at the end is not encrypted`}];
	}

	const isRead = rows.some(row => ledger.ofRow(row) === number && row.body === textOf(number));
	return isRead || !machine.isProtected ? [] : [{kind: 'lost', text: `${name} cannot read ${number} of the end`}];
}
