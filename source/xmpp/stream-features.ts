import {child, type Element, textOf} from './element.js';
import {integer} from './scalars.js';
import type {StreamFeatures} from './session.js';
import {streamManagementNamespace} from './stream-management.js';

/** XEP-0478. */
const limitsNamespace = 'urn:xmpp:stream-limits:0';
const capabilitiesNamespace = 'http://jabber.org/protocol/caps';

/** Whether the server counts stanzas (XEP-0198). */
export function offersStreamManagement(features: Element): boolean {
	return child(features, 'sm', streamManagementNamespace) !== undefined;
}

/** What the features after the login say about the server. */
export function readFeatures(features: Element): StreamFeatures {
	const has = (name: string, namespace: string) => child(features, name, namespace) !== undefined;
	const {hash, node, ver} = child(features, 'c', capabilitiesNamespace)?.attrs ?? {};
	const maxBytes = limit(features, 'max-bytes');
	const idleSeconds = limit(features, 'idle-seconds');
	return {
		rosterVersioning: has('ver', 'urn:xmpp:features:rosterver'),
		preApproval: has('sub', 'urn:xmpp:features:pre-approval'),
		clientState: has('csi', 'urn:xmpp:csi:0'),
		streamManagement: offersStreamManagement(features),
		...(maxBytes === undefined ? {} : {maxBytes}),
		...(idleSeconds === undefined ? {} : {idleSeconds}),
		...(hash !== undefined && node !== undefined && ver !== undefined ? {capabilities: {hash, node, ver}} : {}),
	};
}

/** A limit of the stream; what is no positive number is none. */
function limit(features: Element, name: 'max-bytes' | 'idle-seconds'): number | undefined {
	const limits = child(features, 'limits', limitsNamespace);
	const value = limits && child(limits, name, limitsNamespace);
	return value && integer(1).parse(textOf(value).trim());
}
