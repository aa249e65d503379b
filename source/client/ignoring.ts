/** Whom the person does not want to hear, room by room. What they say is recorded, but not shown, counted or called. */
import {bufferId} from '../model/buffer.js';
import type {Ignored, Occupant} from '../model/room.js';
import {type BareJid, bareOf, type Jid} from '../shared/jid.js';
import type {Storage} from '../storage/ports.js';
import type {OpenBuffers} from './buffers.js';
import type {Journal} from './journal.js';

/** What is known of who speaks. */
export type Speaker = {
	readonly occupantId?: string | undefined;
	readonly jid?: Jid | undefined;
	readonly nick?: string | undefined;
};

export type Ignoring = {
	ignores(room: BareJid, speaker: Speaker): boolean;
	list(room?: BareJid): readonly Ignored[];
	/** By what stays the same the longest: an occupant-id, an address, or in the end the nick. */
	add(room: BareJid, occupant: Pick<Occupant, 'nick' | 'occupantId' | 'jid'>): Ignored;
	/** Hears them again: those who were called `nick` when they were ignored, or are now. Answers who it was. */
	remove(room: BareJid, nick: string, occupant: Speaker | undefined): readonly Ignored[];
};

export type IgnoringPorts = {
	readonly account: BareJid;
	readonly storage: Pick<Storage, 'ignored' | 'messages'>;
	readonly journal: Journal;
	readonly buffers: Pick<OpenBuffers, 'touch'>;
};

export function createIgnoring({account, storage, journal, buffers}: IgnoringPorts): Ignoring {
	let known = storage.ignored.list(account);

	/** What is on record of somebody is shown no more, or again. A nick says nothing about who had it once. */
	const mark = (ignored: Ignored, hidden: boolean) => {
		if (ignored.knownBy === 'nick' && hidden) {
			return;
		}

		const concerned = new Set([bufferId(account, 'room', ignored.room)]);
		for (const key of storage.ignored.mark(ignored, hidden)) {
			const buffer = storage.messages.get(key)?.buffer;
			if (buffer !== undefined) {
				concerned.add(buffer);
				journal.emit({type: 'message.changed', change: {key, account, buffer, ignored: hidden}});
			}
		}

		for (const buffer of concerned) {
			buffers.touch(buffer);
		}
	};

	return {
		ignores: (room, speaker) => known.some(each => each.room === room && isMeant(each, speaker)),
		list: room => (room === undefined ? known : known.filter(each => each.room === room)),
		add(room, {nick, occupantId, jid}) {
			const [knownBy, value] =
				occupantId !== undefined
					? (['occupantId', occupantId] as const)
					: jid !== undefined
						? (['jid', bareOf(jid)] as const)
						: (['nick', nick] as const);
			const ignored: Ignored = {account, room, knownBy, value, nick};
			journal.commit(() => {
				storage.ignored.add(ignored);
				mark(ignored, true);
			});
			known = storage.ignored.list(account);
			return ignored;
		},
		remove(room, nick, occupant) {
			const meant = known.filter(
				each => each.room === room && (each.nick === nick || isMeant(each, occupant ?? {nick})),
			);
			journal.commit(() => {
				for (const each of meant) {
					storage.ignored.remove(each);
					mark(each, false);
				}
			});
			known = storage.ignored.list(account);
			return meant;
		},
	};
}

function isMeant({knownBy, value}: Ignored, {occupantId, jid, nick}: Speaker): boolean {
	switch (knownBy) {
		case 'occupantId':
			return occupantId === value;
		case 'jid':
			return jid !== undefined && bareOf(jid) === value;
		case 'nick':
			return nick === value;
	}
}
