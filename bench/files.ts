import {fork} from 'node:child_process';
import {once} from 'node:events';
import {closeSync, existsSync, mkdtempSync, openSync, readSync, rmSync} from 'node:fs';
import {open, unlink} from 'node:fs/promises';
import https from 'node:https';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {newFileKey} from '../source/media/file-cipher.js';
import {fetchFile} from '../source/media/http-download.js';
import {putFile} from '../source/media/http-upload.js';
import {systemClock} from '../source/shared/clock.js';
import {silentLog} from '../source/shared/log.js';
import {testCertificates} from '../test/support/certificates.js';
import type {Figure} from './figures.js';
import {residentMemory} from './processes.js';

const size = 500_000_000;
/** Before anything is measured: what is compiled and kept then belongs to the program, not to the file. */
const warmUp = 50_000_000;

type Measured = {
	/** Megabytes (10^6 bytes) a second. */
	readonly speed: number;
	/** Megabytes more than before, at the most. */
	readonly growth: number;
	/** Milliseconds in which nothing else could run. */
	readonly stall: number;
	/** Milliseconds of it that this thread worked: the rest others had the processor. */
	readonly worked: number;
};

/**
 * 500 MB up and down over TLS on loopback, plain and encrypted, in this process: from a file and to one, hashed and verified, on
 * the disk in the end. Linux only. For comparison what TLS alone gives: the same bytes from memory and to nowhere.
 */
export async function files(): Promise<readonly Figure[]> {
	const directory = mkdtempSync(join(tmpdirOfMemory(), 'xmppc-bench-'));
	const {good, authority} = await testCertificates();
	const key = newFileKey();
	const server = fork(
		fileURLToPath(new URL('file-server-process.js', import.meta.url)),
		[good.keyFile, good.certificateFile, key.key, key.iv],
		{stdio: ['ignore', 'pipe', 'inherit', 'ipc']},
	);
	try {
		const [line] = (await once(server.stdout ?? server, 'data')) as [Buffer];
		const ca = authority.certificate;
		const url = (path: string) => `https://localhost:${Number(String(line))}/${path}`;
		const source = join(directory, 'source');
		const fetching = async (bytes: number, isEncrypted: boolean) => {
			const {path} = await fetchFile({
				url: url(`${isEncrypted ? 'encrypted' : 'plain'}/${bytes}`),
				directory,
				...(isEncrypted ? {key} : {}),
				most: bytes,
				size: bytes,
				addresses: 'any',
				ca,
				clock: systemClock,
				log: silentLog,
			});
			await unlink(path);
		};
		const putting = (bytes: number, isEncrypted: boolean) =>
			putFile({url: url('slot'), path: source, size: bytes, ...(isEncrypted ? {key} : {}), ca, clock: systemClock});
		const rows: ReadonlyArray<readonly [string, number | undefined, (bytes: number) => Promise<unknown>]> = [
			['TLS alone, down', undefined, bytes => rawDown(url(`plain/${bytes}`), ca)],
			['TLS alone, up', undefined, bytes => rawUp(url('slot'), ca, bytes)],
			['down, plain', 200, bytes => fetching(bytes, false)],
			['down, encrypted', 100, bytes => fetching(bytes, true)],
			['up, plain', 200, bytes => putting(bytes, false)],
			['up, encrypted', 100, bytes => putting(bytes, true)],
		];
		const figures: Figure[] = [];
		for (const [name, least, work] of rows) {
			await makeFile(source, warmUp);
			await work(warmUp);
			await makeFile(source, size);
			const {speed, growth, stall, worked} = await measure(() => work(size));
			figures.push({name: `files: ${name}`, unit: 'MB/s', ...(least === undefined ? {} : {least}), xmppc: speed});
			if (least !== undefined) {
				figures.push(
					{name: `files: ${name}, memory growth`, unit: 'MB', target: 40, xmppc: growth},
					{name: `files: ${name}, longest stall`, unit: 'ms', target: 20, xmppc: stall},
					{name: `files: ${name}, longest turn at work`, unit: 'ms', target: 20, xmppc: worked},
				);
			}
		}

		return figures;
	} finally {
		server.kill();
		rmSync(directory, {recursive: true, force: true});
	}
}

/** The speed of a disk is not what is measured. */
function tmpdirOfMemory(): string {
	return existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
}

async function makeFile(path: string, bytes: number): Promise<void> {
	const file = await open(path, 'w', 0o600);
	const block = Buffer.alloc(1_000_000, 'x');
	for (let at = 0; at < bytes; at += block.length) {
		await file.write(block, 0, block.length, at);
	}

	await file.close();
}

async function measure(work: () => Promise<unknown>): Promise<Measured> {
	const before = residentMemory(process.pid);
	let most = before;
	const sampling = setInterval(() => {
		most = Math.max(most, residentMemory(process.pid));
	}, 50);
	const thread = openSync(`/proc/self/task/${process.pid}/schedstat`, 'r');
	const text = Buffer.alloc(64);
	const worked = () => Number(text.toString('latin1', 0, readSync(thread, text, 0, 64, 0)).split(' ')[0]) / 1e6;
	let last = {at: performance.now(), worked: worked()};
	let longest = {at: 0, worked: 0};
	const turning = setInterval(() => {
		const now = {at: performance.now(), worked: worked()};
		longest = {at: Math.max(longest.at, now.at - last.at), worked: Math.max(longest.worked, now.worked - last.worked)};
		last = now;
	}, 1);
	const began = performance.now();
	await work();
	const took = performance.now() - began;
	clearInterval(turning);
	clearInterval(sampling);
	closeSync(thread);
	return {
		speed: size / 1e6 / (took / 1000),
		growth: Math.max(most, residentMemory(process.pid)) - before,
		stall: longest.at,
		worked: longest.worked,
	};
}

async function rawDown(url: string, ca: string): Promise<void> {
	const request = https.get(url, {ca, agent: false});
	const [answer] = await once(request, 'response');
	answer.resume();
	await once(answer, 'end');
}

async function rawUp(url: string, ca: string, bytes: number): Promise<void> {
	const request = https.request(url, {method: 'PUT', ca, agent: false, headers: {'Content-Length': bytes}});
	const block = Buffer.alloc(64 * 1024, 'x');
	const answered = once(request, 'response');
	for (let left = bytes; left > 0; left -= block.length) {
		if (!request.write(block.subarray(0, left))) {
			await once(request, 'drain');
		}
	}

	request.end();
	await answered;
	request.destroy();
}
