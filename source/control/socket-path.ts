import {chmodSync, lstatSync, mkdirSync, type Stats, unlinkSync} from 'node:fs';
import path from 'node:path';
import {messageOf, XmppcError} from '../shared/errors.js';

/** Octets of a path that every system takes for a socket; Node cuts longer ones without a word. */
const longestPath = 100;

export type SocketPlace = {
	readonly profile: string;
	/** Directory of the sockets of all profiles of this user. */
	readonly runtime: string;
};

/**
 * Where the control socket of a profile lies: `<profile>.sock`, or a shorter name made from the profile's where that
 * would be too long.
 * @throws XmppcError `socket-path-too-long` (configuration) where even that does not fit.
 */
export function controlSocketPath({profile, runtime}: SocketPlace): string {
	const plain = path.join(runtime, `${profile}.sock`);
	if (fits(plain)) {
		return plain;
	}

	// Loaded only here: that takes Node 4 ms, and hardly any path is that long.
	const {createHash} = process.getBuiltinModule('node:crypto');
	const hashed = path.join(runtime, `${createHash('sha256').update(profile).digest('hex').slice(0, 16)}.sock`);
	if (fits(hashed)) {
		return hashed;
	}

	throw new XmppcError({
		code: 'socket-path-too-long',
		kind: 'configuration',
		message: `The path ${hashed} is too long for a socket: ${Buffer.byteLength(hashed)} octets, and ${longestPath} fit.`,
		hint: 'Set XDG_RUNTIME_DIR to a shorter path of a directory that only you can read.',
	});
}

function fits(candidate: string): boolean {
	return Buffer.byteLength(candidate) <= longestPath;
}

/**
 * Whether the directory of a socket exists. Node cannot ask who is on the other side of a socket: that nobody else may
 * enter the directory is the check.
 * @param user who we are; absent on Windows, where access lists protect it.
 * @throws XmppcError of kind `storage` for a directory that is a link, a stranger's, or open to others.
 */
export function hasSocketDirectory(directory: string, user = process.geteuid?.()): boolean {
	const found = look(directory);
	if (found === undefined) {
		return false;
	}

	if (found.isSymbolicLink() || !found.isDirectory()) {
		throw unsafe('is not a directory', `Remove it, or set XDG_RUNTIME_DIR to another place: rm ${directory}`);
	}

	if (user !== undefined && found.uid !== user) {
		throw unsafe(
			`belongs to another user (${found.uid})`,
			'Set XDG_RUNTIME_DIR to a directory of your own, or leave it unset.',
		);
	}

	if (user !== undefined && (found.mode & 0o077) !== 0) {
		throw unsafe('is open to other users', `Close it: chmod 700 ${directory}`);
	}

	return true;

	function unsafe(what: string, hint: string): XmppcError {
		return new XmppcError({
			code: 'unsafe-socket-directory',
			kind: 'storage',
			message: `${directory}, where the control socket belongs, ${what}.`,
			hint,
		});
	}
}

/** Makes sure of the same, and creates the directory where it is missing. */
export function ensureSocketDirectory(directory: string): void {
	if (hasSocketDirectory(directory)) {
		return;
	}

	try {
		mkdirSync(directory, {recursive: true, mode: 0o700});
		chmodSync(directory, 0o700);
	} catch (error) {
		throw new XmppcError(
			{
				code: 'no-socket-directory',
				kind: 'storage',
				message: `The directory ${directory} for the control socket cannot be created: ${messageOf(error)}.`,
				hint: 'Set XDG_RUNTIME_DIR to a directory of your own, or leave it unset.',
			},
			{cause: error},
		);
	}

	hasSocketDirectory(directory);
}

/** What lies at the path of a socket. */
export function whatLiesAt(socketPath: string): 'nothing' | 'socket' | 'other' {
	const found = look(socketPath);
	return found === undefined ? 'nothing' : found.isSocket() ? 'socket' : 'other';
}

/** Removes a socket that nobody listens at. Only for the holder of the profile lock. */
export function removeStaleSocket(socketPath: string): void {
	unlinkSync(socketPath);
}

function look(place: string): Stats | undefined {
	try {
		return lstatSync(place, {throwIfNoEntry: false});
	} catch (error) {
		// Something on the way is a file: there is no such place.
		if (error instanceof Error && 'code' in error && error.code === 'ENOTDIR') {
			return undefined;
		}

		throw new XmppcError(
			{
				code: 'unsafe-socket-directory',
				kind: 'storage',
				message: `${place}, where the control socket belongs, cannot be looked at: ${messageOf(error)}.`,
				hint: 'Set XDG_RUNTIME_DIR to a directory of your own, or leave it unset.',
			},
			{cause: error},
		);
	}
}
