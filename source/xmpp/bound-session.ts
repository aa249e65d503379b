import type {ConnectionSecurity} from '../model/account.js';
import {createEmitter} from '../shared/emitter.js';
import {type Problem, XmppcError} from '../shared/errors.js';
import {bareOf, domainpartOf, type FullJid} from '../shared/jid.js';
import {connectionLost, isRecoverable, isResumable} from './connection-problems.js';
import {clientNamespace, type Element, nameOf, namespaceOf} from './element.js';
import {createInbox} from './inbox.js';
import {createLiveness, type Liveness} from './liveness.js';
import type {Negotiated} from './negotiated.js';
import {createOutgoing} from './outgoing.js';
import {logElement} from './redaction.js';
import {type BoundSession, keepBoundSession} from './resumable-sessions.js';
import {serialize} from './serialize.js';
import type {Session, SessionEnd, SessionOptions} from './session.js';
import {createSessionAcknowledgement} from './session-acknowledgement.js';
import type {Stream} from './stream.js';
import {malformedStream} from './stream-error.js';
import {readFeatures} from './stream-features.js';

const endPatience = 2000;
/** After so many resumptions in a row that led to no acknowledgement, what we write may be what breaks the connection. */
const mostFruitless = 3;

/** Runs a session from its first bound stream on: sends, counts, asks and answers, and hands stanzas on in order. */
export function createBoundSession(
	first: Stream,
	negotiated: Negotiated,
	jid: FullJid,
	options: SessionOptions,
): BoundSession {
	const {clock, log} = options;
	const {inline = {}} = negotiated;
	const domain = domainpartOf(jid);
	const ended = createEmitter<SessionEnd>();
	const interrupted = createEmitter<Problem>();
	let stream = first;
	let security = securityOf(first, negotiated.mechanism);
	let interruption: Problem | undefined;
	let ackedBefore = -1;
	let fruitless = 0;
	let end: SessionEnd | undefined;
	let closing: Promise<void> | undefined;

	const outgoing = createOutgoing({
		clock,
		account: bareOf(jid),
		transmit: elements => stream.transmit(elements),
		acknowledgement: () => acknowledgement.inUse,
		isCounted: () => acknowledgement.isCounted,
		answer: () => acknowledgement.answer(),
		onAsked: () => liveness.asked(),
	});

	const acknowledgement = createSessionAcknowledgement({
		domain,
		enableSent: negotiated.enableSent,
		resumable: options.resumable === true,
		ask: () => outgoing.ask(),
		answer: () => outgoing.answer(),
		hasStream: () => !interruption && !end,
		afterHandling: run => inbox.mark(run),
		onFault: ({error, application}) => stream.fail(error, 'undefined-condition', application),
	});

	// --- what we read

	const watch = (): Liveness =>
		createLiveness({
			clock,
			onSilent() {
				outgoing.probe();
				// Where a question is on its way already, its answer is what we wait for.
				liveness.asked();
			},
			onDead() {
				const problem = connectionLost(stream.where, 'no answer');
				if (acknowledgement.resumption) {
					// A closing tag that reaches the server after all would end the session there.
					stream.breakOff(problem);
				} else {
					stream.fail(new XmppcError(problem), 'connection-timeout');
				}
			},
		});
	let liveness = watch();

	const inbox = createInbox({
		clock,
		receive: options.receive,
		onHandled: count => acknowledgement.handled(count),
		onFailure(error) {
			// On another stream the server would bring the same again.
			acknowledgement.renounce();
			stream.fail(error, 'internal-server-error');
		},
		pause: () => stream.streamSocket?.pause(),
		resume: () => stream.streamSocket?.resume(),
	});

	const take = (elements: readonly Element[]) => {
		liveness.heard();
		for (const element of elements) {
			if (acknowledgement.take(element)) {
				continue;
			}

			if (stream.isStanza(element) && namespaceOf(element) === clientNamespace) {
				inbox.stanza(element);
			} else if (!acknowledgement.takeNonza(element)) {
				log.note('session', 'an unexpected element was ignored');
			}
		}

		inbox.deliver();
	};

	// --- how a stream, and the session, ends

	const finish = (how: SessionEnd) => {
		if (end) {
			return;
		}

		end = how;
		interruption = undefined;
		acknowledgement.renounce();
		liveness.stop();
		outgoing.abandon(how.problem ?? connectionLost(stream.where));
		ended.emit(how);
	};

	const interrupt = (problem: Problem) => {
		const hasHelped = outgoing.acked > ackedBefore || outgoing.acked === outgoing.sent;
		fruitless = hasHelped ? 0 : fruitless + 1;
		if (end || closing || !acknowledgement.resumption || !isResumable(problem) || fruitless >= mostFruitless) {
			finish({problem, recoverable: isRecoverable(problem)});
			return;
		}

		interruption = problem;
		// Who had to go over WebSocket need not find out again that nothing else works.
		const location = stream.redirection ?? acknowledgement.resumption.location ?? stream.url;
		if (location !== undefined) {
			acknowledgement.resumeAt(location);
		}

		liveness.stop();
		outgoing.hold();
		interrupted.emit(problem);
	};

	const close = async () => {
		const started = clock.monotonic();
		outgoing.write();
		await idleWithin(endPatience / 2);
		const lastWords = acknowledgement.isCounting ? serialize(acknowledgement.answer()) : '';
		const isAllAcknowledged = acknowledgement.inUse.unacknowledged.length === 0;
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
		features: {
			...readFeatures(negotiated.features),
			...(negotiated.sasl2Offer?.bind ? {bind2: true as const} : {}),
			...(inline.carbonsEnabled ? {carbonsEnabled: true as const} : {}),
			...(inline.archiveEnd === undefined ? {} : {archiveEnd: inline.archiveEnd}),
		},
		get isCounted() {
			return acknowledgement.isCounted;
		},
		get security() {
			return security;
		},
		send(stanza, onAcked) {
			if (end || closing) {
				log.note('session', `<${nameOf(stanza)}/> was not sent: the session is over`);
				return;
			}

			logElement(options, '>', stanza);
			outgoing.send(stanza, onAcked);
		},
		sendNonza(element) {
			if (end || closing || interruption) {
				return;
			}

			logElement(options, '>', element);
			outgoing.write();
			stream.transmit([serialize(element)]);
		},
		flush: () => (end ? Promise.reject(new XmppcError(end.problem ?? connectionLost(stream.where))) : outgoing.flush()),
		onEnd(listener) {
			const over = end;
			if (over) {
				queueMicrotask(() => listener(over));
				return () => undefined;
			}

			return ended.subscribe(listener);
		},
		onInterrupt: interrupted.subscribe,
		probe: () => liveness.probe(),
		end() {
			if (interruption) {
				finish({recoverable: false});
			}

			closing ??= end ? Promise.resolve() : close();
			return closing;
		},
	};

	const bound: BoundSession = {
		session,
		// What has arrived is handled first: the server may believe that we have it.
		onFailure: problem => void inbox.idle().then(() => interrupt(problem)),
		get resumption() {
			return interruption && acknowledgement.resumption;
		},
		get handled() {
			return acknowledgement.inbound;
		},
		accept(resumed) {
			const {previd, h} = resumed.attrs;
			const fault =
				previd === acknowledgement.resumption?.id
					? acknowledgement.acknowledged(h)
					: {error: malformedStream('undefined-condition', domain, 'it resumed another session'), application: ''};
			if (fault) {
				bound.abandon();
			}

			return fault;
		},
		continueOn(next, mechanism) {
			stream = next;
			security = securityOf(next, mechanism);
			interruption = undefined;
			ackedBefore = outgoing.acked;
			liveness = watch();
			outgoing.resend();
			stream.deliverTo(take);
		},
		abandon(h) {
			if (h !== undefined && acknowledgement.acknowledged(h)) {
				log.note('session', 'the server counts another number of stanzas than were sent: its count is ignored');
			}

			finish({problem: interruption ?? connectionLost(stream.where), recoverable: true});
		},
	};
	keepBoundSession(bound);
	if (inline.enableAnswer) {
		acknowledgement.takeNonza(inline.enableAnswer);
	}

	for (const {stanza, onAcked} of negotiated.early) {
		outgoing.adopt(stanza, onAcked);
	}

	stream.deliverTo(take);
	return bound;
}

function securityOf({streamSocket}: Stream, mechanism: string): ConnectionSecurity {
	const tls = streamSocket?.security;
	return {tls: tls?.protocol ?? '', mechanism, certificate: tls?.fingerprint ?? ''};
}
