/**
 * What a message holds that xmppc cannot do anything with, for messages that have no text: whoever sent it meant a person to
 * see something. Only elements that say something to a person are in here: what programs tell each other (chat states,
 * markers, receipts, hints, events of nodes, answers to calls) is nothing to be shown.
 */
import {attributeOf, child, type Element} from '../xmpp/element.js';

type Row = {
	readonly namespace: string;
	readonly name: string;
	/** In words, or nothing where there is nothing for a person in it after all. */
	says(payload: Element, message: Element): string | undefined;
};

/** The first that fits counts. */
const table: readonly Row[] = [
	// XEP-0449, without the file that it is.
	{namespace: 'urn:xmpp:stickers:0', name: 'sticker', says: () => '[A sticker]'},
	// XEP-0447, without saying anything of the file.
	{namespace: 'urn:xmpp:sfs:0', name: 'file-sharing', says: () => '[A file]'},
	// XEP-0482
	{
		namespace: 'urn:xmpp:call-invites:0',
		name: 'invite',
		says: invite =>
			`[Invitation to a ${attributeOf(invite, 'video') === 'true' ? 'video ' : ''}call (calls are not supported by xmppc)]`,
	},
	// XEP-0224; what was held up is not to be heard any more (§3).
	{
		namespace: 'urn:xmpp:attention:0',
		name: 'attention',
		says: (_, message) =>
			child(message, 'delay', 'urn:xmpp:delay') === undefined ? '[Wants your attention]' : undefined,
	},
	// XEP-0070
	{
		namespace: 'http://jabber.org/protocol/http-auth',
		name: 'confirm',
		says: () => '[Asks you to confirm that you log in to a web site, which xmppc cannot do]',
	},
];

/** What is to be said of a message without a text; `undefined`: nothing. User text. */
export function wordsOfUnread(message: Element): string | undefined {
	for (const {namespace, name, says} of table) {
		const payload = child(message, name, namespace);
		const words = payload === undefined ? undefined : says(payload, message);
		if (words !== undefined) {
			return words;
		}
	}

	return undefined;
}

/** Whether the file of a message is a sticker (XEP-0449). */
export function isSticker(message: Element): boolean {
	return child(message, 'sticker', 'urn:xmpp:stickers:0') !== undefined;
}
