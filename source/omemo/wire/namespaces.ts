import type {OmemoVersion} from '../../model/device.js';

/** Of all elements of XEP-0384: `legacy` is its version 0.3.0, `omemo2` the one of today (0.9.1). */
export const omemoNamespaces: Readonly<Record<OmemoVersion, string>> = {
	legacy: 'eu.siacs.conversations.axolotl',
	omemo2: 'urn:xmpp:omemo:2',
};
