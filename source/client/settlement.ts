import type {Message, MessageChange, OutgoingState} from '../model/message.js';
import type {Clock} from '../shared/clock.js';
import {messageOf, type Problem} from '../shared/errors.js';
import type {BareJid} from '../shared/jid.js';
import type {Storage} from '../storage/ports.js';
import type {Journal} from './journal.js';
import {mayBecome} from './outgoing-state.js';
import {relateInPlace} from './relating.js';

export type SettlementPorts = {
	readonly account: BareJid;
	readonly storage: Pick<Storage, 'messages' | 'relations' | 'outbox'>;
	readonly journal: Journal;
	readonly clock: Pick<Clock, 'now'>;
};

/** What is known about the state a message comes to. */
export type SettlementFacts = {
	readonly failure?: string;
	readonly problem?: Problem;
	readonly archiveId?: string;
	readonly encryption?: 'omemo';
	/** When the archive got it, milliseconds since the epoch. */
	readonly at?: number;
	/** The connection broke after it was written: when it got to the server is not known. */
	readonly isLate?: true;
};

/** Records what becomes of messages that were sent. */
export type Settlement = {
	/** Tells a message what became of it; ignored where it knows better already. */
	settle(message: Message, state: OutgoingState, facts?: SettlementFacts): void;
	/** The server has it: recorded at the end of this turn, with all others of it. */
	acknowledged(message: Message, facts?: Pick<SettlementFacts, 'isLate'>): void;
	/** Records now what would be recorded at the end of this turn. */
	flush(): void;
};

/** `onAcknowledged` runs after acknowledgements were recorded. */
export function createSettlement(
	{account, storage, journal, clock}: SettlementPorts,
	onAcknowledged: () => void,
): Settlement {
	const settle: Settlement['settle'] = (message, state, {failure, problem, archiveId, encryption, at, isLate} = {}) => {
		journal.commit(() => {
			const known = storage.messages.get(message.key);
			// Our server takes what is for a room without knowing whether the room has it: that ends no doubt.
			const saysNothing = known?.kind === 'groupchat' && known.state === 'uncertain' && state === 'acked';
			const isNews = known?.state !== undefined && !saysNothing && mayBecome(known.state, state);
			const isFiled = archiveId !== undefined && known !== undefined && known.archiveId === undefined;
			if (!isNews && !isFiled) {
				return;
			}

			const change: MessageChange = {
				key: message.key,
				account,
				buffer: message.buffer,
				...(isNews ? {state} : {}),
				...(isNews && failure !== undefined ? {failure} : {}),
				...(isNews && problem !== undefined ? {problem} : {}),
				...(isFiled ? {archiveId} : {}),
				...(isNews && encryption !== undefined ? {encryption} : {}),
			};
			storage.messages.change(change);
			if (isNews && isOver(state, known.kind)) {
				storage.outbox.remove(message.key);
			}

			journal.emit({type: 'message.changed', change});
			if (
				known.relating !== undefined &&
				(at !== undefined || (isNews && (isLate === true || isThere(state, known.kind))))
			) {
				relateInPlace(known, at, {storage, journal});
			}
		});
	};

	/** One answer of the server may be about hundreds of messages: they share a transaction. */
	const acknowledged: Array<readonly [Message, Pick<SettlementFacts, 'isLate'>]> = [];
	const flush = () => {
		const settled = acknowledged.splice(0);
		if (settled.length === 0) {
			return;
		}

		try {
			journal.commit(() => {
				for (const [message, facts] of settled) {
					settle(message, 'acked', facts);
				}
			});
		} catch (error) {
			// They stay as written, and are uncertain when the stream ends.
			journal.emit({
				type: 'notice',
				level: 'error',
				text: `That the server of ${account} has ${settled.length} of the messages could not be recorded: ${messageOf(error)}`,
				account,
				at: clock.now(),
			});
			return;
		}

		onAcknowledged();
	};

	return {
		settle,
		acknowledged(message, facts = {}) {
			if (acknowledged.push([message, facts]) === 1) {
				queueMicrotask(flush);
			}
		},
		flush,
	};
}

/** It gets where it is for as of now: the room has said it, or it is on its way to the server, whose answer may take long. */
function isThere(state: OutgoingState, kind: Message['kind']): boolean {
	return state === (kind === 'groupchat' ? 'delivered' : 'written');
}

/** Nothing is left to be done for it. What is for a room is kept until the room has said it. */
function isOver(state: OutgoingState, kind: Message['kind']): boolean {
	return (
		(state === 'acked' && kind !== 'groupchat') || state === 'delivered' || state === 'displayed' || state === 'failed'
	);
}
