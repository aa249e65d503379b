import type {Clock, Dispose} from '../shared/clock.js';

/** What one front end knows of the keys of its person. */
export type IdleReport = {
	/** No key has been touched since then (milliseconds since the epoch); without a time: one just was. */
	idle(since?: number): void;
	/** The front end is gone: its person may still be at another one. */
	leave: Dispose;
};

export type AutoAway = {
	/** A front end that is there from now on, with a person at it. */
	arrive(): IdleReport;
	/** After how long somebody is away is another time now. */
	reconsider(): void;
	/** Stops the timer. */
	close(): void;
};

export type AutoAwayOptions = {
	readonly clock: Pick<Clock, 'now' | 'after'>;
	/** How long nobody may have touched a key, in minutes; 0: for ever. */
	minutes(): number;
	/** Everybody has been idle for that long, since then; `undefined`: somebody is there again. */
	changed(since: number | undefined): void;
};

/** Knows when the person is away from all of their front ends. Without any, they are since the last one went. */
export function createAutoAway({clock, minutes, changed}: AutoAwayOptions): AutoAway {
	/** By front end, since when it is idle. */
	const frontEnds = new Map<object, number | undefined>();
	let lastLeft: number | undefined;
	let told: number | undefined;
	let stopWaiting: Dispose = () => {};

	const idleSince = (): number | undefined => {
		const times = [...frontEnds.values(), ...(lastLeft === undefined ? [] : [lastLeft])];
		const known = times.filter(since => since !== undefined);
		return known.length < times.length || known.length === 0 ? undefined : Math.max(...known);
	};

	const tell = (since: number | undefined) => {
		if ((since === undefined) !== (told === undefined)) {
			told = since;
			changed(since);
		}
	};

	const reconsider = () => {
		stopWaiting();
		const since = minutes() === 0 ? undefined : idleSince();
		const left = since === undefined ? 0 : since + minutes() * 60_000 - clock.now();
		if (since === undefined || left <= 0) {
			tell(since);
			return;
		}

		tell(undefined);
		stopWaiting = clock.after(left, reconsider);
	};

	return {
		arrive() {
			const frontEnd = {};
			frontEnds.set(frontEnd, undefined);
			reconsider();
			return {
				idle(since) {
					if (frontEnds.has(frontEnd)) {
						frontEnds.set(frontEnd, since);
						reconsider();
					}
				},
				leave() {
					const since = frontEnds.get(frontEnd);
					if (frontEnds.delete(frontEnd)) {
						lastLeft = Math.max(lastLeft ?? 0, since ?? clock.now());
						reconsider();
					}
				},
			};
		},
		reconsider,
		close: () => stopWaiting(),
	};
}
