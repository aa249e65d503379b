import type {BufferId} from '../model/buffer.js';
import type {Occupant, Role} from '../model/room.js';
import {keepOrder} from './kept-order.js';
import {occupantsOf} from './room-selectors.js';
import type {State} from './state.js';

const rank: Readonly<Record<Role, number>> = {moderator: 0, participant: 1, visitor: 2, none: 2};

const ordered = keepOrder<Occupant>(({role, nick}) => ({rank: rank[role], name: nick.toLowerCase(), unique: nick}));

/** Everybody in a room: moderators, then participants, then visitors, each by name. The same array until somebody changes. */
export function occupantsInOrder(state: State, buffer: BufferId): readonly Occupant[] {
	return ordered(buffer, occupantsOf(state, buffer));
}

export type Group = {readonly role: Exclude<Role, 'none'>; readonly from: number; readonly count: number};

const groups = ['moderator', 'participant', 'visitor'] as const;

/** The groups of such an order that are not empty: where each begins and how many it has. */
export function groupsIn(inOrder: readonly Occupant[]): readonly Group[] {
	let from = 0;
	return groups
		.map((role, index) => {
			const end = firstBeyond(inOrder, index);
			const group = {role, from, count: end - from};
			from = end;
			return group;
		})
		.filter(({count}) => count > 0);
}

/** Index of the first occupant of a higher rank. */
function firstBeyond(inOrder: readonly Occupant[], most: number): number {
	let low = 0;
	let high = inOrder.length;
	while (low < high) {
		const middle = (low + high) >> 1;
		const there = inOrder[middle];
		if (there !== undefined && rank[there.role] <= most) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}

	return low;
}
