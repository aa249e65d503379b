/**
 * XEP-0199: XMPP Ping, version 2.0.1. https://xmpp.org/extensions/xep-0199.html
 */
import type {Jid} from '../shared/jid.js';
import {element} from '../xmpp/codec.js';
import {defineExtension} from '../xmpp/extension.js';
import {refusal} from '../xmpp/stanza-error.js';
import type {ExtensionPorts} from './ports.js';
import {roster} from './roster.js';

const namespace = 'urn:xmpp:ping';

const question = element(namespace, 'ping', {});

export type Ping = {
	/** Answers these as well, besides those who may know us. */
	recognise(isKnown: (from: Jid) => boolean): void;
	/** Milliseconds to an entity and back. Rejects with its refusal or `iq-timeout`. */
	ping(jid: Jid): Promise<number>;
};

export const ping = defineExtension<Ping, ExtensionPorts>({
	name: 'ping',
	xep: '0199',
	version: '2.0.1',
	since: '0.1.0',
	status: 'complete',
	features: [namespace],
	codecs: [question],
	requires: [roster],
	attach(context) {
		const {mayKnowUs} = context.use(roster);
		const recognised: Array<(from: Jid) => boolean> = [];
		context.onIq(namespace, 'ping', 'get', ({from}) => {
			// The same answer as from somebody who is not there: a pong would show a stranger that we are.
			if (!mayKnowUs(from) && !(from !== undefined && recognised.some(isKnown => isKnown(from)))) {
				throw refusal('service-unavailable');
			}

			return undefined;
		});
		return {
			recognise(isKnown) {
				recognised.push(isKnown);
			},
			async ping(jid) {
				const begin = context.clock.monotonic();
				await context.request(jid, 'get', question.encode({}));
				return context.clock.monotonic() - begin;
			},
		};
	},
});
