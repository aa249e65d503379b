/**
 * XEP-0352: Client State Indication, version 1.0.0. https://xmpp.org/extensions/xep-0352.html
 *
 * Tells the server whether anybody looks, so that it may hold back what can wait. The server forgets it with every new
 * connection, and takes the client for active then.
 */
import {element} from '../xmpp/codec.js';
import {defineExtension} from '../xmpp/extension.js';
import type {ExtensionPorts} from './ports.js';

const namespace = 'urn:xmpp:csi:0';
const active = element(namespace, 'active', {});
const inactive = element(namespace, 'inactive', {});

/** Milliseconds of a fresh session in which its many questions want their answers at once, whoever looks. */
const settling = 10_000;

export const clientState = defineExtension<void, ExtensionPorts>({
	name: 'client state indication',
	xep: '0352',
	version: '1.0.0',
	since: '0.1.0',
	status: 'complete',
	features: [],
	codecs: [active, inactive],
	requires: [],
	attach({session, clock, ports: {attention}, onStarted, onResumed, onDispose}) {
		if (!session.features.clientState) {
			return;
		}

		/** What the server takes us for. */
		let told = session.features.inactive !== true;
		let isOpen = false;

		const tell = () => {
			told = attention.isActive();
			session.sendNonza((told ? active : inactive).encode({}));
		};

		const tellNews = () => {
			if (told !== attention.isActive() && (isOpen || !told)) {
				tell();
			}
		};

		onDispose(attention.onChange(tellNews));
		onStarted(() => {
			onDispose(
				clock.after(settling, () => {
					isOpen = true;
					tellNews();
				}),
			);
		});
		// Some servers keep the state of a session that goes on, others do not.
		onResumed(tell);
	},
});
