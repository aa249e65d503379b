import type {BufferId} from '../../model/buffer.js';
import type {ViewIntent} from '../../model/view.js';
import {type BareJid, type Jid, parseBareJid, parseJid} from '../../shared/jid.js';
import {bufferOf, numbered} from '../../store/selectors.js';
import type {State} from '../../store/state.js';
import {listedBuffers} from '../panes/buffer-order.js';
import {bufferName} from '../panes/words.js';

export type BufferTarget = Extract<ViewIntent, {type: 'switchBuffer'}>['to'];

/** The open buffer that is meant, seen from `active`, with `last` shown before it. */
export function resolveBuffer(state: State, active: BufferId, last: BufferId, to: BufferTarget): BufferId | undefined {
	switch (to) {
		case 'next':
			return beside(state, active, 1);
		case 'previous':
			return beside(state, active, -1);
		case 'last':
			return state.order.includes(last) ? last : undefined;
		case 'unread':
			return nextUnread(state, active);
		default:
			return typeof to === 'number' ? numbered(state, to) : named(state, active, to);
	}
}

/** The next one as they stand in the list. */
function beside(state: State, active: BufferId, step: 1 | -1): BufferId | undefined {
	const listed = listedBuffers(state);
	return listed[(listed.indexOf(active) + step + listed.length) % listed.length];
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
function nextUnread(state: State, active: BufferId): BufferId | undefined {
	const {buffers} = state;
	const calls = (id: BufferId) => (buffers[id]?.info.unread ?? 0) > 0 && buffers[id]?.info.muted !== true;
	const unread = listedBuffers(state).filter(id => id !== active && calls(id));
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
