/**
 * How a personal node is configured (XEP-0060 §8.2), and what to do where a server does not take it with what is published
 * (publish options, §7.1.5).
 */
import {isStanzaError} from '../xmpp/stanza-error.js';
import type {NodeConfiguration} from './pubsub-elements.js';

/** Who may read a node, and what its server keeps and sends. */
export type NodeSettings = {
	/** `private`: nobody else has a word in it, reading or writing (XEP-0223). `everybody`: strangers may read it too. */
	readonly access: 'private' | 'contacts' | 'everybody';
	/** Absent: the server's default, which for personal nodes is 1. */
	readonly maxItems?: number | 'max';
	/** When the server sends the newest item by itself. */
	readonly sendLast?: 'never' | 'on_sub' | 'on_sub_and_presence';
};

const accessModels = {private: 'whitelist', contacts: 'presence', everybody: 'open'} as const;

/** The fields of the configuration form, or of the publish options, that make a node so. */
export function configurationOf({access, maxItems, sendLast}: NodeSettings): NodeConfiguration {
	return {
		'pubsub#persist_items': 'true',
		'pubsub#access_model': accessModels[access],
		...(maxItems === undefined ? {} : {'pubsub#max_items': String(maxItems)}),
		...(sendLast === undefined ? {} : {'pubsub#send_last_published_item': sendLast}),
	};
}

const essentialFields: ReadonlySet<string> = new Set(['pubsub#persist_items', 'pubsub#access_model']);
const unknownOption: ReadonlySet<string> = new Set([
	'bad-request',
	'feature-not-implemented',
	'not-acceptable',
	'resource-constraint',
]);

/**
 * The options to publish with once the node is configured, or nothing where that would not help. Either the node is there
 * with other settings (XEP-0060 §7.1.5), or the server refuses options that it does not know: ejabberd 23.01 takes two,
 * those that see to it that nobody reads what is not for them, and calls any other a `resource-constraint`.
 */
export function repairOf(error: unknown, wanted: NodeConfiguration): NodeConfiguration | undefined {
	if (!isStanzaError(error)) {
		return undefined;
	}

	if (error.detail?.name === 'precondition-not-met') {
		return wanted;
	}

	const essential = Object.entries(wanted).filter(([field]) => essentialFields.has(field));
	return unknownOption.has(error.condition) && essential.length < Object.keys(wanted).length
		? Object.fromEntries(essential)
		: undefined;
}
