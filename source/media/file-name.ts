/** Names of files: what others call one is user text and becomes a path only through here. */
import {randomBytes} from 'node:crypto';
import {extensionFor, extensionOf} from './media-type.js';

/** Bytes of UTF-8: file systems end at 255, and ours get something behind them. */
const longestName = 120;
/** Nobody needs to look at more of what a sender calls a name. */
const longestLookedAt = 4096;

/** Controls, whatever changes directions, what is not seen and what is no character. */
const unseen = /[\p{C}\p{Zl}\p{Zp}\p{DI}\u2800\u115F\u1160\u3164\uFFA0]/gu;
/** What other systems have no names with, or take for something else. */
const elsewhereForbidden = /[<>:"|?*]/g;
/** Hidden files, options of programs, homes; a mark would go to the character before it. */
const misleadingStart = /^[\s.\-~\p{M}]+/u;
/** Windows drops them, and so finds another file. */
const droppedEnd = /[\s.]+$/;
/** Devices of Windows, with any extension. */
const reserved = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[\d\u00B9\u00B2\u00B3])\s*(?:\.|$)/i;

export type NamedFile = {
	/** What its sender calls it. */
	readonly name?: string | undefined;
	/** Where it lies: its last part is the name where the sender gave none. */
	readonly url?: string | undefined;
	/** Gives the extension where the name has none. */
	readonly mediaType?: string | undefined;
};

/**
 * A name for a file on this machine: never a path, hidden, an option or a device, without anything unseen, and at most 120 bytes
 * long with its extension kept; `.part` ends only what is not there yet. `file` where nothing remains. A name that came from here stays as it is.
 */
export function localFileName({name, url, mediaType}: NamedFile): string {
	const cleaned = cleanName(name ?? '') || cleanName(lastSegment(url)) || 'file';
	const extension = extensionOf(cleaned) === '' ? extensionFor(mediaType) : undefined;
	return shortenedName(extension === undefined ? cleaned : `${cleaned}.${extension}`);
}

/** The name that a server sees of an upload: nothing of ours but the extension, which some need to serve it well. */
export function serverFileName({name = '', mediaType}: NamedFile): string {
	const extension = extensionOf(name) || extensionFor(mediaType);
	const random = randomBytes(16).toString('hex');
	return extension === undefined ? random : `${random}.${extension}`;
}

/** `photo.jpg`, `photo-1.jpg`, …: what a file is called where there are `taken` ones of its name already. */
export function numberedName(name: string, taken: number): string {
	if (taken === 0) {
		return name;
	}

	const {stem, extension} = partsOf(name);
	return `${stem}-${taken}${extension}`;
}

function cleanName(text: string): string {
	const visible = text
		.slice(0, longestLookedAt)
		.replace(/[\t\n\r]/g, ' ')
		.replace(unseen, '')
		.normalize('NFC');
	const base = visible.split(/[/\\]/).findLast(part => part.trim() !== '') ?? '';
	const plain = base
		.replace(/\p{Zs}+/gu, ' ')
		.replace(elsewhereForbidden, '_')
		.replace(misleadingStart, '')
		.replace(droppedEnd, '');
	const own = /\.part$/i.test(plain) ? `${plain}_` : plain;
	return reserved.test(own) ? `_${own}` : own;
}

function lastSegment(url: string | undefined): string {
	if (url === undefined || !URL.canParse(url)) {
		return '';
	}

	const segment = new URL(url).pathname.split('/').at(-1) ?? '';
	try {
		return decodeURIComponent(segment);
	} catch {
		// Not everything with a per cent sign is an escape.
		return segment;
	}
}

/** The extension with its dot; both of `.tar.gz`. */
function partsOf(name: string): {readonly stem: string; readonly extension: string} {
	const [extension = ''] = /(?:\.tar)?\.[a-z0-9]{1,10}$/i.exec(name) ?? [];
	return extension === name
		? {stem: name, extension: ''}
		: {stem: name.slice(0, name.length - extension.length), extension};
}

function shortenedName(name: string): string {
	if (Buffer.byteLength(name) <= longestName) {
		return name;
	}

	const {stem, extension} = partsOf(name);
	let left = longestName - extension.length;
	let kept = '';
	for (const character of stem) {
		left -= Buffer.byteLength(character);
		if (left < 0) {
			break;
		}

		kept += character;
	}

	return `${kept.replace(droppedEnd, '')}${extension}`;
}
