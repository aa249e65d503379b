/**
 * The same message as it came another way, where at most one of the two has the archive's id: the same words under the same id
 * by the same author. The same id with other words is another message: whoever reuses ids must not make one disappear.
 */
import type {Message} from '../../model/message.js';
import type {RoomView} from '../conversation.js';
import type {Content, Passage, Place, StageContext} from '../passage.js';

/** How long ago a sender may have written what it repeats, milliseconds. */
export const repeatWindow = 3 * 24 * 60 * 60_000;
/** How far the clock of a room may be from ours, milliseconds. */
const roomTolerance = 60_000;
/** Messages that are looked through for what a room repeats without an id. */
const mostRepeated = 200;

/** Whether a message is on record: then that one has all that this copy knows more. */
export function settleTwin(passage: Passage, context: StageContext): boolean {
	const {content, place} = passage;
	const twin = content && place && twinOf(passage, content, place, context);
	if (twin === undefined) {
		return false;
	}

	settle(twin, passage, context);
	return true;
}

/**
 * The same for what cannot be read a second time: a ratchet gives each key once, and says so. The first of the device's
 * messages under that id that has no id of the archive is the one: both are in the order in which they were sent.
 */
export function settleReadBefore(passage: Passage, device: number, context: StageContext): void {
	const twin = encryptedTwinOf(passage, device, context);
	if (twin !== undefined) {
		settle(twin, passage, context);
	}
}

/** The same for what cannot be read at all, which may be for another reason each time. */
export function settleUnread(passage: Passage, device: number, context: StageContext): boolean {
	const twin = encryptedTwinOf(passage, device, context, true);
	if (twin === undefined || !tookDetour(passage, twin)) {
		return false;
	}

	settle(twin, passage, context);
	return true;
}

function encryptedTwinOf(
	{content, place, filing}: Passage,
	device: number,
	{storage}: StageContext,
	unread = false,
): Message | undefined {
	return content?.id === undefined || place === undefined || place.direction !== 'incoming'
		? undefined
		: storage.messages.encryptedTwin({
				buffer: place.buffer,
				author: place.kind === 'room' ? content.from : place.peer,
				id: content.id,
				device,
				since: content.receivedAt - repeatWindow,
				unfiled: content.archiveId !== undefined && filing?.byTime !== true,
				unread,
			});
}

/** Whether a message can be a copy of one that is on record: only what did not come straight can come again. */
function tookDetour({via, content}: Passage, twin: Message | undefined): boolean {
	return (
		content?.delayed === true || via === 'archive' || (content?.archiveId === undefined && twin?.via === 'archive')
	);
}

/** The room that repeats what was said before we came. */
export function repeatingRoom({filing, content, place}: Passage, {rooms}: StageContext): RoomView | undefined {
	return place?.kind === 'room' && filing === undefined && content?.kept === true ? rooms?.get(place.peer) : undefined;
}

/** Of what came out of the archive first, a copy that is delivered afterwards is the one to answer with a receipt. */
export function tellOfDelivery(known: Message, {via, stanza}: Passage, {journal, recorded}: StageContext): void {
	// Nobody has received what could not be read.
	const isReadable = known.encryption === undefined || known.deviceTrust !== undefined;
	if (known.via === 'archive' && via === 'live' && isReadable) {
		journal.afterwards(() => recorded({...known, via}, stanza));
	}
}

/** The message on record has all that this copy of it knows more. */
export function settle(twin: Message, passage: Passage, context: StageContext): void {
	repeatingRoom(passage, context)?.recognise(twin);
	const archiveId = passage.content?.archiveId;
	if (archiveId !== undefined) {
		const {key, account, buffer} = twin;
		context.storage.messages.change({key, archiveId});
		context.journal.emit({type: 'message.changed', change: {key, account, buffer, archiveId}});
	}

	tellOfDelivery(twin, passage, context);
}

function twinOf(passage: Passage, content: Content, place: Place, context: StageContext): Message | undefined {
	const {filing} = passage;
	const {storage} = context;
	const {archiveId, id, body = '', subject, receivedAt} = content;
	if (body === '' && subject === undefined) {
		return undefined;
	}

	if (id === undefined) {
		const room = repeatingRoom(passage, context);
		return room === undefined ? undefined : namelessTwin(content, place, room, storage);
	}

	const twin = storage.messages.incomingTwin({
		buffer: place.buffer,
		author: place.kind === 'room' ? content.from : place.peer,
		id,
		body,
		subject,
		// What a room repeats has its dates, and what was heard there ours.
		since: place.kind === 'room' && content.kept && filing === undefined ? 0 : receivedAt - repeatWindow,
		unfiled: archiveId !== undefined && filing?.byTime !== true,
	});
	return tookDetour(passage, twin) ? twin : undefined;
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
