/** What a file is by its first bytes, whatever its sender calls it. */

type Signature = {
	readonly type: string;
	/** In hexadecimal, `..` for any byte. */
	readonly bytes: string;
	readonly at?: number;
};

const hex = (text: string) => Buffer.from(text, 'latin1').toString('hex');

const signatures: readonly Signature[] = [
	{type: 'image/png', bytes: '89504e470d0a1a0a'},
	{type: 'image/jpeg', bytes: 'ffd8ff'},
	{type: 'image/gif', bytes: hex('GIF87a')},
	{type: 'image/gif', bytes: hex('GIF89a')},
	{type: 'image/webp', bytes: `${hex('RIFF')}........${hex('WEBP')}`},
	{type: 'audio/wav', bytes: `${hex('RIFF')}........${hex('WAVE')}`},
	{type: 'video/x-msvideo', bytes: `${hex('RIFF')}........${hex('AVI ')}`},
	{type: 'audio/aiff', bytes: `${hex('FORM')}........${hex('AIF')}`},
	{type: 'image/tiff', bytes: '49492a00'},
	{type: 'image/tiff', bytes: '4d4d002a'},
	{type: 'image/x-icon', bytes: '00000100'},
	{type: 'image/jxl', bytes: '0000000c4a584c200d0a870a'},
	{type: 'image/jxl', bytes: 'ff0a'},
	{type: 'image/bmp', bytes: `${hex('BM')}........00000000`},
	{type: 'application/pdf', bytes: hex('%PDF-')},
	{type: 'application/postscript', bytes: hex('%!PS')},
	{type: 'application/rtf', bytes: hex('{\\rtf')},
	{type: 'application/zip', bytes: '504b0304'},
	{type: 'application/zip', bytes: '504b0506'},
	{type: 'application/gzip', bytes: '1f8b08'},
	{type: 'application/x-bzip2', bytes: hex('BZh')},
	{type: 'application/x-xz', bytes: 'fd377a585a00'},
	{type: 'application/zstd', bytes: '28b52ffd'},
	{type: 'application/x-7z-compressed', bytes: '377abcaf271c'},
	{type: 'application/vnd.rar', bytes: `${hex('Rar!')}1a07`},
	{type: 'application/x-tar', bytes: hex('ustar'), at: 257},
	{type: 'application/vnd.sqlite3', bytes: `${hex('SQLite format 3')}00`},
	{type: 'audio/flac', bytes: hex('fLaC')},
	{type: 'audio/midi', bytes: hex('MThd')},
	{type: 'audio/amr', bytes: hex('#!AMR')},
	{type: 'audio/mpeg', bytes: hex('ID3')},
	{type: 'audio/aac', bytes: 'fff1'},
	{type: 'audio/aac', bytes: 'fff9'},
	{type: 'audio/mpeg', bytes: 'fffb'},
	{type: 'audio/mpeg', bytes: 'fff3'},
	{type: 'audio/mpeg', bytes: 'fff2'},
	{type: 'video/x-flv', bytes: `${hex('FLV')}01`},
	{type: 'video/mpeg', bytes: '000001ba'},
	{type: 'font/woff2', bytes: hex('wOF2')},
	{type: 'font/woff', bytes: hex('wOFF')},
	{type: 'application/wasm', bytes: '0061736d'},
	{type: 'application/x-executable', bytes: `7f${hex('ELF')}`},
	{type: 'application/vnd.microsoft.portable-executable', bytes: hex('MZ')},
	{type: 'application/x-mach-binary', bytes: 'feedface'},
	{type: 'application/x-mach-binary', bytes: 'feedfacf'},
	{type: 'application/x-mach-binary', bytes: 'cefaedfe'},
	{type: 'application/x-mach-binary', bytes: 'cffaedfe'},
	{type: 'application/java-vm', bytes: 'cafebabe'},
	{type: 'application/vnd.debian.binary-package', bytes: hex('!<arch>\ndebian')},
	{type: 'application/x-rpm', bytes: 'edabeedb'},
	{type: 'application/msword', bytes: 'd0cf11e0a1b11ae1'},
	{type: 'text/x-shellscript', bytes: hex('#!')},
];

/** Kinds of the ISO base media format (ISO/IEC 14496-12) by their major brand. */
const brands: ReadonlyArray<readonly [RegExp, string]> = [
	[/^avi[fs]/, 'image/avif'],
	[/^(?:hei[cxms]|hev[cxms])/, 'image/heic'],
	[/^(?:mif1|msf1)/, 'image/heif'],
	[/^M4[AB] /, 'audio/mp4'],
	[/^qt {2}/, 'video/quicktime'],
	[/^3g/, 'video/3gpp'],
	[/^[\w ]{4}/, 'video/mp4'],
];

/** What is looked at; more need not be read. */
export const signatureBytes = 1024;

/**
 * The media type that the first bytes of a file show, `undefined` where they show none. A shape like ZIP holds many kinds, and
 * one file can look like two: good for finding out what pretends to be harmless, not for trusting it.
 */
export function mediaTypeByContent(start: Uint8Array): string | undefined {
	const bytes = Buffer.from(start.buffer, start.byteOffset, Math.min(start.byteLength, signatureBytes));
	return (
		signatures.find(signature => matches(bytes, signature))?.type ??
		isoMedia(bytes) ??
		oggOrMatroska(bytes) ??
		markup(bytes)
	);
}

function matches(bytes: Buffer, {bytes: wanted, at = 0}: Signature): boolean {
	const length = wanted.length / 2;
	if (bytes.length < at + length) {
		return false;
	}

	const found = bytes.toString('hex', at, at + length);
	return found === wanted || (wanted.includes('.') && new RegExp(`^${wanted}$`).test(found));
}

function isoMedia(bytes: Buffer): string | undefined {
	if (bytes.toString('latin1', 4, 8) !== 'ftyp') {
		return undefined;
	}

	const brand = bytes.toString('latin1', 8, 12);
	return brands.find(([pattern]) => pattern.test(brand))?.[1];
}

function oggOrMatroska(bytes: Buffer): string | undefined {
	const text = bytes.toString('latin1', 0, 96);
	if (text.startsWith('OggS')) {
		return /\u0080theora|\u0001video/.test(text) ? 'video/ogg' : 'audio/ogg';
	}

	if (text.startsWith('\u001aE\u00df\u00a3')) {
		return text.includes('webm') ? 'video/webm' : 'video/x-matroska';
	}

	return undefined;
}

/** Text that browsers and desktops run: it may begin with a mark, white space, a declaration or a comment. */
function markup(bytes: Buffer): string | undefined {
	const text = bytes
		.toString('utf8')
		.replaceAll('\0', '')
		.replace(/^\uFEFF/, '')
		.trimStart()
		.toLowerCase();
	if (/^\[desktop entry\]/m.test(text)) {
		return 'application/x-desktop';
	}

	if (!text.startsWith('<')) {
		return undefined;
	}

	return /<svg[\s>]/.test(text)
		? 'image/svg+xml'
		: /<(?:!doctype html|html|head|body|script|iframe|meta)[\s>]/.test(text)
			? 'text/html'
			: text.startsWith('<?xml')
				? 'application/xml'
				: undefined;
}
