/**
 * XEP-0333: Displayed Markers, version 1.0.0. https://xmpp.org/extensions/xep-0333.html
 *
 * What contacts say about having read our messages. Ours about theirs are not sent yet.
 */
import {attribute, element} from '../xmpp/codec.js';
import {defineExtension} from '../xmpp/extension.js';
import {nonEmpty} from '../xmpp/scalars.js';
import type {ExtensionPorts} from './ports.js';

const namespace = 'urn:xmpp:chat-markers:0';

/** Asks the recipient's client to say that the message was read. */
export const markable = element(namespace, 'markable', {});
/** Says that the message with this id was read, and all before it. */
const displayed = element(namespace, 'displayed', {id: attribute('id', nonEmpty)});

export const chatMarkers = defineExtension<void, ExtensionPorts>({
	name: 'displayed markers',
	xep: '0333',
	version: '1.0.0',
	since: '0.1.0',
	status: 'partial',
	features: [],
	codecs: [markable, displayed],
	requires: [],
	attach({ports}) {
		ports.messages.readRelations(stanza => {
			const found = displayed.find(stanza);
			return found === undefined ? [] : [{kind: 'displayed', target: found.id}];
		});
	},
});
