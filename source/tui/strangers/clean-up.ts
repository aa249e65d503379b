/** What somebody said in a room, as far as it is loaded, to be taken back all at once (XEP-0425). */
import type {BufferId} from '../../model/buffer.js';
import type {Message} from '../../model/message.js';
import {bareOf, type Jid, resourcepartOf} from '../../shared/jid.js';
import {occupantNamed} from '../../store/room-selectors.js';
import {bufferOf} from '../../store/selectors.js';
import type {State} from '../../store/state.js';

/** What tells somebody from others for longer than a nick does. */
type Identity = {readonly occupantId?: string | undefined; readonly jid?: Jid | undefined};

/**
 * All that is loaded of whoever has that nick or, where nobody has, spoke under it last: known by their occupant-id, else by
 * their address, else by the nick alone. What was taken back already is left out.
 */
export function spokenBy(state: State, buffer: BufferId, nick: string): readonly Message[] {
	const said = (bufferOf(state, buffer)?.entries ?? []).flatMap(entry =>
		entry.type === 'message' && entry.message.kind === 'groupchat' && entry.message.direction === 'incoming'
			? [entry.message]
			: [],
	);
	const present = occupantNamed(state, buffer, nick);
	const last = said.findLast(message => nickOf(message) === nick);
	const identity: Identity = present === undefined ? {occupantId: last?.occupantId, jid: last?.realJid} : present;
	return said.filter(message => message.retracted === undefined && isBy(message, nick, identity));
}

function isBy(message: Message, nick: string, {occupantId, jid}: Identity): boolean {
	if (occupantId !== undefined && message.occupantId !== undefined) {
		return message.occupantId === occupantId;
	}

	if (jid !== undefined && message.realJid !== undefined) {
		return bareOf(message.realJid) === bareOf(jid);
	}

	return nickOf(message) === nick;
}

function nickOf({author}: Message): string | undefined {
	return resourcepartOf(author);
}
