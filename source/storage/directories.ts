import {chmodSync, mkdirSync, statSync} from 'node:fs';
import {homedir} from 'node:os';
import {dirname, isAbsolute, join} from 'node:path';
import {XmppcError} from '../shared/errors.js';
import {errorNumberName, fileError} from './file-errors.js';

/** Where one profile lives (XDG Base Directory Specification). All paths are absolute; none need exist. */
export type ProfileDirectories = {
	readonly profile: string;
	/** Settings: nothing secret but the key of `key-file`. */
	readonly config: string;
	/** History and sealed secrets, what a backup is made of; and the lock over them. */
	readonly data: string;
	/** Logs; and what tells a database that was put back from the one that was left. */
	readonly state: string;
	/** Sockets of all profiles of this user. */
	readonly runtime: string;
};

type Environment = Readonly<Record<string, string | undefined>>;

/** Profile names become directory names, so they are kept to what no file system treats specially. */
const profileName = /^[a-z0-9_-]{1,32}$/;

/** Whether a profile can have this name. */
export function isProfileName(name: string): boolean {
	return profileName.test(name);
}

/** What a name may be made of, for whoever gave another one. */
export const profileNameHint = 'Use 1 to 32 of the characters a-z, 0-9, "_" and "-".';

/**
 * The directories of a profile; creates nothing.
 * @param home asked only where `HOME` does not help.
 * @throws XmppcError `invalid-profile` (usage) or `no-home` (configuration).
 */
export function profileDirectories(
	environment: Environment,
	profile: string,
	home: () => string = homedir,
): ProfileDirectories {
	if (!isProfileName(profile)) {
		throw new XmppcError({
			code: 'invalid-profile',
			kind: 'usage',
			message: `${JSON.stringify(profile)} is not a profile name.`,
			hint: profileNameHint,
		});
	}

	const base = (variable: string, ...fallback: readonly string[]): string => {
		const value = environment[variable];
		// The specification has relative paths ignored: they would depend on the working directory.
		return value !== undefined && isAbsolute(value) ? value : join(homeOf(environment, home), ...fallback);
	};

	const state = join(base('XDG_STATE_HOME', '.local', 'state'), 'xmppc');
	const runtime = environment.XDG_RUNTIME_DIR;
	return {
		profile,
		config: join(base('XDG_CONFIG_HOME', '.config'), 'xmppc', profile),
		data: join(base('XDG_DATA_HOME', '.local', 'share'), 'xmppc', profile),
		state: join(state, profile),
		// "run:" cannot be a profile name.
		runtime: runtime !== undefined && isAbsolute(runtime) ? join(runtime, 'xmppc') : join(state, 'run:'),
	};
}

function homeOf(environment: Environment, home: () => string): string {
	const named = environment.HOME;
	if (named !== undefined && isAbsolute(named)) {
		return named;
	}

	const found = askHome(home);
	if (found !== undefined && isAbsolute(found)) {
		return found;
	}

	throw new XmppcError({
		code: 'no-home',
		kind: 'configuration',
		message: 'There is no home directory: HOME is not set and the system knows none for this user.',
		hint: 'Set HOME, or XDG_CONFIG_HOME, XDG_DATA_HOME and XDG_STATE_HOME, to absolute paths.',
	});
}

function askHome(home: () => string): string | undefined {
	try {
		return home();
	} catch {
		// A user without an entry in the password database: the caller says what to do.
		return undefined;
	}
}

/** Told in one sentence what was changed on disk without having been asked for. */
export type Notice = (text: string) => void;

/**
 * Makes sure that a directory exists, is ours and closed to others (0700). One of ours that is open to others is
 * closed, and `notice` told; a stranger's is refused, since they could read and replace what we write.
 * A symbolic link to such a directory is fine: people keep their settings elsewhere.
 */
export function ensurePrivateDirectory(path: string, notice: Notice): void {
	try {
		createDirectory(path);
		const found = statSync(path);
		const user = process.geteuid?.();
		if (user !== undefined && found.uid !== user) {
			throw new XmppcError({
				code: 'foreign-directory',
				kind: 'storage',
				message: `${path} belongs to another user (${found.uid}), who could read and replace what xmppc stores there.`,
				hint: `Run xmppc as that user, or make it yours: chown -R ${user} ${path}`,
			});
		}

		// Windows reports modes that mean nothing; access lists protect the profile there.
		if (user !== undefined && (found.mode & 0o077) !== 0) {
			chmodSync(path, 0o700);
			notice(`${path} was open to other users; it is closed now (0700).`);
		}
	} catch (error) {
		throw error instanceof XmppcError ? error : fileError(error, 'use the directory', path);
	}
}

/** With its parents. Node's own `recursive` never returns where the system answers ENOENT below an existing directory. */
function createDirectory(path: string): void {
	const create = () => {
		try {
			mkdirSync(path, {mode: 0o700});
		} catch (error) {
			if (errorNumberName(error) !== 'EEXIST' || !statSync(path).isDirectory()) {
				throw error;
			}
		}
	};
	try {
		create();
	} catch (error) {
		if (errorNumberName(error) !== 'ENOENT' || dirname(path) === path) {
			throw error;
		}

		createDirectory(dirname(path));
		create();
	}
}
