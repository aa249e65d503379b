/**
 * XEP-0352: Client State Indication, version 1.0.0. https://xmpp.org/extensions/xep-0352.html
 *
 * Tells the server whether anybody looks, so that it may hold back what can wait. The server forgets it with every new
 * connection, and takes the client for active then.
 *
 * Prosody's mod_csi_simple (0.12) stops writing the moment it reads `<inactive/>`, also what it has ready and not written
 * yet: answers, acknowledgements and messages that it would never have held back. Only something important that comes
 * later lets all of that out, nothing the client writes does by itself. So a question follows at once: its answer is
 * important.
 */
import {messageOf} from '../shared/errors.js';
import {domainOf} from '../shared/jid.js';
import {element} from '../xmpp/codec.js';
import {defineExtension} from '../xmpp/extension.js';
import {ping} from './ping.js';
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
	requires: [ping],
	attach({session, clock, log, use, ports: {attention}, onStarted, onResumed, onDispose}) {
		if (!session.features.clientState) {
			return;
		}

		/** What the server takes us for. */
		let told = true;
		let isOpen = false;

		const tell = () => {
			told = attention.isActive();
			session.sendNonza((told ? active : inactive).encode({}));
			if (!told) {
				// Any answer will do, a refusal too.
				use(ping)
					.ping(domainOf(session.jid))
					.catch((error: unknown) => log.note('client state', `no answer behind <inactive/>: ${messageOf(error)}`));
			}
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
