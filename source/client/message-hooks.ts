import type {Heard, MessageHooks, Relation} from '../extensions/ports.js';
import type {Message} from '../model/message.js';
import type {Element} from '../xmpp/element.js';

/** What extensions registered, and how the pipeline calls on it. */
export type CollectedHooks = {
	readonly hooks: MessageHooks;
	relationsOf(stanza: Element): readonly Relation[];
	recorded(message: Message, stanza: Element): void;
	archived(stanza: Element, message: Message | undefined): void;
	heard(heard: Heard): void;
	caughtUp(): void;
};

/** Collects the hooks of one session's extensions. */
export function collectHooks(): CollectedHooks {
	const readers: Array<(stanza: Element) => readonly Relation[]> = [];
	const listeners: Array<(message: Message, stanza: Element) => void> = [];
	const archiveListeners: Array<(stanza: Element, message: Message | undefined) => void> = [];
	const hearers: Array<(heard: Heard) => void> = [];
	const catchUpListeners: Array<() => void> = [];
	return {
		hooks: {
			readRelations(read) {
				readers.push(read);
			},
			onRecorded(listener) {
				listeners.push(listener);
			},
			onArchived(listener) {
				archiveListeners.push(listener);
			},
			onHeard(listener) {
				hearers.push(listener);
			},
			onCaughtUp(listener) {
				catchUpListeners.push(listener);
			},
		},
		relationsOf: stanza => readers.flatMap(read => read(stanza)),
		recorded(message, stanza) {
			for (const listener of listeners) {
				listener(message, stanza);
			}
		},
		archived(stanza, message) {
			for (const listener of archiveListeners) {
				listener(stanza, message);
			}
		},
		heard(heard) {
			for (const listener of hearers) {
				listener(heard);
			}
		},
		caughtUp() {
			for (const listener of catchUpListeners) {
				listener();
			}
		},
	};
}
