import {child, type Element} from './element.js';
import type {StreamFeatures} from './session.js';
import {streamManagementNamespace} from './stream-management.js';

const capabilitiesNamespace = 'http://jabber.org/protocol/caps';

/** Whether the server counts stanzas (XEP-0198). */
export function offersStreamManagement(features: Element): boolean {
	return child(features, 'sm', streamManagementNamespace) !== undefined;
}

/** What the features after the login say about the server. */
export function readFeatures(features: Element): StreamFeatures {
	const has = (name: string, namespace: string) => child(features, name, namespace) !== undefined;
	const {hash, node, ver} = child(features, 'c', capabilitiesNamespace)?.attrs ?? {};
	return {
		rosterVersioning: has('ver', 'urn:xmpp:features:rosterver'),
		preApproval: has('sub', 'urn:xmpp:features:pre-approval'),
		clientState: has('csi', 'urn:xmpp:csi:0'),
		streamManagement: offersStreamManagement(features),
		...(hash !== undefined && node !== undefined && ver !== undefined ? {capabilities: {hash, node, ver}} : {}),
	};
}
