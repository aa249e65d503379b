import {openCarbon} from '../../extensions/carbons.js';
import {bareOf, isFullJid, parseJid} from '../../shared/jid.js';
import {attributeOf} from '../../xmpp/element.js';
import type {Stage} from '../passage.js';

/**
 * Takes the message out of its wrapper, where the wrapper is genuine; a forged one is dropped whole. What is addressed to
 * somebody else is not for us, whatever it says (`to` of another account or another resource).
 */
export const unwrap: Stage = (passage, {account, own}) => {
	const to = attributeOf(passage.stanza, 'to');
	if (to !== undefined) {
		const addressee = parseJid(to);
		if (addressee === undefined || bareOf(addressee) !== account || (isFullJid(addressee) && addressee !== own)) {
			return undefined;
		}
	}

	const carbon = openCarbon(passage.stanza, account);
	switch (carbon.type) {
		case 'plain':
			return passage;
		case 'forged':
			return undefined;
		case 'copy':
			return {...passage, stanza: carbon.message, via: 'carbon'};
	}
};
