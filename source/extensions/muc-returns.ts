/**
 * XEP-0045: messages to a room (a subject, an invitation, a request for voice) are answered only where it refuses them, by
 * an error that has their id. https://xmpp.org/extensions/xep-0045.html
 */
import {randomUUID} from 'node:crypto';
import {bufferId} from '../model/buffer.js';
import {type BareJid, bareOf} from '../shared/jid.js';
import {attributeOf} from '../xmpp/element.js';
import type {ExtensionContext} from '../xmpp/extension.js';
import {StanzaError, stanzaErrorOf} from '../xmpp/stanza-error.js';

/** What is told where a room refuses: the beginning of a sentence, and the next step. */
export type Refusing = {readonly what: string; readonly hint: string};

/** Messages that are remembered: a room that has not refused by then will not. */
const most = 50;

/** Answers what gives an id to a message to `room`, and tells in its buffer if that comes back. */
export function createReturns(context: ExtensionContext<unknown>): (room: BareJid, refusing: Refusing) => string {
	const sent = new Map<string, Refusing & {readonly room: BareJid}>();
	const account = bareOf(context.jid);
	context.onMessage(messages => {
		for (const message of messages) {
			const id = attributeOf(message, 'id') ?? '';
			const known = attributeOf(message, 'type') === 'error' ? sent.get(id) : undefined;
			if (known !== undefined && attributeOf(message, 'from') === known.room) {
				sent.delete(id);
				context.publish({
					type: 'notice',
					level: 'error',
					text: new StanzaError(stanzaErrorOf(message), known.what).message,
					hint: known.hint,
					account,
					buffer: bufferId(account, 'room', known.room),
					at: context.clock.now(),
				});
			}
		}
	});

	return (room, refusing) => {
		const id = randomUUID();
		sent.set(id, {...refusing, room});
		const [oldest] = sent.keys();
		if (sent.size > most && oldest !== undefined) {
			sent.delete(oldest);
		}

		return id;
	};
}
