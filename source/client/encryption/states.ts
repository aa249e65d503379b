/** Tells how each conversation is protected, whenever that changes. */
import {type Buffer, type BufferId, partnerIn} from '../../model/buffer.js';
import type {Problem} from '../../shared/errors.js';
import {type BareJid, bareOf, isFullJid} from '../../shared/jid.js';
import type {Storage} from '../../storage/ports.js';
import type {Journal} from '../journal.js';
import type {EncryptionState, Policy, PolicyView} from './policy.js';
import type {Destination, RecipientLists} from './recipients.js';

export type StatesPorts = {
	readonly account: BareJid;
	readonly storage: Pick<Storage, 'buffers'>;
	readonly journal: Journal;
	readonly policy: Policy;
	readonly recipients: RecipientLists;
	/** What was found to hold messages back there. */
	readonly holdOf: (destination: Destination) => Problem | undefined;
};

export type States = {
	/** How conversations are protected now; those that are none of this account are left as they are. */
	withStates(buffers: readonly Buffer[]): readonly Buffer[];
	/** Looks again at everything, and tells what is new. */
	reassess(): void;
	/** The same at what has to do with somebody. */
	reassessPerson(owner: BareJid): void;
	reassessRoom(room: BareJid): void;
	reassessBuffer(buffer: BufferId): void;
	/** A buffer was opened: whoever shows it knows nothing of it yet. */
	opened(buffer: BufferId): void;
};

export function createStates({account, storage, journal, policy, recipients, holdOf}: StatesPorts): States {
	const told = new Map<BufferId, string>();

	const stateOf = (destination: Destination, view?: PolicyView): EncryptionState => {
		const state = policy.stateOf(destination, view);
		const problem = holdOf(destination);
		return problem === undefined || policy.ruleFor(destination) === undefined
			? state
			: {encryption: 'unavailable', problem};
	};

	const textOf = ({encryption, problem}: EncryptionState) => `${encryption} ${problem?.message ?? ''}`;

	const look = (destination: Destination, view?: PolicyView) => {
		const buffer = policy.bufferOf(destination);
		const state = stateOf(destination, view);
		const before = told.get(buffer) ?? 'none ';
		told.set(buffer, textOf(state));
		if (before !== textOf(state)) {
			const {encryption, problem} = state;
			journal.emit({type: 'encryption.changed', buffer, encryption, ...(problem === undefined ? {} : {problem})});
		}
	};

	const destinations = (): readonly Destination[] =>
		storage.buffers.list().flatMap(buffer => destinationFor(buffer, account) ?? []);

	const reassess = () => {
		const view = policy.wholeView();
		for (const destination of destinations()) {
			look(destination, view);
		}
	};

	/** Nobody sees how a conversation is protected that has no buffer. */
	const reassessBuffer = (buffer: BufferId) => {
		const destination = storage.buffers.get(buffer) && destinationIn(buffer, account);
		if (destination !== undefined) {
			look(destination);
		}
	};

	return {
		withStates(buffers) {
			const view = policy.wholeView();
			return buffers.map(buffer => {
				const destination = destinationFor(buffer, account);
				if (destination === undefined) {
					return buffer;
				}

				const {encryption, problem} = stateOf(destination, view);
				return {...buffer, encryption, ...(problem === undefined ? {} : {encryptionProblem: problem})};
			});
		},
		reassess,
		reassessPerson(owner) {
			if (owner === account) {
				reassess();
				return;
			}

			reassessBuffer(policy.bufferOf({kind: 'chat', jid: owner}));
			for (const {room, people} of recipients.rooms()) {
				if (people.includes(owner)) {
					look({kind: 'room', jid: room});
				}
			}
		},
		reassessRoom(room) {
			for (const destination of destinations()) {
				if (destination.kind !== 'chat' && bareOf(destination.jid) === room) {
					look(destination);
				}
			}
		},
		reassessBuffer,
		opened(buffer) {
			told.delete(buffer);
			reassessBuffer(buffer);
		},
	};
}

function destinationFor(
	{account: owner, kind, jid}: Pick<Buffer, 'account' | 'kind' | 'jid'>,
	account: BareJid,
): Destination | undefined {
	if (owner !== account || jid === undefined) {
		return undefined;
	}

	switch (kind) {
		case 'chat':
		case 'room':
			return {kind, jid: bareOf(jid)};
		case 'private':
			return isFullJid(jid) ? {kind, jid} : undefined;
		default:
			return undefined;
	}
}

/** What the id of a buffer says (`bufferId`); undefined: it is none of this account, or no conversation. */
export function destinationIn(buffer: BufferId, account: BareJid): Destination | undefined {
	const [owner, kind] = buffer.split(' ');
	const jid = partnerIn(buffer);
	return owner !== account || jid === undefined || (kind !== 'chat' && kind !== 'room' && kind !== 'private')
		? undefined
		: destinationFor({account, kind, jid}, account);
}
