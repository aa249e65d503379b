import {bufferOf} from '../../store/selectors.js';
import {foldedInView} from '../panes/message-view.js';
import type {Core} from './core.js';
import {placeIn, withHint} from './view-state.js';

/** Shows all of the lowest folded message in view, or of every one. */
export function unfold(core: Core, all: boolean): void {
	const {messages} = core.painted();
	const view = core.view();
	const folded = messages === undefined ? [] : foldedInView(messages, placeIn(view, view.active).anchor);
	if (folded.length === 0) {
		core.change(withHint(view, {level: 'info', text: 'No message on the screen is folded.'}));
		return;
	}

	core.change({...view, unfolded: new Set([...view.unfolded, ...folded.slice(0, all ? folded.length : 1)])});
}

/** Folds the long messages of the active buffer again. */
export function fold(core: Core): void {
	const view = core.view();
	const here = new Set(bufferOf(core.state(), view.active)?.entries.map(({key}) => key));
	const unfolded = new Set([...view.unfolded].filter(key => !here.has(key)));
	if (unfolded.size === view.unfolded.size) {
		core.change(withHint(view, {level: 'info', text: 'No message here was unfolded.'}));
		return;
	}

	core.change({...view, unfolded});
}
