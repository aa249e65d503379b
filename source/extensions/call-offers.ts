/**
 * XEP-0353: Jingle Message Initiation, version 0.8.0. https://xmpp.org/extensions/xep-0353.html
 *
 * Calls are not supported: an offer is told to the person and never answered, neither by a refusal, which would stop the
 * ringing of their other devices, nor by anything else. So nothing is announced either.
 */
import {type Codec, codec} from '../xmpp/codec.js';
import {append, attributeOf, childrenNamed, createElement} from '../xmpp/element.js';
import {defineExtension} from '../xmpp/extension.js';

const namespace = 'urn:xmpp:jingle-message:0';
const rtpNamespace = 'urn:xmpp:jingle:apps:rtp:1';

/** `media`: what is to be exchanged in the call, as its sender names it; of what is no call nothing. */
export type CallOffer = {readonly id: string; readonly media: readonly string[]};

/** Longer ids are none, in UTF-16 units. */
const longestId = 256;
const mostMedia = 10;

export const callOffer: Codec<CallOffer> = codec(namespace, 'propose', {
	decode(source) {
		const id = attributeOf(source, 'id') ?? '';
		return id === '' || id.length > longestId
			? undefined
			: {
					id,
					media: childrenNamed(source, 'description', rtpNamespace)
						.slice(0, mostMedia)
						.flatMap(each => attributeOf(each, 'media') ?? []),
				};
	},
	encode({id, media}, target) {
		target.attrs.id = id;
		append(
			target,
			media.map(each => createElement('description', {xmlns: rtpNamespace, media: each})),
		);
	},
});

export const callOffers = defineExtension<void>({
	name: 'call offers',
	xep: '0353',
	version: '0.8.0',
	since: '0.4.0',
	status: 'partial',
	features: [],
	codecs: [callOffer],
	requires: [],
	attach() {},
});
