/**
 * XEP-0059: Result Set Management, version 1.0. https://xmpp.org/extensions/xep-0059.html
 *
 * Ids are opaque. `count` and the index of `first` are never used: servers estimate them or leave them out.
 */
import {element, optionalChildText} from '../xmpp/codec.js';
import {defineExtension} from '../xmpp/extension.js';
import {integer, nonEmpty} from '../xmpp/scalars.js';

const namespace = 'http://jabber.org/protocol/rsm';

/** What page is wanted, and which one it is. An empty `before` asks for the last page. */
export const resultSet = element(namespace, 'set', {
	max: optionalChildText('max', integer()),
	after: optionalChildText('after', nonEmpty),
	before: optionalChildText('before'),
	first: optionalChildText('first', nonEmpty),
	last: optionalChildText('last', nonEmpty),
});

export const resultSetManagement = defineExtension<void>({
	name: 'result set management',
	xep: '0059',
	version: '1.0',
	since: '0.1.0',
	status: 'complete',
	features: [],
	codecs: [resultSet],
	requires: [],
	attach() {},
});
