import {scrolledParticipants, shiftedParticipants} from '../panes/participants.js';
import type {Core} from './core.js';
import {type ViewState, withHint} from './view-state.js';
import {roomShown} from './wishes.js';

/** Shows or hides the list of buffers, whatever the setting says. */
export function toggleList(core: Core): void {
	const wanted = core.painted().layout?.list === undefined;
	core.change({...core.view(), list: wanted});
}

/** Moves the list of buffers by so many rows, down being positive, while there is more of it that way. */
export function scrollList(core: Core, by: number): void {
	const {list = []} = core.painted();
	const edge = by < 0 ? list.at(0) : list.at(-1);
	if (edge?.line.cells.includes(by < 0 ? '↑' : '↓') === true) {
		const view = core.view();
		core.change({...view, listShift: (view.listShift ?? 0) + by});
	}
}

/** Likewise who is in the room. */
export function toggleParticipants(core: Core): void {
	if (roomShown(core.state(), core.view()) === undefined) {
		core.change(withHint(core.view(), {level: 'info', text: 'This is no room: nobody else is here.'}));
		return;
	}

	const wanted = core.painted().layout?.participants === undefined;
	core.change({...core.view(), participants: wanted});
	if (wanted && core.painted().layout?.participants === undefined) {
		const more =
			core.view().list === true ? 'Hide the list of buffers (F7), or make the window wider.' : 'Make the window wider.';
		core.change(withHint(core.view(), {level: 'info', text: 'There is no room for the participants here.', more}));
	}
}

/** Shows those below or above; shows the pane first where it is hidden. */
export function scrollParticipants(core: Core, direction: 'up' | 'down'): void {
	const {layout} = core.painted();
	const view = core.view();
	const buffer = roomShown(core.state(), view);
	if (layout?.participants === undefined || buffer === undefined) {
		toggleParticipants(core);
		return;
	}

	const {height} = layout.participants;
	const top = scrolledParticipants(core.state(), {buffer, height, top: view.participantsTop ?? 0}, direction);
	core.change({...view, participantsTop: top});
}

/** Moves those who are shown by so many rows, down being positive. */
export function shiftParticipants(core: Core, by: number): void {
	const {layout} = core.painted();
	const view = core.view();
	const buffer = roomShown(core.state(), view);
	if (layout?.participants !== undefined && buffer !== undefined) {
		const {height} = layout.participants;
		const top = shiftedParticipants(core.state(), {buffer, height, top: view.participantsTop ?? 0}, by);
		core.change({...view, participantsTop: top});
	}
}

/** What was said with a key about the panes at the sides holds until the setting is changed. */
export function sidePanesFor(core: Core): void {
	core.preferred(['list.show'], () => {
		const {list: _, ...view} = core.view();
		core.change(view);
	});
	core.preferred(['participants.show'], () => {
		const {participants: _, ...view}: ViewState = core.view();
		core.change(view);
	});
}
