import type {Preferences} from '../../model/settings.js';
import type {Core} from './core.js';
import {type ViewState, withHint} from './view-state.js';

type Joins = Preferences['messages.joins'];

const words: Readonly<Record<Joins, string>> = {
	smart: 'of those who spoke lately',
	all: 'of everybody',
	none: 'of nobody',
};

/** Shows whose joining and leaving is wanted; without a wish all of them, or again what is set. */
export function showJoins(core: Core, wanted: Joins | undefined): void {
	const {joins: chosen, ...view} = core.view();
	const set = core.state().preferences['messages.joins'];
	const joins = wanted ?? other(chosen ?? set, set);
	core.change(withHint({...view, joins}, {level: 'info', text: `Coming and going is shown ${words[joins]}.`}));
}

function other(shown: Joins, set: Joins): Joins {
	const back = set === 'all' ? 'smart' : set;
	return shown === 'all' ? back : 'all';
}

/** What was asked for holds until the setting is changed. */
export function joinsFor(core: Core): void {
	core.preferred(['messages.joins'], () => {
		const {joins: _, ...view}: ViewState = core.view();
		core.change(view);
	});
}
