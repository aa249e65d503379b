/** A file of this machine to a place at the server, and what others have to know of it. */
import {open, stat} from 'node:fs/promises';
import {basename} from 'node:path';
import {httpUpload} from '../../extensions/http-upload.js';
import {newFileKey} from '../../media/file-cipher.js';
import {localFileName, serverFileName} from '../../media/file-name.js';
import {putFile, uploadSize} from '../../media/http-upload.js';
import {mediaTypeByContent, signatureBytes} from '../../media/media-signature.js';
import {mediaTypeByName} from '../../media/media-type.js';
import {mayTryAgain} from '../../media/transfer-problems.js';
import type {Attachment} from '../../model/attachment.js';
import type {FileToSend} from '../../model/file-actions.js';
import type {Clock} from '../../shared/clock.js';
import {problemOf, XmppcError} from '../../shared/errors.js';
import type {Use} from '../../xmpp/extension.js';
import type {Course} from './transfers.js';

/** Of what nothing is to be told, or nothing is known. */
const unknownType = 'application/octet-stream';

export type UploadPorts = {
	readonly clock: Clock;
	/** PEM text of the authorities that the account trusts instead of the usual ones. */
	readonly ca?: string | undefined;
	/** The extensions of the account's connection; throws `not-connected`. */
	readonly use: Use;
};

/** What is known of a file before anything happens with it. Throws `no-such-file`, `not-a-file`. */
export async function examine({path, name}: FileToSend): Promise<{readonly name: string; readonly size: number}> {
	const found = await stat(path).catch((error: unknown) => {
		throw new XmppcError(
			{
				code: 'no-such-file',
				kind: 'unreadableInput',
				message: `There is no file ${path} that could be read.`,
				hint: 'Tab completes paths.',
			},
			{cause: error},
		);
	});
	if (!found.isFile()) {
		throw new XmppcError({
			code: 'not-a-file',
			kind: 'unreadableInput',
			message: `${path} is ${found.isDirectory() ? 'a directory' : 'no ordinary file'}.`,
			hint: 'Send the files in it, or put them into one archive first.',
		});
	}

	return {name: name ?? basename(path), size: found.size};
}

/**
 * Uploads a file and answers what is to be sent of it. `isEncrypted`: under a key of its own, and under a name that says
 * nothing. A slot that was not used in time, or went wrong, is followed by another one, once.
 */
export async function upload(
	file: FileToSend,
	isEncrypted: boolean,
	course: Course,
	{clock, ca, use}: UploadPorts,
): Promise<Attachment> {
	const {name, size} = await examine(file);
	const mediaType = (await contentType(file.path)) ?? mediaTypeByName(name) ?? unknownType;
	const key = isEncrypted ? newFileKey() : undefined;
	const put = async () => {
		const type = isEncrypted ? unknownType : mediaType;
		const slot = await use(httpUpload).requestSlot({
			name: isEncrypted ? serverFileName({}) : localFileName({name, mediaType}),
			size: uploadSize(size, isEncrypted),
			type,
		});
		course.signal.throwIfAborted();
		const done = await putFile({
			url: slot.put,
			headers: slot.headers,
			path: file.path,
			size,
			mediaType: type,
			...(key === undefined ? {} : {key}),
			...(ca === undefined ? {} : {ca}),
			clock,
			onProgress: course.reached,
			signal: course.signal,
		});
		return {url: slot.get, sha256: done.sha256};
	};

	const there = await put().catch((error: unknown) => {
		if (course.signal.aborted || !mayTryAgain(problemOf(error))) {
			throw error;
		}

		return put();
	});
	return {...there, ...(key === undefined ? {} : {key}), name, mediaType, size};
}

/** What the first bytes say it is: names lie. */
async function contentType(path: string): Promise<string | undefined> {
	const file = await open(path);
	try {
		const {buffer, bytesRead} = await file.read(Buffer.alloc(signatureBytes), 0, signatureBytes, 0);
		return mediaTypeByContent(buffer.subarray(0, bytesRead));
	} finally {
		await file.close();
	}
}
