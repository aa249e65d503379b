/** What was said about a message and could not be sent after all: the message is what it was, and the person hears of it. */
import type {Event} from '../model/events.js';
import type {RelationKind} from '../model/relation.js';
import type {Clock} from '../shared/clock.js';
import type {Storage} from '../storage/ports.js';
import type {Journal} from './journal.js';
import {relateAfresh} from './relating.js';

export type UnsaidPorts = {
	readonly storage: Pick<Storage, 'messages' | 'relations'>;
	readonly journal: Journal;
	readonly clock: Pick<Clock, 'now'>;
};

const sentences: Readonly<Record<RelationKind, string>> = {
	correction: 'Your correction was not sent, so the message stands as it was',
	retraction: 'The message could not be taken back',
	moderation: 'The message could not be taken away',
	reactions: 'Your reaction was not sent',
};

/** To hear every Event of the client. */
export function createUnsaid({storage, journal, clock}: UnsaidPorts): (event: Event) => void {
	return event => {
		if (event.type !== 'message.changed' || event.change.state !== 'failed') {
			return;
		}

		const {key, account, buffer, problem} = event.change;
		const {relating, failure} = storage.messages.get(key) ?? {};
		const target = relating?.key;
		if (relating === undefined || target === undefined) {
			return;
		}

		journal.commit(() => relateAfresh(target, {storage, journal}));
		if (storage.messages.get(target)?.state === 'failed') {
			return;
		}

		const because = failure === undefined ? '.' : `: ${failure}`;
		journal.emit({
			type: 'notice',
			level: 'error',
			text: `${sentences[relating.kind]}${because}`,
			...(problem?.hint === undefined ? {} : {hint: problem.hint}),
			account,
			buffer,
			at: clock.now(),
		});
	};
}
