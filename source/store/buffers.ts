import {type BufferId, consoleBuffer, isConversation, requestsBuffer} from '../model/buffer.js';
import type {ArchiveView} from '../model/events.js';
import type {OccupantActivity} from '../model/room.js';
import {concerns} from './archives.js';
import {appendActivity, appendNotice, changeMessage} from './entries.js';
import {type BufferState, emptyBufferState, type State, type StoreEvent} from './state.js';
import {bounded, trimmed, withHold, withMessage, withoutMessages, withPage} from './window.js';

/** Open buffers, their unread counts and the part of their history that is in memory. */
export function reduceBuffers(state: State, event: StoreEvent): State {
	switch (event.type) {
		case 'snapshot.loaded': {
			const buffers: Record<BufferId, BufferState> = {[consoleBuffer]: stateOf(state, consoleBuffer)};
			for (const {encryptionProblem, ...info} of event.snapshot.buffers) {
				const {encryptionProblem: _, ...known} = state.buffers[info.id] ?? emptyBufferState(info);
				buffers[info.id] = {...known, info, ...(encryptionProblem === undefined ? {} : {encryptionProblem})};
			}

			return ordered({...state, buffers});
		}

		case 'buffer.opened': {
			const known = state.buffers[event.buffer.id] ?? emptyBufferState(event.buffer);
			// Whoever opens what is open learns nothing of how it is protected: that was told before.
			const {encryption = event.buffer.encryption} = known.info;
			const info = encryption === undefined ? event.buffer : {...event.buffer, encryption};
			return ordered({
				...state,
				buffers: {...state.buffers, [event.buffer.id]: {...known, info}},
			});
		}

		case 'buffer.closed': {
			if (event.buffer === consoleBuffer || state.buffers[event.buffer] === undefined) {
				return state;
			}

			const {[event.buffer]: _, ...buffers} = state.buffers;
			return ordered({...state, buffers});
		}

		case 'buffer.unread': {
			const {unread, highlights, readUpTo} = event;
			return change(state, event.buffer, each => ({...each, info: {...each.info, unread, highlights, readUpTo}}));
		}

		case 'buffer.changed':
			return change(state, event.buffer, each => {
				const {pinned: _, muted: __, notify: ___, markers: ____, ...info} = each.info;
				return {...each, info: {...info, ...event.arrangement}};
			});
		case 'encryption.changed':
			return change(state, event.buffer, each => {
				const {encryptionProblem, ...rest} = each;
				const {encryption, problem} = event;
				return each.info.encryption === encryption && encryptionProblem === undefined && problem === undefined
					? each
					: {
							...rest,
							info: {...each.info, encryption},
							...(problem === undefined ? {} : {encryptionProblem: problem}),
						};
			});
		case 'occupant.changed':
		case 'occupant.left':
			return withActivity(state, event.buffer, event.activity);
		case 'message.recorded': {
			const {message} = event;
			return change(state, message.buffer, each => ({
				...withMessage(each, message),
				info: {...each.info, lastActivity: Math.max(each.info.lastActivity, message.receivedAt)},
			}));
		}

		case 'message.changed':
			return change(state, event.change.buffer, each => {
				const entries = changeMessage(each.entries, event.change);
				return entries === each.entries ? each : {...each, entries};
			});
		case 'archive.changed':
			return event.gaps.every(gap => gap.permanent) ? state : withMoreToLoad(state, event);
		case 'history.loaded':
			return change(state, event.buffer, each => withPage(each, event));
		case 'notice': {
			const {type: _, buffer, ...notice} = event;
			const target = buffer !== undefined && state.buffers[buffer] !== undefined ? buffer : consoleBuffer;
			return change(state, target, each => bounded({...each, entries: appendNotice(each.entries, notice)}));
		}

		case 'window.trimmed':
			return change(state, event.buffer, each => trimmed(each, event.keep));
		case 'window.cleared':
			return change(state, event.buffer, each =>
				each.entries.length === 0
					? each
					: {...each, entries: [], complete: !isConversation(each.info.kind), detached: false},
			);
		case 'window.held':
			return change(state, event.buffer, each => withHold(each, event.held));
		case 'window.reset':
			return change(state, event.buffer, withoutMessages);
		case 'account.changed':
			return ordered(state);
		case 'account.removed': {
			const kept = Object.values(state.buffers).filter(each => each.info.account !== event.account);
			return ordered({...state, buffers: Object.fromEntries(kept.map(each => [each.info.id, each]))});
		}

		default:
			return state;
	}
}

function withActivity(state: State, id: BufferId, activity: OccupantActivity | undefined): State {
	return activity === undefined
		? state
		: change(state, id, each => bounded({...each, entries: appendActivity(each.entries, activity)}));
}

function stateOf(state: State, id: BufferId): BufferState {
	const {buffers} = state;
	return (
		buffers[id] ??
		emptyBufferState({id, kind: 'console', unread: 0, highlights: 0, readUpTo: 0, draft: '', lastActivity: 0})
	);
}

function change(state: State, id: BufferId, edit: (buffer: BufferState) => BufferState): State {
	const buffer = state.buffers[id];
	if (buffer === undefined) {
		return state;
	}

	const edited = edit(buffer);
	return edited === buffer ? state : {...state, buffers: {...state.buffers, [id]: edited}};
}

/**
 * Where the archive holds messages that are not stored, the beginning of what is stored is not that of the conversation,
 * unless it lies above all that is missing.
 */
function withMoreToLoad(state: State, archive: ArchiveView): State {
	const open = archive.gaps.filter(gap => !gap.permanent);
	const begins = ({entries}: BufferState) => {
		const first = entries.find(({type}) => type === 'message')?.key;
		return first !== undefined && open.every(({afterKey}) => afterKey !== undefined && first <= afterKey);
	};

	const whole = Object.values(state.buffers).filter(each => each.complete && concerns(archive, each.info));
	return whole
		.filter(each => !begins(each))
		.reduce((changed, {info}) => change(changed, info.id, each => ({...each, complete: false})), state);
}

/** They are listed in the accounts' order; a buffer of an account not heard of yet comes last. */
export function ordered(state: State): State {
	const rank = new Map(state.accounts.map((account, index) => [account.jid, index]));
	const place = (id: BufferId) => {
		if (id === requestsBuffer) {
			// No stranger gives other buffers another number.
			return Number.POSITIVE_INFINITY;
		}

		const account = state.buffers[id]?.info.account;
		return account === undefined ? -1 : (rank.get(account) ?? state.accounts.length);
	};

	const order = (Object.keys(state.buffers) as BufferId[]).sort((one, other) => place(one) - place(other));
	const same = order.length === state.order.length && order.every((id, index) => id === state.order[index]);
	return same ? state : {...state, order, numbers: numbersFor(order, state.numbers)};
}

/** Those that are open keep theirs, so that a key that leads to one never leads to another. */
function numbersFor(order: readonly BufferId[], known: State['numbers']): State['numbers'] {
	const taken = new Set(order.flatMap(id => known[id] ?? []));
	let next = 1;
	const free = () => {
		while (taken.has(next)) {
			next++;
		}

		return next++;
	};

	return Object.fromEntries(order.map(id => [id, known[id] ?? free()]));
}
