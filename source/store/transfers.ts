import type {BufferId} from '../model/buffer.js';
import {isOver, type Transfer} from '../model/transfer.js';
import type {State, StoreEvent} from './state.js';

/** So many that are over are remembered. */
const mostOver = 50;

/** Files on their way, and those that were, the oldest first. */
export function reduceTransfers(state: State, event: StoreEvent): State {
	switch (event.type) {
		case 'snapshot.loaded':
			return {...state, transfers: event.snapshot.transfers ?? []};
		case 'transfer.changed': {
			const {transfer} = event;
			const index = state.transfers.findIndex(({id}) => id === transfer.id);
			const transfers = index < 0 ? [...state.transfers, transfer] : state.transfers.with(index, transfer);
			return {...state, transfers: withoutOld(transfers)};
		}

		case 'transfer.forgotten':
			return {...state, transfers: state.transfers.filter(({id}) => id !== event.id)};
		case 'account.removed':
			return {...state, transfers: state.transfers.filter(({account}) => account !== event.account)};
		default:
			return state;
	}
}

/** What is on its way in a conversation now. */
export function runningIn({transfers}: State, buffer: BufferId): readonly Transfer[] {
	return transfers.filter(each => each.buffer === buffer && !isOver(each));
}

function withoutOld(transfers: readonly Transfer[]): readonly Transfer[] {
	const over = transfers.filter(isOver);
	const old = new Set(over.slice(0, Math.max(0, over.length - mostOver)));
	return old.size === 0 ? transfers : transfers.filter(each => !old.has(each));
}
