/** What the first bytes of a picture tell. Nothing is decoded: a decoder is what a hostile picture aims at. */
import type {PictureType} from '../model/vcard.js';

export type PictureHeader = {
	readonly type: PictureType;
	/** Pixels, of a PNG that tells them. */
	readonly width?: number;
	readonly height?: number;
};

const beginnings: ReadonlyArray<{readonly type: PictureType; readonly bytes: readonly string[]}> = [
	{type: 'PNG', bytes: ['\x89PNG\r\n\x1a\n']},
	{type: 'JPEG', bytes: ['\xff\xd8\xff']},
	{type: 'GIF', bytes: ['GIF87a', 'GIF89a']},
];

/** Where the first chunk of a PNG has its name, its width and its height (PNG §11.2.1). */
const chunkName = {from: 12, to: 16} as const;
const pngWidth = 16;
const pngHeight = 20;
const pngHeaderEnd = 24;
/** PNG §11.2.1: neither is 0, nor 2³¹ or more. */
const mostPixels = 2 ** 31 - 1;

export function pictureHeader(picture: Uint8Array): PictureHeader {
	const text = (from: number, to: number) => Buffer.from(picture.subarray(from, to)).toString('latin1');
	const known = beginnings.find(({bytes}) => bytes.some(each => text(0, each.length) === each));
	if (known === undefined) {
		return {type: text(0, 4) === 'RIFF' && text(8, 12) === 'WEBP' ? 'WebP' : 'unknown'};
	}

	return {type: known.type, ...(known.type === 'PNG' ? pngSize(picture, text(chunkName.from, chunkName.to)) : {})};
}

function pngSize(picture: Uint8Array, firstChunk: string): Pick<PictureHeader, 'width' | 'height'> {
	if (firstChunk !== 'IHDR' || picture.length < pngHeaderEnd) {
		return {};
	}

	const view = new DataView(picture.buffer, picture.byteOffset, picture.byteLength);
	const [width, height] = [view.getUint32(pngWidth), view.getUint32(pngHeight)];
	const isPossible = [width, height].every(pixels => pixels > 0 && pixels <= mostPixels);
	return isPossible ? {width, height} : {};
}
