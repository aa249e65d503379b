import type {ListedMessage} from '../../commands/context.js';
import type {BufferId} from '../../model/buffer.js';
import type {Message} from '../../model/message.js';
import {occupantNamed, roomOf} from '../../store/room-selectors.js';
import {bufferOf} from '../../store/selectors.js';
import type {State} from '../../store/state.js';
import {messageIn} from '../panes/answered.js';
import {authorName} from '../panes/authors.js';
import {heardEntries} from '../panes/ignored.js';
import {subjectChange} from '../panes/message-text.js';
import {briefWords} from '../panes/message-words.js';

/** The messages of a buffer that are shown and loaded, the newest first: as commands count them. */
export function shownMessages(state: State, id: BufferId): readonly Message[] {
	const buffer = bufferOf(state, id);
	return buffer === undefined
		? []
		: heardEntries(buffer)
				.flatMap(entry =>
					entry.type === 'message' && subjectChange(entry.message) === undefined ? [entry.message] : [],
				)
				.reverse();
}

export function listedMessages(state: State, id: BufferId): readonly ListedMessage[] {
	return shownMessages(state, id).map(message => ({
		key: message.key,
		account: message.account,
		own: message.direction === 'outgoing',
		author: authorName(state, message),
		words: briefWords(message),
		standing: message.retracted === undefined,
		files: message.attachments?.length ?? 0,
		reactions: ownReactions(message),
	}));
}

/** A message of a buffer by its key, where it is loaded. */
export function messageOf(state: State, id: BufferId, key: number): Message | undefined {
	return messageIn(bufferOf(state, id)?.entries ?? [], key);
}

/** What the person thinks of a message now. */
export function ownReactions({reactions = []}: Message): readonly string[] {
	return reactions.find(({own}) => own === true)?.emoji ?? [];
}

/** Whether the person may take others' messages away in the room of a buffer. */
export function isModerator(state: State, id: BufferId): boolean {
	const nick = roomOf(state, id)?.nick;
	return nick !== undefined && occupantNamed(state, id, nick)?.role === 'moderator';
}
