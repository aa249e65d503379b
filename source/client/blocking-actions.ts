/** What the person does against others, over the extensions of the account's connection. */
import {blocking} from '../extensions/blocking.js';
import type {Report} from '../extensions/reports.js';
import type {BlockingActions} from '../model/blocking-actions.js';
import {bufferId} from '../model/buffer.js';
import type {Message} from '../model/message.js';
import type {BareJid} from '../shared/jid.js';
import {sanitizeOutgoing} from '../shared/text.js';
import type {Storage} from '../storage/ports.js';
import type {LiveSession} from './live-session.js';

/** Messages that a report names at most, and among how many of a conversation they are looked for. */
const mostReported = 20;
const lookedThrough = 200;

/** `live` throws `not-connected`. */
export function createBlockingActions(
	live: (account: BareJid) => LiveSession,
	{messages}: Pick<Storage, 'messages'>,
): BlockingActions {
	const of = (account: BareJid) => live(account).use(blocking);

	/** The ids of what somebody wrote, as the account's archive has them: nothing else of it is told. */
	const namedIn = (account: BareJid, jid: BareJid): Report['messages'] =>
		messages
			.page(bufferId(account, 'chat', jid), {limit: lookedThrough})
			.flatMap(({direction, archiveId}: Message) =>
				direction === 'incoming' && archiveId !== undefined ? [{id: archiveId, by: account}] : [],
			)
			.slice(-mostReported);

	return {
		async block({account, jid}) {
			await of(account).block(jid);
		},
		async unblock({account, jid}) {
			return {unblocked: await of(account).unblock(jid)};
		},
		async listBlocked({account}) {
			return of(account).list();
		},
		async report({account, jid, reason, text = ''}) {
			const named = namedIn(account, jid);
			const words = sanitizeOutgoing(text).trim();
			await of(account).block(jid, {reason, messages: named, ...(words === '' ? {} : {text: words})});
			return {messages: named.length};
		},
	};
}
