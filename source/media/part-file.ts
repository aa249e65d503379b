/**
 * Files that are not there yet. While one is written it has a name that nobody else writes to; what was interrupted gets a name
 * by which the next attempt finds it, and its time of modification is the one that the server told, as its validator.
 */
import {createHash, randomBytes} from 'node:crypto';
import {constants} from 'node:fs';
import {type FileHandle, link, lstat, open, rename, unlink} from 'node:fs/promises';
import path from 'node:path';
import {errorCode} from './transfer-problems.js';

export type PartFile = {
	readonly file: FileHandle;
	readonly path: string;
};

/** What an earlier attempt left. */
export type KeptPart = PartFile & {
	/** Bytes. */
	readonly size: number;
	/** `Last-Modified` of the server then, in seconds since the epoch. */
	readonly lastModified?: number;
};

export type PartName = {
	readonly directory: string;
	/** A name that is clean already. */
	readonly name: string;
	readonly url: string;
};

const forOwner = 0o600;
const othersMayUse = 0o077;
const mostNames = 1000;

/** Where the next attempt looks: the same for the same file at the same address. */
function keptPath({directory, name, url}: PartName): string {
	return path.join(directory, `${name}.${createHash('sha256').update(url).digest('hex').slice(0, 16)}.part`);
}

function freshPath({directory, name}: Pick<PartName, 'directory' | 'name'>): string {
	return path.join(directory, `${name}.${randomBytes(8).toString('hex')}.part`);
}

/** A new file, for us alone. Throws the system's error. */
export async function createPart(where: Pick<PartName, 'directory' | 'name'>): Promise<PartFile> {
	const name = freshPath(where);
	const flags = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
	return {file: await open(name, flags, forOwner), path: name};
}

/**
 * Takes what an earlier attempt left, so that no other one does. `undefined` where there is none, or it is not ours alone: a
 * link, somebody else's, readable for others.
 */
export async function claimPart(where: PartName): Promise<KeptPart | undefined> {
	const kept = keptPath(where);
	const fresh = freshPath(where);
	const file = await open(kept, constants.O_RDWR | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(() => undefined);
	if (file === undefined) {
		return undefined;
	}

	try {
		const found = await file.stat();
		const isOurs = process.getuid === undefined || found.uid === process.getuid();
		if (found.isFile() && isOurs && found.nlink === 1 && (found.mode & othersMayUse) === 0 && found.size > 0) {
			await rename(kept, fresh);
			const {ino, dev} = await lstat(fresh);
			if (ino === found.ino && dev === found.dev) {
				const lastModified = Math.floor(found.mtimeMs / 1000);
				return {file, path: fresh, size: found.size, ...(lastModified > 0 ? {lastModified} : {})};
			}
		}
	} catch {
		// Another process was quicker; then this one begins anew.
	}

	await file.close();
	return undefined;
}

/** Closes a file that is not complete and leaves it to the next attempt. */
export async function keepPart(part: PartFile, where: PartName, lastModified: number | undefined): Promise<void> {
	const seconds = lastModified ?? 0;
	await part.file.utimes(seconds, seconds);
	await part.file.close();
	if (!(await moveUnlessTaken(part.path, keptPath(where)))) {
		await unlink(part.path);
	}
}

/** Closes and removes a file. One that is gone already is no failure. */
export async function removePart(part: PartFile): Promise<void> {
	await part.file.close();
	await unlink(part.path).catch((error: unknown) => {
		if (errorCode(error) !== 'ENOENT') {
			throw error;
		}
	});
}

/** Removes what attempts at a file left, where there is something: nobody will ask for the rest of it. */
export async function discardKept(where: PartName): Promise<void> {
	const part = await claimPart(where);
	if (part) {
		await removePart(part);
	}
}

/**
 * Closes a file that is complete, and gives it the first name of `nameAt(0)`, `nameAt(1)`, … that nothing has; answers the path.
 * Then it is on the disk, whatever happens to the machine. Throws the system's error.
 */
export async function finishPart(
	part: PartFile,
	directory: string,
	nameAt: (taken: number) => string,
): Promise<string> {
	await part.file.sync();
	await part.file.close();
	for (let taken = 0; taken < mostNames; taken++) {
		const wanted = path.join(directory, nameAt(taken));
		if (await moveUnlessTaken(part.path, wanted)) {
			await syncDirectory(directory);
			return wanted;
		}
	}

	throw Object.assign(new Error('every name is taken'), {code: 'EEXIST'});
}

/** File systems without hard links: FAT, exFAT, some that are mounted over a network. */
const noLinks: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

/** Answers whether it was moved: not where something has the name, a link that leads nowhere included. */
export async function moveUnlessTaken(
	from: string,
	to: string,
	linkFile: (from: string, to: string) => Promise<void> = link,
): Promise<boolean> {
	try {
		await linkFile(from, to);
		await unlink(from);
		return true;
	} catch (error) {
		if (errorCode(error) === 'EEXIST') {
			return false;
		}

		if (!noLinks.has(errorCode(error) ?? '')) {
			throw error;
		}
	}

	// The name is taken by a file of our own first, which nothing but ours can be put over.
	const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
	const placeholder = await open(to, flags, forOwner).catch((error: unknown) => {
		if (errorCode(error) === 'EEXIST') {
			return undefined;
		}

		throw error;
	});
	if (placeholder === undefined) {
		return false;
	}

	await placeholder.close();
	await rename(from, to);
	return true;
}

async function syncDirectory(directory: string): Promise<void> {
	const opened = await open(directory, constants.O_RDONLY);
	try {
		await opened.sync();
	} catch (error) {
		// Not every file system can; the file itself is safe.
		if (errorCode(error) !== 'EINVAL') {
			throw error;
		}
	} finally {
		await opened.close();
	}
}
