/**
 * XEP-0424: Message Retraction, version 0.4.2, and what a room says of a message that its moderators took away, XEP-0425:
 * Moderated Message Retraction, version 0.3.0. https://xmpp.org/extensions/xep-0424.html
 */
import type {Retracted} from '../model/relation.js';
import {parseJid, resourcepartOf} from '../shared/jid.js';
import {attribute, element, optionalAttribute, optionalChild, optionalChildText} from '../xmpp/codec.js';
import type {Element} from '../xmpp/element.js';
import {defineExtension} from '../xmpp/extension.js';
import {dateTime, nonEmpty} from '../xmpp/scalars.js';
import type {ExtensionPorts} from './ports.js';

export const retractNamespace = 'urn:xmpp:message-retract:1';
export const moderateNamespace = 'urn:xmpp:message-moderate:1';
/** As it was from 2019 to 2023, and in rooms still is. */
export const formerModerateNamespace = 'urn:xmpp:message-moderate:0';
export const fasteningNamespace = 'urn:xmpp:fasten:0';

const moderated = element(moderateNamespace, 'moderated', {by: optionalAttribute('by', nonEmpty)});

/** Takes the message with this id back; with `moderated` the room does, in the name of a moderator. */
export const retract = element(retractNamespace, 'retract', {
	id: attribute('id', nonEmpty),
	moderated: optionalChild(moderated),
	reason: optionalChildText('reason', nonEmpty),
});

/** What an archive keeps in the place of a message that was taken back. */
const tombstone = element(retractNamespace, 'retracted', {
	stamp: attribute('stamp', dateTime),
	moderated: optionalChild(moderated),
	reason: optionalChildText('reason', nonEmpty),
});

/** The form of 2019 to 2023, which rooms still use: `apply-to` around what is done; alone in the place of what was taken away. */
const formerModerated = element(formerModerateNamespace, 'moderated', {
	by: optionalAttribute('by', nonEmpty),
	reason: optionalChildText('reason', nonEmpty),
});
const applyTo = element(fasteningNamespace, 'apply-to', {
	id: attribute('id', nonEmpty),
	moderated: optionalChild(formerModerated),
});

/** Code points that are kept of a reason. */
const longestReason = 1000;

/** What stands in the place of a message that was taken back, if this is one. `at`: when it came here, as its time may be anything. */
export function tombstoneIn(stanza: Element, at: number): Retracted | undefined {
	const found = tombstone.find(stanza);
	const former = found === undefined ? formerModerated.find(stanza) : undefined;
	if (found === undefined && former === undefined) {
		return undefined;
	}

	const by = found === undefined ? former : found.moderated;
	return {
		by: by === undefined ? 'author' : 'moderator',
		at: Math.min(at, found?.stamp ?? at),
		...moderatorIn(by?.by),
		...reasonIn(found?.reason ?? former?.reason),
	};
}

export const messageRetraction = defineExtension<void, ExtensionPorts>({
	name: 'message retraction',
	xep: '0424',
	version: '0.4.2',
	since: '0.3.0',
	status: 'complete',
	features: [retractNamespace],
	codecs: [retract, tombstone, applyTo, formerModerated],
	requires: [],
	attach({ports}) {
		ports.messages.readRelations(stanza => {
			const found = retract.find(stanza);
			const former = found === undefined ? applyTo.find(stanza) : undefined;
			if (found?.moderated !== undefined) {
				const {id: target, moderated: {by} = {}, reason} = found;
				return [{kind: 'moderation', target, ...moderatorIn(by), ...reasonIn(reason)}];
			}

			if (former?.moderated !== undefined) {
				const {
					id: target,
					moderated: {by, reason},
				} = former;
				return [{kind: 'moderation', target, ...moderatorIn(by), ...reasonIn(reason)}];
			}

			return found === undefined ? [] : [{kind: 'retraction', target: found.id, ...reasonIn(found.reason)}];
		});
	},
});

/** Rooms say who it was by the address in the room. */
function moderatorIn(by: string | undefined): {readonly moderator?: string} {
	const jid = by === undefined ? undefined : parseJid(by);
	const nick = jid === undefined ? undefined : resourcepartOf(jid);
	return nick === undefined ? {} : {moderator: nick};
}

function reasonIn(reason: string | undefined): {readonly reason?: string} {
	return reason === undefined ? {} : {reason: Array.from(reason).slice(0, longestReason).join('')};
}
