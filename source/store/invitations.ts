import type {BareJid} from '../shared/jid.js';
import type {State, StoreEvent} from './state.js';

/** The rooms that accounts remember, and those they are invited to. */
export function reduceInvitations(state: State, event: StoreEvent): State {
	switch (event.type) {
		case 'snapshot.loaded': {
			const {bookmarks = [], invitations = []} = event.snapshot;
			const owners = [...new Set(bookmarks.map(({account}) => account))];
			const ofOwner = (owner: BareJid) => bookmarks.filter(({account}) => account === owner);
			return {
				...state,
				invitations,
				bookmarks: Object.fromEntries(owners.map(owner => [owner, ofOwner(owner)])),
			};
		}

		case 'bookmarks.changed':
			return {...state, bookmarks: {...state.bookmarks, [event.account]: event.bookmarks}};
		case 'room.invited': {
			const {invitation} = event;
			// Whoever is invited once more has one invitation still, with what was said last.
			return {
				...state,
				invitations: [...without(state, invitation.account, invitation.room), invitation],
			};
		}

		case 'invitation.resolved':
			return {...state, invitations: without(state, event.account, event.room)};
		case 'account.removed': {
			const {[event.account]: _, ...bookmarks} = state.bookmarks;
			return {...state, bookmarks, invitations: state.invitations.filter(({account}) => account !== event.account)};
		}

		default:
			return state;
	}
}

function without({invitations}: State, account: BareJid, room: BareJid): State['invitations'] {
	return invitations.filter(each => each.account !== account || each.room !== room);
}
