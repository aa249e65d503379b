/**
 * XEP-0092: Software Version, version 1.1. https://xmpp.org/extensions/xep-0092.html
 *
 * The operating system is nobody's business and is never told; strangers learn nothing at all.
 */
import {XmppcError} from '../shared/errors.js';
import type {Jid} from '../shared/jid.js';
import {version} from '../shared/version.js';
import {type Decoded, element, optionalChildText} from '../xmpp/codec.js';
import {defineExtension} from '../xmpp/extension.js';
import {refusal} from '../xmpp/stanza-error.js';
import type {ExtensionPorts} from './ports.js';
import {roster} from './roster.js';

const namespace = 'jabber:iq:version';

const software = element(namespace, 'query', {
	name: optionalChildText('name'),
	version: optionalChildText('version'),
	os: optionalChildText('os'),
});

export type SoftwareVersion = {
	/** What an entity says it runs: text of theirs. Rejects with its refusal, or `malformed-answer`. */
	query(jid: Jid): Promise<Decoded<typeof software>>;
};

export const softwareVersion = defineExtension<SoftwareVersion, ExtensionPorts>({
	name: 'software version',
	xep: '0092',
	version: '1.1',
	since: '0.1.0',
	status: 'complete',
	features: [namespace],
	codecs: [software],
	requires: [roster],
	attach(context) {
		const {mayKnowUs} = context.use(roster);
		context.onIq(namespace, 'query', 'get', ({from}) => {
			if (!mayKnowUs(from)) {
				throw refusal('service-unavailable');
			}

			return software.encode({name: 'xmppc', version});
		});
		return {
			async query(jid) {
				const answer = await context.request(jid, 'get', software.encode({}));
				const found = answer === undefined ? undefined : software.decode(answer);
				if (found === undefined) {
					throw new XmppcError({
						code: 'malformed-answer',
						kind: 'protocol',
						message: `${jid} does not say what it runs.`,
					});
				}

				return found;
			},
		};
	},
});
