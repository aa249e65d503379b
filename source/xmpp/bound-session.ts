import {createEmitter} from '../shared/emitter.js';
import {type Problem, XmppcError} from '../shared/errors.js';
import {domainpartOf, type FullJid} from '../shared/jid.js';
import {type Acknowledgement, acknowledgementByCount, acknowledgementByPing} from './acknowledgement.js';
import {createBurst} from './burst.js';
import {connectionLost, isRecoverable} from './connection-problems.js';
import {clientNamespace, type Element, nameOf, namespaceOf} from './element.js';
import {createInbox} from './inbox.js';
import {createLiveness} from './liveness.js';
import type {Negotiated} from './negotiation.js';
import {logElement} from './redaction.js';
import {serialize} from './serialize.js';
import type {Session, SessionEnd, SessionOptions} from './session.js';
import type {Stream} from './stream.js';
import {readFeatures} from './stream-features.js';
import {createStreamManagement, handledCountTooHigh, streamManagementNamespace} from './stream-management.js';

/** A session, and the end of its stream as the stream reports it. */
export type BoundSession = {readonly session: Session; readonly onFailure: (problem: Problem) => void};

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

	let sentCount = 0;
	let ackedCount = 0;
	let flushes: ReadonlyArray<{upTo: number; resolve: () => void; reject: (error: unknown) => void}> = [];

	const questionText = (isProbe: boolean) => {
		const question = acknowledgement.question(isProbe);
		if (!question) {
			return '';
		}

		liveness.asked();
		return serialize(question);
	};

	const burst = createBurst({
		transmit: text => stream.transmit(text),
		question: () => questionText(false),
		answer: () => serialize(sm.answer()),
	});

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
			stream.transmit(questionText(true));
			// Where a question is on its way already, its answer is what we wait for.
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
					hint: 'Try again later; if it stays, tell the operator of the server.',
				}),
				'undefined-condition',
				outcome === 'too-high' ? serialize(handledCountTooHigh(h, sentCount)) : '',
			);
		}

		if (outcome === 'taken' && acknowledgement.unacknowledged.length > 0 && enabling === 'off') {
			burst.ask();
		}

		return outcome !== 'not-mine';
	};

	const takeNonza = (element: Element) => {
		const name = namespaceOf(element) === streamManagementNamespace ? nameOf(element) : '';
		if (name === 'r' && enabling === 'enabled') {
			inbox.mark(() => burst.answer());
		} else if (name === 'enabled' && enabling === 'asked') {
			enabling = 'enabled';
			// Stanzas before `<enabled/>` are not counted by the server, so not by us (XEP-0198 §4).
			inbox.mark(() => {
				isCounting = true;
			});
		} else if (name === 'failed' && enabling === 'asked') {
			enabling = 'off';
			acknowledgement = acknowledgementByPing(domain, acknowledgement.unacknowledged);
			burst.ask();
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
		burst.write();
		await idleWithin(endPatience / 2);
		const lastWords = isCounting ? serialize(sm.answer()) : '';
		const isAllAcknowledged = acknowledgement.unacknowledged.length === 0;
		await stream.close(lastWords, isAllAcknowledged, endPatience - (clock.monotonic() - started));
		finish({recoverable: false});
	};

	const idleWithin = (patience: number) =>
		new Promise<void>(resolve => {
			const stopWaiting = clock.after(patience, resolve);
			void inbox.idle().then(() => {
				stopWaiting();
				resolve();
			});
		});

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
			burst.add(serialize(stanza));
			sentCount++;
			acknowledgement.sent(onAckedOne(onAcked));
			if (onAcked || (enabling !== 'off' && sentCount - ackedCount >= askAfter)) {
				burst.ask();
			}
		},
		flush() {
			if (end) {
				return Promise.reject(new XmppcError(end.problem ?? connectionLost(stream.where)));
			}

			if (sentCount === ackedCount) {
				return Promise.resolve();
			}

			burst.ask();
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
		onFailure: problem => void inbox.idle().then(() => finish({problem, recoverable: isRecoverable(problem)})),
	};
}
