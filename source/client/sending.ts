import {bufferId} from '../model/buffer.js';
import type {Message} from '../model/message.js';
import type {Clock} from '../shared/clock.js';
import {type BareJid, bareOf, type Jid} from '../shared/jid.js';
import type {OpenBuffers} from './buffers.js';
import {type Letter, messageStanza} from './compose.js';
import type {Journal} from './journal.js';
import type {Outbox} from './outbox.js';

export type SendingPorts = {
	readonly account: BareJid;
	readonly journal: Journal;
	readonly buffers: OpenBuffers;
	readonly outbox: Pick<Outbox, 'add'>;
	readonly clock: Pick<Clock, 'now'>;
};

/**
 * Commits a letter under `id` (a UUID) with everything that belongs to it, and lets the outbox write it when it is open.
 * `author` is the full JID where there is one at the time.
 */
export function sendLetter(letter: Letter, id: string, author: Jid, ports: SendingPorts): Message {
	const {account, journal, buffers, outbox, clock} = ports;
	const peer = bareOf(letter.to);
	const stanza = messageStanza(letter, id);
	return journal.commit(() => {
		buffers.ensureChat(account, peer);
		return outbox.add(
			{
				account,
				buffer: bufferId(account, 'chat', peer),
				kind: letter.kind,
				direction: 'outgoing',
				author,
				body: letter.body,
				...(letter.subject === undefined ? {} : {subject: letter.subject}),
				id,
				originId: id,
				receivedAt: clock.now(),
				via: 'local',
			},
			letter.to,
			stanza,
		);
	});
}
