/**
 * XEP-0446: File Metadata Element, version 0.2.0. https://xmpp.org/extensions/xep-0446.html
 *
 * What somebody says of a file: nobody vouches for any of it. Thumbnails (XEP-0264) are not read.
 */
import {shortened} from '../shared/text.js';
import {type Codec, children, childTexts, type Decoded, element, optionalChildText} from '../xmpp/codec.js';
import {defineExtension} from '../xmpp/extension.js';
import {dateTime, integer, type Scalar} from '../xmpp/scalars.js';
import {hash} from './file-hashes.js';

const namespace = 'urn:xmpp:file:metadata:0';

/** Code points of a name, which no file system takes more of, and of a description. */
const longestName = 255;
const longestDescription = 1000;
/** Bytes, pixels a side and milliseconds that no file has more of. */
const largestSize = 2 ** 50;
const longestSide = 1_000_000;
const longestDuration = 1000 * 60 * 60 * 24 * 365;

/** Text in one line of which so much is kept; white space alone is none. */
function line(most: number): Scalar<string> {
	return {
		parse(text) {
			const kept = shortened(
				text
					.slice(0, 8 * most)
					.replace(/\s+/gu, ' ')
					.trim(),
				most,
			);
			return kept === '' ? undefined : kept;
		},
		format: value => value,
	};
}

/** `type/subtype` in lower case, without parameters (RFC 6838 §4.2). */
export const mediaType: Scalar<string> = {
	parse: text =>
		/^\s*([a-z\d][\w!#$&^.+-]{0,126}\/[a-z\d][\w!#$&^.+-]{0,126})\s*(?:;|$)/iu
			.exec(text.slice(0, 300))?.[1]
			?.toLowerCase(),
	format: value => value,
};

/** Both sides in one, as this was written before 0.2.0 (2022) and still is in other XEPs. */
const sides: Scalar<{readonly width: number; readonly height: number}> = {
	parse(text) {
		const [, width, height] = /^(\d{1,7})x(\d{1,7})$/u.exec(text.trim()) ?? [];
		const [wide, high] = [pixels.parse(width ?? ''), pixels.parse(height ?? '')];
		return wide === undefined || high === undefined ? undefined : {width: wide, height: high};
	},
	format: ({width, height}) => `${width}x${height}`,
};
const pixels = integer(1, longestSide);

/** The element in the namespace of one XEP or another. */
function fileElement(of: string) {
	return element(of, 'file', {
		mediaType: optionalChildText('media-type', mediaType),
		name: optionalChildText('name', line(longestName)),
		date: optionalChildText('date', dateTime),
		size: optionalChildText('size', integer(0, largestSize)),
		width: optionalChildText('width', pixels),
		height: optionalChildText('height', pixels),
		sides: optionalChildText('dimensions', sides),
		length: optionalChildText('length', integer(0, longestDuration)),
		hashes: children(hash),
		descriptions: childTexts('desc', line(longestDescription)),
	});
}

export const file = fileElement(namespace);
/** The one of XEP-0234, which XEP-0385 borrows. */
export const jingleFile: typeof file = fileElement('urn:xmpp:jingle:apps:file-transfer:5');

export type FileMetadata = Decoded<typeof file>;
export type FileMetadataCodec = Codec<FileMetadata>;

export const fileMetadata = defineExtension<void>({
	name: 'file metadata',
	xep: '0446',
	version: '0.2.0',
	since: '0.5.0',
	status: 'complete',
	features: [],
	codecs: [file],
	requires: [],
	attach() {},
});
