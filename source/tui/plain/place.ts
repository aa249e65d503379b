import type {Actions} from '../../model/actions.js';
import {type BufferId, consoleBuffer, isConversation} from '../../model/buffer.js';
import type {BareJid} from '../../shared/jid.js';
import {printable} from '../../shared/text.js';
import {bufferOf} from '../../store/selectors.js';
import type {State, StoreEvent} from '../../store/state.js';
import type {Store} from '../../store/store.js';
import {bufferAddress} from '../app/buffer-target.js';
import {pageLength} from './paging.js';
import type {Transcript} from './transcript.js';
import type {Wording} from './wording.js';

/** Where the person is: one buffer at a time. */
export type Place = {
	/** Goes to a buffer, opens it if it is not open, and prints what was said there last. Answers whether it is shown. */
	show(buffer: BufferId): Promise<boolean>;
	readonly active: () => BufferId;
	readonly last: () => BufferId;
	/** Whose buffer was shown last. */
	readonly account: () => BareJid | undefined;
};

export type PlacePorts = {
	readonly store: Store<State, StoreEvent>;
	readonly actions: Actions;
	readonly transcript: Transcript;
	readonly wording: Wording;
	/** Finds out what has to be known of whom a buffer is about. */
	attend(buffer: BufferId): Promise<void>;
	print(lines: readonly string[]): void;
	refuse(error: unknown): void;
};

export function createPlace({store, actions, transcript, wording, attend, print, refuse}: PlacePorts): Place {
	let active: BufferId = consoleBuffer;
	let last: BufferId = consoleBuffer;
	let lastAccount: BareJid | undefined;

	const show = async (id: BufferId): Promise<boolean> => {
		const address = bufferAddress(id);
		try {
			if (bufferOf(store.get(), id) === undefined && address !== undefined) {
				store.dispatch({type: 'buffer.opened', buffer: await actions.openBuffer(address)});
			}

			if (id !== active) {
				last = active;
				active = id;
				lastAccount = bufferOf(store.get(), id)?.info.account ?? lastAccount;
			}

			await attend(id);
			print(wording.place(store.get(), id));
			if (isConversation(bufferOf(store.get(), id)?.info.kind ?? 'console')) {
				await actions.loadHistory({buffer: id, limit: pageLength});
				transcript.recall(id, pageLength);
				await markRead(id);
				sayDraft(id);
			}
		} catch (error) {
			refuse(error);
		}

		return active === id;
	};

	const markRead = async (id: BufferId) => {
		const newest = bufferOf(store.get(), id)?.entries.findLast(entry => entry.type === 'message');
		if (newest !== undefined && (bufferOf(store.get(), id)?.info.unread ?? 0) > 0) {
			await actions.markRead({buffer: id, upTo: newest.key});
		}
	};

	const sayDraft = (id: BufferId) => {
		const draft = bufferOf(store.get(), id)?.info.draft ?? '';
		if (wording.spoken && draft !== '') {
			print([`Draft, not sent: ${printable(draft, 'line')}`, 'Type /draft send to send it, /draft drop to forget it.']);
		}
	};

	return {show, active: () => active, last: () => last, account: () => lastAccount};
}
