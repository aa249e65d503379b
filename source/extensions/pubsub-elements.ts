/**
 * The elements of XEP-0060 (version 1.29.0) as far as personal nodes need them. https://xmpp.org/extensions/xep-0060.html
 */
import {
	attribute,
	type Codec,
	children,
	codec,
	element,
	optionalAttribute,
	optionalChild,
	type ValueOf,
} from '../xmpp/codec.js';
import {append, attributeOf, detached, type Element, children as elementsIn} from '../xmpp/element.js';
import {boolean, integer, nonEmpty} from '../xmpp/scalars.js';
import {dataForm} from './service-discovery.js';

export const pubsubNamespace = 'http://jabber.org/protocol/pubsub';
const eventNamespace = `${pubsubNamespace}#event`;
const ownerNamespace = `${pubsubNamespace}#owner`;

/** An item; without a payload it only names one. */
export type RawItem = {readonly id?: string; readonly payload?: Element};

function itemIn(namespace: string): Codec<RawItem> {
	return codec(namespace, 'item', {
		decode(source) {
			const id = attributeOf(source, 'id');
			const [payload] = elementsIn(source);
			return {...(id === undefined ? {} : {id}), ...(payload === undefined ? {} : {payload})};
		},
		encode({id, payload}, target) {
			if (id !== undefined) {
				target.attrs.id = id;
			}

			if (payload !== undefined) {
				append(target, [detached(payload)]);
			}
		},
	});
}

const node = attribute('node', nonEmpty);
const items = children(itemIn(pubsubNamespace));
const form = optionalChild(dataForm);

/** What one may ask of nodes, and the answer to it. */
export const pubsubElement = element(pubsubNamespace, 'pubsub', {
	create: optionalChild(element(pubsubNamespace, 'create', {node})),
	configure: optionalChild(element(pubsubNamespace, 'configure', {form})),
	publish: optionalChild(element(pubsubNamespace, 'publish', {node, items})),
	options: optionalChild(element(pubsubNamespace, 'publish-options', {form})),
	retract: optionalChild(
		element(pubsubNamespace, 'retract', {node, notify: optionalAttribute('notify', boolean), items}),
	),
	items: optionalChild(
		element(pubsubNamespace, 'items', {node, newest: optionalAttribute('max_items', integer(1)), items}),
	),
});

/** What the owner of a node may ask, and the answer to it. */
export const ownerElement = element(ownerNamespace, 'pubsub', {
	configure: optionalChild(element(ownerNamespace, 'configure', {node, form})),
});

/** What happened to a node. */
export const eventElement = element(eventNamespace, 'event', {
	items: optionalChild(
		element(eventNamespace, 'items', {
			node,
			items: children(itemIn(eventNamespace)),
			retracted: children(element(eventNamespace, 'retract', {id: attribute('id')})),
		}),
	),
	purged: optionalChild(element(eventNamespace, 'purge', {node})),
	deleted: optionalChild(element(eventNamespace, 'delete', {node})),
});

export type NodeConfiguration = Readonly<Record<string, string>>;
type Form = ValueOf<{readonly form: typeof form}>['form'];

/** A form that sets these fields. `kind` is the last part of its FORM_TYPE. */
export function formOf(kind: 'publish-options' | 'node_config', configuration: NodeConfiguration): NonNullable<Form> {
	return {
		type: 'submit',
		fields: [
			{name: 'FORM_TYPE', type: 'hidden', values: [`${pubsubNamespace}#${kind}`]},
			...Object.entries(configuration).map(([name, value]) => ({name, values: [value]})),
		],
	};
}

/** The node's form sent back with these fields changed and all others as they are. */
export function amended(found: Form, configuration: NodeConfiguration): NonNullable<Form> {
	const kept = (found?.fields ?? []).flatMap(({name, type, values}) =>
		name === undefined || name === 'FORM_TYPE' || type === 'fixed' || Object.hasOwn(configuration, name)
			? []
			: [{name, values}],
	);
	const {type, fields} = formOf('node_config', configuration);
	return {...(type === undefined ? {} : {type}), fields: [...fields, ...kept]};
}
