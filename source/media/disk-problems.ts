/** What the disk says no with, where files are read from and written to. */
import {isXmppcError, type Problem, XmppcError} from '../shared/errors.js';
import {errorCode, shown} from './transfer-problems.js';

type Cause = {readonly code: string; readonly because: string; readonly hint: string};

const owner = 'Check who owns it and the directories above it, or choose another one.';
const causes: Readonly<Record<string, Cause>> = {
	EACCES: {code: 'no-permission', because: 'permission denied', hint: owner},
	EPERM: {code: 'no-permission', because: 'operation not permitted', hint: owner},
	EROFS: {code: 'read-only-storage', because: 'the file system is read-only', hint: 'Choose another directory.'},
	ENOSPC: {
		code: 'disk-full',
		because: 'no space is left on the device',
		hint: 'Free some space there, or choose another directory.',
	},
	EDQUOT: {
		code: 'disk-full',
		because: 'the disk quota is used up',
		hint: 'Free some space there, or choose another directory.',
	},
	EFBIG: {code: 'disk-full', because: 'files cannot be that large there', hint: 'Choose a directory of another disk.'},
	ENOENT: {code: 'no-such-file', because: 'it does not exist', hint: 'Check the path, or create the directory.'},
	ENOTDIR: {code: 'not-a-directory', because: 'a part of the path is not a directory', hint: 'Check the path.'},
	EISDIR: {code: 'not-a-file', because: 'it is a directory', hint: 'Name a file.'},
	ELOOP: {code: 'not-a-file', because: 'a symbolic link leads nowhere', hint: 'Check the path.'},
	ENAMETOOLONG: {code: 'no-such-file', because: 'its name is too long', hint: 'Check the path.'},
};

/** A failed system call as an error. `doing`: a verb phrase, like `write the file into`. Our own errors pass as they are. */
export function diskError(error: unknown, doing: string, path: string): XmppcError {
	if (isXmppcError(error)) {
		return error;
	}

	const name = errorCode(error);
	const cause = name === undefined ? undefined : causes[name];
	const problem: Problem = {
		code: cause?.code ?? 'file-error',
		kind: 'storage',
		message: `Cannot ${doing} ${shown(path)}: ${cause?.because ?? name ?? 'the disk failed'}.`,
		hint: cause?.hint ?? 'Check the disk and the permissions there.',
	};
	return new XmppcError(problem, {cause: error});
}

/** There is less room than the file takes: known before the first byte is fetched. */
export function noRoom(directory: string): Problem {
	return {
		code: 'disk-full',
		kind: 'storage',
		message: `There is not enough room for the file in ${shown(directory)}.`,
		hint: 'Free some space there, or choose another directory.',
	};
}
