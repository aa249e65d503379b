/** Checks what people can read of what was encrypted: all that their device was addressed with, and of the rest one line. */
import type {Message} from '../../source/model/message.js';
import type {Storage} from '../../source/storage/ports.js';
import type {Finding} from './check.js';
import {textOf} from './letters.js';
import {type Machine, messagesWith} from './machine.js';
import type {Secrecy} from './secrecy.js';

export type ReadingParts = {
	readonly machines: readonly Machine[];
	/** What was said when all was well. */
	readonly talk: readonly number[];
};

/** What must hold when all is quiet. That each message is shown once is checked with all the others. */
export function checkReading(machine: Machine, secrecy: Secrecy, parts: ReadingParts): readonly Finding[] {
	return machine.inspect(storage => [
		...rowsOf(machine, storage).flatMap(row => unread(machine, row, secrecy)),
		...parts.talk.flatMap(number => unheard(machine, storage, number, secrecy, parts)),
	]);
}

const rowsOf = (machine: Machine, storage: Storage): readonly Message[] =>
	machine.house.peers.flatMap(peer => messagesWith(machine, storage, peer));

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

/** What was said at the end is encrypted where both encrypt, and everybody who encrypts can read it. */
function unheard(
	machine: Machine,
	storage: Storage,
	number: number,
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
		return [{kind: 'exposed', text: `${number} of ${sender.name} at the end is not encrypted`}];
	}

	const isRead = rowsOf(machine, storage).some(row => ledger.ofRow(row) === number && row.body === textOf(number));
	return isRead || !machine.isProtected ? [] : [{kind: 'lost', text: `${name} cannot read ${number} of the end`}];
}
