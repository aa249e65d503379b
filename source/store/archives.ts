import {type Buffer, type BufferId, bufferId} from '../model/buffer.js';
import type {ArchiveView} from '../model/events.js';
import type {BareJid} from '../shared/jid.js';
import type {State, StoreEvent} from './state.js';

/** What of each account's archive, and of each room's, is stored here. */
export function reduceArchives(state: State, event: StoreEvent): State {
	switch (event.type) {
		case 'snapshot.loaded': {
			const {archives = []} = event.snapshot;
			return {...state, archives: Object.fromEntries(archives.map(each => [keyOf(each), each]))};
		}

		case 'archive.changed': {
			const {type: _, ...view} = event;
			return {...state, archives: {...state.archives, [keyOf(view)]: view}};
		}

		case 'account.removed': {
			const all = Object.entries(state.archives);
			const kept = all.filter(([, {account}]) => account !== event.account);
			return kept.length === all.length ? state : {...state, archives: Object.fromEntries(kept)};
		}

		default:
			return state;
	}
}

/** What is known of the archive that a buffer's messages are in. */
export function archiveOf({archives}: State, {id, kind, account}: Buffer): ArchiveView | undefined {
	return kind === 'room' ? archives[id] : account === undefined ? undefined : archives[account];
}

/** Whether it is the archive that a buffer's messages are in. */
export function concerns({account, room}: ArchiveView, {id, kind, account: owner}: Buffer): boolean {
	return room === undefined ? owner === account && kind !== 'room' : id === bufferId(account, 'room', room);
}

function keyOf({account, room}: ArchiveView): BareJid | BufferId {
	return room === undefined ? account : bufferId(account, 'room', room);
}
