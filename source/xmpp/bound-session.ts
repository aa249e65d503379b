import {createEmitter} from '../shared/emitter.js';
import {type Problem, XmppcError} from '../shared/errors.js';
import {domainpartOf, type FullJid} from '../shared/jid.js';
import {type Acknowledgement, acknowledgementByCount, acknowledgementByPing} from './acknowledgement.js';
import {connectionLost} from './connection-problems.js';
import {clientNamespace, type Element, nameOf, namespaceOf} from './element.js';
import {createInbox} from './inbox.js';
import {createLiveness} from './liveness.js';
import type {Negotiated} from './negotiation.js';
import {logElement} from './redaction.js';
import {serialize} from './serialize.js';
import type {Session, SessionEnd, SessionOptions} from './session.js';
import type {Stream, StreamFailure} from './stream.js';
import {readFeatures} from './stream-features.js';
import {createStreamManagement, handledCountTooHigh, streamManagementNamespace} from './stream-management.js';

/** A session, and the end of its stream as the stream reports it. */
export type BoundSession = {readonly session: Session; readonly onFailure: (failure: StreamFailure) => void};

/** With this many stanzas unacknowledged the server is asked, whether anybody waits for it or not. */
const askAfter = 10;
const endPatience = 2000;

/** Runs a stream that is bound: sends in bursts, counts, asks and answers, and hands stanzas on in order. */
export function createBoundSession(
	stream: Stream,
	negotiated: Negotiated,
	jid: FullJid,
	options: SessionOptions,
): BoundSession {
	const {clock, log} = options;
	const domain = domainpartOf(jid);
	const sm = createStreamManagement();
	const ended = createEmitter<SessionEnd>();
	let acknowledgement: Acknowledgement = negotiated.enableSent
		? acknowledgementByCount(sm)
		: acknowledgementByPing(domain);
	let enabling: 'asked' | 'enabled' | 'off' = negotiated.enableSent ? 'asked' : 'off';
	let isCounting = false;
	let end: SessionEnd | undefined;
	let closing: Promise<void> | undefined;

	// --- what we write

	let burst: string[] = [];
	let isAnswerDue = false;
	let isQuestionDue = false;
	let isScheduled = false;
	let sentCount = 0;
	let ackedCount = 0;
	let flushes: ReadonlyArray<{upTo: number; resolve: () => void; reject: (error: unknown) => void}> = [];

	const writeBurst = () => {
		isScheduled = false;
		if (isAnswerDue) {
			burst.push(serialize(sm.answer()));
		}

		const question = isQuestionDue ? acknowledgement.question() : undefined;
		if (question) {
			burst.push(serialize(question));
			liveness.asked();
		}

		const text = burst.join('');
		burst = [];
		isAnswerDue = false;
		isQuestionDue = false;
		if (text !== '') {
			stream.transmit(text);
		}
	};

	/** Everything written in one turn of the event loop leaves in one piece, with the question behind it. */
	const schedule = () => {
		if (!isScheduled) {
			isScheduled = true;
			queueMicrotask(writeBurst);
		}
	};

	const ask = () => {
		isQuestionDue = true;
		schedule();
	};

	const onAckedOne = (onAcked: (() => void) | undefined) => () => {
		ackedCount++;
		onAcked?.();
		const done = flushes.filter(flush => flush.upTo <= ackedCount);
		flushes = flushes.filter(flush => flush.upTo > ackedCount);
		for (const flush of done) {
			flush.resolve();
		}
	};

	// --- what we read

	const liveness = createLiveness({
		clock,
		onSilent() {
			const probe = acknowledgement.question(true);
			if (probe) {
				stream.transmit(serialize(probe));
			}

			liveness.asked();
		},
		onDead: () => stream.fail(new XmppcError(connectionLost(stream.where, 'no answer')), 'connection-timeout'),
	});

	const inbox = createInbox({
		receive: options.receive,
		onHandled(count) {
			if (isCounting) {
				sm.handled(count);
			}
		},
		onFailure: error => stream.fail(error, 'internal-server-error'),
		pause: () => stream.streamSocket?.pause(),
		resume: () => stream.streamSocket?.resume(),
	});

	const takeAcknowledgement = (element: Element): boolean => {
		const outcome = acknowledgement.take(element);
		if (outcome === 'too-high' || outcome === 'malformed') {
			const h = element.attrs.h ?? '';
			stream.fail(
				new XmppcError({
					code: 'malformed-stream',
					kind: 'protocol',
					message: `${domain} acknowledges what was never sent.`,
					hint: 'It is tried again by itself; if it stays, tell the operator of the server.',
				}),
				'undefined-condition',
				outcome === 'too-high' ? serialize(handledCountTooHigh(h, sentCount)) : '',
			);
		}

		if (outcome === 'taken' && acknowledgement.unacknowledged.length > 0 && enabling === 'off') {
			ask();
		}

		return outcome !== 'not-mine';
	};

	const takeNonza = (element: Element) => {
		const name = namespaceOf(element) === streamManagementNamespace ? nameOf(element) : '';
		if (name === 'r' && enabling === 'enabled') {
			inbox.mark(() => {
				isAnswerDue = true;
				schedule();
			});
		} else if (name === 'enabled' && enabling === 'asked') {
			enabling = 'enabled';
			// Stanzas before `<enabled/>` are not counted by the server, so not by us (XEP-0198 §4).
			inbox.mark(() => {
				isCounting = true;
			});
		} else if (name === 'failed' && enabling === 'asked') {
			enabling = 'off';
			acknowledgement = acknowledgementByPing(domain, acknowledgement.unacknowledged);
			ask();
		} else {
			log.note('session', 'an unexpected element was ignored');
		}
	};

	const take = (elements: readonly Element[]) => {
		liveness.heard();
		for (const element of elements) {
			if (takeAcknowledgement(element)) {
				continue;
			}

			if (stream.isStanza(element) && namespaceOf(element) === clientNamespace) {
				inbox.stanza(element);
			} else {
				takeNonza(element);
			}
		}

		inbox.deliver();
	};

	// --- how it ends

	const finish = (how: SessionEnd) => {
		if (end) {
			return;
		}

		end = how;
		liveness.stop();
		const problem: Problem = how.problem ?? connectionLost(stream.where);
		const waiting = flushes;
		flushes = [];
		for (const flush of waiting) {
			flush.reject(new XmppcError(problem));
		}

		ended.emit(how);
	};

	const close = async () => {
		const started = clock.monotonic();
		writeBurst();
		await Promise.race([inbox.idle(), sleep(endPatience / 2)]);
		const lastWords = isCounting ? serialize(sm.answer()) : '';
		const isAllAcknowledged = acknowledgement.unacknowledged.length === 0;
		await stream.close(lastWords, isAllAcknowledged, endPatience - (clock.monotonic() - started));
		finish({recoverable: false});
	};

	const sleep = (delay: number) => new Promise<void>(resolve => void clock.after(delay, resolve));

	const session: Session = {
		jid,
		features: readFeatures(negotiated.features),
		security: {
			tls: stream.streamSocket?.security?.protocol ?? '',
			mechanism: negotiated.mechanism,
			certificate: stream.streamSocket?.security?.fingerprint ?? '',
		},
		send(stanza, onAcked) {
			if (end || closing) {
				log.note('session', `<${nameOf(stanza)}/> was not sent: the session is over`);
				return;
			}

			logElement(log, '>', stanza);
			burst.push(serialize(stanza));
			sentCount++;
			acknowledgement.sent(onAckedOne(onAcked));
			isQuestionDue ||= onAcked !== undefined || (enabling !== 'off' && sentCount - ackedCount >= askAfter);
			schedule();
		},
		flush() {
			if (end) {
				return Promise.reject(new XmppcError(end.problem ?? connectionLost(stream.where)));
			}

			if (sentCount === ackedCount) {
				return Promise.resolve();
			}

			ask();
			return new Promise((resolve, reject) => {
				flushes = [...flushes, {upTo: sentCount, resolve, reject}];
			});
		},
		onEnd(listener) {
			const over = end;
			if (over) {
				queueMicrotask(() => listener(over));
				return () => undefined;
			}

			return ended.subscribe(listener);
		},
		end() {
			closing ??= end ? Promise.resolve() : close();
			return closing;
		},
	};

	stream.deliverTo(take);
	return {
		session,
		// What has arrived is handled first: the server may believe that we have it.
		onFailure: failure => void inbox.idle().then(() => finish(failure)),
	};
}
