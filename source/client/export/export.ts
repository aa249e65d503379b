/** Writes a recorded conversation into a file, page by page: however long it is, a page of it is in memory. */
import {isAbsolute} from 'node:path';
import type {BufferId, ConversationKind} from '../../model/buffer.js';
import type {ExportFormat} from '../../model/export.js';
import type {Message} from '../../model/message.js';
import {XmppcError} from '../../shared/errors.js';
import {type BareJid, bareOf, type Jid, parseBareJid, parseJid} from '../../shared/jid.js';
import {createNewFile} from '../../storage/new-file.js';
import type {Storage} from '../../storage/ports.js';
import type {Conversation, StampOf, Writers} from './exported.js';
import {htmlWriter} from './html.js';
import {jsonWriter} from './json.js';
import {markdownWriter} from './markdown.js';
import {textWriter} from './text.js';

const writers: Writers = {text: textWriter, json: jsonWriter, markdown: markdownWriter, html: htmlWriter};

/** Messages that are read and written at once; keys get their turn between the pages. */
const pageSize = 500;

export type ExportPorts = {
	readonly storage: Pick<Storage, 'messages' | 'rosters'>;
	/** Absent: as the system's clocks show it. */
	readonly stampOf?: StampOf;
};

/**
 * Answers how many messages were written. What says something about another message only, or comes from somebody whom the
 * person does not want to hear, is left out. Throws `path-not-absolute`, `buffer-not-open`, `file-exists`, or what the
 * system says; then there is no file.
 */
export async function exportConversation(
	{buffer, format, path}: {readonly buffer: BufferId; readonly format: ExportFormat; readonly path: string},
	{storage, stampOf = localStamp}: ExportPorts,
): Promise<{readonly messages: number}> {
	const conversation = conversationOf(buffer, storage);
	if (!isAbsolute(path)) {
		// The socket's other end has another working directory than whoever asks.
		throw new XmppcError({
			code: 'path-not-absolute',
			kind: 'usage',
			message: `“${path}” does not say from which directory on.`,
			hint: 'Give the whole path.',
		});
	}

	const pageAfter = (after: number) => storage.messages.pageAfter(buffer, {after, limit: pageSize});
	let page = pageAfter(0);
	if (conversation === undefined || page.length === 0) {
		throw new XmppcError({
			code: 'buffer-not-open',
			kind: 'usage',
			message: 'This is no conversation of which anything is recorded.',
			hint: 'What the server has of one is fetched when you scroll up there.',
		});
	}

	const writer = writers[format](stampOf);
	const file = createNewFile(path, 'the export');
	let messages = 0;
	try {
		file.write(writer.begin(conversation));
		while (page.length > 0) {
			const shown = page.filter(isShown);
			file.write(shown.map((message, index) => writer.message(message, conversation, messages + index === 0)).join(''));
			messages += shown.length;
			await new Promise<void>(resolve => setImmediate(resolve));
			page = pageAfter(page.at(-1)?.key ?? Number.MAX_SAFE_INTEGER);
		}

		file.write(writer.end());
		file.finish();
	} catch (error) {
		file.discard();
		throw error;
	}

	return {messages};
}

function isShown({hidden, ignored}: Message): boolean {
	return hidden !== true && ignored !== true;
}

const kinds: readonly ConversationKind[] = ['chat', 'room', 'private'];

/** The id says whose and what it is (`model/buffer.ts`); it need not be open. */
function conversationOf(buffer: BufferId, {rosters}: ExportPorts['storage']): Conversation | undefined {
	const [owner = '', kindName, ...rest] = buffer.split(' ');
	const account: BareJid | undefined = parseBareJid(owner);
	const kind = kinds.find(each => each === kindName);
	const jid: Jid | undefined = parseJid(rest.join(' '));
	if (account === undefined || kind === undefined || jid === undefined) {
		return undefined;
	}

	const name =
		kind === 'chat' ? rosters.load(account).contacts.find(each => each.jid === bareOf(jid))?.name : undefined;
	return {account, kind, jid, ...(name === undefined || name.trim() === '' ? {} : {name})};
}

/** `2026-03-01 09:05:00 +01:00`: the time of the person, and which that was. */
function localStamp(moment: number): string {
	const east = -new Date(moment).getTimezoneOffset();
	const shifted = new Date(moment + east * 60_000).toISOString();
	const offset = Math.abs(east);
	const zone = [Math.floor(offset / 60), offset % 60].map(part => String(part).padStart(2, '0')).join(':');
	return `${shifted.slice(0, 10)} ${shifted.slice(11, 19)} ${east < 0 ? '-' : '+'}${zone}`;
}
