/**
 * XEP-0115: Entity Capabilities, version 1.6.0. https://xmpp.org/extensions/xep-0115.html
 */
import {createHash} from 'node:crypto';
import type {FullJid} from '../shared/jid.js';
import {parseFullJid} from '../shared/jid.js';
import {attribute, element} from '../xmpp/codec.js';
import {attributeOf, type Element} from '../xmpp/element.js';
import {defineExtension, type ExtensionContext} from '../xmpp/extension.js';
import {nonEmpty} from '../xmpp/scalars.js';
import type {ExtensionPorts} from './ports.js';
import {roster} from './roster.js';
import {type Information, serviceDiscovery} from './service-discovery.js';

const namespace = 'http://jabber.org/protocol/caps';

/** What a presence says about its sender's client: the hash of its disco#info. */
const capabilities = element(namespace, 'c', {
	hash: attribute('hash', nonEmpty),
	node: attribute('node', nonEmpty),
	ver: attribute('ver', nonEmpty),
});

/** Names this software. No address: it asks nobody to fetch anything. */
const node = 'xmpp:xmppc';
const hash = 'sha-1';

export type EntityCapabilities = {
	/** The element our presence carries. */
	advertisement(): Element;
	/**
	 * What a resource can do. Known from its presence and earlier answers, else asked for; empty for one that says nothing,
	 * and for one without a subscription to our presence, whom a question would tell that we are here.
	 */
	featuresOf(jid: FullJid): Promise<readonly string[]>;
};

export const entityCapabilities = defineExtension<EntityCapabilities, ExtensionPorts>({
	name: 'entity capabilities',
	xep: '0115',
	version: '1.6.0',
	since: '0.1.0',
	status: 'complete',
	features: [namespace],
	codecs: [capabilities],
	requires: [serviceDiscovery, roster],
	attach: context => attachCapabilities(context),
});

/** Resources whose advertisement is remembered; the oldest leave first. */
const mostRemembered = 5000;
/** Characters of one: a hash and an address are far shorter. */
const longestAdvertisement = 2048;

function attachCapabilities(context: ExtensionContext<ExtensionPorts>): EntityCapabilities {
	const discovery = context.use(serviceDiscovery);
	const {mayKnowUs} = context.use(roster);
	const store = context.ports.capabilities;
	const ver = verificationOf(discovery.own, hash) ?? '';
	const advertised = new Map<FullJid, {readonly hash: string; readonly node: string; readonly ver: string}>();
	const asked = new Map<string, Promise<readonly string[]>>();
	discovery.answerNode(`${node}#${ver}`);

	context.onPresence(presence => {
		const from = parseFullJid(attributeOf(presence, 'from') ?? '');
		if (from === undefined) {
			return;
		}

		const found = attributeOf(presence, 'type') === undefined ? capabilities.find(presence) : undefined;
		advertised.delete(from);
		if (found === undefined || `${found.hash}${found.node}${found.ver}`.length > longestAdvertisement) {
			return;
		}

		advertised.set(from, found);
		for (const oldest of advertised.keys()) {
			if (advertised.size <= mostRemembered) {
				break;
			}

			advertised.delete(oldest);
		}
	});

	/** Kept for everybody only where the hash is right: a wrong one could give others features they do not have. */
	const ask = async (jid: FullJid): Promise<readonly string[]> => {
		const claim = advertised.get(jid);
		const answer = await discovery.query(jid, claim === undefined ? undefined : `${claim.node}#${claim.ver}`);
		const features = answer.features.map(({name}) => name);
		if (claim !== undefined && verificationOf(answer, claim.hash) === claim.ver) {
			store.put(claim.hash, claim.ver, features);
		}

		return features;
	};

	return {
		advertisement: () => capabilities.encode({hash, node, ver}),
		async featuresOf(jid) {
			const claim = advertised.get(jid);
			const known = claim === undefined ? undefined : store.get(claim.hash, claim.ver);
			if (known !== undefined) {
				return known;
			}

			if (!mayKnowUs(jid)) {
				return [];
			}

			const key = claim === undefined ? jid : `${claim.hash} ${claim.ver} ${jid}`;
			const running = asked.get(key) ?? ask(jid).finally(() => asked.delete(key));
			asked.set(key, running);
			return running;
		},
	};
}

/** Hash names of the IANA registry that we can compute, by our name for them. */
const algorithms: ReadonlyMap<string, string> = new Map([
	['sha-1', 'sha1'],
	['sha-256', 'sha256'],
	['sha-512', 'sha512'],
]);

/** The separator of the hashed string. Inside a value it would make one list look like another (§7.1). */
const separator = '<';

/**
 * The verification string of some information (§5.1), or undefined for an unknown hash and for information that is
 * ill-formed (§5.4): with anything in it twice, with two forms of one type, or with the separator inside a value.
 */
export function verificationOf(information: Information, hash = 'sha-1'): string | undefined {
	const algorithm = algorithms.get(hash);
	const identities = information.identities.map(({category, type, language = '', name = ''}) =>
		[category, type, language, name].join('/'),
	);
	const features = information.features.map(({name}) => name);
	const forms = typedForms(information);
	if (algorithm === undefined || forms === undefined || hasTwice(identities) || hasTwice(features)) {
		return undefined;
	}

	const parts = [
		...identities.toSorted(byOctets),
		...features.toSorted(byOctets),
		...forms
			.toSorted((one, other) => byOctets(one.type, other.type))
			.flatMap(({type, fields}) => [
				type,
				...fields
					.toSorted((one, other) => byOctets(one.name, other.name))
					.flatMap(({name, values}) => [name, ...values.toSorted(byOctets)]),
			]),
	];
	if (parts.some(part => part.includes(separator))) {
		return undefined;
	}

	return createHash(algorithm)
		.update(parts.map(part => part + separator).join(''))
		.digest('base64');
}

type TypedForm = {
	readonly type: string;
	readonly fields: ReadonlyArray<{readonly name: string; readonly values: readonly string[]}>;
};

/** Forms with their FORM_TYPE; those without one do not count. Undefined where one has two types or two have one. */
function typedForms(information: Information): readonly TypedForm[] | undefined {
	const forms: TypedForm[] = [];
	for (const {fields} of information.forms) {
		const type = fields.find(({name}) => name === 'FORM_TYPE');
		if (type === undefined || type.type !== 'hidden') {
			continue;
		}

		const [name, ...others] = new Set(type.values);
		if (name === undefined || others.length > 0) {
			return undefined;
		}

		forms.push({
			type: name,
			fields: fields.flatMap(({name, values}) => (name === undefined || name === 'FORM_TYPE' ? [] : [{name, values}])),
		});
	}

	return hasTwice(forms.map(({type}) => type)) ? undefined : forms;
}

function hasTwice(values: readonly string[]): boolean {
	return new Set(values).size < values.length;
}

/** i;octet (RFC 4790): by the bytes of UTF-8, which is not the order of UTF-16 units. */
function byOctets(one: string, other: string): number {
	return Buffer.compare(Buffer.from(one), Buffer.from(other));
}
