import {type Problem, XmppcError} from '../shared/errors.js';

/** The system's name of an error (`ENOENT`, …), or undefined where what was thrown has none. */
export function errorNumberName(error: unknown): string | undefined {
	return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** What a person can do about a failing file, by the system's name of the error. */
const causes: Readonly<Record<string, {code: string; because: string; hint: (path: string) => string}>> = {
	EACCES: {
		code: 'no-permission',
		because: 'permission denied',
		hint: path => `Check who owns ${path} and the directories above it: they must be yours and writable.`,
	},
	EPERM: {
		code: 'no-permission',
		because: 'operation not permitted',
		hint: path => `Check who owns ${path}: it must be yours.`,
	},
	EROFS: {
		code: 'read-only-storage',
		because: 'the file system is read-only',
		hint: () => 'Make it writable, or point XDG_DATA_HOME, XDG_STATE_HOME and XDG_CONFIG_HOME to a place that is.',
	},
	ENOSPC: {code: 'disk-full', because: 'no space is left on the device', hint: () => 'Free some space there.'},
	EDQUOT: {code: 'disk-full', because: 'the disk quota is used up', hint: () => 'Free some space there.'},
	ENOTDIR: {
		code: 'not-a-directory',
		because: 'a part of the path is not a directory',
		hint: path => `Move away what stands in the way of ${path}.`,
	},
	EISDIR: {code: 'not-a-file', because: 'it is a directory', hint: path => `Move ${path} away.`},
	ENOENT: {code: 'no-such-file', because: 'it does not exist', hint: path => `Check that ${path} exists.`},
	ELOOP: {code: 'not-a-file', because: 'it is a symbolic link that leads nowhere', hint: path => `Check ${path}.`},
};

/**
 * A failed system call as an error of kind `storage`.
 * @param doing what was tried, as a verb phrase: `write the settings`.
 */
export function fileError(error: unknown, doing: string, path: string): XmppcError {
	const name = errorNumberName(error);
	const cause = name === undefined ? undefined : causes[name];
	const problem: Problem = {
		code: cause?.code ?? 'file-error',
		kind: 'storage',
		message: `Cannot ${doing} (${path}): ${cause?.because ?? (error instanceof Error ? error.message : String(error))}.`,
		hint: cause?.hint(path) ?? `Check the disk and the permissions of ${path}.`,
	};
	return new XmppcError(problem, {cause: error});
}

/** A file was to be a new one. */
export function fileExists(path: string, cause: unknown): XmppcError {
	return new XmppcError(
		{
			code: 'file-exists',
			kind: 'usage',
			message: `${path} is there already; it was not overwritten.`,
			hint: 'Choose another name.',
		},
		{cause},
	);
}
