import {type BufferId, consoleBuffer} from '../../model/buffer.js';
import type {Event} from '../../model/events.js';
import {bareOf} from '../../shared/jid.js';
import {printable} from '../../shared/text.js';

/** A sentence of the program about a room, and the buffer in which it is said. */
export type RoomNews = {
	readonly buffer: BufferId;
	readonly level: 'info' | 'warning';
	readonly text: string;
	readonly hint?: string;
};

/** What has to be told about rooms where it happened: who invites the person or will not come, and that they are out of one. */
export function roomNews(event: Event): RoomNews | undefined {
	switch (event.type) {
		case 'room.invited': {
			const {room, from, reason, direct} = event.invitation;
			const who = from === undefined ? 'Somebody' : printable(from, 'identifier');
			// Of an invitation through the room nobody but the room says whose it is.
			const source = direct ? '' : ' (says the room)';
			return {
				buffer: consoleBuffer,
				level: 'info',
				text: `${who} invites you to ${room}${source}${because(reason)}`,
				hint: `/join ${room} goes there, /decline ${room} refuses.`,
			};
		}

		case 'invitation.declined': {
			// Of somebody in the room itself the nick is what is known; of others the device says nothing.
			const bare = bareOf(event.from);
			const who = event.buffer.endsWith(` ${bare}`) ? event.from : bare;
			return {
				buffer: event.buffer,
				level: 'info',
				text: `${printable(who, 'identifier')} does not want to come here${because(event.reason)}`,
			};
		}

		case 'voice.requested': {
			const nick = printable(event.nick, 'identifier');
			return {
				buffer: event.buffer,
				level: 'info',
				text: `${nick} asks to be let speak here.`,
				hint: `/voice ${/\s/u.test(nick) ? `"${nick}"` : nick} lets them.`,
			};
		}

		case 'room.changed': {
			const {status, reason, buffer, jid, returning, alternative} = event.room;
			const hint =
				alternative === undefined
					? `/join ${jid} enters it again.`
					: `/join ${alternative} enters the one where it goes on.`;
			return status === 'parted' && reason !== undefined && returning !== true
				? {buffer, level: 'warning', text: printable(reason, 'line'), hint}
				: undefined;
		}

		default:
			return undefined;
	}
}

function because(reason: string | undefined): string {
	return reason === undefined ? '.' : `: ${printable(reason, 'line')}`;
}
