/**
 * Outgoing messages, committed before they are written and kept until the server has acknowledged them
 * (`ARCHITECTURE.md`, Outbox). One per account; rows go out in the order in which they were composed.
 *
 * A message whose stream died between the write and the acknowledgement is `uncertain`: the server may or may not have
 * it. It is shown so until the archive has it, or has been read to the end and does not: then it is written again, the
 * same stanza under the same ids. Without an archive it stays, for a second copy is worse than a question.
 */
import {delay} from '../extensions/delayed-delivery.js';
import type {Message, MessageChange, OutgoingState} from '../model/message.js';
import type {Clock} from '../shared/clock.js';
import {messageOf, type Problem} from '../shared/errors.js';
import type {BareJid, Jid} from '../shared/jid.js';
import type {Storage} from '../storage/ports.js';
import {append, type Element} from '../xmpp/element.js';
import {parseElement} from '../xmpp/parser.js';
import {serialize} from '../xmpp/serialize.js';
import type {Journal} from './journal.js';
import {mayBecome} from './outgoing-state.js';

/** A message that waited longer than this to be written says when it was composed (XEP-0203), milliseconds. */
const lateAfter = 60_000;

export type OutboxPorts = {
	readonly account: BareJid;
	readonly storage: Pick<Storage, 'messages' | 'outbox'>;
	readonly journal: Journal;
	readonly clock: Clock;
};

/** Writes a stanza; `onAcked` runs when the server has it. */
export type WriteStanza = (stanza: Element, onAcked: () => void) => void;

export type Outbox = {
	/** Commits a message and, where the outbox is open, writes it. Answers the message as it was recorded. */
	add(message: Omit<Message, 'key' | 'state'>, to: Jid, stanza: Element): Message;
	/**
	 * Writes everything that waits (`new`: nothing of it), then whatever is added. Of what is uncertain it writes again what
	 * is `lost`, by key.
	 */
	open(write: WriteStanza, which?: 'all' | 'new', lost?: (key: number) => boolean): void;
	/** More may be known to be `lost` now: it is written again, where the outbox is open for all that waits. */
	repeat(lost: (key: number) => boolean): void;
	/** Whether something is written and neither acknowledged nor given up. */
	isWriting(): boolean;
	/** Writes no more: what is added from now on waits for the next `open`. */
	pause(): void;
	/** The stream is gone: what was written and not acknowledged is uncertain. Answers how many messages that are. */
	close(): number;
	/** Finds what an earlier process wrote and never saw acknowledged. To be called once, before the first `open`. */
	recover(): number;
	/** The account is going: what still waits will never be sent. */
	abandon(): void;
	/** Tells a message what became of it; ignored where it knows better already. */
	settle(
		message: Message,
		state: OutgoingState,
		facts?: {readonly failure?: string; readonly problem?: Problem; readonly archiveId?: string},
	): void;
};

export function createOutbox({account, storage, journal, clock}: OutboxPorts): Outbox {
	let write: WriteStanza | undefined;
	let repeats = false;

	const settle: Outbox['settle'] = (message, state, {failure, problem, archiveId} = {}) => {
		journal.commit(() => {
			const known = storage.messages.get(message.key);
			const isNews = known?.state !== undefined && mayBecome(known.state, state);
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
			};
			storage.messages.change(change);
			if (isNews && isOver(state)) {
				storage.outbox.remove(message.key);
			}

			journal.emit({type: 'message.changed', change});
		});
	};

	/** One answer of the server may be about hundreds of messages: they share a transaction. */
	const acknowledged: Message[] = [];
	const settleAcknowledged = () => {
		const settled = acknowledged.splice(0);
		if (settled.length === 0) {
			return;
		}

		try {
			journal.commit(() => {
				for (const message of settled) {
					settle(message, 'acked');
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
		}
	};

	const hand = (message: Message, stanza: Element, to: WriteStanza) => {
		to(stanza, () => {
			if (acknowledged.push(message) === 1) {
				queueMicrotask(settleAcknowledged);
			}
		});
	};

	/** Messages of this account in one state that have a row here, in sending order. */
	const rowsIn = (...states: readonly OutgoingState[]) =>
		storage.outbox.waiting(account).flatMap(row => {
			const message = storage.messages.get(row.key);
			return message?.state !== undefined && states.includes(message.state) ? [{row, message}] : [];
		});

	const writeRows = (rows: ReturnType<typeof rowsIn>, to: WriteStanza) => {
		for (const {row, message} of rows) {
			const stanza = parseElement(row.stanza);
			if (stanza === undefined) {
				settle(message, 'failed', {
					failure: 'What was stored of this message cannot be read. Please send it again.',
				});
				continue;
			}

			const isLate = message.state === 'uncertain' || clock.now() - message.receivedAt > lateAfter;
			if (isLate && delay.find(stanza) === undefined) {
				append(stanza, [delay.encode({stamp: message.receivedAt, from: account})]);
				storage.outbox.put({...row, stanza: serialize(stanza)});
			}

			settle(message, 'written');
			journal.afterwards(() => hand(message, stanza, to));
		}
	};

	const pause = () => {
		write = undefined;
	};

	const doubt = () =>
		journal.commit(() => {
			const written = rowsIn('written');
			for (const {message} of written) {
				settle(message, 'uncertain');
			}

			return written.length;
		});

	return {
		add(message, to, stanza) {
			const writeNow = write;
			return journal.commit(() => {
				const state = writeNow === undefined ? 'queued' : 'written';
				// It answers what is there, whatever our clock and the server's say.
				const after = storage.messages.filedUpTo(message.buffer, Number.MAX_SAFE_INTEGER)?.key;
				const recorded = storage.messages.insert({...message, state}, {after, apart: true});
				storage.outbox.put({key: recorded.key, account, to, stanza: serialize(stanza)});
				journal.emit({type: 'message.recorded', message: recorded});
				if (writeNow !== undefined) {
					journal.afterwards(() => hand(recorded, stanza, writeNow));
				}

				return recorded;
			});
		},
		open(to, which = 'all', lost = () => false) {
			write = to;
			repeats = which === 'all';
			if (which === 'all') {
				journal.commit(() => {
					const rows = rowsIn('queued', 'uncertain');
					writeRows(
						rows.filter(({message}) => message.state === 'queued' || lost(message.key)),
						to,
					);
				});
			}
		},
		repeat(lost) {
			const to = write;
			if (to !== undefined && repeats) {
				journal.commit(() => {
					writeRows(
						rowsIn('uncertain').filter(({message}) => lost(message.key)),
						to,
					);
				});
			}
		},
		isWriting: () => rowsIn('written').length > 0,
		pause,
		close() {
			pause();
			settleAcknowledged();
			return doubt();
		},
		recover: doubt,
		abandon() {
			journal.commit(() => {
				for (const {message} of rowsIn('queued')) {
					settle(message, 'failed', {failure: 'The account was removed before this could be sent.'});
				}
			});
		},
		settle,
	};
}

function isOver(state: OutgoingState): boolean {
	return state === 'acked' || state === 'delivered' || state === 'displayed' || state === 'failed';
}
