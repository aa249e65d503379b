/**
 * XEP-0425: Moderated Message Retraction, version 0.3.0: asking a room to take away what somebody said. What the room says of
 * it is read by `message-retraction.ts`. https://xmpp.org/extensions/xep-0425.html
 */
import {XmppcError} from '../shared/errors.js';
import type {BareJid} from '../shared/jid.js';
import {sanitizeOutgoing} from '../shared/text.js';
import {attribute, element, flag, optionalChildText} from '../xmpp/codec.js';
import {defineExtension} from '../xmpp/extension.js';
import {nonEmpty} from '../xmpp/scalars.js';
import {isStanzaError} from '../xmpp/stanza-error.js';
import {moderateNamespace, retractNamespace} from './message-retraction.js';
import {multiUserChat} from './multi-user-chat.js';
import type {ExtensionPorts} from './ports.js';

const moderate = element(moderateNamespace, 'moderate', {
	id: attribute('id', nonEmpty),
	retract: flag('retract', retractNamespace),
	reason: optionalChildText('reason', nonEmpty),
});

export type MessageModeration = {
	/**
	 * Takes a message away by the id that the room's archive gave it; resolves when the room did. Rejects `not-a-moderator`,
	 * `moderation-unsupported` or with what else the room says.
	 */
	moderate(room: BareJid, archiveId: string, reason?: string): Promise<void>;
};

export const messageModeration = defineExtension<MessageModeration, ExtensionPorts>({
	name: 'moderated message retraction',
	xep: '0425',
	version: '0.3.0',
	since: '0.3.0',
	status: 'complete',
	features: [],
	codecs: [moderate],
	requires: [multiUserChat],
	attach(context) {
		return {
			async moderate(room, id, reason) {
				const said = reason === undefined ? '' : sanitizeOutgoing(reason);
				const payload = moderate.encode({id, retract: true, ...(said === '' ? {} : {reason: said})});
				try {
					await context.request(room, 'set', payload);
				} catch (error) {
					throw refusalOf(error, room);
				}
			},
		};
	},
});

function refusalOf(error: unknown, room: BareJid): unknown {
	if (!isStanzaError(error)) {
		return error;
	}

	switch (error.condition) {
		case 'forbidden':
		case 'not-allowed':
		case 'not-authorized':
			return new XmppcError({
				code: 'not-a-moderator',
				kind: 'notPermitted',
				message: `Only moderators of ${room} take away what others say there.`,
				hint: '/names shows who they are.',
			});
		case 'item-not-found':
			return new XmppcError({
				code: 'no-such-message',
				kind: 'unavailable',
				message: `${room} does not know that message any more.`,
			});
		case 'feature-not-implemented':
		case 'service-unavailable':
		case 'bad-request':
			return new XmppcError({
				code: 'moderation-unsupported',
				kind: 'unavailable',
				message: `${room} cannot take messages away (XEP-0425).`,
				hint: '/kick and /ban keep somebody from writing more.',
			});
		default:
			return error;
	}
}
