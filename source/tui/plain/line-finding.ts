import type {Actions} from '../../model/actions.js';
import type {BufferId} from '../../model/buffer.js';
import type {Message} from '../../model/message.js';
import {readQuery, type SearchQuery, type SearchRange} from '../../model/search.js';
import {type Here, readWhen, whenForms} from '../../shared/when.js';
import {bufferOf} from '../../store/selectors.js';
import type {State} from '../../store/state.js';
import {paletteItems} from '../finding/palette-items.js';
import {authorName} from '../panes/authors.js';
import {dateText, timeText} from '../panes/calendar.js';
import {briefWords} from '../panes/message-words.js';
import {bufferName} from '../panes/words.js';
import type {Paging} from './paging.js';
import type {Place} from './place.js';

/** One of the things that were found, and what choosing it does. Answers whether it could be done. */
export type Option = {readonly label: string; readonly choose: () => Promise<boolean>};

/** Searching, and going where something is. */
export type LineFinding = {
	/** Searches everything, or one buffer, and lists what was found. */
	search(text: string | undefined, buffer?: BufferId): Promise<boolean>;
	/** Prints the messages of a day or a minute in the active buffer, and goes on from there. */
	goTo(when: string): Promise<boolean>;
	goBack(): Promise<boolean>;
	toHighlight(direction: 'previous' | 'next'): Promise<boolean>;
	/** Lists buffers and contacts, unread first. */
	palette(): boolean;
};

export type LineFindingPorts = {
	readonly actions: Pick<Actions, 'searchMessages'>;
	readonly place: Place;
	readonly paging: Paging;
	state(): State;
	here(): Here;
	say(level: 'info' | 'error', text: string, hint?: string): void;
	/** Lists these by number; the next line may be one of the numbers. */
	offer(options: readonly Option[]): void;
};

const mostHits = 10;
const mostItems = 15;
/** Columns of a hit's text. */
const longestHit = 200;
const highlights: SearchQuery = {terms: [], filters: [{by: 'has', value: 'highlight'}]};

export function createLineFinding({actions, place, paging, state, here, say, offer}: LineFindingPorts): LineFinding {
	/** Buffers that were left by a jump. */
	const trail: BufferId[] = [];

	const jump = async (buffer: BufferId, key: number): Promise<boolean> => {
		trail.push(place.active());
		if (buffer !== place.active() && !(await place.show(buffer))) {
			return false;
		}

		return paging.around(key);
	};

	const hitText = (message: Message, isHere: boolean): string => {
		const {calendar, now} = here();
		const at = calendar(message.sentAt ?? message.receivedAt);
		const today = calendar(now);
		const isToday = dateText(at) === dateText(today);
		const info = bufferOf(state(), message.buffer)?.info;
		const where = isHere || info === undefined ? '' : `${bufferName(state(), info)}, `;
		const body = briefWords(message, longestHit);
		return `${where}${authorName(state(), message)}, ${isToday ? '' : `${dateText(at)}, `}${timeText(at)}: ${body}`;
	};

	const ask = async (query: SearchQuery, range: SearchRange): Promise<readonly Message[]> => {
		const {hits, complete, indexing} = await actions.searchMessages({query, ...range});
		if (indexing !== undefined) {
			say('info', `The history is being indexed, ${indexing} per cent can be found so far.`);
		}

		if (hits.length === 0) {
			say('info', 'Nothing was found.');
		} else if (!complete && range.limit > 1) {
			say('info', `These are the newest ${hits.length}; more words or before: find older ones.`);
		}

		return hits;
	};

	return {
		async search(text = '', buffer) {
			const read = readQuery(`${text} `, here());
			if (!read.ok) {
				say('error', read.problem.message, read.problem.hint);
				return false;
			}

			const hits = await ask(read.query, {limit: mostHits, ...(buffer === undefined ? {} : {buffer})});
			offer(hits.map(hit => ({label: hitText(hit, buffer !== undefined), choose: () => jump(hit.buffer, hit.key)})));
			return true;
		},
		async goTo(when) {
			if (when.trim().toLowerCase() === 'back') {
				return this.goBack();
			}

			const span = readWhen(when, here());
			if (span === undefined) {
				say('error', `“${when}” is not a date.`, `Dates are ${whenForms}.`);
				return false;
			}

			return paging.from(span.from * 1024);
		},
		async goBack() {
			const buffer = trail.pop();
			if (buffer === undefined) {
				say('info', 'There is nowhere to go back to.');
				return false;
			}

			return place.show(buffer);
		},
		async toHighlight(direction) {
			const buffer = place.active();
			const {first, last} = paging.position(buffer);
			const range = direction === 'previous' ? {before: first} : {after: last};
			const [hit] = await ask(highlights, {buffer, limit: 1, ...range});
			return hit !== undefined && paging.around(hit.key);
		},
		palette() {
			const items = paletteItems(state(), place.active()).filter(({act}) => act.type === 'buffer');
			if (items.length === 0) {
				say('info', 'There is nobody yet.', '/add and an address adds a contact.');
			}

			offer(
				items
					.slice(0, mostItems)
					.flatMap(({label, unread, act}) =>
						act.type === 'buffer'
							? [{label: `${label}${unread === 0 ? '' : `, ${unread} unread`}`, choose: () => place.show(act.id)}]
							: [],
					),
			);
			return true;
		},
	};
}
