import type {BufferId} from '../../model/buffer.js';
import type {Event} from '../../model/events.js';
import type {Preferences} from '../../model/settings.js';
import type {Clock, Dispose} from '../../shared/clock.js';
import type {BareJid} from '../../shared/jid.js';
import {printable} from '../../shared/text.js';
import {bufferOf} from '../../store/selectors.js';
import type {State} from '../../store/state.js';
import type {Calendar} from '../panes/calendar.js';
import {
	type Announcement,
	announcementOf,
	type Call,
	callOf,
	commandFor,
	isQuiet,
	merged,
} from './notification-rules.js';

/** Ways to call somebody who does not look. What is absent is not there. */
export type CallSignals = {
	readonly bell?: () => void;
	/** Has the terminal show a notification. */
	readonly notify?: (kind: Exclude<Preferences['notify.terminal'], 'off'>, title: string, text: string) => void;
	/** Starts a program and does not wait for it; `failed` is told why it could not be started. */
	readonly launch?: (command: readonly string[], failed: (reason: string) => void) => void;
};

export type CallerOptions = {
	readonly clock: Clock;
	readonly calendar: Calendar;
	readonly signals: CallSignals;
	state(): State;
	/** Whether the person has this buffer before their eyes. */
	isSeen(buffer: BufferId): boolean;
	/** Something is wrong with a way to call. */
	warn(text: string, hint: string): void;
};

/** Calls the person, once for what comes together, and not for what they have read elsewhere meanwhile. */
export type Caller = {
	/** To be called after the store has reduced the event. */
	hear(event: Event): void;
	/** The person is here: what was held back because they were elsewhere is not any more. */
	touched(): void;
	/** Calls now, in every way that is turned on. */
	announce(announcement: Announcement): void;
	close: Dispose;
};

/** Milliseconds in which another device that shows the chat may say that it was read. */
const settling = 700;
/** Milliseconds between two calls: what comes meanwhile is told of together. */
const callInterval = 5000;
/** Milliseconds without a message out of the archive after which there are believed to be no more. */
const lateSettling = 2000;
/** Milliseconds that somebody is believed to use another device after they wrote or read there (as in Conversations). */
const elsewhereFor = 144_000;
/** Remembered of requests and failures that were told of. */
const mostTold = 500;

/** `since`: when the first of what it stands for came. */
type Waiting = {readonly call: Call; readonly since: number};

export function createCaller({clock, calendar, signals, state, isSeen, warn}: CallerOptions): Caller {
	let waiting: readonly Waiting[] = [];
	let calledAt = Number.NEGATIVE_INFINITY;
	let timer: {readonly at: number; readonly stop: Dispose} | undefined;
	const elsewhereAt = new Map<BareJid, number>();
	/** Up to which message each buffer was read here: that is told a moment later, when nobody may look any more. */
	const readHere = new Map<BufferId, number>();
	const told = new Map<string, string>();
	let brokenCommand: string | undefined;

	const isReading = () => Object.values(state().archives).some(({loading}) => loading);

	const dueAt = ({call, since}: Waiting): number => {
		if (call.late && isReading()) {
			return Number.POSITIVE_INFINITY;
		}

		const elsewhere = elsewhereAt.get(call.account);
		return Math.max(
			since + (call.late ? lateSettling : settling),
			calledAt + callInterval,
			call.what === 'message' && elsewhere !== undefined ? elsewhere + elsewhereFor : since,
		);
	};

	const plan = () => {
		const at = Math.min(...waiting.map(dueAt));
		if (at === timer?.at || (at === Number.POSITIVE_INFINITY && timer === undefined)) {
			return;
		}

		timer?.stop();
		timer =
			at === Number.POSITIVE_INFINITY
				? undefined
				: {
						at,
						stop: clock.after(Math.max(0, at - clock.monotonic()), () => {
							timer = undefined;
							callForDue();
						}),
					};
	};

	const callForDue = () => {
		const now = clock.monotonic();
		const due = waiting.filter(each => dueAt(each) <= now);
		waiting = waiting.filter(each => !due.includes(each));
		const quiet = isQuiet(state().preferences['notify.quiet'], calendar(clock.now()));
		const [first, ...others] = due.map(({call}) => call).filter(({buffer}) => !quiet && !isSeen(buffer));
		if (first !== undefined) {
			calledAt = now;
			announce(announcementOf([first, ...others], state()));
		}

		plan();
	};

	const announce = (announcement: Announcement) => {
		const {preferences} = state();
		if (preferences['notify.bell']) {
			signals.bell?.();
		}

		const kind = preferences['notify.terminal'];
		if (kind !== 'off') {
			signals.notify?.(kind, announcement.title, announcement.text);
		}

		const template = preferences['notify.command'];
		if (template.length > 0) {
			brokenCommand = brokenCommand === template.join(' ') ? brokenCommand : undefined;
			signals.launch?.(commandFor(template, announcement), reason => commandFailed(template, reason));
		}
	};

	/** Said once for each command, until another one was tried: it would fail every time. */
	const commandFailed = (template: readonly string[], reason: string) => {
		const written = template.join(' ');
		if (brokenCommand !== written) {
			brokenCommand = written;
			const program = printable(template[0] ?? '', 'line');
			warn(`“${program}” cannot be started for notifications: ${reason}`, '/set notify.command changes the program.');
		}
	};

	/** Requests come again with every connection, failures with every attempt. */
	const isNew = (call: Call): boolean => {
		if (call.what === 'message') {
			return true;
		}

		const about = `${call.what} ${call.account} ${call.what === 'request' ? call.text : ''}`;
		if (told.get(about) === call.text) {
			return false;
		}

		if (told.size >= mostTold) {
			told.clear();
		}

		told.set(about, call.text);
		return true;
	};

	const keep = (call: Call) => {
		const since = clock.monotonic();
		const index = waiting.findIndex(each => merged(each.call, call) !== undefined);
		const before = waiting[index];
		waiting =
			before === undefined
				? [...waiting, {call, since}]
				: waiting.with(index, {call: merged(before.call, call) ?? call, since: before.since});
	};

	const drop = (isOver: (call: Call) => boolean): boolean => {
		const before = waiting.length;
		waiting = waiting.filter(({call}) => !isOver(call));
		return waiting.length < before;
	};

	/** What tells that the person reads or writes somewhere else, or that there is nothing to call for any more. */
	const follow = (event: Event) => {
		switch (event.type) {
			case 'message.recorded': {
				const {direction, via, account, buffer, key} = event.message;
				if (isSeen(buffer)) {
					readHere.set(buffer, key);
				}

				if (direction === 'outgoing' && via === 'carbon' && event.past !== true) {
					elsewhereAt.set(account, clock.monotonic());
					drop(call => call.buffer === buffer);
				} else if (direction === 'outgoing' && via === 'local') {
					elsewhereAt.delete(account);
				}

				break;
			}

			case 'buffer.unread': {
				const {buffer, readUpTo} = event;
				const account = bufferOf(state(), buffer)?.info.account;
				const wasRead = drop(call => call.buffer === buffer && call.key !== undefined && call.key <= readUpTo);
				const isElsewhere = readUpTo > (readHere.get(buffer) ?? 0) && !isSeen(buffer);
				if (wasRead && account !== undefined && isElsewhere) {
					elsewhereAt.set(account, clock.monotonic());
				}

				break;
			}

			case 'buffer.changed':
			case 'buffer.closed':
				drop(call => call.buffer === event.buffer);
				break;
			case 'account.removed':
				drop(call => call.account === event.account);
				break;
			case 'account.changed':
				if (event.account.status === 'online') {
					drop(call => call.what === 'failure' && call.account === event.account.jid);
					told.delete(`failure ${event.account.jid} `);
				}

				break;
			default:
				break;
		}
	};

	return {
		hear(event) {
			follow(event);
			const call = callOf(event, state());
			if (call !== undefined && isNew(call) && !isSeen(call.buffer)) {
				keep(call);
			}

			if (call !== undefined || waiting.length > 0 || timer !== undefined) {
				plan();
			}
		},
		touched() {
			if (elsewhereAt.size > 0) {
				elsewhereAt.clear();
				plan();
			}
		},
		announce(announcement) {
			// Who tries it wants to hear of what is broken again.
			brokenCommand = undefined;
			announce(announcement);
		},
		close() {
			timer?.stop();
			timer = undefined;
		},
	};
}
