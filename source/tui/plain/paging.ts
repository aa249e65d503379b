import type {Actions} from '../../model/actions.js';
import type {BufferId} from '../../model/buffer.js';
import type {Message} from '../../model/message.js';
import {bufferOf} from '../../store/selectors.js';
import type {State, StoreEvent} from '../../store/state.js';
import type {Store} from '../../store/store.js';
import {newestMessage} from '../../store/window.js';
import type {Transcript} from './transcript.js';

/** Goes through the history of the buffer the person is in: each page is printed below what was printed before. */
export type Paging = {
	scroll(by: 'page' | 'line' | 'end', direction: 'up' | 'down'): Promise<void>;
	/** Prints the messages around one of the active buffer. Answers whether it is there. */
	around(key: number): Promise<boolean>;
	/** Prints the messages of the active buffer from a key on. Answers whether there are any. */
	from(key: number): Promise<boolean>;
	/** Keys of the first and the last message of the page printed last in a buffer. */
	position(buffer: BufferId): {readonly first: number; readonly last: number};
};

export type PagingPorts = {
	readonly store: Store<State, StoreEvent>;
	readonly actions: Pick<Actions, 'loadHistory'>;
	readonly transcript: Pick<Transcript, 'printPage'>;
	say(text: string): void;
	active(): BufferId;
};

/** Messages of a page, and when a buffer is shown. */
export const pageLength = 20;
const loadLength = 100;

export function createPaging({store, actions, transcript, say, active}: PagingPorts): Paging {
	/** Keys of the first and the last message of the page printed last. */
	const pages = new Map<BufferId, {readonly first: number; readonly last: number}>();

	const messagesOf = (buffer: BufferId): readonly Message[] =>
		(bufferOf(store.get(), buffer)?.entries ?? []).flatMap(entry => (entry.type === 'message' ? [entry.message] : []));

	/** Without a page those that were printed on coming here: the newest. */
	const positionOf = (buffer: BufferId) =>
		pages.get(buffer) ?? {
			first: (messagesOf(buffer).at(-pageLength) ?? messagesOf(buffer)[0])?.key ?? Number.MAX_SAFE_INTEGER,
			last: Number.MAX_SAFE_INTEGER,
		};

	const print = (buffer: BufferId, messages: readonly Message[], heading: string) => {
		const [first] = messages;
		const last = messages.at(-1);
		if (first !== undefined && last !== undefined) {
			pages.set(buffer, {first: first.key, last: last.key});
			say(heading);
			transcript.printPage(messages);
		}
	};

	const older = async (buffer: BufferId, count: number) => {
		const shown = positionOf(buffer).first;
		const above = () => messagesOf(buffer).filter(({key}) => key < shown);
		if (above().length < count && bufferOf(store.get(), buffer)?.complete !== true) {
			const [oldest] = messagesOf(buffer);
			await actions.loadHistory({buffer, limit: loadLength, ...(oldest === undefined ? {} : {before: oldest.key})});
		}

		const page = above().slice(-count);
		if (page.length === 0) {
			const isWhole = bufferOf(store.get(), buffer)?.complete === true;
			say(isWhole ? 'There is nothing older.' : 'Nothing older is stored here.');
		}

		print(buffer, page, page.length === 1 ? '1 older message:' : `${page.length} older messages:`);
	};

	const newer = async (buffer: BufferId, count: number) => {
		const shown = positionOf(buffer).last;
		const below = () => messagesOf(buffer).filter(({key}) => key > shown);
		if (below().length < count && bufferOf(store.get(), buffer)?.detached === true) {
			const after = newestMessage(bufferOf(store.get(), buffer)?.entries ?? []);
			await actions.loadHistory({buffer, after, limit: loadLength});
		}

		const page = below().slice(0, count);
		if (page.length === 0) {
			say('There is nothing newer.');
		}

		print(buffer, page, page.length === 1 ? '1 newer message:' : `${page.length} newer messages:`);
	};

	const oldest = async (buffer: BufferId) => {
		if (bufferOf(store.get(), buffer)?.complete !== true) {
			await actions.loadHistory({buffer, after: 0, limit: loadLength});
		}

		const page = messagesOf(buffer).slice(0, pageLength);
		if (page.length === 0) {
			say('There is no message here.');
		}

		print(buffer, page, 'The oldest messages:');
	};

	const newest = async (buffer: BufferId) => {
		if (bufferOf(store.get(), buffer)?.detached === true) {
			store.dispatch({type: 'window.reset', buffer});
			await actions.loadHistory({buffer, limit: loadLength});
		}

		const page = messagesOf(buffer).slice(-pageLength);
		if (page.length === 0) {
			say('There is no message here.');
		}

		print(buffer, page, 'The newest messages:');
	};

	const at = async (key: number, above: number): Promise<boolean> => {
		const buffer = active();
		const [oldestLoaded] = messagesOf(buffer);
		if (oldestLoaded === undefined || key < oldestLoaded.key || bufferOf(store.get(), buffer)?.detached === true) {
			await actions.loadHistory({buffer, around: key, limit: loadLength});
		}

		const all = messagesOf(buffer);
		const index = all.findIndex(message => message.key >= key);
		if (index < 0) {
			say('There is no message from then on.');
			return false;
		}

		const from = Math.max(0, index - above);
		print(buffer, all.slice(from, from + pageLength), above === 0 ? 'Messages from then on:' : 'Messages around it:');
		return true;
	};

	return {
		scroll(by, direction) {
			const buffer = active();
			if (by === 'end') {
				return direction === 'up' ? oldest(buffer) : newest(buffer);
			}

			const count = by === 'line' ? 1 : pageLength;
			return direction === 'up' ? older(buffer, count) : newer(buffer, count);
		},
		around: key => at(key, pageLength / 2),
		from: key => at(key, 0),
		position: positionOf,
	};
}
