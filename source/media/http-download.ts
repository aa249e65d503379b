/** A file from a web server to the disk: it has its name when it was verified, and not before (`docs/decisions/0026-files.md`). */
import {createHash, type DecipherGCM, type Hash} from 'node:crypto';
import {statfs} from 'node:fs/promises';
import type {IncomingMessage} from 'node:http';
import type {FileKey} from '../model/attachment.js';
import type {Clock} from '../shared/clock.js';
import {isXmppcError, XmppcError} from '../shared/errors.js';
import type {Log} from '../shared/log.js';
import type {AddressRule} from './address-check.js';
import {createBlockWriter, readBlocks} from './blocks.js';
import {diskError, noRoom} from './disk-problems.js';
import {fileDecipher, tagBytes} from './file-cipher.js';
import {localFileName, numberedName} from './file-name.js';
import {beginRequest, readFileUrl, stoppable} from './https-request.js';
import {readMediaType} from './media-type.js';
import {
	claimPart,
	createPart,
	discardKept,
	finishPart,
	type KeptPart,
	keepPart,
	type PartFile,
	type PartName,
	removePart,
} from './part-file.js';
import {type Patience, watchTransfer} from './patience.js';
import {checkedAddresses, hostOf, type ResolveAddresses, systemAddresses} from './pinned-address.js';
import {
	badAnswer,
	cancelled,
	compressed,
	damaged,
	errorCode,
	fetchRefused,
	interrupted,
	mayTryAgain,
	networkProblem,
	redirectRefused,
	tooLarge,
	tooSlow,
} from './transfer-problems.js';

export type FetchOrder = {
	/** `https:`. */
	readonly url: string;
	/** Has to be there. */
	readonly directory: string;
	/** As its sender calls it; made safe here. */
	readonly name?: string;
	/** As its sender says. */
	readonly mediaType?: string;
	/** What lies there is encrypted. */
	readonly key?: FileKey;
	/** Bytes in clear, where they were announced. */
	readonly size?: number;
	/** SHA-256 in clear, base64, where it was announced. */
	readonly sha256?: string;
	/** Bytes in clear: larger files are not fetched. */
	readonly most: number;
	readonly addresses: AddressRule;
	/** PEM text of the authorities that are trusted instead of Node's. */
	readonly ca?: string;
	readonly clock: Clock;
	readonly log: Log;
	readonly resolve?: ResolveAddresses;
	readonly patience?: Patience;
	/** Bytes that are there, those of an earlier attempt included (told first), of all that lie at the server. */
	readonly onProgress?: (done: number, total?: number) => void;
	readonly signal?: AbortSignal;
};

export type FetchedFile = {
	readonly path: string;
	/** Bytes. */
	readonly size: number;
	/** SHA-256, base64. */
	readonly sha256: string;
	/** As the server says, where nothing is encrypted: to be trusted as little as the sender. */
	readonly mediaType?: string;
};

const usualPatience: Patience = {idle: 30_000, total: 86_400_000, pace: {bytes: 64 * 1024, within: 60_000}};
const mostRedirections = 3;
const redirecting: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** Says nothing about us; some servers refuse who says nothing at all. */
const userAgent = 'Mozilla/5.0';

/**
 * Fetches a file into a directory under a name that nothing has there. What was interrupted is kept beside it as `.part`, and
 * the next call goes on from there where the server can. Throws an error of our family: `mayTryAgain` says of it whether
 * another attempt is worth it; of a file that is not the announced one nothing is kept.
 */
export async function fetchFile(order: FetchOrder): Promise<FetchedFile> {
	const url = readFileUrl(order.url);
	const where = partNameOf(order, url);
	const kept = await claimPart(where);
	if (kept === undefined) {
		return fetchOnce(order, url, where, undefined);
	}

	try {
		return await fetchOnce(order, url, where, kept);
	} catch (error) {
		// Perhaps what was there did not belong to what came.
		if (isXmppcError(error) && error.code === 'file-damaged') {
			return fetchOnce(order, url, where, undefined);
		}

		throw error;
	}
}

/** Removes what interrupted attempts at a file left, for when nobody wants it any more. */
export async function discardPart(order: Pick<FetchOrder, 'url' | 'directory' | 'name'>): Promise<void> {
	await discardKept(partNameOf(order, readFileUrl(order.url)));
}

function partNameOf({directory, name, url: said}: Pick<FetchOrder, 'url' | 'directory' | 'name'>, url: URL): PartName {
	return {directory, name: localFileName({name, url: said}), url: url.href};
}

/** What is known of a file while it comes. */
type Coming = {
	readonly part: PartFile;
	/** Bytes that are there. */
	size: number;
	/** Of the file as it lies there; of one that is encrypted nothing is gained by it. */
	hash: Hash | undefined;
	lastModified: number | undefined;
	canResume: boolean;
	mediaType: string | undefined;
};

async function fetchOnce(
	order: FetchOrder,
	url: URL,
	where: PartName,
	kept: KeptPart | undefined,
): Promise<FetchedFile> {
	const stopping = stoppable(order.signal, () => new XmppcError(cancelled('down', where.name)));
	try {
		const part = kept ?? (await onDisk(order, createPart(where)));
		const coming: Coming = {
			part,
			size: kept?.size ?? 0,
			hash: undefined,
			lastModified: kept?.lastModified,
			canResume: true,
			mediaType: undefined,
		};
		try {
			stopping.signal.throwIfAborted();
			await receive(order, url, where, coming, stopping);
			stopping.signal.throwIfAborted();
			const clear = await verify(order, where, coming, stopping.signal);
			return await place(order, where, coming, clear);
		} catch (error) {
			const failure = stopping.signal.aborted ? stopping.signal.reason : diskError(error, writing, order.directory);
			await giveUp(order, where, coming, failure);
			throw failure;
		}
	} finally {
		stopping.release();
	}
}

const writing = 'write the file into';

/** A failure of the disk, told from those of the network. */
async function onDisk<Value>({directory}: Pick<FetchOrder, 'directory'>, work: Promise<Value>): Promise<Value> {
	try {
		return await work;
	} catch (error) {
		throw diskError(error, writing, directory);
	}
}

/** What can be gone on with is kept, all else removed. What came was a failure already: another one is only noted. */
async function giveUp(order: FetchOrder, where: PartName, coming: Coming, failure: unknown): Promise<void> {
	const isPassing = isXmppcError(failure) && (failure.code === 'cancelled' || mayTryAgain(failure));
	const isSound = coming.lastModified !== undefined || isVerifiable(order);
	try {
		await (isPassing && isSound && coming.canResume && coming.size > 0
			? keepPart(coming.part, where, coming.lastModified)
			: removePart(coming.part));
	} catch (error) {
		order.log.note('media', `a file that was not complete could not be put away: ${errorCode(error) ?? 'unknown'}`);
	}
}

/** Whether putting together parts of two files would be found out. */
function isVerifiable({key, sha256}: FetchOrder): boolean {
	return key !== undefined || sha256 !== undefined;
}

type Stopping = {readonly signal: AbortSignal; readonly stop: (reason: XmppcError) => void};

/** Fills the part with what lies at the server. */
async function receive(
	order: FetchOrder,
	url: URL,
	where: PartName,
	coming: Coming,
	stopping: Stopping,
): Promise<void> {
	const {signal, stop} = stopping;
	const isOfUse = coming.size <= mostAtServer(order) && (isVerifiable(order) || coming.lastModified !== undefined);
	if (coming.size > 0 && !isOfUse) {
		await startOver(order, coming);
	}

	if (order.key === undefined) {
		const hash = createHash('sha256');
		for await (const block of readBlocks(coming.part.file, 0, coming.size)) {
			signal.throwIfAborted();
			hash.update(block);
		}

		coming.hash = hash;
	}

	// All of it was there already, and only had not been verified.
	if (coming.size > 0 && order.size !== undefined && coming.size === order.size + (order.key ? tagBytes : 0)) {
		return;
	}

	const watch = watchTransfer(order.clock, order.patience ?? usualPatience, () =>
		stop(new XmppcError(tooSlow(url.host))),
	);
	try {
		const {message, ...answer} = await ask(order, url, coming, signal);
		try {
			await readAnswer(order, where, coming, {message, ...answer}, watch.moved);
		} catch (error) {
			throw networkProblem(error, answer.host);
		} finally {
			message.destroy();
		}
	} finally {
		watch.stop();
	}
}

/** Bytes that there may be at the server. */
function mostAtServer({most, key}: FetchOrder): number {
	return most + (key ? tagBytes : 0);
}

async function startOver(order: FetchOrder, coming: Coming): Promise<void> {
	await onDisk(order, coming.part.file.truncate(0));
	coming.size = 0;
	coming.lastModified = undefined;
	coming.hash = order.key === undefined ? createHash('sha256') : undefined;
}

type Answer = {
	readonly message: IncomingMessage;
	readonly host: string;
	/** Bytes of the whole file, where the server says so. */
	readonly total: number | undefined;
};

/** Asks for the file, or for what is missing of it; after that the part is where the answer begins. */
async function ask(order: FetchOrder, url: URL, coming: Coming, signal: AbortSignal): Promise<Answer> {
	const {message, host} = await follow(order, url, coming, signal);
	const status = message.statusCode ?? 0;
	if (status === 200) {
		if (coming.size > 0) {
			await startOver(order, coming);
		}

		return {message, host, total: lengthOf(message)};
	}

	const total = status === 206 && coming.size > 0 ? totalOfRest(order, message, coming) : undefined;
	if (total !== undefined) {
		return {message, host, total};
	}

	message.destroy();
	if (coming.size > 0 && (status === 206 || status === 416)) {
		await startOver(order, coming);
		return ask(order, url, coming, signal);
	}

	throw new XmppcError(status === 206 ? badAnswer(host) : fetchRefused(host, status));
}

/** The size of the whole file, where an answer is the rest of it (RFC 9110 §14.4) and it is still the same one. */
function totalOfRest(order: FetchOrder, message: IncomingMessage, {size, lastModified}: Coming): number | undefined {
	const [, from, to, total] =
		/^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15})$/.exec(message.headers['content-range'] ?? '') ?? [];
	const isRest = Number(from) === size && Number(to) === Number(total) - 1;
	const isSame = lastModified === undefined ? isVerifiable(order) : lastModifiedOf(message) === lastModified;
	return isRest && isSame ? Number(total) : undefined;
}

async function follow(
	order: FetchOrder,
	first: URL,
	{size, lastModified}: Coming,
	signal: AbortSignal,
): Promise<{readonly message: IncomingMessage; readonly host: string}> {
	const resolve = order.resolve ?? systemAddresses;
	const headers = {
		'User-Agent': userAgent,
		Accept: '*/*',
		'Accept-Encoding': 'identity',
		...(size > 0 ? {Range: `bytes=${size}-`} : {}),
		...(size > 0 && lastModified !== undefined ? {'If-Range': new Date(lastModified * 1000).toUTCString()} : {}),
	};
	for (let hops = 0, url = first; hops <= mostRedirections; hops++) {
		const addresses = await unlessStopped(signal, checkedAddresses(hostOf(url), order.addresses, resolve)).catch(
			(error: unknown) => Promise.reject(networkProblem(error, url.host)),
		);
		const {request, answer} = beginRequest({url, method: 'GET', headers, addresses, ca: order.ca, signal});
		request.end();
		const message = await answer.catch((error: unknown) => Promise.reject(networkProblem(error, url.host)));
		if (!redirecting.has(message.statusCode ?? 0)) {
			return {message, host: url.host};
		}

		message.destroy();
		url = redirection(message.headers.location, url);
	}

	throw new XmppcError(redirectRefused(first.host));
}

/** A resolver cannot be stopped; whoever waits for it can. */
async function unlessStopped<Value>(signal: AbortSignal, work: Promise<Value>): Promise<Value> {
	let onAbort: () => void = () => undefined;
	const stopped = new Promise<never>((_resolve, reject) => {
		onAbort = () => reject(signal.reason);
		signal.addEventListener('abort', onAbort, {once: true});
	});
	try {
		signal.throwIfAborted();
		return await Promise.race([work, stopped]);
	} finally {
		signal.removeEventListener('abort', onAbort);
	}
}

function redirection(location: string | undefined, from: URL): URL {
	try {
		return readFileUrl(new URL(location ?? '', from).href);
	} catch {
		throw new XmppcError(redirectRefused(from.host));
	}
}

/** Writes what comes behind what is there, within all limits that are known. */
async function readAnswer(
	order: FetchOrder,
	where: PartName,
	coming: Coming,
	{message, host, total}: Answer,
	moved: (bytes: number) => void,
): Promise<void> {
	const {headers} = message;
	if (!isPlain(headers['content-encoding'], 'identity') || !isPlain(headers['transfer-encoding'], 'chunked')) {
		throw new XmppcError(compressed(host));
	}

	coming.lastModified = lastModifiedOf(message);
	coming.canResume = headers['accept-ranges'] !== 'none';
	coming.mediaType = order.key === undefined ? readMediaType(headers['content-type']) : undefined;
	// Where only the end of the connection ends it, nobody knows whether that was all.
	if (total === undefined && headers['transfer-encoding'] === undefined && !isVerifiable(order)) {
		throw new XmppcError(badAnswer(host));
	}

	if (total !== undefined) {
		mustFit(order, where, total);
		await mustHaveRoom(order, total, coming.size);
	}

	order.onProgress?.(coming.size, total);
	const {hash} = coming;
	const writer = createBlockWriter(coming.part.file, coming.size, block => hash?.update(block));
	try {
		for await (const chunk of message as AsyncIterable<Buffer>) {
			const end = writer.end + chunk.length;
			moved(chunk.length);
			if (end > mostAtServer(order)) {
				throw new XmppcError(tooLarge(where.name, order.most));
			}

			if (order.key === undefined && order.size !== undefined && end > order.size) {
				throw new XmppcError(damaged(where.name, 'size'));
			}

			const behind = writer.add(chunk);
			if (behind !== undefined) {
				await onDisk(order, behind);
			}

			order.onProgress?.(end, total);
		}
	} finally {
		await onDisk(order, writer.flush());
		coming.size = writer.end;
	}

	if (total !== undefined && coming.size !== total) {
		throw new XmppcError(interrupted(host));
	}

	mustFit(order, where, coming.size);
}

function isPlain(header: string | undefined, only: string): boolean {
	return header === undefined || header.trim().toLowerCase() === only;
}

/** Throws where a file of so many bytes at the server is not the announced one, or larger than allowed. */
function mustFit(order: FetchOrder, where: PartName, total: number): void {
	if (total > mostAtServer(order)) {
		throw new XmppcError(tooLarge(where.name, order.most));
	}

	// What stands behind the end of an encrypted file is cut off (XEP-0448 §3.2).
	const {size, key} = order;
	if (size !== undefined && (key ? total < size : total !== size)) {
		throw new XmppcError(damaged(where.name, 'size'));
	}
}

async function mustHaveRoom(order: FetchOrder, total: number, there: number): Promise<void> {
	const {bavail, bsize} = await onDisk(order, statfs(order.directory));
	// Decrypting takes the same room once more.
	if (total - there + (order.key ? total : 0) > bavail * bsize) {
		throw new XmppcError(noRoom(order.directory));
	}
}

function lengthOf({headers}: IncomingMessage): number | undefined {
	const length = Number(headers['content-length'] ?? Number.NaN);
	return Number.isSafeInteger(length) ? length : undefined;
}

/** Seconds since the epoch. */
function lastModifiedOf({headers}: IncomingMessage): number | undefined {
	const time = Math.floor(Date.parse(headers['last-modified'] ?? '') / 1000);
	return time > 0 ? time : undefined;
}

/** A file that is what was announced, in clear. */
type Verified = {readonly part: PartFile; readonly size: number; readonly sha256: string};

/** Throws `file-damaged` for a file that is not the announced one. */
async function verify(order: FetchOrder, where: PartName, coming: Coming, signal: AbortSignal): Promise<Verified> {
	const verified =
		order.key === undefined
			? {part: coming.part, size: coming.size, sha256: coming.hash?.digest('base64') ?? ''}
			: await decrypt(order, order.key, where, coming, signal);
	if (order.sha256 !== undefined && verified.sha256 !== order.sha256) {
		if (verified.part !== coming.part) {
			await removePart(verified.part);
		}

		throw new XmppcError(damaged(where.name, 'hash'));
	}

	if (verified.part !== coming.part) {
		await removePart(coming.part);
	}

	return verified;
}

/** Writes the file in clear into a part of its own, which only remains when the tag is right. */
async function decrypt(
	order: FetchOrder,
	key: FileKey,
	where: PartName,
	coming: Coming,
	signal: AbortSignal,
): Promise<Verified> {
	const decipher = fileDecipher(key);
	// A tag is only recommended where the hash says what the file is (XEP-0448 §4).
	const hasTag = !(order.sha256 !== undefined && coming.size === order.size);
	const end = hasTag ? coming.size - tagBytes : coming.size;
	const size = Math.min(order.size ?? end, end);
	if (decipher === undefined || end < 0 || size < (order.size ?? 0)) {
		throw new XmppcError(damaged(where.name, 'tag'));
	}

	const clear = await createPart(where);
	try {
		const hash = createHash('sha256');
		const writer = createBlockWriter(clear.file, 0, block => hash.update(block));
		for await (const block of readBlocks(coming.part.file, 0, end)) {
			signal.throwIfAborted();
			const bytes = decipher.update(block).subarray(0, Math.max(0, size - writer.end));
			await writer.add(bytes);
		}

		await writer.flush();
		if (hasTag) {
			const tag = Buffer.alloc(tagBytes);
			await coming.part.file.read(tag, 0, tagBytes, end);
			mustBeGenuine(decipher, tag, where);
		}

		return {part: clear, size, sha256: hash.digest('base64')};
	} catch (error) {
		await removePart(clear);
		throw error;
	}
}

function mustBeGenuine(decipher: DecipherGCM, tag: Buffer, where: PartName): void {
	try {
		decipher.setAuthTag(tag).final();
	} catch {
		throw new XmppcError(damaged(where.name, 'tag'));
	}
}

/** Gives a verified file its name. */
async function place(order: FetchOrder, where: PartName, coming: Coming, clear: Verified): Promise<FetchedFile> {
	const mediaType = order.mediaType ?? coming.mediaType;
	const name = localFileName({name: where.name, mediaType});
	try {
		const path = await finishPart(clear.part, order.directory, taken => numberedName(name, taken));
		return {
			path,
			size: clear.size,
			sha256: clear.sha256,
			...(coming.mediaType === undefined ? {} : {mediaType: coming.mediaType}),
		};
	} catch (error) {
		await removePart(clear.part);
		throw error;
	}
}
