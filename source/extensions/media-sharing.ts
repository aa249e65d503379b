/**
 * XEP-0385: Stateless Inline Media Sharing, version 0.2.1, as far as it is read: XEP-0447 took its place.
 * https://xmpp.org/extensions/xep-0385.html
 */
import {attribute, child, children, type Decoded, element, optionalChild} from '../xmpp/codec.js';
import {defineExtension} from '../xmpp/extension.js';
import {address} from '../xmpp/scalars.js';
import {jingleFile} from './file-metadata.js';

const referenceNamespace = 'urn:xmpp:reference:0';
const namespace = 'urn:xmpp:sims:1';

const source = element(referenceNamespace, 'reference', {uri: attribute('uri', address)});

/** What of the text it stands for is not looked at: the text is shown as it is. */
export const sharedMedia = element(referenceNamespace, 'reference', {
	media: child(
		element(namespace, 'media-sharing', {
			file: child(jingleFile),
			sources: optionalChild(element(namespace, 'sources', {references: children(source)})),
		}),
	),
});

export type SharedMedia = Decoded<typeof sharedMedia>;

export const mediaSharing = defineExtension<void>({
	name: 'stateless inline media sharing',
	xep: '0385',
	version: '0.2.1',
	since: '0.5.0',
	status: 'partial',
	features: [],
	codecs: [sharedMedia],
	requires: [],
	attach() {},
});
