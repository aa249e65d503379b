import type {BufferId} from '../../model/buffer.js';
import type {Preferences} from '../../model/settings.js';
import {roomOf} from '../../store/room-selectors.js';
import {bufferOf} from '../../store/selectors.js';
import type {State} from '../../store/state.js';
import type {Side, Wishes} from '../panes/layout.js';
import type {ViewState} from './view-state.js';

/** What the person wants on the screen: as they said last, else as they prefer. */
export function wishesOf(state: State, view: ViewState, composerRows: number): Wishes {
	const {preferences} = state;
	const isSplit = view.split !== undefined && bufferOf(state, view.split.other) !== undefined;
	const isRoom = roomShown(state, view) !== undefined;
	return {
		composerRows,
		...(view.selection !== undefined || view.composing[view.active] !== undefined ? {note: true} : {}),
		list: side(view.list, preferences['list.show'], preferences['list.width']),
		...(isRoom
			? {participants: side(view.participants, preferences['participants.show'], preferences['participants.width'])}
			: {}),
		...(isSplit && view.split !== undefined ? {split: view.split.focus} : {}),
	};
}

/** The room whose participants are shown: the active one, else that in the other half. */
export function roomShown(state: State, {active, split}: ViewState): BufferId | undefined {
	if (roomOf(state, active) !== undefined) {
		return active;
	}

	return split !== undefined && roomOf(state, split.other) !== undefined ? split.other : undefined;
}

function side(said: boolean | undefined, show: Preferences['list.show'], width: number): Side {
	return {shown: said ?? (show === 'auto' ? undefined : show === 'on'), width};
}
