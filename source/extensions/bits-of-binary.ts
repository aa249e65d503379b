/**
 * XEP-0231: Bits of Binary, version 1.1: small data inside of a stanza, or asked for by the name that a `cid:` URI gives it.
 * Read only: nothing is offered to others. https://xmpp.org/extensions/xep-0231.html
 */
import {createHash} from 'node:crypto';
import {XmppcError} from '../shared/errors.js';
import type {Jid} from '../shared/jid.js';
import {attribute, type Decoded, element, optionalAttribute, text} from '../xmpp/codec.js';
import type {Element} from '../xmpp/element.js';
import {defineExtension} from '../xmpp/extension.js';
import {base64, integer, nonEmpty, type Scalar} from '../xmpp/scalars.js';

const namespace = 'urn:xmpp:bob';

/** Bytes that are taken: the XEP wants no more than 8 kB, some services send a little more. */
const mostBytes = 256 * 1024;
/** Pieces of data that are read in one stanza. */
const mostPieces = 16;

/** What is too long is not even decoded. */
const fewBytes: Scalar<Uint8Array> = {
	parse: encoded => (encoded.length > mostBytes * 1.5 ? undefined : base64.parse(encoded)),
	format: base64.format,
};

const data = element(namespace, 'data', {
	cid: attribute('cid', nonEmpty),
	type: optionalAttribute('type', nonEmpty),
	maxAge: optionalAttribute('max-age', integer()),
	bytes: text(fewBytes),
});

/** Asks for data that is not in the stanza that names it. */
const wanted = element(namespace, 'data', {cid: attribute('cid', nonEmpty)});

/** `type` is what the sender says it is. */
export type Bits = Pick<Decoded<typeof data>, 'cid' | 'type' | 'bytes'>;

/** What a `cid:` URI names (RFC 2392), `undefined` for any other. */
export function cidOf(uri: string): string | undefined {
	const cid = /^cid:(.{1,500})$/isu.exec(uri)?.[1];
	try {
		return cid === undefined ? undefined : decodeURIComponent(cid);
	} catch {
		// A percent sign that stands for itself.
		return cid;
	}
}

/** The data in a stanza, by its name. What is too large, or is not what its name says, is not there. */
export function bitsIn(stanza: Element): ReadonlyMap<string, Bits> {
	return new Map(
		data
			.findAll(stanza)
			.slice(0, mostPieces)
			.filter(isGenuine)
			.map(found => [found.cid, found]),
	);
}

/** A name is the hash of what it names (§2.4); one that is made in another way proves nothing, and is taken as it is. */
function isGenuine({cid, bytes}: Bits): boolean {
	const [, algorithm = '', hash = ''] = /^(sha1|sha-1|sha256|sha-256)\+([0-9a-f]+)@bob\.xmpp\.org$/iu.exec(cid) ?? [];
	const isEmpty = bytes.length === 0 || bytes.length > mostBytes;
	return (
		!isEmpty &&
		(algorithm === '' ||
			createHash(algorithm.toLowerCase().replace('-', '')).update(bytes).digest('hex') === hash.toLowerCase())
	);
}

export type BitsOfBinary = {
	/** Asks `whom` for data. Rejects with a stanza error, or `no-such-data` where the answer is none that can be taken. */
	fetch(whom: Jid, cid: string): Promise<Bits>;
};

export const bitsOfBinary = defineExtension<BitsOfBinary>({
	name: 'bits of binary',
	xep: '0231',
	version: '1.1',
	since: '0.2.0',
	status: 'partial',
	features: [],
	codecs: [data],
	requires: [],
	attach: ({request}) => ({
		async fetch(whom, cid) {
			const answer = await request(whom, 'get', wanted.encode({cid}));
			const found = answer === undefined ? undefined : data.decode(answer);
			if (found === undefined || found.cid !== cid || !isGenuine(found)) {
				throw new XmppcError({
					code: 'no-such-data',
					kind: 'protocol',
					message: `${whom} does not give what it refers to, or it is too large or not what its name says.`,
				});
			}

			return found;
		},
	}),
});
