/** What the tests of transfers share: a server, a directory, and orders that only say what is special about them. */
import {createHash} from 'node:crypto';
import {mkdtempSync, readdirSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import type {ExecutionContext} from 'ava';
import type {FetchOrder} from '../../source/media/http-download.js';
import type {PutOrder} from '../../source/media/http-upload.js';
import {isXmppcError, type XmppcError} from '../../source/shared/errors.js';
import {silentLog} from '../../source/shared/log.js';
import {type TestCertificates, testCertificates} from '../support/certificates.js';
import {type FileServer, type FileServerOptions, startFileServer} from '../support/file-server.js';
import {createManualClock, type ManualClock} from '../support/manual-clock.js';

export type Place = {
	readonly server: FileServer;
	readonly directory: string;
	readonly clock: ManualClock;
	readonly certificates: TestCertificates;
	/** `path`: on the server. */
	fetching(path: string, more?: Partial<FetchOrder>): FetchOrder;
	putting(path: string, file: string, size: number, more?: Partial<PutOrder>): PutOrder;
	/** Names in the directory. */
	names(): readonly string[];
};

/** All of it goes away with the test. */
export async function createPlace(t: ExecutionContext, options: Partial<FileServerOptions> = {}): Promise<Place> {
	const certificates = await testCertificates();
	const server = await startFileServer({certificate: certificates.good, ...options});
	const directory = mkdtempSync(path.join(tmpdir(), 'xmppc-files-'));
	const clock = createManualClock();
	const ca = certificates.authority.certificate;
	t.teardown(async () => {
		await server.close();
		rmSync(directory, {recursive: true, force: true});
	});
	return {
		server,
		directory,
		clock,
		certificates,
		fetching: (where, more = {}) => ({
			url: server.url(where),
			directory,
			most: 100_000_000,
			addresses: 'any',
			ca,
			clock,
			log: silentLog,
			...more,
		}),
		putting: (where, file, size, more = {}) => ({url: server.url(where), path: file, size, ca, clock, ...more}),
		names: () => readdirSync(directory).sort(),
	};
}

export function sha256(bytes: Buffer): string {
	return createHash('sha256').update(bytes).digest('base64');
}

/** Bytes in which each part differs from every other, the same each time. */
export function content(size: number): Buffer {
	const bytes = Buffer.alloc(size);
	let state = 1;
	for (let index = 0; index < size; index++) {
		state = (state * 1_103_515_245 + 12_345) & 0x7fffffff;
		bytes[index] = state >> 16;
	}

	return bytes;
}

/** The failure of a transfer that has to fail with an error of our family. */
export async function failureOf(t: ExecutionContext, transfer: Promise<unknown>): Promise<XmppcError> {
	const error = await transfer.then(
		() => undefined,
		(thrown: unknown) => thrown,
	);
	if (!isXmppcError(error)) {
		t.log(error);
		throw new Error('it should have failed with an error of ours');
	}

	return error;
}
