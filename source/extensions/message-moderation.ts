/**
 * XEP-0425: Moderated Message Retraction, version 0.3.0: asking a room to take away what somebody said. What the room says of
 * it is read by `message-retraction.ts`. https://xmpp.org/extensions/xep-0425.html
 */
import {XmppcError} from '../shared/errors.js';
import type {BareJid} from '../shared/jid.js';
import {sanitizeOutgoing} from '../shared/text.js';
import {attribute, child, element, flag, optionalChildText} from '../xmpp/codec.js';
import {defineExtension} from '../xmpp/extension.js';
import {nonEmpty} from '../xmpp/scalars.js';
import {isStanzaError} from '../xmpp/stanza-error.js';
import {
	fasteningNamespace,
	formerModerateNamespace,
	moderateNamespace,
	retractNamespace,
} from './message-retraction.js';
import {multiUserChat} from './multi-user-chat.js';
import type {ExtensionPorts} from './ports.js';

const moderate = element(moderateNamespace, 'moderate', {
	id: attribute('id', nonEmpty),
	retract: flag('retract', retractNamespace),
	reason: optionalChildText('reason', nonEmpty),
});

/** The form of 2019 to 2023. */
const formerModerate = element(formerModerateNamespace, 'moderate', {
	retract: flag('retract', 'urn:xmpp:message-retract:0'),
	reason: optionalChildText('reason', nonEmpty),
});
const applyTo = element(fasteningNamespace, 'apply-to', {
	id: attribute('id', nonEmpty),
	moderate: child(formerModerate),
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
	codecs: [moderate, applyTo],
	requires: [multiUserChat],
	attach(context) {
		return {
			async moderate(room, id, reason) {
				const said = reason === undefined ? '' : sanitizeOutgoing(reason);
				const what = {retract: true, ...(said === '' ? {} : {reason: said})};
				try {
					await context.request(room, 'set', moderate.encode({id, ...what})).catch((error: unknown) => {
						if (isUnknown(error)) {
							return context.request(room, 'set', applyTo.encode({id, moderate: what}));
						}

						throw error;
					});
				} catch (error) {
					throw refusalOf(error, room);
				}
			},
		};
	},
});

/** Whether the room does not know what was asked for; it may know the form of before. */
function isUnknown(error: unknown): boolean {
	return (
		isStanzaError(error) && ['feature-not-implemented', 'service-unavailable', 'bad-request'].includes(error.condition)
	);
}

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
