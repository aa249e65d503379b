import type {ViewState} from '../app/view-state.js';
import {type Finding, nothingFound, withMark} from './state.js';

export function findingOf({finding}: ViewState): Finding {
	return finding ?? nothingFound;
}

export function withFinding(view: ViewState, finding: Finding): ViewState {
	return {...view, finding};
}

/** Nothing is marked as found any more. */
export function withoutMark(view: ViewState): ViewState {
	return view.finding?.mark === undefined ? view : withFinding(view, withMark(view.finding, undefined));
}
