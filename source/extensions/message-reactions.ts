/**
 * XEP-0444: Message Reactions, version 0.2.1. https://xmpp.org/extensions/xep-0444.html
 *
 * Each message carries all that its author thinks of another one.
 */
import {longestEmoji, mostEmoji} from '../model/relation.js';
import type {RoomFeatures} from '../model/room.js';
import {qualifiedEmoji} from '../shared/is-emoji.js';
import {attribute, childTexts, element} from '../xmpp/codec.js';
import {defineExtension} from '../xmpp/extension.js';
import {nonEmpty} from '../xmpp/scalars.js';
import type {ExtensionPorts} from './ports.js';
import type {Information} from './service-discovery.js';

export const reactionsNamespace = 'urn:xmpp:reactions:0';

export const reactions = element(reactionsNamespace, 'reactions', {
	id: attribute('id', nonEmpty),
	emoji: childTexts('reaction'),
});

/** More emoji that a room allows are not kept. */
const mostAllowed = 500;

/**
 * What counts as an emoji: short, and without what a screen or a person could be misled by. Answers each once, in one spelling: what two
 * programs spell in two ways would be counted as two.
 */
export function emojiOf(texts: readonly string[]): readonly string[] {
	const emoji = texts
		.map(text => qualifiedEmoji(text.trim()))
		.filter(text => text !== '' && Buffer.byteLength(text) <= longestEmoji && !/[\p{Cc}\p{Zl}\p{Zp}\s]/u.test(text));
	return [...new Set(emoji)].slice(0, mostEmoji);
}

/** §4.2: what reactions somebody takes, by their form; undefined: all. */
export function restrictionsIn(forms: Information['forms']): RoomFeatures['reactions'] {
	const form = forms.find(({fields}) =>
		fields.some(({name, values}) => name === 'FORM_TYPE' && values[0] === `${reactionsNamespace}:restrictions`),
	);
	if (form === undefined) {
		return undefined;
	}

	const valuesOf = (wanted: string) => form.fields.find(({name}) => name === wanted)?.values;
	const most = Number(valuesOf('max_reactions_per_user')?.[0] ?? Number.NaN);
	const allowed = valuesOf('allowlist')?.slice(0, mostAllowed);
	return {
		...(Number.isSafeInteger(most) && most >= 0 ? {most} : {}),
		...(allowed === undefined ? {} : {allowed}),
	};
}

export const messageReactions = defineExtension<void, ExtensionPorts>({
	name: 'message reactions',
	xep: '0444',
	version: '0.2.1',
	since: '0.3.0',
	status: 'complete',
	features: [reactionsNamespace],
	codecs: [reactions],
	requires: [],
	attach({ports}) {
		ports.messages.readRelations(stanza => {
			const found = reactions.find(stanza);
			return found === undefined ? [] : [{kind: 'reactions', target: found.id, emoji: emojiOf(found.emoji)}];
		});
	},
});
