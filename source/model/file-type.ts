/** What a file is to a person, as far as what is said of it tells. */
import type {Attachment, FileType} from './attachment.js';

/** What names end in where nobody says more of a file. */
const endings: ReadonlyArray<readonly [type: FileType, ending: RegExp]> = [
	['image', /\.(?:avif|bmp|gif|heic|heif|jpe?g|jxl|png|tiff?|webp)$/iu],
	['audio', /\.(?:3ga|aac|aiff?|amr|flac|m4a|mka|mp3|oga|ogg|opus|wav|weba|wma)$/iu],
	['video', /\.(?:3gp|avi|m4v|mkv|mov|mp4|mpe?g|ogv|webm|wmv)$/iu],
	['archive', /\.(?:7z|bz2|gz|jar|rar|tar|tgz|txz|xz|zip|zst)$/iu],
	['document', /\.(?:csv|docx?|epub|html?|json|md|od[pst]|pdf|pptx?|rtf|tex|txt|xlsx?|xml)$/iu],
];

/** No flag says that sound is somebody's voice: these are the names that clients give to what they record. */
const voiceName = /^(?:recording|voice|ptt|audio)[-_ ]?(?:message)?[-_ .\d]/iu;
/** Drawings are programs too: one is a file like any other. */
const notDrawn = 'image/svg+xml';
const archives =
	/^application\/(?:gzip|java-archive|vnd\.rar|zip|zstd|x-(?:7z-compressed|bzip2|tar|xz|zip-compressed))$/u;
const documents =
	/^(?:text\/|application\/(?:pdf|rtf|json|xml|epub\+zip|msword|vnd\.(?:ms-(?:excel|powerpoint|word)|oasis\.|openxmlformats)))/u;

/** By its media type or, where that says nothing, by how its name ends. */
export function fileTypeOf({name = '', mediaType, isInline}: Attachment): FileType {
	const known = mediaType === 'application/octet-stream' ? undefined : mediaType;
	const type = known === undefined ? byName(name) : byMediaType(known);
	return type === 'audio' && (isInline === true || voiceName.test(name)) ? 'voice' : type;
}

function byName(name: string): FileType {
	return endings.find(([, ending]) => ending.test(name))?.[0] ?? 'file';
}

function byMediaType(mediaType: string): FileType {
	const [top] = mediaType.split('/', 1);
	if (top === 'image' || top === 'audio' || top === 'video') {
		return mediaType === notDrawn ? 'file' : top;
	}

	return archives.test(mediaType) ? 'archive' : documents.test(mediaType) ? 'document' : 'file';
}
