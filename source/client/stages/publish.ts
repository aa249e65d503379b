import type {Stage} from '../passage.js';

/** Tells of the message once it is committed, and lets its sender be told. */
export const publish: Stage = (passage, context) => {
	const {message, stanza} = passage;
	if (message === undefined) {
		return undefined;
	}

	context.journal.afterwards(() => {
		// Whoever may not open a buffer is recorded, but has nowhere to be shown.
		if (context.buffers.isOpen(message.buffer)) {
			context.journal.emit({type: 'message.recorded', message});
		}
	});
	if (message.direction === 'outgoing') {
		// Whoever answers on another device has read what was there.
		context.buffers.markRead(message.buffer, message.key);
	} else {
		context.buffers.touch(message.buffer);
	}

	context.journal.afterwards(() => context.recorded(message, stanza));

	return passage;
};
