/** Which message another one is about, and whether its author may say that (`protocol.md` §1.4 and rows 17–21). */
import type {ConversationKind} from '../model/buffer.js';
import type {Message} from '../model/message.js';
import type {RelationKind} from '../model/relation.js';
import {type BareJid, bareOf, resourcepartOf} from '../shared/jid.js';
import type {Storage} from '../storage/ports.js';

/** Whoever says something, as far as a message shows. */
export type Said = Pick<Message, 'account' | 'buffer' | 'author' | 'direction'> &
	Partial<Pick<Message, 'occupantId' | 'realJid' | 'encryption' | 'device'>>;

export type TargetPorts = {
	readonly storage: Pick<Storage, 'messages' | 'relations'>;
	/** Since when somebody is in the room under a nick without a break, milliseconds since the epoch. */
	readonly presentSince?: ((nick: string) => number | undefined) | undefined;
	/** Whether the ids of the room's archive are to be believed. */
	readonly hasStableIds?: boolean | undefined;
};

export type Wanted = {
	readonly kind: RelationKind | 'reply';
	/** The id on the wire. */
	readonly id: string;
	readonly in: ConversationKind;
	/** Whose archive gives ids there. */
	readonly archive: BareJid;
};

/** `foreign`: there is one, but whoever says it has nothing to say about it. */
export type Found = {readonly kind: 'found'; readonly message: Message} | {readonly kind: 'foreign' | 'unknown'};

/** Finds the message that somebody says something about. */
export function findTarget(wanted: Wanted, said: Said, ports: TargetPorts): Found {
	const candidates = candidatesFor(wanted, said, ports);
	const meant = candidates.find(message => mayBeAbout(message, wanted, said, ports));
	return meant === undefined
		? {kind: candidates.length === 0 ? 'unknown' : 'foreign'}
		: {kind: 'found', message: meant};
}

function candidatesFor({kind, id, in: place, archive}: Wanted, said: Said, {storage, hasStableIds}: TargetPorts) {
	const {account, buffer} = said;
	const byId = () => storage.relations.byId(buffer, id);
	const filed = () => {
		const found = storage.messages.byArchiveId(account, archive, id);
		return found?.buffer === buffer ? [found] : [];
	};
	const found =
		place !== 'room' || kind === 'correction'
			? byId()
			: kind === 'retraction' && hasStableIds === false
				? byId()
				: filed();
	return found.flatMap(message => first(message, storage));
}

/** What is about a correction is about the message that it corrects (XEP-0444 §4); about what is no line nobody says anything. */
function first(message: Message, storage: TargetPorts['storage']): readonly Message[] {
	const corrected = message.relating?.kind === 'correction' ? message.relating.key : undefined;
	const meant = corrected === undefined ? message : storage.messages.get(corrected);
	return meant === undefined || meant.hidden === true ? [] : [meant];
}

function mayBeAbout(message: Message, {kind, in: place}: Wanted, said: Said, ports: TargetPorts): boolean {
	switch (kind) {
		case 'reactions':
		case 'reply':
		case 'moderation':
			return true;
		case 'retraction':
			return isSameSpeaker(message, said, place, ports);
		case 'correction':
			return isSameSpeaker(message, said, place, ports) && isAsProtected(message, said);
	}
}

/**
 * The same person: by bare JID; in rooms by occupant-id, else by the address that the room shows, else by a nick that nobody
 * else can have had in between (XEP-0308 §5, XEP-0424 §5).
 */
export function isSameSpeaker(
	message: Message,
	said: Said,
	place: ConversationKind,
	{presentSince}: Pick<TargetPorts, 'presentSince'>,
): boolean {
	if (message.direction !== said.direction) {
		return false;
	}

	if (said.direction === 'outgoing') {
		return true;
	}

	if (place === 'chat') {
		return bareOf(message.author) === bareOf(said.author);
	}

	if (message.occupantId !== undefined || said.occupantId !== undefined) {
		return message.occupantId === said.occupantId;
	}

	if (message.realJid !== undefined || said.realJid !== undefined) {
		return (
			message.realJid !== undefined && said.realJid !== undefined && bareOf(message.realJid) === bareOf(said.realJid)
		);
	}

	const since = presentSince?.(resourcepartOf(said.author) ?? '');
	return message.author === said.author && since !== undefined && message.receivedAt >= since;
}

/** What was encrypted is changed only by what the same device encrypted: anybody on the way can say the rest. */
function isAsProtected({encryption, device, direction}: Message, said: Said): boolean {
	return (
		encryption === undefined || (said.encryption === encryption && (direction === 'outgoing' || said.device === device))
	);
}

/** What tells one person from another there: for whom of them a reaction counts. */
export function speakerOf({account, author, direction, occupantId, realJid}: Said, place: ConversationKind): string {
	if (direction === 'outgoing') {
		return account;
	}

	return place === 'chat' ? bareOf(author) : (occupantId ?? (realJid === undefined ? author : bareOf(realJid)));
}
