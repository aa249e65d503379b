/**
 * XEP-0292: vCard4 Over XMPP, version 0.12.0, as far as cards are read. https://xmpp.org/extensions/xep-0292.html
 *
 * Some have their card there and none of the older kind. It is bounded and understood as that one is.
 */
import type {Vcard, VcardField, VcardFieldKind, VcardPhoto, VcardPlace} from '../model/vcard.js';
import type {BareJid} from '../shared/jid.js';
import {shortened} from '../shared/text.js';
import {type Codec, codec} from '../xmpp/codec.js';
import {child, children, childrenNamed, type Element, nameOf, namespaceOf, textOf} from '../xmpp/element.js';
import {defineExtension} from '../xmpp/extension.js';
import {isStanzaError} from '../xmpp/stanza-error.js';
import type {ExtensionPorts} from './ports.js';
import {type PubsubNode, pubsub} from './pubsub.js';
import {pictureFrom} from './vcard-elements.js';

const namespace = 'urn:ietf:params:xml:ns:vcard-4.0';

/** As of the older cards. */
const mostFields = 100;
const mostPhotos = 5;
const longestLine = 512;
const longestText = 4096;

/** The properties (RFC 6351) that are read, and where their texts are. */
const properties: ReadonlyMap<string, {readonly kind: VcardFieldKind; readonly parts: readonly string[]}> = new Map([
	['fn', {kind: 'fullName', parts: ['text']}],
	['nickname', {kind: 'nickname', parts: ['text']}],
	['bday', {kind: 'birthday', parts: ['date', 'date-time', 'text']}],
	['org', {kind: 'organisation', parts: ['text']}],
	['title', {kind: 'title', parts: ['text']}],
	['role', {kind: 'role', parts: ['text']}],
	['note', {kind: 'note', parts: ['text']}],
	['url', {kind: 'url', parts: ['uri']}],
	['email', {kind: 'email', parts: ['text']}],
	['tel', {kind: 'phone', parts: ['uri', 'text']}],
	['adr', {kind: 'address', parts: ['pobox', 'ext', 'street', 'locality', 'region', 'code', 'country']}],
	['impp', {kind: 'jid', parts: ['uri']}],
]);

const places: ReadonlyArray<readonly [name: string, place: VcardPlace]> = [
	['home', 'home'],
	['work', 'work'],
	['cell', 'mobile'],
	['fax', 'fax'],
	['pager', 'pager'],
];

const card: Codec<Vcard> = codec(namespace, 'vcard', {decode: readCard, encode() {}});

function readCard(source: Element): Vcard {
	const known = children(source).filter(each => namespaceOf(each) === namespace);
	const fields = known.map(fieldIn).filter(field => field !== undefined);
	const pictures = known.filter(each => nameOf(each) === 'photo');
	const photos = pictures
		.slice(0, mostPhotos)
		.map(photoIn)
		.filter(photo => photo !== undefined);
	const omitted = Math.max(0, fields.length - mostFields) + Math.max(0, pictures.length - mostPhotos);
	return {fields: fields.slice(0, mostFields), photos, omitted};
}

function fieldIn(source: Element): VcardField | undefined {
	const property = properties.get(nameOf(source));
	const parts = children(source).filter(
		each => namespaceOf(each) === namespace && property?.parts.includes(nameOf(each)),
	);
	const most = property?.kind === 'note' ? longestText : longestLine;
	const texts = parts.slice(0, 20).map(part => tidied(textOf(part), property?.kind === 'note', most));
	const joined = shortened(texts.filter(text => text !== '').join(', '), most);
	const value = joined.replace(/^(?:tel|xmpp):/iu, '');
	if (property === undefined || value === '') {
		return undefined;
	}

	const named = placesOf(source);
	return {kind: property.kind, value, ...(named.length === 0 ? {} : {places: named})};
}

function tidied(text: string, hasLines: boolean, most: number): string {
	const part = text.slice(0, 4 * most).trim();
	return shortened(hasLines ? part.replace(/[ \t]*\n[ \t]*/gu, '\n') : part.replace(/\s+/gu, ' '), most);
}

function placesOf(source: Element): readonly VcardPlace[] {
	const parameters = child(source, 'parameters', namespace);
	const type = parameters && child(parameters, 'type', namespace);
	const words = type === undefined ? [] : childrenNamed(type, 'text', namespace).slice(0, 20).map(textOf);
	return places.filter(([name]) => words.some(word => word.trim().toLowerCase() === name)).map(([, place]) => place);
}

function photoIn(source: Element): VcardPhoto | undefined {
	const uri = child(source, 'uri', namespace);
	const address = uri === undefined ? '' : textOf(uri).trim();
	const inside = /^data:([^,;]{0,64});base64,/iu.exec(address.slice(0, 100));
	if (inside !== null) {
		return pictureFrom(address.slice(inside[0].length), inside[1] ?? '');
	}

	return address === '' ? undefined : {where: 'elsewhere', address: shortened(address, longestLine)};
}

const node: PubsubNode<Vcard> = {name: 'urn:xmpp:vcard4', payload: card, access: 'everybody'};

export type Vcards4 = {
	/** The card that lies with somebody's account; `undefined`: none, or none for us. Rejects where there is no answer. */
	query(owner: BareJid): Promise<Vcard | undefined>;
};

export const vcards4 = defineExtension<Vcards4, ExtensionPorts>({
	name: 'cards of the newer kind',
	xep: '0292',
	version: '0.12.0',
	since: '0.4.0',
	status: 'partial',
	features: [],
	codecs: [card],
	requires: [pubsub],
	attach: context => ({
		async query(owner) {
			const items = await context
				.use(pubsub)
				.items(node, {owner, newest: 1})
				.catch((error: unknown) => {
					// It was asked for besides: that it cannot be had is not what the person wants to hear.
					if (isStanzaError(error)) {
						return [];
					}

					throw error;
				});
			const found = items[0]?.value;
			return found === undefined || found.fields.length + found.photos.length === 0 ? undefined : found;
		},
	}),
});
