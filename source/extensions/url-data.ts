/**
 * XEP-0103: URL Address Information, version 0.4.1: where a file lies. https://xmpp.org/extensions/xep-0103.html
 *
 * How it is to be asked for (XEP-0104) is not read: nobody else's headers go out in our requests.
 */
import {attribute, element} from '../xmpp/codec.js';
import {defineExtension} from '../xmpp/extension.js';
import {address} from '../xmpp/scalars.js';

export const urlData = element('http://jabber.org/protocol/url-data', 'url-data', {
	target: attribute('target', address),
});

export const urlAddresses = defineExtension<void>({
	name: 'URL address information',
	xep: '0103',
	version: '0.4.1',
	since: '0.5.0',
	status: 'partial',
	features: [],
	codecs: [urlData],
	requires: [],
	attach() {},
});
