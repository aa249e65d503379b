/** What is said of files where they are not seen: on the screen, in lines, exports, notifications, and in the search. */
import {sizeText} from '../shared/size-text.js';
import {printable, shortened} from '../shared/text.js';
import type {Attachment, FileType} from './attachment.js';
import {fileTypeOf} from './file-type.js';

const labels: Readonly<Record<FileType, string>> = {
	image: 'image',
	voice: 'voice message',
	audio: 'audio',
	video: 'video',
	document: 'file',
	archive: 'file',
	file: 'file',
};

/** Code points of a name and of a description that stand in a line. */
const longestName = 80;
const longestDescription = 200;

/**
 * One file in words, on one line and harmless: `[image 1.2 MB 1024x768 photo.jpg]`, `[voice message 0:12]`. Never an
 * address, never a key.
 */
export function attachmentWords(attachment: Attachment): string {
	const {name = '', size, width, height, duration, description = '', url, isSticker} = attachment;
	const said = shortened(printable(description.replace(/\s+/gu, ' ').trim(), 'line'), longestDescription);
	if (isSticker === true) {
		return said === ''
			? `[${['sticker', nameWords(name)].filter(part => part !== '').join(' ')}]`
			: `[sticker: ${said}]`;
	}

	const type = fileTypeOf(attachment);
	// Whoever records a message gives it a name that says nothing.
	const isRecorded = type === 'voice' && duration !== undefined;
	const facts = [
		labels[type],
		size === undefined || isRecorded ? '' : sizeText(size),
		width === undefined || height === undefined ? '' : `${width}x${height}`,
		duration === undefined ? '' : durationText(duration),
		isRecorded ? '' : nameWords(name),
	].filter(part => part !== '');
	const missing = url === undefined ? ', not available' : '';
	return `[${facts.join(' ')}${said === '' ? '' : `: ${said}`}${missing}]`;
}

/** Several, a line each. */
export function attachmentsWords(attachments: readonly Attachment[]): string {
	return attachments.map(attachmentWords).join('\n');
}

type WithFiles = {
	readonly body: string;
	readonly attachments?: readonly Attachment[] | undefined;
};

/** What its author wrote beside the files: nothing where the text is only what we say of them. User text. */
export function captionOf({body, attachments = []}: WithFiles): string {
	return attachments.length > 0 && body === attachmentsWords(attachments) ? '' : body;
}

/** All that a message says: its files in words, a line each, and what its author wrote. User text. */
export function messageText(message: WithFiles): string {
	const {body, attachments = []} = message;
	return attachments.length === 0
		? body
		: [attachmentsWords(attachments), captionOf(message)].filter(part => part !== '').join('\n');
}

/** What a message with files is found by beside its text: what they are called and said to be. Never where they lie. */
export function searchedWords(attachments: readonly Attachment[]): string {
	return attachments
		.flatMap(({name, description}) => [name, description])
		.filter(text => text !== undefined)
		.join('\n');
}

/** `0:12`, `1:02:03`: whole seconds, of milliseconds. */
export function durationText(milliseconds: number): string {
	const seconds = Math.round(milliseconds / 1000);
	const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
	const padded = (part: number) => String(part).padStart(2, '0');
	return hours === 0 ? `${minutes}:${padded(rest)}` : `${hours}:${padded(minutes)}:${padded(rest)}`;
}

/** The end of a long name says more than its middle. */
function nameWords(name: string): string {
	const characters = Array.from(name);
	const [head, tail] = [longestName - 21, 20];
	const shown =
		characters.length <= longestName
			? name
			: `${characters.slice(0, head).join('')}…${characters.slice(-tail).join('')}`;
	return printable(shown, 'identifier');
}
