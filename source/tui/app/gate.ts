import type {Dispose} from '../../shared/clock.js';
import {withText} from '../input/editor.js';
import type {InputEvent} from '../input/key.js';
import type {Core} from './core.js';
import type {KeyReader} from './key-reader.js';
import {createTypeAhead, needsSnapshot, type TypeAhead} from './type-ahead.js';
import {withUnsent} from './unsent.js';
import {editorOf, type Hint, withEditor, withHint} from './view-state.js';

/** Lets input through to `react` when it is clear where it belongs. */
export type Gate = {
	input(event: InputEvent): void;
	readonly during: TypeAhead['during'];
	/** Whether input waits. */
	isHolding(): boolean;
	/** The first snapshot is loaded, or never will be. `clear`: what was typed before it can be dealt with. */
	opened(clear: boolean): void;
	close: Dispose;
};

const waiting: Hint = {level: 'info', text: 'Opening…', more: 'What you type waits for it; Esc gives it up.'};

export function gateFor(core: Core, keys: KeyReader, react: (event: InputEvent) => void): Gate {
	let open: (clear: boolean) => void = () => {};
	let opening: Promise<boolean> | undefined = new Promise(resolve => {
		open = resolve;
	});

	const typeAhead = createTypeAhead({
		clock: core.clock,
		slow: () => core.change(withHint(core.view(), waiting)),
		release(events, moved, line) {
			if (core.view().hint === waiting) {
				core.change(withHint(core.view(), undefined));
			}

			if (moved) {
				for (const event of events) {
					input(event);
				}
			} else {
				keepUnsent(events, line);
			}
		},
		write(events) {
			for (const event of events) {
				react(event);
			}
		},
		dropped(count) {
			const more = count === 0 ? {} : {more: 'What was typed meanwhile is dropped.'};
			core.change(withHint(core.view(), {level: 'info', text: 'No longer waiting.', ...more}));
		},
	});

	/**
	 * Where it belongs is not known: it is for the person to send. Without it the line that failed stands there again, so that
	 * what is typed now without looking is no message either.
	 */
	const keepUnsent = (events: readonly InputEvent[], line: string | undefined) => {
		const view = core.view();
		const before = editorOf(view);
		const after = withUnsent(before, events, keys);
		if (after.text !== before.text) {
			const more = 'Enter sends it here, Ctrl+C drops it.';
			const hint: Hint = {level: 'error', text: 'What you typed was not sent.', more};
			core.change(withHint(withEditor(view, after), hint));
		} else if (line !== undefined && before.text === '') {
			const hint = view.hint === undefined ? undefined : {...view.hint, refused: true};
			core.change(withHint(withEditor(view, withText(before, line)), hint));
		}
	};

	const input = (event: InputEvent) => {
		const early = opening;
		if (early !== undefined && !typeAhead.isWaiting() && event.type === 'key' && needsSnapshot(event)) {
			typeAhead.during(() => early);
		}

		if (!typeAhead.take(event)) {
			react(event);
		}
	};

	return {
		input,
		during: typeAhead.during,
		isHolding: typeAhead.isWaiting,
		opened(clear) {
			opening = undefined;
			open(clear);
		},
		close: typeAhead.close,
	};
}
