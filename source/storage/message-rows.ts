/** How a message stands in its row. */
import type {Attachment} from '../model/attachment.js';
import type {BufferId} from '../model/buffer.js';
import type {Trust} from '../model/device.js';
import type {Direction, Message, MessageKind, OutgoingState, Via} from '../model/message.js';
import type {Afterwards, Relating, Relation, Reply} from '../model/relation.js';
import type {BareJid, Jid} from '../shared/jid.js';
import type {Row, SqlValue} from './sqlite.js';

/** The columns that are written with a message, each with what goes into it. */
export function toRow(message: Message) {
	return {
		key: message.key,
		account: message.account,
		buffer: message.buffer,
		kind: message.kind,
		direction: message.direction,
		author: message.author,
		body: message.body,
		subject: message.subject ?? null,
		thread: message.thread ?? null,
		id: message.id ?? null,
		origin_id: message.originId ?? null,
		archive: archiveOf(message),
		archive_id: message.archiveId ?? null,
		sent_at: message.sentAt ?? null,
		received_at: message.receivedAt,
		via: message.via,
		occupant_id: message.occupantId ?? null,
		real_jid: message.realJid ?? null,
		ignored: message.ignored === true ? 1 : null,
		encryption: message.encryption ?? null,
		device: message.device ?? null,
		device_trust: message.deviceTrust ?? null,
		unprotected: message.unprotected === true ? 1 : null,
		state: message.state ?? null,
		failure: message.failure ?? null,
		highlight: message.highlight === true ? 1 : null,
		hidden: message.hidden === true ? 1 : null,
		spoiler: message.spoiler ?? null,
		unstyled: message.unstyled === true ? 1 : null,
		...relationColumns(message),
		attachments: attachmentsText(message.attachments),
		afterwards: afterwardsText(message),
	};
}

/** An answer is about another message too: it waits for that one as others do. */
const answer = 'reply';

function relationColumns({relating, reply}: Message) {
	if (relating !== undefined) {
		const {kind, target, key, ...value} = relating;
		return {relation: kind, relation_value: JSON.stringify(value), target_id: target, target: key ?? null, reply: null};
	}

	if (reply !== undefined) {
		const {target, key, ...rest} = reply;
		return {
			relation: answer,
			relation_value: null,
			target_id: target,
			target: key ?? null,
			reply: JSON.stringify(rest),
		};
	}

	return {relation: null, relation_value: null, target_id: null, target: null, reply: null};
}

/** The files of a message, for their column. */
export function attachmentsText(attachments: Message['attachments'] = []): string | null {
	return attachments.length === 0 ? null : JSON.stringify(attachments);
}

/** What was said about a message, for its column; with the files that took the place of those that it came with. */
export function afterwardsText(
	{edited, retracted, reactions}: Afterwards,
	attachments?: Message['attachments'],
): string | null {
	const said = {
		...(edited && {edited}),
		...(retracted && {retracted}),
		...((reactions ?? []).length > 0 && {reactions}),
		...(attachments && {attachments}),
	};
	return Object.keys(said).length === 0 ? null : JSON.stringify(said);
}

/** The archive whose ids a message carries: the room's for what went through a room, else the account's own. */
function archiveOf(message: Pick<Message, 'account' | 'kind' | 'author'>): string {
	return message.kind === 'groupchat' ? (message.author.split('/', 1)[0] ?? message.author) : message.account;
}

/** A row of `messages` as it was written; one of an older schema has fewer columns. */
export function toMessage(row: Row | undefined): Message | undefined {
	if (row === undefined) {
		return undefined;
	}

	const optional = {
		subject: row.subject,
		thread: row.thread,
		id: row.id,
		originId: row.origin_id,
		archiveId: row.archive_id,
		sentAt: row.sent_at,
		occupantId: row.occupant_id,
		realJid: row.real_jid,
		encryption: row.encryption,
		device: row.device,
		deviceTrust: row.device_trust,
		state: row.state,
		failure: row.failure,
		spoiler: row.spoiler,
	};
	// The table is written by `toRow` alone, so its columns have the types that went in.
	return {
		key: row.key as number,
		account: row.account as BareJid,
		buffer: row.buffer as BufferId,
		kind: row.kind as MessageKind,
		direction: row.direction as Direction,
		author: row.author as Jid,
		body: row.body as string,
		receivedAt: row.received_at as number,
		via: row.via as Via,
		...(row.highlight === 1 ? {highlight: true as const} : {}),
		...(row.ignored === 1 ? {ignored: true as const} : {}),
		...(row.unprotected === 1 ? {unprotected: true as const} : {}),
		...(row.hidden === 1 ? {hidden: true as const} : {}),
		...(row.unstyled === 1 ? {unstyled: true as const} : {}),
		...(typeof row.relation === 'string' ? relationIn(row) : {}),
		...(typeof row.attachments === 'string' ? {attachments: JSON.parse(row.attachments) as readonly Attachment[]} : {}),
		...(typeof row.afterwards === 'string' ? (JSON.parse(row.afterwards) as Afterwards) : {}),
		...(Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== null && value !== undefined)) as {
			subject?: string;
			thread?: string;
			id?: string;
			originId?: string;
			archiveId?: string;
			sentAt?: number;
			occupantId?: string;
			realJid?: Jid;
			encryption?: 'omemo';
			device?: number;
			deviceTrust?: Trust;
			state?: OutgoingState;
			failure?: string;
			spoiler?: string;
		}),
	};
}

function relationIn({relation, relation_value: value, target_id: id, target, reply}: Row): {
	readonly relating?: Relating;
	readonly reply?: Reply;
} {
	const about = {target: id as string, ...(typeof target === 'number' ? {key: target} : {})};
	return relation === answer
		? {reply: {...parsed(reply), ...about}}
		: {relating: {...parsed(value), kind: relation, ...about} as Relating & Relation};
}

function parsed(text: SqlValue | undefined): object {
	return typeof text === 'string' ? (JSON.parse(text) as object) : {};
}
