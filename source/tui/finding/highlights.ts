/** From one message that names the person to the next, through all that is stored. */
import {bufferOf} from '../../store/selectors.js';
import type {BufferState} from '../../store/state.js';
import {type Core, sayProblem} from '../app/core.js';
import {placeIn, withHint} from '../app/view-state.js';
import {findingOf} from './in-view.js';
import {remember, showMessage} from './jump.js';

const query = {terms: [], filters: [{by: 'has', value: 'highlight'}]} as const;

/** Alt+P and Alt+N. */
export async function toHighlight(core: Core, direction: 'previous' | 'next'): Promise<void> {
	const view = core.view();
	const {active} = view;
	const buffer = bufferOf(core.state(), active);
	if (buffer === undefined) {
		return;
	}

	const {mark} = findingOf(view);
	const from = mark?.buffer === active ? mark.key : (placeIn(view, active).anchor?.key ?? Number.MAX_SAFE_INTEGER);
	const key = inWindow(buffer, direction, from) ?? (await inHistory(core, buffer, direction, from));
	if (core.view().active !== active) {
		return;
	}

	if (key === undefined) {
		const text = direction === 'previous' ? 'Nothing above names you.' : 'Nothing below names you.';
		core.change(withHint(core.view(), {level: 'info', text}));
		return;
	}

	if (mark?.buffer !== active) {
		remember(core);
	}

	await showMessage(core, {buffer: active, key, phrases: []});
}

function inWindow({entries}: BufferState, direction: 'previous' | 'next', from: number): number | undefined {
	const isOne = (entry: (typeof entries)[number]) => entry.type === 'message' && entry.message.highlight === true;
	return (
		direction === 'previous'
			? entries.findLast(entry => entry.key < from && isOne(entry))
			: entries.find(entry => entry.key > from && isOne(entry))
	)?.key;
}

/** What is not loaded is looked for in the index. */
async function inHistory(
	core: Core,
	{info, entries, complete, detached}: BufferState,
	direction: 'previous' | 'next',
	from: number,
): Promise<number | undefined> {
	const isWhole = direction === 'previous' ? complete : !detached;
	const oldest = entries.find(({type}) => type === 'message')?.key ?? from;
	if (isWhole || info.kind === 'console') {
		return undefined;
	}

	try {
		const range = direction === 'previous' ? {before: Math.min(from, oldest)} : {after: from};
		const {hits} = await core.actions.searchMessages({query, buffer: info.id, limit: 1, ...range});
		return hits[0]?.key;
	} catch (error) {
		sayProblem(core, error, info.id);
		return undefined;
	}
}
