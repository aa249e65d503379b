import type {BufferId} from '../../model/buffer.js';
import type {ViewIntent} from '../../model/view.js';
import {bufferOf} from '../../store/selectors.js';
import {resolveBuffer} from './buffer-target.js';
import {enter, saveView, showBeside} from './buffers.js';
import type {Core} from './core.js';
import {type ViewState, withHint, withOther} from './view-state.js';

type SplitIntent = Extract<ViewIntent, {readonly type: 'splitView'}>;

/** Shows two buffers, or one again. Answers whether it could be done. */
export function splitView(core: Core, intent: SplitIntent): boolean {
	const view = core.view();
	switch (intent.how) {
		case 'open':
			return open(core, intent.buffer);
		case 'toggle': {
			const partner = view.split === undefined ? partnerOf(core) : undefined;
			if (view.split === undefined && partner === undefined) {
				return nothing(core, 'No other buffer is open.', '/query ADDRESS opens one.');
			}

			return partner === undefined ? close(core) : open(core, partner);
		}

		case 'off':
			return view.split === undefined ? nothing(core, 'There is no second buffer here.') : close(core);
		case 'swap':
			return view.split === undefined ? notSplit(core) : change(core, swapped(view));
		case 'other': {
			if (view.split === undefined) {
				return notSplit(core);
			}

			enter(core, view.split.other);
			return true;
		}
	}
}

function open(core: Core, buffer: BufferId): boolean {
	if (buffer === core.view().active) {
		return nothing(core, 'That is the buffer you are in.', 'Name another one: /split romeo.');
	}

	showBeside(core, buffer);
	void saveView(core);
	// What is painted once all of the line is obeyed says whether there is room.
	core.clock.after(0, () => tellOfRoom(core));
	return true;
}

function tellOfRoom(core: Core): void {
	const {layout, other} = core.painted();
	if (core.view().split !== undefined && layout !== undefined && other === undefined) {
		core.change(
			withHint(core.view(), {
				level: 'info',
				text: 'This screen has room for one buffer only.',
				more: 'The second one comes when the window is larger; Alt+W goes there.',
			}),
		);
	}
}

function close(core: Core): boolean {
	return change(core, withOther(core.view(), undefined));
}

function change(core: Core, view: ViewState): boolean {
	core.change(view);
	void saveView(core);
	return true;
}

function swapped(view: ViewState): ViewState {
	const {split} = view;
	return split === undefined ? view : {...view, split: {...split, focus: split.focus === 'first' ? 'second' : 'first'}};
}

/** The buffer shown before this one, else the next one. */
function partnerOf(core: Core): BufferId | undefined {
	const {active, last} = core.view();
	const state = core.state();
	const partner =
		bufferOf(state, last) === undefined || last === active ? resolveBuffer(state, active, last, 'next') : last;
	return partner === active ? undefined : partner;
}

function notSplit(core: Core): boolean {
	return nothing(core, 'There is no second buffer here.', '/split shows one.');
}

/** What was asked for is so already, or means nothing here. */
function nothing(core: Core, text: string, more?: string): boolean {
	core.change(withHint(core.view(), {level: 'info', text, ...(more === undefined ? {} : {more})}));
	return true;
}
