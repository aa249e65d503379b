/** A file as it stands in a message that goes out, for whoever knows how to read it and for all others. */
import {sourceOf} from '../extensions/encrypted-files.js';
import {hashesOf} from '../extensions/file-hashes.js';
import {fileSharingNamespace, sharedFile} from '../extensions/file-sharing.js';
import {fallback} from '../extensions/message-fallback.js';
import {outOfBandData} from '../extensions/out-of-band.js';
import {formatAesgcmAddress} from '../media/aesgcm-address.js';
import type {Attachment} from '../model/attachment.js';
import {XmppcError} from '../shared/errors.js';
import {sanitizeOutgoing} from '../shared/text.js';
import type {Element} from '../xmpp/element.js';

/**
 * The text of a message with a file: its address and nothing else, as other programs show a file only then. Of an encrypted
 * one the address with its key (XEP-0454), which must be encrypted. Throws `file-nowhere`.
 */
export function fileBody({url, key}: Attachment): string {
	const address = url === undefined || key === undefined ? url : formatAesgcmAddress({url, key});
	if (address === undefined) {
		throw new XmppcError({
			code: 'file-nowhere',
			kind: 'badData',
			message: 'The file lies nowhere where others could get it.',
			hint: 'Upload it, and send that.',
		});
	}

	return address;
}

/**
 * What says more of it than the text: XEP-0447 with XEP-0446, the mark that the text is for whoever cannot read that
 * (XEP-0428), and of a file in clear the link (XEP-0066), without which many programs show a text.
 */
export function fileElements(attachment: Attachment): readonly Element[] {
	const {url = '', key, name, mediaType, size, sha256, width, height, duration, description, isInline} = attachment;
	return [
		sharedFile.encode({
			disposition: isInline === true ? 'inline' : 'attachment',
			file: {
				...(mediaType === undefined ? {} : {mediaType}),
				...(name === undefined ? {} : {name: sanitizeOutgoing(name)}),
				...(size === undefined ? {} : {size}),
				...(width === undefined ? {} : {width}),
				...(height === undefined ? {} : {height}),
				...(duration === undefined ? {} : {length: duration}),
				hashes: hashesOf(sha256),
				descriptions: description === undefined ? [] : [sanitizeOutgoing(description)],
			},
			sources: key === undefined ? {urls: [{target: url}], encrypted: []} : {urls: [], encrypted: [sourceOf(url, key)]},
		}),
		fallback.encode({for: fileSharingNamespace, bodies: [{}], subjects: []}),
		...(key === undefined ? [outOfBandData.encode({url})] : []),
	];
}
