/** A file that a message brings to a place on this machine. */
import {mkdir, stat} from 'node:fs/promises';
import {homedir} from 'node:os';
import {basename, dirname, join} from 'node:path';
import {localFileName} from '../../media/file-name.js';
import {fetchFile} from '../../media/http-download.js';
import {isRisky} from '../../media/risky-file.js';
import type {Attachment} from '../../model/attachment.js';
import type {SavedFile} from '../../model/file-actions.js';
import type {Clock} from '../../shared/clock.js';
import {XmppcError} from '../../shared/errors.js';
import type {Log} from '../../shared/log.js';
import type {Course} from './transfers.js';

export type DownloadPorts = {
	readonly clock: Clock;
	readonly log: Log;
	/** PEM text of the authorities that the account trusts instead of the usual ones. */
	readonly ca?: string | undefined;
	/** `files.directory`, as the person wrote it. */
	readonly directory: () => string;
	/** Bytes of the largest file that is fetched. */
	readonly most: () => number;
};

/** Where a file goes: into a directory under its own name, or to a place that nothing has. */
export type Destination = {readonly directory: string; readonly name: string};

/** Finds out where a file is to go, and makes the usual directory. Throws `file-exists`, `no-such-directory`. */
export async function destinationFor(
	attachment: Pick<Attachment, 'name' | 'url' | 'mediaType'>,
	path: string | undefined,
	{directory}: Pick<DownloadPorts, 'directory'>,
): Promise<Destination> {
	const name = localFileName(attachment);
	if (path === undefined) {
		const usual = directory().replace(/^~(?=\/|$)/u, homedir());
		// Others must not read what somebody was sent, unless the person made the directory so.
		await mkdir(usual, {recursive: true, mode: 0o700});
		return {directory: usual, name};
	}

	const found = await stat(path).catch(() => undefined);
	if (found?.isDirectory() === true) {
		return {directory: path, name};
	}

	if (found !== undefined) {
		throw new XmppcError({
			code: 'file-exists',
			kind: 'notPermitted',
			message: `There is a file ${path} already, and it is not overwritten.`,
			hint: 'Give another name, or a directory.',
		});
	}

	const parent = await stat(dirname(path)).catch(() => undefined);
	if (path.endsWith('/') || parent?.isDirectory() !== true) {
		throw new XmppcError({
			code: 'no-such-directory',
			kind: 'unreadableInput',
			message: `There is no directory ${path.endsWith('/') ? path : dirname(path)}.`,
			hint: 'Make it first, or give another one.',
		});
	}

	return {directory: dirname(path), name: basename(path)};
}

/** Gets a file as somebody asked for it, checks it, and answers where it is. */
export async function download(
	attachment: Attachment,
	{directory, name}: Destination,
	course: Course,
	{clock, log, ca, most}: DownloadPorts,
): Promise<SavedFile> {
	const {url, key, mediaType, size, sha256} = attachment;
	if (url === undefined) {
		throw new XmppcError({
			code: 'no-such-file',
			kind: 'protocol',
			message: `Nothing says where ${name} lies.`,
			hint: 'Its sender used a way that xmppc does not know. Ask them to send it again.',
		});
	}

	const {path, mediaType: served} = await fetchFile({
		url,
		directory,
		name,
		...(mediaType === undefined ? {} : {mediaType}),
		...(key === undefined ? {} : {key}),
		...(size === undefined ? {} : {size}),
		...(sha256 === undefined ? {} : {sha256}),
		most: most(),
		addresses: 'any',
		...(ca === undefined ? {} : {ca}),
		clock,
		log,
		onProgress: course.reached,
		signal: course.signal,
	});
	return {path: join(path), isRisky: isRisky(basename(path), mediaType, served)};
}
