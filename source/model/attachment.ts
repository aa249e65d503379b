/**
 * A file that a message brings (XEP-0447, XEP-0066, XEP-0454). Only what was said of it: nothing here was fetched, and the
 * name is user text, never a path.
 */

/** What is needed to read a file that lies encrypted at a server (XEP-0448, XEP-0454): AES-256-GCM, its tag behind the data. */
export type FileKey = {
	/** 32 bytes, base64. */
	readonly key: string;
	/** 12 or 16 bytes, base64. */
	readonly iv: string;
};

export type Attachment = {
	/** Where it lies: `https:`, without fragment. Of what has none only the rest can be shown. */
	readonly url?: string;
	/** Absent: it lies there in clear. Never in texts, logs or exports. */
	readonly key?: FileKey;
	/** User text. */
	readonly name?: string;
	/** `type/subtype` in lower case, as its sender says. */
	readonly mediaType?: string;
	/** Bytes, of the file in clear. */
	readonly size?: number;
	/** SHA-256 of the file in clear, base64 (XEP-0300). */
	readonly sha256?: string;
	/** Pixels. */
	readonly width?: number;
	readonly height?: number;
	/** Milliseconds of sound or film. */
	readonly duration?: number;
	/** In words, for whoever does not see it. User text. */
	readonly description?: string;
	/** To be shown in its place (XEP-0447 §3.1); absent: it is there to be kept. */
	readonly isInline?: true;
	/** It is a sticker (XEP-0449). */
	readonly isSticker?: true;
};

/** What a file is to a person. */
export type FileType = 'image' | 'voice' | 'audio' | 'video' | 'document' | 'archive' | 'file';

/** More files of one message are not looked at. */
export const mostAttachments = 20;
