/**
 * Outgoing messages, committed before they are written and kept until the server has acknowledged them
 * (`ARCHITECTURE.md`, Outbox). One per account; rows go out in the order in which they were composed.
 *
 * A message whose stream died between the write and the acknowledgement is `uncertain`: the server may or may not have
 * it. It is shown so until the archive has it, or has been read to the end and does not: then it is written again, the
 * same stanza under the same ids. Without an archive it stays, for a second copy is worse than a question.
 *
 * What is for a room is not there because our server has it: its row is kept until the room has said it, and the room's
 * archive decides what is uncertain.
 */
import {delay} from '../extensions/delayed-delivery.js';
import type {BufferId} from '../model/buffer.js';
import type {SealRule} from '../model/device.js';
import type {Message, OutgoingState} from '../model/message.js';
import type {Clock} from '../shared/clock.js';
import {messageOf, type Problem, XmppcError} from '../shared/errors.js';
import type {BareJid, Jid} from '../shared/jid.js';
import type {Storage} from '../storage/ports.js';
import {append, type Element} from '../xmpp/element.js';
import {parseElement} from '../xmpp/parser.js';
import {serialize} from '../xmpp/serialize.js';
import type {Journal} from './journal.js';
import {type Evidence, noEvidence, turnOf, type Waiting} from './outbox-turn.js';
import type {RawStanzas} from './raw-stanzas.js';
import {noSealing, type Sealing} from './sealing.js';
import {createSettlement, type Settlement} from './settlement.js';
import {tooLong} from './stanza-limit.js';
import {aloneFrom, suspicionOf} from './suspicion.js';

/** A message that waited longer than this to be written says when it was composed (XEP-0203), milliseconds. */
const lateAfter = 60_000;

export type OutboxPorts = {
	readonly account: BareJid;
	readonly storage: Pick<Storage, 'messages' | 'relations' | 'outbox' | 'servers'>;
	readonly journal: Journal;
	readonly clock: Clock;
	/** Absent: what has to be encrypted waits. */
	readonly sealing?: Sealing | undefined;
	/** Keeps what is written, for whoever wants to see it. Absent: nobody does. */
	readonly stanzas?: Pick<RawStanzas, 'keep'>;
};

/** Writes a stanza; `onAcked` runs when the server has it. */
export type WriteStanza = (stanza: Element, onAcked: () => void) => void;

export type Opening = {
	/** Of what waits, only what stands in these conversations; absent: all of it. */
	readonly only?: ReadonlySet<BufferId> | undefined;
	/** What the archive says of what is uncertain. */
	readonly evidence?: Evidence;
	/** The largest stanza the server takes, in bytes (XEP-0478). */
	readonly maxBytes?: number | undefined;
};

export type Outbox = Pick<Settlement, 'settle'> & {
	/**
	 * Commits a message and, where the outbox is open, writes it. Answers the message as it was recorded. Throws
	 * `message-too-long` where the server would not take it. With `seal` it is encrypted before that.
	 */
	add(message: Omit<Message, 'key' | 'state'>, to: Jid, stanza: Element, seal?: SealRule): Message;
	/** Writes what waits, of the uncertain only what is lost; then whatever is added. */
	open(write: WriteStanza, opening?: Opening): void;
	/** The archive says more than before: what may be written now is. */
	proceed(): void;
	/** Whether something is written and neither acknowledged nor given up. */
	isWriting(): boolean;
	/** Writes no more: what is added from now on waits for the next `open`. `because`: the connection broke. */
	pause(because?: Problem): void;
	/** The stream is gone: what was written and not acknowledged is uncertain. Answers how many messages that are. */
	close(because?: Problem): number;
	/** Whether something in a conversation is written and not known to have got there. */
	isAwaiting(buffer: BufferId): boolean;
	/** What was written in a room, and not said by it so far, may never have got there. */
	doubtIn(buffer: BufferId): void;
	/** Finds what an earlier process wrote and never saw acknowledged. To be called once, before the first `open`. */
	recover(): number;
	/** What waits to be encrypted in a conversation is not to be: it is given up. */
	withhold(buffer: BufferId, problem: Problem): void;
	/** What waits to go out in clear in a conversation is not to: it has to be encrypted. */
	protect(buffer: BufferId): void;
	/** Gives up a message that waits. Answers whether it did. */
	withdraw(key: number, problem: Problem): boolean;
	/** The account is going: what still waits will never be sent. */
	abandon(): void;
};

export function createOutbox(ports: OutboxPorts): Outbox {
	const {account, storage, journal, clock, sealing = noSealing, stanzas} = ports;
	let write: WriteStanza | undefined;
	let only: Opening['only'];
	let evidence = noEvidence;
	let isHeldUp = false;
	let blocked: ReadonlySet<BufferId> = new Set();
	/** What was written in this session and is not acknowledged, by key. */
	const underWay = new Set<number>();
	/** Of that, what was there when the connection broke: the session may go on. */
	const shaken = new Set<number>();
	/** When something was written last, monotonic milliseconds. */
	let writtenAt = 0;
	/** What interruptions of this session say against what is under way. */
	let suspicion = 0;
	let isDoubtful = false;

	const settlement = createSettlement(ports, () => {
		suspicion = 0;
		if (isHeldUp) {
			proceed();
		}
	});
	const {settle} = settlement;

	/** `text`: the stanza as XML. */
	const hand = (message: Message, stanza: Element, text: string, to: WriteStanza) => {
		writtenAt = clock.monotonic();
		underWay.add(message.key);
		stanzas?.keep(message, text);
		to(stanza, () => {
			underWay.delete(message.key);
			settlement.acknowledged(message, shaken.delete(message.key) ? {isLate: true} : {});
		});
	};

	/** Messages of this account in one of these states that have a row here, in sending order. */
	const rowsIn = (...states: readonly OutgoingState[]): readonly Waiting[] =>
		storage.outbox.waiting(account).flatMap(row => {
			const message = storage.messages.get(row.key);
			return message?.state !== undefined && states.includes(message.state) ? [{row, message}] : [];
		});

	const giveUp = (message: Message, problem: Problem) => settle(message, 'failed', {failure: problem.message, problem});

	/** What of a row goes out, now that its turn has come; undefined where it is given up. */
	const finished = (waiting: Waiting): {readonly stanza: Element; readonly encryption?: 'omemo'} | undefined => {
		const {row, message} = waiting;
		const stanza = parseElement(row.stanza);
		if (stanza === undefined) {
			settle(message, 'failed', {
				failure: 'What was stored of this message cannot be read. Please send it again.',
			});
			return undefined;
		}

		if (row.seal === undefined) {
			return {stanza};
		}

		const sealed = sealing.seal(waiting, stanza);
		if (!sealed.ok) {
			giveUp(message, sealed.problem);
			return undefined;
		}

		return sealed;
	};

	const writeRow = (waiting: Waiting, to: WriteStanza) => {
		const {row, message} = waiting;
		const done = finished(waiting);
		if (done === undefined) {
			return;
		}

		const {stanza, encryption} = done;
		const unfit = tooLong(serialize(stanza), {account, to: row.to, announced: storage.servers.maxBytes(account)});
		if (unfit !== undefined) {
			giveUp(message, unfit);
			return;
		}

		const isLate = message.state === 'uncertain' || clock.now() - message.receivedAt > lateAfter;
		if (isLate && delay.find(stanza) === undefined) {
			append(stanza, [delay.encode({stamp: message.receivedAt, from: account})]);
		}

		const text = serialize(stanza);
		if (text !== row.stanza || row.seal !== undefined) {
			const {seal: _, ...rest} = row;
			storage.outbox.put({...rest, stanza: text});
		}

		settle(message, 'written', encryption === undefined ? {} : {encryption});
		journal.afterwards(() => hand(message, stanza, text, to));
	};

	const quarantine = ({row, message}: Waiting) => {
		const problem = poisonous(row.to);
		giveUp(message, problem);
		const {message: text, hint = ''} = problem;
		journal.emit({type: 'notice', level: 'error', text, hint, account, at: clock.now()});
	};

	/** Whoever writes to few conversations does not stay to find out what the server ends connections for. */
	const isMeant = ({row, message}: Waiting) => only?.has(message.buffer) === true && row.suspicion < aloneFrom;

	const writeWaiting = () => {
		const to = write;
		if (to === undefined) {
			return;
		}

		const rows = rowsIn('queued', 'written', 'uncertain');
		const turn = turnOf(only === undefined ? rows : rows.filter(isMeant), evidence, sealing.canSeal);
		({isHeldUp, blocked} = turn);
		// It is called for each page of an archive: a transaction about nothing would cost.
		if (turn.write.length + turn.quarantine.length > 0) {
			journal.commit(() => {
				turn.quarantine.forEach(quarantine);
				for (const waiting of turn.write) {
					writeRow(waiting, to);
				}
			});
		}
	};

	const proceed = () => {
		try {
			writeWaiting();
		} catch (error) {
			const text = `What waits in the outbox of ${account} could not be written: ${messageOf(error)}`;
			journal.emit({type: 'notice', level: 'error', text, account, at: clock.now()});
		}
	};

	const pause: Outbox['pause'] = because => {
		write = undefined;
		for (const key of underWay) {
			shaken.add(key);
		}

		if (because !== undefined && underWay.size > 0) {
			suspicion += suspicionOf(because, clock.monotonic() - writtenAt);
		}
	};

	/** What was written is uncertain; where that cannot be recorded, the next `open` has to. */
	const doubt = (against = 0) => {
		isDoubtful = true;
		// What our server has of what is for a room is kept until the room has said it.
		const written = rowsIn('written', 'acked');
		if (written.length > 0) {
			journal.commit(() => {
				for (const {message} of written) {
					settle(message, 'uncertain');
					if (against > 0 && message.state === 'written') {
						storage.outbox.suspect(message.key, against);
					}
				}
			});
		}

		isDoubtful = false;
		return written.length;
	};

	return {
		add(message, to, stanza, seal) {
			const text = serialize(stanza);
			const unfit = tooLong(text, {account, to, announced: storage.servers.maxBytes(account)});
			if (unfit !== undefined) {
				throw new XmppcError(unfit);
			}

			const candidate = {...message, key: 0};
			if (evidence.isEarly(candidate)) {
				// What is written next must not overtake it when the time has come.
				blocked = new Set([...blocked, message.buffer]);
			}

			const mayGo = !isHeldUp && !blocked.has(message.buffer) && !evidence.isOutside(candidate);
			const writeNow = mayGo && seal === undefined ? write : undefined;
			return journal.commit(() => {
				const state = writeNow === undefined ? 'queued' : 'written';
				// It answers what is there, whatever our clock and the server's say.
				const after = storage.messages.newest(message.buffer);
				const recorded = storage.messages.insert({...message, state}, {after, apart: true});
				storage.outbox.put({key: recorded.key, account, to, stanza: text, ...(seal === undefined ? {} : {seal})});
				if (recorded.hidden !== true) {
					journal.emit({type: 'message.recorded', message: recorded});
				}

				if (writeNow !== undefined) {
					journal.afterwards(() => hand(recorded, stanza, text, writeNow));
				} else if (seal !== undefined) {
					journal.afterwards(proceed);
				}

				return recorded;
			});
		},
		open(to, {only: conversations, evidence: found = noEvidence, maxBytes} = {}) {
			write = to;
			only = conversations;
			evidence = found;
			// What was on its way is being written again.
			writtenAt = clock.monotonic();
			if (isDoubtful) {
				doubt();
			}

			if (storage.servers.maxBytes(account) !== maxBytes) {
				storage.servers.rememberMaxBytes(account, maxBytes);
			}

			writeWaiting();
		},
		proceed,
		isAwaiting: buffer => rowsIn('written', 'acked').some(({message}) => message.buffer === buffer),
		doubtIn(buffer) {
			const awaited = rowsIn('written', 'acked').filter(({message}) => message.buffer === buffer);
			if (awaited.length > 0) {
				journal.commit(() => {
					for (const {message} of awaited) {
						settle(message, 'uncertain');
					}
				});
			}
		},
		isWriting: () => rowsIn('written').length > 0,
		pause,
		close(because) {
			pause(because);
			settlement.flush();
			const against = Math.min(suspicion, aloneFrom);
			suspicion = 0;
			underWay.clear();
			shaken.clear();
			return doubt(against);
		},
		recover: doubt,
		withhold(buffer, problem) {
			journal.commit(() => {
				for (const {row, message} of rowsIn('queued')) {
					if (row.seal !== undefined && message.buffer === buffer) {
						giveUp(message, problem);
					}
				}
			});
		},
		protect(buffer) {
			journal.commit(() => {
				for (const {row, message} of rowsIn('queued')) {
					// What a room refused for now may be encrypted already, and waits for its next turn.
					if (row.seal === undefined && message.buffer === buffer && message.encryption === undefined) {
						storage.outbox.put({...row, seal: 'require'});
					}
				}
			});
		},
		withdraw: (key, problem) =>
			journal.commit(() => {
				const waiting = rowsIn('queued').find(({row}) => row.key === key);
				if (waiting !== undefined) {
					giveUp(waiting.message, problem);
				}

				return waiting !== undefined;
			}),
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

function poisonous(to: Jid): Problem {
	return {
		code: 'message-ends-connection',
		kind: 'badData',
		message: `The server ended the connection each time the message to ${to} was sent, so it is not sent again.`,
		hint: 'Something in it is not acceptable to the server: write it differently, or in parts.',
	};
}
