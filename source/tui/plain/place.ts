import type {Actions} from '../../model/actions.js';
import {type BufferId, consoleBuffer} from '../../model/buffer.js';
import type {BareJid} from '../../shared/jid.js';
import {printable} from '../../shared/text.js';
import {bufferOf, foremost, presenceOf} from '../../store/selectors.js';
import type {State, StoreEvent} from '../../store/state.js';
import type {Store} from '../../store/store.js';
import {bufferAddress} from '../app/buffer-target.js';
import {availabilityText, bufferName, saidText} from '../panes/words.js';
import type {Transcript} from './transcript.js';

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
	print(lines: readonly string[]): void;
	refuse(error: unknown): void;
};

/** Messages printed when a buffer is shown. */
const recalled = 20;

export function createPlace({store, actions, transcript, print, refuse}: PlacePorts): Place {
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

			print([`-- ${describe(store.get(), id)}`]);
			if (id !== consoleBuffer) {
				await actions.loadHistory({buffer: id, limit: recalled});
				transcript.recall(id, recalled);
				await markRead(id);
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

	return {show, active: () => active, last: () => last, account: () => lastAccount};
}

/** Where the person is now, and how well protected. */
function describe(state: State, id: BufferId): string {
	const info = bufferOf(state, id)?.info;
	if (info?.jid === undefined) {
		return 'console: /query <who> opens a chat, /help explains, /quit leaves';
	}

	const presence = foremost(presenceOf(state, info.account, info.jid));
	const text = saidText(presence);
	const said = text === '' ? '' : ` (${text})`;
	const availability = availabilityText(presence?.availability);
	return `chat with ${bufferName(state, info)}, ${printable(info.jid, 'identifier')}, ${availability}${said}, not end-to-end encrypted`;
}
