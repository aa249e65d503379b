import type {Message} from '../../model/message.js';
import type {Content, Passage, Place, Stage, StageContext} from '../passage.js';
import {repeatingRoom, settleTwin, tellOfDelivery} from './twins.js';

/**
 * Lets every message through once: known to the archive under the same id; an own one that is on record; or one that came
 * another way. What that one said cannot be seen of what is encrypted: the stage that decrypts asks again.
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
		checkReflection(known, passage, place, context);
		// What comes back from a room was said there.
		const state = place.kind === 'room' ? 'delivered' : 'acked';
		const at = passage.filing?.at;
		context.outbox.settle(known, state, {
			...(archiveId === undefined ? {} : {archiveId}),
			...(at === undefined ? {} : {at}),
		});
		return undefined;
	}

	return settleTwin(passage, context) ? undefined : passage;
};

function ownMessage({originId, id}: Content, {buffer}: Place, {storage}: StageContext): Message | undefined {
	return [originId, id]
		.filter(name => name !== undefined)
		.map(name => storage.messages.outgoingById(buffer, name))
		.find(message => message !== undefined);
}

/** A room that passes on only what it knows makes of an encrypted message one that nobody can read. */
function checkReflection(
	{encryption, via}: Message,
	{stanza, filing}: Passage,
	{kind, peer}: Place,
	context: StageContext,
): void {
	const isHere = encryption === 'omemo' && via === 'local' && kind === 'room' && filing === undefined;
	if (isHere && context.encryption?.isEncrypted(stanza) === false) {
		context.encryption.cameBackBare(peer);
	}
}
