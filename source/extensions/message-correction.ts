/**
 * XEP-0308: Last Message Correction, version 1.2.1. https://xmpp.org/extensions/xep-0308.html
 *
 * Any own message can be corrected, and corrected again: the id is always that of the first version.
 */
import {attribute, element} from '../xmpp/codec.js';
import {defineExtension} from '../xmpp/extension.js';
import {nonEmpty} from '../xmpp/scalars.js';
import type {ExtensionPorts} from './ports.js';

const namespace = 'urn:xmpp:message-correct:0';

/** The text of the message takes the place of that of the message with this id. */
export const replace = element(namespace, 'replace', {id: attribute('id', nonEmpty)});

export const messageCorrection = defineExtension<void, ExtensionPorts>({
	name: 'message correction',
	xep: '0308',
	version: '1.2.1',
	since: '0.3.0',
	status: 'complete',
	features: [namespace],
	codecs: [replace],
	requires: [],
	attach({ports}) {
		ports.messages.readRelations(stanza => {
			const found = replace.find(stanza);
			return found === undefined ? [] : [{kind: 'correction', target: found.id}];
		});
	},
});
