import type {MessageHooks, Relation} from '../extensions/ports.js';
import type {Message} from '../model/message.js';
import type {Element} from '../xmpp/element.js';

/** What extensions registered, and how the pipeline calls on it. */
export type CollectedHooks = {
	readonly hooks: MessageHooks;
	relationsOf(stanza: Element): readonly Relation[];
	recorded(message: Message, stanza: Element): void;
};

/** Collects the hooks of one session's extensions. */
export function collectHooks(): CollectedHooks {
	const readers: Array<(stanza: Element) => readonly Relation[]> = [];
	const listeners: Array<(message: Message, stanza: Element) => void> = [];
	return {
		hooks: {
			readRelations(read) {
				readers.push(read);
			},
			onRecorded(listener) {
				listeners.push(listener);
			},
		},
		relationsOf: stanza => readers.flatMap(read => read(stanza)),
		recorded(message, stanza) {
			for (const listener of listeners) {
				listener(message, stanza);
			}
		},
	};
}
