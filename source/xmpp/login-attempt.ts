import {isXmppcError, type Problem, XmppcError} from '../shared/errors.js';
import {bareOf, domainpartOf} from '../shared/jid.js';
import {createBoundSession} from './bound-session.js';
import type {Candidate} from './candidates.js';
import {connectionProblem, connectTimeout} from './connection-problems.js';
import type {Element} from './element.js';
import {otherAddress} from './inline-negotiation.js';
import type {Negotiated, RememberedLogin, ResumptionAttempt} from './negotiated.js';
import {negotiate} from './negotiation.js';
import {hostOf} from './resolver.js';
import {type BoundSession, boundSessionOf} from './resumable-sessions.js';
import {resumeRequest} from './resumption.js';
import {isExpired} from './sasl/login-token.js';
import type {Sasl2Options, Session, SessionOptions} from './session.js';
import {Stream} from './stream.js';

const connectPatience = 15_000;
const negotiationPatience = 30_000;

/** What came of one place's turn, beyond its problem. */
export type Attempt = {
	/** A byte of the login was written. */
	isAuthenticating: boolean;
	/** Where the server sent us instead, unchecked. */
	redirection?: string | undefined;
	/** A login was written on the strength of what is remembered of the server, which has not confirmed that. */
	isGuess: boolean;
	/** SASL2 did not work, and RFC 6120's SASL may. */
	mayDoWithoutSasl2: boolean;
};

/**
 * Connects to one place, and logs in and resumes or binds there. Rejects with what went wrong; what there is to know for
 * the next try is then in `attempt`.
 */
export function openAt(candidate: Candidate, options: SessionOptions, attempt: Attempt): Promise<Session> {
	const previous = boundSessionOf(options.resume);
	return new Promise((resolve, reject) => {
		let isWaiting = true;
		const stopWaiting = () => {
			isWaiting = false;
			stopTimer();
			options.signal?.removeEventListener('abort', onAbort);
		};
		let onFailure = (problem: Problem) => {
			stopWaiting();
			attempt.redirection = stream.redirection;
			reject(new XmppcError(problem));
		};

		const stream = createStream(candidate, options, problem => onFailure(problem));
		let stopTimer = options.clock.after(connectPatience, () => {
			stream.fail(new XmppcError(connectTimeout(stream.where)));
		});
		const onAbort = () => stream.fail(new XmppcError(cancelled(options)));
		options.signal?.addEventListener('abort', onAbort, {once: true});

		const open = async () => {
			const remembering = rememberedLogin(options);
			// A failure is awaited below; until then the connection may fail for a reason of its own.
			remembering.catch(() => undefined);
			await stream.connect(candidate.endpoint);
			stopTimer();
			const remembered = await remembering;
			const limitNegotiation = () => {
				stopTimer();
				if (isWaiting) {
					stopTimer = options.clock.after(negotiationPatience, () => {
						stream.fail(new XmppcError(negotiationTimeout(options)), 'connection-timeout');
					});
				}
			};
			limitNegotiation();
			/** A person may have to unlock something first; how long the server waits is its own affair. */
			const patiently: Patiently = async ask => {
				stopTimer();
				const answer = await ask();
				limitNegotiation();
				return answer;
			};
			const bound = negotiate(stream, {
				login: {
					jid: options.jid,
					domain: domainpartOf(options.jid),
					scramPinned: options.scramPinned ?? false,
					password: () => patiently(options.password),
				},
				...(options.sasl2 ? {sasl2: withPatience(options.sasl2, patiently)} : {}),
				now: () => options.clock.now(),
				...(options.resource === undefined ? {} : {resource: options.resource}),
				streamManagement: options.streamManagement ?? true,
				resumable: options.resumable ?? false,
				...resumptionAttempt(previous, options),
				...(remembered ? {remembered} : {}),
				...(options.early ? {early: options.early} : {}),
				onAuthenticating() {
					attempt.isAuthenticating = true;
				},
				onPipelined() {
					attempt.isGuess = true;
				},
				onPipelinedAnswer() {
					attempt.isGuess = false;
				},
				onSasl2Failed() {
					attempt.mayDoWithoutSasl2 = true;
				},
			});
			await stream.open({domain: domainpartOf(options.jid), lang: 'en'});
			const negotiated = await bound;
			stopWaiting();
			if (negotiated.sasl2Offer) {
				options.memory?.save({offer: negotiated.sasl2Offer});
			}

			if (negotiated.resumed && previous) {
				goOn(previous, stream, negotiated, negotiated.resumed);
				return;
			}

			if (!stream.boundJid || bareOf(stream.boundJid) !== options.jid) {
				throw new XmppcError(otherAddress({jid: options.jid, domain: domainpartOf(options.jid)}));
			}

			// The server counts no more, or never did: nothing can be resumed there.
			previous?.abandon();
			const boundSession = createBoundSession(stream, negotiated, stream.boundJid, options);
			onFailure = boundSession.onFailure;
			resolve(boundSession.session);
		};

		const goOn = (session: BoundSession, stream: Stream, {mechanism}: Negotiated, resumed: Element) => {
			const fault = session.accept(resumed);
			if (fault) {
				stream.fail(fault.error, 'undefined-condition', fault.application);
				return;
			}

			onFailure = session.onFailure;
			session.continueOn(stream, mechanism);
			resolve(session.session);
		};

		open().catch((error: unknown) => stream.fail(connectionError(error, stream)));
		if (options.signal?.aborted) {
			onAbort();
		}
	});
}

/** What a login can be made of before the server has said anything. The secrets are asked only where the rest is there. */
async function rememberedLogin({memory, sasl2, clock}: SessionOptions): Promise<RememberedLogin | undefined> {
	const offer = memory?.read().offer;
	const token = offer && (await sasl2?.tokens?.read());
	return offer && sasl2 && token && !isExpired(token, clock.now())
		? {offer, token, userAgent: await sasl2.userAgent()}
		: undefined;
}

type Patiently = <Answer>(ask: () => Promise<Answer>) => Promise<Answer>;

function withPatience({tokens, ...sasl2}: Sasl2Options, patiently: Patiently): Sasl2Options {
	return {
		...sasl2,
		userAgent: () => patiently(sasl2.userAgent),
		...(tokens ? {tokens: {...tokens, read: () => patiently(() => tokens.read())}} : {}),
	};
}

/** How an interrupted session of this account is asked for. */
function resumptionAttempt(
	previous: BoundSession | undefined,
	{jid}: SessionOptions,
): {readonly resume?: ResumptionAttempt} {
	const resumption = previous?.resumption;
	return previous && resumption && bareOf(previous.session.jid) === jid
		? {
				resume: {
					request: () => resumeRequest(resumption, previous.handled),
					onFailed: h => previous.abandon(h),
				},
			}
		: {};
}

function createStream(
	{endpoint, dial, socketClass, layout, url}: Candidate,
	options: SessionOptions,
	onFailure: (problem: Problem) => void,
): Stream {
	const domain = domainpartOf(options.jid);
	const stream = new Stream({
		jid: options.jid,
		log: options.log,
		...(options.tap === undefined ? {} : {tap: options.tap}),
		policy: {
			certificate: {
				domain: hostOf(domain),
				...(options.tls.pin === undefined ? {} : {pin: options.tls.pin}),
			},
			...(options.tls.ca === undefined ? {} : {ca: options.tls.ca}),
			dial,
			clock: options.clock,
			...(socketClass ? {socketClass} : {}),
		},
		onFailure,
		layout,
		url,
	});
	stream.where = {domain, host: endpoint.host, port: endpoint.port};
	return stream;
}

function connectionError(error: unknown, stream: Stream): XmppcError {
	return isXmppcError(error) ? error : new XmppcError(connectionProblem(error, stream.where), {cause: error});
}

function negotiationTimeout(options: SessionOptions): Problem {
	return {
		code: 'negotiation-timeout',
		kind: 'unavailable',
		message: `The server of ${domainpartOf(options.jid)} took too long over the login of ${options.jid}.`,
		hint: 'The server may be overloaded; try again later.',
	};
}

/** The login was given up by whoever wanted it. */
export function cancelled(options: SessionOptions): Problem {
	return {code: 'cancelled', kind: 'unavailable', message: `The login of ${options.jid} was cancelled.`};
}
