/**
 * What messages that are about other messages make of those (`ARCHITECTURE.md`, Relations). To be run in the transaction that
 * records them.
 */
import type {ConversationKind} from '../model/buffer.js';
import type {Message, MessageChange} from '../model/message.js';
import type {Relating, Relation} from '../model/relation.js';
import {type Changeable, merged, type Said} from '../model/relation-merge.js';
import {type BareJid, bareOf, resourcepartOf} from '../shared/jid.js';
import type {Storage} from '../storage/ports.js';
import type {Journal} from './journal.js';
import {findTarget, speakerOf, type TargetPorts} from './relation-targets.js';

export type RelatingPorts = TargetPorts & {
	readonly storage: Pick<Storage, 'messages' | 'relations'>;
	readonly journal: Pick<Journal, 'emit'>;
	/** Whether the text of what was taken back is forgotten here too. */
	readonly forgetsRetracted?: (() => boolean) | undefined;
};

/** The kind of a conversation, by its buffer (`model/buffer.ts`). */
export function kindOf({buffer}: Pick<Message, 'buffer'>): ConversationKind {
	return (buffer.split(' ')[1] ?? 'chat') as ConversationKind;
}

/** Whose archive gives the ids in a conversation. */
export function archiveOf({account, buffer}: Pick<Message, 'account' | 'buffer'>): BareJid {
	const [, kind, jid = account] = buffer.split(' ');
	return kind === 'room' ? bareOf(jid as BareJid) : account;
}

/** A recorded message says something about `target`: that changes. */
export function relateTo(target: Message, message: Message, ports: RelatingPorts): void {
	const {storage} = ports;
	const relation = message.relating;
	if (relation === undefined || message.state === 'failed') {
		return;
	}

	const isNewest = storage.relations.newestAbout(target.key) === message.key;
	become(target, isNewest ? merged(target, saidBy(message, relation)) : afresh(target, storage), ports);
}

/**
 * What was said here about a message is there for others: it stands behind all that the server, or the room, had by then.
 * `behind`: the key of the message that the archive has before it, where it says.
 */
export function relateInPlace(
	{key, buffer, relating}: Message,
	behind: number | undefined,
	ports: RelatingPorts,
): void {
	const {storage} = ports;
	storage.relations.rank(key, behind ?? storage.messages.newest(buffer) ?? key);
	if (relating?.key !== undefined) {
		relateAfresh(relating.key, ports);
	}
}

/** What was said about a message is not what it was: something could not be sent after all, or was sent once more. */
export function relateAfresh(key: number, ports: RelatingPorts): void {
	const target = ports.storage.messages.get(key);
	if (target !== undefined) {
		become(target, afresh(target, ports.storage), ports);
	}
}

/**
 * A message is on record for which others may have waited: they are about it from now on, as far as their authors may be.
 * Answers whether that changed it.
 */
export function relateAwaiting(message: Message, ports: RelatingPorts): boolean {
	const {storage, journal} = ports;
	const place = kindOf(message);
	const ids = [message.id, message.originId, message.archiveId].filter(id => id !== undefined);
	const archive = archiveOf(message);
	let isChanged = false;
	for (const waiting of ids.length === 0 ? [] : storage.relations.awaiting(message.buffer, ids)) {
		const {relating, reply} = waiting;
		const about = relating ?? reply;
		if (about === undefined || waiting.key === message.key) {
			continue;
		}

		const kind = relating?.kind ?? 'reply';
		const found = findTarget({kind, id: about.target, in: place, archive}, waiting, ports);
		if (found.kind !== 'found' || found.message.key !== message.key) {
			continue;
		}

		const {key, account, buffer} = waiting;
		storage.relations.attach(key, message.key, relating !== undefined);
		if (relating === undefined) {
			journal.emit({
				type: 'message.changed',
				change: {key, account, buffer, reply: {...about, key: message.key}},
			});
			continue;
		}

		if (waiting.hidden !== true) {
			journal.emit({type: 'message.changed', change: {key, account, buffer, hidden: true}});
		}

		const target = storage.messages.get(message.key);
		if (target !== undefined && waiting.ignored !== true) {
			relateTo(target, {...waiting, hidden: true, relating: {...relating, key: message.key}}, ports);
			isChanged = true;
		}
	}

	return isChanged;
}

/** All that was said about a message, from its first text on. */
function afresh(target: Message, storage: RelatingPorts['storage']): Changeable {
	const said = storage.relations
		.about(target.key)
		.flatMap(message =>
			message.relating === undefined || message.ignored === true ? [] : [saidBy(message, message.relating)],
		);
	const start: Changeable = {
		body: storage.relations.firstBody(target.key) ?? target.body,
		// What an archive said in its place no message says.
		...(target.retracted !== undefined && !said.some(({relation}) => takesBack(relation))
			? {retracted: target.retracted}
			: {}),
	};
	return said.reduce(merged, start);
}

function takesBack({kind}: Relation): boolean {
	return kind === 'retraction' || kind === 'moderation';
}

function become(before: Message, now: Changeable, {storage, journal, forgetsRetracted}: RelatingPorts): void {
	const {key, account, buffer} = before;
	const {edited, retracted, reactions} = now;
	const isForgotten = retracted !== undefined && forgetsRetracted?.() === true;
	const attachments = isForgotten ? undefined : now.attachments;
	const afterwards = {
		...(edited === undefined ? {} : {edited}),
		...(retracted === undefined ? {} : {retracted}),
		...(reactions === undefined ? {} : {reactions}),
	};
	storage.relations.become(before, {...afterwards, body: now.body, ...(attachments && {attachments})});
	if (isForgotten) {
		storage.relations.erase(key);
	}

	const text = isForgotten ? '' : now.body;
	const hasFiles = before.attachments !== undefined || now.attachments !== undefined;
	const files = hasFiles && !isForgotten ? storage.messages.get(key)?.attachments : undefined;
	const change: MessageChange = {
		key,
		account,
		buffer,
		...(text === before.body ? {} : {body: text}),
		...(isSame(files, before.attachments) ? {} : {attachments: files ?? []}),
		...(edited === undefined && before.edited === undefined ? {} : {edited}),
		...(retracted === undefined && before.retracted === undefined ? {} : {retracted}),
		...(reactions === undefined && before.reactions === undefined ? {} : {reactions: reactions ?? []}),
	} as MessageChange;
	journal.emit({type: 'message.changed', change});
}

function isSame(some: Message['attachments'] = [], others: Message['attachments'] = []): boolean {
	return JSON.stringify(some) === JSON.stringify(others);
}

function saidBy(message: Message, {target: _target, key: _key, ...relation}: Relating): Said {
	const {key, receivedAt, body, attachments, direction, author, unprotected} = message;
	const place = kindOf(message);
	return {
		relation,
		key,
		at: receivedAt,
		body,
		...(attachments === undefined ? {} : {attachments}),
		speaker: speakerOf(message, place),
		by: place === 'chat' ? bareOf(author) : (resourcepartOf(author) ?? author),
		...(direction === 'outgoing' ? {own: true} : {}),
		...(unprotected === undefined ? {} : {unprotected}),
	};
}
