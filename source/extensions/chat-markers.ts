/**
 * XEP-0333: Displayed Markers, version 1.0.0. https://xmpp.org/extensions/xep-0333.html
 *
 * How far others have read, and the words for how far one has read oneself; when they are said is decided in
 * `client/own-reads.ts`.
 */
import {attribute, element} from '../xmpp/codec.js';
import {defineExtension} from '../xmpp/extension.js';
import {nonEmpty} from '../xmpp/scalars.js';
import type {ExtensionPorts} from './ports.js';

const namespace = 'urn:xmpp:chat-markers:0';

/** Asks the recipient's client to say that the message was read. */
export const markable = element(namespace, 'markable', {});
/** Says that the message with this id was read, and all before it. */
export const displayed = element(namespace, 'displayed', {id: attribute('id', nonEmpty)});

/** Characters of an id; longer ones are nobody's. */
const longestId = 512;

export const chatMarkers = defineExtension<void, ExtensionPorts>({
	name: 'displayed markers',
	xep: '0333',
	version: '1.0.0',
	since: '0.1.0',
	status: 'complete',
	features: [namespace],
	codecs: [markable, displayed],
	requires: [],
	attach({ports}) {
		ports.messages.readRelations(stanza => {
			const found = displayed.find(stanza);
			return found === undefined || found.id.length > longestId ? [] : [{kind: 'displayed', target: found.id}];
		});
	},
});
