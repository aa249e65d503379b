import {callOffer} from '../../extensions/call-offers.js';
import {printable} from '../../shared/text.js';
import {createElement} from '../../xmpp/element.js';
import type {Place, Stage, StageContext} from '../passage.js';
import {settle} from './twins.js';

/**
 * Makes a line of the offer of a call (XEP-0353), one a call however often and by whatever way the offer comes; what becomes
 * of it says nothing more. Nothing of it is answered. Calls that the account makes itself are its other devices' affair.
 */
export const call: Stage = (passage, context) => {
	const {content, place, stanza} = passage;
	const offer =
		content?.body === undefined && (content?.kind === 'chat' || content?.kind === 'normal')
			? callOffer.find(stanza)
			: undefined;
	if (offer === undefined || content === undefined || place?.direction !== 'incoming' || place.kind === 'room') {
		return passage;
	}

	const body = wordsFor(place, offer.media);
	const silent = {...passage, stanza: createElement('message', {...stanza.attrs})};
	const known = context.storage.messages.incomingTwin({
		buffer: place.buffer,
		author: place.peer,
		id: offer.id,
		body,
		subject: content.subject,
		since: 0,
	});
	if (known !== undefined) {
		if (known.archiveId === undefined) {
			settle(known, silent, context);
		}

		return undefined;
	}

	// The id of the call is what its line is known by: the message may have none, or another one each time.
	return isTooMuch(place, context) ? undefined : {...silent, content: {...content, id: offer.id, body, relations: []}};
};

/** Calls in a row that somebody who is no contact gets a line for, and a contact. */
const mostOfStranger = 3;
const mostInARow = 50;

function wordsFor({kind, jid, peer}: Pick<Place, 'kind' | 'jid' | 'peer'>, media: readonly string[]): string {
	const what = media.includes('video') ? 'Missed video call' : 'Missed call';
	return `[${what} from ${printable(kind === 'private' ? jid : peer, 'identifier')} (calls are not supported by xmppc)]`;
}

/** Whether the conversation holds nothing but calls that were not taken for a while: ids cost a caller nothing. */
function isTooMuch(place: Place, {storage, isContact}: StageContext): boolean {
	const most = isContact?.(place.peer) === false ? mostOfStranger : mostInARow;
	const latest = storage.messages.page(place.buffer, {limit: most});
	const lines = new Set([wordsFor(place, []), wordsFor(place, ['video'])]);
	return latest.length === most && latest.every(({body, direction}) => direction === 'incoming' && lines.has(body));
}
