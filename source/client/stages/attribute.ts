import {bufferId} from '../../model/buffer.js';
import {bareOf} from '../../shared/jid.js';
import type {Stage} from '../passage.js';

/**
 * Decides whose conversation a message belongs to and who wrote it. What the account itself sent, from another resource,
 * is outgoing. Rooms are not joined here, so nothing of type groupchat has a place.
 */
export const attribute: Stage = (passage, {account}) => {
	const {content} = passage;
	if (content === undefined || content.kind === 'groupchat') {
		return undefined;
	}

	// The sender of an error is the addressee of what failed, even where that is the own account.
	const isOwn = content.kind !== 'error' && bareOf(content.from) === account;
	const peer = bareOf(isOwn ? content.to : content.from);
	return {
		...passage,
		place: {buffer: bufferId(account, 'chat', peer), peer, direction: isOwn ? 'outgoing' : 'incoming'},
	};
};
