import type {Stage} from '../passage.js';

/** How long ago a sender may have written what it repeats, milliseconds. */
const repeatWindow = 3 * 24 * 60 * 60_000;

/**
 * Lets every message through once: known to the archive under the same id; an own one that is on record; or, without an
 * archive's id and only where it took a detour, the same words under the same id by the same author. The same id with
 * other words is another message: whoever reuses ids must not make one disappear.
 */
export const deduplicate: Stage = (passage, {account, storage, outbox}) => {
	const {content, place} = passage;
	if (content === undefined || place === undefined) {
		return undefined;
	}

	const {archiveId, id, originId} = content;
	if (archiveId !== undefined && storage.messages.byArchiveId(account, account, archiveId) !== undefined) {
		return undefined;
	}

	if (place.direction === 'outgoing') {
		const known = [originId, id]
			.filter(name => name !== undefined)
			.map(name => storage.messages.outgoingById(place.buffer, name))
			.find(message => message !== undefined);
		if (known === undefined) {
			return passage;
		}

		outbox.settle(known, 'acked', archiveId === undefined ? {} : {archiveId});
		return undefined;
	}

	if (archiveId === undefined && content.delayed && id !== undefined && content.body !== undefined) {
		const twin = storage.messages.incomingTwin({
			buffer: place.buffer,
			author: place.peer,
			id,
			body: content.body,
			since: content.receivedAt - repeatWindow,
		});
		return twin === undefined ? passage : undefined;
	}

	return passage;
};
