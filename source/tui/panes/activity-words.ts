import type {OccupantActivity} from '../../model/room.js';
import {printable} from '../../shared/text.js';

/** Who came, went or took another nick: what the filter is about. */
const comesAndGoes: ReadonlySet<OccupantActivity['what']> = new Set(['joined', 'left', 'renamed']);

/** Whether it is told whatever the filter: who was thrown out concerns everybody, what one did oneself is an answer. */
export function isAlwaysTold({what, own}: OccupantActivity): boolean {
	return own === true || !comesAndGoes.has(what);
}

/** What an occupant did, or what was done to them, as a sentence without its full stop. */
export function activityText({what, nick, newNick = '', text}: OccupantActivity): string {
	const name = printable(nick, 'identifier');
	const more = text === undefined || text.trim() === '' ? undefined : printable(text, 'line');
	const why = more === undefined ? '' : ` (${more})`;
	switch (what) {
		case 'joined':
			return `${name} joined${why}`;
		case 'left':
			return `${name} left${why}`;
		case 'kicked':
			return `${name} was thrown out${why}`;
		case 'banned':
			return `${name} was banned${why}`;
		case 'renamed':
			return `${name} is now called ${printable(newNick, 'identifier')}${why}`;
		case 'changed':
			return more === undefined ? `${name} changed` : `${name}: ${more}`;
	}
}
