import {type BufferId, consoleBuffer} from '../../model/buffer.js';
import type {Event} from '../../model/events.js';
import type {Dispose} from '../../shared/clock.js';
import {bufferOf} from '../../store/selectors.js';
import type {Calendar} from '../panes/calendar.js';
import {roomNews} from '../panes/room-news.js';
import {fill, inputIsEmpty} from './buffers.js';
import {type CallSignals, createCaller} from './caller.js';
import type {Core} from './core.js';
import {waitingFor} from './notification-rules.js';
import {channelText, testAnnouncement} from './notification-words.js';
import {present} from './perform.js';
import {isVisible} from './view-state.js';

/** Calls the person: bell, window title, the console, and the passphrase that is wanted. */
export type News = {
	/** To be called after the store has reduced the event. */
	hear(event: Event): void;
	/** The person typed something. */
	touched(): void;
	/** Shows in the window title how much is unread. */
	countUnread(): void;
	/** Calls now, in every way that is turned on, and says which those are. */
	test(): void;
	close: Dispose;
};

export type NewsSignals = CallSignals & {setTitle(title: string): void; readonly calendar: Calendar};

/** Milliseconds after which somebody who has begun a line no longer types. */
const typingPause = 3000;

export function newsFor(core: Core, signals: NewsSignals): News {
	const {store, clock} = core;
	let title = '';
	let askedPassphrase = false;
	let lastTouch = Number.NEGATIVE_INFINITY;
	const isSeen = (buffer: BufferId) => core.view().focused && isVisible(core.view(), buffer);
	const caller = createCaller({
		clock,
		calendar: signals.calendar,
		signals,
		state: store.get,
		isSeen,
		warn(text, hint) {
			core.say('warning', text, hint, consoleBuffer);
			countInConsole();
		},
	});

	/** Something in the console waits to be read, unless it is read at once. */
	const countInConsole = () => {
		if (!isVisible(core.view(), consoleBuffer)) {
			const unread = (bufferOf(store.get(), consoleBuffer)?.info.unread ?? 0) + 1;
			store.dispatch({type: 'buffer.unread', buffer: consoleBuffer, unread, highlights: 0, readUpTo: 0});
		}
	};

	/** What concerns no conversation is said in the console, and counts there while another buffer is shown. */
	const tell = (event: Event) => {
		const ofRoom = roomNews(event);
		if (ofRoom !== undefined && bufferOf(store.get(), ofRoom.buffer) !== undefined) {
			core.say(ofRoom.level, ofRoom.text, ofRoom.hint, ofRoom.buffer);
		}

		const isWarning = event.type === 'notice' && event.level !== 'info';
		const toConsole = isWarning && (event.buffer ?? consoleBuffer) === consoleBuffer;
		if (toConsole || event.type === 'room.invited') {
			countInConsole();
		}
	};

	const isTyping = () => !inputIsEmpty(core) && clock.monotonic() - lastTouch < typingPause;

	/** The passphrase is asked for once by itself, where that disturbs nobody: not in the middle of a sentence. */
	const askPassphrase = (event: Event) => {
		const locked =
			event.type === 'account.changed' && event.account.status === 'locked' && event.account.secrets === 'passphrase';
		if (locked && !askedPassphrase && core.view().popup === undefined && !isTyping()) {
			askedPassphrase = true;
			present(core, {type: 'unlock'});
		}
	};

	/** All of the archive is stored: the pane on the screen may have room for more of it. */
	const completed = (event: Event) => {
		if (event.type === 'archive.changed' && event.gaps.every(gap => gap.permanent)) {
			const owner = bufferOf(store.get(), core.view().active)?.info.account;
			if (owner === event.account) {
				fill(core);
			}
		}
	};

	return {
		hear(event) {
			completed(event);
			caller.hear(event);
			tell(event);
			askPassphrase(event);
		},
		touched() {
			lastTouch = clock.monotonic();
			caller.touched();
		},
		test() {
			caller.announce(testAnnouncement);
			const info = bufferOf(store.get(), core.view().active)?.info;
			core.say('info', channelText(store.get().preferences, info, signals).join('\n'));
		},
		close: caller.close,
		countUnread() {
			const unread = store.get().preferences['notify.title'] ? waitingFor(store.get(), isSeen) : 0;
			const text = unread === 0 ? 'xmppc' : `xmppc (${unread})`;
			if (text !== title) {
				title = text;
				signals.setTitle(text);
			}
		},
	};
}
