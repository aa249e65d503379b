import type {Stage} from '../passage.js';

/** Tells of the message once it is committed, and lets its sender be told. */
export const publish: Stage = (passage, context) => {
	const {message, stanza, filing, place, content} = passage;
	if (message === undefined) {
		return undefined;
	}

	const {journal, buffers, rooms} = context;
	const room = place?.kind === 'room' && content?.kept === true ? rooms?.get(place.peer) : undefined;
	const isRepeated = room !== undefined && room.recognised === undefined && message.receivedAt < room.pastUntil;
	const isNews = filing === undefined ? !isRepeated : filing.age === 'news';
	journal.afterwards(() => {
		// A conversation that is not shown shows no history either.
		if (message.hidden !== true && buffers.isOpen(message.buffer)) {
			journal.emit({type: 'message.recorded', message, ...(isNews ? {} : {past: true})});
		}
	});
	if (message.hidden === true) {
		// It is read with what it is about.
	} else if (isRepeated) {
		buffers.markRead(message.buffer, message.key);
	} else if (message.direction === 'incoming') {
		buffers.touch(message.buffer);
	}

	// Whoever answers on another device has read what was there. A page of the archive says so once for all of it.
	const hasRead =
		message.hidden !== true &&
		message.direction === 'outgoing' &&
		context.isShownBy?.(content?.realJid ?? message.author) !== false;
	if (hasRead && !isRepeated && filing === undefined) {
		buffers.markRead(message.buffer, message.key);
	}

	journal.afterwards(() => context.recorded(message, stanza));

	return hasRead ? {...passage, hasRead: true} : passage;
};
