/**
 * XEP-0319: Last User Interaction in Presence, version 1.0.2. https://xmpp.org/extensions/xep-0319.html
 *
 * Since when nobody has touched a resource, in its presence. Our own says it only where the person had themselves set away
 * after some minutes; what others say is in `ResourcePresence.idleSince`.
 */
import {attribute, element} from '../xmpp/codec.js';
import {defineExtension} from '../xmpp/extension.js';
import {dateTime} from '../xmpp/scalars.js';

const namespace = 'urn:xmpp:idle:1';

/** `since` in milliseconds since the epoch. */
export const idle = element(namespace, 'idle', {since: attribute('since', dateTime)});

export const lastUserInteraction = defineExtension<void>({
	name: 'last user interaction',
	xep: '0319',
	version: '1.0.2',
	since: '0.1.0',
	status: 'complete',
	features: [namespace],
	codecs: [idle],
	requires: [],
	attach() {},
});
