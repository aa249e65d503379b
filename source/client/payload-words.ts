/** What a message says to a person: its text, with what it holds besides that a person is meant to see, in words. */
import {locationIn, locationNamedBy} from '../extensions/geolocation.js';
import {describedLinks} from '../extensions/link-metadata.js';
import {linksBeside} from '../extensions/out-of-band.js';
import {wordsOfUnread} from '../extensions/unread-payloads.js';
import type {Attachment} from '../model/attachment.js';
import {attachmentsWords} from '../model/attachment-words.js';
import type {Element} from '../xmpp/element.js';
import {isAddressOf} from './attachments.js';

/**
 * The text of a message that is not encrypted, or no longer; `undefined`: there is nothing to read in it. The same stanza gives
 * the same text each time: copies of a message are known by it. `describesLinks`: also what is said of links (XEP-0511).
 * Of `attachments` it says what they are where nothing else is written.
 */
export function readable(
	stanza: Element,
	written: string | undefined,
	{describesLinks, attachments}: {readonly describesLinks: boolean; readonly attachments: readonly Attachment[]},
): string | undefined {
	const place = written === undefined ? undefined : locationNamedBy(written);
	const beside = locationIn(stanza);
	// A URI alone is what those get who cannot read the place beside it, which may say more.
	const isSame = place !== undefined && (beside?.uri === undefined || sameSpot(beside.uri, place.uri));
	const [text, location] = isSame ? [beside?.text ?? place.text, undefined] : [place?.text ?? written, beside?.text];
	const links = linksBeside(stanza, written ?? '', url => isAddressOf(attachments, url, false));
	const told = written === undefined || !describesLinks ? [] : describedLinks(stanza, written);
	const parts = [text, location, ...links, ...told].filter(part => part !== undefined);
	if (parts.length > 0) {
		return parts.join('\n');
	}

	return attachments.length > 0 ? attachmentsWords(attachments) : wordsOfUnread(stanza);
}

function sameSpot(one: string, other: string): boolean {
	const spot = (uri: string) =>
		uri
			.replace(/^geo:|;.*$/gu, '')
			.split(',', 2)
			.join();
	return spot(one) === spot(other);
}
