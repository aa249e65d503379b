/**
 * XEP-0334: Message Processing Hints, version 0.4.0. https://xmpp.org/extensions/xep-0334.html
 */
import {element} from '../xmpp/codec.js';
import {defineExtension} from '../xmpp/extension.js';

const namespace = 'urn:xmpp:hints';

/** Asks archives to keep a message without body. */
export const store = element(namespace, 'store', {});
/** Asks that a message is neither archived nor kept for offline resources. */
export const noStore = element(namespace, 'no-store', {});

export const messageHints = defineExtension<void>({
	name: 'message hints',
	xep: '0334',
	version: '0.4.0',
	since: '0.1.0',
	status: 'partial',
	features: [],
	codecs: [store, noStore],
	requires: [],
	attach() {},
});
