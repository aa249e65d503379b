import type {Account} from '../model/account.js';
import type {State, StoreEvent} from './state.js';

/** Accounts in the order in which they were first heard of. */
export function reduceAccounts(state: State, event: StoreEvent): State {
	switch (event.type) {
		case 'snapshot.loaded':
			return {...state, accounts: event.snapshot.accounts};
		case 'account.changed':
			return {...state, accounts: withAccount(state.accounts, event.account)};
		case 'account.removed': {
			const accounts = state.accounts.filter(account => account.jid !== event.account);
			return accounts.length === state.accounts.length ? state : {...state, accounts};
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
