import type {Clock, Dispose} from '../../shared/clock.js';
import type {InputEvent, KeyEvent} from '../input/key.js';

/** Whether what is being done is still wanted: it may have been given up meanwhile. */
export type Wanted = () => boolean;

/**
 * Does something that decides where the next key goes. Answers whether it succeeded. `arrived`: the place is on the screen,
 * though it is not yet clear whether anything can be done there: text goes into its input from now on, and nothing else does.
 */
export type Move = (wanted: Wanted, arrived: () => void) => Promise<boolean>;

export type MoveLimits = {
	/** Milliseconds after which the wait ends, whatever became of it. */
	readonly patience?: number | undefined;
	/** The line that asked for it: it stands in the input again where it fails. */
	readonly line?: string;
};

/** How input waits while it is not yet clear where it belongs: nothing may reach another person than the one meant. */
export type TypeAhead = {
	/** Input waits until this has ended. */
	during(move: Move, limits?: MoveLimits): void;
	/** Takes input that has to wait. `false`: it is to be dealt with now. */
	take(event: InputEvent): boolean;
	isWaiting(): boolean;
	/** Forgets what waits. */
	close: Dispose;
};

export type TypeAheadPorts = {
	readonly clock: Clock;
	/** It takes long enough to be told. */
	slow(): void;
	/**
	 * The wait is over. `moved`: the person is where they wanted to go, and what they typed is dealt with in order. `line`:
	 * what asked for it.
	 */
	release(events: readonly InputEvent[], moved: boolean, line: string | undefined): void;
	/** Text that may be written already. */
	write(events: readonly InputEvent[]): void;
	/** The person gives up; what they typed meanwhile is dropped. */
	dropped(count: number): void;
};

type Wait = {events: readonly InputEvent[]; hasArrived: boolean; readonly stop: Dispose};

/** Milliseconds until a wait is told. */
const slowAfter = 300;

export function createTypeAhead({clock, slow, release, write, dropped}: TypeAheadPorts): TypeAhead {
	let waiting: Wait | undefined;

	const end = (): readonly InputEvent[] => {
		const events = waiting?.events ?? [];
		waiting?.stop();
		waiting = undefined;
		return events;
	};

	const begin = ({patience, line}: MoveLimits): Wait => {
		end();
		const tell = () => {
			if (!wait.hasArrived || wait.events.length > 0) {
				slow();
			}
		};
		const timers = [
			clock.after(slowAfter, tell),
			...(patience === undefined ? [] : [clock.after(patience, () => release(end(), false, line))]),
		];
		const wait: Wait = {
			events: [],
			hasArrived: false,
			stop() {
				for (const cancel of timers) {
					cancel();
				}
			},
		};
		waiting = wait;
		return wait;
	};

	return {
		during(move, limits = {}) {
			const wait = begin(limits);
			const arrived = () => {
				if (waiting === wait && !wait.hasArrived) {
					wait.hasArrived = true;
					const held = wait.events.findIndex(event => !isText(event));
					const text = held === -1 ? wait.events : wait.events.slice(0, held);
					wait.events = wait.events.slice(text.length);
					write(text);
				}
			};
			void move(() => waiting === wait, arrived).then(moved => {
				if (waiting === wait) {
					release(end(), moved, limits.line);
				}
			});
		},
		take(event) {
			if (waiting === undefined || (event.type !== 'key' && event.type !== 'paste') || isAtOnce(event)) {
				return false;
			}

			if (givesUp(event)) {
				dropped(end().length);
			} else if (waiting.hasArrived && waiting.events.length === 0 && isText(event)) {
				return false;
			} else {
				waiting.events = [...waiting.events, event];
			}

			return true;
		},
		isWaiting: () => waiting !== undefined,
		close: end,
	};
}

const editingKeys: ReadonlySet<string> = new Set(['backspace', 'delete', 'left', 'right', 'home', 'end']);
/** With Ctrl, as every shell has them. */
const editingLetters: ReadonlySet<string> = new Set(['a', 'b', 'e', 'f', 'h', 'k', 'u', 'w', 'y']);

/** What only changes the line that is being written. */
function isText(event: InputEvent): boolean {
	if (event.type !== 'key' || event.alt) {
		return event.type === 'paste';
	}

	return event.ctrl ? editingLetters.has(event.key) : event.text !== undefined || editingKeys.has(event.key);
}

/** Escape and Ctrl+C. */
function givesUp(event: InputEvent): boolean {
	return event.type === 'key' && !event.alt && (event.ctrl ? event.key === 'c' : event.key === 'escape');
}

/** Ctrl+L and Ctrl+Z mean the same wherever they are typed. */
function isAtOnce(event: InputEvent): boolean {
	return event.type === 'key' && event.ctrl && !event.alt && (event.key === 'l' || event.key === 'z');
}

/** Whether a key before the first snapshot needs to know what is in it. */
export function needsSnapshot({key, alt}: KeyEvent): boolean {
	return key === 'enter' || alt;
}
