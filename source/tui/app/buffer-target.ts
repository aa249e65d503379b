import type {BufferId} from '../../model/buffer.js';
import type {ViewIntent} from '../../model/view.js';
import {type BareJid, type Jid, parseBareJid, parseJid} from '../../shared/jid.js';
import {bufferOf, numbered} from '../../store/selectors.js';
import type {State} from '../../store/state.js';
import {bufferName} from '../panes/words.js';

export type BufferTarget = Extract<ViewIntent, {type: 'switchBuffer'}>['to'];

/** The open buffer that is meant, seen from `active`, with `last` shown before it. */
export function resolveBuffer(state: State, active: BufferId, last: BufferId, to: BufferTarget): BufferId | undefined {
	const {order} = state;
	const at = order.indexOf(active);
	switch (to) {
		case 'next':
			return order[(at + 1) % order.length];
		case 'previous':
			return order[(at - 1 + order.length) % order.length];
		case 'last':
			return order.includes(last) ? last : undefined;
		case 'unread':
			return nextUnread(state, active);
		default:
			return typeof to === 'number' ? numbered(state, to) : named(state, active, to);
	}
}

/** Why there is none, in words. */
export function noSuchBuffer(to: BufferTarget): {readonly text: string; readonly hint?: string} {
	return to === 'unread'
		? {text: 'Nothing is unread.'}
		: {text: `There is no buffer ${to}.`, hint: '/buffer lists them.'};
}

/** The account and JID in a buffer's id (`model/buffer.ts`), to open it by. */
export function bufferAddress(id: BufferId): {readonly account: BareJid; readonly jid: Jid} | undefined {
	const [owner, , ...rest] = id.split(' ');
	const account = parseBareJid(owner ?? '');
	const jid = parseJid(rest.join(' '));
	return account === undefined || jid === undefined ? undefined : {account, jid};
}

/** Those that speak to the person first, then from the top. */
function nextUnread({order, buffers}: State, active: BufferId): BufferId | undefined {
	const unread = order.filter(id => id !== active && (buffers[id]?.info.unread ?? 0) > 0);
	return unread.find(id => (buffers[id]?.info.highlights ?? 0) > 0) ?? unread[0];
}

/** By JID or name; the beginning will do, and the exact one wins. With several accounts, first that of the active buffer. */
function named(state: State, active: BufferId, text: string): BufferId | undefined {
	const lower = text.toLowerCase();
	const account = bufferOf(state, active)?.info.account;
	const rank = (id: BufferId) => (bufferOf(state, id)?.info.account === account ? 0 : 1);
	const names = state.order
		.toSorted((one, other) => rank(one) - rank(other))
		.map(id => {
			const info = bufferOf(state, id)?.info;
			return {id, jid: info?.jid ?? '', name: info === undefined ? '' : bufferName(state, info).toLowerCase()};
		});
	return (
		names.find(({jid, name}) => jid === lower || name === lower) ??
		names.find(({jid, name}) => jid.startsWith(lower) || name.startsWith(lower))
	)?.id;
}
