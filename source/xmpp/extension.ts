import type {Event} from '../model/events.js';
import type {Clock, Dispose} from '../shared/clock.js';
import {messageOf, XmppcError} from '../shared/errors.js';
import type {FullJid} from '../shared/jid.js';
import type {Log} from '../shared/log.js';
import type {Codec} from './codec.js';
import type {Dispatcher} from './dispatcher.js';
import type {Iq} from './iq.js';
import type {Session} from './session.js';

/** How much of a XEP is there, in the words of DOAP (XEP-0453). */
export type SupportStatus = 'complete' | 'partial' | 'planned' | 'deprecated';

/** What documents and the person are told about an extension. */
export type ExtensionHeader = {
	/** Unique, as a person would call it: `delivery receipts`. */
	readonly name: string;
	/** Four digits; absent for parts of the RFCs. */
	readonly xep?: string;
	/** The version of the XEP that was implemented. */
	readonly version?: string;
	/** The version of this program that had it first. */
	readonly since: string;
	readonly status: SupportStatus;
	/** What service discovery says we support because of it (XEP-0030). */
	readonly features: readonly string[];
	/** Elements it describes, for the fixtures that prove it. */
	readonly codecs: readonly Codec<unknown>[];
};

/**
 * One XEP, or one tight family. `Api` is what it offers to others, `Ports` what it needs of the world beyond the wire
 * (`context.ports`).
 */
export type Extension<Api, Ports = unknown> = ExtensionHeader & {
	/** Attached before it; only these may be used from within `attach`. */
	readonly requires: readonly Extension<unknown, Ports>[];
	/** Begins its work in one session. All that is registered through `context` ends with the session. */
	attach(context: ExtensionContext<Ports>): Api;
};

/** Use of another extension, typed by the value that defines it. */
export type Use = <Api>(extension: Extension<Api>) => Api;

/** Everything an extension may do in one session. */
export type ExtensionContext<Ports = unknown> = {
	readonly jid: FullJid;
	readonly session: Session;
	readonly ports: Ports;
	readonly clock: Clock;
	readonly log: Log;
	/** The features of all attached extensions, without repetition. */
	readonly features: readonly string[];
	readonly request: Iq['request'];
	readonly onIq: Iq['register'];
	readonly onMessage: Dispatcher['onMessage'];
	readonly onPresence: Dispatcher['onPresence'];
	/** A fresh session is there: the server has forgotten what we told the last one. */
	onStarted(listener: SignalListener): Dispose;
	/** The old session goes on (XEP-0198): only what was held back must go out. */
	onResumed(listener: SignalListener): Dispose;
	/** Runs when the session is over, last registered first. */
	onDispose(dispose: Dispose): void;
	/** Says what happened. */
	publish(event: Event): void;
	readonly use: Use;
};

export type SignalListener = () => void | Promise<void>;

/** What the extensions of one session are attached to. */
export type ExtensionHost<Ports> = {
	readonly session: Session;
	readonly iq: Pick<Iq, 'request' | 'register'>;
	readonly dispatcher: Pick<Dispatcher, 'onMessage' | 'onPresence'>;
	readonly ports: Ports;
	readonly clock: Clock;
	readonly log: Log;
	readonly publish: (event: Event) => void;
};

/** The extensions of one session, at work. */
export type AttachedExtensions = {
	readonly use: Use;
	readonly features: readonly string[];
	/**
	 * Tells all extensions, in their order, that a fresh session is there, and waits for what they do about it. One that
	 * fails is noted in the log and holds up no other.
	 */
	started(): Promise<void>;
	/** The same for a session that was resumed. */
	resumed(): Promise<void>;
	/** Ends everything the extensions registered. */
	dispose(): void;
};

/** Defines an extension; the value is the key it is used by. */
export function defineExtension<Api, Ports = unknown>(definition: Extension<Api, Ports>): Extension<Api, Ports> {
	return definition;
}

/**
 * Puts extensions in an order in which each comes after all it requires, otherwise as they are listed. Throws for a
 * cycle, a requirement that is not listed, and two with one name.
 */
export function inOrder<Ports>(list: readonly Extension<unknown, Ports>[]): readonly Extension<unknown, Ports>[] {
	const ordered = new Set<Extension<unknown, Ports>>();
	const names = new Set<string>();
	for (const {name} of list) {
		if (names.has(name)) {
			throw defect(`Two extensions are called “${name}”.`);
		}

		names.add(name);
	}

	const visit = (extension: Extension<unknown, Ports>, path: readonly Extension<unknown, Ports>[]) => {
		if (ordered.has(extension)) {
			return;
		}

		if (path.includes(extension)) {
			const circle = [...path.slice(path.indexOf(extension)), extension].map(({name}) => name);
			throw defect(`Extensions require each other in a circle: ${circle.join(' → ')}.`);
		}

		for (const required of extension.requires) {
			// A cycle of modules leaves the import undefined when the list is made.
			if (required === undefined || !list.includes(required)) {
				throw defect(`The extension “${extension.name}” requires one that is not in the list.`);
			}

			visit(required, [...path, extension]);
		}

		ordered.add(extension);
	};

	for (const extension of list) {
		visit(extension, []);
	}

	return [...ordered];
}

/** Attaches extensions to a session, in the order of {@link inOrder}. */
export function attachExtensions<Ports>(
	list: readonly Extension<unknown, Ports>[],
	host: ExtensionHost<Ports>,
): AttachedExtensions {
	const ordered = inOrder(list);
	const features = [...new Set(ordered.flatMap(extension => extension.features))];
	const apis = new Map<unknown, unknown>();
	const disposals: Dispose[] = [];
	const started: SignalListener[] = [];
	const resumed: SignalListener[] = [];
	let over = false;

	function use<Api>(extension: Extension<Api>): Api {
		if (!apis.has(extension)) {
			throw defect(`The extension “${extension.name}” is not attached.`);
		}

		return apis.get(extension) as Api;
	}

	/** Keeps what undoes a registration until the session is over; undoes it at once if that is so already. */
	function kept(dispose: Dispose): Dispose {
		if (over) {
			dispose();
		} else {
			disposals.push(dispose);
		}

		return dispose;
	}

	function listen(listeners: SignalListener[], listener: SignalListener): Dispose {
		const entry: SignalListener = () => listener();
		listeners.push(entry);
		return kept(() => {
			const index = listeners.indexOf(entry);
			if (index >= 0) {
				listeners.splice(index, 1);
			}
		});
	}

	function contextFor(extension: Extension<unknown, Ports>): ExtensionContext<Ports> {
		return {
			jid: host.session.jid,
			session: host.session,
			ports: host.ports,
			clock: host.clock,
			log: host.log,
			features,
			request: (to, type, payload, options) => host.iq.request(to, type, payload, options),
			onIq: (namespace, name, type, answer) => kept(host.iq.register(namespace, name, type, answer)),
			onMessage: listener => kept(host.dispatcher.onMessage(listener)),
			onPresence: listener => kept(host.dispatcher.onPresence(listener)),
			onStarted: listener => listen(started, listener),
			onResumed: listener => listen(resumed, listener),
			onDispose: dispose => {
				kept(dispose);
			},
			publish: event => {
				if (!over) {
					host.publish(event);
				}
			},
			use(other) {
				if (!extension.requires.some(required => required === other)) {
					throw defect(`The extension “${extension.name}” uses “${other.name}” without requiring it.`);
				}

				return use(other);
			},
		};
	}

	/** All are told before any is waited for, so that what they send goes out in their order and in one go. */
	async function signal(listeners: readonly SignalListener[]): Promise<void> {
		const outcomes = await Promise.allSettled([...listeners].map(async listener => listener()));
		for (const outcome of outcomes) {
			if (outcome.status === 'rejected' && !over) {
				host.log.note('extensions', `an extension could not start: ${messageOf(outcome.reason)}`);
			}
		}
	}

	function dispose(): void {
		over = true;
		for (const disposal of disposals.splice(0).reverse()) {
			disposal();
		}
	}

	try {
		for (const extension of ordered) {
			apis.set(extension, extension.attach(contextFor(extension)));
		}
	} catch (error) {
		dispose();
		throw error;
	}

	return {use, features, started: () => signal(started), resumed: () => signal(resumed), dispose};
}

function defect(message: string): XmppcError {
	return new XmppcError({code: 'internal', kind: 'bug', message});
}
