import type {Actions} from '../../model/actions.js';
import type {BufferId} from '../../model/buffer.js';
import type {Message} from '../../model/message.js';

export type LineReadingOptions = {
	readonly actions: Pick<Actions, 'markRead'>;
	active(): BufferId;
	/** Whether what is printed now is read. */
	isRead(): boolean;
	refuse(error: unknown): void;
};

/** Tells that what was printed in the buffer the person is in has been read: at once while they are there, else later. */
export type LineReading = {
	arrived(message: Message): void;
	/** The person has typed a line, so they have read what stands above it. */
	touched(): void;
};

export function createLineReading({actions, active, isRead, refuse}: LineReadingOptions): LineReading {
	let unread: Pick<Message, 'buffer' | 'key'> | undefined;
	const report = ({buffer, key}: Pick<Message, 'buffer' | 'key'>) => {
		actions.markRead({buffer, upTo: key}).catch(refuse);
	};

	return {
		arrived(message) {
			if (message.buffer !== active()) {
				return;
			}

			if (isRead()) {
				report(message);
			} else {
				unread = message;
			}
		},
		touched() {
			if (unread !== undefined && unread.buffer === active()) {
				report(unread);
			}

			unread = undefined;
		},
	};
}
