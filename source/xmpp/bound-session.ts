import type {ConnectionSecurity} from '../model/account.js';
import {createEmitter} from '../shared/emitter.js';
import {type Problem, XmppcError} from '../shared/errors.js';
import {bareOf, domainpartOf, type FullJid} from '../shared/jid.js';
import {type Acknowledgement, acknowledgementByCount, acknowledgementByPing} from './acknowledgement.js';
import {connectionLost, isRecoverable, isResumable} from './connection-problems.js';
import {clientNamespace, type Element, nameOf, namespaceOf} from './element.js';
import {createInbox} from './inbox.js';
import {createLiveness, type Liveness} from './liveness.js';
import type {Negotiated} from './negotiated.js';
import {createOutgoing} from './outgoing.js';
import {logElement} from './redaction.js';
import {type BoundSession, keepBoundSession, type ResumptionFault} from './resumable-sessions.js';
import {type Resumption, readEnabled} from './resumption.js';
import {serialize} from './serialize.js';
import type {Session, SessionEnd, SessionOptions} from './session.js';
import type {Stream} from './stream.js';
import {malformedStream} from './stream-error.js';
import {readFeatures} from './stream-features.js';
import {createStreamManagement, handledCountTooHigh, streamManagementNamespace} from './stream-management.js';

const endPatience = 2000;
/**
 * The server is told at the latest after so many stanzas what was dealt with, asked or not. Its question waits behind what
 * it sent before; in a flood that is thousands, and ejabberd drops whoever leaves five thousand unacknowledged.
 */
const mostUntold = 400;
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
	const sm = createStreamManagement();
	const ended = createEmitter<SessionEnd>();
	const interrupted = createEmitter<Problem>();
	let stream = first;
	let security = securityOf(first, negotiated.mechanism);
	let acknowledgement: Acknowledgement = negotiated.enableSent
		? acknowledgementByCount(sm)
		: acknowledgementByPing(domain);
	let enabling: 'asked' | 'enabled' | 'off' = negotiated.enableSent ? 'asked' : 'off';
	let isCounting = false;
	/** What `<enabled/>` gave. */
	let granted: Resumption | undefined;
	let interruption: Problem | undefined;
	let ackedBefore = -1;
	let fruitless = 0;
	let end: SessionEnd | undefined;
	let closing: Promise<void> | undefined;

	const outgoing = createOutgoing({
		clock,
		account: bareOf(jid),
		transmit: elements => stream.transmit(elements),
		acknowledgement: () => acknowledgement,
		isCounted: () => enabling !== 'off',
		answer: () => sm.answer(),
		onAsked: () => liveness.asked(),
	});

	let handledUntold = 0;
	const answer = () => {
		handledUntold = 0;
		outgoing.answer();
	};

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
				if (granted) {
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
		onHandled(count) {
			if (isCounting) {
				sm.handled(count);
				handledUntold += count;
				if (handledUntold >= mostUntold && !interruption && !end) {
					answer();
				}
			}
		},
		onFailure(error) {
			// On another stream the server would bring the same again.
			granted = undefined;
			stream.fail(error, 'internal-server-error');
		},
		pause: () => stream.streamSocket?.pause(),
		resume: () => stream.streamSocket?.resume(),
	});

	const acknowledgesTooMuch = (h: string, outcome: 'too-high' | 'malformed'): ResumptionFault => ({
		error: new XmppcError({
			code: 'malformed-stream',
			kind: 'protocol',
			message: `${domain} acknowledges what was never sent.`,
			hint: 'Try again later; if it stays, tell the operator of the server.',
		}),
		application: outcome === 'too-high' ? serialize(handledCountTooHigh(h, sm.sendCount)) : '',
	});

	const takeAcknowledgement = (element: Element): boolean => {
		const outcome = acknowledgement.take(element);
		if (outcome === 'too-high' || outcome === 'malformed') {
			const {error, application} = acknowledgesTooMuch(element.attrs.h ?? '', outcome);
			stream.fail(error, 'undefined-condition', application);
		}

		if (outcome === 'taken' && acknowledgement.unacknowledged.length > 0 && enabling === 'off') {
			outgoing.ask();
		}

		return outcome !== 'not-mine';
	};

	const takeNonza = (element: Element) => {
		const name = namespaceOf(element) === streamManagementNamespace ? nameOf(element) : '';
		if (name === 'r' && enabling === 'enabled') {
			inbox.mark(answer);
		} else if (name === 'enabled' && enabling === 'asked') {
			enabling = 'enabled';
			granted = options.resumable ? readEnabled(element) : undefined;
			// Stanzas before `<enabled/>` are not counted by the server, so not by us (XEP-0198 §4).
			inbox.mark(() => {
				isCounting = true;
			});
		} else if (name === 'failed' && enabling === 'asked') {
			enabling = 'off';
			acknowledgement = acknowledgementByPing(domain, acknowledgement.unacknowledged);
			outgoing.ask();
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

	// --- how a stream, and the session, ends

	const finish = (how: SessionEnd) => {
		if (end) {
			return;
		}

		end = how;
		interruption = undefined;
		granted = undefined;
		liveness.stop();
		outgoing.abandon(how.problem ?? connectionLost(stream.where));
		ended.emit(how);
	};

	const interrupt = (problem: Problem) => {
		const hasHelped = outgoing.acked > ackedBefore || outgoing.acked === outgoing.sent;
		fruitless = hasHelped ? 0 : fruitless + 1;
		if (end || closing || !granted || !isResumable(problem) || fruitless >= mostFruitless) {
			finish({problem, recoverable: isRecoverable(problem)});
			return;
		}

		interruption = problem;
		// Who had to go over WebSocket need not find out again that nothing else works.
		const location = stream.redirection ?? granted.location ?? stream.url;
		if (location !== undefined) {
			granted = {...granted, location};
		}

		liveness.stop();
		outgoing.hold();
		interrupted.emit(problem);
	};

	const close = async () => {
		const started = clock.monotonic();
		outgoing.write();
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
		features: {
			...readFeatures(negotiated.features),
			...(negotiated.sasl2Offer?.bind ? {bind2: true as const} : {}),
			...(inline.carbonsEnabled ? {carbonsEnabled: true as const} : {}),
			...(inline.inactive ? {inactive: true as const} : {}),
			...(inline.archiveEnd === undefined ? {} : {archiveEnd: inline.archiveEnd}),
		},
		get isCounted() {
			return enabling !== 'off';
		},
		get security() {
			return security;
		},
		send(stanza, onAcked) {
			if (end || closing) {
				log.note('session', `<${nameOf(stanza)}/> was not sent: the session is over`);
				return;
			}

			logElement(log, '>', stanza);
			outgoing.send(stanza, onAcked);
		},
		sendNonza(element) {
			if (end || closing || interruption) {
				return;
			}

			logElement(log, '>', element);
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
			return interruption && granted;
		},
		get handled() {
			return sm.inbound;
		},
		accept(resumed) {
			const {previd, h} = resumed.attrs;
			const outcome = previd === granted?.id ? sm.acknowledged(h) : 'other';
			if (outcome === 'ok') {
				return undefined;
			}

			bound.abandon();
			return outcome === 'other'
				? {error: malformedStream('undefined-condition', domain, 'it resumed another session'), application: ''}
				: acknowledgesTooMuch(h ?? '', outcome);
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
			const outcome = h === undefined ? 'ok' : sm.acknowledged(h);
			if (outcome !== 'ok') {
				log.note('session', 'the server counts another number of stanzas than were sent: its count is ignored');
			}

			finish({problem: interruption ?? connectionLost(stream.where), recoverable: true});
		},
	};
	keepBoundSession(bound);
	if (inline.enableAnswer) {
		takeNonza(inline.enableAnswer);
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
