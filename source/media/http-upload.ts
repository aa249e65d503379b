/** A file from the disk to the place that a server gave for it (XEP-0363), encrypted on the way where it has a key. */
import {createHash} from 'node:crypto';
import {constants} from 'node:fs';
import {type FileHandle, open} from 'node:fs/promises';
import type {IncomingMessage} from 'node:http';
import path from 'node:path';
import type {FileKey} from '../model/attachment.js';
import type {Clock} from '../shared/clock.js';
import {isXmppcError, type Problem, XmppcError} from '../shared/errors.js';
import {readBlocks} from './blocks.js';
import {diskError} from './disk-problems.js';
import {fileCipher, tagBytes} from './file-cipher.js';
import {beginRequest, readFileUrl, stoppable} from './https-request.js';
import {type Patience, watchTransfer} from './patience.js';
import {createPieceWriter} from './piece-writer.js';
import {badAnswer, cancelled, networkProblem, putRefused, shown, tooSlow} from './transfer-problems.js';

export type SlotHeader = {readonly name: string; readonly value: string};

export type PutOrder = {
	/** Of the slot. */
	readonly url: string;
	/** Of the slot; only those that XEP-0363 §7 allows are sent. */
	readonly headers?: readonly SlotHeader[];
	/** The file on this machine. */
	readonly path: string;
	/** Bytes of it in clear, as they were when the slot was asked for. */
	readonly size: number;
	/** As the slot was asked for. */
	readonly mediaType?: string;
	/** It leaves encrypted; the slot was asked for {@link uploadSize} bytes. Of this file alone. */
	readonly key?: FileKey;
	/** PEM text of the authorities that are trusted instead of Node's. */
	readonly ca?: string;
	readonly clock: Clock;
	readonly patience?: UploadPatience;
	/** Bytes that left, of all that leave. */
	readonly onProgress?: (done: number, total: number) => void;
	readonly signal?: AbortSignal;
};

/** Milliseconds. `answer`: from the last byte on, which may lie in buffers on the way for long. */
export type UploadPatience = Omit<Patience, 'pace'> & {readonly answer: number};

export type PutFile = {
	/** Bytes at the server. */
	readonly size: number;
	/** SHA-256 of the file in clear, base64. */
	readonly sha256: string;
	/** SHA-256 of what lies at the server, base64, where that is encrypted. */
	readonly cipherSha256?: string;
};

const usualPatience: UploadPatience = {idle: 60_000, total: 86_400_000, answer: 300_000};
/** One write: small enough that the slowest connection shows that it lives. */
const pieceBytes = 64 * 1024;
const allowedHeaders: ReadonlySet<string> = new Set(['authorization', 'cookie', 'expires']);
const fitHeader = /^[\t -~\u0080-\u00FF]{0,8192}$/;

/** How many bytes a file has at the server: what a slot is asked for. */
export function uploadSize(size: number, isEncrypted: boolean): number {
	return isEncrypted ? size + tagBytes : size;
}

/**
 * Sends a file by PUT. Throws an error of our family; `mayTryAgain` says of it whether another attempt, with a new slot,
 * is worth it. The file is not read into memory, and a server never gets the last byte of one that changed meanwhile.
 */
export async function putFile(order: PutOrder): Promise<PutFile> {
	const url = readFileUrl(order.url);
	const headers = slotHeaders(order.headers ?? [], url.host);
	const name = path.basename(order.path);
	const stopping = stoppable(order.signal, () => new XmppcError(cancelled('up', name)));
	const file = await openFile(order.path);
	try {
		await mustBe(file, order);
		stopping.signal.throwIfAborted();
		return await send(order, {url, headers, name, file, ...stopping});
	} finally {
		stopping.release();
		await file.close();
	}
}

type Sending = {
	readonly url: URL;
	readonly headers: Readonly<Record<string, string>>;
	readonly name: string;
	readonly file: FileHandle;
	readonly signal: AbortSignal;
	readonly stop: (reason: XmppcError) => void;
};

async function send(order: PutOrder, {url, headers, name, file, signal, stop}: Sending): Promise<PutFile> {
	const {clock, key, size} = order;
	const {answer: answerTime, ...patience} = order.patience ?? usualPatience;
	const total = uploadSize(size, key !== undefined);
	const {request, answer} = beginRequest({
		url,
		method: 'PUT',
		headers: {...headers, 'Content-Type': order.mediaType ?? 'application/octet-stream', 'Content-Length': total},
		ca: order.ca,
		signal,
	});
	const giveUp = () => stop(new XmppcError(tooSlow(url.host)));
	let watch = watchTransfer(clock, patience, giveUp);
	const writer = createPieceWriter(request, answer, total);
	let done = 0;
	const write = async (bytes: Buffer) => {
		for (let at = 0; at < bytes.length; at += pieceBytes) {
			const piece = bytes.subarray(at, at + pieceBytes);
			await writer.write(piece);
			done += piece.length;
			watch.moved(piece.length);
			order.onProgress?.(done, total);
		}
	};

	try {
		const hashes = await sendContent(order, file, write);
		watch.stop();
		watch = watchTransfer(clock, {...patience, idle: answerTime}, giveUp);
		request.end();
		const {statusCode = 0} = await answer;
		if (statusCode !== 200 && statusCode !== 201) {
			throw new XmppcError(putRefused(url.host, statusCode, name));
		}

		return {size: total, ...hashes};
	} catch (error) {
		if (signal.aborted) {
			throw signal.reason;
		}

		// It may have said why it does not go on reading.
		const early = isXmppcError(error) ? undefined : writer.early();
		throw early === undefined ? networkProblem(error, url.host) : new XmppcError(earlyProblem(early, url.host, name));
	} finally {
		watch.stop();
		// What else it has to say is not read.
		request.destroy();
	}
}

/** A server that answers before it has all of the file. */
function earlyProblem({statusCode = 0}: IncomingMessage, host: string, name: string): Problem {
	return statusCode >= 300 ? putRefused(host, statusCode, name) : badAnswer(host);
}

async function sendContent(
	order: PutOrder,
	file: FileHandle,
	write: (bytes: Buffer) => Promise<void>,
): Promise<Pick<PutFile, 'sha256' | 'cipherSha256'>> {
	const {size, key} = order;
	const clearHash = createHash('sha256');
	const cipher = key === undefined ? undefined : {stream: fileCipher(key), hash: createHash('sha256')};
	let read = 0;
	const blocks = readBlocks(file, 0, size);
	for (;;) {
		const {value: block} = await blocks.next().catch((error: unknown) => {
			throw diskError(error, 'read', order.path);
		});
		read += block?.length ?? 0;
		if (block === undefined || read === size) {
			await mustBe(file, order);
		}

		if (block === undefined) {
			break;
		}

		clearHash.update(block);
		const bytes = cipher?.stream.update(block) ?? block;
		cipher?.hash.update(bytes);
		await write(bytes);
	}

	if (read !== size) {
		throw new XmppcError(changed(order.path));
	}

	if (cipher === undefined) {
		return {sha256: clearHash.digest('base64')};
	}

	const tag = Buffer.concat([cipher.stream.final(), cipher.stream.getAuthTag()]);
	cipher.hash.update(tag);
	await write(tag);
	return {sha256: clearHash.digest('base64'), cipherSha256: cipher.hash.digest('base64')};
}

/** Throws `bad-slot` for a header that could become two. */
function slotHeaders(headers: readonly SlotHeader[], host: string): Readonly<Record<string, string>> {
	const allowed = headers.filter(({name}) => allowedHeaders.has(name.toLowerCase()));
	if (allowed.some(({value}) => !fitHeader.test(value))) {
		throw new XmppcError({
			code: 'bad-slot',
			kind: 'protocol',
			message: `The server gave a place at ${host} for the file with headers that cannot be sent.`,
			hint: 'Tell who runs the server.',
		});
	}

	return Object.fromEntries(allowed.map(({name, value}) => [name.toLowerCase(), value]));
}

async function openFile(name: string): Promise<FileHandle> {
	try {
		// Without waiting for somebody to write, where it is a pipe.
		return await open(name, constants.O_RDONLY | constants.O_NONBLOCK);
	} catch (error) {
		throw diskError(error, 'read', name);
	}
}

/** Throws where it is not a file, or not the one any more that a slot was asked for. */
async function mustBe(file: FileHandle, order: PutOrder): Promise<void> {
	const found = await file.stat();
	if (!found.isFile()) {
		throw new XmppcError({
			code: 'not-a-file',
			kind: 'unreadableInput',
			message: `${shown(order.path)} is not a file that can be sent.`,
			hint: 'Name a file; put a directory into an archive first.',
		});
	}

	if (found.size !== order.size) {
		throw new XmppcError(changed(order.path));
	}
}

function changed(name: string): Problem {
	return {
		code: 'file-changed',
		kind: 'unreadableInput',
		message: `${shown(name)} changed while it was sent; it was not sent.`,
		hint: 'Send it again when nothing writes to it any more.',
	};
}
