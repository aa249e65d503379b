/** What stands beside `<encrypted/>` in a message that we send. */
import type {OmemoVersion} from '../../model/device.js';
import {clientNamespace, createElement, type Element} from '../../xmpp/element.js';
import {omemoNamespaces} from './namespaces.js';

/** For people whose client does not know OMEMO. Shown by nobody who can decrypt. */
export const fallbackText = 'This message is encrypted with OMEMO, which your app cannot read or has switched off.';

/**
 * The elements for a message encrypted in these versions. All ask archives to keep it (XEP-0334). One with a payload says
 * what it is (XEP-0380), or clients would show nothing, and in the legacy version has a body; XEP-0420 0.5.0 forbids that to
 * `omemo2`, whose readers ignore one that is there for the others. Nobody is to be told of an empty message.
 */
export function outsideElements(
	versions: readonly OmemoVersion[],
	{isEmpty}: {readonly isEmpty: boolean},
): readonly Element[] {
	const store = createElement('store', {xmlns: 'urn:xmpp:hints'});
	if (isEmpty) {
		return [store];
	}

	const marks = versions.map(version =>
		createElement('encryption', {xmlns: 'urn:xmpp:eme:0', namespace: omemoNamespaces[version], name: 'OMEMO'}),
	);
	const body = versions.includes('legacy') ? [createElement('body', {xmlns: clientNamespace}, fallbackText)] : [];
	return [...marks, store, ...body];
}
