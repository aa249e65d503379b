import {blockOf} from '../model/blocking.js';
import {type Buffer, requestsBuffer} from '../model/buffer.js';
import type {SubscriptionRequest} from '../model/contact.js';
import type {MessageRequest} from '../model/message-request.js';
import type {BareJid, Jid} from '../shared/jid.js';
import {ordered} from './buffers.js';
import {emptyBufferState, type State, type StoreEvent} from './state.js';

/** Somebody who waits for an answer: with what they wrote, with what they asked for, or with both. */
export type Stranger = {
	readonly account: BareJid;
	readonly jid: Jid;
	readonly message?: MessageRequest;
	readonly asks?: SubscriptionRequest;
};

/** Strangers who wait, whom accounts block, and the buffer in which the former stand. */
export function reduceRequests(state: State, event: StoreEvent): State {
	switch (event.type) {
		case 'snapshot.loaded': {
			const {messageRequests = [], blocked = []} = event.snapshot;
			const known = Object.fromEntries(blocked.map(({account, jids}) => [account, jids]));
			return withBuffer({...state, messageRequests, blocked: known}, true);
		}

		case 'request.changed': {
			const {request} = event;
			const index = state.messageRequests.findIndex(({buffer}) => buffer === request.buffer);
			const messageRequests =
				index < 0 ? [...state.messageRequests, request] : state.messageRequests.with(index, request);
			return withBuffer({...state, messageRequests}, index < 0);
		}

		case 'request.resolved':
			return withBuffer(
				{...state, messageRequests: state.messageRequests.filter(({buffer}) => buffer !== event.buffer)},
				false,
			);
		case 'subscription.requested':
		case 'requests.wanted':
			return withBuffer(state, true);
		case 'blocklist.changed':
			return {...state, blocked: {...state.blocked, [event.account]: event.blocked}};
		case 'account.removed': {
			const {[event.account]: _, ...blocked} = state.blocked;
			const messageRequests = state.messageRequests.filter(({account}) => account !== event.account);
			const left = {...state, blocked, messageRequests};
			return strangersIn(left).length === 0 ? withoutBuffer(left) : withBuffer(left, false);
		}

		case 'subscription.resolved':
		case 'preferences.changed':
			return withBuffer(state, false);
		default:
			return state;
	}
}

/** What the account blocks that keeps somebody away; undefined: nothing, as far as that is known. */
export function blockedBy({blocked}: State, account: BareJid | undefined, jid: Jid | undefined): Jid | undefined {
	const known = account === undefined ? undefined : blocked[account];
	return known === undefined || jid === undefined ? undefined : blockOf(known, jid);
}

/** Who waits: those who wrote, the longest first, then those who only ask to see presence. */
export function strangersIn({messageRequests, requests}: State): readonly Stranger[] {
	const asking = (account: BareJid, jid: Jid) => requests.find(each => each.account === account && each.jid === jid);
	const writing = messageRequests.map((message): Stranger => {
		const {account, jid} = message;
		const asks = asking(account, jid);
		return {account, jid, message, ...(asks === undefined ? {} : {asks})};
	});
	const others = requests
		.filter(({account, jid}) => !messageRequests.some(each => each.account === account && each.jid === jid))
		.map((asks): Stranger => ({account: asks.account, jid: asks.jid, asks}));
	return [...writing, ...others];
}

/** Somebody who waits, seen from one account. */
export function strangerNamed(state: State, account: BareJid, jid: Jid): Stranger | undefined {
	return strangersIn(state).find(each => each.account === account && each.jid === jid);
}

function withoutBuffer(state: State): State {
	const {[requestsBuffer]: known, ...buffers} = state.buffers;
	return known === undefined ? state : ordered({...state, buffers});
}

/** The buffer tells how many wait. It is there as soon as somebody does; `isNews`: also where the person had closed it. */
function withBuffer(state: State, isNews: boolean): State {
	const known = state.buffers[requestsBuffer];
	const unread = strangersIn(state).length;
	if (known === undefined && (unread === 0 || !isNews)) {
		return state;
	}

	const isMuted = !state.preferences['requests.notify'];
	if (known?.info.unread === unread && (known.info.muted === true) === isMuted) {
		return state;
	}

	const info: Buffer = {
		id: requestsBuffer,
		kind: 'requests',
		unread,
		highlights: 0,
		readUpTo: 0,
		draft: '',
		lastActivity: 0,
		...(isMuted ? {muted: true} : {}),
	};
	const buffer = known === undefined ? emptyBufferState(info) : {...known, info};
	const changed = {...state, buffers: {...state.buffers, [requestsBuffer]: buffer}};
	return known === undefined ? ordered(changed) : changed;
}
