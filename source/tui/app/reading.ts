import type {BufferId} from '../../model/buffer.js';
import type {Event} from '../../model/events.js';
import {bufferOf} from '../../store/selectors.js';
import type {BufferState} from '../../store/state.js';
import {type Core, sayProblem} from './core.js';
import {placeIn, withPlace} from './view-state.js';

/** Knows what the person has seen: reports it, and places the read marker line. */
export type Reading = {
	/** After each paint: what is in view now has been read. */
	look(): void;
	heard(event: Event): void;
	focus(focused: boolean): void;
	/** The person is there: a read marker line with nothing new below it has served. */
	attend(): void;
};

/** Milliseconds between two reports about one busy buffer. */
const reportInterval = 250;

export function readingOf(core: Core): Reading {
	const reported = new Map<BufferId, number>();
	let lastReport = Number.NEGATIVE_INFINITY;
	let waiting = false;

	/** Everything is read when the newest message is in view and the terminal has the keyboard. */
	const look = () => {
		const {active, focused} = core.view();
		const buffer = bufferOf(core.state(), active);
		const newest = buffer === undefined ? undefined : newestIncoming(buffer);
		const known = Math.max(buffer?.info.readUpTo ?? 0, reported.get(active) ?? 0);
		if (newest === undefined || newest <= known) {
			return;
		}

		const place = placeIn(core.view(), active);
		if (place.anchor !== undefined) {
			// It came below what the person reads: the line will show where.
			if (place.marker === undefined) {
				core.change(withPlace(core.view(), active, {...place, marker: known}));
			}

			return;
		}

		if (!focused) {
			return;
		}

		const wait = lastReport + reportInterval - core.clock.monotonic();
		if (wait > 0) {
			later(wait);
			return;
		}

		lastReport = core.clock.monotonic();
		reported.set(active, newest);
		core.actions.markRead({buffer: active, upTo: newest}).catch((error: unknown) => {
			reported.delete(active);
			sayProblem(core, error, active);
		});
	};

	const later = (wait: number) => {
		if (!waiting) {
			waiting = true;
			core.clock.after(wait, () => {
				waiting = false;
				look();
			});
		}
	};

	const attend = () => {
		const {active} = core.view();
		const {marker, ...place} = placeIn(core.view(), active);
		const buffer = bufferOf(core.state(), active);
		if (marker !== undefined && buffer !== undefined && (newestIncoming(buffer) ?? 0) <= marker) {
			core.change(withPlace(core.view(), active, place));
		}
	};

	return {
		look,
		attend,
		heard(event) {
			if (event.type === 'buffer.closed') {
				reported.delete(event.buffer);
			}
		},
		focus(focused) {
			const view = core.view();
			if (view.focused === focused) {
				return;
			}

			const newest = bufferOf(core.state(), view.active)?.entries.at(-1)?.key;
			const place = placeIn(view, view.active);
			const next = {...view, focused};
			// What comes while the person is elsewhere is new when they return.
			core.change(
				focused || newest === undefined || place.anchor !== undefined
					? next
					: withPlace(next, view.active, {...place, marker: newest}),
			);
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
