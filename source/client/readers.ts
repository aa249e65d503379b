/**
 * How far others have read, as they say (XEP-0333). In a chat that is the contact's word alone; in a room each counts for
 * themselves, by what the room knows them by: a name there may be somebody else's tomorrow, and counts for nobody.
 */
import type {BufferId} from '../model/buffer.js';
import type {Event} from '../model/events.js';
import {type BareJid, bareOf, resourcepartOf} from '../shared/jid.js';
import {shortened} from '../shared/text.js';
import type {Reader, Storage} from '../storage/ports.js';
import type {RoomViews} from './conversation.js';
import type {Journal} from './journal.js';
import type {Content, Passage, Place} from './passage.js';
import {isIgnored} from './stages/record.js';

export type ReadersPorts = {
	readonly account: BareJid;
	readonly storage: Pick<Storage, 'readers' | 'messages' | 'buffers'>;
	readonly journal: Pick<Journal, 'emit' | 'afterwards'>;
	readonly rooms: RoomViews;
};

export type Readers = {
	/** Takes what a message says of reading, and looks for those who have read that very message. In its transaction. */
	noticed(passage: Passage): void;
};

/** People that are kept of one conversation. */
const mostReaders = 1000;
/** Code points that are kept of a name. */
const longestName = 200;

type Speaker = Pick<Reader, 'speaker' | 'name'>;

export function createReaders({account, storage, journal, rooms}: ReadersPorts): Readers {
	const {readers, messages} = storage;
	const awaited = new Set<string>();
	const note = ({buffer, awaits}: Pick<Reader, 'buffer' | 'awaits'>) => {
		if (awaits !== undefined) {
			awaited.add(`${buffer} ${awaits}`);
		}
	};

	for (const reader of readers.list(account)) {
		note(reader);
	}

	const tell = ({buffer, name, upTo}: Pick<Reader, 'buffer' | 'name' | 'upTo'>) => {
		if (name !== '') {
			journal.emit({type: 'reader.moved', buffer, reader: name, upTo});
		}
	};

	/** A name is of one person at a time: whoever had it before is somebody else. */
	const takeName = (buffer: BufferId, {speaker, name}: Speaker, before: string | undefined) => {
		for (const other of before === name ? [] : readers.of(buffer)) {
			if (other.name === name && other.speaker !== speaker) {
				readers.put({...other, name: ''});
			}
		}

		if (before !== undefined && before !== '' && before !== name) {
			tell({buffer, name: before, upTo: 0});
		}
	};

	const move = (buffer: BufferId, who: Speaker, read: {readonly upTo?: number; readonly awaits?: string}) => {
		const known = readers.get(buffer, who.speaker);
		if (known === undefined && readers.of(buffer).length >= mostReaders) {
			return;
		}

		const before = known?.upTo ?? 0;
		const upTo = Math.max(before, read.upTo ?? 0);
		const awaits = read.awaits ?? known?.awaits;
		takeName(buffer, who, known?.name);
		const reader: Reader = {account, buffer, ...who, upTo, ...(awaits === undefined ? {} : {awaits})};
		readers.put(reader);
		note(reader);
		if (upTo > before || (upTo > 0 && known?.name !== who.name)) {
			tell(reader);
		}
	};

	/** The message that somebody says to have read: ours in a chat, anybody's in a room, by the id that the room gave it. */
	const targetOf = (place: Place, target: string): number | undefined => {
		if (place.kind !== 'room') {
			return messages.outgoingById(place.buffer, target)?.key;
		}

		const found = messages.byArchiveId(account, place.archive, target);
		return found?.buffer === place.buffer ? found.key : undefined;
	};

	const take = (place: Place, who: Speaker, target: string) => {
		const upTo = targetOf(place, target);
		if (upTo !== undefined) {
			move(place.buffer, who, {upTo});
		} else if (storage.buffers.arrangementOf(place.buffer) !== undefined) {
			// Of a conversation that was never there nothing is awaited: anybody may say that they have read something.
			move(place.buffer, who, {awaits: target});
		}
	};

	/** It is here, or the archive has named it: who said before that they have read it has. */
	const came = ({buffer, kind, archive}: Place, {archiveId, id, originId}: Content) => {
		const names = kind === 'room' ? [archiveId] : [originId, id];
		const target = names.find(name => name !== undefined && awaited.has(`${buffer} ${name}`));
		const upTo =
			target === undefined
				? undefined
				: kind === 'room'
					? messages.byArchiveId(account, archive, target)?.key
					: messages.outgoingById(buffer, target)?.key;
		if (target === undefined || upTo === undefined) {
			return;
		}

		for (const {awaits, ...reader} of readers.of(buffer)) {
			if (awaits === target) {
				readers.put({...reader, upTo: Math.max(reader.upTo, upTo)});
				tell({...reader, upTo: Math.max(reader.upTo, upTo)});
			}
		}

		journal.afterwards(() => awaited.delete(`${buffer} ${target}`));
	};

	return {
		noticed(passage) {
			const {content, place} = passage;
			if (content === undefined || place === undefined || content.kind === 'error') {
				return;
			}

			const who = speakerOf(content, place, rooms);
			if (who !== undefined && !isIgnored(passage, {rooms})) {
				for (const relation of content.relations) {
					if (relation.kind === 'displayed') {
						take(place, who, relation.target);
					}
				}
			}

			if (awaited.size > 0) {
				came(place, content);
			}
		},
	};
}

/** Who says it: a contact about what we wrote to them, or somebody in a room that says who they are. */
function speakerOf(content: Content, place: Place, rooms: RoomViews): Speaker | undefined {
	const {from, occupantId, realJid} = content;
	if (place.direction !== 'incoming' || place.kind === 'private') {
		return undefined;
	}

	if (place.kind === 'chat') {
		return bareOf(from) === place.peer ? {speaker: place.peer, name: place.peer} : undefined;
	}

	const nick = resourcepartOf(from);
	const speaker = occupantId ?? (realJid === undefined ? undefined : bareOf(realJid));
	return nick === undefined || speaker === undefined || rooms.get(place.peer)?.hasStableIds !== true
		? undefined
		: {speaker, name: shortened(nick, longestName)};
}

/** A buffer that is opened is shown with what is known of who has read it. */
export function tellReaders(event: Event, {readers}: Pick<Storage, 'readers'>, emit: (event: Event) => void): void {
	if (event.type === 'buffer.opened') {
		const {id: buffer} = event.buffer;
		for (const {name, upTo} of readers.of(buffer)) {
			if (name !== '' && upTo > 0) {
				emit({type: 'reader.moved', buffer, reader: name, upTo});
			}
		}
	}
}
