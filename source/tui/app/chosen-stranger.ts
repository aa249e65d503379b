import type {Stranger} from '../../store/requests.js';
import type {ViewState} from './view-state.js';

/** What a stranger is known by while they wait. */
export function strangerKey({account, jid}: Stranger): string {
	return `${account} ${jid}`;
}

/** Index of the stranger who is chosen: the first unless it was another one, who may have gone meanwhile. */
export function chosenIndex(strangers: readonly Stranger[], {stranger}: Pick<ViewState, 'stranger'>): number {
	return Math.max(
		0,
		strangers.findIndex(each => strangerKey(each) === stranger),
	);
}
