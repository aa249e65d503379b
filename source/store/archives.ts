import type {State, StoreEvent} from './state.js';

/** What of each account's archive is stored here. */
export function reduceArchives(state: State, event: StoreEvent): State {
	switch (event.type) {
		case 'snapshot.loaded': {
			const {archives = []} = event.snapshot;
			return {...state, archives: Object.fromEntries(archives.map(each => [each.account, each]))};
		}

		case 'archive.changed': {
			const {account, loading, gaps} = event;
			return {...state, archives: {...state.archives, [account]: {account, loading, gaps}}};
		}

		case 'account.removed': {
			const {[event.account]: removed, ...archives} = state.archives;
			return removed === undefined ? state : {...state, archives};
		}

		default:
			return state;
	}
}
