import type {Message} from '../../model/message.js';
import type {RoomView} from '../conversation.js';
import type {Content, Passage, Place, Stage, StageContext} from '../passage.js';

/** How long ago a sender may have written what it repeats, milliseconds. */
export const repeatWindow = 3 * 24 * 60 * 60_000;
/** How far the clock of a room may be from ours, milliseconds. */
const roomTolerance = 60_000;
/** Messages that are looked through for what a room repeats without an id. */
const mostRepeated = 200;

/**
 * Lets every message through once: known to the archive under the same id; an own one that is on record; or, where one of
 * the copies has no archive's id and one took a detour, the same words under the same id by the same author. The same id
 * with other words is another message: whoever reuses ids must not make one disappear.
 */
export const deduplicate: Stage = (passage, context) => {
	const {content, place} = passage;
	if (content === undefined || place === undefined) {
		return undefined;
	}

	const {archiveId} = content;
	const filed =
		archiveId === undefined
			? undefined
			: context.storage.messages.byArchiveId(context.account, place.archive, archiveId);
	if (filed !== undefined) {
		repeatingRoom(passage, context)?.recognise(filed);
		tellOfDelivery(filed, passage, context);
		return undefined;
	}

	if (place.direction === 'outgoing') {
		const known = ownMessage(content, place, context);
		if (known === undefined) {
			return passage;
		}

		repeatingRoom(passage, context)?.recognise(known);
		// What comes back from a room was said there.
		const state = place.kind === 'room' ? 'delivered' : 'acked';
		context.outbox.settle(known, state, archiveId === undefined ? {} : {archiveId});
		return undefined;
	}

	const twin = twinOf(passage, content, place, context);
	if (twin === undefined) {
		return passage;
	}

	repeatingRoom(passage, context)?.recognise(twin);

	if (archiveId !== undefined) {
		const {key, account, buffer} = twin;
		context.storage.messages.change({key, archiveId});
		context.journal.emit({type: 'message.changed', change: {key, account, buffer, archiveId}});
	}

	tellOfDelivery(twin, passage, context);
	return undefined;
};

/** The room that repeats what was said before we came. */
function repeatingRoom({filing, content, place}: Passage, {rooms}: StageContext) {
	return place?.kind === 'room' && filing === undefined && content?.kept === true ? rooms?.get(place.peer) : undefined;
}

/** Of what came out of the archive first, a copy that is delivered afterwards is the one to answer with a receipt. */
function tellOfDelivery(known: Message, {via, stanza}: Passage, {journal, recorded}: StageContext): void {
	if (known.via === 'archive' && via === 'live') {
		journal.afterwards(() => recorded({...known, via}, stanza));
	}
}

function ownMessage({originId, id}: Content, {buffer}: Place, {storage}: StageContext): Message | undefined {
	return [originId, id]
		.filter(name => name !== undefined)
		.map(name => storage.messages.outgoingById(buffer, name))
		.find(message => message !== undefined);
}

/** The same message as it came another way, where at most one of the two has the archive's id. */
function twinOf(passage: Passage, content: Content, place: Place, context: StageContext): Message | undefined {
	const {via, filing} = passage;
	const {storage} = context;
	const {archiveId, id, body = '', subject, delayed, receivedAt} = content;
	if (body === '' && subject === undefined) {
		return undefined;
	}

	if (id === undefined) {
		const room = repeatingRoom(passage, context);
		return room === undefined ? undefined : namelessTwin(content, place, room, storage);
	}

	const isFiled = archiveId !== undefined;
	const twin = storage.messages.incomingTwin({
		buffer: place.buffer,
		author: place.kind === 'room' ? content.from : place.peer,
		id,
		body,
		subject,
		// What a room repeats has its dates, and what was heard there ours.
		since: place.kind === 'room' && content.kept && filing === undefined ? 0 : receivedAt - repeatWindow,
		unfiled: isFiled && filing?.byTime !== true,
	});
	const tookDetour = delayed || via === 'archive' || (!isFiled && twin?.via === 'archive');
	return tookDetour ? twin : undefined;
}

/**
 * What somebody said without an id, in a room that repeats it: the same words at the same time or, where it shows that the
 * room has another one than we, before we came.
 */
function namelessTwin(
	{from, body = '', subject, receivedAt, isAhead}: Content,
	{buffer}: Place,
	{recognised, pastUntil}: RoomView,
	storage: StageContext['storage'],
): Message | undefined {
	const isOff = isAhead === true || receivedAt < (recognised?.receivedAt ?? 0) - roomTolerance;
	const isThen = (known: number) =>
		isOff ? known <= pastUntil + roomTolerance : Math.abs(known - receivedAt) <= roomTolerance;
	return storage.messages
		.page(buffer, {limit: mostRepeated})
		.findLast(
			known =>
				known.id === undefined &&
				known.author === from &&
				known.body === body &&
				known.subject === subject &&
				isThen(known.receivedAt),
		);
}
