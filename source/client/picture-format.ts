/** What the first bytes of a picture say. Nothing is decoded: what decodes pictures is what attackers aim at. */
import type {ChallengePicture} from '../model/room-challenge.js';

type Format = {
	readonly name: string;
	/** Of a file. */
	readonly ending: string;
	readonly begins: readonly number[];
	/** Width and height in pixels. */
	readonly size?: (bytes: DataView) => readonly [number, number];
};

const formats: readonly Format[] = [
	{
		name: 'PNG',
		ending: 'png',
		begins: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
		size: bytes => [bytes.getUint32(16), bytes.getUint32(20)],
	},
	{
		name: 'GIF',
		ending: 'gif',
		begins: [0x47, 0x49, 0x46, 0x38],
		size: bytes => [bytes.getUint16(6, true), bytes.getUint16(8, true)],
	},
	{name: 'JPEG', ending: 'jpg', begins: [0xff, 0xd8, 0xff]},
	{name: 'WAV', ending: 'wav', begins: [0x52, 0x49, 0x46, 0x46]},
	{name: 'Ogg', ending: 'ogg', begins: [0x4f, 0x67, 0x67, 0x53]},
];

/** Bytes from which on all of these say how large they are. */
const header = 24;

function formatOf(bytes: Uint8Array): Format | undefined {
	return formats.find(({begins}) => bytes.length >= header && begins.every((byte, index) => bytes[index] === byte));
}

/** What can be said of a picture before somebody looks at it. */
export function describePicture(bytes: Uint8Array): ChallengePicture {
	const format = formatOf(bytes);
	const [width, height] = format?.size?.(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)) ?? [];
	return {
		size: bytes.length,
		...(format === undefined ? {} : {format: format.name}),
		...(width === undefined || height === undefined ? {} : {width, height}),
	};
}

/** The ending of a file with these bytes: whatever the sender says it is, it opens nothing else. */
export function endingOf(bytes: Uint8Array): string {
	return formatOf(bytes)?.ending ?? 'bin';
}
