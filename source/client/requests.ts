/**
 * What strangers wrote and the person has not answered (`docs/decisions/0025-requests.md`). It is on record like everything
 * that comes; what is kept here is only that it waits.
 */
import {blockOf} from '../model/blocking.js';
import {type BufferId, bufferId, partnerIn} from '../model/buffer.js';
import type {Event} from '../model/events.js';
import type {Message} from '../model/message.js';
import {longestRequestText, type MessageRequest} from '../model/message-request.js';
import {type BareJid, bareOf, isFullJid, type Jid} from '../shared/jid.js';
import {shortened} from '../shared/text.js';
import type {Storage} from '../storage/ports.js';
import type {OpenBuffers} from './buffers.js';
import type {Journal} from './journal.js';

export type Requests = {
	/** The oldest first. */
	waiting(): readonly MessageRequest[];
	/** Of somebody, by their bare JID, or by their address in a room. */
	of(account: BareJid, jid: Jid): MessageRequest | undefined;
	/** A stranger said this, which waits. In the transaction that recorded it. */
	said(message: Message): void;
	/** The person wants to hear no more of it. */
	putAway(request: MessageRequest): void;
	/** The conversation becomes one like others. */
	open(request: MessageRequest): ReturnType<OpenBuffers['open']>;
	/** Hears of what makes that somebody waits no more. */
	hear(event: Event): void;
};

export type RequestsPorts = {
	readonly storage: Pick<Storage, 'requests' | 'buffers'>;
	readonly journal: Journal;
	readonly buffers: Pick<OpenBuffers, 'open'>;
};

export function createRequests({storage, journal, buffers}: RequestsPorts): Requests {
	const all = new Map<BufferId, MessageRequest>();
	/** The first message that waits, by conversation. */
	const firsts = new Map<BufferId, number>();
	for (const {buffer, first, count, at} of storage.requests.list()) {
		const request = requestOf(first);
		if (request === undefined || storage.buffers.get(buffer) !== undefined) {
			// The process ended between the two.
			storage.requests.remove(buffer);
		} else {
			all.set(buffer, {...request, count, at});
			firsts.set(buffer, first.key);
		}
	}

	const change = (request: MessageRequest) => {
		all.set(request.buffer, request);
		journal.emit({type: 'request.changed', request});
	};

	const forget = (buffer: BufferId) => {
		const known = all.get(buffer);
		if (known !== undefined) {
			journal.commit(() => {
				storage.requests.remove(buffer);
				journal.afterwards(() => {
					all.delete(buffer);
					firsts.delete(buffer);
				});
				journal.emit({type: 'request.resolved', account: known.account, buffer});
			});
		}
	};

	const open: Requests['open'] = ({account, buffer, jid}) =>
		journal.commit(() => buffers.open(account, buffer === chatWith(account, jid) ? 'chat' : 'private', jid));

	const forgetAll = (isMeant: (request: MessageRequest) => boolean) => {
		for (const request of [...all.values()].filter(isMeant)) {
			forget(request.buffer);
		}
	};

	/** A contact is no stranger, on whichever device they became one. */
	const openAll = (account: BareJid, contacts: ReadonlySet<BareJid>) => {
		for (const request of [...all.values()]) {
			if (request.account === account && !isFullJid(request.jid) && contacts.has(bareOf(request.jid))) {
				open(request);
			}
		}
	};

	return {
		waiting: () => [...all.values()],
		of: (account, jid) => all.get(chatWith(account, jid)) ?? all.get(bufferId(account, 'private', jid)),
		said(message) {
			// What only changes another message is no word of its own.
			if (message.hidden === true) {
				return;
			}

			storage.requests.add(message.buffer, message.key);
			journal.afterwards(() => {
				const known = all.get(message.buffer);
				const fresh = known ?? requestOf(message);
				if (fresh !== undefined) {
					firsts.set(message.buffer, firsts.get(message.buffer) ?? message.key);
					change({...fresh, count: (known?.count ?? 0) + 1, at: Math.max(fresh.at, message.receivedAt)});
				}
			});
		},
		putAway: ({buffer}) => forget(buffer),
		open,
		hear(event) {
			switch (event.type) {
				case 'buffer.opened':
					forget(event.buffer.id);
					break;
				case 'account.removed':
					forgetAll(({account}) => account === event.account);
					break;
				case 'blocklist.changed':
					forgetAll(({account, jid}) => account === event.account && blockOf(event.blocked, jid) !== undefined);
					break;
				case 'contact.changed':
					openAll(event.contact.account, new Set([event.contact.jid]));
					break;
				case 'roster.loaded':
					openAll(event.account, new Set(event.contacts.map(({jid}) => jid)));
					break;
				case 'message.changed': {
					const {key, buffer, body, retracted} = event.change;
					const known = firsts.get(buffer) === key ? all.get(buffer) : undefined;
					if (known !== undefined && (body !== undefined || retracted !== undefined)) {
						change({...known, text: shortened(retracted === undefined ? (body ?? '') : '', longestRequestText)});
					}

					break;
				}

				default:
			}
		},
	};
}

function chatWith(account: BareJid, jid: Jid): BufferId {
	return bufferId(account, 'chat', bareOf(jid));
}

/** What a first message asks for; the id of its buffer says whom it is with. */
function requestOf({account, buffer, body, subject = '', receivedAt, retracted}: Message): MessageRequest | undefined {
	const jid = partnerIn(buffer);
	const words = body === '' ? subject : body;
	const text = retracted === undefined ? shortened(words, longestRequestText) : '';
	return jid === undefined ? undefined : {account, buffer, jid, text, count: 1, at: receivedAt};
}
