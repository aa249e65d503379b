/** What a file is: by its name's extension, and to a person by its media type (IANA). */
import type {FileType} from '../model/attachment.js';

/** The first extension of a type is the one that is written. */
const extensions: Readonly<Record<string, readonly string[]>> = {
	'application/epub+zip': ['epub'],
	'application/geo+json': ['geojson'],
	'application/gzip': ['gz'],
	'application/java-archive': ['jar'],
	'application/json': ['json'],
	'application/msword': ['doc'],
	'application/octet-stream': ['bin'],
	'application/ogg': ['ogx'],
	'application/pdf': ['pdf'],
	'application/pgp-encrypted': ['pgp'],
	'application/pgp-signature': ['sig'],
	'application/postscript': ['ps', 'eps'],
	'application/rtf': ['rtf'],
	'application/vnd.android.package-archive': ['apk'],
	'application/vnd.debian.binary-package': ['deb'],
	'application/vnd.microsoft.portable-executable': ['exe', 'dll'],
	'application/vnd.ms-excel': ['xls'],
	'application/vnd.ms-powerpoint': ['ppt'],
	'application/vnd.oasis.opendocument.graphics': ['odg'],
	'application/vnd.oasis.opendocument.presentation': ['odp'],
	'application/vnd.oasis.opendocument.spreadsheet': ['ods'],
	'application/vnd.oasis.opendocument.text': ['odt'],
	'application/vnd.openxmlformats-officedocument.presentationml.presentation': ['pptx'],
	'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': ['xlsx'],
	'application/vnd.openxmlformats-officedocument.wordprocessingml.document': ['docx'],
	'application/vnd.rar': ['rar'],
	'application/vnd.sqlite3': ['sqlite'],
	'application/wasm': ['wasm'],
	'application/x-7z-compressed': ['7z'],
	'application/x-bzip2': ['bz2'],
	'application/x-desktop': ['desktop'],
	'application/x-iso9660-image': ['iso'],
	'application/x-rpm': ['rpm'],
	'application/x-tar': ['tar', 'tgz', 'txz', 'tbz'],
	'application/x-xz': ['xz'],
	'application/xhtml+xml': ['xhtml', 'xht'],
	'application/xml': ['xml', 'xsl'],
	'application/yaml': ['yaml', 'yml'],
	'application/zip': ['zip'],
	'application/zstd': ['zst'],
	'audio/aac': ['aac'],
	'audio/aiff': ['aiff', 'aif'],
	'audio/amr': ['amr'],
	'audio/flac': ['flac'],
	'audio/midi': ['mid', 'midi'],
	'audio/mp4': ['m4a', 'm4b'],
	'audio/mpeg': ['mp3'],
	'audio/ogg': ['ogg', 'oga', 'opus', 'spx'],
	'audio/wav': ['wav'],
	'audio/webm': ['weba'],
	'audio/x-matroska': ['mka'],
	'audio/x-ms-wma': ['wma'],
	'font/otf': ['otf'],
	'font/ttf': ['ttf'],
	'font/woff': ['woff'],
	'font/woff2': ['woff2'],
	'image/avif': ['avif'],
	'image/bmp': ['bmp'],
	'image/gif': ['gif'],
	'image/heic': ['heic'],
	'image/heif': ['heif'],
	'image/jpeg': ['jpg', 'jpeg', 'jpe', 'jfif'],
	'image/jxl': ['jxl'],
	'image/png': ['png'],
	'image/svg+xml': ['svg'],
	'image/tiff': ['tiff', 'tif'],
	'image/webp': ['webp'],
	'image/x-icon': ['ico'],
	'message/rfc822': ['eml'],
	'model/stl': ['stl'],
	'text/calendar': ['ics'],
	'text/css': ['css'],
	'text/csv': ['csv'],
	'text/html': ['html', 'htm'],
	'text/javascript': ['js', 'mjs'],
	'text/markdown': ['md'],
	'text/plain': ['txt', 'text', 'log', 'conf', 'ini', 'diff', 'patch'],
	'text/tab-separated-values': ['tsv'],
	'text/vcard': ['vcf'],
	'text/x-python': ['py'],
	'text/x-shellscript': ['sh'],
	'video/3gpp': ['3gp'],
	'video/mp2t': ['m2ts'],
	'video/mp4': ['mp4', 'm4v'],
	'video/mpeg': ['mpg', 'mpeg'],
	'video/ogg': ['ogv'],
	'video/quicktime': ['mov'],
	'video/webm': ['webm'],
	'video/x-flv': ['flv'],
	'video/x-matroska': ['mkv'],
	'video/x-ms-wmv': ['wmv'],
	'video/x-msvideo': ['avi'],
};

/** Other names of a type that are about. */
const otherNames: Readonly<Record<string, string>> = {
	'application/vnd.comicbook+zip': 'application/zip',
	'application/x-gzip': 'application/gzip',
	'application/x-rar-compressed': 'application/vnd.rar',
	'application/x-sqlite3': 'application/vnd.sqlite3',
	'application/x-zip-compressed': 'application/zip',
	'audio/m4a': 'audio/mp4',
	'audio/mp3': 'audio/mpeg',
	'audio/opus': 'audio/ogg',
	'audio/vnd.wave': 'audio/wav',
	'audio/x-aiff': 'audio/aiff',
	'audio/x-flac': 'audio/flac',
	'audio/x-m4a': 'audio/mp4',
	'audio/x-wav': 'audio/wav',
	'image/jpg': 'image/jpeg',
	'image/vnd.microsoft.icon': 'image/x-icon',
	'image/x-ms-bmp': 'image/bmp',
	'text/rtf': 'application/rtf',
	'text/xml': 'application/xml',
};

const typesByExtension: ReadonlyMap<string, string> = new Map(
	Object.entries(extensions).flatMap(([type, names]) => names.map(name => [name, type] as const)),
);

/** What a type may look like (RFC 6838 §4.2), parameters apart. */
const wellFormed = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,126}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}$/;

/** `type/subtype` in lower case without parameters, under its usual name; `undefined` where that is none. */
export function readMediaType(text: string | undefined): string | undefined {
	const type = text?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
	return wellFormed.test(type) ? (otherNames[type] ?? type) : undefined;
}

/** The extension of a name in lower case, without its dot; empty where it has none. */
export function extensionOf(name: string): string {
	return /[^/\\.]\.([a-z0-9]{1,10})$/i.exec(name)?.[1]?.toLowerCase() ?? '';
}

/** What the extension of a name says; `undefined` where it is not known. */
export function mediaTypeByName(name: string): string | undefined {
	return typesByExtension.get(extensionOf(name));
}

/** With what names of a type end, without a dot; `undefined` where that is not known or says nothing. */
export function extensionFor(mediaType: string | undefined): string | undefined {
	const type = readMediaType(mediaType);
	return type === undefined || type === 'application/octet-stream' ? undefined : extensions[type]?.[0];
}

const archives: ReadonlySet<string> = new Set([
	'application/gzip',
	'application/java-archive',
	'application/vnd.rar',
	'application/x-7z-compressed',
	'application/x-bzip2',
	'application/x-tar',
	'application/x-xz',
	'application/zip',
	'application/zstd',
]);
const documents =
	/^(?:text\/|message\/|application\/(?:pdf|rtf|postscript|json|xml|yaml|epub\+zip|msword|geo\+json|vnd\.(?:ms-(?:excel|powerpoint|word)|oasis\.|openxmlformats))|.*\+(?:xml|json)$)/;
/** No flag says that sound is somebody's voice: these are the names that clients give to what they record. */
const voiceName = /^(?:recording|voice|ptt|audio)[-_ ]?(?:message)?[-_ .\d]/i;
const pictureNotDrawn: ReadonlySet<string> = new Set(['image/svg+xml']);

/** What a file is to a person, by what is said of it. */
export function fileTypeOf(file: {
	readonly name?: string | undefined;
	readonly mediaType?: string | undefined;
}): FileType {
	const {name = ''} = file;
	const type = readMediaType(file.mediaType);
	const known = type === undefined || type === 'application/octet-stream' ? mediaTypeByName(name) : type;
	if (known === undefined) {
		return 'file';
	}

	const [top = ''] = known.split('/');
	if (top === 'audio') {
		return voiceName.test(name) ? 'voice' : 'audio';
	}

	if (top === 'video' || (top === 'image' && !pictureNotDrawn.has(known))) {
		return top;
	}

	return archives.has(known) ? 'archive' : documents.test(known) ? 'document' : 'file';
}
