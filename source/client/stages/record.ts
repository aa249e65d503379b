import type {Neighbours} from '../../storage/ports.js';
import type {Passage, Stage, StageContext} from '../passage.js';

/** Writes the message down, where there is something to read in it, and opens its buffer. */
export const record: Stage = (passage, {account, storage, buffers}) => {
	const {content, place, via, filing} = passage;
	if (content === undefined || place === undefined || content.kind === 'error') {
		return undefined;
	}

	// A subject alone names a thread or a room; only letters of type normal and headlines have one worth reading alone.
	const isReadable = content.body !== undefined || (content.subject !== undefined && content.kind !== 'chat');
	if (!isReadable) {
		return undefined;
	}

	const {kind, from, id, originId, archiveId, subject, thread, receivedAt, sentAt} = content;
	if (filing?.age !== 'past') {
		buffers.ensureChat(account, place.peer);
	}

	const message = storage.messages.insert(
		{
			account,
			buffer: place.buffer,
			kind,
			direction: place.direction,
			author: from,
			body: content.body ?? '',
			receivedAt,
			via,
			...(id === undefined ? {} : {id}),
			...(originId === undefined ? {} : {originId}),
			...(archiveId === undefined ? {} : {archiveId}),
			...(subject === undefined ? {} : {subject}),
			...(thread === undefined ? {} : {thread}),
			...(sentAt === undefined ? {} : {sentAt}),
			...(place.direction === 'outgoing' ? {state: 'acked'} : {}),
		},
		filing === undefined ? newest(passage, storage) : filing.between(place.buffer),
	);
	return {...passage, message};
};

/** What comes live without a detour is the newest in the archive, whatever our clock says. */
function newest({content, place}: Passage, {messages}: StageContext['storage']): Neighbours {
	return place === undefined || content?.archiveId === undefined || content.delayed
		? {}
		: {after: messages.filedUpTo(place.buffer, Number.MAX_SAFE_INTEGER)?.key};
}
