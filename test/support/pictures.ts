/** The first bytes of pictures, which is all that is ever looked at of them. */
import type {PictureType} from '../../source/model/vcard.js';

/** Long enough to have a header; nothing behind it is a picture. */
export function picture(
	type: Exclude<PictureType, 'unknown'>,
	{width = 1, height = 1}: {readonly width?: number; readonly height?: number} = {},
): Uint8Array {
	const sizes = Buffer.alloc(8);
	sizes.writeUInt32BE(width, 0);
	sizes.writeUInt32BE(height, 4);
	const beginnings = {
		PNG: [Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR', 'latin1'), sizes, Buffer.from('\x08\x06\0\0\0', 'latin1')],
		JPEG: [Buffer.from('\xff\xd8\xff\xe0\0\x10JFIF\0', 'latin1')],
		GIF: [Buffer.from('GIF89a\x01\0\x01\0', 'latin1')],
		WebP: [Buffer.from('RIFF\x1a\0\0\0WEBPVP8L', 'latin1')],
	};
	return Buffer.concat(beginnings[type]);
}
