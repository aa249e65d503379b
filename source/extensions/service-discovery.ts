/**
 * XEP-0030: Service Discovery, version 2.5.0. https://xmpp.org/extensions/xep-0030.html
 */
import {XmppcError} from '../shared/errors.js';
import {bareOf, type Jid} from '../shared/jid.js';
import {
	attribute,
	children,
	childTexts,
	type Decoded,
	element,
	optionalAttribute,
	optionalChild,
} from '../xmpp/codec.js';
import {defineExtension} from '../xmpp/extension.js';
import {nonEmpty} from '../xmpp/scalars.js';
import {refusal} from '../xmpp/stanza-error.js';
import type {ExtensionPorts} from './ports.js';
import {followPages, type ResultSet, resultSet} from './result-set.js';
import {roster} from './roster.js';

const infoNamespace = 'http://jabber.org/protocol/disco#info';
const itemsNamespace = 'http://jabber.org/protocol/disco#items';
const formNamespace = 'jabber:x:data';

const identity = element(infoNamespace, 'identity', {
	category: attribute('category', nonEmpty),
	type: attribute('type', nonEmpty),
	language: optionalAttribute('xml:lang'),
	name: optionalAttribute('name'),
});

const feature = element(infoNamespace, 'feature', {name: attribute('var', nonEmpty)});

/** A data form (XEP-0004), as far as information is extended by it (XEP-0128) and archives are asked with it. */
export const dataForm = element(formNamespace, 'x', {
	type: optionalAttribute('type'),
	fields: children(
		element(formNamespace, 'field', {
			name: optionalAttribute('var'),
			type: optionalAttribute('type'),
			values: childTexts('value'),
		}),
	),
});

/** What an entity is and can do; also the question for it, which has none of that. */
export const information = element(infoNamespace, 'query', {
	node: optionalAttribute('node'),
	identities: children(identity),
	features: children(feature),
	forms: children(dataForm),
});

export const items = element(itemsNamespace, 'query', {
	node: optionalAttribute('node'),
	items: children(
		element(itemsNamespace, 'item', {
			jid: attribute('jid', nonEmpty),
			node: optionalAttribute('node'),
			name: optionalAttribute('name'),
		}),
	),
	set: optionalChild(resultSet),
});

/**
 * As many as a person looks through by their names, and the pages that they come in (XEP-0045 §6.3, XEP-0059). ejabberd (23.01)
 * leaves out the first rooms of a page that is asked to be larger than it allows, which is 100 unless it is set lower.
 */
const listing = {pageSize: 50, mostItems: 2000, mostPages: 41};

export type DataForm = Decoded<typeof dataForm>;
export type Information = Decoded<typeof information>;

/** An address as it came, and user text. */
export type Item = {readonly jid: string; readonly name?: string};

export type ServiceDiscovery = {
	/** What we say about ourselves. */
	readonly own: Information;
	/** The same information is answered under this node too. */
	answerNode(node: string): void;
	/** Asks an entity. Rejects with a stanza error, or `malformed-answer`. */
	query(jid: Jid, node?: string): Promise<Information>;
	/** What belongs to an entity: the services of a server. Rejects as `query` does. */
	items(jid: Jid): Promise<readonly Item[]>;
	/** The same page by page, for what may be many: the rooms of a service. `isCut`: there are more. Rejects as `query` does. */
	allItems(jid: Jid): Promise<{readonly items: readonly Item[]; readonly isCut: boolean}>;
	/** Asks the account itself, once a session. Rejects as `query` does. */
	ofAccount(): Promise<Information>;
};

export const serviceDiscovery = defineExtension<ServiceDiscovery, ExtensionPorts>({
	name: 'service discovery',
	xep: '0030',
	version: '2.5.0',
	since: '0.1.0',
	status: 'complete',
	features: [infoNamespace, itemsNamespace],
	codecs: [information, items],
	requires: [roster],
	attach(context) {
		const {mayKnowUs} = context.use(roster);
		const nodes = new Set<string>();
		const own: Information = {
			identities: [{category: 'client', type: 'console', name: 'xmppc'}],
			features: context.features.toSorted().map(name => ({name})),
			forms: [],
		};

		context.onIq(infoNamespace, 'query', 'get', ({from, payload}) => {
			const question = information.decode(payload);
			if (!mayKnowUs(from) || question === undefined) {
				throw refusal('service-unavailable');
			}

			const {node} = question;
			if (node !== undefined && !nodes.has(node)) {
				throw refusal('item-not-found');
			}

			return information.encode(node === undefined ? own : {...own, node});
		});
		context.onIq(itemsNamespace, 'query', 'get', ({from, payload}) => {
			const question = items.decode(payload);
			if (!mayKnowUs(from) || question === undefined) {
				throw refusal('service-unavailable');
			}

			if (question.node !== undefined) {
				throw refusal('item-not-found');
			}

			return items.encode({items: []});
		});

		const query: ServiceDiscovery['query'] = async (jid, node) => {
			const question = {...(node === undefined ? {} : {node}), identities: [], features: [], forms: []};
			const answer = await context.request(jid, 'get', information.encode(question));
			const found = answer === undefined ? undefined : information.decode(answer);
			if (found === undefined) {
				throw malformed(jid);
			}

			return found;
		};
		const itemsOf = async (jid: Jid, set?: ResultSet) => {
			const answer = await context.request(jid, 'get', items.encode({items: [], ...(set === undefined ? {} : {set})}));
			const found = answer === undefined ? undefined : items.decode(answer);
			if (found === undefined) {
				throw malformed(jid);
			}

			return found;
		};
		let account: Promise<Information> | undefined;

		return {
			own,
			answerNode(node) {
				nodes.add(node);
			},
			query,
			items: async jid => (await itemsOf(jid)).items,
			allItems: jid =>
				followPages(
					async set => {
						const found = await itemsOf(jid, set);
						return {items: found.items, count: found.items.length, set: found.set};
					},
					{...listing, keyOf: item => item.jid},
				),
			ofAccount() {
				account ??= query(bareOf(context.jid)).catch((error: unknown) => {
					// Who asks later may be answered.
					account = undefined;
					throw error;
				});
				return account;
			},
		};
	},
});

function malformed(jid: Jid): XmppcError {
	return new XmppcError({
		code: 'malformed-answer',
		kind: 'protocol',
		message: `${jid} answered something else than was asked.`,
	});
}
