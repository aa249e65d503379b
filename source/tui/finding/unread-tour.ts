/** Alt+A: one buffer after the other in which something is unread, then back to where the walk began. */
import type {BufferId} from '../../model/buffer.js';
import {numberOf} from '../../store/selectors.js';
import type {State} from '../../store/state.js';
import {switchBuffer} from '../app/buffers.js';
import type {Core} from '../app/core.js';
import {withHint} from '../app/view-state.js';
import {findingOf, withFinding} from './in-view.js';
import {returnTo, spotOf} from './jump.js';

/** Buffers with something unread: those that call the person first, of these the one that has waited longest. Muted ones do not count. */
export function unreadBuffers({order, buffers}: State, without: ReadonlySet<BufferId>): readonly BufferId[] {
	return order
		.flatMap(id => buffers[id]?.info ?? [])
		.filter(({id, unread, muted}) => unread > 0 && muted !== true && !without.has(id))
		.sort(
			(one, other) =>
				Number(other.highlights > 0) - Number(one.highlights > 0) || one.lastActivity - other.lastActivity,
		)
		.map(({id}) => id);
}

/** The next stop, or home. Answers whether there was somewhere to go. */
export function toUnread(core: Core): boolean {
	const view = core.view();
	const finding = findingOf(view);
	const {active} = view;
	// Whoever went elsewhere in between begins anew.
	const tour = finding.tour?.at === active ? finding.tour : undefined;
	const seen = new Set([active, ...(tour?.seen ?? [])]);
	const [next] = unreadBuffers(core.state(), seen);
	const {tour: _, ...rest} = finding;
	if (next !== undefined) {
		const home = tour?.home ?? spotOf(view);
		core.change(withFinding(view, {...rest, tour: {home, at: next, seen: [...seen, next]}}));
		return switchBuffer(core, numberOf(core.state(), next) ?? 1);
	}

	core.change(withFinding(view, rest));
	if (tour === undefined || tour.home.buffer === active || core.state().buffers[tour.home.buffer] === undefined) {
		core.change(withHint(core.view(), {level: 'info', text: 'Nothing is unread.'}));
		return tour !== undefined;
	}

	void returnTo(core, tour.home, () => true);
	core.change(withHint(core.view(), {level: 'info', text: 'Nothing more is unread: you are back where you began.'}));
	return true;
}
