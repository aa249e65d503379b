import type {Account} from '../model/account.js';
import type {BareJid} from '../shared/jid.js';
import type {State, StoreEvent} from './state.js';

/** Accounts in the order in which they were first heard of. */
export function reduceAccounts(state: State, event: StoreEvent): State {
	switch (event.type) {
		case 'snapshot.loaded':
			return {...state, accounts: event.snapshot.accounts};
		case 'account.changed':
			return {
				...state,
				accounts: withAccount(state.accounts, event.account),
				lost: withLoss(state, event.account),
			};
		case 'account.removed': {
			const accounts = state.accounts.filter(account => account.jid !== event.account);
			const lost = without(state.lost, event.account);
			return accounts.length === state.accounts.length ? state : {...state, accounts, lost};
		}

		default:
			return state;
	}
}

function withAccount(accounts: readonly Account[], changed: Account): readonly Account[] {
	return accounts.some(account => account.jid === changed.jid)
		? accounts.map(account => (account.jid === changed.jid ? changed : account))
		: [...accounts, changed];
}

/** An account that was never online has no connection to lose: whoever set it up wrongly is not told of one. */
function withLoss({accounts, lost}: State, {jid, status}: Account): State['lost'] {
	if (status !== 'interrupted' && status !== 'connecting') {
		return without(lost, jid);
	}

	const wasOnline = accounts.find(account => account.jid === jid)?.status === 'online';
	return wasOnline && !lost.includes(jid) ? [...lost, jid] : lost;
}

function without(lost: State['lost'], jid: BareJid): State['lost'] {
	return lost.includes(jid) ? lost.filter(each => each !== jid) : lost;
}
