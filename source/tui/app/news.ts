import {consoleBuffer} from '../../model/buffer.js';
import type {Event} from '../../model/events.js';
import {bufferOf} from '../../store/selectors.js';
import {fill, inputIsEmpty} from './buffers.js';
import type {Core} from './core.js';
import {present} from './perform.js';

/** Calls the person: bell, window title, the console, and the passphrase that is wanted. */
export type News = {
	/** To be called after the store has reduced the event. */
	hear(event: Event): void;
	/** The person typed something. */
	touched(): void;
	/** Shows in the window title how much is unread. */
	countUnread(): void;
};

type Signals = {setTitle(title: string): void; bell(): void};

/** Milliseconds between two beeps. */
const bellInterval = 1000;
/** Milliseconds after which somebody who has begun a line no longer types. */
const typingPause = 3000;

export function newsFor(core: Core, signals: Signals): News {
	const {store, clock} = core;
	let lastBell = Number.NEGATIVE_INFINITY;
	let title = '';
	let askedPassphrase = false;
	let lastTouch = Number.NEGATIVE_INFINITY;

	/** Somebody speaks to the person who is not looking. */
	const ring = (event: Event) => {
		if (event.type !== 'message.recorded') {
			return;
		}

		const {direction, via, kind, buffer} = event.message;
		const unseen = buffer !== core.view().active || !core.view().focused;
		const isNews = direction === 'incoming' && via === 'live' && kind === 'chat' && unseen;
		if (isNews && clock.monotonic() - lastBell >= bellInterval) {
			lastBell = clock.monotonic();
			signals.bell();
		}
	};

	/** What concerns no conversation is said in the console, and counts there while another buffer is shown. */
	const tell = (event: Event) => {
		if (event.type === 'subscription.requested') {
			const {jid, text} = event.request;
			const said = text === undefined ? '' : `: ${text}`;
			const hint = `/accept ${jid} lets them, /deny ${jid} refuses.`;
			core.say('info', `${jid} wants to see your presence${said}`, hint, consoleBuffer);
		}

		const toConsole = event.type === 'notice' && event.buffer === undefined && event.level !== 'info';
		if ((toConsole || event.type === 'subscription.requested') && core.view().active !== consoleBuffer) {
			const unread = (bufferOf(store.get(), consoleBuffer)?.info.unread ?? 0) + 1;
			store.dispatch({type: 'buffer.unread', buffer: consoleBuffer, unread, highlights: 0, readUpTo: 0});
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
			ring(event);
			tell(event);
			askPassphrase(event);
		},
		touched() {
			lastTouch = clock.monotonic();
		},
		countUnread() {
			const {order, buffers} = store.get();
			const {active, focused} = core.view();
			const counted = order.filter(id => id !== active || !focused);
			const unread = counted.reduce((sum, id) => sum + (buffers[id]?.info.unread ?? 0), 0);
			const text = unread === 0 ? 'xmppc' : `xmppc (${unread})`;
			if (text !== title) {
				title = text;
				signals.setTitle(text);
			}
		},
	};
}
