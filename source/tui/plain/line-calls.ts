import type {BufferId} from '../../model/buffer.js';
import type {Event} from '../../model/events.js';
import type {Clock, Dispose} from '../../shared/clock.js';
import {bufferOf} from '../../store/selectors.js';
import type {State} from '../../store/state.js';
import {createCaller} from '../app/caller.js';
import {channelText, testAnnouncement} from '../app/notification-words.js';
import type {Calendar} from '../panes/calendar.js';
import type {Launch} from '../terminal/launch.js';
import type {Printer} from './printer.js';
import type {Wording} from './wording.js';

export type LineCallsOptions = {
	readonly clock: Clock;
	readonly calendar: Calendar;
	readonly wording: Wording;
	readonly printer: Printer;
	/** Whether somebody sits there who can be called: nobody reads a pipe. */
	readonly interactive: boolean;
	readonly launch: Launch | undefined;
	state(): State;
	active(): BufferId;
};

/** Calls the person of the line mode: with their program and nothing else, for a line can neither ring nor pop up. */
export type LineCalls = {
	hear(event: Event): void;
	/** Whether what is printed now is read: somebody typed lately, or it is not a person who reads. */
	isRead(): boolean;
	/** The person has typed a line. */
	touched(): void;
	/** Calls now, and says in which ways. */
	test(): void;
	close: Dispose;
};

/** Milliseconds after a line in which whoever typed it is believed to be there. */
const attentive = 60_000;

export function createLineCalls(options: LineCallsOptions): LineCalls {
	const {clock, calendar, wording, printer, interactive, launch, state, active} = options;
	const signals = launch === undefined ? {} : {launch};
	let touchedAt = clock.monotonic();
	const caller = createCaller({
		clock,
		calendar,
		signals,
		state,
		isSeen: buffer => buffer === active() && isRead(),
		warn: (text, hint) => printer.print(wording.notice({level: 'warning', text, hint})),
	});
	const isRead = () => !interactive || clock.monotonic() - touchedAt < attentive;

	return {
		isRead,
		hear(event) {
			if (interactive && state().preferences['notify.command'].length > 0) {
				caller.hear(event);
			}
		},
		touched() {
			touchedAt = clock.monotonic();
			caller.touched();
		},
		test() {
			caller.announce(testAnnouncement);
			const info = bufferOf(state(), active())?.info;
			printer.print(channelText(state().preferences, info, signals).map(wording.remark));
		},
		close: caller.close,
	};
}
