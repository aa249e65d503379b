import {isArchiveResult} from '../../extensions/archive.js';
import {openCarbon} from '../../extensions/carbons.js';
import {wrappedAt} from '../../extensions/delayed-delivery.js';
import {type BareJid, bareOf, parseJid} from '../../shared/jid.js';
import {attributeOf, type Element} from '../../xmpp/element.js';
import type {Stage} from '../passage.js';

/**
 * Takes the message out of its wrapper, where the wrapper is genuine; a forged one is dropped whole. That the outer stanza
 * is addressed to us was seen to by the dispatcher. Results of the archive that come here directly were asked for by nobody
 * or are taken with their page (`catch-up-page.ts`).
 */
export const unwrap: Stage = (passage, {account, now}) => {
	if (isArchiveResult(passage.stanza)) {
		return undefined;
	}

	const carbon = openCarbon(passage.stanza, account);
	if (passage.filing !== undefined) {
		const {room} = passage.filing;
		const isMeant = room === undefined ? concerns(passage.stanza, account) : isOfRoom(passage.stanza, room);
		return carbon.type === 'plain' && isMeant ? passage : undefined;
	}

	switch (carbon.type) {
		case 'plain':
			return passage;
		case 'forged':
			return undefined;
		case 'copy': {
			const at = wrappedAt(passage.stanza, account, now());
			return {...passage, stanza: carbon.message, via: 'carbon', ...(at === undefined ? {} : {wrappedAt: at})};
		}
	}
};

/** Whether it was said in the room (XEP-0313 §7.1.2). */
function isOfRoom(message: Element, room: BareJid): boolean {
	const from = parseJid(attributeOf(message, 'from') ?? '');
	return from !== undefined && bareOf(from) === room && attributeOf(message, 'type') === 'groupchat';
}

/** Whether the account sent or received it. A missing address is its own. */
function concerns(message: Element, account: BareJid): boolean {
	return (['from', 'to'] as const).some(name => {
		const text = attributeOf(message, name);
		const address = text === undefined ? account : parseJid(text);
		return address !== undefined && bareOf(address) === account;
	});
}
