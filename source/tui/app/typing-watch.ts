import {isCommand} from '../../commands/parse.js';
import type {BufferId} from '../../model/buffer.js';
import type {TypingState} from '../../model/message-actions.js';
import type {Dispose} from '../../shared/clock.js';
import {bufferOf} from '../../store/selectors.js';
import type {Core} from './core.js';
import type {ViewState} from './view-state.js';

/** Says while the person writes in a conversation that they do, and when they have stopped (XEP-0085). */
export type TypingWatch = {
	/** The view may have changed. */
	noticed(view: ViewState): void;
	close: Dispose;
};

/** Milliseconds between two reports of one text that is being written. */
const reportInterval = 3000;
/** Milliseconds after which an input that was emptied is one that nothing was sent from: what is sent says so itself. */
const patience = 1000;

export function typingOf(core: Core): TypingWatch {
	let active = core.view().active;
	let text = textIn(core.view(), active);
	/** Where it was said that something is written, and when last. */
	let said: {readonly buffer: BufferId; readonly at: number} | undefined;
	let stopWaiting: Dispose | undefined;

	const isTold = (buffer: BufferId) => {
		const kind = bufferOf(core.state(), buffer)?.info.kind;
		return kind === 'chat' || kind === 'room';
	};

	// What others learn of it is no business of whoever writes: nothing is said where it cannot be told.
	const say = (buffer: BufferId, state: TypingState) => {
		core.actions.setTyping({buffer, state}).catch(() => {});
	};

	const ended = (state: TypingState) => {
		stopWaiting?.();
		stopWaiting = undefined;
		if (said !== undefined) {
			say(said.buffer, state);
			said = undefined;
		}
	};

	const written = (buffer: BufferId) => {
		stopWaiting?.();
		stopWaiting = undefined;
		const now = core.clock.monotonic();
		if (said?.buffer !== buffer || now - said.at >= reportInterval) {
			said = {buffer, at: now};
			say(buffer, 'composing');
		}
	};

	return {
		noticed(view) {
			const before = text;
			const isElsewhere = view.active !== active;
			({active} = view);
			text = textIn(view, active);
			if (isElsewhere) {
				// What was begun there still stands.
				ended(said !== undefined && textIn(view, said.buffer) !== '' ? 'paused' : 'none');
			} else if (text !== before && isTold(active)) {
				if (text !== '' && !isCommand(text)) {
					written(active);
				} else if (said !== undefined) {
					stopWaiting ??= core.clock.after(patience, () => ended('none'));
				}
			}
		},
		close() {
			stopWaiting?.();
		},
	};
}

function textIn(view: ViewState, buffer: BufferId): string {
	return view.editors[buffer]?.text ?? '';
}
