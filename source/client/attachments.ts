/**
 * The files that a message brings, whatever said so: XEP-0447 with its sources, XEP-0448 and an address with a key in it
 * (XEP-0454) where the message was encrypted, XEP-0066 where the text is the link, XEP-0385. Nothing is fetched.
 */
import {type EncryptedSource, keyOf} from '../extensions/encrypted-files.js';
import {sha256Of} from '../extensions/file-hashes.js';
import type {FileMetadata} from '../extensions/file-metadata.js';
import {type SharedFile, sharedFile} from '../extensions/file-sharing.js';
import {sharedMedia} from '../extensions/media-sharing.js';
import {linkedAddresses} from '../extensions/out-of-band.js';
import {isSticker} from '../extensions/unread-payloads.js';
import {encryptedFileIn} from '../media/aesgcm-address.js';
import {type Attachment, mostAttachments} from '../model/attachment.js';
import type {Element} from '../xmpp/element.js';

/** Sources of one file that are looked at. */
const mostSources = 20;
/** Characters of an address of a file. */
const longestAddress = 2000;
/** Code points of a name that an address gives. */
const longestName = 255;

const fileEnding = /[^.]\.[a-z\d]{1,10}$/iu;

type Place = Pick<Attachment, 'url' | 'key'>;

/**
 * The files that elements of a message tell of, in their order. `isEncrypted`: the message was, and all of this was in it; else
 * a key is believed by nobody, as servers could have put it there, or read it.
 */
export function sharedFilesIn(stanza: Element, isEncrypted: boolean): readonly Attachment[] {
	const sticker = isSticker(stanza);
	const shared = sharedFile
		.findAll(stanza)
		.slice(0, mostAttachments)
		.map(found => ({
			...described(found.file),
			...placeOf(found, isEncrypted),
			...(found.disposition === 'inline' ? {isInline: true as const} : {}),
			...(sticker ? {isSticker: true as const} : {}),
		}));
	const media = sharedMedia
		.findAll(stanza)
		.slice(0, mostAttachments)
		.map(({media: {file, sources}}) => ({
			...described(file),
			...firstOf((sources?.references ?? []).slice(0, mostSources).map(({uri}) => uri)),
		}));
	// Who sends both says the same twice.
	return (shared.length > 0 ? shared : media).map(named);
}

/**
 * The file that the text of a message is: in an encrypted one an address with its key, or a link that is said to be one
 * (XEP-0066) and nothing else. `text`: what the message says for whoever knows no other way.
 */
export function fileInText(stanza: Element, text: string, isEncrypted: boolean): Attachment | undefined {
	const encrypted = isEncrypted ? encryptedFileIn(text) : undefined;
	if (encrypted !== undefined) {
		const {url, key} = encrypted;
		return named({url, key});
	}

	const link = text.trim();
	const url = linkedAddresses(stanza).includes(link) ? secure(link) : undefined;
	// A page is a link: what is put somewhere as a file ends as files do.
	const file = url === undefined ? undefined : named({url});
	return file?.name !== undefined && fileEnding.test(file.name) ? file : undefined;
}

/** Whether a text says no more than where one of the files lies. */
export function isAddressOf(attachments: readonly Attachment[], text: string, isEncrypted: boolean): boolean {
	const plain = secure(text.trim());
	const url = plain ?? (isEncrypted ? encryptedFileIn(text)?.url : undefined);
	return url !== undefined && attachments.some(attachment => attachment.url === url);
}

/**
 * A sticker with the text beside it as what it shows: that is what it is for (XEP-0449 §3.1).
 */
export function withMeaning(attachment: Attachment, text: string | undefined): Attachment {
	return attachment.description !== undefined || text === undefined || text.trim() === ''
		? attachment
		: {...attachment, description: text.trim()};
}

/** The first source that can be had. What lies there encrypted counts only with its key. */
function placeOf({sources}: SharedFile, isEncrypted: boolean): Place {
	const [encrypted] = isEncrypted ? (sources?.encrypted ?? []).slice(0, mostSources).flatMap(encryptedPlace) : [];
	return encrypted ?? firstOf((sources?.urls ?? []).slice(0, mostSources).map(({target}) => target));
}

function encryptedPlace(source: EncryptedSource): readonly Place[] {
	const key = keyOf(source);
	const {url} = firstOf(source.sources.urls.slice(0, mostSources).map(({target}) => target));
	return key === undefined || url === undefined ? [] : [{url, key}];
}

function firstOf(addresses: readonly string[]): Place {
	const url = addresses.map(secure).find(found => found !== undefined);
	return url === undefined ? {} : {url};
}

/** An address that can be asked for a file: `https:`, with nobody's password in it. It loses its fragment. */
function secure(text: string): string | undefined {
	if (text.length > longestAddress || /\s/u.test(text) || !/^https:\/\//iu.test(text) || !URL.canParse(text)) {
		return undefined;
	}

	const url = new URL(text);
	url.hash = '';
	return url.username === '' && url.password === '' ? url.href : undefined;
}

function described({
	mediaType,
	name,
	size,
	width,
	height,
	sides,
	length,
	hashes,
	descriptions,
}: FileMetadata): Attachment {
	const [description] = descriptions;
	const sha256 = sha256Of(hashes);
	const base = name === undefined ? undefined : lastSegment(name);
	return {
		...(base === undefined ? {} : {name: base}),
		...(mediaType === undefined ? {} : {mediaType}),
		...(size === undefined ? {} : {size}),
		...(sha256 === undefined ? {} : {sha256}),
		...(width === undefined || height === undefined ? sides : {width, height}),
		...(length === undefined ? {} : {duration: length}),
		...(description === undefined ? {} : {description}),
	};
}

/** One that has no name is called as its address ends. */
function named(attachment: Attachment): Attachment {
	const {name, url} = attachment;
	const found = name === undefined && url !== undefined ? nameIn(url) : undefined;
	return found === undefined ? attachment : {...attachment, name: found};
}

function nameIn(url: string): string | undefined {
	const {pathname} = new URL(url);
	const segment = pathname.split('/').findLast(part => part !== '') ?? '';
	try {
		return lastSegment(decodeURIComponent(segment));
	} catch {
		// A percent sign that stands for itself.
		return lastSegment(segment);
	}
}

/** What stands behind the last separator of any system: no name is a path. */
function lastSegment(name: string): string | undefined {
	const last = name.split(/[/\\]/u).at(-1)?.trim() ?? '';
	const kept = Array.from(last.slice(0, 2 * longestName))
		.slice(0, longestName)
		.join('');
	return kept === '' || kept === '.' || kept === '..' ? undefined : kept;
}
