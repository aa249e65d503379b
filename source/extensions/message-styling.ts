/**
 * XEP-0393: Message Styling, version 1.1.1. https://xmpp.org/extensions/xep-0393.html
 *
 * What the marks mean is in `shared/styling.ts`; here is the word of a sender that they mean nothing (§6).
 */
import {element} from '../xmpp/codec.js';
import {defineExtension} from '../xmpp/extension.js';

export const unstyled = element('urn:xmpp:styling:0', 'unstyled', {});

export const messageStyling = defineExtension<void>({
	name: 'message styling',
	xep: '0393',
	version: '1.1.1',
	since: '0.4.0',
	status: 'complete',
	features: ['urn:xmpp:styling:0'],
	codecs: [unstyled],
	requires: [],
	attach() {},
});
