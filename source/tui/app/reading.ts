import type {BufferId} from '../../model/buffer.js';
import type {Event} from '../../model/events.js';
import {messageOf} from '../../shared/errors.js';
import {bufferOf} from '../../store/selectors.js';
import type {BufferState} from '../../store/state.js';
import {type Core, sayProblem} from './core.js';
import {placeIn, type ViewState, visibleBuffers, withPlace} from './view-state.js';

/** Knows what the person has seen: reports it, and places the read marker line. */
export type Reading = {
	/** After each paint: what is in view now has been read. */
	look(): void;
	heard(event: Event): void;
	focus(focused: boolean): void;
	/** The person is there: a read marker line with nothing new below it has served. */
	attend(): void;
};

/** Milliseconds between two reports about one busy buffer: each costs a transaction of its own. */
const reportInterval = 1000;

export function readingOf(core: Core): Reading {
	const reported = new Map<BufferId, {readonly upTo: number; readonly at: number}>();
	/** The newest message that was in view, which may not be reported yet. */
	const seen = new Map<BufferId, number>();
	/** Why the last report about a buffer failed: it is said once. */
	const failures = new Map<BufferId, string>();
	let waiting = false;

	/** Everything is read when the newest message is in view and the terminal has the keyboard. */
	const look = () => {
		for (const id of visibleBuffers(core.view())) {
			lookAt(id);
		}
	};

	const lookAt = (id: BufferId) => {
		const buffer = bufferOf(core.state(), id);
		const newest = buffer === undefined ? undefined : newestIncoming(buffer);
		const known = Math.max(buffer?.info.readUpTo ?? 0, reported.get(id)?.upTo ?? 0, seen.get(id) ?? 0);
		const place = placeIn(core.view(), id);
		if (newest === undefined || newest <= known) {
			return;
		}

		if (place.anchor !== undefined) {
			// It came below what the person reads: the line will show where.
			if (place.marker === undefined) {
				core.change(withPlace(core.view(), id, {...place, marker: known}));
			}
		} else if (core.view().focused) {
			seen.set(id, newest);
			report(id, newest);
		}
	};

	/** Also of a buffer that is no longer in view: what was seen stays seen. */
	const reportRest = () => {
		for (const [id, upTo] of seen) {
			const known = Math.max(bufferOf(core.state(), id)?.info.readUpTo ?? 0, reported.get(id)?.upTo ?? 0);
			if (upTo > known) {
				report(id, upTo);
			}
		}
	};

	const report = (id: BufferId, upTo: number) => {
		const now = core.clock.monotonic();
		const wait = (reported.get(id)?.at ?? Number.NEGATIVE_INFINITY) + reportInterval - now;
		if (wait > 0) {
			later(wait);
			return;
		}

		reported.set(id, {upTo, at: now});
		core.actions.markRead({buffer: id, upTo}).then(
			() => failures.delete(id),
			(error: unknown) => {
				// It is tried again a while later: what is said of it is painted, and each paint looks again.
				reported.set(id, {upTo: 0, at: now});
				seen.delete(id);
				if (failures.get(id) !== messageOf(error)) {
					failures.set(id, messageOf(error));
					sayProblem(core, error, id);
				}
			},
		);
	};

	const later = (wait: number) => {
		if (!waiting) {
			waiting = true;
			core.clock.after(wait, () => {
				waiting = false;
				reportRest();
				look();
			});
		}
	};

	const attend = () => {
		for (const id of visibleBuffers(core.view())) {
			const {marker, ...place} = placeIn(core.view(), id);
			const buffer = bufferOf(core.state(), id);
			// What is new below may not be loaded.
			if (marker !== undefined && buffer?.detached === false && (newestIncoming(buffer) ?? 0) <= marker) {
				core.change(withPlace(core.view(), id, place));
			}
		}
	};

	/** What comes while the person is elsewhere is new when they return. */
	const withMarks = (view: ViewState): ViewState =>
		visibleBuffers(view).reduce((marked, id) => {
			const newest = bufferOf(core.state(), id)?.entries.at(-1)?.key;
			const place = placeIn(marked, id);
			return newest === undefined || place.anchor !== undefined
				? marked
				: withPlace(marked, id, {...place, marker: newest});
		}, view);

	return {
		look,
		attend,
		heard(event) {
			if (event.type === 'buffer.closed') {
				reported.delete(event.buffer);
				seen.delete(event.buffer);
			}
		},
		focus(focused) {
			const view = core.view();
			if (view.focused === focused) {
				return;
			}

			const next = {...view, focused};
			core.change(focused ? next : withMarks(next));
			if (focused) {
				attend();
			}
		},
	};
}

/** Key of the newest message that somebody else wrote. */
function newestIncoming({entries}: BufferState): number | undefined {
	return entries.findLast(entry => entry.type === 'message' && entry.message.direction === 'incoming')?.key;
}
