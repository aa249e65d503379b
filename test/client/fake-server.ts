import type {OpenSession} from '../../source/client/login.js';
import {type Problem, problemOf, XmppcError} from '../../source/shared/errors.js';
import {type FullJid, withResource} from '../../source/shared/jid.js';
import {isRecoverable} from '../../source/xmpp/connection-problems.js';
import {attributeOf, children, type Element, nameOf, namespaceOf} from '../../source/xmpp/element.js';
import {parseElement} from '../../source/xmpp/parser.js';
import {serialize} from '../../source/xmpp/serialize.js';
import type {Session, SessionEnd, SessionOptions, StreamFeatures} from '../../source/xmpp/session.js';
import {createFakeArchive, type FakeArchive} from './fake-archive.js';

/**
 * The other end of the `openSession` port: it logs everybody in, answers the questions of a fresh session and lets a test
 * say what arrives. Acknowledgements come only when the test gives them.
 */
export type FakeServer = {
	readonly openSession: OpenSession;
	/** Stanzas of the present session as text, those that are no iq. */
	readonly written: readonly string[];
	/** Iq of the present session as text. */
	readonly asked: readonly string[];
	/** How the last login was asked for. */
	readonly wanted: SessionOptions | undefined;
	/** What the login ends with once that is sent. */
	failsAfterEarly: Problem | undefined;
	/** Lets who logs in send something together with the binding. */
	takesEarly: boolean;
	/** How often somebody logged in. */
	readonly logins: number;
	/** Whether a session is open that has told its presence: whom the server delivers to. */
	readonly isPresent: boolean;
	/** Brings stanzas in one batch; resolves when they are committed. */
	bring(...stanzas: readonly string[]): Promise<void>;
	/** Acknowledges everything written so far. */
	acknowledge(): void;
	/** Breaks the connection of a session that may be resumed. */
	interrupt(problem?: Problem): void;
	/** Whether an interrupted session is there still when somebody comes back for it. */
	keepsSessions: boolean;
	/** How often a session was resumed. */
	readonly resumptions: number;
	/** How often somebody asked whether the server is still there. */
	readonly probes: number;
	/** Ends the session. */
	drop(end?: Partial<SessionEnd>): void;
	/** The logins from now on fail with this; undefined: they work. */
	refuse(problem: Problem | undefined): void;
	/** Items of the roster, as XML. */
	roster: string;
	/** What the stream offers. */
	features: StreamFeatures;
	/** Disco features of the account itself. */
	accountFeatures: readonly string[];
	/** What the account's archive holds. */
	readonly archive: FakeArchive;
	/** Names of payloads to which nothing is said. */
	readonly unanswered: Set<string>;
	/** Stanza errors, by address, with which every question to it is answered. */
	readonly refusals: Map<string, string>;
	/** Makes a room, or another entity, with disco features and an archive of its own. */
	room(jid: string, features: readonly string[]): FakeArchive;
	/** What rooms add to what they are, by address: a form as XML (XEP-0128). */
	readonly forms: Map<string, string>;
	/** Keeps the answers back until the function that it answers is called. */
	hold(): () => void;
	/** Keeps the session from closing until the function that it answers is called. */
	holdEnd(): () => void;
	/**
	 * The answer to questions with this payload name: a payload or, with `<error…`, a refusal; or what makes one of the payload
	 * and whom it went to, undefined for none at all.
	 */
	answerWith(name: string, answer: Answer): void;
	/** Who has which affiliation with rooms, by room and affiliation; or what a room answers instead: XML, or nothing (`silent`). */
	readonly members: Map<string, Readonly<Record<string, readonly string[]>> | string>;
};

type Answer = string | ((payload: string, to: string) => string | undefined);

export const lost: Problem = {code: 'connection-lost', kind: 'unavailable', message: 'The connection was lost.'};

export function createFakeServer(): FakeServer {
	let options: SessionOptions | undefined;
	let own: FullJid | undefined;
	let written: string[] = [];
	let asked: string[] = [];
	let acks: Array<() => void> = [];
	let endListeners: Array<(end: SessionEnd) => void> = [];
	let interruptListeners: Array<(problem: Problem) => void> = [];
	let present: Session | undefined;
	let resumptions = 0;
	let probes = 0;
	let over = true;
	let ending: SessionEnd | undefined;
	let logins = 0;
	let held: Array<() => void> | undefined;
	let refused: Problem | undefined;
	let mayEnd: Promise<void> | undefined;
	const answers = new Map<string, Answer>();
	const archive = createFakeArchive();
	const rooms = new Map<string, {readonly features: readonly string[]; readonly archive: FakeArchive}>();

	const bring = async (...stanzas: readonly string[]) => {
		await options?.receive(stanzas.map(stanza => parsed(stanza)));
	};

	const finish = (end: SessionEnd) => {
		if (!over) {
			over = true;
			ending = end;
			for (const listener of endListeners) {
				listener(end);
			}
		}
	};

	/** What a server says to the questions of a fresh session. */
	const answerTo = (payload: Element, to = ''): string | undefined => {
		const refusal = server.refusals.get(to);
		if (refusal !== undefined) {
			return `<error type='cancel'><${refusal} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>`;
		}

		const name = nameOf(payload);
		const prepared = answers.get(name);
		if (prepared !== undefined) {
			return typeof prepared === 'string' ? prepared : prepared(serialize(payload), to);
		}

		switch (namespaceOf(payload)) {
			case 'jabber:iq:roster':
				return `<query xmlns='jabber:iq:roster' ver='1'>${server.roster}</query>`;
			case 'http://jabber.org/protocol/disco#info':
				return `<query xmlns='http://jabber.org/protocol/disco#info'>${(
					rooms.get(to)?.features ?? server.accountFeatures
				)
					.map(feature => `<feature var='${feature}'/>`)
					.join('')}${server.forms.get(to) ?? ''}</query>`;
			case 'http://jabber.org/protocol/pubsub': {
				const [wanted] = children(payload).filter(each => nameOf(each) === 'items');
				return wanted === undefined
					? ''
					: `<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='${attributeOf(wanted, 'node')}'/></pubsub>`;
			}

			case 'http://jabber.org/protocol/muc#admin': {
				const wanted = attributeOf(children(payload)[0] ?? payload, 'affiliation') ?? '';
				const known = server.members.get(to) ?? {};
				return typeof known === 'string'
					? known === 'silent'
						? undefined
						: known
					: `<query xmlns='http://jabber.org/protocol/muc#admin'>${(known[wanted] ?? [])
							.map(jid => `<item affiliation='${wanted}' jid='${jid}'/>`)
							.join('')}</query>`;
			}

			default:
				return '';
		}
	};

	const answer = (iq: Element) => {
		const [payload] = children(iq);
		const type = attributeOf(iq, 'type');
		if (payload === undefined || (type !== 'get' && type !== 'set') || server.unanswered.has(nameOf(payload))) {
			return;
		}

		const isOfArchive = namespaceOf(payload) === 'urn:xmpp:mam:2' && !answers.has(nameOf(payload));
		const to = attributeOf(iq, 'to');
		const room = rooms.get(to ?? '');
		const answered = isOfArchive
			? (room?.archive ?? archive).answer(payload, own ?? '')
			: {results: [], answer: answerTo(payload, to)};
		if (answered === undefined) {
			return;
		}

		const {results: made, answer: content} = answered;
		if (content === undefined) {
			return;
		}

		const results = room === undefined ? made : made.map(text => text.replace('<message', `<message from='${to}'`));
		const from = to;
		const kind = content.startsWith('<error') ? 'error' : 'result';
		const sender = from === undefined ? '' : `from='${from}'`;
		const give = () =>
			void bring(...results, `<iq type='${kind}' id='${attributeOf(iq, 'id')}' ${sender}>${content}</iq>`).catch(
				error => {
					// What cannot be taken ends a session.
					const problem = problemOf(error);
					finish({problem, recoverable: isRecoverable(problem)});
				},
			);
		if (held === undefined) {
			queueMicrotask(give);
		} else {
			held.push(give);
		}
	};

	const server: FakeServer = {
		archive,
		unanswered: new Set(),
		refusals: new Map(),
		forms: new Map(),
		members: new Map(),
		room(jid, features) {
			const made = {features, archive: createFakeArchive()};
			rooms.set(jid, made);
			return made.archive;
		},
		roster: '',
		accountFeatures: ['urn:xmpp:mam:2', 'urn:xmpp:sid:0'],
		features: {rosterVersioning: true, preApproval: true, clientState: false, streamManagement: true},
		async openSession(wanted) {
			const token = wanted.sasl2?.givesTokenBack ? await wanted.sasl2.tokens?.read() : undefined;
			const password = token ? 'pencil' : await wanted.password();
			if (refused !== undefined) {
				throw new XmppcError(refused);
			}

			if (password !== 'pencil') {
				throw new XmppcError({code: 'wrong-password', kind: 'notPermitted', message: 'Wrong password.'});
			}

			if (present !== undefined && wanted.resume === present && !over) {
				if (server.keepsSessions) {
					resumptions++;
					return present;
				}

				finish({problem: lost, recoverable: true});
			}

			logins++;
			ending = undefined;
			const jid = withResource(wanted.jid, `r${logins}`);
			if (jid === undefined) {
				throw new Error('no such resource');
			}

			[options, own, written, asked, acks, endListeners, over] = [wanted, jid, [], [], [], [], false];
			interruptListeners = [];
			if (server.takesEarly) {
				wanted.early?.((stanza, onAcked) => {
					written.push(serialize(stanza));
					acks.push(() => onAcked?.());
				}, server.features);
			}

			if (server.failsAfterEarly) {
				throw new XmppcError(server.failsAfterEarly);
			}

			if (token) {
				await wanted.sasl2?.tokens?.forget();
			}

			present = {
				jid: own,
				features: server.features,
				isCounted: server.features.streamManagement,
				security: {tls: 'TLSv1.3', mechanism: 'SCRAM-SHA-256', certificate: '00'},
				send(stanza, onAcked) {
					if (over) {
						return;
					}

					(nameOf(stanza) === 'iq' ? asked : written).push(serialize(stanza));
					acks.push(() => onAcked?.());
					if (nameOf(stanza) === 'iq') {
						answer(stanza);
					}
				},
				sendNonza(element) {
					if (!over) {
						written.push(serialize(element));
					}
				},
				async flush() {
					server.acknowledge();
				},
				onEnd(listener) {
					if (ending !== undefined) {
						const how = ending;
						queueMicrotask(() => listener(how));
					}

					endListeners.push(listener);
					return () => {};
				},
				onInterrupt(listener) {
					interruptListeners.push(listener);
					return () => {};
				},
				probe() {
					probes++;
				},
				async end() {
					await mayEnd;
					finish({recoverable: false});
				},
			};
			return present;
		},
		get written() {
			return written;
		},
		get asked() {
			return asked;
		},
		get isPresent() {
			return !over && written.some(text => text.startsWith('<presence'));
		},
		get wanted() {
			return options;
		},
		takesEarly: false,
		failsAfterEarly: undefined,
		keepsSessions: true,
		get resumptions() {
			return resumptions;
		},
		get probes() {
			return probes;
		},
		interrupt(problem = lost) {
			for (const listener of interruptListeners) {
				listener(problem);
			}
		},
		get logins() {
			return logins;
		},
		bring,
		acknowledge() {
			for (const acknowledge of acks.splice(0)) {
				acknowledge();
			}
		},
		drop(end = {}) {
			finish({problem: lost, recoverable: true, ...end});
		},
		refuse(problem) {
			refused = problem;
		},
		hold() {
			held = [];
			return () => {
				const answers = held ?? [];
				held = undefined;
				for (const give of answers) {
					give();
				}
			};
		},
		holdEnd() {
			let release = () => {};
			mayEnd = new Promise(resolve => {
				release = () => {
					mayEnd = undefined;
					resolve();
				};
			});
			return () => release();
		},
		answerWith(name, content) {
			answers.set(name, content);
		},
	};
	return server;
}

function parsed(stanza: string): Element {
	const element = parseElement(stanza);
	if (element === undefined) {
		throw new Error(`not well-formed: ${stanza}`);
	}

	return element;
}
