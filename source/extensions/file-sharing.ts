/**
 * XEP-0447: Stateless file sharing, version 0.3.1. https://xmpp.org/extensions/xep-0447.html
 *
 * A file that a message brings, and where it is to be had. Sources that are attached later (§3.3) are not looked for: the
 * link that comes with them for others is shown as the file that it is.
 */
import {child, children, type Decoded, element, optionalAttribute, optionalChild} from '../xmpp/codec.js';
import {defineExtension} from '../xmpp/extension.js';
import {type Scalar, string} from '../xmpp/scalars.js';
import {encryptedSource} from './encrypted-files.js';
import {file} from './file-metadata.js';
import {urlData} from './url-data.js';

export const fileSharingNamespace = 'urn:xmpp:sfs:0';

/** Another word than these says nothing. */
const disposition: Scalar<string> = {...string, parse: text => (text === 'inline' ? text : 'attachment')};

const sources = element(fileSharingNamespace, 'sources', {
	urls: children(urlData),
	encrypted: children(encryptedSource),
});

export const sharedFile = element(fileSharingNamespace, 'file-sharing', {
	disposition: optionalAttribute('disposition', disposition),
	/** Which of several it is. */
	id: optionalAttribute('id'),
	file: child(file),
	sources: optionalChild(sources),
});

export type SharedFile = Decoded<typeof sharedFile>;

export const fileSharing = defineExtension<void>({
	name: 'stateless file sharing',
	xep: '0447',
	version: '0.3.1',
	since: '0.5.0',
	status: 'partial',
	features: [fileSharingNamespace],
	codecs: [sharedFile],
	requires: [],
	attach() {},
});
